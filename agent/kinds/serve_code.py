"""A serve plan in an answer: the file asked for, a first request, a load test, the toolkit."""

from __future__ import annotations

import re

from agent.answer import Claim, Section
from agent.core.recipes import RecipeFile
from agent.core.serve_plan import ServePlan
from agent.kinds.fact import cited_text
from agent.kinds.naming import working
from agent.turn import Turn
from agent.wording import listing, number
from knowledge.schema import Toolkit

_ORCHESTRATED = re.compile(r"kubernetes|k8s|\bhelm\b", re.IGNORECASE)
_CONTAINER = re.compile(r"docker|compose|container|podman|kubernetes|k8s|\bhelm\b", re.IGNORECASE)


def blocks(plan: ServePlan, files: tuple[RecipeFile, ...], turn: Turn) -> list[Section]:
    """Return the file asked for, and the one with first request and load test, as code."""
    in_containers = bool(_CONTAINER.search(turn.message))
    shown = next((f for f in files if in_containers and f.name == "compose.yaml"), files[0])
    language = "yaml" if shown.name.endswith("yaml") else "bash"
    check = next(file for file in files if file.name.startswith("check_"))
    others = [file.name for file in files if file not in (shown, check)]
    turn.book.name(*(file.name for file in files))
    attached = Claim(text=f"Attached besides: {listing(others)}.")
    if in_containers and plan.image is None:
        text = f"{plan.server.title} reaches that device outside containers only."
        attached = Claim(text=f"{text} {attached.text}")
    elif _ORCHESTRATED.search(turn.message):
        text = "No manifest for Kubernetes is made here: image, command and health check are these."
        attached = Claim(text=f"{text} {attached.text}")
    return [
        Section(
            title=shown.name,
            claims=(code_claim(turn, "recipe", shown.content, language),),
            style="sentences",
        ),
        Section(title="", claims=(attached,), style="sentences"),
        Section(
            title=check.name,
            claims=(code_claim(turn, "check", check.content, "bash"),),
            style="sentences",
        ),
        *(
            Section(title="", claims=(claim,), style="sentences")
            for claim in _measures(plan, check.name)
        ),
    ]


def _measures(plan: ServePlan, check: str) -> tuple[Claim, ...]:
    """Say what the load test's figure is to be held against."""
    sized = plan.sized
    speed, part = sized.throughput_tok_s, "throughput"
    if plan.name == "llama.cpp" and sized.concurrency == 1:
        speed, part = sized.decode_tok_s, "decode"
    elif plan.name == "llama.cpp":
        return (
            Claim(
                text=f"The load test in {check} measures one request at a time; client.py --load "
                "measures all of them together."
            ),
        )
    if not speed.low or not speed.high:
        return ()
    text = (
        f"The load test in {check} should show {number(speed.low, 2)} to "
        f"{number(speed.high, 2)} output tokens a second; outside of that, trust what you "
        "measured and size anew."
    )
    return (Claim(text=text, evidence_ids=(working(sized, part),)),)


def extras_claims(plan: ServePlan) -> tuple[Claim, ...]:
    """Say what each thing asked for besides does, and what to watch."""
    extras, claims = plan.extras, []
    if extras.adapter:
        gguf = plan.name in ("llama.cpp", "ollama")
        made = ", made by llama.cpp's convert_lora_to_gguf.py" if gguf else ""
        asked = "" if gguf else "; ask for the model named tuned"
        claims.append(Claim(text=f"ADAPTER is the folder or file of your adapter{made}{asked}."))
    if extras.speculative:
        claims.append(
            Claim(
                text="Tokens are guessed from the prompt, so no second model is loaded. It helps "
                "where answers repeat the prompt; measure with and without, as nothing of it is "
                "in the figures here."
            )
        )
    if extras.narrow_cache:
        claims.append(
            Claim(
                text="The cache takes half of what is counted here, which is at 16 bit: raise the "
                "limit of requests in the file by what is free then."
            )
        )
    return tuple(claims)


def toolkit_claim(doc_id: str, turn: Turn) -> Claim | None:
    """Return a server's newest version seen and how it is maintained."""
    document = turn.catalogue.get(doc_id) if doc_id in turn.catalogue else None
    if not isinstance(document, Toolkit):
        return None
    turn.book.name(document.title, document.version or "")
    version = f", newest version seen {document.version}" if document.version else ""
    state = document.maintenance.replace("_", " ")
    note = f". {document.maintenance_note}" if document.maintenance_note else ""
    return cited_text(turn, document, f"{document.title} (maintenance: {state}){version}{note}")


def code_claim(turn: Turn, name: str, content: str, language: str) -> Claim:
    """Return a code block whose figures are those of the computed file itself."""
    code = f"```{language}\n{content.strip()}\n```"
    turn.book.slots[f"profile/{name}"] = code
    return Claim(text=code, evidence_ids=(f"profile/{name}",))
