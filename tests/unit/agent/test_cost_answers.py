"""What does it cost? Exact bills, terms of tokens, what is ruled out, what is owned."""

from __future__ import annotations

import pytest
from answering import MakeTurn, answered, table

from agent.answer import Answer
from agent.core.running import MONTH_DAYS
from agent.profile import Profile

SONNET, LUNA, MINI = "models/claude-sonnet-5-5", "models/gpt-6-luna", "models/gpt-5-mini"
DEEPSEEK, LLAMA = "models/deepseek-v4-pro", "models/llama-3.3-70b"
A100 = (("hardware/nvidia-a100-80gb-sxm", 2),)
H100 = (("hardware/nvidia-h100-sxm", 1),)
MILLION = Profile(requests_per_day=1e6 / MONTH_DAYS, input_tokens=2000, output_tokens=500)
LETTERS = Profile(
    task_type="classification", requests_per_day=20_000, data_residency="on_premises", classes=12
)


def sonnet(turn_for: MakeTurn, message: str = "and a month?", **understood: object) -> Answer:
    return answered(turn_for, message, intent="cost", models=(SONNET,), patch=MILLION, **understood)


def section(answer: Answer, title: str) -> str:
    return " ".join(c.text for s in answer.sections if s.title == title for c in s.claims)


def test_a_volume_a_month_gives_the_exact_bill_and_is_named_as_stated(turn_for: MakeTurn) -> None:
    answer = sonnet(turn_for)  # 1e6 x (2,000 x 2 + 500 x 10) / 1e6

    assert answer.headline == "$9,000 a month for the tokens"
    assert "1,000,000 requests a month" in answer.text
    assert table(answer)[0][2] == "$9.00"


@pytest.mark.parametrize(
    ("cached", "batch", "bill"),
    [
        (1500, False, "$6,150"),  # 500 x 2 + 1,500 x 0.1 + 500 x 10
        (0, True, "$4,500"),
        (1000, True, "$3,550"),  # 1,000 x 1 + 1,000 x 0.05 + 500 x 5
        (9999, False, "$5,200"),  # no more than the prompt is cached
    ],
)
def test_cached_tokens_and_batches_have_their_own_price(
    turn_for: MakeTurn, cached: int, batch: bool, bill: str
) -> None:
    answer = sonnet(turn_for, cached_tokens=cached, batch=batch)

    assert answer.headline == f"{bill} a month for the tokens"


def test_a_batch_price_that_is_not_known_is_said_to_be_so(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for, "in batch?", intent="cost", models=(DEEPSEEK,), patch=MILLION, batch=True
    )

    assert "batch price of DeepSeek-V4-Pro is not known" in answer.text
    assert ", in batch" not in answer.text


@pytest.mark.parametrize(
    ("model", "requests", "tokens", "headline"),
    [
        (MINI, 1e6, (400, 50), "$200 for 1,000,000 requests"),
        ("models/gpt-6.1-sol", 1000.0, (1200, 300), "$5.40 for 1,000 requests"),
        (MINI, 1.0, (400, 50), "$0.0002 for 1 request"),
    ],
)
def test_a_lot_is_priced_as_a_whole_whatever_the_volume_was(
    turn_for: MakeTurn, model: str, requests: float, tokens: tuple[int, int], headline: str
) -> None:
    patch = Profile(requests_per_day=777, input_tokens=tokens[0], output_tokens=tokens[1])
    answer = answered(
        turn_for, "the lot?", intent="cost", models=(model,), patch=patch, total_requests=requests
    )

    assert answer.headline == headline
    assert "777" not in answer.text


def test_a_lot_on_open_weights_is_the_cheaper_of_tokens_and_hours(turn_for: MakeTurn) -> None:
    patch = Profile(input_tokens=400, output_tokens=50)
    answer = answered(
        turn_for, "1M?", intent="cost", models=(LLAMA,), patch=patch, total_requests=1e6
    )

    rows = table(answer)
    assert len(rows) == 2
    assert "hours at $" in " ".join(row[0] for row in rows)


