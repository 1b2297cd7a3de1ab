"""One POST to an address that was looked up once and looked at first.

A name is turned into a number here, the number is judged, and the connection goes to that very
number: a name that leads elsewhere a moment later leads nowhere. Redirects are not followed.
"""

import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import ip_address
from threading import Event, Timer
from time import monotonic
from typing import Final
from urllib.parse import urlsplit

from surveys.sending.transports import SendProblem
from surveys.settings import THIS_MACHINE

TIMEOUT: Final = 10
"""Seconds for all of it, from the connection to the head of the answer."""


def post(address: str, body: bytes, headers: dict[str, str]) -> int:
    """The status of the answer, whose body is not read; raises SendProblem."""
    parts = urlsplit(address)
    host, secure = parts.hostname or "", parts.scheme == "https"
    try:
        number = resolve_public_address(host, parts.port or (443 if secure else 80))
        path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        with closing(_Pinned(host, number, secure)) as connection, connection.limited():
            connection.request("POST", path, body, headers)
            return connection.getresponse().status
    except (OSError, HTTPException) as error:
        raise SendProblem(f"{host}: {error or type(error).__name__}", final=False) from error


def resolve_public_address(host: str, port: int) -> tuple[str, int]:
    """Number and port to connect to; raises SendProblem for one that no program should listen on.

    Addresses of the organisation's own network are fine: its programs are there. Those of this
    machine are for names of this machine only, and link-local ones, where clouds keep secrets,
    are never.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    number = str(found[0][4][0])
    judged = ip_address(number.partition("%")[0])
    judged = getattr(judged, "ipv4_mapped", None) or judged
    here = host in THIS_MACHINE
    if judged.is_loopback and not here:
        raise SendProblem(f"{host} leads to this machine", final=False)
    if (
        judged.is_link_local
        or judged.is_multicast
        or judged.is_unspecified
        or (judged.is_reserved and not here)
    ):
        raise SendProblem(f"{host} leads to {number}, where nothing is sent", final=False)
    return number, port


class _Pinned(HTTPConnection):
    """Connects to a number, and speaks (and has the certificate checked) as the name."""

    def __init__(self, host: str, number: tuple[str, int], secure: bool) -> None:
        super().__init__(host, number[1], timeout=TIMEOUT)
        self._number, self._secure = number, secure
        if secure:
            self.default_port = HTTPSConnection.default_port

    @contextmanager
    def limited(self) -> Iterator[None]:
        """Connect, and cut everything off TIMEOUT after that began; raises TimeoutError then.

        The patience of a socket begins again with each byte: whoever sends one now and then could
        hold a worker for ever.
        """
        begun, late = monotonic(), Event()
        self.connect()
        held = self.sock

        def cut_off() -> None:
            late.set()
            # Not the socket's own way with TLS, which lets go of the line before it is cut.
            with suppress(OSError):
                socket.socket.shutdown(held, socket.SHUT_RDWR)

        timer = Timer(max(TIMEOUT - (monotonic() - begun), 0), cut_off)
        timer.start()
        try:
            if isinstance(held, ssl.SSLSocket):
                held.do_handshake()
            yield
        finally:
            timer.cancel()
            # What was read of an answer that was cut off looks like a short one.
            if late.is_set():
                raise TimeoutError("timed out")

    def connect(self) -> None:
        """To the number that was judged; TLS is still to be agreed on."""
        self.sock = socket.create_connection(self._number, TIMEOUT)
        if self._secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
