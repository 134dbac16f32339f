"""Tuning that a provider runs: who still sells it on the day, who withdrew, and what it costs."""

from __future__ import annotations

import re
from datetime import date

from agent.answer import Claim, Section
from agent.calculation import Calculation, Input
from agent.core.finetune import FineTunePlan
from agent.core.workings import tail
from agent.turn import Turn
from agent.wording import day, usd
from knowledge import Statement

PRICES = "costs/fine-tuning-price"
BRACKETS = ((16.0, "ft-together-16"), (69.0, "ft-together-69"), (100.0, "ft-together-100"))
"""Largest model in billions of parameters, and the item with Together AI's price for it."""
PER_MILLION = re.compile(r": (\d[\d.]*)(?:-(\d[\d.]*))? USD per million")
LISTED = re.compile(r": (\d[\d./ -]*?) USD per million")
OFFERS = {
    "ft-together-16": "Together AI: open models up to 16B at {price} USD per million tokens",
    "ft-fireworks": "Fireworks: open models at {price} USD per million tokens, by size",
    "ft-tinker-8b": "Tinker: Qwen3-8B at {price} USD per million tokens to train, read and write",
}
"""What is left, by the item with its price; the price stands as the item lists it."""
DATE = re.compile(r"20\d\d-\d\d-\d\d")


def sold_for(turn: Turn, plan: FineTunePlan) -> tuple[Claim, ...]:
    """Return what a provider would charge for the run, and what hosting the result asks for."""
    price = _bracket(turn, plan)
    tokens = plan.training_tokens or (plan.labeled_examples or 0) * plan.tokens_per_example
    found = PER_MILLION.search(price.text) if price else None
    if price is None or found is None or not tokens or plan.objective != "sft":
        return ()
    low, high = float(found[1]), float(found[2] or found[1])
    read = tokens * plan.epochs / 1e6
    work = Calculation(
        id=f"calc/{tail(plan.model)}/hosted-tuning",
        name="price of the run at a provider",
        formula="tokens x epochs x price per million, from the lowest price to the highest",
        inputs=(
            Input(name="tokens", value=tokens),
            Input(name="epochs", value=plan.epochs),
            Input(name="lowest price", value=low, unit="USD/M tokens", source=price.id),
            Input(name="highest price", value=high, unit="USD/M tokens", source=price.id),
        ),
        value=read * (low + high) / 2,
        low=read * low,
        high=read * high,
        unit="USD",
        sources=(price.id,),
    )
    dedicated = turn.fact("costs/hosting#host-lora-serverless-end")
    ids = (*turn.book.work(work), *turn.book.state(price, dedicated))
    text = (
        f"Together AI would run it for {_span(read * low, read * high)}, LoRA to full, at its "
        f"prices of {day(price.as_of)} as others copied them. The tuned model then needs a "
        "dedicated endpoint, which is paid by the hour."
    )
    return (Claim(text=text, evidence_ids=ids),)


def _bracket(turn: Turn, plan: FineTunePlan) -> Statement | None:
    for most, item in BRACKETS:
        if plan.parameters_b <= most:
            return turn.fact(f"{PRICES}#{item}")
    return None


def _span(low: float, high: float) -> str:
    return usd(low) if usd(low) == usd(high) else f"{usd(low)} to {usd(high)}"


def last_day(turn: Turn) -> date | None:
    """Return the last day on which OpenAI takes new tuning jobs, None where not known."""
    found = turn.fact(f"{PRICES}#ft-openai-end")
    match = DATE.search(found.text) if found else None
    return date.fromisoformat(match[0]) if match else None


def withdrawn(turn: Turn) -> Section:
    """Return who withdrew and when, and what is left, with prices and their dates."""
    return Section(title="Who still tunes for you", claims=(*_ended(turn), *_left(turn)))


def _ended(turn: Turn) -> list[Claim]:
    claims = []
    if end := turn.fact(f"{PRICES}#ft-openai-end"):
        closed = DATE.search(end.conditions or "")
        last = last_day(turn)
        over = last is not None and turn.today > last
        new = f"no new customers since {day(closed[0])}, " if closed else ""
        until = "ended" if over else "existing ones may start jobs until"
        text = f"OpenAI: {new}{until} {day(last)}."
        claims.append(Claim(text=text, evidence_ids=turn.book.state(end)))
    cohere, mistral = (turn.fact(f"{PRICES}#{item}") for item in ("ft-cohere", "ft-mistral"))
    gone = []
    if cohere and (match := DATE.search(cohere.text)):
        gone.append(f"Cohere deprecated chat tuning on {day(match[0])}")
    if mistral:
        gone.append(f"Mistral's page was marked deprecated on {day(mistral.as_of)}")
    if gone:
        text = f"{'; '.join(gone)}."
        claims.append(Claim(text=text, evidence_ids=turn.book.state(cohere, mistral)))
    return claims


def _left(turn: Turn) -> list[Claim]:
    claims = []
    for item, offer in OFFERS.items():
        price = turn.fact(f"{PRICES}#{item}")
        match = LISTED.search(price.text) if price else None
        if price is None or match is None:
            continue
        turn.book.name("Qwen3-8B")
        text = f"{offer.format(price=match[1])} ({day(price.as_of)})."
        claims.append(Claim(text=text, evidence_ids=turn.book.state(price)))
    others = turn.fact("costs/hosting#host-bedrock")
    if others:
        text = (
            "Amazon Bedrock, Azure and Vertex AI still tune models of their own lists; no price "
            "per token was found for them."
        )
        claims.append(Claim(text=text, evidence_ids=turn.book.state(others)))
    claims.append(
        Claim(
            text="Tune an open model and keep the weights: then no withdrawal can take them away."
        )
    )
    return claims
