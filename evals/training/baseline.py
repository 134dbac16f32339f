"""What the usual rules of thumb say of the same rows, to compare with."""

from __future__ import annotations

import math

from evals.training.fitting import Held, card
from evals.training.rows import Row

BYTES = {"full": 18.0, "lora": 2.0, "qlora": 0.5, "adapter": 2.0, "adapter_v2": 2.0}
"""Bytes a parameter in LLaMA-Factory's hardware table, activations on top."""
FLOPS = {"full": 6.0, "lora": 4.0, "qlora": 4.0, "adapter": 4.0, "adapter_v2": 4.0}
MFU = 0.4
"""The share of the peak usually assumed."""


def by_rule(row: Row) -> Held:
    """Return the error of the rule of thumb on `row`.

    Memory is bytes a parameter, over the devices where the model is sharded; speed is 0.4 of the
    peak over the operations of a token.
    """
    layout = row.run().layout
    if row.metric == "memory_gb":
        width = 0.5 if row.precision in ("nf4", "nf4-dq", "gptq") else BYTES[row.method]
        said = layout.total_b * width / (row.devices if row.sharding == "sharded" else 1)
    else:
        flops = FLOPS[row.method] * layout.total_b * 1e9
        said = row.devices * card(row.hardware).tflops * 1e12 * MFU / flops
    return Held(row, "", math.log(said / row.value))
