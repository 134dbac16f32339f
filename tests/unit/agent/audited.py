"""One sound document of each kind that is checked, and what makes it unsound."""

from __future__ import annotations

from knowledge.documents import Loaded, parse_document

PROSE = """
## What it is
A part for small teams with 24 GB, on sale since 3 October 2026. The maker states what it holds and
how fast it reads, nobody outside has measured either, and a buyer who needs a speed has to ask for
one of his own work. The price has not been published, and no seller was found.
"""
HARDWARE = f"""---
id: hardware/demo-24
kind: hardware
title: Demo Card 24GB
vendor: Demo Labs
aliases: [demo 24]
published: '2026-10-03'
read_on: '2026-11-01'
device: gpu
status: shipping
memory_type: GDDR6X
facts:
- {{name: memory, value: 24, unit: GB, basis: vendor, source: s1}}
- {{name: bandwidth, value: 1008, unit: GB/s, basis: vendor, source: s1}}
- {{name: compute_bf16, value: 80, unit: TFLOPS, basis: vendor, source: s1}}
- {{name: compute_fp8, value: 160, unit: TFLOPS, basis: vendor, source: s1, as_of: 2026-10}}
rentals:
- {{provider: Acme, usd_per_hour: 0.4, commitment: on_demand, basis: vendor, source: s1}}
conflicts: [two pages give two powers]
sources:
  s1: {{url: 'https://example.org/card', published: '2026-10-03'}}
---
{PROSE}"""
MODEL = f"""---
id: models/demo-8b
kind: model
title: Demo 8B
vendor: Demo Labs
published: '2026-10-03'
read_on: '2026-11-01'
open_weights: true
licence: Apache-2.0
size_class: small
specialization: general
modalities_in: [text]
status: 'deprecated: ends on 2027-01-31'
retires: '2027-01-31'
facts:
- {{name: parameters, value: 8, unit: billion, basis: vendor, source: s1}}
- {{name: active_parameters, value: 8, unit: billion, basis: vendor, source: s1}}
- {{name: context, value: 128000, unit: tokens, basis: vendor, source: s1}}
- {{name: max_output, value: 8192, unit: tokens, basis: vendor, source: s1}}
scores:
- {{board: MMLU, metric: accuracy %, value: 70.5, basis: independent, source: s1}}
prices:
- {{provider: Acme, input_usd_per_mtok: 0.1, output_usd_per_mtok: 0.2, basis: vendor, source: s1}}
architecture: {{source: s1, hf_id: demo/Demo-8B, layers: 32, hidden_size: 4096, heads: 32,
  kv_heads: 8, head_dim: 128, vocab_size: 128256, intermediate_size: 14336,
  context_tokens: 131072, attention: gqa, tied_embeddings: false, parameters_b: 8.03,
  active_parameters_b: 8.03}}
notes: [made for a card of 24 GB]
sources:
  s1: {{url: 'https://example.org/model', published: '2026-10-03'}}
---
{PROSE}"""
TOOLKIT = f"""---
id: toolkits/demo
kind: toolkit
title: Demo Server
published: '2026-10-03'
read_on: '2026-11-01'
category: serving
licence: MIT
repository: https://example.org/demo
version: '1.2'
version_date: 2026-10
maintenance: active
purpose: serves models on a card of 24 GB
strengths:
- {{text: quick to set up, basis: vendor, source: s1}}
sources:
  s1: {{url: 'https://example.org/demo'}}
---
{PROSE}"""
STUDY = f"""---
id: studies/demo-2026
kind: study
title: A demo study
published: '2026-10-03'
read_on: '2026-11-01'
comparisons:
- {{task: sort mail, task_type: classification, dataset: Mail, metric: accuracy, score_scale: 0-1,
  higher_is_better: true, winner: specialized, reliability: high, conditions: on a card of 24 GB,
  ultra_large: {{model: Big, score: 0.8}}, specialized: {{model: Little, score: 0.9}}}}
sources:
  s1: {{url: 'https://example.org/study', published: '2026-10-03'}}
---
{PROSE}"""


def read(text: str) -> Loaded:
    return parse_document(text, name="demo.md")
