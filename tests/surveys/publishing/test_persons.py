"""What is told of the people behind a theme."""

import pytest

from analysis.disclosure.rule import Rule
from surveys.models.ballots import Comment
from surveys.publishing.persons import least_persons, tone_word

SAID = "This is a disaster, I am furious about it."


def written(first: int, second: int) -> list[Comment]:
    """Comments on the two open questions."""
    questions = ["O1"] * first + ["O2"] * second
    return [Comment(question=question, text=SAID) for question in questions]


@pytest.mark.parametrize(
    ("first", "second", "index", "tells"),
    [
        (5, 0, 5, True),
        (5, 3, 5, True),
        (4, 4, 5, False),  # eight comments, and perhaps four people
        (7, 7, 8, False),  # a raised threshold holds for the tone too
        (8, 0, 8, True),
    ],
)
def test_a_tone_is_told_of_enough_people_not_of_enough_comments(
    first: int, second: int, index: int, tells: bool
) -> None:
    comments = written(first, second)
    assert least_persons(comments) == max(first, second)
    assert (tone_word(comments, Rule(index=index)) is not None) == tells
