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


def trace_of(error: BaseException) -> str:
    """The way of an error through the code, and of what caused it, in one line.

    Kinds and places only: the message of an error could quote what somebody wrote.
    """
    way = " > ".join(
        f"{_short(frame.filename)}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    )
    before = error.__cause__ or error.__context__
    said = f"{type(error).__name__}: {way or 'no trace'}"
    return f"{said}; after {trace_of(before)}" if before is not None else said


def _short(path: str) -> str:
    return path.rpartition("site-packages/")[2].removeprefix(f"{ROOT}/")


#: what drivers say of a database or a queue that cannot be used, and what it means
REASONS = (
    ("password authentication failed", "it refuses the user or the password"),
    ("no password supplied", "it wants a password"),
    ("wrongpass", "it refuses the user or the password"),
    ("authentication required", "it wants a password"),
    ("does not exist", "there is no such database or user"),
    ("resolve host", "its host is not known (in a password, @ : / are written %40 %3A %2F)"),
    ("name or service", "its host is not known (in a password, @ : / are written %40 %3A %2F)"),
    ("refused", "nothing listens there"),
    ("timeout", "it does not answer"),
    ("timed out", "it does not answer"),
    ("unable to open", "the file cannot be opened"),
    ("not a database", "the file is no database"),
    ("readonly", "it may not be written to"),
    ("permission denied", "this user may not change it"),
    ("full", "the disk is full"),
    ("disk i/o", "the disk is faulty"),
    ("locked", "another process holds it"),
)


def why_away(error: BaseException) -> str:
    """Why a database or a queue cannot be used, repeating nothing of its address.

    Drivers quote what they take for the host: of a password with an @ in it, the rest.
    """
    said = str(error).lower()
    found = next((meaning for words, meaning in REASONS if words in said), None)
    return found or type(error).__name__


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
