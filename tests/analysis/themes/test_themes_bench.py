"""The measures on made-up material run and tell good from bad."""

from collections.abc import Callable

from analysis.lab.themes_months import Events, months_with_events, several_themes
from analysis.lab.themes_speed import made, speed
from analysis.themes import WordLlamaEmbedder

Comments = Callable[..., list[tuple[str, str]]]


def test_several_themes_in_a_comment_are_found(comments: Comments) -> None:
    texts, labels = zip(*sorted(set(comments(300, seed=1))), strict=True)
    assert several_themes(texts, labels, WordLlamaEmbedder(), given=10) >= 0.7


def test_events_are_counted_against_what_was_planted() -> None:
    events = Events()
    assert events.f1() == 1.0
    events.planted.update(["new", "split"])
    events.told.update(["new", "false"])
    events.right.update(["new"])
    assert events.f1() == 0.5


def test_months_with_events(comments: Comments) -> None:
    pool = [(f"{text} {i}", topic) for i in range(2) for text, topic in comments(400, seed=2)]
    pool += [(f"The canteen menu {i} is {w}", w) for w in ("cold", "salty") for i in range(40)]
    texts, labels = zip(*pool, strict=True)
    events = months_with_events(texts, labels, WordLlamaEmbedder())
    assert sum(events.planted.values()) == 3
    assert events.asked == 33
    assert events.kept / events.asked >= 0.9


def test_speed_is_measured_in_a_process_of_its_own(comments: Comments) -> None:
    texts = sorted({text for text, _ in comments(200, seed=3)})
    assert len(set(made(texts, 500))) == 500
    first, second = speed(texts, (60, 60))
    assert first.comments == 60
    assert first.digest == second.digest
    assert 0 < first.megabytes < 1500
