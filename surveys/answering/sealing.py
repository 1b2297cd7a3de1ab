"""Sealed ballots: readable only with the wave's private key, all of one size.

The private key and the secret of the personal codes live in two files of mode 0600 in the key
folder, which is never part of the data or of a backup, until the wave has been closed.
"""

import contextlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from surveys.errors import UserError
from surveys.settings import Settings, write_secret

#: plain size of every ballot in bytes: six comments of COMMENT_LIMIT characters fit in any script
BALLOT_SIZE = 16 * 1024
COMMENT_LIMIT = 600
#: comments that a ballot can hold: two questions on each of three teams, and room to spare
MAX_COMMENTS = 12
KEY_SIZE = 32


class KeyMissing(UserError):
    """The key file of a wave is not where it must be."""

    status = 503


@dataclass(frozen=True, slots=True)
class SeamBallot:
    """What one person says about one team; `met` is False for "no dealings this month"."""

    target_id: int
    met: bool
    scores: dict[str, int]
    comments: dict[str, str]


@dataclass(frozen=True, slots=True)
class Ballot:
    """What one person says in one wave; without parts it is a withdrawn ballot.

    `thread`: what the comments' keys are made from (`tokens.thread_of`); empty: random keys.
    """

    rater_id: int
    parts: tuple[SeamBallot, ...]
    thread: str = ""


def make_keys(settings: Settings, wave_id: int) -> bytes:
    """Make both key files of a wave (or find them, if made before); returns the public key."""
    path = _path(settings, wave_id, "seal")
    if not path.exists():
        write_secret(path, bytes(PrivateKey.generate()).hex())
    mail = _path(settings, wave_id, "mail")
    if not mail.exists():
        write_secret(mail, secrets.token_hex(KEY_SIZE))
    return bytes(PrivateKey(_read(path)).public_key)


def mail_secret(settings: Settings, wave_id: int) -> bytes:
    """The secret of the wave's personal codes; raises KeyMissing."""
    return _read(_path(settings, wave_id, "mail"))


def private_key(settings: Settings, wave_id: int) -> PrivateKey:
    """The key that opens the wave's ballots; raises KeyMissing."""
    return PrivateKey(_read(_path(settings, wave_id, "seal")))


def keys_exist(settings: Settings, wave_id: int) -> bool:
    """Whether a key file of the wave is still there."""
    return any(_path(settings, wave_id, kind).exists() for kind in ("seal", "mail"))


def destroy_keys(settings: Settings, wave_id: int) -> None:
    """Overwrite and remove both key files; nothing happens if they are gone."""
    for kind in ("seal", "mail"):
        # Another worker may be doing the same at this moment: who comes second finds nothing.
        with contextlib.suppress(FileNotFoundError):
            path = _path(settings, wave_id, kind)
            with path.open("r+b") as file:
                file.write(secrets.token_bytes(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()


def seal(public_key: bytes, ballot: Ballot) -> bytes:
    """Ciphertext of constant size; raises ValueError for a ballot that is too long."""
    parts = [[p.target_id, p.met, p.scores, p.comments] for p in ballot.parts]
    plain = json.dumps([ballot.rater_id, parts, ballot.thread], ensure_ascii=False).encode()
    if len(plain) > BALLOT_SIZE:
        raise ValueError(f"a ballot holds at most {BALLOT_SIZE} bytes, not {len(plain)}")
    return SealedBox(PublicKey(public_key)).encrypt(plain.ljust(BALLOT_SIZE))


def unseal(key: PrivateKey, ciphertext: bytes) -> Ballot:
    """The ballot; raises KeyMissing if the key is another wave's."""
    try:
        plain = SealedBox(key).decrypt(ciphertext)
    except CryptoError as error:
        raise KeyMissing(_("The key file of this wave does not fit its ballots.")) from error
    rater_id, parts, *thread = json.loads(plain)
    return Ballot(rater_id, tuple(_part(part) for part in parts), *thread)


def _part(raw: list[Any]) -> SeamBallot:
    target_id, met, scores, comments = raw
    return SeamBallot(target_id, met, scores, comments)


def _path(settings: Settings, wave_id: int, kind: str) -> Path:
    return settings.keys / f"wave-{wave_id}.{kind}"


def _read(path: Path) -> bytes:
    try:
        raw = bytes.fromhex(path.read_text())
    except (OSError, ValueError):
        raw = b""
    if len(raw) != KEY_SIZE:
        raise KeyMissing(
            _(
                "The key file %(name)s is missing or damaged. Put it back into the key folder.",
                name=path.name,
            )
        )
    return raw
