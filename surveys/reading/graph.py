"""All pairs as a graph: teams on a circle, a line for every pair, as sure as the words are."""

import math
from dataclasses import dataclass
from unicodedata import east_asian_width

from surveys.models.people import Team
from surveys.reading.drawing import Point
from surveys.reading.pairs import PairMap, PairSummary


@dataclass(frozen=True, slots=True)
class Frame:
    """The picture in its own pixels: a circle in the middle, and room around it for names."""

    width: int
    height: int
    radius: int
    #: letters of a name that have room beside its team
    longest: int
    turned: bool


#: few teams have level names, large enough on a phone; of many only turned ones have room
FEW = 12
LEVEL = Frame(640, 420, 145, 16, turned=False)
TURNED = Frame(640, 640, 190, 22, turned=True)
#: letters of a name that have room above or below its team
MAX_VERTICAL = 60
#: between a team and its name
GAP = 12
#: a team this near to the top or the bottom of the circle has its name above or below it
UPRIGHT = 0.05


@dataclass(frozen=True, slots=True)
class Node:
    """A team on the circle; its name stands outside, level or turned to be read from the left."""

    name: str
    at: Point
    text: Point
    anchor: str
    turn: float


@dataclass(frozen=True, slots=True)
class Edge:
    """A pair: a line from `start` to `end`, bent towards `bend` (a quadratic Bézier).

    `heat` is 0 to 3, None without a figure.
    """

    pair: PairSummary
    start: Point
    bend: Point
    end: Point
    heat: int | None
    alarm: bool


@dataclass(frozen=True, slots=True)
class Graph:
    """Everything drawn, in its frame; quiet pairs first, so that hot ones lie on top."""

    frame: Frame
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def pair_graph(found: PairMap) -> Graph:
    """The graph of a map of pairs; teams stand in the order of their names."""
    teams = found.teams
    frame = LEVEL if len(teams) <= FEW else TURNED
    at = {team.id: _around(i, len(teams)) for i, team in enumerate(teams)}
    edges = [_edge(pair, at, frame) for pair in found.pairs]
    return Graph(
        frame,
        tuple(_node(team, at[team.id], frame) for team in teams),
        tuple(sorted(edges, key=lambda edge: -1 if edge.heat is None else edge.heat)),
    )


def _around(place: int, count: int) -> float:
    return 2 * math.pi * place / max(count, 1) - math.pi / 2


def _point(angle: float, radius: float, frame: Frame) -> Point:
    return Point(
        round(frame.width / 2 + radius * math.cos(angle), 1),
        round(frame.height / 2 + radius * math.sin(angle), 1),
    )


def _node(team: Team, angle: float, frame: Frame) -> Node:
    at = _point(angle, frame.radius, frame)
    left = math.cos(angle) < -1e-9
    anchor, turn = "end" if left else "start", 0.0
    upright = not frame.turned and abs(math.cos(angle)) < UPRIGHT
    text = _point(angle, frame.radius + GAP * (2 if upright else 1), frame)
    if upright:
        anchor = "middle"
    elif frame.turned:
        turn = round(math.degrees(angle) + (180 if left else 0), 1)
    name = _cut(team.name, MAX_VERTICAL if upright else frame.longest)
    return Node(name, at, text, anchor, turn)


def _cut(name: str, longest: int) -> str:
    """A name in the room of so many letters; those of some scripts take that of two."""
    taken = 0
    for place, letter in enumerate(name):
        taken += 2 if east_asian_width(letter) in "WF" else 1
        if taken > longest - (place < len(name) - 1):
            return f"{name[:place]}…"
    return name


def _edge(pair: PairSummary, at: dict[int, float], frame: Frame) -> Edge:
    start, end = (_point(at[team.id], frame.radius, frame) for team in (pair.a, pair.b))
    bend = Point(
        round((start.x + end.x) / 4 + frame.width / 4, 1),
        round((start.y + end.y) / 4 + frame.height / 4, 1),
    )
    return Edge(pair, start, bend, end, pair.level.heat, any(pair.alarms))
