"""Each setting is documented: the README's table has it, with its default."""

import re
import tomllib

import pytest

from portal import __version__
from portal.config import ROOT, Settings

ROW = re.compile(r"^\| `(WAYMARK_\w+)` \| (.+?) \| (.+?) \|$", re.MULTILINE)


def documented() -> dict[str, tuple[str, str]]:
    """Default and meaning of each setting, as the README says."""
    found = ROW.findall((ROOT / "README.md").read_text())
    return {name: (default, meaning) for name, default, meaning in found}


def test_the_readme_names_every_setting_and_no_other() -> None:
    assert set(documented()) == {f"WAYMARK_{name.upper()}" for name in Settings.model_fields}


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_a_setting_stands_with_its_default_and_meaning(name: str) -> None:
    default, meaning = documented()[f"WAYMARK_{name.upper()}"]
    value = str(Settings.model_fields[name].default).removeprefix(f"{ROOT}/")
    assert default == (f"`{value}`" if value else "(empty)")
    assert len(meaning) > 5


def test_the_version_is_the_projects() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert __version__ == project["version"]
