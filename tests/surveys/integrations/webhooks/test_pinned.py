"""A delivery over real TLS: to whom the certificate says, and for no longer than ten seconds."""

import re
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread, active_count

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from surveys.integrations.webhooks import pinned
from surveys.sending.transports import SendProblem

TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"
SHORT = 0.6


class Listener(Thread):
    """Takes one connection after the other; `drops`: sends its answer byte by byte, or nothing."""

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__(daemon=True)
        self.certificate = _certificate(folder, name)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.certificate)
        self.line = socket.create_server(("127.0.0.1", 0))
        self.address = f"https://localhost:{self.line.getsockname()[1]}/hook"
        self.speaks_tls, self.drops = True, False

    def run(self) -> None:
        with suppress(OSError):
            while True:
                raw = self.line.accept()[0]
                with suppress(OSError):
                    self._answer(raw)
                raw.close()

    def _answer(self, raw: socket.socket) -> None:
        if not self.speaks_tls:
            raw.recv(4096)
            time.sleep(5 * SHORT)
            return
        with self.context.wrap_socket(raw, server_side=True) as line:
            _read_request(line)
            for byte in TAKEN:
                line.send(bytes([byte]))
                if self.drops:
                    time.sleep(SHORT / 4)


def _read_request(line: ssl.SSLSocket) -> None:
    """Read all of it: closing a socket with unread bytes resets it, and the answer may be lost."""
    said = b""
    while b"\r\n\r\n" not in said and (more := line.recv(4096)):
        said += more
    head, _, body = said.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: *(\d+)", head)
    while length and len(body) < int(length[1]) and (more := line.recv(4096)):
        body += more


def _certificate(folder: Path, name: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    path = folder / "certificate.pem"
    path.write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain) + made.public_bytes(pem)
    )
    return path


@pytest.fixture
def listener(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Listener]:
    """One whose certificate this machine trusts, for localhost unless the test says else."""
    made = Listener(tmp_path, getattr(request, "param", "localhost"))
    monkeypatch.setenv("SSL_CERT_FILE", str(made.certificate))
    made.start()
    yield made
    made.line.shutdown(socket.SHUT_RDWR)
    made.line.close()
    made.join(5)


def test_it_arrives_and_leaves_nothing_behind(listener: Listener) -> None:
    before, deadline = active_count(), time.monotonic() + 5
    assert pinned.post(listener.address, b"{}", {}) == 204
    while active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert active_count() == before, "the timer is still there"


@pytest.mark.parametrize("listener", ["another.example.org"], indirect=True)
def test_a_certificate_of_another_name_is_refused(listener: Listener) -> None:
    with pytest.raises(SendProblem, match="certificate"):
        pinned.post(listener.address, b"{}", {})


def test_a_certificate_that_nobody_vouches_for_is_refused(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(SendProblem, match="certificate"):
        pinned.post(listener.address, b"{}", {})


@pytest.mark.parametrize("trouble", ["drops", "no handshake"])
def test_whoever_takes_its_time_is_cut_off(
    listener: Listener, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    monkeypatch.setattr(pinned, "TIMEOUT", SHORT)
    listener.drops, listener.speaks_tls = trouble == "drops", trouble == "drops"
    begun = time.monotonic()
    with pytest.raises(SendProblem, match="timed out"):
        pinned.post(listener.address, b"{}", {})
    assert time.monotonic() - begun < 4 * SHORT
