"""Why something can't be read is said in one language, whatever library found it."""

import errno

import pytest
import yaml

from portal import i18n
from portal.guides import reasons
from portal.guides.content import read_guides
from tests.content_folder import ContentFolder

BROKEN = [
    "a: b: c",
    "a: @x",
    "a:\n\tb: c",
    "a: 'x",
    "a: [1, 2",
    "a: {b",
    "a: b\n c\nd",
    "- a\nb: c",
    'a: "x\\q"',
    "a: 'it's'",
    "a: \x01",
    "a: - b",
    "%YAML 3",
    "a: !<",
]
PARSERS = [yaml.SafeLoader, *([yaml.CSafeLoader] if hasattr(yaml, "CSafeLoader") else [])]


@pytest.mark.parametrize("loader", PARSERS)
@pytest.mark.parametrize("text", BROKEN)
def test_a_german_author_reads_no_english_of_a_parser(text, loader):
    with pytest.raises(yaml.YAMLError) as raised:
        list(yaml.parse(text, Loader=loader))
    said = getattr(raised.value, "problem", None) or getattr(raised.value, "reason", None)
    english = reasons.of_yaml(said)
    assert said not in english
    with i18n.using("de", "UTC"):
        assert reasons.of_yaml(said) != english


@pytest.mark.parametrize("text", ["a: b: c", "a: [1, 2", "a: \x01"])
def test_a_broken_front_matter_is_said_in_german(tmp_path, text):
    folder = ContentFolder(tmp_path / "content")
    (folder.root / "guides/wrong.md").write_text(f"---\n{text}\n---\nText\n")
    with i18n.using("de", "UTC"):
        (problem,) = read_guides(folder.root).problems
    assert problem.what.startswith("Die Angaben am Anfang lassen sich nicht lesen: ")
    assert not {"values", "expected", "characters"} & set(problem.what.split())


@pytest.mark.parametrize("code", [errno.ENOENT, errno.EACCES, errno.ELOOP, errno.EIO])
def test_what_the_system_refuses_is_said_in_german(code):
    error = OSError(code, "No such file or directory")
    with i18n.using("de", "UTC"):
        german = reasons.of_system(error)
    assert "No such" not in german
    assert german != reasons.of_system(error)


def test_an_error_without_a_number_is_said_too():
    assert reasons.of_system(OSError("odd")) == "the system refuses it (?)"
