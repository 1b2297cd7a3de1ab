"""The parts: segments, language, tone, names, quotes, codebook, embedder, communities."""

import socket
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from analysis.themes import (
    Codebook,
    CodebookCoder,
    CodebookError,
    Embedder,
    ThemeModel,
    WordLlamaEmbedder,
    is_praise,
    pick_quotes,
    tone,
)
from analysis.themes.language import detect
from analysis.themes.lexicon import languages
from analysis.themes.louvain import communities, modularity
from analysis.themes.naming import distinctive_phrases, theme_name
from analysis.themes.segments import split


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", []),
        ("...", []),
        ("One thing.", ["One thing."]),
        ("Good people here, but nobody tells us anything", None),
        ("It costs 3.5 million, e.g. for steel. Nobody asked us first!", None),
    ],
)
def test_segments(text: str, segments: list[str] | None) -> None:
    found = split(text)
    if segments is not None:
        assert found == segments
    else:
        assert len(found) == 2


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Nobody tells us that the order was changed", "en"),
        ("Wir erfahren es nicht und das ist schlecht", "de"),
        ("Nous ne sommes pas informés pour les commandes", "fr"),
        ("No nos informan y los pedidos llegan tarde", "es"),
        ("Никто нам ничего не говорит", "ru"),
        ("没有人告诉我们", "zh"),
        ("誰も教えてくれません", "ja"),
        ("لا أحد يخبرنا", "ar"),
        ("xyz", None),
        ("123", None),
    ],
)
def test_language(text: str, language: str | None) -> None:
    assert detect(text) == language


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Great teamwork, thank you", 1),
        ("No complaints at all", 1),
        ("They are never helpful", -1),
        ("The tone is rude and unfriendly", -1),
        ("The forecast came on the 28th", 0),
        ("Die Zusammenarbeit ist nicht gut", -1),
        ("Merci, très bon travail", 1),
    ],
)
def test_tone_knows_negation(text: str, sign: int) -> None:
    assert np.sign(tone(text) or 0) == sign


def test_tone_says_nothing_in_languages_it_does_not_know() -> None:
    assert tone("Никто нам ничего не говорит, всё ужасно") is None


def test_a_wish_is_no_praise() -> None:
    assert is_praise("Good and helpful people")
    assert not is_praise("It would be good if they were helpful")
    assert not is_praise("Helpful people, but the forecast is late and wrong")


def test_phrases_set_groups_apart_and_keep_acronyms() -> None:
    groups = [
        ["The ERP data is wrong", "Wrong ERP data again", "ERP data never fits", "Bad ERP data"],
        ["Parking is full", "No parking space", "Parking space is far", "The parking is closed"],
    ]
    first, second = distinctive_phrases(groups)
    assert first[0] == "ERP data"
    assert "parking" in second[0].lower()
    assert theme_name(first).startswith("ERP data")
    assert theme_name([]) == "Mixed comments"


def test_quotes_are_varied_short_and_from_both_sides() -> None:
    texts = [
        "The forecast always comes too late for us",
        "The forecast always comes too late for us ",
        "Late forecasts make us order the wrong parts",
        "forecast " * 80,
        "We hear about the forecast only after the cut-off date",
    ]
    rows = WordLlamaEmbedder().embed(texts)
    chosen = pick_quotes(texts, rows, 3, sides=["A", "A", "A", "A", "B"])
    assert len(chosen) == 3
    assert 3 not in chosen
    assert not {0, 1} <= set(chosen)
    assert 4 in chosen
    assert pick_quotes([], rows[:0]) == []


def test_embedding_asks_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the embedder must not open a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    embedder = WordLlamaEmbedder()
    rows = embedder.embed(["late forecast", "", "late forecast"])
    assert isinstance(embedder, Embedder)
    assert rows.shape == (3, embedder.dimension)
    assert np.allclose(np.linalg.norm(rows, axis=1), [1, 0, 1], atol=1e-5)
    assert (rows[0] == rows[2]).all()


