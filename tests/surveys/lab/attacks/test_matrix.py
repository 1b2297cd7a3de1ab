"""Every role at every address: exactly what the policy and the ownership of objects allow."""

from random import Random

import pytest
from flask import Flask, abort, g

from surveys.access.policy import policy
from surveys.lab.attacks.doors import furnish
from surveys.lab.attacks.matrix import knock, knock_everywhere


def test_every_door_opens_to_its_own_only(ground: Flask) -> None:
    done = knock(ground, Random(1))
    assert done.passed, done.says
    assert done.tries > 1500


@pytest.mark.parametrize("broken", ["forbidden", "too open", "another's"])
def test_a_door_left_open_is_found(app: Flask, broken: str) -> None:
    house = furnish(app, 6, Random(2))

    @policy("hr", "manager")
    def forbidden(team_a: int, team_b: int) -> str:
        """403 tells that there is something."""
        abort(403 if team_a < 1000 and team_a not in g.viewer.teams else 404)

    @policy("hr", "manager")
    def anothers(team_a: int, team_b: int) -> str:
        if team_a > 1000:
            abort(404)
        return "figures"

    @policy("hr", "manager", "admin")
    def too_open(team_a: int, team_b: int) -> str:
        return "figures"

    app.view_functions["reading.pair"] = {
        "forbidden": forbidden, "too open": too_open, "another's": anothers,
    }[broken]  # fmt: skip
    assert not knock_everywhere(house, at="reading.pair").passed


def test_a_route_that_forgets_its_policy_is_found(app: Flask) -> None:
    house = furnish(app, 6, Random(3))
    app.before_request_funcs[None] = [
        f for f in app.before_request_funcs[None] if f.__name__ != "enforce"
    ]
    done = knock_everywhere(house, at="reading.pair")
    assert not done.passed
