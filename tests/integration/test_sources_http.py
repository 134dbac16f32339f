"""Reading from the network, against a real server on loopback that behaves well and badly."""

from __future__ import annotations

import gzip
import io
import socket
import threading
import tracemalloc
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas
from source_server import Answer, Site, serving

from knowledge.errors import DocumentError
from knowledge.sources import Reach, fetch, read_source

PAGE = (
    f"<html><head><title>A card</title></head><body><p>{'It draws 300 W. ' * 30}</p></body></html>"
)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
CLOSED = Reach(own_machine=False)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site


def test_a_page_is_fetched_with_its_kind_and_address_and_says_who_asks(site: Site) -> None:
    site.put("/there", PAGE, 'Text/HTML;Charset="UTF-8"; x=y')

    fetched = fetch(site.redirect("/here", "there#part", status=308), Reach())

    assert fetched.url == f"{site.url}/there"
    assert (fetched.media_type, fetched.content) == ("text/html; charset=utf-8", PAGE.encode())
    assert site.seen[-1][1]["User-Agent"].startswith("rightsize/")
    assert site.seen[-1][1]["Host"] == f"127.0.0.1:{site.server_port}"


def test_a_packed_page_is_unpacked(site: Site) -> None:
    packed = gzip.compress(PAGE.encode())
    site.answers["/"] = Answer(packed, headers={"Content-Encoding": "gzip"})

    assert fetch(site.url, Reach()).content == PAGE.encode()


@pytest.mark.parametrize(
    ("path", "media_type", "content", "kind"),
    [
        ("/sheet", "application/octet-stream", PDF, "application/pdf"),
        ("/sheet", "", PDF, "application/pdf"),
        ("/sheet", "text/html", PDF, "application/pdf"),
        ("/card.md", "application/octet-stream", b"# A card", None),
        ("/config.json", "application/json", b"{}", "application/json"),
        ("/feed", "application/rss+xml", b"<rss/>", "application/rss+xml"),
    ],
)
def test_a_kind_is_known_by_type_name_or_first_bytes(
    site: Site, path: str, media_type: str, content: bytes, kind: str | None
) -> None:
    assert fetch(site.put(path, content, media_type), Reach()).media_type == kind


@pytest.mark.parametrize(
    ("media_type", "reason"),
    [
        ("image/png", "is image/png; text, HTML, PDF and feeds are read"),
        ("image/svg+xml", "is image/svg"),
        ("video/mp4", "is video/mp4"),
        ("text/javascript", "is text/javascript"),
        ("application/octet-stream", "does not tell what it holds"),
        ("", "of no stated kind"),
    ],
)
def test_other_kinds_are_refused(site: Site, media_type: str, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason):
        fetch(site.put("/thing", b"\x00\x01", media_type), Reach())


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/passwd", "only http and https"),
        ("ftp://example.org/x", "only http and https"),
        ("http://", "names no host"),
        ("http://[::1", "no valid address"),
        ("http://example.org:99999/", "99999 is no port"),
        ("http://169.254.169.254/latest/meta-data/", "169.254.169.254, a link-local address"),
        ("http://10.0.0.1/", "leads to 10.0.0.1, a private address; only public"),
        ("http://2130706433/", "127.0.0.1, a loopback"),
        ("http://0x7f.1/", "127.0.0.1, a loopback"),
        ("http://0177.1/", "127.0.0.1, a loopback"),
        ("http://0177.0.0.1/", "no valid address"),
        ("http://0/", "0.0.0.0, an unspecified"),
        ("http://[::ffff:10.0.0.1]/", "a private address"),
        ("http://[::ffff:127.0.0.1]/", "a loopback address"),
        ("http://[64:ff9b::a00:1]/", "a private address"),
        ("http://[fd00::1]/", "a private address"),
    ],
)
def test_an_address_that_is_not_public_is_refused(url: str, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason):
        fetch(url, Reach())


def test_a_password_is_refused_and_not_repeated() -> None:
    with pytest.raises(DocumentError, match="password isn't read") as caught:
        fetch("https://user:s3cret@example.org/", Reach())

    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_is_only_read_where_the_caller_may_name_it(site: Site, host: str) -> None:
    site.put("/", PAGE)
    url = f"http://{host}:{site.server_port}/"

    assert fetch(url, Reach()).content == PAGE.encode()
    with pytest.raises(DocumentError, match="a loopback address"):
        fetch(url, CLOSED)
    assert site.paths() == ["/"]


