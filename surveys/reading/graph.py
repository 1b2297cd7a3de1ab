"""All pairs as a graph: teams on a circle, a line for every pair, as sure as the words are."""

import math
from dataclasses import dataclass

from surveys.models.people import Team
from surveys.reading.pairs import PairMap, PairSummary

SIZE = 640
#: room around the circle for the names, in the picture's own pixels
MARGIN = 130
LONGEST_NAME = 22


@dataclass(frozen=True, slots=True)
class Node:
    """A team on the circle; its name stands outside, turned to be read from the left."""

    name: str
    x: float
    y: float
    text_x: float
    text_y: float
    anchor: str
    turn: float


@dataclass(frozen=True, slots=True)
class Edge:
    """A pair: a line bent towards the middle; `heat` 0 to 3, None without a figure."""

    pair: PairSummary
    path: str
    heat: int | None
    alarm: bool


@dataclass(frozen=True, slots=True)
class Graph:
    """Everything drawn, in a square of `size`; quiet pairs first, so that hot ones lie on top."""

    size: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def pair_graph(found: PairMap) -> Graph:
    """The graph of a map of pairs; teams stand in the order of their names."""
    teams = found.teams
    at = {team.id: _around(i, len(teams)) for i, team in enumerate(teams)}
    edges = [_edge(pair, at) for pair in found.pairs]
    return Graph(
        SIZE,
        tuple(_node(team, at[team.id]) for team in teams),
        tuple(sorted(edges, key=lambda edge: -1 if edge.heat is None else edge.heat)),
    )


def _around(place: int, count: int) -> float:
    return 2 * math.pi * place / max(count, 1) - math.pi / 2


def _point(angle: float, radius: float) -> tuple[float, float]:
    middle = SIZE / 2
    return round(middle + radius * math.cos(angle), 1), round(middle + radius * math.sin(angle), 1)


def _node(team: Team, angle: float) -> Node:
    radius = SIZE / 2 - MARGIN
    x, y = _point(angle, radius)
    text_x, text_y = _point(angle, radius + 12)
    left = math.cos(angle) < -1e-9
    name = team.name if len(team.name) <= LONGEST_NAME else f"{team.name[: LONGEST_NAME - 1]}…"
    degrees = round(math.degrees(angle) + (180 if left else 0), 1)
    return Node(name, x, y, text_x, text_y, "end" if left else "start", degrees)


def _edge(pair: PairSummary, at: dict[int, float]) -> Edge:
    radius = SIZE / 2 - MARGIN
    (x1, y1), (x2, y2) = (_point(at[team.id], radius) for team in (pair.a, pair.b))
    middle = SIZE / 2
    bend_x, bend_y = (round((one + two) / 4 + middle / 2, 1) for one, two in ((x1, x2), (y1, y2)))
    path = f"M{x1} {y1}Q{bend_x} {bend_y} {x2} {y2}"
    return Edge(pair, path, pair.level.heat, any(pair.alarms))
