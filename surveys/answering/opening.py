"""An opened form: the code and the nonce that it acts with, signed.

The signed value stands in the form itself, so that a form acts for the code it was opened with,
whatever cookies the browser holds by then. Nobody else's page can make one, so it also protects
the form against forged requests.
"""

from dataclasses import dataclass
from typing import Self

from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer

from surveys.answering import tokens
from surveys.errors import UserError


class FormForeign(UserError):
    """A form whose signature is missing or wrong; its code is not known, so nothing is done."""

    status = 400

    def __init__(self) -> None:
        super().__init__(
            _(
                "This form can't be sent any more. Nothing was lost: what you typed is kept on "
                "this device. Open the link in your mail again."
            )
        )


@dataclass(frozen=True, slots=True)
class Opening:
    """A personal code, and the random half of the receipt that this form's ballot will get."""

    code: str
    nonce: str

    @classmethod
    def of(cls, code: str) -> Self:
        """A new opening of the code's form."""
        return cls(code, tokens.make_nonce())

    @classmethod
    def read(cls, secret: str, signed: str) -> Self:
        """The inverse of `signed`; raises FormForeign."""
        try:
            return cls(*_serializer(secret).loads(signed))
        except (BadSignature, TypeError) as error:
            raise FormForeign from error

    def signed(self, secret: str) -> str:
        """The opening as URL-safe text, with a MAC under the installation's secret."""
        return str(_serializer(secret).dumps([self.code, self.nonce]))


def _serializer(secret: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt="form")
