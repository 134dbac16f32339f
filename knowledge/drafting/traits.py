"""What a text says of a product besides figures: device, state, licence, weights, category."""

from __future__ import annotations

import re
from collections import Counter
from typing import Literal

from knowledge.drafting.lines import sentences_of

Device = Literal["gpu", "npu", "apu", "tpu", "lpu", "system", "ip"]
Status = Literal["announced", "sampling", "shipping", "unknown"]
Size = Literal["ultra_large", "large", "mid", "small", "tiny"]
Category = Literal[
    "serving",
    "fine_tuning",
    "quantization",
    "routing",
    "orchestration",
    "evaluation",
    "management_monitoring",
    "data",
]

DEVICES: tuple[tuple[Device, str], ...] = (
    ("tpu", r"TPUs?|tensor processing units?"),
    ("lpu", r"LPUs?|language processing units?"),
    ("ip", r"IP core|licensable IP"),
    ("apu", r"APUs?|mobile processors?|laptop (?:chips?|processors?)|system[- ]on[- ]chip|SoCs?"),
    ("gpu", r"GPUs?|graphics (?:cards?|processors?)|video cards?"),
    (
        "npu",
        r"NPUs?|neural processing units?|AI accelerators?|inference (?:accelerators?|cards?|"
        r"chips?)|"
        r"accelerator cards?|ASICs?|dataflow (?:cards?|chips?)|AI (?:chips?|cards?|"
        r"inference cards?)",
    ),
)
ACCELERATOR = re.compile(
    r"\baccelerators?\b|\b(?:edge|inference|AI|PCIe|compute|neural|M\.2) (?:\w+ ){0,2}"
    r"(?:card|chip|module|processor|board)\b",
    re.IGNORECASE,
)
PASSIVE = re.compile(
    r"\b(?:an?|the|its) (?:[\w.-]+ ){0,3}(?:SSD|DPU|SmartNIC|(?:network\w*|memory|storage|sound|"
    r"capture|Ethernet|SSD|DDR\d|DIMM|security|power) (?:interface )?(?:cards?|chips?|modules?|"
    r"adapters?|switch|controllers?|drives?|processors?))\b",
    re.IGNORECASE,
)
"""What computes no model."""
SYSTEM = re.compile(
    r"\b(?:servers?|racks?|workstations?|mini[- ]PCs?|appliances?|desktops?|laptops?|notebooks?|"
    r"instances?|clusters?|supercomputers?|pods?|virtual machines?|VMs?)\b"
    r"(?! (?:\w+ )?(?:GPU|APU|card|accelerator|chip|processor|module|graphics))",
    re.IGNORECASE,
)
SHIPPING = re.compile(
    r"\b(?:available (?:now|today|immediately)|now (?:available|shipping)|shipping (?:now|today)|"
    r"is shipping|"
    r"in stock|generally available|on sale (?:now|today))\b",
    re.IGNORECASE,
)
SAMPLING = re.compile(
    r"\b(?:is|are|now|currently|begun|started)\s+sampling\b|\bsampling (?:now|to)\b", re.I
)
ANNOUNCED = re.compile(
    r"\b(?:will (?:be available|ship|launch|go on sale|arrive)|availability is expected|"
    r"expected to ship|ships? in|(?:shipments|deliveries|sales) (?:will )?(?:start|begin)|due in|"
    r"coming (?:in|this)|(?:volume )?production (?:is|will|starts)|pre-?orders?)\b|"
    r"\b(?:announced|unveiled|introduced|revealed|launched|showed|shown|debuted|detailed)\b",
    re.IGNORECASE,
)
STATES = (SHIPPING, SAMPLING, ANNOUNCED)
AVAILABLE = re.compile(r"\b(?:availab\w+|ships?|shipping|on sale|sampling)\b", re.IGNORECASE)
MEMORY_TYPE = re.compile(r"\b(HBM\d\w?|GDDR\d\w?|LPDDR\d\w?)\b")
OPEN = re.compile(
    r"\bopen[- ]sourced? under\b|"
    r"\bopen[- ]weights?\b|\bweights (?:are|is) (?:\w+ )?(?:open|available|released|on|"
    r"published)\b|"
    r"\bopen[- ]sourc(?:e|ed|ing) (?:\w+ ){0,2}(?:model|LLM|weights)\b|"
    r"\bdownload(?:ed)? (?:\w+ ){0,3}weights\b|"
    r"\bweights\b.{0,60}\bHugging Face\b|\b(?:released?|available|licensed)\b.{0,40}\b(?:Apache|"
    r"MIT)\b",
    re.IGNORECASE,
)
CLOSED = re.compile(
    r"\b(?:only|exclusively) (?:available )?(?:through|via|in|over) (?:the|our|its) API\b|"
    r"\bAPI[- ]only\b|"
    r"\bweights (?:are|will) not (?:be )?(?:open|available|released|public)|\bproprietary\b|"
    r"\bavailable (?:today |now )?(?:through|via|in|on) (?:the|our|its) (?:\w+ ){0,2}API\b",
    re.IGNORECASE,
)
NOT_OPEN = re.compile(r"\bweights (?:are|will) not\b|\bnot (?:\w+ )?open\b", re.IGNORECASE)
LICENCES: tuple[tuple[str, str], ...] = (
    ("Apache-2.0", r"Apache[- ](?:License,? )?(?:Version )?2(?:\.0)?"),
    ("Modified MIT", r"[Mm]odified[- ]MIT"),
    ("MIT", r"(?<![Mm]odified )MIT[- ]licen[sc]\w*|under (?:the )?MIT\b"),
    ("CC-BY-NC-4.0", r"CC[- ]BY[- ]NC(?:[- ]4\.0)?"),
    ("CC-BY-4.0", r"CC[- ]BY[- ]4\.0"),
    ("BSD-3-Clause", r"BSD(?:-3-Clause| license)?"),
)
CATEGORIES: tuple[tuple[Category, str], ...] = (
    ("evaluation", r"evaluat\w*|benchmark\w*|red[- ]team\w*"),
    ("quantization", r"quanti[sz]\w*"),
    ("fine_tuning", r"fine-?\s?tun\w*|LoRA|post-training|RLHF"),
    ("routing", r"rout(?:er|es|ing)|gateway"),
    ("management_monitoring", r"observab\w*|monitor\w*|tracing"),
    ("data", r"label(?:s|ling|ing)|annotat\w*|synthetic data"),
    ("orchestration", r"agents?|orchestrat\w*|workflows?"),
    ("serving", r"serv(?:es?|ing)|inference (?:engine|server|runtime)"),
)
TOOL = (
    r"(?:library|framework|toolkit|tool|engine|server|platform|package|runtime|SDK|gateway|router|"
    r"trainer|CLI|suite)"
)


