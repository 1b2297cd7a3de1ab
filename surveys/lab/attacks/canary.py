"""Attack 3: look for what people wrote, in plain text, in every file, log, table and backup.

Canaries are words that nobody else writes. Before close they may be nowhere; after close an
ordinary word may stand in the redacted comments (and in what is proposed as a quote), a telephone
number nowhere at all; and no key may be left with which an old copy could be opened.
"""

import re
import shutil
import zipfile
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from flask import Flask
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox
from sqlalchemy import inspect, text

from surveys.answering import tokens
from surveys.answering.sealing import Ballot
from surveys.lab.attacks.company import (
    Company,
    cast,
    codes_of,
    end,
    found_company,
    numbered,
    open_next,
)
from surveys.lab.attacks.log_collector import listening
from surveys.lab.attacks.result import AttackResult, judged
from surveys.lab.attacks.traces import log_of, raw_contents
from surveys.models.pulses import Wave
from surveys.operating.archive import write_archive
from surveys.sending.outbox import deliver_due

NAME = "canary scan"
TEAMS = {"North": 12, "South": 12}
#: where a word of a redacted comment may stand after close
MAY_QUOTE = {"comment", "quote", "theme_memory"}
HEX_KEY = re.compile(rb"[0-9a-fA-F]{64}")


def scan(app: Flask, rng: Random) -> AttackResult:
    """Let 24 people write canaries; search everything before close and after, and the log."""
    with listening() as heard:
        return _scan(app, rng, heard)


def _scan(app: Flask, rng: Random, heard: list[str]) -> AttackResult:
    company = found_company(app, TEAMS, [("North", "South")], rng)
    wave = open_next(company)
    word = "zambezi" + "".join(rng.choices("bdfgklmnprst", k=6))
    phone = f"+49 89 {rng.randrange(10**6, 10**7)}"
    codes, boxes = codes_of(company, wave), []
    deliver_due(company.installed.sessions, company.installed.settings)
    for n, who in enumerate(company.members):
        target = "South" if who.team == "North" else "North"
        said = {"O1": f"{word} came too late again, call {phone} about it"}
        part = numbered(n, company.teams[target], said)
        receipt = cast(company, wave, codes[who.email], Ballot(company.teams[who.team], (part,)))
        boxes.append(tokens.box_key(receipt))
    secret = [word, phone, '"scores"', *(tokens.receipt(code, "") for code in codes.values())]
    with TemporaryDirectory() as kept:
        copy = Path(kept) / "before"
        shutil.copytree(company.installed.settings.data, copy)
        found = _in_backup(company, Path(kept) / "backup.zip", secret)
        found += _in_files(company, "before close", [*secret, *codes.values()])
        found += _in_tables(company, "before close", secret, set())
        found += _opened(company, copy)
        end(company, wave)
        found += _in_files(company, "after close", [phone, *boxes])
        found += _in_tables(company, "after close", [word, phone], MAY_QUOTE)
        found += _in_tables(company, "after close", [phone, *boxes], set())
        if phone.encode() in log_of(company.installed.engine):
            found.append("the write-ahead log holds something that was written")
        found += _keys_left(company, wave)
    found += _in_log(heard, [*secret, *codes.values(), *boxes])
    tables = len(inspect(company.installed.engine).get_table_names())
    files = sum(path.is_file() for path in company.installed.settings.instance.rglob("*"))
    says = f"{files} files, {tables} tables, before close and after, {len(heard)} lines of log; "
    tries = 2 * (files + tables) + len(boxes) + len(heard)
    return judged(NAME, tries, found, f"{says}keys destroyed")


def _in_log(heard: list[str], words: list[str]) -> list[str]:
    """Words in whatever was logged, at any level, in the message of an exception too."""
    sung = [line for line in heard if any(word in line for word in words)]
    return [f"the log holds something that was written: {line[:20]}…" for line in sung]


def _in_files(company: Company, when: str, words: list[str]) -> list[str]:
    """Words in raw files: data, queue, log of the database, keys, backups; mails carry codes."""
    settings, engine = company.installed.settings, company.installed.engine
    outbox = Path(settings.outbox.removeprefix("file:"))
    contents = {
        path.name: path.read_bytes()
        for path in settings.instance.rglob("*")
        if path.is_file() and outbox not in path.parents
    }
    contents |= raw_contents(engine, inspect(engine).get_table_names())
    return [
        f"{when} the file {name} holds something that was written"
        for name, content in contents.items()
        if any(word.encode() in content for word in words)
    ]


def _in_tables(company: Company, when: str, words: list[str], allowed: set[str]) -> list[str]:
    engine = company.installed.engine
    found = []
    for table in sorted(set(inspect(engine).get_table_names()) - allowed):
        with engine.connect() as connection:
            rows = connection.execute(text(f'SELECT * FROM "{table}"')).all()
        if any(word in str(tuple(row)) for row in rows for word in words):
            found.append(f"{when} the table {table} holds something that was written")
    return found


def _in_backup(company: Company, file: Path, words: list[str]) -> list[str]:
    """Words, and keys, in what `tribometer backup` writes in the middle of the wave."""
    write_archive(company.installed.engine, file, lambda *_: None)
    keys = [path.read_text() for path in company.installed.settings.keys.iterdir()]
    with zipfile.ZipFile(file) as archive:
        content = b"".join(archive.read(name) for name in archive.namelist())
    written = any(word.encode() in content for word in [*words, *keys])
    return ["a backup holds something that was written, or a key"] if written else []


def _opened(company: Company, copy: Path) -> list[str]:
    """Ballots that are readable as they are, or open with any key found in the data."""
    engine = company.installed.engine
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT ciphertext FROM ballot_box")).scalars()
        sealed = [bytes(row) for row in rows]
    found = ["a ballot is readable without any key" for c in sealed if b'"C1"' in c]
    contents = [path.read_bytes() for path in copy.rglob("*") if path.is_file()]
    contents += raw_contents(engine, ["wave", "invitation", "ballot_box"]).values()
    for key in {key for content in contents for key in HEX_KEY.findall(content)}:
        try:
            SealedBox(PrivateKey(bytes.fromhex(key.decode()))).decrypt(sealed[0])
            found.append("the key of the open wave lies in the data")
        except CryptoError:
            pass
    return found


def _keys_left(company: Company, wave: Wave) -> list[str]:
    left = company.installed.settings.keys.glob(f"wave-{wave.id}.*")
    return [f"after close the key file {path.name} is still there" for path in left]
