"""Settings: each field says what it means and what it may be, and the environment is held to it."""

from pathlib import Path

import pytest

from surveys.errors import SettingsError
from surveys.settings import PREFIX, SETTINGS, Settings

CHECKED = [
    name
    for name, field in SETTINGS.items()
    if field.metadata["between"] or field.metadata["choices"]
]


@pytest.mark.parametrize("name", CHECKED)
def test_a_value_outside_the_field_is_refused_and_the_default_is_not(
    name: str, tmp_path: Path
) -> None:
    field = SETTINGS[name]
    assert field.metadata["meaning"]
    default = {PREFIX + name.upper(): str(field.default)}
    assert getattr(Settings.read(tmp_path, default), name) == field.default
    for wrong in ("perhaps", "-1", "65536"):
        with pytest.raises(SettingsError, match=name.upper()):
            Settings.read(tmp_path, {PREFIX + name.upper(): wrong})


def test_a_secret_is_in_no_message() -> None:
    assert "hush" not in repr(Settings(Path(), oidc_secret="hush"))


def test_a_name_typed_wrongly_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="mean TRIBOMETER_KEYS"):
        Settings.read(tmp_path, {"TRIBOMETER_KEY": "/keys"})