def test_communities_find_two_cliques() -> None:
    block = np.ones((4, 4)) - np.eye(4)
    dense = np.block([[block, np.zeros((4, 4))], [np.zeros((4, 4)), block]])
    dense[3, 4] = dense[4, 3] = 0.1
    graph = sparse.csr_matrix(dense)
    found = communities(graph)
    assert found.tolist() == [0] * 4 + [1] * 4
    assert modularity(graph, found) > modularity(graph, np.zeros(8, dtype=np.int64)) == 0


def test_the_product_codebook() -> None:
    book = Codebook.default()
    assert book.code_names[:4] == ("objectives", "communication", "competitiveness", "resources")
    assert book.code_names[-1] == "other"
    known = {"shared_kpis", "joint_meetings", "shared_data", "job_shadowing", "early_involvement"}
    for code in book.codes[:-1]:
        assert code.definition
        assert set(code.answered_by) <= known
        assert code.answered_by
    assert all(set(code.seeds) == set(languages()) for code in book.codes)
    assert Codebook.from_dict(book.to_dict()) == book


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "no codes"),
        ("[[code]]\nname = 3", "needs a"),
        ("[[code]]\ncode = 'a'\n[[code]]\ncode = 'a'", "twice"),
        ("[[code]]\ncode = 'a'\nincludes = 3", "must be a list"),
        ("[[code", "not valid TOML"),
    ],
)
def test_a_broken_codebook_says_what_is_wrong(tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "book.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(CodebookError, match=sentence):
        Codebook.from_file(path)


def test_a_missing_codebook_says_so(tmp_path: Path) -> None:
    with pytest.raises(CodebookError, match="cannot be read"):
        Codebook.from_file(tmp_path / "none.toml")


def test_coder_learns_from_labels_and_refuses_unknown_ones() -> None:
    book = Codebook.from_names(["food", "parking"])
    texts = ["The soup is cold", "No space for my car", "Lunch was poor", "The garage is full"]
    coder = CodebookCoder(book).fit(texts, ["parking", None, None, None])
    assert coder.predict(["The soup is cold"]) == ["parking"]
    with pytest.raises(ValueError, match="Not in the codebook: nonsense"):
        coder.fit(texts, ["nonsense", None, None, None])
    with pytest.raises(ValueError, match="4 texts but 1 labels"):
        coder.fit(texts, [None])


def test_coder_gives_reasons_and_leaves_praise_alone() -> None:
    coder = CodebookCoder().fit(["The forecast arrives late", "Thank you, great help"])
    assert coder.predict(["Thank you, great help"]) == ["other"]
    reason = coder.reason("The forecast arrives late again and is wrong")
    assert reason.code == "communication"
    assert reason.nearest[0][1] > 0.3


def test_a_name_needs_words_that_several_people_used() -> None:
    texts = ["Nothing I can think of", "Nothing comes to mind", "nothing", "Nothing really"]
    model = ThemeModel(Codebook.default()).fit(
        [*texts, "Absolutely nothing, it was humiliating", "No idea", "Can't think of anything"]
    )
    assert [t.name for t in model.themes_] == ["“Nothing I can think of”"]
    assert set(model.causes_[:4]) == {"other"}


def test_names_are_things_rather_than_verdicts_and_keep_no_odd_capitals() -> None:
    texts = [
        "Rush orders every month end, it is really bad",
        "The rush orders at month end are bad",
        "Bad planning makes rush orders",
        "Our rush Orders always come at month end",
    ]
    phrases = distinctive_phrases([texts, ["Parking is bad", "The parking is full"]])[0]
    assert phrases[:2] == ["rush orders", "month end"]
    assert theme_name(phrases, taken=["Rush orders · month end"]) != "Rush orders · month end"
    assert theme_name([], "Good advIce, given in time and with great care.") == (
        "“Good advice, given in time and …”"
    )
    assert theme_name([], "!?") == "Mixed comments"
