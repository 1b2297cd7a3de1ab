"""Identity over simulated months: ids stay, what is new, split or merged is said."""

from collections import Counter
from collections.abc import Callable

import pytest

from analysis.themes import Correction, CorrectionError, Fate, Kind, ThemeModel

Comments = Callable[..., list[tuple[str, str]]]
FOUR = ["forecast", "parking", "contract", "crm"]


def _id_of(model: ThemeModel, truth: list[str]) -> dict[str, int]:
    """For each topic the theme that most of its texts are in."""
    votes: dict[str, Counter[int]] = {}
    for label, topic in zip(model.labels_, truth, strict=True):
        votes.setdefault(topic, Counter())[model.themes_[label].id] += 1
    return {topic: count.most_common(1)[0][0] for topic, count in votes.items()}


def test_themes_keep_their_ids_over_twelve_months(comments: Comments) -> None:
    """A topic may be two themes; what counts is that its texts stay in themes it had."""
    first = comments(100, seed=0, topics=FOUR)
    model = ThemeModel().fit([t for t, _ in first])
    known: dict[str, set[int]] = {}
    for label, (_, topic) in zip(model.labels_, first, strict=True):
        known.setdefault(topic, set()).add(model.themes_[label].id)
    assert len(model.themes_) <= 8
    kept = total = 0
    for month in range(1, 12):
        texts = comments(60, seed=month, topics=FOUR)
        model.update([t for t, _ in texts])
        for label, (_, topic) in zip(model.labels_, texts, strict=True):
            kept += model.themes_[label].id in known[topic]
            total += 1
    assert kept / total >= 0.95


def test_a_new_topic_is_a_new_theme_and_its_id_was_never_used(comments: Comments) -> None:
    model = ThemeModel().fit([t for t, _ in comments(100, seed=0, topics=FOUR)])
    before = {t.id for t in model.themes_}
    texts = comments(100, seed=1, topics=[*FOUR, "tone"])
    model.update([t for t, _ in texts])
    now = _id_of(model, [y for _, y in texts])
    assert now["tone"] not in before
    assert now["tone"] > max(before)
    assert {c.theme: c.fate for c in model.changes_}[now["tone"]] is Fate.NEW


def test_a_topic_that_stops_is_faded_and_comes_back_under_its_id(comments: Comments) -> None:
    first = comments(100, seed=0, topics=FOUR)
    model = ThemeModel().fit([t for t, _ in first])
    known = _id_of(model, [y for _, y in first])
    model.update([t for t, _ in comments(75, seed=1, topics=FOUR[:3])])
    assert {c.theme: c.fate for c in model.changes_}[known["crm"]] is Fate.FADED
    texts = comments(100, seed=2, topics=FOUR)
    model.update([t for t, _ in texts])
    assert _id_of(model, [y for _, y in texts])["crm"] == known["crm"]


def test_a_rename_holds_next_month(comments: Comments) -> None:
    model = ThemeModel().fit([t for t, _ in comments(100, seed=0, topics=FOUR)])
    theme = model.themes_[0].id
    model.correct(Correction(Kind.RENAME, theme=theme, name="Where cars go"))
    model.update([t for t, _ in comments(100, seed=1, topics=FOUR)])
    assert {t.id: t.name for t in model.themes_}[theme] == "Where cars go"


def test_a_moved_comment_stays_where_it_was_put(comments: Comments) -> None:
    texts = [t for t, _ in comments(100, seed=0, topics=FOUR)]
    model = ThemeModel().fit(texts)
    target = model.themes_[-1].id
    index = next(i for i, label in enumerate(model.labels_) if model.themes_[label].id != target)
    model.correct(Correction(Kind.MOVE, theme=target, text=texts[index]))
    assert model.themes_[model.labels_[index]].id == target
    assert model.explain(index).moved
    later = [texts[index], *(t for t, _ in comments(60, seed=2, topics=FOUR))]
    model.update(later)
    assert model.themes_[model.labels_[0]].id == target


