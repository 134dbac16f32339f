"""What a cost question says beside the job: how prices may move, when devices run, per what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from agent.core.defaults import Defaults
from agent.core.running import Running
from agent.interpreters.lexicon import lexicon

_NUMBER = r"(\d+(?:[.,]\d+)?)"
_CLAUSE = re.compile(r"[;?!]|[.,](?=\s)")
_PRICES = re.compile(
    r"\b(?:price|prices|pricing|api|apis|token|tokens|preis\w*|prix|precio\w*)\b", re.I
)
_PERCENT = re.compile(rf"{_NUMBER} ?(?:%|percent|per cent|prozent|pour cent|por ciento)", re.I)
_FALLS = re.compile(
    r"\b(?:fall\w*|fell|drop\w*|declin\w*|decreas\w*|sink\w*|down|cheaper|less|baiss\w*|baj\w*"
    r"|billiger|günstiger)\b",
    re.I,
)
_RISES = re.compile(
    r"\b(?:ris\w*|rose|increas\w*|up|grow\w*|climb\w*|dearer|steig\w*|augment\w*|sub\w+n?)\b", re.I
)
_HALVES = re.compile(r"\b(?:halv\w+|half|halbier\w+)\b", re.I)
_DOUBLES = re.compile(r"\b(?:doubl\w+|verdoppel\w+)\b", re.I)
_YEARLY = re.compile(
    r"\b(?:a|per|each|every|pro|jedes|im|par|al|por|cada|chaque) (?:year|jahr|an|année|año)\b"
    r"|\b(?:yearly|annual\w*|jährlich|yoy|p\.?a)\b|/ ?(?:yr|year)\b",
    re.I,
)
_OFF = re.compile(
    r"scal\w+ (?:down )?to[ -]zero|scale[ -]?to[ -]?zero|\bauto-?scal\w*|\bserverless\b"
    r"|\b(?:turn|switch|shut|spin|power)\w*(?: it| them| the \w+)? (?:off|down)\b"
    r"|\b(?:only|just) (?:on |run\w* |up )?(?:during|in) (?:the )?(?:office|business|working)\b",
    re.I,
)
_DAILY = re.compile(
    rf"{_NUMBER} ?(?:h|hrs?|hours?|stunden|heures|horas) ?(?:/|per|a|each|every|pro|am|par|al)"
    r" ?(?:day|tag|jour|día)\b",
    re.I,
)
_WEEKDAYS = re.compile(
    r"\b(?:weekdays|(?:on )?work(?:ing)? ?days|mon(?:day)?s?(?: to |-)fri|5 days)", re.I
)
_PEAK = re.compile(
    rf"\bpeaks?\b[^.?!;\d]{{0,30}}{_NUMBER} ?(?:x|times|fold|mal)\b"
    rf"|{_NUMBER} ?(?:x|times)(?: the)? (?:peak|average at (?:the )?peak)",
    re.I,
)
_STEADY = re.compile(
    r"\b(?:steady|constant|flat|uniform|even|gleichmäßig\w*) (?:load|traffic|demand|last)\b"
    r"|\bevenly (?:spread|over)\b",
    re.I,
)
_ASKS_PIECE = re.compile(
    r"\b(?:per|pro|par|por|for (?:one|each|every|a single)) (?:single )?"
    r"((?:(?:accepted|correct|resolved|answered|handled|closed|solved|finished) )?[a-zäöüéñ]{3,})\b"
    r"|\b(?:an?|one|each|every) (?:single )?([a-zäöüéñ]{3,}) (?:cost|come)s?\b",
    re.I,
)
THOUSAND = "thousand"
_PER_THOUSAND = re.compile(
    r"\b(?:per|pro) (?:1[,.]?000|1k|thousand)\b(?! tok)|\ba thousand requests\b", re.I
)
_NO_PIECE = frozenset(
    word
    for words in (
        "and with for way time of the direction few lot bit while",
        "second minute hour hours night day week weekday month quarter year annum",
        "sekunde stunde tag woche monat jahr heure jour semaine mois année hora día semana mes año",
        "token tokens million mio billion thousand hundred cent word words page pages seite",
        "dag maand jaar uur kwh kilowatt",
        "gpu gpus card device devices server servers node instance replica core",
        "user users team person people head seat employee company customer client model option",
        "rented fine tuned single small large batch cache cached api",
    )
    for word in words.split()
)
"""What is no piece of work: spans of time, measures, machines and people."""
_ASKS_BACK = re.compile(
    r"\b(?:what|wat|how much|cost\w*|price|that|it|kostet|combien|cuánto)\b", re.I
)
_COLOCATED = re.compile(r"\bcolo(?:cat\w*)?\b|\brack space\b|\brented rack\b", re.I)
_RESALE = re.compile(
    rf"\b(?:resale|residual|resell|sell\w*|restwert)\b[^.?!;%]{{0,40}}?{_NUMBER} ?%"
    rf"|{_NUMBER} ?% (?:resale|residual|restwert)",
    re.I,
)
_ACCEPTED = re.compile(
    rf"{_NUMBER} ?(?:%|percent|per cent) (?:of (?:the |all |our |its )?\w+ )?"
    r"(?:(?:are|is|get|gets|being) )?(?:accepted|correct|right|resolved|accurate|accuracy)\b"
    rf"|\b(?:accuracy|accepts?|acceptance(?: rate)?)(?: of| is| at|:)? {_NUMBER} ?%",
    re.I,
)
_BILL = re.compile(
    r"\b(?:pay(?:s|ing)?|spend(?:s|ing)?|bills?|invoice|costs? us|charged|zahlen|payons)\b"
    r"[^.?!]{0,40}?(?P<sign>[$€£])? ?\b(?P<sum>\d{1,3}(?:[,.]\d{3})+|\d+(?:\.\d+)?)(?P<kilo> ?k)?"
    r" ?(?P<code>[$€£]|usd|eur|euros?|gbp|dollars?|pounds?)?"
    r" ?(?:a|per|each|every|/|pro|im|par) ?(?P<period>month|mo|year|yr|monat|jahr|mois|an)\b",
    re.I,
)
_GROWS = re.compile(
    r"\b(?:volume|traffic|load|usage|demand|requests|it) (?:\w+ )?"
    r"(?:(?P<word>doubl|tripl|quadrupl)\w*|is tenfold"
    r"|(?:grows?|goes up|increases?|rises?) (?:by )?(?P<factor>\d+) ?(?:x|times|fold))",
    re.I,
)
_GROWTH = {"doubl": 2.0, "tripl": 3.0, "quadrupl": 4.0}
_BATCH = re.compile(r"(?:,|\band|\bplus|\bin) batch(?: mode| api)?\s*(?:[.?!,;]|$)", re.I)
_YEARLY_SUM = re.compile(
    r"\b(?:yearly|annual(?:ly)?|a year|per year|each year|jährlich|pro jahr|par an|al año)\b", re.I
)
COMPARES = re.compile(
    r"\b(?:vs|versus|against|compar\w*|cheap\w*|or|oder|ou|than|alternativ\w*|break)\b",
    re.IGNORECASE,
)
RENTS = re.compile(r"\b(?:rent|leas|miet|louer|alquil)\w*", re.I)
BUYS = re.compile(r"\b(?:buy|purchas|kauf|acheter|comprar)\w*", re.I)
_TUNED = re.compile(
    r"\b(?:fine[- ]?tun(?:e|ed|ing)|finetun\w+|tuned|q?lora|adapters?|feingetunt\w*)\b", re.I
)
_EVEN = re.compile(
    r"\bbreak[- ]?even\w*|\b(?:what|which) (?:daily |monthly )?volume\b|\bab wann\b"
    r"|\b(?:when|at what point|from (?:what|which|how many))\b[^.?!]*"
    r"\b(?:cheaper|pays?|worth|even)\b"
    r"|\bhow many\b[^.?!]*\bbefore\b[^.?!]*\b(?:cheaper|pays?|worth)\b",
    re.I,
)
_IN_CURRENCY = re.compile(
    r"\b(?:in|en) (euros?|eur|€|pounds?(?: sterling)?|gbp|£|chf|(?:swiss )?francs?|yen|jpy)(?!\w)",
    re.I,
)
_CODES = {
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "pound": "GBP",
    "pounds": "GBP",
    "franc": "CHF",
    "francs": "CHF",
}


@dataclass(frozen=True, slots=True)
class Said:
    """What a message states for its cost; None where it does not.

    `change` is the share by which token prices change, once a year or, if not `yearly`, at once;
    `piece` what one request is called in "per email"; `currency` the code of "in euros" with the
    USD of its unit; `accepted` the share of answers that is right; `bill` what is paid for a month
    of tokens today, in USD, and `times` by how much the volume grows from there; `in_batch` says
    that answers may come hours later, `yearly_sum` that the sum of a year is asked for, and
    `both_ways` that buying is set against renting.
    """

    change: float | None = None
    yearly: bool = True
    running: Running | None = None
    peak: float | None = None
    piece: str | None = None
    colocated: bool = False
    resale: float | None = None
    tuned: bool = False
    asks_even: bool = False
    currency: tuple[str, float] | None = None
    accepted: float | None = None
    bill: float | None = None
    times: float = 1.0
    in_batch: bool = False
    yearly_sum: bool = False
    both_ways: bool = False

    def values(self, defaults: Defaults) -> Defaults:
        """Return `defaults` with what was said in their place."""
        stated = {"peak_to_average": self.peak, "resale_share": self.resale}
        values = defaults.replace(**{k: v for k, v in stated.items() if v is not None})
        if not self.colocated:
            return values
        rack = defaults.values["colocation_usd_per_kw_month"]
        return values.model_copy(
            update={"values": values.values | {"hosting_usd_per_kw_month": rack}}
        )


PLAIN_SAID = Said()


def read_thread(message: str, before: Sequence[str]) -> Said:
    """Return what `message` says, filled up from the messages that it goes on from.

    The piece and the currency asked for, and the question for a break-even, are those of the
    message alone.
    """
    said = Said()
    for text in (*before, message):
        now = read_said(text, of_prices=said.change is not None)
        kept = {
            name: getattr(now, name) if getattr(now, name) not in (None, False) else value
            for name in _LASTING
            if (value := getattr(said, name)) is not None
        }
        yearly = now.yearly if now.change is not None else said.yearly
        said = replace(now, yearly=yearly, **kept)
    return said


_LASTING = ("change", "running", "peak", "colocated", "resale", "tuned", "accepted", "bill")


def read_said(message: str, *, of_prices: bool = False) -> Said:
    """Return what `message` says of prices to come, of hours, of peaks and of pieces.

    With `of_prices` prices were spoken of before, so that "and if they rise 10% a year?" is read.
    """
    change, yearly = _change(message, of_prices=of_prices)
    hours = _hours_a_day(message)
    off = bool(_OFF.search(message)) or hours is not None
    peak = _peak(message)
    if hours is not None:
        peak = max(peak or 0.0, 24 / hours)
    return Said(
        change=change,
        yearly=yearly,
        running="by_the_hour" if off else None,
        peak=peak,
        piece=_piece(message),
        colocated=bool(_COLOCATED.search(message)),
        resale=_share(_RESALE.search(message)),
        tuned=bool(_TUNED.search(message)),
        asks_even=bool(_EVEN.search(message)),
        currency=_currency(message),
        accepted=_share(_ACCEPTED.search(message)),
        bill=_bill(message),
        times=_times(message),
        in_batch=bool(_BATCH.search(message)),
        yearly_sum=bool(_YEARLY_SUM.search(message)),
        both_ways=bool(RENTS.search(message) and BUYS.search(message)),
    )


def _change(message: str, *, of_prices: bool) -> tuple[float | None, bool]:
    for clause in _CLAUSE.split(message):
        if not (of_prices or _PRICES.search(clause) or "cheaper" in clause.lower()):
            continue
        yearly = bool(_YEARLY.search(clause))
        if yearly and _HALVES.search(clause):
            return -0.5, True
        if yearly and _DOUBLES.search(clause):
            return 1.0, True
        share = _share(_PERCENT.search(clause))
        if share is not None and _FALLS.search(clause) and share < 1:
            return -share, yearly
        if share is not None and _RISES.search(clause):
            return share, yearly
    return None, True


def _share(match: re.Match[str] | None) -> float | None:
    return None if match is None else _value(match) / 100


def _value(match: re.Match[str]) -> float:
    digits = next(group for group in match.groups() if group)
    return float(digits.replace(",", "."))


def _hours_a_day(message: str) -> float | None:
    """Return the hours a day on average over the week, or None where none are stated."""
    match = _DAILY.search(message)
    if match is None or not 0 < _value(match) <= 24:
        return None
    return _value(match) * (5 / 7 if _WEEKDAYS.search(message) else 1)


def _peak(message: str) -> float | None:
    match = _PEAK.search(message)
    if match is not None and _value(match) >= 1:
        return _value(match)
    return 1.0 if _STEADY.search(message) else None


def _piece(message: str) -> str | None:
    """Return what a piece is called where its cost is asked: "what's that per email?"."""
    if not _ASKS_BACK.search(message):
        return None
    if _PER_THOUSAND.search(message):
        return THOUSAND
    for match in _ASKS_PIECE.finditer(message):
        word = (match[1] or match[2]).lower()
        if word not in _NO_PIECE:
            return word
    return None


def _bill(message: str) -> float | None:
    """Return what is paid a month today, in USD, or None where no sum of a period is told."""
    match = _BILL.search(message)
    if match is None or not (match["sign"] or match["code"]):
        return None
    digits = match["sum"]
    thousands = re.fullmatch(r"\d{1,3}(?:[,.]\d{3})+", digits)
    value = float(re.sub("[,.]", "", digits) if thousands else digits)
    word = (match["sign"] or match["code"]).lower()
    code = _CODES.get(word) or lexicon().spellings.currencies.get(word, "USD")
    months = 12 if match["period"].lower() in ("year", "yr", "jahr", "an") else 1
    return value * (1000 if match["kilo"] else 1) * (lexicon().usd_per_unit[code] or 1.0) / months


def _times(message: str) -> float:
    """Return by how much the volume grows: "what if it doubles?"."""
    match = _GROWS.search(message)
    if match is None:
        return 1.0
    if match["word"]:
        return _GROWTH[match["word"].lower()]
    return float(match["factor"] or 10)


def _currency(message: str) -> tuple[str, float] | None:
    match = _IN_CURRENCY.search(message)
    if match is None:
        return None
    word = match[1].lower().split()[-1]
    code = _CODES.get(word) or lexicon().spellings.currencies.get(word, "")
    rate = lexicon().usd_per_unit.get(code)
    return (code, rate) if rate else None
