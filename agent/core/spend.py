"""What a route costs: one-time and monthly lines, each with its source or its assumption.

A GPU is paid for when idle, and only whole ones can be had; API tokens are paid as used. People
are counted on every route. A month has 30.4375 days and 730.5 hours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, exp, log

from scipy.optimize import brentq

from agent.answer import CostLine
from agent.calculation import Calculation, Input
from agent.core.api_prices import ApiPrice
from agent.core.defaults import Defaults
from agent.errors import InputError

MONTH_DAYS = 30.4375
MONTH_HOURS = 730.5
SECONDS_A_DAY = 86_400.0
PEOPLE = "looking after it"
UNPRICED = "purchase price not known"


@dataclass(frozen=True, slots=True)
class Load:
    """How much is asked: requests a day, tokens in and out of each; some of those in are cached."""

    requests_per_day: float
    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0

    def __post_init__(self) -> None:
        """Refuse what can't be a load."""
        for name in ("requests_per_day", "input_tokens", "output_tokens"):
            if not getattr(self, name) > 0:
                raise InputError(f"{name} must be above 0, not {getattr(self, name)!r}.")

    @property
    def requests_per_month(self) -> float:
        """Requests in a month of 30.4375 days."""
        return self.requests_per_day * MONTH_DAYS


@dataclass(frozen=True, slots=True)
class Spend:
    """What a route costs at one load. `devices` are those paid for, None where none are."""

    usd_per_month: float
    usd_one_time: float
    lines: tuple[CostLine, ...] = ()
    calculations: tuple[Calculation, ...] = ()
    devices: int | None = None
    utilization: float | None = None

    @property
    def usd_people(self) -> float:
        """Return the monthly cost of people, in USD."""
        return sum(line.usd_per_month for line in self.lines if line.item.startswith(PEOPLE))

    @property
    def usd_use(self) -> float:
        """Return the monthly cost of tokens, machines and power, in USD."""
        return self.usd_per_month - self.usd_people

    def over_years(self, years: float) -> float:
        """Return the whole-life cost in USD: one-time plus monthly over `years`."""
        return self.usd_one_time + self.usd_per_month * 12 * years

    def with_lines(self, *lines: CostLine) -> Spend:
        """Return the spend with further lines added."""
        return _total((*self.lines, *lines), self.calculations, self.devices, self.utilization)


def _total(
    lines: tuple[CostLine, ...],
    calculations: tuple[Calculation, ...],
    devices: int | None = None,
    utilization: float | None = None,
) -> Spend:
    return Spend(
        usd_per_month=sum(line.usd_per_month for line in lines),
        usd_one_time=sum(line.usd_one_time for line in lines),
        lines=lines,
        calculations=calculations,
        devices=devices,
        utilization=utilization,
    )


def people(defaults: Defaults, *, project: str, monthly: str) -> tuple[CostLine, CostLine]:
    """Return the one-time and the monthly line of engineering time.

    Args:
        defaults: the values in force.
        project: name of the default that holds the one-time hours.
        monthly: name of the default that holds the monthly hours.
    """
    rate = defaults["engineer_usd_per_hour"]
    return (
        CostLine(
            item="building it",
            usd_one_time=defaults[project] * rate,
            source=f"{defaults[project]:g} hours at ${rate:g}: {defaults.values[project].why}",
        ),
        CostLine(
            item=PEOPLE,
            usd_per_month=defaults[monthly] * rate,
            source=f"{defaults[monthly]:g} hours at ${rate:g}: {defaults.values[monthly].why}",
        ),
    )


def api_spend(price: ApiPrice, load: Load, defaults: Defaults) -> Spend:
    """Return the cost of a hosted model: tokens as used, and people."""
    one = price.per_request(load.input_tokens, load.output_tokens, load.cached_tokens)
    tokens = CostLine(
        item=f"tokens at {price.provider}" + (", in batch" if price.batch else ""),
        usd_per_month=one * load.requests_per_month,
        source=price.statement_id,
    )
    lines = (tokens, *people(defaults, project="api_project_hours", monthly="api_hours_per_month"))
    return _total(lines, ())