@pytest.mark.parametrize("trusted", ["{host}", "{host}:{port}"])
def test_a_trusted_host_may_be_private(site: Site, trusted: str) -> None:
    hosts = frozenset({trusted.format(host="127.0.0.1", port=site.server_port)})

    assert fetch(site.put("/", PAGE), Reach(own_machine=False, trusted_hosts=hosts)).content
    assert fetch(site.put("/", PAGE), Reach(own_machine=False, hub_url=site.url)).content
    with pytest.raises(DocumentError, match="a loopback address"):
        fetch(site.url, Reach(own_machine=False, trusted_hosts=frozenset({"127.0.0.1:1"})))


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("http://10.0.0.1/", "leads to 10.0.0.1, a private address"),
        ("//169.254.169.254/latest", "a link-local address"),
        ("file:///etc/passwd", "only http and https"),
        ("http://user:pw@127.0.0.1/", "password isn't read"),
        ("/round", "leads on more than 5 times"),
        ("", "without saying where"),
    ],
)
def test_a_redirect_is_checked_like_the_first_address(site: Site, target: str, reason: str) -> None:
    site.redirect("/round", "/round")

    with pytest.raises(DocumentError, match=reason):
        fetch(site.redirect("/start", target), Reach())


def test_neither_a_redirect_nor_a_link_opens_another_port_of_this_machine(site: Site) -> None:
    with serving() as other:
        secret = other.put("/secret", PAGE)

        with pytest.raises(DocumentError, match="a loopback address"):
            fetch(site.redirect("/start", secret), Reach())
        with pytest.raises(DocumentError, match="a loopback address"):
            fetch(secret, Reach(), linked_from=site.url)
        with pytest.raises(DocumentError, match="a loopback address"):
            fetch(secret, Reach(), linked_from="https://example.org/feed")
        assert other.seen == []
        assert fetch(secret, Reach(), linked_from=other.url).content


