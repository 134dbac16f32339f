"""Slots of the profile from free text: volumes, lengths, labels, limits."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from agent.interpreters import RuleInterpreter
from agent.profile import Profile


@dataclass(frozen=True)
class Said:
    id: str
    text: str
    want: dict[str, object] = field(default_factory=dict)
    absent: tuple[str, ...] = ()


SAID = [
    # volumes
    Said("day", "we get 20,000 support tickets a day", {"requests_per_day": 20_000}),
    Said("hour", "2 million tweets per hour to classify", {"requests_per_day": 48e6}),
    Said("few-hundred", "a few hundred chats a day", {"requests_per_day": 300}),
    Said("month", "we scan 500k pages a month", {"requests_per_day": 500_000 / 30.4375}),
    Said("second", "peak is 3 requests per second", {"requests_per_day": 259_200}),
    Said("business-hours", "40 emails per minute in business hours", {"requests_per_day": 19_200}),
    Said("slash", "classify 5k emails/day", {"requests_per_day": 5000}),
    Said("daily-after", "we classify 300 emails daily", {"requests_per_day": 300}),
    Said("daily-before", "daily volume: 20k invoices to read", {"requests_per_day": 20_000}),
    Said(
        "per-month-first",
        "per month we get 40k emails to sort",
        {"requests_per_day": 40_000 / 30.4375},
    ),
    Said("week", "around 7,000 reviews every week need sentiment", {"requests_per_day": 1000}),
    Said("year", "365k contracts per year to review", {"requests_per_day": 1000}),
    Said(
        "each-employee",
        "200 employees, 15 questions per employee per day",
        {"requests_per_day": 3000},
    ),
    Said("each-agent", "each of our 40 agents answers 50 mails a day", {"requests_per_day": 2000}),
    Said("german", "wir bekommen täglich 5.000 Kundenmails", {"requests_per_day": 5000}),
    Said("german-pro", "20.000 Tickets pro Tag zuordnen", {"requests_per_day": 20_000}),
    Said("french", "nous recevons 3000 courriels par jour", {"requests_per_day": 3000}),
    Said("spanish", "recibimos 2 mil correos al día", {"requests_per_day": 2000}),
    Said("chinese", "我们每天有2万张工单需要分类", {"requests_per_day": 20_000}),
    Said("range", "2-3k tickets a day", {"requests_per_day": 2449.49}),
    Said("rps", "about 5 rps of chat traffic", {"requests_per_day": 432_000}),
    Said("not-tokens", "we burn 2M tokens per day", absent=("requests_per_day",)),
    Said("not-shifts", "staff work 8 hours a day", absent=("requests_per_day",)),
    # lengths
    Said("in-out", "1000 in, 200 out per request", {"input_tokens": 1000, "output_tokens": 200}),
    Said(
        "tokens-in-out",
        "1000 tokens in and 200 tokens out",
        {"input_tokens": 1000, "output_tokens": 200},
    ),
    Said(
        "k-prompts",
        "2k-token prompts, answers of 300 tokens",
        {"input_tokens": 2000, "output_tokens": 300},
    ),
    Said("words", "emails of about 300 words each", {"input_tokens": 399}),
    Said("pages", "summarise 5 page documents", {"input_tokens": 3325}),
    Said("output-words", "write 150 word descriptions", {"output_tokens": 200}),
    Said(
        "input-colon",
        "input: 800 tokens, output: 100 tokens",
        {"input_tokens": 800, "output_tokens": 100},
    ),
    Said("pages-are-volume", "500k pages a month", absent=("input_tokens",)),
    # labels
    Said("labelled", "60k labelled past tickets", {"labeled_examples": 60_000}),
    Said(
        "labelled-not-volume",
        "60k labelled past tickets, 20k tickets a day",
        {"labeled_examples": 60_000, "requests_per_day": 20_000},
    ),
    Said("none", "no training data for sorting mails", {"labeled_examples": 0}),
    Said("examples", "we have 300 examples", {"labeled_examples": 300}),
    Said("nothing-labelled", "nothing labelled yet", {"labeled_examples": 0}),
    Said("dont-have", "we don't have labels", {"labeled_examples": 0}),
    Said("hurried", "dont have any labeled data", {"labeled_examples": 0}),
    Said("unlabelled", "all of it is unlabelled", {"labeled_examples": 0}),
    Said("history", "a history of 2 years of resolved tickets", absent=("labeled_examples",)),
    Said("queues", "route mails into one of 12 queues", {"classes": 12}, ("labeled_examples",)),
    Said("intents", "detect 77 intents in chats", {"classes": 77}, ("labeled_examples",)),
    Said("categories", "5 categories", {"classes": 5}),
    Said("into-labels", "sort each review into 8 labels", {"classes": 8}, ("labeled_examples",)),
    Said("training-pairs", "we collected 4k training pairs", {"labeled_examples": 4000}),
    Said("misspelt", "we have 500 labled tickets", {"labeled_examples": 500}),
    Said("german-labels", "wir haben 800 gelabelte Beispiele", {"labeled_examples": 800}),
    Said("german-none", "wir haben keine gelabelten Daten", {"labeled_examples": 0}),
    Said("french-labels", "nous avons 1200 exemples annotés", {"labeled_examples": 1200}),
    Said("chinese-labels", "有500条标注数据", {"labeled_examples": 500}),
    Said("could-label", "we could label 500 if needed", absent=("labeled_examples",)),
    # latency
    Said("ms", "answers under 200 ms", {"latency_ms": 200}),
    Said("seconds", "must reply within 2 seconds", {"latency_ms": 2000}),
    Said("real-time", "flag them in real time", {"latency_ms": 1000}),
    Said("overnight", "overnight batch is fine", {"latency_ms": 28_800_000}),
    Said("not-rate", "it makes 30 tokens per second", absent=("latency_ms",)),
    Said("p95", "p95 latency of 800ms", {"latency_ms": 800}),
    Said(
        "not-real-time",
        "it does not need to be real time, not real time at all",
        absent=("latency_ms",),
    ),
    # budget
    Said("usd-month", "we have $500 a month", {"budget_usd_per_month": 500}),
    Said("euro-month", "max 2k€/month for this", {"budget_usd_per_month": 2340}),
    Said("per-year", "budget is $12,000 per year", {"budget_usd_per_month": 12_000 / 12}),
    Said("no-period", "our budget is 800 dollars", {"budget_usd_per_month": 800}),
    Said("spent-now", "we currently pay $900 a month to OpenAI", absent=("budget_usd_per_month",)),
    Said("unit-price", "the vendor asks $0.002 per request", absent=("budget_usd_per_month",)),
    # quality and mistakes
    Said("at-least", "at least 95% accuracy", {"quality_bar": 0.95}),
    Said("accuracy-of", "accuracy has to be above 92 percent", {"quality_bar": 0.92}),
    Said("error-rate", "error rate below 2%", {"quality_bar": 0.98}),
    Said("out-of", "9 out of 10 right is fine", {"quality_bar": 0.9}),
    Said("now-not-bar", "currently we get 82% accuracy", absent=("quality_bar",)),
    Said("uptime", "99.9% uptime please", absent=("quality_bar",)),
    Said("misroute", "a misroute costs us $3", {"wrong_answer_usd": 3}),
    Said("per-mistake", "roughly $20 per mistake", {"wrong_answer_usd": 20}),
    # stability, deadline
    Said("monthly-change", "categories change every month", {"rules_change_often": True}),
    Said("stable", "the categories are stable", {"rules_change_often": False}),
    # tokens of a whole day or month, and prices of tokens
    Said(
        "totals",
        "GPT-5 mini for 2M tokens in and 300k tokens out per day",
        {"requests_per_day": 1, "input_tokens": 2_000_000, "output_tokens": 300_000},
    ),
    Said(
        "totals-month",
        "our app uses 120M prompt tokens and 8M completion tokens every month",
        {"requests_per_day": 1, "input_tokens": 3_942_505, "output_tokens": 262_834},
    ),
    Said(
        "totals-first",
        "per day: 2M tokens in, 300k tokens out",
        {"requests_per_day": 1, "input_tokens": 2_000_000, "output_tokens": 300_000},
    ),
    Said(
        "totals-of-requests",
        "5,000 requests a day, 2M tokens in and 500k tokens out per day in total",
        {"requests_per_day": 5000, "input_tokens": 400, "output_tokens": 100},
    ),
    Said(
        "no-totals",
        "1.5k tokens in and 200 out, 8k a day",
        {"requests_per_day": 8000, "input_tokens": 1500, "output_tokens": 200},
    ),
    Said(
        "unit-of-price",
        "What is the price of GPT-5 per million output tokens?",
        absent=("output_tokens", "input_tokens"),
    ),
    Said("unit-of-cost", "cost of 1M output tokens on GPT-5 mini?", absent=("output_tokens",)),
    # lengths of prompts
    Said("prompt", "Qwen3 32B on H100 with a 16k prompt", {"input_tokens": 16_000}),
    Said("prompts", "an L4 with 8,000 token prompts", {"input_tokens": 8000}),
    Said(
        "prompt-on-cards",
        "How quickly does Llama 3.3 70B answer a 20k-token prompt on 2x H100?",
        {"input_tokens": 20_000},
        ("output_tokens",),
    ),
    Said(
        "of-tokens",
        "summarise 20k of 800 tokens a day",
        {"requests_per_day": 20_000, "input_tokens": 800},
    ),
    Said("queues-no-length", "30k tickets/day, need em in 14 queues", {"classes": 14}),
    # labels by other words
    Said("keyed", "invoices, 25k already keyed, extract totals", {"labeled_examples": 25_000}),
    Said("pairs", "6k question/query pairs that are verified", {"labeled_examples": 6000}),
    Said("memory", "200k segment translation memory", {"labeled_examples": 200_000}),
    Said("past", "answer support mails, 30k past answers", {"labeled_examples": 30_000}),
    Said("priced", "tag reviews, we can label 1k for $2 each", {"labeled_examples": 1000}),
    Said("no-labels-gb", "I need a 60 GB dataset classified", absent=("labeled_examples",)),
    Said(
        "change-no-volume",
        "mails into 4 queues, the categories change every month",
        {"classes": 4, "rules_change_often": True},
        ("requests_per_day",),
    ),
    Said("klassen", "Mails in 8 Kategorien sortieren", {"classes": 8}),
    Said("coded", "40k old letters that coders already coded", {"labeled_examples": 40_000}),
    Said("written", "3,000 past reports written by analysts", {"labeled_examples": 3000}),
    Said("handled", "sort mails by topic, 12k previously handled", {"labeled_examples": 12_000}),
    Said("of-them", "categorised by our agents, about 30k of them", {"labeled_examples": 30_000}),
    Said("years-of", "two years of routed tickets, about 70k", {"labeled_examples": 70_000}),
    Said("zugeordnet", "80.000 zugeordnete alte Mails haben wir", {"labeled_examples": 80_000}),
    Said("staff-coded", "customs staff coded 18,000 items", {"labeled_examples": 18_000}),
    Said("filed", "brokers have filed 400k declarations by hand", {"labeled_examples": 400_000}),
    Said("wrote", "we keep 6,500 reports our inspectors wrote", {"labeled_examples": 6500}),
    Said("of-each", "40 categories with 50 examples each", {"labeled_examples": 2000}),
    Said("finished", "draft letters, 4,000 finished replies", {"labeled_examples": 4000}),
    Said("to-do", "5000 tickets that must be routed", absent=("labeled_examples",)),
    Said("by-agents", "tickets already sorted by 12 agents", absent=("labeled_examples",)),
    Said("icd", "assign ICD-10 codes to letters", absent=("classes",)),
    Said("section", "section 230 cases sorted by hand", absent=("classes", "labeled_examples")),
    # residency and hardware
    Said("on-prem", "must run on premises", {"data_residency": "on_premises"}),
    Said("zero-cloud", "summarise contracts, zero cloud", {"data_residency": "on_premises"}),
    Said("france", "classer, données en France uniquement", {"data_residency": "FR"}),
    Said("swiss", "sort mails, must stay in Switzerland", {"data_residency": "CH"}),
    Said("self-host", "should we self-host a model?", absent=("data_residency", "hardware")),
    Said(
        "datacenter",
        "compliance doesn't allow the data to leave our datacenter",
        {"data_residency": "on_premises"},
    ),
    Said("weighed", "sort mails: in house vs api?", absent=("data_residency",)),
    Said("either", "sort mails, on premises or cloud?", absent=("data_residency",)),
    Said("offline", "must run offline on the player's card", absent=("latency_ms",)),
    Said(
        "own-card",
        "must run on the players own graphics card (8 GB)",
        {"hardware": (("hardware/amd-rx-7600", 1),)},
    ),
    Said("card-to-buy", "should we buy a 24 GB card for mails?", absent=("hardware",)),
    Said("no-gpus", "classify mails, no GPUs", {"hardware": ()}),
    Said("without-gpu", "Qwen3 32B on a machine without GPU", {"hardware": ()}),
    Said("by-march", "must be live by March", {"deadline": "by March"}),
]


@pytest.mark.parametrize("case", SAID, ids=lambda case: case.id)
def test_a_slot_is_read_from_free_text(case: Said, interpreter: RuleInterpreter) -> None:
    patch = interpreter.understand(case.text, profile=Profile(), last=None).patch

    for slot, value in case.want.items():
        expected = pytest.approx(value, rel=1e-3) if isinstance(value, float | int) else value
        assert getattr(patch, slot) == expected, slot
        assert patch.words[slot]
    for slot in case.absent:
        assert getattr(patch, slot) is None, slot


def test_each_slot_keeps_its_own_words(interpreter: RuleInterpreter) -> None:
    text = "20,000 tickets a day, 60k labelled tickets, under 200 ms, $500 a month"

    words = interpreter.understand(text, profile=Profile(), last=None).patch.words

    assert words["requests_per_day"] == "20,000 tickets a day"
    assert words["labeled_examples"] == "60k labelled"
    assert words["latency_ms"] == "under 200 ms"
    assert words["budget_usd_per_month"] == "$500 a month"


def test_no_budget_limit_takes_the_budget_back(interpreter: RuleInterpreter) -> None:
    said = interpreter.understand("no budget limit by the way", profile=Profile(), last=None)

    assert said.cleared == ("budget_usd_per_month",)
    assert said.patch.budget_usd_per_month is None