def test_a_token_total_is_no_single_request(turn_for: MakeTurn) -> None:
    words = dict.fromkeys(("requests_per_day", "input_tokens", "output_tokens"), "10M in, 2M out")
    patch = Profile(
        requests_per_day=1,
        input_tokens=round(10e6 / MONTH_DAYS),
        output_tokens=round(2e6 / MONTH_DAYS),
        words=words,
    )
    models = (MINI, "models/gemini-2.5-flash", "models/gemini-2.5-pro")
    answer = answered(turn_for, "which is cheaper?", intent="cost", models=models, patch=patch)

    assert answer.headline.startswith("GPT-5 mini is the cheapest: $6.50 a month")
    assert "10,000,000 tokens in and 2,000,000 out a month" in answer.text
    assert "requests a day" not in answer.text
    assert answer.chart is None
    # 10 x 1.25 + 2 x 10 = 32.50: the price of a long prompt does not hold for many short ones
    assert [row[1] for row in table(answer)] == ["$6.50", "$8.00", "$32"]


def test_what_the_job_rules_out_wins_nothing_and_is_named(turn_for: MakeTurn) -> None:
    patch = LETTERS.model_copy(update={"hardware": A100})
    answer = answered(turn_for, "on our two A100s?", intent="cost", hardware=A100, patch=patch)

    assert "on your two A100 80GB SXMs" in answer.headline
    assert "may not leave your building" in section(answer, "Ruled out")
    assert not any(row[0].startswith("GPT") for row in table(answer))
    assert "not costed" not in answer.text
    assert "yours" not in section(answer, "Ruled out")


def test_a_model_that_is_ruled_out_is_priced_and_said_to_be_so(turn_for: MakeTurn) -> None:
    answer = answered(turn_for, "GPT-5 mini?", intent="cost", models=(MINI,), patch=LETTERS)

    assert answer.headline.startswith("GPT-5 mini would cost $")
    assert "ruled out: the data may not leave your building" in answer.headline


def test_renting_is_costed_where_asked_for_and_said_to_conflict(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "and renting H100s?",
        intent="cost",
        hardware=H100,
        patch=LETTERS,
        acquire="rent",
    )

    assert any("H100 SXM, rented" in row[0] for row in table(answer))
    assert "conflicts with what you said" in answer.text


@pytest.mark.parametrize(("acquire", "route"), [("rent", "rented_gpu"), ("buy", "owned_hardware")])
def test_how_hardware_is_to_be_had_is_what_was_asked_for(
    turn_for: MakeTurn, acquire: str, route: str
) -> None:
    answer = answered(
        turn_for,
        "8B on an H100?",
        intent="cost",
        hardware=H100,
        parameters_b=8.0,
        acquire=acquire,
        patch=Profile(requests_per_day=1000),
    )

    assert [option.route for option in answer.options] == [route]


def test_a_machine_that_nobody_rents_out_is_costed_as_bought(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "a DGX Spark?",
        intent="cost",
        models=("models/llama-3.1-8b",),
        hardware=(("hardware/nvidia-dgx-spark-gb10", 1),),
        patch=Profile(requests_per_day=1000),
    )

    assert "owned_hardware" in [option.route for option in answer.options]
    assert "not costed" not in answer.text


def test_a_hosted_model_is_not_said_to_be_too_large_for_a_device(turn_for: MakeTurn) -> None:
    answer = answered(turn_for, "on an H100?", intent="cost", models=(MINI,), hardware=H100)

    assert "GPT-5 mini runs at its maker only" in answer.text
    assert "hold the model" not in answer.text


def test_cheaper_offers_others(turn_for: MakeTurn) -> None:
    answer = answered(turn_for, "cheaper?", intent="cost", models=(MINI,), follow_up=True)

    assert len(table(answer)) > 1
    assert table(answer)[0][0].startswith("GPT-6 Luna")


def test_a_rate_is_served_as_stated_and_devices_name_their_hourly_price(
    turn_for: MakeTurn,
) -> None:
    words = {"requests_per_day": "50 requests per second"}
    patch = Profile(requests_per_day=50 * 86_400, input_tokens=1500, output_tokens=300, words=words)
    answer = answered(turn_for, "serving it?", intent="cost", models=(LLAMA,), patch=patch)

    assert "50 requests a second" in answer.text
    assert "writes 15,000 tok/s on average, and the rate you state is taken" in answer.text
    assert "an hour, all hours" in answer.text
    count = next(option.devices for option in answer.options if option.hardware)
    assert count is not None
    assert 8 <= count <= 40


