"""One address in, its bytes out: checked at every step, bounded in size and time."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from importlib.metadata import version
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from knowledge.errors import DocumentError
from knowledge.reading import READABLE
from knowledge.sources.addresses import addresses_of, closed_kind, names_this_machine
from knowledge.sources.reach import Reach

if TYPE_CHECKING:
    import ssl

    import httpcore
    import httpx

    from knowledge.sources.connection import Deadline

MOST_REDIRECTS = 5
SHOWN_CHARACTERS = 200
TEXTUAL = re.compile(
    r"text/(?!css|javascript).+|application/(([\w.-]+\+)?(xml|json)|(x-)?pdf|jsonl|x-ndjson"
    r"|vnd\.openxmlformats-officedocument\.wordprocessingml\.document)"
)
CHARSET = re.compile(r";\s*charset\s*=\s*\"?([\w.:-]+)")
UNNAMED = {"", "application/octet-stream", "binary/octet-stream", "application/zip"}
DEFAULT_PORTS = {"http": 80, "https": 443}
LAST_PORT = 65_535
GZIP = zlib.MAX_WBITS | 16


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave: `url` after redirects, and its bytes, unpacked.

    `media_type` is in lower case, with the charset where the server names one ("text/html;
    charset=utf-8"). It is None where the server names no type; the suffix of the address tells.
    """

    url: str
    media_type: str | None
    content: bytes


class StatusError(DocumentError):
    """The server answered, but not with what was asked for."""

    def __init__(self, message: str, status: int) -> None:
        """Say why in `message`; `status` is that of HTTP."""
        super().__init__(message)
        self.status = status


def fetch(url: str, reach: Reach, *, linked_from: str | None = None) -> Fetched:
    """Return what stands at an http or https address.

    `linked_from` is the address that the caller named where `url` was found in what it gave:
    a link opens this machine only at the host and port that the caller named. The time limit is
    for all redirects together; only a name lookup has limits of its own, those of the system.

    Raises:
        DocumentError: naming the address and the reason; StatusError where the server refuses.
    """
    from knowledge.sources.connection import Deadline

    deadline = Deadline.after(reach.seconds)
    here = parse_address(url)
    named = parse_address(linked_from) if linked_from else here
    open_places = _trusted(reach)
    if reach.own_machine and names_this_machine(_host(named)):
        open_places |= {_place(named)}
    for _ in range(MOST_REDIRECTS + 1):
        with _failures_named(here, reach), _response(here, open_places, deadline) as response:
            onward = _onward(here, response)
            if onward is None:
                return _received(here, response, reach.largest_bytes)
        here = onward
    raise DocumentError(f"{_shown(url)} leads on more than {MOST_REDIRECTS} times")


def parse_address(url: str) -> httpx.URL:
    """Return an http or https address, normalised and without its fragment.

    Raises:
        DocumentError: if it is none, or carries a user name or password.
    """
    import httpx

    try:
        address = httpx.URL(url.strip()).copy_with(fragment=None)
    except httpx.InvalidURL as error:
        raise DocumentError(f"{_shown(url)} is no valid address: {error}") from error
    if address.scheme not in DEFAULT_PORTS:
        raise DocumentError(f"{_shown(url)}: only http and https addresses are read")
    if address.userinfo:
        raise DocumentError(f"{_host(address)}: an address with a user name or password isn't read")
    if not _host(address):
        raise DocumentError(f"{_shown(url)} names no host")
    if not 0 < _port(address) <= LAST_PORT:
        raise DocumentError(f"{_shown(url)}: {address.port} is no port; 1 to {LAST_PORT} are")
    return address


def _host(address: httpx.URL) -> str:
    """Return the host as it goes over the wire, so that all steps mean the same one."""
    return address.raw_host.decode("ascii")


def _port(address: httpx.URL) -> int:
    return DEFAULT_PORTS[address.scheme] if address.port is None else address.port


def _place(address: httpx.URL) -> str:
    host = _host(address)
    return f"[{host}]:{_port(address)}" if ":" in host else f"{host}:{_port(address)}"


def _trusted(reach: Reach) -> frozenset[str]:
    """Return the hosts, with or without a port, that may have private addresses."""
    chosen = {_place(parse_address(url)) for url in (reach.hub_url, reach.readme_url)}
    return frozenset(chosen | {host.lower() for host in reach.trusted_hosts})


@contextmanager
def _failures_named(here: httpx.URL, reach: Reach) -> Iterator[None]:
    """Turn what can go wrong on the way into one line."""
    import httpcore

    try:
        yield
    except httpcore.TimeoutException as error:
        raise DocumentError(f"{_shown(here)} took longer than {reach.seconds:g} seconds") from error
    except httpcore.ConnectError as error:
        raise DocumentError(f"{_shown(here)} can't be reached: {_line(error)}") from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise DocumentError(f"{_shown(here)} broke off: {_line(error)}") from error


