"""Errors a user can cause: each carries a sentence that says what is wrong and what to do.

One handler turns them into a page, one into an API problem document, one into a command's message.
"""

import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def place_of(error: BaseException) -> str:
    """The last line of our own code that an error passed; says nothing about anybody's data."""
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(str(ROOT)) and "site-packages" not in frame.filename
    ]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "a library"


class UserError(Exception):
    """Base of all; `sentence` is shown as it stands, `status` is the HTTP status of its page."""

    status = 400

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class SettingsError(UserError):
    """A setting, a folder or a port that cannot be used."""


class NotReady(UserError):
    """A step was asked for before what it needs is there."""

    status = 409