def device_of(opening: str) -> Device | None:
    """Return the device that an opening calls its product most often; None for a tie.

    An accelerator, or a card or module for the edge or for inference, that is called nothing
    more special is an "npu".
    """
    if PASSIVE.search(" ".join(sentences_of(opening)[:3])):
        return None
    counts: Counter[Device] = Counter()
    for device, pattern in DEVICES:
        found = len(re.findall(rf"\b(?:{pattern})\b", opening, re.IGNORECASE))
        if found:
            counts[device] = found
    ranked = counts.most_common(2)
    if not ranked and ACCELERATOR.search(opening):
        return "npu"
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]


def status_of(text: str) -> Status:
    """Return what a text says of availability."""
    if SAMPLING.search(text):
        return "sampling"
    if re.search(r"\bwill (?:be available|ship)\b", text, re.IGNORECASE):
        return "announced"
    if SHIPPING.search(text):
        return "shipping"
    return "announced" if ANNOUNCED.search(text) else "unknown"


def open_weights_of(text: str) -> bool | None:
    """Return whether a text calls a model's weights open; None where it says neither or both."""
    opened = OPEN.search(text) is not None and not NOT_OPEN.search(text)
    closed = CLOSED.search(text) is not None
    return None if opened == closed else opened


def licence_of(text: str) -> str | None:
    """Return the one licence that a text names, or None."""
    found = [name for name, pattern in LICENCES if re.search(rf"\b(?:{pattern})", text)]
    return found[0] if len(found) == 1 else None


def category_of(definition: str) -> Category | None:
    """Return the one category that the definition of a tool speaks of, or None."""
    found = [name for name, words in CATEGORIES if re.search(rf"\b(?:{words})\b", definition, re.I)]
    return found[0] if len(found) == 1 else None
