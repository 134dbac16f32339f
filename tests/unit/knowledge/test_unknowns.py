from __future__ import annotations

import pytest

from knowledge.catalogue import Catalogue


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tell me about the Zeta-9000", ("Zeta-9000",)),
        ("Does the Zephyron X9 run Llama 3.3 70B?", ("Zephyron X9",)),
        ("Is RTX 9090 faster than RTX 5090?", ("RTX 9090",)),
        ("GPT-9 and Llama 9", ("GPT-9", "Llama 9")),
        ("claude 3 opus", ("claude 3 opus",)),
        ("Gemini 1.5 Flash vs GPT-4 Turbo", ("Gemini 1.5 Flash", "GPT-4 Turbo")),
        ("the Llama 3.3 8B model", ("Llama 3.3 8B",)),
        ("RTX 5080 Super", ("RTX 5080 Super",)),
        ("Will the B400 or H1000 fit?", ("B400", "H1000")),
        ("the memory bandwidth of the BX-900 and the NS-40", ("BX-900", "NS-40")),
        ("an RTX 4070 laptop GPU", ("RTX 4070 laptop",)),
        ("Nvidia Tesla M60 or T4?", ("Tesla M60",)),
        ("GPT-5.3 vs o5-mini", ("GPT-5.3", "o5-mini")),
        ("is Mixtral 8x3B better?", ("Mixtral 8x3B",)),
        ("can a gtx 1070 ti run llama 8b", ("gtx 1070 ti",)),
        ("my 1660 super", ("1660 super",)),
        ("arc a580 or tesla m40", ("arc a580", "tesla m40")),
        ("jetson orin nano super", ("jetson orin nano super",)),
        ("MacBook Pro with an M2 Pro chip", ("M2 Pro",)),
    ],
)
def test_names_that_are_not_known_are_listed(
    catalogue: Catalogue, text: str, expected: tuple[str, ...]
) -> None:
    assert catalogue.unknown_products(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "FP8 or Q4_K_M or INT4 on 24GB with 8k context",
        "a GPT-5 class model, Q3 2026, at COMPUTEX",
        "COVID-19, ISO 27001, HIPAA, SOC 2, ICD-10, GDPR in the EU",
        "S3, EC2, B2B, K8s, PCIe 5, IPv6, USB-C, SHA256",
        "p95 of 800 ms and P99 of 1 s for a model",
        "Python 3.11 and CUDA 12 on Ubuntu 22; the model is BERT",
        "GSM8K, MMLU 5-shot, SQuAD 2, F1 0.92, BLEU-4, AIME 2025, WMT22",
        "In May 2026 we had about 3000 requests; budget 5000 EUR",
        "Use Claude 3 times a day",
        "20,000 tickets a day into 12 queues, 60k labeled: GPT-5 or fine-tune something?",
        "NVIDIA H100 and 8xH100 and RTX 4090",
        "Is a 70B model enough for 500 users?",
        "Passen 70B auf zwei RTX 3090?",
        "GT 86, 4070 Ti and a Jetson AGX Orin",
        "",
    ],
)
def test_ordinary_things_with_numbers_are_no_products(catalogue: Catalogue, text: str) -> None:
    assert catalogue.unknown_products(text) == ()
