"""Indirect identifiers (addresses, numbers, ids, links) planted in comments of twelve languages."""

import random

from analysis.redaction.redactor import Redactor

CARRIERS = (
    "Call {x} if you want to hear it.", "It is all in {x}, read it.", "{x} never answers.",
    "Ich habe {x} dreimal geschrieben.", "Das steht unter {x}, seit Wochen.",
    "J'ai écrit à {x} sans réponse.", "Voir {x}, rien ne bouge.",
    "He llamado a {x} tres veces.", "Ho scritto a {x} due volte.", "Escrevi para {x} e nada.",
    "Ik heb {x} gebeld.", "Pisałem na {x} w maju.", "Jag skrev till {x} igen.",
    "{x} numarasını aradım.", "اتصلت على {x} ولم يرد أحد.", "{x} に連絡しました。",
)  # fmt: skip
PHONES = (
    "+49 {a}{b}{c} {d}{e}{f}{g}{h}{i}",
    "0{a}{b}{c}/{d}{e}{f}{g}{h}{i}{j}",
    "+33 {a} {b}{c} {d}{e} {f}{g} {h}{i}",
    "+34 {a}{b}{c} {d}{e}{f} {g}{h}{i}",
    "+39 0{b} {c}{d}{e}{f} {g}{h}{i}{j}",
    "+44 20 {a}{b}{c}{d} {e}{f}{g}{h}",
    "({a}{b}{c}) 555-{d}{e}{f}{g}",
    "+1 {a}{b}{c}-{d}{e}{f}-{g}{h}{i}{j}",
    "+90 5{b}{c} {d}{e}{f} {g}{h} {i}{j}",
    "+81 90-{a}{b}{c}{d}-{e}{f}{g}{h}",
    "+48 {a}{b}{c} {d}{e}{f} {g}{h}{i}",
    "0{a}{b}-{c}{d}{e} {f}{g} {h}{i}",
)
IDS = ("INC{n:07}", "PO {n:010}", "EMP-{n:06}", "#{n:06}", "ticket {n:08}", "DE{n:020}", "SN{n:09}")
HOSTS = ("firm.example", "sales.firm.example", "acme-group.example", "kunde.example.org")
STARTS = ("https://", "http://", "www.")
COUNT = 400


def identifier(rng: random.Random, number: int) -> tuple[str, str]:
    """Kind and text of one identifier."""
    digits = {name: str(rng.randrange(1, 10)) for name in "abcdefghij"}
    name = "".join(rng.choices("abcdefghiklmnoprstuvwz", k=rng.randrange(3, 9)))
    host = rng.choice(HOSTS)
    kind = ("mail", "phone", "id", "link")[number % 4]
    return kind, {
        "mail": f"{name}{rng.choice(('.', '_', '-', '', '+'))}{rng.randrange(1, 99)}@{host}",
        "phone": rng.choice(PHONES).format(**digits),
        "id": rng.choice(IDS).format(n=rng.randrange(10**5, 10**7)),
        "link": f"{rng.choice(STARTS)}{host}/{name}/{rng.randrange(999)}?u={name}",
    }[kind]


def left_over(text: str, redacted: str) -> bool:
    """Whether a piece of the identifier that tells something is still there."""
    pieces = [piece for piece in text.replace("@", " ").replace("/", " ").split() if len(piece) > 3]
    return text in redacted or any(piece in redacted for piece in pieces if piece != "ticket")


def test_recall_on_indirect_identifiers() -> None:
    rng, redactor = random.Random(23), Redactor()
    tried: dict[str, int] = {}
    missed: dict[str, list[str]] = {}
    for number in range(COUNT):
        kind, text = identifier(rng, number)
        comment = rng.choice(CARRIERS).format(x=text)
        tried[kind] = tried.get(kind, 0) + 1
        if left_over(text, redactor.redact(comment).text):
            missed.setdefault(kind, []).append(comment)
    recall = 1 - sum(map(len, missed.values())) / COUNT
    assert sum(tried.values()) == COUNT
    assert recall >= 0.90, (recall, {kind: found[:5] for kind, found in missed.items()})
    print(f"recall {recall:.3f}", {kind: len(found) for kind, found in missed.items()})