def lookups(monkeypatch: pytest.MonkeyPatch, name: str, *answers: list[str]) -> list[str]:
    """Let `name` lead to each of `answers` in turn; return the list of lookups made."""
    real, asked = socket.getaddrinfo, list[str]()

    def answered(host: Any, port: Any, *args: Any, **options: Any) -> Any:
        if host != name:
            return real(host, port, *args, **options)
        asked.append(name)
        found = answers[min(len(asked), len(answers)) - 1]
        return [entry for address in found for entry in real(address, port, *args, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", answered)
    return asked


def test_the_checked_address_is_the_one_connected_to(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.put("/", PAGE)
    asked = lookups(monkeypatch, "mirror.test", ["127.0.0.1"], ["10.0.0.1"])
    reach = Reach(own_machine=False, trusted_hosts=frozenset({"mirror.test"}))

    assert fetch(f"http://mirror.test:{site.server_port}/", reach).content == PAGE.encode()
    assert asked == ["mirror.test"]
    assert site.seen[0][1]["Host"] == f"mirror.test:{site.server_port}"


def test_one_private_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    lookups(monkeypatch, "mixed.test", ["93.184.216.34", "192.168.0.7"])

    with pytest.raises(DocumentError, match=r"mixed\.test/ leads to 192\.168\.0\.7, a private"):
        fetch("https://mixed.test/", Reach())


def test_a_secure_connection_is_made_for_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    lookups(monkeypatch, "mirror.test", ["127.0.0.1"])
    hello = list[bytes]()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(5)

        def answer() -> None:
            with listening.accept()[0] as accepted:
                hello.append(accepted.recv(4096))

        thread = threading.Thread(target=answer)
        thread.start()
        port = listening.getsockname()[1]
        with pytest.raises(DocumentError, match=r"https://mirror\.test.* can't be reached"):
            fetch(f"https://mirror.test:{port}/", Reach(trusted_hosts=frozenset({"mirror.test"})))
        thread.join()

    assert b"mirror.test" in hello[0]


def test_no_proxy_of_the_environment_is_used(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)

        assert fetch(site.put("/", PAGE), Reach()).content == PAGE.encode()
        assert proxy.seen == []


def endless(handler: BaseHTTPRequestHandler) -> None:
    while True:
        handler.wfile.write(b"more and more " * 4096)


def trickle(handler: BaseHTTPRequestHandler) -> None:
    closing: threading.Event = handler.server.closing  # type: ignore[attr-defined]
    for _ in range(200):
        if closing.wait(0.02):
            return
        handler.wfile.write(b"x")


BOMB = gzip.compress(bytes(50_000_000))


def bomb(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(BOMB)


def cut(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"half of it")


def cut_gzip(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(gzip.compress(PAGE.encode())[:-9])


@pytest.mark.parametrize(
    ("write", "headers", "reason"),
    [
        (endless, {}, "is larger than 1,000,000 bytes"),
        (cut, {"Content_Length": "1000001"}, "is larger than 1,000,000 bytes"),
        (bomb, {"Content_Encoding": "gzip"}, "is larger than 1,000,000 bytes"),
        (trickle, {}, "took longer than 0.2 seconds"),
        (cut, {"Content_Length": "1000"}, "broke off"),
        (cut, {"Content_Encoding": "gzip"}, "is damaged"),
        (cut_gzip, {"Content_Encoding": "gzip"}, "broke off: its gzip stream has no end"),
        (cut, {"Content_Encoding": "br"}, "packed as 'br'; only gzip"),
    ],
)
def test_a_body_without_end_or_measure_ends_with_a_reason(
    site: Site, write: Any, headers: dict[str, str], reason: str
) -> None:
    seconds = 0.2 if write is trickle else 20
    url = site.write("/body", write, **headers)

    with pytest.raises(DocumentError, match=reason) as caught:
        fetch(url, Reach(largest_bytes=1_000_000, seconds=seconds))

    assert "\n" not in str(caught.value)


def test_a_bomb_is_never_held_unpacked(site: Site) -> None:
    url = site.write("/bomb", bomb, Content_Encoding="gzip")
    fetch(site.put("/", PAGE), Reach())
    tracemalloc.start()

    with pytest.raises(DocumentError, match="is larger than"):
        fetch(url, Reach(largest_bytes=1_000_000))

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10_000_000


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        (b"no http at all\r\n\r\n", "broke off"),
        (b"", "broke off"),
        (b"trickle", "took longer than"),
    ],
)
def test_a_server_that_does_not_speak_http_is_one_line(first: bytes, reason: str) -> None:
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            with listening.accept()[0] as accepted:
                accepted.recv(4096)
                if first == b"trickle":
                    accepted.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                    done.wait(10)
                else:
                    accepted.sendall(first)

        thread = threading.Thread(target=answer)
        thread.start()
        seconds = 0.2 if first == b"trickle" else 20
        with pytest.raises(DocumentError, match=reason):
            fetch(f"http://127.0.0.1:{listening.getsockname()[1]}/", Reach(seconds=seconds))
        done.set()
        thread.join()


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_server_that_is_not_there_or_speaks_no_tls_is_one_line(scheme: str, site: Site) -> None:
    port = site.server_port if scheme == "https" else 1

    with pytest.raises(DocumentError, match="can't be reached: ") as caught:
        fetch(f"{scheme}://127.0.0.1:{port}/", Reach())

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("host", [f"{'a' * 64}.test", "a..b", "xn--", "%31%32%37.0.0.1"])
def test_a_host_that_does_not_exist_is_named(host: str) -> None:
    with pytest.raises(DocumentError, match="can't be looked up"):
        fetch(f"http://{host}/", Reach())


@pytest.mark.parametrize("status", [204, 404, 429, 500, 799])
def test_a_status_other_than_200_is_named(site: Site, status: int) -> None:
    site.answers["/"] = Answer(PAGE.encode() if status != 204 else b"", status=status)

    with pytest.raises(DocumentError, match=f"answers {status}"):
        fetch(site.url, Reach())


def test_a_page_keeps_the_address_where_it_was_found(site: Site) -> None:
    claims = PAGE.replace("<head>", '<head><link rel="canonical" href="https://maker.example/">')

    url = site.put("/card?id=1", claims)

    (page,) = read_source(f"{url}#top", Reach()).pages

    assert page.url == url
    assert "It draws 300 W." in page.text
    assert page.title == "A card"


def test_a_sheet_is_read_from_its_address_whatever_the_server_calls_it(site: Site) -> None:
    sheet = io.BytesIO()
    canvas = Canvas(sheet)
    canvas.drawString(72, 720, "The card draws 300 W.")
    canvas.save()

    (page,) = read_source(
        site.put("/get?id=7", sheet.getvalue(), "application/octet-stream"), Reach()
    ).pages

    assert "The card draws 300 W." in page.text
    assert (page.url, page.publisher) == (f"{site.url}/get?id=7", "127.0.0.1")


def test_a_missing_file_is_never_looked_for_on_the_network(site: Site, tmp_path: Path) -> None:
    for source in (tmp_path / "no" / "file", "notes/missing.md", "a/b/c", "word"):
        with pytest.raises(DocumentError, match="is no file or folder"):
            read_source(source, Reach(hub_url=site.url))

    assert site.seen == []
