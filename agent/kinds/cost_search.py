"""What may be costed for a question: the models and devices it names, else the usual options."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from agent.answer import CostLine
from agent.candidates import Bench, remembered
from agent.core.defaults import Defaults
from agent.job import Job
from agent.kinds.cost_words import COMPARES, Said
from agent.kinds.naming import short
from agent.options import api_candidate, choices, placed_general
from agent.placing import find_place
from agent.policy import Candidate, weigh
from agent.profile import Owned
from agent.turn import Turn
from agent.wording import usd
from knowledge.schema import Model

SIZES_B = ((3.0, 40.0), (100.0, 2500.0))
"""Billions of parameters of the small and the large open model that stand for a named device."""
_OTHERS = re.compile(r"\b(cheap\w*|alternativ\w*|less|günstig\w*|billig\w*|moins|barato)", re.I)


@dataclass(frozen=True, slots=True)
class Search:
    """What may be costed: the models and devices named, else the usual options of the job."""

    turn: Turn
    job: Job
    values: Defaults
    said: Said

    def candidates(self) -> list[Candidate]:
        """Return the routes to cost, those that were asked for first."""
        found = [*self._picked_before(), *self._named()]
        if found and self._sets_devices_against(found):
            found += self._on_devices()
        if len(found) >= 2 and not self._wants_others():
            return found
        if found and self.turn.profile.task_type is None and not self._wants_others():
            return found
        if not found:
            found = self._on_devices()
        keys = {candidate.key for candidate in found}
        usual = [c for c in self._usual() if c.key not in keys]
        if found and self.turn.understanding.models and not self._wants_others():
            usual = [c for c in usual if (c.route == "api") != (found[0].route == "api")][:2]
        return [*found, *usual]

    def _sets_devices_against(self, found: list[Candidate]) -> bool:
        """Tell whether devices are named against hosted models alone: open models run on them."""
        asked = self.turn.understanding
        compares = self.said.asks_even or bool(COMPARES.search(self.turn.message))
        hosted = all(candidate.route == "api" for candidate in found)
        return bool(compares and hosted and asked.hardware and not asked.follow_up)

    def picked_before(self) -> str | None:
        """Return the label of the thread's pick, where the price of a piece of its job is asked."""
        before = self.turn.last_answer
        if not (self.said.piece and self.turn.understanding.follow_up and before):
            return None
        options = [option for option in before.options if not option.ruled_out_because]
        return options[0].label.replace(", prompted", "") if options else None

    def _picked_before(self) -> list[Candidate]:
        """Return that pick, where it is an option of a recommendation."""
        before, label = self.turn.last_answer, self.picked_before()
        if label is None or before is None or before.verdict is None:
            return []
        options = choices(self.turn, self.job, self.values).candidates
        return [c for c in options if c.label.replace(", prompted", "") == label][:1]

    def _wants_others(self) -> bool:
        """Tell whether a follow-up asks for something else than what was spoken of."""
        asked = self.turn.understanding
        several = len(asked.models) > 1 or bool(asked.patch.stated())
        return asked.follow_up and not several and bool(_OTHERS.search(asked.message))

    def _named(self) -> list[Candidate]:
        asked, found = self.turn.understanding, []
        models = () if self._is_left_behind() else asked.models
        for document in (self.turn.catalogue.get(i) for i in models):
            if isinstance(document, Model):
                found += self._routes_of(document)
        if asked.parameters_b:
            low, high = 0.85 * asked.parameters_b, 1.15 * asked.parameters_b
            sized = self.turn.market.open_general(min_parameters_b=low, max_parameters_b=high)
            for model in sized[:1]:
                found += self._hosted(model)
        return found

    def _is_left_behind(self) -> bool:
        """Tell whether hosted models alone are carried over into a question about a device."""
        asked = self.turn.understanding
        if not asked.follow_up or asked.acquire is None or not self._names(asked.hardware):
            return False
        models = [self.turn.catalogue.get(i) for i in asked.models]
        closed = all(isinstance(m, Model) and not m.open_weights for m in models)
        return closed and not self._names([(i, 1) for i in asked.models])

    def _names(self, products: Iterable[Owned]) -> bool:
        """Tell whether the message itself names one of `products`."""
        words = self.turn.message.lower()
        return any(
            alias in words for i, _ in products for alias in self.turn.catalogue.get(i).aliases
        )

    def _routes_of(self, model: Model) -> list[Candidate]:
        """Return the API route of a model, and the self-hosted one where its weights are open."""
        by_api = api_candidate(self.turn, self.job, self.values, model)
        found = [by_api] if by_api else []
        return found + (self._hosted(model) if model.open_weights else [])

    def _hosted(self, model: Model) -> list[Candidate]:
        on_each = [
            self._placed(model, device, way=way)
            for device in self._devices()
            for way in self._ways()
        ]
        hosted = [candidate for candidate in on_each if candidate]
        if not hosted and (cheapest := self._placed(model, None)):
            return [cheapest]
        return hosted

    def _ways(self) -> tuple[Literal["rent", "buy"] | None, ...]:
        """Return renting and buying where both are weighed, else what the message says."""
        return ("rent", "buy") if self.said.both_ways else (None,)

    def _placed(
        self, model: Model, device: str | None, *, way: Literal["rent", "buy"] | None = None
    ) -> Candidate | None:
        if way is not None:
            asked = self.turn.understanding.model_copy(update={"acquire": way})
            found = replace(self, turn=replace(self.turn, understanding=asked))._placed(
                model, device
            )
            return replace(found, key=f"{found.key}/{way}") if found else None
        if self.said.tuned:
            return self._tuned(model, device)
        return placed_general(self.turn, self.job, self.values, model, on=device)

    def _tuned(self, model: Model, device: str | None) -> Candidate | None:
        """Return a model to be tuned, on devices that hold it, its labels paid for."""
        place = find_place(self.turn, self.job, model, on=device)
        if place is None:
            return None
        bench = Bench(self.turn, self.job, self.values)
        placed = bench.placed(
            model,
            place,
            key=f"tuned/{model.id}" if device is None else f"tuned/{model.id}/{device}",
            label=f"{short(model)}, fine-tuned",
            verdict="specialized",
            project="tuned_llm_project_hours",
            runs="tuning_runs_usd",
            chance=bench.general_chance(model),
            toolkit="toolkits/trl",
        )
        labels = self._labels()
        return replace(
            placed, spend=remembered(lambda job: placed.spend(job).with_lines(first=labels))
        )

    def _labels(self) -> CostLine:
        """Return what the examples to tune on cost: nothing where the user has them."""
        have, needed = self.job.labeled_examples, self.values.values["tuning_examples"]
        if have:
            return CostLine(item=f"labeling, {have:,} examples", source="yours already")
        price = self.values.values["label_usd"]
        return CostLine(
            item=f"labeling, {needed.value:,.0f} examples",
            usd_one_time=needed.value * price.value,
            source=price.source,
            note=f"{usd(price.value)} a label, {price.why}; how many is assumed",
        )

    def _devices(self) -> tuple[str, ...]:
        named = tuple(doc_id for doc_id, _ in self.turn.understanding.hardware)
        owned = tuple(doc_id for doc_id, _ in self.job.hardware or ())
        return tuple(dict.fromkeys(named or owned))

    def _on_devices(self) -> list[Candidate]:
        """Return the best open models, a small and a large one, on the devices named or owned."""
        found = []
        for device in self._devices():
            for low, high in SIZES_B:
                models = self.turn.market.open_general(min_parameters_b=low, max_parameters_b=high)
                placed = (self._placed(model, device) for model in models[:6])
                found += [next(filter(None, placed), None)]
        return [candidate for candidate in found if candidate]

    def _usual(self) -> list[Candidate]:
        """Return the cheapest option of each kind that the job allows, and of each it does not."""
        options = choices(self.turn, self.job, self.values).candidates
        ranked = sorted(
            (weigh(c, self.job, 0.0) for c in options if c.route != "cascade"),
            key=lambda weighed: weighed.usd_total,
        )
        first: dict[tuple[str, bool], Candidate] = {}
        for weighed in ranked:
            kind = (weighed.candidate.verdict, weighed.ruled_out_because is None)
            first.setdefault(kind, weighed.candidate)
        return list(first.values())
