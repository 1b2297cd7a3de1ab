"""Redaction measured on planted comments, and its edges."""

import random
import time
import unicodedata
from dataclasses import dataclass

import pytest

from analysis.redaction.redactor import Redactor, RosterEntry

ROSTER = [
    RosterEntry("Anna Müller", email="anna.mueller@acme.example", nick="Annie"),
    RosterEntry("Karin van der Berg", email="k.vanderberg@acme.example"),
    RosterEntry("José García Pérez", email="jgarcia@acme.example", nick="Pepe"),
    RosterEntry("Will Long", email="wlong@acme.example"),
    RosterEntry("Mark Rose", email="mark.rose@acme.example"),
    RosterEntry("Séan O'Brien", email="sobrien@acme.example"),
    RosterEntry("Jean-Luc Lefèvre", email="jl.lefevre@acme.example"),
    RosterEntry("Wojciech Świątek", email="wswiatek@acme.example"),
    RosterEntry("Søren Østergård", email="soren@acme.example"),
    RosterEntry("Ayşe Yılmaz", email="ayse.yilmaz@acme.example"),
    RosterEntry("Priya Venkataraman", email="priya.v@acme.example"),
    RosterEntry("王小明", email="xiaoming.wang@acme.example", nick="Ming"),
    RosterEntry("Olga Ivanova", email="o.ivanova@acme.example"),
    RosterEntry("Ольга Смирнова", email="smirnova@acme.example"),
    RosterEntry("محمد الحسن", email="m.alhassan@acme.example"),
    RosterEntry("Bartholomew Fitzgerald", nick="Bart"),
    RosterEntry("May Young", email="may.young@acme.example"),
    RosterEntry("Grace Baker", email="gbaker@acme.example"),
    RosterEntry("Thomas Schäfer", email="t.schaefer@acme.example"),
    RosterEntry("Nguyễn Thị Hương", email="huong.nguyen@acme.example"),
]
# {n}: where the name goes, in mid-sentence; {s}: at the start of one.
TEMPLATES = {
    "en": [
        "I asked {n} three times for the forecast.",
        "The list from {n} never comes on time.",
        "{s} never answers my mails.",
        "the new head of sales ops {n} does not listen",
        "Ask {n}, she knows why the order was late.",
        "That was {n}'s decision and nobody else's.",
        "Nothing moves (because of {n}) for weeks.",
        "We waited for {n}; then the customer left.",
    ],
    "de": [
        "Ich habe {n} dreimal gefragt.",
        "Die Liste von {n} kommt nie pünktlich.",
        "{s} antwortet nie auf Mails.",
        "Das war wieder Herr {n}, wie immer.",
    ],
    "fr": ["J'ai demandé trois fois à {n}.", "La liste de {n} arrive toujours tard."],
    "es": ["He preguntado tres veces a {n}.", "La lista de {n} siempre llega tarde."],
}
CLEAN = [
    "Will you tell us when the price list changes? It may be too late in May.",
    "Mark the rush orders, please; a rose by any other name costs the same.",
    "The baker next door is open, our canteen is not, and the young team suffers from it.",
    "It was a long week and a short forecast, the margin shrank again.",
    "Per order we lose ten minutes, in total an hour a day.",
    "We agreed on 3.5 percent and 10-12 weeks, delivery in week 20/24.",
    "Since 2024-01-02 we ship 1.200.000 pieces a year, 12,000 a week.",
    "The ERP, the CRM and the PO tool do not match, says IT.",
    "Grant us some grace when the supplier is late.",
    "Die Prognose kommt immer am Monatsende, das will niemand.",
    "Le fournisseur est en retard et personne ne nous le dit.",
    "El proveedor llega tarde y nadie avisa.",
    "Legal needs three weeks for a standard contract.",
    "Hope is not a plan; a plan with dates would be.",
    "May we get read access to the CRM?",
    "The chart shows 45 % on time, down from 60 %.",
    "Nobody reads the minutes of the Monday call.",
    "Our meters and litres do not match their units.",
    "The market changed and the target did not.",
    "Anyone can book the room, so nobody finds one.",
]


@dataclass(frozen=True)
class Planted:
    text: str
    name: str
    start: int


def _forms(entry: RosterEntry, rng: random.Random) -> list[str]:
    """Ways people write a colleague's name."""
    parts = entry.name.split()
    full = entry.name
    forms = [full, full, parts[0] if len(parts) > 1 else full]
    if len(parts) > 1:
        forms += [" ".join(parts[1:]), f"{parts[0][0]}. {parts[-1]}"]
    if full.isascii() or "ü" in full or "é" in full:
        forms += [_plain(full), _plain(full).upper()]
    long = [p for p in parts if len(p) >= 6 and p.isalpha()]
    if long:
        forms.append(_typo(rng.choice(long), rng))
    if entry.nick:
        forms.append(entry.nick)
    if entry.email:
        forms += [entry.email, entry.email.split("@")[0]]
    return forms


def _plain(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))


