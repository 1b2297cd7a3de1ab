"""What each column of the exported files means; one name means one thing everywhere."""

from typing import Final

MEASURES: Final = (
    "index: friction of the seam; objectives, communication, competitiveness, resources, respect, "
    "knowledge: how much of this root cause the rater team meets; the same with “profile”: over "
    "the last four waves; blind spot: what the rater team guessed the other would say, less what "
    "that said; A1: whether a change was noticed (0: by all). Of a pair, whose rater_id is the "
    "smaller one: pair, the mean of both seams; gap, the first seam less the other; ranked, the "
    "pair drawn towards the mean of all pairs as far as its error says; quarter, the mean of three "
    "waves less that of the three before. Items are in items.csv."
)
REASONS: Final = (
    "why a figure is withheld: TOO_FEW, not enough answers; TEAM_TOO_SMALL; EXTREME, it would say "
    "too much about each answer; ROSTER_CHANGED, so few joined or left that their answers could be "
    "worked out; NOT_ASKED this wave"
)
WORDS: Final = {
    "id": "number of the row",
    "active": "whether the team is still in the directory",
    "agreement_id": "the agreement",
    "alarm": "rising or falling: beyond what chance makes of the path of this seam; empty: neither",
    "answers": "on how many answers the figure rests, in bands",
    "better": "which way is better: higher or lower",
    "cause": "code of the root cause, as the measures name it",
    "change": "since the wave before: points; of a theme new, again, grown, faded or same",
    "change_high": "upper end of the change's 95 % interval, points",
    "change_low": "lower end of the change's 95 % interval, points",
    "code": "code of the item, as measures name it",
    "construct": "what the item measures",
    "day": "the day that the value is of",
    "dismissed": "HR took the theme off the readers' pages",
    "done_on": "the day it was done; empty: not yet",
    "due_on": "the day it is due",
    "effect": "verdict on the agreement as computed: change in points with its interval",
    "end_reason": "why it was ended",
    "ended_on": "the last day of an agreement, the first without a goal; empty: it goes on",
    "expected": "change of the index that both managers expect, points; less is negative",
    "expected_by": "the day by which they expect it",
    "fragile": "those who did not answer could plausibly undo the change",
    "given_name": "HR's own name of the theme",
    "goal_a_id": "one goal",
    "goal_b_id": "the goal that it pulls against",
    "happened_on": "the day it happened",
    "high": "upper end of the 95 % interval, points",
    "hours": "hours lost there in a month, in bands; empty: none, or mostly one person's",
    "kind": "cause: a root cause as a whole; found: by the engine; praise: what goes well",
    "label": "of a cause its code, of praise “praise”; else a number within the pair",
    "low": "lower end of the 95 % interval, points",
    "marked_on": "the day the conflict was marked",
    "measure": MEASURES,
    "moved": "the change stands out among all seams of the wave (false discovery rate)",
    "name": "its name",
    "opened_on": "the day the wave opened",
    "own": "the organisation's own wordings by language; they win over ours",
    "period": "the period that the goal is for",
    "persons": "how many persons, in bands; never under five",
    "pinned": "HR put the theme first",
    "point": "code of the point at which work goes over",
    "position": "place in the questionnaire",
    "published_on": "the day the wave was published",
    "quote": "the words",
    "rater_id": "the team that answered; of a theme, empty: both teams together",
    "reason": REASONS,
    "reverse": "agreeing means friction",
    "rotation": "when it is asked: core every wave; a, b, c, d in turn; action; open questions",
    "settled_on": "the day the conflict was settled; empty: not yet",
    "shared": "the figure that both teams share since then",
    "signed_on": "the day it was signed",
    "smallest_change": "the smallest change that so many answers could have shown, points",
    "starts_on": "the first day",
    "state": "shown; under or over: only a bound, in value; withheld",
    "strategy": "code of the strategy from the playbook",
    "target": "the value aimed at",
    "target_id": "the team that the answers are about",
    "team_a_id": "one team; of a pair the one with the smaller number",
    "team_b_id": "the other team",
    "team_id": "the team; empty: both",
    "text": "as it was written",
    "theme_id": "the theme",
    "tone": "sharp, annoyed, factual or warm",
    "unit": "what the values count",
    "value": "points 0 to 100 (differences: -100 to 100); of other systems, the value in its unit",
    "wave": "number of the published wave",
    "wording": "our wordings by language, {T} standing for the other team",
    "words": "band of the whole interval, such as middle to high; of quarter, moved: beyond chance",
}
"""Column -> what it means."""