def api_workings(price: ApiPrice, load: Load) -> tuple[Calculation, ...]:
    """Return the workings of the tokens line."""
    request = price.request_cost(load.input_tokens, load.output_tokens, load.cached_tokens)
    monthly = Calculation(
        id=f"{request.id}/month-{load.requests_per_day:g}",
        name="API tokens a month",
        formula="requests a day x 30.4375 x cost of one request",
        inputs=(
            Input(name="requests a day", value=load.requests_per_day),
            Input(name="cost of one request", value=request.value, unit="USD", source=request.id),
        ),
        value=request.value * load.requests_per_month,
        unit="USD a month",
        sources=(request.id, price.statement_id),
    )
    return request, monthly


def encoder_spend(
    load: Load, defaults: Defaults, *, parameters_m: float, tuned: bool = True
) -> Spend:
    """Return the cost of a small encoder on CPU servers, and of the people who tune and run it.

    Speed scales down with the size of the encoder and with the length of the text.
    """
    rate = cpu_requests_per_second(load, defaults, parameters_m)
    needed = load.requests_per_day * defaults["peak_to_average"] / SECONDS_A_DAY
    servers = max(1, ceil(needed / rate))
    lines = (
        CostLine(
            item=f"{servers} CPU server{'s' if servers > 1 else ''}",
            usd_per_month=servers * defaults["cpu_server_usd_per_month"],
            source=defaults.values["cpu_server_usd_per_month"].why,
        ),
        CostLine(
            item="training runs",
            usd_one_time=defaults["encoder_runs_usd"] if tuned else 0.0,
            source=defaults.values["encoder_runs_usd"].why,
        ),
        *people(
            defaults,
            project="encoder_project_hours" if tuned else "ready_made_project_hours",
            monthly="encoder_hours_per_month",
        ),
    )
    return _total(lines, (), servers, needed / (rate * servers))


def cpu_requests_per_second(load: Load, defaults: Defaults, parameters_m: float) -> float:
    """Return texts a second of one CPU server for an encoder of that size (assumed scaling)."""
    scale = defaults["cpu_reference_parameters_m"] / parameters_m
    return defaults["cpu_tokens_per_second"] * scale / load.input_tokens


def cpu_llm_spend(
    load: Load, defaults: Defaults, *, reading_tok_s: float, writing_tok_s: float
) -> Spend:
    """Return the cost of a small language model on CPU servers, one request at a time each."""
    seconds = load.input_tokens / reading_tok_s + load.output_tokens / writing_tok_s
    average = load.requests_per_day * seconds / SECONDS_A_DAY
    servers = max(1, ceil(average * defaults["peak_to_average"]))
    lines = (
        CostLine(
            item=f"{servers} CPU server{'s' if servers > 1 else ''}",
            usd_per_month=servers * defaults["cpu_server_usd_per_month"],
            source=defaults.values["cpu_server_usd_per_month"].why,
        ),
        *people(defaults, project="cpu_llm_project_hours", monthly="encoder_hours_per_month"),
    )
    return _total(lines, (), servers, average / servers)


def gpu_count(
    load: Load, defaults: Defaults, *, tokens_per_second: float, devices: int
) -> tuple[int, float]:
    """Return whole devices for the peak of the load, and their use on average.

    Args:
        load: what is asked.
        defaults: the values in force.
        tokens_per_second: output of one replica, prompts included.
        devices: devices of one replica.
    """
    average = load.requests_per_day * load.output_tokens / SECONDS_A_DAY
    replicas = max(1, ceil(average * defaults["peak_to_average"] / tokens_per_second))
    return replicas * devices, average / (replicas * tokens_per_second)


def rented_spend(
    load: Load,
    defaults: Defaults,
    *,
    name: str,
    usd_per_hour: float,
    price_id: str,
    tokens_per_second: float,
    devices: int,
    project: str,
    runs_usd: float = 0.0,
) -> Spend:
    """Return the cost of rented GPUs: whole devices, idle hours paid, and people."""
    count, use = gpu_count(load, defaults, tokens_per_second=tokens_per_second, devices=devices)
    lines = (
        CostLine(
            item=f"{count} x {name} rented at ${usd_per_hour:.2f} an hour, all hours",
            usd_per_month=count * usd_per_hour * MONTH_HOURS,
            source=price_id,
        ),
        CostLine(
            item="training runs",
            usd_one_time=runs_usd,
            source=defaults.values["tuning_runs_usd"].why,
        ),
        *people(defaults, project=project, monthly="gpu_hours_per_month"),
    )
    return _total(lines, (), count, use)


