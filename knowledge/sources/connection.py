"""Connections to addresses that were checked, within a deadline."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import httpcore


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment by which everything has to be done, on the monotonic clock."""

    end: float

    @classmethod
    def after(cls, seconds: float) -> Self:
        """Return the deadline that many seconds from now."""
        return cls(time.monotonic() + seconds)

    def left(self) -> float:
        """Return the seconds left.

        Raises:
            httpcore.ReadTimeout: if there are none.
        """
        left = self.end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("deadline passed")
        return left


@dataclass(frozen=True)
class CheckedAddresses(httpcore.NetworkBackend):
    """Connects to `addresses` whatever the host is called.

    A name looked up again could lead elsewhere than where it was checked. The name still goes
    into TLS and the Host header, so certificates are checked against it.
    """

    addresses: Sequence[str]
    deadline: Deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Return a stream to the first address that answers."""
        failure: Exception = httpcore.ConnectError("no address")
        for tried, address in enumerate(self.addresses):
            # A silent address must leave time for the next ones.
            share = self.deadline.left() / (len(self.addresses) - tried)
            try:
                stream = httpcore.SyncBackend().connect_tcp(
                    address, port, share, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self.deadline)
        raise failure


@dataclass(frozen=True)
class _TimedStream(httpcore.NetworkStream):
    """Gives each step only the time left, so that a trickle ends too."""

    stream: httpcore.NetworkStream
    deadline: Deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self.stream.read(max_bytes, self.deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.stream.write(buffer, self.deadline.left())

    def close(self) -> None:
        self.stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        secured = self.stream.start_tls(ssl_context, server_hostname, self.deadline.left())
        return _TimedStream(secured, self.deadline)

    def get_extra_info(self, info: str) -> Any:
        return self.stream.get_extra_info(info)
