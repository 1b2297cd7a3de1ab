"""Errors a user can cause: each carries a sentence that says what is wrong and what to do.

One handler turns them into a page, one into an API problem document, one into a command's message.
"""


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
