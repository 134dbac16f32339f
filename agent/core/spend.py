"""What a route costs: one-time and monthly lines, each with its source or its assumption.

A GPU is paid for when idle, and only whole ones can be had; API tokens are paid as used. People
are counted on every route. A month has 30.4375 days and 730.5 hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from agent.answer import CostLine
from agent.calculation import Calculation, Input
from agent.core.api_prices import ApiPrice
from agent.core.defaults import SET_BY_YOU, Default, Defaults
from agent.core.running import SECONDS_A_DAY, Load, Paid, paid

TOKENS = "tokens at"
FIRST_RUNS = 5
"""So many runs are in the default of the training runs; a later one costs as much as each."""
UNPRICED = "purchase price not known"


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
        return sum(line.usd_per_month for line in self.lines if line.people)

    @property
    def usd_tokens(self) -> float:
        """Return the monthly cost of hosted tokens, in USD."""
        return sum(line.usd_per_month for line in self.lines if line.item.startswith(TOKENS))

    @property
    def usd_use(self) -> float:
        """Return the monthly cost of tokens, machines and power, in USD."""
        return self.usd_per_month - self.usd_people

    def over_years(self, years: float, *, token_change: float = 0.0) -> float:
        """Return the whole-life cost in USD: one-time plus monthly over `years`.

        Token prices change once a year by `token_change`: -0.3 is a fall of 30% a year.
        """
        plain = self.usd_one_time + self.usd_per_month * 12 * years
        return plain + self.usd_tokens * (_changing_months(years, token_change) - 12 * years)

    def with_lines(self, first: CostLine) -> Spend:
        """Return the spend with a line added before the others."""
        return _total((first, *self.lines), self.calculations, self.devices, self.utilization)


def _changing_months(years: float, change: float) -> float:
    """Return the months of `years`, each weighed by the price of its year: 1, 1 + change, ..."""
    spans = (min(1.0, years - year) for year in range(ceil(years)))
    return sum(12 * span * (1 + change) ** year for year, span in enumerate(spans))


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


def people(defaults: Defaults, *, project: str, monthly: str) -> tuple[CostLine, ...]:
    """Return the lines of engineering time, those paid once first.

    Args:
        defaults: the values in force.
        project: name of the efforts that are made once.
        monthly: name of the efforts of each month.
    """
    rate = defaults["engineer_usd_per_hour"]
    lines = []
    for name, part in ((project, "usd_one_time"), (monthly, "usd_per_month")):
        for effort in defaults.efforts[name]:
            hours = f"{effort.hours:g} hour{'s' if effort.hours > 1 else ''}"
            words = f"{hours} at ${rate:g}: {effort.why}"
            sourced = "#" in effort.source
            found = {"source": effort.source, "note": words} if sourced else {"source": words}
            line = CostLine(item=effort.item, people=True, **found)
            lines.append(line.model_copy(update={part: effort.hours * rate}))
    return tuple(lines)


def _sourced(item: Default) -> dict[str, str]:
    """Return source and note of a line that rests on one default."""
    if "#" in item.source:
        return {"source": item.source, "note": item.why}
    return {"source": item.why if item.why == SET_BY_YOU else f"assumed: {item.why}"}


def training_lines(defaults: Defaults, runs: str) -> tuple[CostLine, ...]:
    """Return what the runs cost on rented GPUs: the first five, and those of later years.

    `runs` is the name of the default of the first.
    """
    first, yearly = defaults.values[runs], defaults["retrainings_per_year"]
    each = first.value / FIRST_RUNS
    why = f"{yearly:g} runs a year at ${each:g} each"
    return (
        CostLine(item="training runs", usd_one_time=first.value, **_sourced(first)),
        CostLine(
            item="retraining runs", usd_per_month=each * yearly / 12, source=f"assumed: {why}"
        ),
    )


def api_spend(price: ApiPrice, load: Load, defaults: Defaults) -> Spend:
    """Return the cost of a hosted model: tokens as used, and people."""
    one = price.per_request(load.input_tokens, load.output_tokens, load.cached_tokens)
    tokens = CostLine(
        item=f"{TOKENS} {price.provider}" + (", in batch" if price.batch else ""),
        usd_per_month=one * load.requests_per_month,
        source=price.statement_id,
        note=price.source if price.source.startswith("list") else f"list price, {price.source}",
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
            **_sourced(defaults.values["cpu_server_usd_per_month"]),
        ),
        *(training_lines(defaults, "encoder_runs_usd") if tuned else ()),
        *people(
            defaults,
            project="encoder_project_hours" if tuned else "ready_made_project_hours",
            monthly="encoder_hours_per_month" if tuned else "small_service_hours_per_month",
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
            **_sourced(defaults.values["cpu_server_usd_per_month"]),
        ),
        *people(defaults, project="cpu_llm_project_hours", monthly="small_service_hours_per_month"),
    )
    return _total(lines, (), servers, average / servers)


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
    runs: str | None = None,
) -> Spend:
    """Return the cost of rented GPUs: whole devices, idle hours paid, and people.

    `runs` is the name of the default of the training runs, None where nothing is tuned.
    """
    use = paid(load, defaults, tokens_per_second=tokens_per_second, devices=devices)
    lines = (
        CostLine(
            item=f"{use.devices} x {name} rented at ${usd_per_hour:.2f} an hour, {use.words}",
            usd_per_month=use.devices * usd_per_hour * use.hours_a_month,
            source=price_id,
            note="power and hosting are in the rent",
        ),
        *(training_lines(defaults, runs) if runs else ()),
        *people(defaults, project=project, monthly=_monthly(runs)),
    )
    return _total(lines, (), use.devices, use.share)


def _monthly(runs: str | None) -> str:
    return "tuned_llm_hours_per_month" if runs else "ready_made_hours_per_month"


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
    runs: str | None = None,
    owned: int = 0,
    server_share: float = 0.0,
) -> Spend:
    """Return the cost of own hardware: purchase of what is not owned yet, power, and people.

    `server_share` is what a place in a server adds to the price of a device that is bought.
    Devices to buy whose price is not known are named in their line and cost nothing there.
    """
    use = paid(load, defaults, tokens_per_second=tokens_per_second, devices=devices)
    to_buy = max(0, use.devices - owned)
    lines = (
        *_purchase_lines(defaults, use.devices, to_buy, name, purchase_usd, price_id, server_share),
        *_site_lines(defaults, (watts or 0.0) / 1000 * use.devices, use),
        *(training_lines(defaults, runs) if runs else ()),
        *people(defaults, project=project, monthly=_monthly(runs)),
    )
    return _total(lines, (), use.devices, use.share)


def _site_lines(defaults: Defaults, kilowatts: float, use: Paid) -> tuple[CostLine, ...]:
    """Return the lines of power and of the place where so many kW of devices stand."""
    price, pue = defaults["electricity_usd_per_kwh"], defaults["pue"]
    return (
        CostLine(
            item="power",
            usd_per_month=kilowatts * pue * price * use.hours_a_month,
            source=f"{price:g} USD/kWh x PUE {pue:g}, at full power, {use.words}",
        ),
        CostLine(
            item="hosting",
            usd_per_month=kilowatts * defaults["hosting_usd_per_kw_month"],
            **_sourced(defaults.values["hosting_usd_per_kw_month"]),
        ),
    )


def _purchase_lines(
    defaults: Defaults,
    count: int,
    to_buy: int,
    name: str,
    usd: float | None,
    price_id: str,
    server_share: float,
) -> tuple[CostLine, ...]:
    """Return the lines of the devices: what is bought, its place in a server and its resale."""
    if not to_buy:
        return (CostLine(item=f"{count} x {name}, yours already", source="you have them"),)
    if usd is None:
        return (CostLine(item=f"{to_buy} x {name}, {UNPRICED}", source="no price is known"),)
    bought = to_buy * usd
    return (
        CostLine(
            item=f"{to_buy} x {name} bought",
            usd_one_time=bought,
            source=price_id,
            note="purchase price, written off over the span",
        ),
        CostLine(
            item="place in a server",
            usd_one_time=bought * server_share,
            **_sourced(defaults.values["server_share"]),
        ),
        CostLine(
            item="resale at the end",
            usd_one_time=-bought * defaults["resale_share"],
            **_sourced(defaults.values["resale_share"]),
        ),
    )


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
        if line.item.startswith(TOKENS)
    ]
    built = people(defaults, project="cascade_project_hours", monthly="cascade_hours_per_month")
    return _total((*small.lines, *tokens, *built), (), small.devices, small.utilization)
