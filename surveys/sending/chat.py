"""Slack and Microsoft Teams as a second way to the same personal link, beside the mail.

Each person gets a message of one's own; nothing is ever posted where others read.
"""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlencode, urlsplit

from surveys.errors import SettingsError
from surveys.sending.letters import Letter
from surveys.sending.transports import SendProblem
from surveys.settings import THIS_MACHINE

SLACK: Final = "https://slack.com/api"
TIMEOUT: Final = 20
"""Seconds until an answer must be there."""
#: what Slack says when a person cannot be written to, however often one tries
NOBODY: Final = ("users_not_found", "account_inactive", "channel_not_found", "user_not_found")


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """What one person is told, in paragraphs, with one button."""

    address: str
    paragraphs: tuple[str, ...]
    button: str
    link: str


def chat_message(address: str, letter: Letter) -> ChatMessage:
    """A letter as a message; raises ValueError for one without a link."""
    if letter.link is None:
        raise ValueError("a chat message needs a link")
    paragraphs = (letter.greeting, *letter.before, *letter.after, letter.foot)
    return ChatMessage(address, paragraphs, letter.button, letter.link)


class Chat(Protocol):
    """Sends one message to one person; raises SendProblem."""

    def send(self, message: ChatMessage) -> None: ...


@dataclass(frozen=True, slots=True)
class SlackChat:
    """Writes as a Slack app that may `users:read.email` and `chat:write`."""

    token: str
    base: str = SLACK

    def send(self, message: ChatMessage) -> None:
        """Find the person by address and write to them; raises SendProblem."""
        who = self._call("users.lookupByEmail", urlencode({"email": message.address}).encode())
        text = "\n\n".join(message.paragraphs)
        content = {
            "channel": who["user"]["id"],
            "text": message.paragraphs[1],
            "blocks": [
                {"type": "section", "text": {"type": "plain_text", "text": text[:3000]}},
                {
                    "type": "actions",
                    "elements": [
                        {
                            "type": "button",
                            "style": "primary",
                            "text": {"type": "plain_text", "text": message.button[:75]},
                            "url": message.link,
                        }
                    ],
                },
            ],
            # The link is personal: nobody, not even a machine, looks behind it.
            "unfurl_links": False,
        }
        self._call("chat.postMessage", content)

    def _call(self, method: str, body: bytes | dict[str, Any]) -> dict[str, Any]:
        said = _post(f"{self.base}/{method}", body, {"Authorization": f"Bearer {self.token}"})
        try:
            found = json.loads(said)
            if found.get("ok"):
                return dict(found)
            error = str(found.get("error"))
        except (ValueError, AttributeError):
            error = "an answer that cannot be read"
        raise SendProblem(f"Slack: {error}", error in NOBODY)


@dataclass(frozen=True, slots=True)
class TeamsChat:
    """Posts an Adaptive Card to a workflow of Teams, which hands it to the `recipient`."""

    address: str

    def send(self, message: ChatMessage) -> None:
        """Post the card; raises SendProblem."""
        card = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "body": [
                {"type": "TextBlock", "text": paragraph, "wrap": True}
                for paragraph in message.paragraphs
            ],
            "actions": [{"type": "Action.OpenUrl", "title": message.button, "url": message.link}],
        }
        kind = "application/vnd.microsoft.card.adaptive"
        content = {
            "type": "message",
            "recipient": message.address,
            "attachments": [{"contentType": kind, "content": card}],
        }
        _post(self.address, content, {})


@dataclass(frozen=True, slots=True)
class FolderChat:
    """Writes each message as a JSON file, for trying things out."""

    folder: Path

    def send(self, message: ChatMessage) -> None:
        """Write the file; raises SendProblem."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            name = re.sub(r"[^\w.@-]+", "-", message.address)
            number = len(list(self.folder.glob("*.json"))) + 1
            text = json.dumps(asdict(message), ensure_ascii=False, indent=1)
            (self.folder / f"{number:05}-{name}.json").write_text(text, encoding="utf-8")
        except OSError as error:
            raise SendProblem(f"The chat folder cannot be written: {error}", False) from error


def open_chat(address: str) -> Chat:
    """The chat at `slack:TOKEN`, `teams:https://…` or `file:FOLDER`; raises SettingsError."""
    kind, _, rest = address.partition(":")
    if kind == "slack" and rest:
        return SlackChat(rest)
    if kind == "teams" and _is_safe(rest):
        return TeamsChat(rest)
    if kind == "file" and rest:
        return FolderChat(Path(rest))
    raise SettingsError("TRIBOMETER_CHAT must be slack:TOKEN, teams:https://… or file:FOLDER.")


def _is_safe(address: str) -> bool:
    """Personal links travel there: encrypted, or on this machine only."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in THIS_MACHINE)


class _NoDetours(urllib.request.HTTPRedirectHandler):
    """A personal link is not carried to wherever a server points."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None


def _post(address: str, body: bytes | dict[str, Any], headers: Mapping[str, str]) -> bytes:
    plain = isinstance(body, bytes)
    kind = "application/x-www-form-urlencoded" if plain else "application/json; charset=utf-8"
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(address, data, {"Content-Type": kind, **headers})
    try:
        with urllib.request.build_opener(_NoDetours).open(request, timeout=TIMEOUT) as answer:
            return bytes(answer.read(1_000_000))
    except urllib.error.HTTPError as error:
        error.close()
        # Too many at once, a wrong token, the server's trouble: try again; else it is of no use.
        passing = error.code in (401, 403, 408, 429) or error.code >= 500
        raise SendProblem(f"The chat answers {error.code} {error.reason}", not passing) from error
    except (OSError, ValueError) as error:
        raise SendProblem(f"The chat does not answer: {error}", False) from error
