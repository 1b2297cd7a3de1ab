"""The second factor: time-based codes (RFC 6238) from an app, and recovery codes on paper."""

import hashlib
import hmac
import secrets
from typing import Final

import pyotp
import segno
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from sqlalchemy.orm import Session

from surveys import clock
from surveys.access import accounts, audit
from surveys.models.people import Account
from surveys.settings import Settings, secret_key

STEP: Final = 30
"""Seconds that a code is valid; the one before and the one after are taken too."""
RECOVERY_CODES: Final = 8


def new_secret() -> str:
    """A secret to show once, as QR code and as letters."""
    return pyotp.random_base32()


def address_of(secret: str, account: Account, organisation: str) -> str:
    """The otpauth address that an app reads from the QR code."""
    issuer = f"Tribometer {organisation}"
    return pyotp.TOTP(secret).provisioning_uri(name=account.email, issuer_name=issuer)


def picture_of(address: str) -> str:
    """The QR code as a data address of an SVG."""
    return segno.make(address, error="m").svg_data_uri(scale=5)


def is_on(account: Account) -> bool:
    """Whether signing in asks for a second factor."""
    return account.totp_secret is not None


def turn_on(
    session: Session, settings: Settings, account: Account, secret: str, code: str, token: str
) -> list[str] | None:
    """Turn it on if `code` proves that the app has the secret; returns the recovery codes.

    Only the browser with the cookie `token` stays signed in.
    """
    step = _fitting_step(secret, code, after=0)
    if step is None:
        return None
    codes = [secrets.token_hex(5) for _ in range(RECOVERY_CODES)]
    account.totp_secret = _box(settings).encrypt(secret.encode()).hex()
    account.totp_step = step
    account.recovery = [_hash(code) for code in codes]
    accounts.forget_other_browsers(session, account, token)
    audit.record(session, account.email, "turned the second factor on")
    return codes


def turn_off(session: Session, actor: str, account: Account) -> None:
    """Ask for the password only from now on."""
    account.totp_secret, account.totp_step, account.recovery = None, 0, []
    audit.record(session, actor, "turned the second factor off", of=account.email)


def check(settings: Settings, account: Account, code: str) -> bool:
    """Whether the code is right now; each code, of the app or of the paper, works once."""
    typed = "".join(code.split()).lower()
    if account.totp_secret is None:
        return False
    step = _fitting_step(_open(settings, account.totp_secret), typed, after=account.totp_step)
    if step is not None:
        account.totp_step = step
        return True
    if _hash(typed) in account.recovery:
        account.recovery = [kept for kept in account.recovery if kept != _hash(typed)]
        return True
    return False


def _fitting_step(secret: str | None, code: str, after: int) -> int | None:
    """The time step whose code this is; a step that was used, or lies before it, never fits."""
    if secret is None:
        return None
    now = int(clock.now().timestamp()) // STEP
    totp = pyotp.TOTP(secret)
    for step in (now - 1, now, now + 1):
        if step > after and hmac.compare_digest(totp.generate_otp(step), code):
            return step
    return None


def _box(settings: Settings) -> SecretBox:
    """Secrets lie sealed in the database: a copy of it alone gives nobody a second factor."""
    key = hashlib.blake2b(secret_key(settings).encode(), digest_size=32, person=b"second factor")
    return SecretBox(key.digest())


def _open(settings: Settings, sealed: str) -> str | None:
    try:
        return _box(settings).decrypt(bytes.fromhex(sealed)).decode()
    except CryptoError:
        return None  # the key file is another one now: recovery codes still work


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