def test_a_comment_of_an_earlier_month_can_be_moved_between_months(comments: Comments) -> None:
    texts = [t for t, _ in comments(100, seed=0, topics=FOUR)]
    model = ThemeModel().fit(texts)
    target = model.themes_[-1].id
    index = next(i for i, label in enumerate(model.labels_) if model.themes_[label].id != target)
    resumed = ThemeModel.from_state(model.state())
    resumed.correct(Correction(Kind.MOVE, theme=target, text=texts[index]))
    resumed.update([texts[index], *(t for t, _ in comments(60, seed=2, topics=FOUR))])
    assert resumed.themes_[resumed.labels_[0]].id == target
    assert resumed.explain(0).moved


def test_merge_and_split_by_a_person(comments: Comments) -> None:
    model = ThemeModel().fit([t for t, _ in comments(100, seed=0, topics=FOUR)])
    one, two = model.themes_[0], model.themes_[1]
    model.correct(Correction(Kind.MERGE, theme=one.id, others=(two.id,)))
    sizes = {t.id: t.size for t in model.themes_}
    assert sizes[one.id] == one.size + two.size
    assert two.id not in sizes
    model.correct(Correction(Kind.SPLIT, theme=one.id))
    assert len(model.themes_) > len(sizes)
    assert two.id not in {t.id for t in model.themes_}


def test_dismissed_and_pinned_are_marked(comments: Comments) -> None:
    model = ThemeModel().fit([t for t, _ in comments(100, seed=0, topics=FOUR)])
    theme = model.themes_[0].id
    model.correct(Correction(Kind.DISMISS, theme=theme)).correct(Correction(Kind.PIN, theme=theme))
    shown = next(t for t in model.themes_ if t.id == theme)
    assert shown.dismissed
    assert shown.pinned


def test_impossible_corrections_say_why(comments: Comments) -> None:
    model = ThemeModel().fit([t for t, _ in comments(100, seed=0, topics=FOUR)])
    theme = model.themes_[0].id
    for wrong in (
        Correction(Kind.RENAME, theme=999, name="x"),
        Correction(Kind.RENAME, theme=theme, name=" "),
        Correction(Kind.MOVE, theme=theme, text="…"),
        Correction(Kind.MOVE, theme=theme),
        Correction(Kind.MERGE, theme=theme),
        Correction(Kind.RECODE, text="x", code="no such code"),
    ):
        with pytest.raises(CorrectionError):
            model.correct(wrong)


def test_what_a_person_merged_stays_merged(comments: Comments) -> None:
    model = ThemeModel().fit([t for t, _ in comments(100, seed=0, topics=FOUR)])
    one, two = model.themes_[0].id, model.themes_[1].id
    model.correct(Correction(Kind.MERGE, theme=one, others=(two,)))
    model.update([t for t, _ in comments(200, seed=1, topics=FOUR)])
    fates = {c.theme: c.fate for c in model.changes_}
    assert fates[one] is not Fate.SPLIT
    assert not {t.id for t in model.themes_} - {one} & {two}
    assert Fate.NEW not in fates.values()


def test_corrections_can_be_taken_back(comments: Comments) -> None:
    model = ThemeModel().fit([t for t, _ in comments(100, seed=0, topics=FOUR)])
    before = [(t.id, t.name, t.size) for t in model.themes_]
    one, two = model.themes_[0].id, model.themes_[1].id
    merged = Correction(Kind.MERGE, theme=one, others=(two,))
    model.correct(merged).correct(Correction(Kind.RENAME, theme=one, name="Both"))
    assert model.undo().kind is Kind.RENAME
    assert model.undo() == merged
    assert [(t.id, t.name, t.size) for t in model.themes_] == before
    assert model.corrections_ == []
    with pytest.raises(CorrectionError, match="no correction of this month"):
        model.undo()


def test_an_id_is_not_reused_after_undo(comments: Comments) -> None:
    model = ThemeModel().fit([t for t, _ in comments(100, seed=0, topics=FOUR)])
    one, two = model.themes_[0].id, model.themes_[1].id
    model.correct(Correction(Kind.MERGE, theme=one, others=(two,)))
    model.correct(Correction(Kind.SPLIT, theme=one))
    given = max(t.id for t in model.themes_)
    model.undo()
    model.correct(Correction(Kind.SPLIT, theme=one))
    assert max(t.id for t in model.themes_) > given
