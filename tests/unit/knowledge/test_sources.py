"""What is told from an address alone, before anything is read."""

from __future__ import annotations

import pytest

from knowledge.sources.addresses import closed_kind
from knowledge.sources.feed import is_feed
from knowledge.sources.fetching import Fetched
from knowledge.sources.github import is_repository, without_noise
from knowledge.sources.hub import repo_of
from knowledge.sources.reach import Reach


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("93.184.216.34", None),
        ("2606:4700::1111", None),
        ("64:ff9b::5db8:d822", None),
        ("::ffff:93.184.216.34", None),
        ("127.8.0.1", "a loopback address"),
        ("::1", "a loopback address"),
        ("10.1.2.3", "a private address"),
        ("172.31.255.255", "a private address"),
        ("192.168.0.1", "a private address"),
        ("100.64.0.1", "a private address"),
        ("198.18.0.1", "a private address"),
        ("192.0.0.8", "a private address"),
        ("169.254.169.254", "a link-local address"),
        ("fe80::1%eth0", "a link-local address"),
        ("0.0.0.0", "an unspecified address"),
        ("::", "an unspecified address"),
        ("224.0.0.1", "a multicast address"),
        ("ff0e::1", "a multicast address"),
        ("255.255.255.255", "a reserved address"),
        ("fec0::1", "a reserved address"),
        ("fd12::1", "a private address"),
        ("::ffff:127.0.0.1", "a loopback address"),
        ("::127.0.0.1", "a reserved address"),
        ("64:ff9b::7f00:1", "a loopback address"),
        ("64:ff9b:1::a00:1", "a reserved address"),
        ("2002:a00:1::", "a private address"),
        ("2002:7f00:1::", "a loopback address"),
        ("2001:0:a00:1::", "a private address"),
    ],
)
def test_only_public_addresses_are_open(address: str, kind: str | None) -> None:
    assert closed_kind(address) == kind


@pytest.mark.parametrize(
    ("url", "repo_id"),
    [
        ("https://huggingface.co/maker/small-7b", "maker/small-7b"),
        ("https://hf.co/maker/small-7b/", "maker/small-7b"),
        ("https://huggingface.co/maker/small-7b/tree/main", "maker/small-7b"),
        ("https://huggingface.co/maker/small-7b/blob/main/README.md", "maker/small-7b"),
        ("http://mirror.test:8000/maker/small-7b", "maker/small-7b"),
        ("https://huggingface.co/maker/small-7b/tree/v2", None),
        ("https://huggingface.co/maker/small-7b/discussions/3", None),
        ("https://huggingface.co/datasets/maker/qa", None),
        ("https://huggingface.co/blog/news", None),
        ("https://huggingface.co/maker", None),
        ("https://huggingface.co/", None),
        ("https://example.org/maker/small-7b", None),
    ],
)
def test_the_address_of_a_model_on_the_hub_is_known(url: str, repo_id: str | None) -> None:
    assert repo_of(url, Reach(hub_url="http://mirror.test:8000")) == repo_id


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("https://github.com/maker/fast-serve", True),
        ("https://www.github.com/maker/fast-serve/tree/main/docs", True),
        ("https://github.com/maker/fast-serve/blob/main/docs/limits.md", True),
        ("https://github.com/maker/fast-serve/blob/main/serve.py", False),
        ("https://github.com/maker/fast-serve/releases", False),
        ("https://github.com/maker", False),
        ("https://gist.github.com/maker/1", False),
    ],
)
def test_the_address_of_a_repository_is_known(url: str, known: bool) -> None:
    assert is_repository(url) == known


@pytest.mark.parametrize(
    "part", ["<!--", "<picture>", "![", "[![a](b)", "![a](b) ", "<img ", "<a ", "<p>", "\n ", "[ "]
)
def test_no_readme_takes_long_to_clean(part: str) -> None:
    assert len(without_noise(part * 200_000)) <= len(part) * 200_000


@pytest.mark.parametrize(
    ("content", "known"),
    [
        (b'\xef\xbb\xbf<?xml version="1.0"?><!-- <a> -->\n<rss version="2.0">', True),
        (b'<!DOCTYPE rss [<!ENTITY x "y">]><rss>', True),
        (b'<atom:feed xmlns:atom="x">', True),
        (b"<html><rss></html>", False),
        (b"<feedback>", False),
        (b"<?a?>" * 1_000 + b"<html>", False),
        (b"<!-- -->" * 1_000 + b"<html>", False),
    ],
)
def test_a_feed_is_known_by_its_first_element(content: bytes, known: bool) -> None:
    assert is_feed(Fetched("https://maker.example/feed", "text/html", content)) == known