def owned_spend(
    load: Load,
    defaults: Defaults,
    *,
    name: str,
    watts: float | None,
    purchase_usd: float | None,
    price_id: str,
    tokens_per_second: float,
    devices: int,
    project: str,
    runs_usd: float = 0.0,
    owned: int = 0,
    server_share: float = 0.0,
) -> Spend:
    """Return the cost of own hardware: purchase of what is not owned yet, power, and people.

    `server_share` is what a place in a server adds to the price of a device that is bought.
    Devices to buy whose price is not known are named in their line and cost nothing there.
    """
    count, use = gpu_count(load, defaults, tokens_per_second=tokens_per_second, devices=devices)
    to_buy = max(0, count - owned)
    power = (watts or 0.0) * count * defaults["pue"] / 1000 * defaults["electricity_usd_per_kwh"]
    lines = (
        CostLine(
            item=_devices_item(count, to_buy, name, priced=purchase_usd is not None),
            usd_one_time=to_buy * (purchase_usd or 0.0),
            source=price_id,
        ),
        CostLine(
            item="place in a server",
            usd_one_time=to_buy * (purchase_usd or 0.0) * server_share,
            source=defaults.values["server_share"].source,
        ),
        CostLine(
            item="power",
            usd_per_month=power * MONTH_HOURS,
            source=f"{defaults['electricity_usd_per_kwh']:g} USD/kWh x PUE {defaults['pue']:g}, "
            "at full power all hours",
        ),
        CostLine(
            item="training runs",
            usd_one_time=runs_usd,
            source=defaults.values["tuning_runs_usd"].why,
        ),
        *people(defaults, project=project, monthly="gpu_hours_per_month"),
    )
    return _total(lines, (), count, use)


def _devices_item(count: int, to_buy: int, name: str, *, priced: bool) -> str:
    if not to_buy:
        return f"{count} x {name}, yours already"
    return f"{to_buy} x {name} bought" if priced else f"{to_buy} x {name}, {UNPRICED}"


def cascade_spend(small: Spend, large: Spend, share: float, defaults: Defaults) -> Spend:
    """Return the cost of a cascade: the small route in full, `share` of the large one's tokens."""
    tokens = [
        line.model_copy(
            update={
                "item": f"{line.item}, {share:.0%} of requests",
                "usd_per_month": line.usd_per_month * share,
            }
        )
        for line in large.lines
        if line.item.startswith("tokens at")
    ]
    built = people(defaults, project="cascade_project_hours", monthly="cascade_hours_per_month")
    lines = tuple(line.model_copy(update={"item": f"{line.item} (escalation)"}) for line in built)
    return _total((*small.lines, *tokens, *lines), (), small.devices, small.utilization)


def break_even(
    a: Callable[[float], float],
    b: Callable[[float], float],
    *,
    low: float = 1.0,
    high: float = 1e8,
) -> float | None:
    """Return the requests a day at which the cheaper of two routes changes, or None.

    Both are functions from requests a day to USD. The range is bracketed on a log scale and the
    first change that persists at the next bracket is solved by Brent's method; a staircase may
    cross several times.

    Raises:
        InputError: if the range is not positive and rising.
    """
    if not 0 < low < high:
        raise InputError(f"The range must be positive and rising, not {low!r} to {high!r}.")

    def difference(point: float) -> float:
        volume = exp(point)
        return a(volume) - b(volume)

    steps = 48
    points = [log(low) + (log(high) - log(low)) * i / steps for i in range(steps + 1)]
    signs = [difference(point) > 0 for point in points]
    for i in range(1, steps + 1):
        persists = i == steps or signs[i + 1] == signs[i]
        if signs[i] != signs[0] and persists:
            return exp(float(brentq(difference, points[i - 1], points[i], xtol=1e-6)))
    return None
