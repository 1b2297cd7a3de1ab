"""Personal codes, receipts and what is derived from them (docs/trust.md, "Protocol").

A code belongs to one person and one wave. It is computed from a secret that lives in a key file
beside the wave's private key and is destroyed with it: so every mail of the wave carries the same
link, while the database holds nothing but the code's hash.
"""

import hashlib
import hmac
import secrets

#: Crockford's base 32: no letter that is easily taken for another
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 28  # 140 bits
BALLOT_PART = 16  # of the receipt: 80 bits that lead to the ballot
THREAD_PART = 16  # 80 random bits that lead to the threads
_TWINS = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


def personal_code(secret: bytes, wave_id: int, person_id: int) -> str:
    """The code of one person in one wave, 28 characters, from the wave's 32-byte secret."""
    message = f"invitation {wave_id} {person_id}".encode()
    return _letters(hmac.digest(secret, message, "sha256"), CODE_LENGTH)


def normal(typed: str) -> str:
    """What was typed or pasted, without spaces and dashes and with look-alikes resolved."""
    letters = "".join(c for c in typed.upper() if c.isalnum())
    return letters.translate(_TWINS)[:64]


def grouped(code: str) -> str:
    """The code in groups of four, for people."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))


def entry_hash(code: str) -> str:
    """What the database keeps to recognise a code."""
    return _hash("auth", code)


def make_nonce() -> str:
    """The random half of a receipt, 80 bits; made when a form is opened, stored only hashed."""
    return _letters(secrets.token_bytes(THREAD_PART), THREAD_PART)


def receipt(code: str, nonce: str) -> str:
    """The receipt of a ballot: it leads to the ballot, but does not tell whose it is.

    The first half follows from the code, so that one code has one place in the box. The second is
    the form's nonce and is on no mail or card: only with it can the ballot be changed while the
    survey is open (`change_hash`), and its comments be found after the close (`thread_of`).
    """
    own = _letters(hashlib.sha256(b"receipt" + code.encode()).digest(), BALLOT_PART)
    return own + nonce


def nonce_of(receipt_code: str, code: str) -> str | None:
    """The random half of a receipt of this code; None for a receipt of another one."""
    nonce = receipt_code[BALLOT_PART:]
    fits = hmac.compare_digest(receipt(code, nonce).encode(), receipt_code.encode())
    return nonce if fits and len(nonce) == THREAD_PART else None


def box_key(receipt_code: str) -> str:
    """Where the ballot of a receipt lies; cannot be computed from the database."""
    return _hash("box", receipt_code[:BALLOT_PART])


def change_hash(receipt_code: str) -> str:
    """What the box keeps to recognise whoever may change or withdraw a ballot."""
    return _hash("change", receipt_code[: BALLOT_PART + THREAD_PART])


def thread_of(receipt_code: str) -> str:
    """What the keys of the ballot's comments are made from; lies sealed in the ballot."""
    return _hash("thread", receipt_code[: BALLOT_PART + THREAD_PART])


def comment_key(thread: str, place: int) -> str:
    """Key of a ballot's comment number `place`; two of them show no relation."""
    return _hash(f"comment {place} ", thread)[:32]


def draft_name(code: str) -> str:
    """Name of a code's draft in the browser; leads back to nothing."""
    return _hash("draft", code)[:12]


def _hash(purpose: str, secret: str) -> str:
    return hashlib.sha256(purpose.encode() + secret.encode()).hexdigest()


def _letters(raw: bytes, length: int) -> str:
    number = int.from_bytes(raw, "big")
    return "".join(ALPHABET[(number >> 5 * i) & 31] for i in range(length))
