"""Slots about the firm: where data may go, machines, people, languages."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from agent.interpreters import RuleInterpreter
from agent.profile import Profile


@dataclass(frozen=True)
class Firm:
    id: str
    text: str
    slot: str
    value: object


FIRM = [
    Firm("gdpr", "we are bound by GDPR", "data_residency", "eu"),
    Firm("eu-stay", "data has to stay in the EU", "data_residency", "eu"),
    Firm("not-leave-eu", "customer data must not leave Europe", "data_residency", "eu"),
    Firm("dsgvo", "wegen DSGVO geht nur EU Hosting", "data_residency", "eu"),
    Firm("building", "the records can't leave our building", "data_residency", "on_premises"),
    Firm("on-prem", "has to run on prem", "data_residency", "on_premises"),
    Firm("air-gapped", "it is an air-gapped plant", "data_residency", "on_premises"),
    Firm("not-cloud", "not in the cloud please", "data_residency", "on_premises"),
    Firm("cloud-no-option", "cloud is not an option", "data_residency", "on_premises"),
    Firm("own-servers", "everything must stay on our own servers", "data_residency", "on_premises"),
    Firm(
        "german-house", "die Daten dürfen das Haus nicht verlassen", "data_residency", "on_premises"
    ),
    Firm("french-stay", "les données doivent rester en Europe", "data_residency", "eu"),
    Firm("chinese-house", "数据不能离开公司", "data_residency", "on_premises"),
    Firm("germany", "data must stay in Germany", "data_residency", "DE"),
    Firm("swiss", "hosted on Swiss servers only", "data_residency", "CH"),
    Firm("us-only", "data has to remain in the US", "data_residency", "US"),
    Firm("cloud-fine", "cloud is fine", "data_residency", "any"),
    Firm("no-constraint", "no data residency constraints", "data_residency", "any"),
    Firm("nothing-sensitive", "nothing sensitive in there", "data_residency", "any"),
    Firm("hipaa", "we must follow HIPAA", "data_residency", None),
    Firm("german-shop", "we are a German shop selling shoes", "data_residency", None),
    Firm("two-4090", "we have two 4090s", "hardware", (("hardware/nvidia-rtx-4090", 2),)),
    Firm("8xa100", "we own 8xA100", "hardware", (("hardware/nvidia-a100-80gb-sxm", 8),)),
    Firm("m3-ultra", "we own an M3 Ultra", "hardware", (("hardware/apple-m3-ultra", 1),)),
    Firm("my-3090", "sorting mails on my 3090", "hardware", (("hardware/nvidia-rtx-3090", 1),)),
    Firm("no-gpus", "no GPUs here, classify 500 mails a day", "hardware", ()),
    Firm("cpu-only", "we only have CPUs", "hardware", ()),
    Firm("no-gpu-de", "wir haben keine GPU", "hardware", ()),
    Firm("should-buy", "should we buy an H100?", "hardware", None),
    Firm("single-fit", "does llama 70b fit on a single 4090?", "hardware", None),
    Firm("do-we-need", "do we need an H100 for that?", "hardware", None),
    Firm(
        "sitting-idle",
        "an L4 is sitting idle in the rack, sort mails with it",
        "hardware",
        (("hardware/nvidia-l4", 1),),
    ),
    Firm("langs", "reviews in German and English", "languages", ("de", "en")),
    Firm("lang-adjective", "sort French emails", "languages", ("fr",)),
    Firm("lang-pair", "translate from English to Japanese", "languages", ("en", "ja")),
    Firm("lang-vendor", "is a Chinese model ok?", "languages", None),
    Firm("no-ml", "no ML people on the team", "ml_engineers", 0),
    Firm("one-ds", "one data scientist", "ml_engineers", 1),
    Firm("three-mle", "team of 3 ML engineers", "ml_engineers", 3),
    Firm("nobody", "nobody here knows machine learning", "ml_engineers", 0),
    Firm("keine-ml", "wir haben kein ML Team", "ml_engineers", 0),
]


@pytest.mark.parametrize("case", FIRM, ids=lambda case: case.id)
def test_what_is_said_of_the_firm_is_read(case: Firm, interpreter: RuleInterpreter) -> None:
    patch = interpreter.understand(case.text, profile=Profile(), last=None).patch

    assert getattr(patch, case.slot) == case.value
    assert case.value is None or case.slot in patch.words
