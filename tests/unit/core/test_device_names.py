"""Devices as benchmarks, drivers and shops write them."""

from __future__ import annotations

import pytest

from agent.core.memory_stated import memory_is_stated
from agent.core.resolving import hardware_of
from agent.errors import UnknownName
from knowledge.catalogue import Catalogue
from knowledge.documents import CORPUS, load_folder


@pytest.fixture(scope="module")
def corpus() -> Catalogue:
    return Catalogue(load_folder(CORPUS))


@pytest.mark.parametrize(
    ("name", "doc_id", "memory"),
    [
        ("A100 PCIe 80GB", "nvidia-a100-80gb-pcie", 80),
        ("NVIDIA A100-SXM4-40GB", "nvidia-a100-40gb-sxm", 40),
        ("H100 80GB HBM3", "nvidia-h100-sxm", 80),
        ("H100 80GB (form factor not stated)", "nvidia-h100-sxm", 80),
        ("Virtualized NVIDIA H200-SXM-141GB", "nvidia-h200-sxm", 141),
        ("GB200 192GB", "nvidia-gb200-nvl72", 186),
        ("AMD Instinct MI325X 256GB HBM3e", "amd-mi325x", 256),
        ("RTX PRO 6000 Blackwell Server Edition 96GB", "nvidia-rtx-pro-6000-blackwell", 96),
        ("[MAXSUN] MS-Intel Arc Pro B60 Dual 48G Turbo", "intel-arc-pro-b60-dual", 48),
        ("NVIDIA DGX Spark class GB10 128GB", "nvidia-dgx-spark-gb10", 128),
        ("Apple M4 Max 64GB", "apple-m4-max", 64),
        ("MacBook Pro (M3 Max, 30-core GPU, 36GB)", "apple-m3-max-30-core", 36),
        ("M3 Max 48GB", "apple-m3-max", 48),
        ("Ryzen AI Max+ 395 (Radeon 8060S) 64GB", "amd-ryzen-ai-max-395", 64),
        ("AMD Ryzen AI Max+ 395 128GB (CPU only)", "amd-ryzen-ai-max-395-cpu", 128),
        ("Raspberry Pi 5 8GB (CPU)", "raspberry-pi-5", 8),
        ("A10G 24GB (g5.xlarge)", "nvidia-a10g", 24),
    ],
)
def test_form_memory_and_cores_stand_in_any_order(
    corpus: Catalogue, name: str, doc_id: str, memory: float
) -> None:
    found = hardware_of(name, corpus)
    assert (found.id, found.value("memory")) == (f"hardware/{doc_id}", memory)


def test_memory_as_stated_is_said_to_be_stated(corpus: Catalogue) -> None:
    assert memory_is_stated(hardware_of("Apple M4 Max 64GB", corpus))
    assert not memory_is_stated(hardware_of("B200 192GB", corpus))


def test_other_graphics_cores_stay_in_the_title_and_take_no_peak_along(corpus: Catalogue) -> None:
    found = hardware_of("Apple M3 Ultra (60-core GPU) 256GB", corpus)
    assert (found.title, found.value("memory")) == ("Apple M3 Ultra (60-core GPU)", 256)
    assert found.value("compute_fp16") is None
    assert found.value("bandwidth") == 819


@pytest.mark.parametrize(
    "name",
    [
        "RTX 4090 48GB",
        "RTX 4090 (Laptop)",
        "RTX 3080 12GB",
        "RTX PRO 6000 Blackwell Max-Q 96GB",
        "H200 NVL 141GB",
        "H20 141GB",
        "AMD H100 80GB",
        "Quadro RTX 6000 24GB",
        "Apple M3 Pro 18GB",
        "Apple M4 Max 64GB (CPU)",
        "Xeon Gold 6454S (1 socket, 8ch DDR5-4800) + RTX 4090D 24GB",
        "2x RTX 3090 24GB",
        "none (file size)",
        "80GB",
    ],
)
def test_another_device_is_never_taken(corpus: Catalogue, name: str) -> None:
    with pytest.raises(UnknownName):
        hardware_of(name, corpus)