def _typo(name: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(name) - 1)
    kind = rng.choice(["drop", "double", "swap", "other"])
    if kind == "drop":
        return name[:at] + name[at + 1 :]
    if kind == "double":
        return name[:at] + name[at] + name[at:]
    if kind == "swap" and name[at] != name[at + 1]:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return name[:at] + "x" + name[at + 1 :]


def planted(count: int = 600, seed: int = 11) -> list[Planted]:
    rng = random.Random(seed)
    out = []
    for i in range(count):
        entry = ROSTER[i % len(ROSTER)]
        language = rng.choice(["en", "en", "en", "de", "fr", "es"])
        template = rng.choice(TEMPLATES[language])
        name = rng.choice(_forms(entry, rng))
        key = "{n}" if "{n}" in template else "{s}"
        text = template.replace(key, name)
        out.append(Planted(text, name, text.index(name)))
    return out


def test_recall_on_roster_names_and_precision() -> None:
    redactor = Redactor(ROSTER)
    found = spans = right = 0
    missed = []
    for item in planted():
        result = redactor.redact(item.text)
        end = item.start + len(item.name)
        covered = set()
        for span in result.spans:
            spans += 1
            right += span.start < end and span.end > item.start
            covered |= set(range(span.start, span.end))
        needed = {i for i in range(item.start, end) if item.text[i].isalnum()}
        found += needed <= covered
        if not needed <= covered:
            missed.append((item.name, result.text))
    recall, precision = found / len(planted()), right / spans
    assert recall >= 0.99, (recall, missed)
    assert precision >= 0.97, precision


def test_everyday_words_stay() -> None:
    redactor = Redactor(ROSTER)
    touched = [r.text for t in CLEAN if (r := redactor.redact(t)).spans]
    assert len(touched) <= 1, touched


@pytest.mark.parametrize(
    ("text", "kind", "shown"),
    [
        ("write to jo.doe+x@firm.example please", "e-mail", "write to [e-mail] please"),
        ("call +49 (0)170 123 45 67 now", "phone", "call [phone] now"),
        ("call 0170/1234567", "phone", "call [phone]"),
        ("see https://wiki.firm.example/a?b=1, page 2", "link", "see [link] page 2"),
        ("order 4500012345 is late", "id", "order [id] is late"),
        ("ticket INC0012345", "id", "ticket [id]"),
    ],
)
def test_patterns(text: str, kind: str, shown: str) -> None:
    result = Redactor().redact(text)
    assert [s.kind for s in result.spans] == [kind]
    assert result.text == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Will Long said so", "[name] said so"),
        ("I told Will about it", "I told [name] about it"),
        ("Will you come?", "Will you come?"),
        ("it was Karin van der Berg again", "it was [name] again"),
        ("O'Brien's list", "[name]'s list"),
        ("ask A. Müller or K.B. about it", "ask [name] or [name] about it"),
        ("我问王小明了", "我问[name]了"),
    ],
)
def test_names(text: str, shown: str) -> None:
    assert Redactor(ROSTER).redact(text).text == shown


def test_a_title_written_out_is_a_name() -> None:
    redactor = Redactor([RosterEntry("Zoltan Kovacs", title="Head of Category Management")])
    assert redactor.redact("our head of category management said no").text == "our [name] said no"


def test_spans_speak_of_the_original_text() -> None:
    text = "Ask Karin at karin@x.example or 0170 1234567."
    result = Redactor(ROSTER).redact(text)
    assert [text[s.start : s.end] for s in result.spans] == [
        "Karin",
        "karin@x.example",
        "0170 1234567",
    ]


def test_nothing_to_redact() -> None:
    assert Redactor().redact("").spans == ()
    assert Redactor(ROSTER).redact("All fine.").text == "All fine."


PATHOLOGICAL = {
    "a": "a" * 100_000,
    "at": "a@" * 50_000,
    "dots": "a." * 50_000,
    "digits": "1" * 100_000,
    "phone": "+1 " * 33_000,
    "brackets": "(" * 100_000,
    "words": "Karin " * 16_000,
    "different": " ".join(f"kar{i:x}" for i in range(12_000)),
    "dashes": "1-" * 50_000,
    "link": "http://" * 14_000,
    "capitals": "A1" * 50_000,
    "spaces": " " * 100_000,
    "initials": "A. " * 33_000,
    "newlines": "\n" * 100_000,
    "labels": ("x" * 60 + ".") * 1_600,
}


@pytest.mark.parametrize("name", sorted(PATHOLOGICAL))
def test_nonsense_is_read_in_linear_time(name: str) -> None:
    """Eight times the text may take twelve times as long (linear: 8, quadratic: 64)."""
    redactor = Redactor(ROSTER)
    redactor.redact("warm up Karinn")
    text = PATHOLOGICAL[name][:100_000]
    short = long = float("inf")
    for _ in range(4):  # the least CPU time of several runs: a busy machine only adds to it
        short = min(short, _seconds(redactor, text[:25_000]))
        long = min(long, _seconds(redactor, text * 2))
        if long < 12 * short + 0.3:
            return
    raise AssertionError((short, long))


def _seconds(redactor: Redactor, text: str) -> float:
    start = time.process_time()
    redactor.redact(text)
    return time.process_time() - start
