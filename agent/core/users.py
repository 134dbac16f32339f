"""How many users can be served at a given speed each?"""

from __future__ import annotations

from agent.core.estimate import Estimate, estimate
from agent.core.resolving import hardware_of, model_of
from agent.errors import InputError
from knowledge.catalogue import Catalogue
from knowledge.schema import Hardware, Model


def users_at_speed(
    model: str | Model,
    hardware: str | Hardware,
    tokens_per_second: float,
    *,
    devices: int = 1,
    precision: str | None = None,
    input_tokens: int = 512,
    output_tokens: int = 128,
    engine: str | None = None,
    context_tokens: int | None = None,
    catalogue: Catalogue | None = None,
) -> Estimate | None:
    """Return the estimate at the most streams that each still get `tokens_per_second`.

    Speed falls with every stream, so the count is found by halving. None where not even one
    stream reaches the speed, where the model does not fit or where the speed is not known.

    Raises:
        InputError: if a value can't be used; UnknownName if a name is not in the catalogue.
    """
    if not tokens_per_second > 0:
        raise InputError(f"tokens_per_second must be above 0, not {tokens_per_second!r}.")
    found_model, found_hardware = model_of(model, catalogue), hardware_of(hardware, catalogue)

    def at(streams: int) -> Estimate:
        return estimate(
            found_model,
            found_hardware,
            devices,
            precision,
            streams,
            input_tokens,
            output_tokens,
            engine,
            context_tokens=context_tokens,
        )

    def good(result: Estimate) -> bool:
        return bool(result.fits) and (result.decode_tok_s.value or 0.0) >= tokens_per_second

    best = at(1)
    if not good(best):
        return None
    low, high = 1, max(1, best.max_concurrency or 1)
    while low < high:
        middle = (low + high + 1) // 2
        result = at(middle)
        if good(result):
            low, best = middle, result
        else:
            high = middle - 1
    return best
