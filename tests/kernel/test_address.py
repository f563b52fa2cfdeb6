"""The address in links that a command prints while the portal runs in another window."""

from pathlib import Path

import pytest

from portal.config import Settings


@pytest.fixture
def served(tmp_path: Path) -> Path:
    """The folder of a portal that was started with `--port 8123`."""
    Settings(instance_dir=tmp_path).model_copy(update={"port": 8123}).note_address()
    return tmp_path


def test_it_is_where_the_portal_was_started(served):
    assert Settings(instance_dir=served).public_url == "http://127.0.0.1:8123"


def test_it_is_what_the_settings_say_if_they_do(served):
    assert Settings(instance_dir=served, port=8200).public_url == "http://127.0.0.1:8200"


def test_it_is_the_public_one_before_all(served):
    public = "https://success.example"
    assert Settings(instance_dir=served, base_url=f"{public}/").public_url == public


def test_it_is_the_default_before_the_first_start(tmp_path):
    assert Settings(instance_dir=tmp_path).public_url == "http://127.0.0.1:8000"


def test_a_start_elsewhere_replaces_it(served):
    Settings(instance_dir=served).model_copy(update={"port": 8300}).note_address()
    assert Settings(instance_dir=served).public_url == "http://127.0.0.1:8300"
