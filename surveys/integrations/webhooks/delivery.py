"""Webhooks: signed, sent again until taken, and only to hosts that whoever runs the server named.

What is sent says that something happened and where to read it; never a figure, never a word.
Signed as Standard Webhooks are (standardwebhooks.com): HMAC-SHA256 over id, time and body.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from time import monotonic
from typing import Final
from urllib.parse import SplitResult, urlsplit

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveys import clock, logs
from surveys.access import audit
from surveys.database import Sessions, write_session
from surveys.errors import UserError
from surveys.integrations.webhooks.pinned import post
from surveys.models.audit import UNSENT
from surveys.models.enums import MessageState
from surveys.models.webhooks import Webhook, WebhookMessage
from surveys.sending.events import EVENTS
from surveys.sending.outbox import ATTEMPTS, LEASE, pause_after
from surveys.sending.transports import SendProblem
from surveys.settings import THIS_MACHINE, Settings

MARK: Final = "whsec_"
GONE: Final = 410
BATCH: Final = 50
#: seconds after which a pass begins no further delivery
PASS: Final = 30


class WebhookError(UserError):
    """A webhook that cannot be made or taken back as asked."""


def allowed_hosts(settings: Settings) -> frozenset[str]:
    """The hosts that may be told; none unless TRIBOMETER_WEBHOOK_HOSTS names them."""
    named = (host.strip().lower() for host in settings.webhook_hosts.split(","))
    return frozenset(host for host in named if host)


def make_webhook(
    session: Session, actor: str, settings: Settings, address: str, events: Iterable[str]
) -> Webhook:
    """A new webhook; raises WebhookError for an address or events that cannot be."""
    wanted = sorted(set(events))
    if not wanted or not set(wanted) <= set(EVENTS):
        raise WebhookError(_("Choose what the program should be told."))
    _check(settings, address)
    made = Webhook(
        address=address,
        secret=MARK + base64.b64encode(secrets.token_bytes(32)).decode(),
        events=wanted,
        made_on=clock.now().date(),
    )
    session.add(made)
    session.flush()
    audit.record(session, actor, "made a webhook", address=made.address)
    return made


def revoke_webhook(session: Session, actor: str, webhook_id: int) -> Webhook:
    """End a webhook; what waits for it is not sent any more. Raises WebhookError."""
    found = session.get(Webhook, webhook_id)
    if found is None or found.revoked_on is not None:
        raise WebhookError(_("There is no such webhook, or it was taken back before."))
    found.revoked_on = clock.now().date()
    audit.record(session, actor, "took a webhook back", address=found.address)
    return found


def deliver_webhooks(sessions: Sessions, settings: Settings) -> int:
    """Send what is due; returns how many were taken.

    A receiver that is away is left alone until the next time, and after PASS seconds all are: the
    worker has surveys to open and to close.
    """
    taken, away, begun = 0, set[int](), monotonic()
    for ident, webhook_id in _due(sessions):
        if monotonic() - begun > PASS:
            break
        claimed = None if webhook_id in away else _claim(sessions, ident)
        if claimed is None:
            continue
        webhook, message = claimed
        status, problem = _tell(settings, webhook, message)
        _note(sessions, ident, status, problem)
        taken += problem is None
        if problem:
            away.add(webhook_id)
    return taken


def _tell(settings: Settings, webhook: Webhook, message: WebhookMessage) -> tuple[int, str | None]:
    """Status of the answer (0 without one), and what is wrong with it."""
    try:
        _check(settings, webhook.address)
        headers = signed(webhook.secret, f"msg_{message.id}", message.body)
        status = post(webhook.address, message.body.encode(), headers)
    except (SendProblem, UserError) as error:
        return 0, str(error)
    except Exception as error:
        # One message that cannot be sent for whatever reason stops no other.
        logs.fault("a webhook could not be told", error, webhook=webhook.id)
        return 0, "this message could not be sent"
    return status, None if 200 <= status < 300 else f"the receiver answered {status}"


def signed(secret: str, ident: str, body: str) -> dict[str, str]:
    """The headers of a message, with its signature."""
    sent_at = str(int(clock.now().timestamp()))
    key = base64.b64decode(secret.removeprefix(MARK))
    digest = hmac.new(key, f"{ident}.{sent_at}.{body}".encode(), hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "Tribometer",
        "webhook-id": ident,
        "webhook-timestamp": sent_at,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def _check(settings: Settings, address: str) -> None:
    """Raise WebhookError for an address that must not be told."""
    hosts = allowed_hosts(settings)
    if not hosts:
        raise WebhookError(
            _("Whoever runs the server names the hosts first, in TRIBOMETER_WEBHOOK_HOSTS.")
        )
    parts = _parts(address)
    if parts.hostname not in hosts:
        raise WebhookError(
            _(
                "The address must be at one of these hosts: %(hosts)s",
                hosts=", ".join(sorted(hosts)),
            )
        )
    here = parts.scheme == "http" and parts.hostname in THIS_MACHINE
    if parts.scheme != "https" and not here:
        raise WebhookError(_("The address must begin with https://."))


def _parts(address: str) -> SplitResult:
    """The parts of an address that can be sent to as it stands; raises WebhookError."""
    try:
        parts = urlsplit(address)
        plain = parts.port is None or parts.port > 0
    except ValueError:
        parts, plain = SplitResult("", "", "", "", ""), False
    plain &= address.isascii() and address.isprintable() and " " not in address
    if not plain or parts.username is not None or parts.fragment:
        raise WebhookError(
            _(
                "This is no address that can be told: write https://HOST/PATH in plain letters, "
                "without a user name, a space or a #."
            )
        )
    return parts


def _due(sessions: Sessions) -> list[tuple[int, int]]:
    """Numbers of messages and of their webhooks: the oldest of each webhook, the second, ...

    So nobody's backlog stands before somebody else's first message.
    """
    place = func.row_number().over(
        partition_by=WebhookMessage.webhook_id, order_by=(WebhookMessage.due_at, WebhookMessage.id)
    )
    with sessions() as session:
        # A claim that ran out is of a worker that died: told again, with the same id.
        rows = session.execute(
            select(WebhookMessage.id, WebhookMessage.webhook_id)
            .join(Webhook)
            .where(
                WebhookMessage.state.in_(UNSENT),
                WebhookMessage.due_at <= clock.now(),
                Webhook.revoked_on.is_(None),
            )
            .order_by(place, WebhookMessage.due_at)
            .limit(BATCH)
        )
        return [(message_id, webhook_id) for message_id, webhook_id in rows]


def _claim(sessions: Sessions, ident: int) -> tuple[Webhook, WebhookMessage] | None:
    with write_session(sessions) as session:
        message = session.scalar(
            select(WebhookMessage)
            .where(WebhookMessage.id == ident, WebhookMessage.due_at <= clock.now())
            .with_for_update(skip_locked=True)
        )
        if message is None or message.state not in UNSENT:
            return None
        message.state, message.due_at = MessageState.CLAIMED, clock.now() + LEASE
        return session.get_one(Webhook, message.webhook_id), message


def _note(sessions: Sessions, ident: int, status: int, problem: str | None) -> None:
    with write_session(sessions) as session:
        message = session.get(WebhookMessage, ident, with_for_update=True)
        if message is None:
            return
        message.attempts += 1
        message.problem = problem and problem[:300]
        message.state = MessageState.PENDING if problem else MessageState.SENT
        message.due_at = clock.now() + pause_after(message.attempts)
        if status == GONE or (problem and message.attempts >= ATTEMPTS):
            message.state = MessageState.FAILED
        if status == GONE:
            # The receiver says that nobody listens there any more.
            session.get_one(Webhook, message.webhook_id).revoked_on = clock.now().date()
        if problem:
            logs.log.warning("a webhook was not taken", webhook=message.webhook_id, says=problem)
