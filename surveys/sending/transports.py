"""Ways a mail leaves the house: into a folder, for trying things out, or by SMTP."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from surveys.errors import SettingsError
from surveys.settings import THIS_MACHINE


class SendProblem(Exception):
    """A mail that could not be sent; `final` if trying again is of no use."""

    def __init__(self, sentence: str, final: bool) -> None:
        super().__init__(sentence)
        self.final = final


class Transport(Protocol):
    """Sends one composed message; raises SendProblem."""

    def send(self, message: EmailMessage) -> None: ...


class FolderTransport:
    """Writes each mail as an .eml file, named by recipient and subject."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage) -> None:
        """Write the file; raises SendProblem if the folder cannot be written."""
        name = re.sub(r"[^\w.@-]+", "-", f"{message['To']}-{message['Message-ID']}").strip("-")
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self.folder / f"{name[:150]}.eml"
            path.touch(mode=0o600)  # it holds somebody's personal code
            path.write_bytes(bytes(message))
        except OSError as error:
            raise SendProblem(f"The outbox folder cannot be written: {error}", False) from error


class SmtpTransport:
    """Sends over one open SMTP connection."""

    def __init__(self, connection: smtplib.SMTP) -> None:
        self.connection = connection

    def send(self, message: EmailMessage) -> None:
        """Send; raises SendProblem, final if the server refuses the recipient for good."""
        try:
            self.connection.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, reason = next(iter(error.recipients.values()))
            raise SendProblem(f"{code} {reason.decode(errors='replace')}", code >= 500) from error
        except (smtplib.SMTPException, OSError) as error:
            raise SendProblem(str(error), False) from error


@contextmanager
def open_transport(address: str) -> Iterator[Transport]:
    """The transport of an outbox address `file:FOLDER`, `smtp://…` or `smtps://…`.

    Raises SettingsError for another address, SendProblem if the mail server cannot be reached.
    """
    if address.startswith("file:"):
        yield FolderTransport(Path(address.removeprefix("file:")))
        return
    server = mail_server(address)
    try:
        with _connect(server.scheme, str(server.hostname), server.port or 0) as connection:
            if server.username:
                connection.login(unquote(server.username), unquote(server.password or ""))
            yield SmtpTransport(connection)
    except (smtplib.SMTPException, OSError) as error:
        raise SendProblem(
            f"The mail server {server.hostname} does not answer: {error}", False
        ) from error


def mail_server(address: str) -> SplitResult:
    """The parts of `smtp://…` or `smtps://…`; raises SettingsError, which repeats no password."""
    try:
        parts = urlsplit(address)
        if parts.scheme in ("smtp", "smtps") and parts.hostname and parts.port != 0:
            return parts
    except ValueError:  # a port that is no number, a bracket too few
        pass
    raise SettingsError(
        "TRIBOMETER_OUTBOX is no address of a mail server: write smtp://USER:PASSWORD@HOST:PORT "
        "(in a password @ : / are written %40 %3A %2F), smtps://… or file:FOLDER."
    )


def _connect(scheme: str, host: str, port: int) -> smtplib.SMTP:
    """A connection whose server proved its name, if it offers encryption at all.

    Personal links travel in these mails: a server that offers none is used on this machine only.
    """
    trusted = ssl.create_default_context()
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=20, context=trusted)
    connection = smtplib.SMTP(host, port, timeout=20)
    connection.ehlo()
    if connection.has_extn("starttls"):
        connection.starttls(context=trusted)
    elif host not in THIS_MACHINE:
        connection.close()
        raise SendProblem(f"The mail server {host} offers no encryption; use another.", False)
    return connection
