"""Names of the graph of pairs lie inside of it and apart, level as long as there is room."""

from itertools import combinations

import pytest

from analysis.measures import Words
from surveys.models.enums import FigureState
from surveys.models.people import Team
from surveys.reading.figures import FigureView
from surveys.reading.graph import FEW, Graph, Node, pair_graph
from surveys.reading.pairs import PairMap, PairSummary

#: width of a letter and height of a name at the 19 pixels that level names have on a phone
LETTER, HIGH = 9.6, 19
SHOWN = FigureView(FigureState.SHOWN, 40, 33, 47, "20–39", Words.MIDDLE)


def graph_of(names: list[str]) -> Graph:
    teams = [Team(id=number, name=name) for number, name in enumerate(names, start=1)]
    pairs = tuple(
        PairSummary(a, b, (SHOWN, SHOWN), SHOWN, SHOWN, (None, None))
        for a, b in combinations(teams, 2)
    )
    return pair_graph(PairMap(1, pairs))


def box(node: Node) -> tuple[float, float, float, float]:
    """Left, right, top and bottom of a level name."""
    width = sum(2 * LETTER if ord(letter) > 0x3000 else LETTER for letter in node.name)
    left = node.text.x - {"start": 0, "middle": width / 2, "end": width}[node.anchor]
    return left, left + width, node.text.y - HIGH / 2, node.text.y + HIGH / 2


@pytest.mark.parametrize("name", [f"{'Long Team Name':<15}", "カスタマーサービス東日本本部"])
@pytest.mark.parametrize("count", range(2, FEW + 1))
def test_few_teams_have_level_names_that_fit(count: int, name: str) -> None:
    graph = graph_of([f"{name}{n:02}" for n in range(count)])
    boxes = [box(node) for node in graph.nodes]
    assert all(node.turn == 0 for node in graph.nodes)
    for left, right, top, bottom in boxes:
        assert left >= 0
        assert right <= graph.frame.width
        assert top >= 0
        assert bottom <= graph.frame.height
    for one, two in combinations(boxes, 2):
        beside = one[1] <= two[0] or two[1] <= one[0]
        assert beside or one[3] <= two[2] or two[3] <= one[2], (one, two)


def test_a_name_without_room_is_cut_but_not_above_or_below_its_team() -> None:
    graph = graph_of(["Customer Service and Repair Europe"] * 6)
    assert graph.nodes[0].name == "Customer Service and Repair Europe"
    assert graph.nodes[1].name == "Customer Servic…"
    long = graph_of(["Customer Service " * 7] * 2).nodes[0]
    assert len(long.name) == 60
    assert box(long)[0] >= 0


def test_many_teams_have_turned_names() -> None:
    graph = graph_of([f"Team {n:02}" for n in range(FEW + 1)])
    assert graph.frame.turned
    assert {node.turn for node in graph.nodes} != {0.0}
