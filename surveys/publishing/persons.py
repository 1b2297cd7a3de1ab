"""Persons behind a theme: counted at the least, shown in bands."""

from analysis.disclosure.rule import PERSONS_SHOWN, Rule
from analysis.themes.tone import tones
from surveys.models.ballots import Comment
from surveys.models.enums import ThemeChange, Tone

#: mean tone, from -1 to 1, below which a theme is called so
TONES = ((-0.5, Tone.SHARP), (-0.1, Tone.ANNOYED), (0.4, Tone.FACTUAL))


def least_persons(comments: list[Comment]) -> int:
    """How many persons wrote these at the least.

    Each question has at most one comment of a person, and two comments of one person are not
    linked: so the larger count of one question is what is sure.
    """
    questions = [comment.question for comment in comments]
    return max((questions.count(question) for question in set(questions)), default=0)


def tone_word(comments: list[Comment], rule: Rule) -> Tone | None:
    """The mean tone in one of four steps; None where too few people say anything by their tone."""
    found = zip(comments, tones([comment.text for comment in comments]), strict=True)
    known = [(comment, value) for comment, value in found if value is not None]
    if rule.persons(least_persons([comment for comment, _ in known])) is None:
        return None
    mean = sum(value for _, value in known) / len(known)
    return next((word for edge, word in TONES if mean < edge), Tone.WARM)


def change_word(earlier: dict[int, str], number: int, now: str) -> ThemeChange:
    """What became of a theme since the release before, told by its published bands alone."""
    if not earlier:
        return ThemeChange.NEW
    if number - 1 not in earlier:
        return ThemeChange.AGAIN
    step = PERSONS_SHOWN.index(now) - PERSONS_SHOWN.index(earlier[number - 1])
    if step == 0:
        return ThemeChange.SAME
    return ThemeChange.GROWN if step > 0 else ThemeChange.FADED
