"""Errors a user can cause: each carries a sentence that says what is wrong and what to do.

One handler turns them into a page, one into an API problem document, one into a command's message.
"""

import re
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
    (r"password authentication failed|wrongpass", "it refuses the user or the password"),
    (r"no password supplied|authentication required", "it wants a password"),
    (r"(database|role) \".*\" does not exist", "there is no such database or user"),
    (
        r"resolve host|name or service|name resolution",
        "its host is not known (in a password, @ : / are written %40 %3A %2F)",
    ),
    (r"refused", "nothing listens there"),
    (r"timeout|timed out", "it does not answer"),
    (r"unable to open", "the file cannot be opened"),
    (r"not a database", "the file is no database"),
    (r"readonly|read-only|permission denied", "this user may not write to it"),
    (r"is full", "the disk is full"),
    (r"disk i/o", "the disk is faulty"),
    (r"is locked", "another process holds it"),
)


def why_away(error: BaseException) -> str:
    """Why a database or a queue cannot be used, repeating nothing of its address.

    Drivers quote what they take for the host: of a password with an @ in it, the rest.
    """
    return _meaning(error) or type(error).__name__


def is_known(error: BaseException | None) -> bool:
    """Whether `why_away` has words for this error."""
    return _meaning(error) is not None


def _meaning(error: BaseException | None) -> str | None:
    said = str(error).lower()
    return next((meaning for pattern, meaning in REASONS if re.search(pattern, said)), None)


class UserError(Exception):
    """Base of all; `sentence` is shown as it stands, `status` is the HTTP status of its page.

    `meant`: with a status of 500 and more all the same, it is a refusal and no failure of ours.
    """

    status = 400
    meant = False

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class SettingsError(UserError):
    """A setting, a folder or a port that cannot be used."""


class NotReady(UserError):
    """A step was asked for before what it needs is there."""

    status = 409
