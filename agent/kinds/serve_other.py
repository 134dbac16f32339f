"""A recipe for models that do not chat: encoders, embedders, rerankers and speech, under vLLM."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass

from agent.answer import Claim, Section
from agent.core.recipes import RecipeFile
from agent.core.server_flags import check_flags, programs
from agent.core.servers import barred, servers
from agent.core.workings import tail
from agent.kinds.naming import short
from agent.kinds.serve_code import code_claim, toolkit_claim
from agent.kinds.serve_text import attachments
from agent.turn import Draft, Turn
from knowledge.schema import Hardware, Model

_TEXT = "a text of yours"
REQUESTS: dict[str, tuple[str, dict[str, object]]] = {
    "labels": ("/classify", {"input": _TEXT}),
    "relevance score": ("/rerank", {"query": "a question", "documents": [_TEXT]}),
    "embeddings": ("/v1/embeddings", {"input": _TEXT}),
}
"""By what the model gives: the path that vLLM answers, and what to send there."""


@dataclass(frozen=True, slots=True)
class OtherServer:
    """A model that does not chat; `gives` is None where vLLM does not serve its kind."""

    model: Model
    gives: str | None
    barred: str | None


def chats(model: Model) -> bool:
    """Return whether the model reads and writes text, as the chat servers ask of it."""
    return "text" in model.modalities_in and "text" in model.modalities_out


def work_out(model: Model, hardware: Hardware | None) -> OtherServer:
    """Return how vLLM serves `model`, if it can on `hardware`."""
    speech = "audio" in model.modalities_in and "text" in model.modalities_out
    gives = next((one for one in REQUESTS if one in model.modalities_out), None)
    lacking = any(family in model.id for family in servers()["vllm"].lacks)
    return OtherServer(
        model,
        "transcript" if speech else None if lacking else gives,
        barred("vllm", hardware) if hardware is not None else None,
    )


def write(found: OtherServer, turn: Turn) -> Draft:
    """Draft the command and a first request, or say what serves it instead."""
    name = short(found.model)
    turn.book.name(name, found.model.title)
    served = found.gives is not None and found.barred is None
    file = _file(found.model, found.gives) if served and found.gives else None
    sections = []
    if file is not None:
        turn.book.name(file.name)
        code = code_claim(turn, "recipe", file.content, "bash")
        sections.append(Section(title=file.name, claims=(code,), style="sentences"))
    if found.barred is not None:
        turn.book.slots["profile/barred"] = found.barred.partition(" Valid")[0]
        claim = Claim(text=turn.book.slots["profile/barred"], evidence_ids=("profile/barred",))
        sections.append(Section(title="", claims=(claim,)))
    if served and (about := toolkit_claim("toolkits/vllm", turn)) is not None:
        sections.append(Section(title="Toolkit", claims=(about,)))
    gives = found.gives or " and ".join(found.model.modalities_out)
    reply = "a transcript" if found.gives == "transcript" else gives
    return Draft(
        kind="deploy",
        outcome="yes" if served else None,
        headline=f"{name} does not chat: vLLM serves it as below"
        if served
        else f"There is no recipe for {name} here",
        summary=Claim(
            text=f"It gives {reply}, so speed in tokens a second says nothing about it. "
            + (
                "Small ones run on a processor too, with Transformers or ONNX Runtime."
                if {"labels", "embeddings"} & set(found.model.modalities_out)
                else "Time a hundred requests of your own."
                if served
                else "Its maker's own library runs it."
            )
        ),
        sections=tuple(sections),
        attachments=attachments(file),
        suggestions=(f"What is known about {name}?",),
    )


def _file(model: Model, gives: str) -> RecipeFile:
    """Return the script that serves it, with a first request as its last line."""
    port = str(servers()["vllm"].port)
    flags = ["--served-model-name", "served", "--host", "127.0.0.1", "--port", port]
    flags = flags if gives == "transcript" else ["--runner", "pooling", *flags]
    check_flags("vllm", flags)
    url = f"http://127.0.0.1:{port}"
    if gives == "transcript":
        ask = f"curl {url}/v1/audio/transcriptions -F model=served -F file=@speech.wav"
    else:
        path, body = REQUESTS[gives]
        sent = shlex.quote(json.dumps({"model": "served", **body}))
        ask = f"curl {url}{path} -H 'Content-Type: application/json' -d {sent}"
    version = programs()["vllm"].version
    what = f"repository of {short(model)}, or the folder of your tuned one"
    return RecipeFile(
        name=f"serve_{tail(model.id)}_vllm.sh",
        media_type="text/x-shellscript",
        content=f"""#!/usr/bin/env bash
# {model.title} with vLLM, planned by Rightsize. Flags checked against vLLM {version}.
# First request, once it is up:
#   {ask}
set -euo pipefail
pip install "vllm=={version}"
vllm serve "${{MODEL:?set MODEL to the {what}}}" \\
  {shlex.join(flags)}
""",
        caption=f"{model.title} with vLLM",
    )
