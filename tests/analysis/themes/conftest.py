"""Comments made from parts: topics with their own nouns and verbs, for months with known truth."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

Comments = Callable[..., list[tuple[str, str]]]

PARTS: dict[str, tuple[list[str], list[str], list[str]]] = {
    "forecast": (
        ["The forecast", "The sales forecast", "Our forecast for the quarter", "The demand plan"],
        ["came too late", "arrived after the cut-off", "was wrong by half", "is late every month"],
        ["so we could not plan.", "and the volumes are a guess.", "again this month.", ""],
    ),
    "parking": (
        ["The parking lot", "Parking at the office", "The car park", "Finding a parking space"],
        [
            "is full at eight",
            "is a disaster",
            "takes twenty minutes",
            "is closed for building work",
        ],
        ["so meetings start late.", "every single morning.", "and visitors circle around.", ""],
    ),
    "contract": (
        ["The contract review", "The lawyer", "Legal", "The review of our contract"],
        ["takes three weeks", "is always busy", "has no time for us", "sits on every contract"],
        ["and the customer signs elsewhere.", "because two teams need it.", "for months now.", ""],
    ),
    "crm": (
        ["The CRM", "Data in the CRM", "The customer record in the CRM", "CRM and ERP data"],
        ["shows old figures", "does not match the system", "is never up to date", "is incomplete"],
        ["and nobody corrects it.", "so I type it twice.", "which costs me hours.", ""],
    ),
    "tone": (
        ["The tone of their mails", "The way they write", "Their tone on the phone", "Their tone"],
        ["is rude", "is unfriendly and sharp", "is condescending", "hurts and is impolite"],
        ["towards new colleagues.", "and nobody says sorry.", "at quarter end.", ""],
    ),
    "samples": (
        ["The sample parts", "Samples for the trade fair", "Our sample order", "Free samples"],
        ["got lost in the warehouse", "were sent to the wrong plant", "are out of stock", "broke"],
        ["and the customer saw nothing.", "two days before the fair.", "once more.", ""],
    ),
}


@pytest.fixture
def comments() -> Comments:
    """`make_comments` as a fixture."""
    return make_comments


def make_comments(count: int, seed: int, topics: list[str] | None = None) -> list[tuple[str, str]]:
    """`count` (text, topic) pairs, topics in turn."""
    rng = random.Random(seed)
    names = topics or list(PARTS)
    out = []
    for i in range(count):
        topic = names[i % len(names)]
        parts = [rng.choice(options) for options in PARTS[topic]]
        lead = rng.choice(["", "Honestly: ", f"In week {rng.randint(1, 52)} ", "Again. "])
        out.append(((lead + " ".join(parts)).strip(), topic))
    return out