def test_more_owned_devices_than_there_are_is_said(turn_for: MakeTurn) -> None:
    patch = Profile(
        requests_per_day=5e6,
        input_tokens=1500,
        output_tokens=300,
        hardware=A100,
        data_residency="on_premises",
    )
    answer = answered(turn_for, "on ours?", intent="cost", models=(LLAMA,), patch=patch)

    assert "purchase price not known: more are needed" in answer.text


def against(
    turn_for: MakeTurn, message: str, volume: float = 50_000, **understood: object
) -> Answer:
    return answered(
        turn_for,
        message,
        intent="cost",
        models=("models/gpt-4.1",),
        parameters_b=8.0,
        hardware=(("hardware/nvidia-l40s", 1),),
        acquire="rent",
        patch=Profile(requests_per_day=volume, input_tokens=1000, output_tokens=200),
        **understood,
    )


def cheaper(answer: Answer) -> str:
    lives = {row[0]: float(row[-1].replace("$", "").replace(",", "")) for row in table(answer)}
    return min(lives, key=lambda label: lives[label])


def test_a_break_even_holds_when_both_sides_are_costed_again(turn_for: MakeTurn) -> None:
    asked = against(turn_for, "at which volume do we break even?")
    assert asked.chart is not None
    at = asked.chart.break_even
    assert at is not None
    below, above = (against(turn_for, "cost?", volume=part * at) for part in (0.99, 1.01))

    assert asked.headline.startswith("Break-even at about")
    assert cheaper(below).startswith("GPT-4.1")
    assert not cheaper(above).startswith("GPT-4.1")


def test_the_lines_of_the_chart_cross_where_the_break_even_is(turn_for: MakeTurn) -> None:
    chart = against(turn_for, "cost?").chart
    assert chart is not None
    assert chart.break_even is not None
    own, api = (dict(series.points) for series in chart.series)
    below = max(x for x in own if x <= chart.break_even)
    above = min(x for x in own if x >= chart.break_even)
    assert (own[below] > api[below]) != (own[above] > api[above])


def test_devices_are_drawn_as_steps(turn_for: MakeTurn) -> None:
    chart = against(turn_for, "cost?").chart
    assert chart is not None
    own = next(s for s in chart.series if s.label.startswith("Granite"))
    jumps = [(a, b) for a, b in zip(own.points, own.points[1:], strict=False) if b[1] > a[1]]
    assert jumps
    assert all(b[0] == pytest.approx(a[0], rel=1e-3, abs=0.2) for a, b in jumps)


def test_prices_that_fall_are_counted_where_asked_for_and_a_scenario_where_not(
    turn_for: MakeTurn,
) -> None:
    asked = against(turn_for, "and if API prices fall 30% a year?", follow_up=True)
    plain = against(turn_for, "three years?", years=3.0)

    # 1,440 + 36 x 120 + 5,478.75 x 26.28
    assert "$150,000" in section(plain, "If prices change")
    assert [row[-1] for row in table(asked) if row[0].startswith("GPT-4.1")] == ["$150,000"]
    assert "taken to fall by 30% a year" in section(asked, "If prices change")


@pytest.mark.parametrize(
    ("message", "hours"), [("cost?", "all hours"), ("if it scales to zero?", "8 hours a day")]
)
def test_idle_hours_are_paid_unless_switched_off(
    turn_for: MakeTurn, message: str, hours: str
) -> None:
    assert f"an hour, {hours}" in against(turn_for, message).text


def test_a_piece_is_priced_alone_and_by_the_thousand(turn_for: MakeTurn) -> None:
    answer = sonnet(turn_for, "what is that per email?")  # 2,000 x 2 + 500 x 10 a million

    assert answer.headline == "$0.009 an email"
    assert "$9.00 a thousand" in answer.text