@contextmanager
def _response(
    here: httpx.URL, open_places: frozenset[str], deadline: Deadline
) -> Iterator[httpcore.Response]:
    """Yield the answer of the server, its body unread.

    No proxy of the environment is used: it would look the name up itself, unchecked.
    """
    import httpcore

    from knowledge.sources.connection import CheckedAddresses

    backend = CheckedAddresses(_checked_addresses(here, open_places), deadline)
    address = httpcore.URL(
        scheme=here.raw_scheme, host=here.raw_host, port=here.port, target=here.raw_path
    )
    headers: dict[bytes | str, bytes | str] = {
        "Host": here.netloc.decode("ascii"),
        "User-Agent": f"rightsize/{version('rightsize')}",
        "Accept": "text/html, application/pdf, text/markdown, application/xml, */*;q=0.5",
        "Accept-Encoding": "gzip",
    }
    with (
        httpcore.ConnectionPool(ssl_context=_certificates(), network_backend=backend) as pool,
        pool.stream("GET", address, headers=headers) as response,
    ):
        yield response


def _checked_addresses(here: httpx.URL, open_places: frozenset[str]) -> list[str]:
    try:
        addresses = addresses_of(_host(here), _port(here))
    except OSError as error:
        raise DocumentError(
            f"{_shown(here)}: {_host(here)!r} can't be looked up: {_line(error)}"
        ) from error
    if {_host(here), _place(here)} & open_places:
        return addresses
    for address in addresses:
        kind = closed_kind(address)
        if kind:
            raise DocumentError(
                f"{_shown(here)} leads to {address}, {kind}; only public addresses are read"
            )
    return addresses


@cache
def _certificates() -> ssl.SSLContext:
    import httpx

    return httpx.create_ssl_context()


def _onward(here: httpx.URL, response: httpcore.Response) -> httpx.URL | None:
    """Return where the answer leads, or None where it is the thing itself."""
    if response.status not in {301, 302, 303, 307, 308}:
        return None
    target = _header(response, b"location")
    if not target:
        raise DocumentError(f"{_shown(here)} leads on without saying where")
    import httpx

    try:
        return parse_address(str(here.join(target)))
    except (DocumentError, httpx.InvalidURL) as error:
        raise DocumentError(f"{_shown(here)} leads on to an address not read: {error}") from error


def _received(here: httpx.URL, response: httpcore.Response, largest: int) -> Fetched:
    if response.status != HTTPStatus.OK:
        raise StatusError(
            f"{_shown(here)} answers {_named_status(response.status)}", response.status
        )
    stated = _header(response, b"content-type").lower()
    media_type = stated.partition(";")[0].strip()
    if not TEXTUAL.fullmatch(media_type) and media_type not in UNNAMED:
        raise DocumentError(f"{_shown(here)} is {media_type}; text, HTML, PDF and feeds are read")
    content = _content(here, response, largest)
    return Fetched(str(here), _told_type(here, media_type, stated, content), content)


def _told_type(here: httpx.URL, media_type: str, stated: str, content: bytes) -> str | None:
    """Return the media type with its charset, or None where only the address tells it."""
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if media_type not in UNNAMED:
        charset = CHARSET.search(stated)
        return f"{media_type}; charset={charset[1]}" if charset else media_type
    if PurePosixPath(here.path).suffix.lower() in READABLE:
        return None
    kind = media_type or "of no stated kind"
    raise DocumentError(f"{_shown(here)} is {kind}, and its name does not tell what it holds")


def _content(here: httpx.URL, response: httpcore.Response, largest: int) -> bytes:
    """Return the body, decoded; no more than `largest` bytes are ever held."""
    too_large = DocumentError(f"{_shown(here)} is larger than {largest:,} bytes")
    if int(_header(response, b"content-length") or 0) > largest:
        raise too_large
    encoding = _header(response, b"content-encoding").lower()
    if encoding not in {"", "identity", "gzip", "x-gzip"}:
        raise DocumentError(f"{_shown(here)} is packed as {encoding!r}; only gzip is read")
    unpack = zlib.decompressobj(GZIP) if "gzip" in encoding else None
    content = bytearray()
    for part in response.iter_stream():
        content += _unpacked(here, unpack, part, largest + 1 - len(content)) if unpack else part
        if len(content) > largest:
            raise too_large
        if unpack and unpack.eof:
            break
    if unpack and not unpack.eof:
        raise DocumentError(f"{_shown(here)} broke off: its gzip stream has no end")
    return bytes(content)


def _unpacked(here: httpx.URL, unpack: zlib._Decompress, part: bytes, most: int) -> bytes:
    try:
        return unpack.decompress(part, most)
    except zlib.error as error:
        raise DocumentError(f"{_shown(here)} is damaged: {error}") from error


def _header(response: httpcore.Response, name: bytes) -> str:
    found = [value for key, value in response.headers if key.lower() == name]
    return found[0].decode("utf-8", errors="replace").strip() if found else ""


def _named_status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _shown(url: object) -> str:
    """Return an address short enough for a line, without what must not be shown."""
    text = re.sub(r"//[^/@\s]*@", "//", " ".join(str(url).split()))
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
