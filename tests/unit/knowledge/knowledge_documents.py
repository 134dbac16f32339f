"""Small documents of every kind, as text and parsed."""

from __future__ import annotations

from knowledge.documents import Loaded, parse_document

HARDWARE = """---
id: hardware/demo-24
kind: hardware
title: Demo Card 24GB
vendor: Demo Labs
aliases: [demo 24]
read_on: '2026-11-01'
device: gpu
status: shipping
facts:
- {name: memory, value: 24, unit: GB, basis: vendor, source: s1, as_of: 2026-10}
- {name: bandwidth, value: 1008.5, unit: GB/s, basis: vendor, source: s1, conditions: GDDR6X}
- {name: price, value: null, unit: USD, basis: vendor, source: s1, conditions: no price was found}
rentals:
- {provider: Beta, usd_per_hour: 0.8, commitment: spot, basis: vendor, source: s1}
- {provider: Acme, usd_per_hour: 0.4, commitment: on_demand, basis: vendor, source: s1}
- {provider: Acme, usd_per_hour: 0.5, commitment: on_demand, basis: vendor, source: s1}
claims:
- {text: runs anything, basis: vendor, source: s1}
conflicts: [two pages give two powers]
doubts: [nobody has measured it]
sources:
  s1: {url: 'https://example.org/card', published: '2026-09-30'}
---

## What it is
A card with 24 GB.

## For whom
Small teams.
"""

MODEL = """---
id: models/demo-8b
kind: model
title: Demo 8B
vendor: Demo Labs
read_on: '2026-11-01'
open_weights: true
licence: Apache-2.0
size_class: small
specialization: general
retires: '2027-01-31'
replacement: Demo 9B
facts:
- {name: parameters, value: 8, unit: billion, basis: vendor, source: s1}
- {name: context, value: 131072, unit: tokens, basis: vendor, source: s1}
scores:
- {board: MMLU, metric: accuracy %, value: 70.5, basis: independent, source: s1}
prices:
- {provider: Acme, input_usd_per_mtok: 0.1, output_usd_per_mtok: 0.2, basis: vendor, source: s1}
sources:
  s1: {url: 'https://example.org/model'}
---

## What it is
A small model.
"""

TOOLKIT = """---
id: toolkits/demo-serve
kind: toolkit
title: DemoServe
read_on: '2026-11-01'
category: serving
maintenance: active
purpose: Serves models.
strengths:
- {text: It is simple., basis: independent, source: s1, single_report: true}
measured:
- {what: throughput, value: '120', unit: tokens/s, basis: independent, source: s1}
sources:
  s1: {url: 'https://example.org/serve'}
---

## State
Active.
"""

STUDY = """---
id: studies/demo-2025
kind: study
title: Demo study
published: '2025'
read_on: '2026-11-01'
comparisons:
- task: sort tickets
  task_type: classification
  dataset: Tickets
  metric: accuracy %
  higher_is_better: true
  ultra_large: {model: Giant-1, score: 80.5}
  specialized: {model: Tiny-1, score: 91, train_examples: 5000, parameters_b: 0.3}
  winner: specialized
  reliability: high
sources:
  s1: {url: 'https://example.org/study'}
---

## Result
The small one won.
"""

COST = """---
id: costs/demo
kind: cost
title: Demo costs
read_on: '2026-11-01'
category: demo
items:
- {id: label, item: price of one label, route: specialized, text: '0.08', value: 0.08, unit: USD,
  basis: vendor, source: s1}
sources:
  s1: {url: 'https://example.org/cost'}
---

## What it costs
Little.
"""

ALL = (HARDWARE, MODEL, TOOLKIT, STUDY, COST)


def loaded(text: str) -> Loaded:
    """Return the document in `text`."""
    return parse_document(text, name="demo.md")