def test_an_accepted_answer_counts_what_the_wrong_ones_cost(turn_for: MakeTurn) -> None:
    patch = MILLION.model_copy(update={"wrong_answer_usd": 4.0})
    answer = answered(turn_for, "if 92% are right?", intent="cost", models=(SONNET,), patch=patch)
    # 0.009 + (36 x 120 + 1,440) / 36e6, and 8% x 4.00
    assert "An accepted answer comes to $0.33" in answer.text


def test_todays_bill_stands_for_the_volume(turn_for: MakeTurn) -> None:
    patch = Profile(input_tokens=1000, output_tokens=200)
    answer = answered(
        turn_for,
        "we pay $4,000 a month for GPT-4.1",
        intent="cost",
        models=("models/gpt-4.1",),
        patch=patch,
    )
    assert answer.headline == "$4,000 a month for the tokens"
    assert "your bill of $4,000 a month pays for" in answer.text


def test_renting_and_buying_are_both_costed_where_both_are_named(turn_for: MakeTurn) -> None:
    answer = answered(
        turn_for,
        "buy an H100 for a fine-tuned 8B or rent it?",
        intent="cost",
        hardware=H100,
        parameters_b=8.0,
        patch=Profile(requests_per_day=1000),
    )
    assert {option.route for option in answer.options} == {"rented_gpu", "owned_hardware"}


def test_a_provider_that_is_named_sets_the_rent(turn_for: MakeTurn) -> None:
    rents = {
        name: next(o for o in against(turn_for, f"rented at {name}").options if o.hardware)
        for name in ("RunPod", "Vultr")
    }
    assert "RunPod" in against(turn_for, "rented at RunPod").text
    assert rents["RunPod"].hardware == rents["Vultr"].hardware == "hardware/nvidia-l40s"
    assert "No price of Vultr for the L40S is known here" in against(turn_for, "at Vultr").text


def test_a_product_that_nobody_knows_is_named_with_its_neighbours(turn_for: MakeTurn) -> None:
    alone = answered(turn_for, "how much is gpt-99?", intent="cost", unknown=("gpt-99",))
    beside = sonnet(turn_for, "gpt-99 or Sonnet?", unknown=("gpt-99",))

    assert alone.kind == "no_evidence"
    assert "Nothing is known here of gpt-99" in beside.text


@pytest.mark.parametrize("intent", ["comparison", "cost"])
def test_models_at_a_stated_load_are_costed_and_the_difference_is_said(
    turn_for: MakeTurn, intent: str
) -> None:
    answer = answered(
        turn_for, "Sonnet or GPT-5 mini?", intent=intent, models=(SONNET, MINI), patch=MILLION
    )
    # 1e6 x (2,000 x 0.25 + 500 x 2) / 1e6 against 9,000
    assert answer.headline.startswith("GPT-5 mini is the cheaper: $1,500 a month")
    assert "$7,500 a month is what lies between them" in answer.text


@pytest.mark.parametrize("message", ["is an H100 cheaper than GPT-5.5?", "when does an H100 pay?"])
def test_open_models_on_a_named_device_stand_against_a_hosted_one(
    turn_for: MakeTurn, message: str
) -> None:
    answer = answered(
        turn_for,
        message,
        intent="cost",
        models=("models/gpt-5.5",),
        hardware=H100,
        patch=Profile(requests_per_day=50_000, input_tokens=1000, output_tokens=200),
    )
    assert {option.route for option in answer.options} == {"api", "rented_gpu"}
    assert "they may answer worse" in answer.text


def test_one_model_that_a_question_is_about_leads_whatever_is_cheaper(turn_for: MakeTurn) -> None:
    patch = MILLION.model_copy(update={"task_type": "dialogue"})
    answer = answered(
        turn_for, "what is the yearly bill?", intent="cost", models=(SONNET,), patch=patch
    )
    assert answer.headline == "$9,000 a month for the tokens"
    assert "A year of it is $108,000 without people" in answer.text


def test_sums_are_told_in_the_currency_asked_for(turn_for: MakeTurn) -> None:
    answer = sonnet(turn_for, "what is that in euros?")
    assert "In EUR, at 1.17 USD for one: 7,690 a month" in answer.text
