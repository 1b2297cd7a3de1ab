"""What programs can be told (webhooks), and telling it in the transaction in which it happens."""

import json
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys import clock
from surveys.models.webhooks import Webhook, WebhookMessage

#: what a program can be told, and how the page says it
EVENTS: Final = {
    "wave.opened": _l("A survey opened"),
    "wave.published": _l("Results were published"),
    "agreement.signed": _l("An agreement was signed by both teams"),
    "agreement.ended": _l("An agreement was ended"),
}


def announce(session: Session, event: str, number: int, **data: Any) -> None:
    """Queue an event for all who asked for it; `number` is of what it happened to.

    The data say what happened to what, never a figure nor anybody's words.
    """
    told = {"type": event, "timestamp": clock.now().isoformat(timespec="seconds"), "data": data}
    body = json.dumps(told, sort_keys=True)
    live = session.scalars(select(Webhook).where(Webhook.revoked_on.is_(None)))
    for webhook in [one for one in live if event in one.events]:
        session.add(
            WebhookMessage(
                webhook_id=webhook.id, once=f"{event} {number}", body=body, due_at=clock.now()
            )
        )
