"""The playbook: ours, an organisation's own beside it, and what a wrong file is told."""

from dataclasses import replace
from pathlib import Path

import pytest

from analysis.measures import ROOT_CAUSES
from app import create_app
from surveys.errors import SettingsError
from surveys.reading.playbook import FILE, NAME, playbook, read_playbook, strategies_for
from surveys.settings import Settings

OWN = """
[[strategy]]
code = "own_desk"
name = "One desk"
causes = ["resources"]
practice = "Sit together on Tuesdays."
steps = ["Find a room"]
"""


def test_every_root_cause_has_a_strategy_with_first_steps() -> None:
    for cause in ROOT_CAUSES:
        assert all(s.steps and cause in s.causes for s in strategies_for(cause))
        assert strategies_for(cause)


def test_an_own_file_adds_to_ours(settings: Settings) -> None:
    (settings.instance / NAME).write_text(OWN, encoding="utf-8")
    app = create_app(settings)
    with app.app_context():
        assert [s.code for s in playbook()][-1] == "own_desk"
        assert len(playbook()) == len(read_playbook(FILE)) + 1
    assert "own_desk" not in {s.code for s in playbook()}
    app.extensions["tribometer"].engine.dispose()


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ('"own_desk"', '"shared_kpis"', "strategy 1: the code “shared_kpis” is taken"),
        ('"own_desk"', '"Own desk"', "strategy 1: it needs a code of small letters"),
        ('["resources"]', '["money"]', "its causes must be some of objectives, "),
        ('"One desk"', '""', "it needs a name"),
        ("practice", "practise", "“practise” means nothing here"),
        ('["Find a room"]', "[1]", "its steps must be up to 5 texts"),
        ("[[strategy]]", "[strategy]", "needs one or more [[strategy]]"),
        ('"One desk"', '"One desk', "cannot be read as TOML"),
    ],
)
def test_a_wrong_file_stops_the_start_with_a_sentence(
    settings: Settings, tmp_path: Path, before: str, after: str, says: str
) -> None:
    assert before in OWN
    wrong = replace(settings, instance=tmp_path / "other")
    wrong.instance.mkdir()
    (wrong.instance / NAME).write_text(OWN.replace(before, after), encoding="utf-8")
    with pytest.raises(SettingsError) as problem:
        create_app(wrong)
    assert says in problem.value.sentence
    assert str(wrong.instance / NAME) in problem.value.sentence
