"""Every language is whole: each text translated, with the same placeholders, and none left over."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from portal import i18n
from portal.accounts.models import Person
from portal.db import Database
from script import _catalogues as catalogues
from tests.guards.scene import make_scene

HEAD = 'msgid ""\nmsgstr ""\n"Language: de\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n'


@pytest.mark.parametrize("file", catalogues.catalogues(), ids=lambda file: file.stem)
def test_a_language_is_whole(file: Path) -> None:
    assert catalogues.check(file) == []


def test_texts_of_code_and_templates_are_found() -> None:
    found = {catalogues._key(message): message for message in catalogues.extract() if message.id}
    assert found["Home"]
    files = {file.partition("/")[0] for message in found.values() for file, _ in message.locations}
    assert files == {"portal", "templates"}


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a catalogue of two texts, in force instead of ours."""
    texts = 'msgid "Home"\nmsgstr "Start"\n\nmsgid "Gone"\nmsgstr "Fort"\n'
    (tmp_path / "de.po").write_text(HEAD + texts)
    monkeypatch.setattr(i18n, "FOLDER", tmp_path)
    i18n.load.cache_clear()
    yield tmp_path / "de.po"
    i18n.load.cache_clear()


def test_a_catalogue_is_read_as_translators_write_it(german: Path) -> None:
    assert i18n.available() == ("en", "de")
    with i18n.using("de_AT", "UTC"):
        assert i18n.gettext("Home") == "Start"
        assert i18n.gettext("People") == "People"


def test_what_is_missing_and_what_is_left_over_is_told(german: Path) -> None:
    problems = catalogues.check(german)
    assert "de.po: not translated: 'People'" in problems
    assert "de.po: no text any more: 'Gone'" in problems
    assert not [problem for problem in problems if "'Home'" in problem]


def test_a_lost_placeholder_is_told(german: Path) -> None:
    message = next(m for m in catalogues.extract() if "%(count)s" in str(m.id))
    german.write_text(f'{HEAD}msgid "{message.id}"\nmsgstr "Ohne"\n')
    assert f"de.po: other placeholders: {message.id!r}" in catalogues.check(german)


def test_every_page_is_there_in_every_language(app: Flask, database: Database) -> None:
    scene = make_scene(app, database)
    faults = []
    for locale in i18n.available():
        with database.writing(None) as session:
            session.execute(update(Person).values(locale=locale))
            session.commit()
        for rule in scene.rules("GET"):
            if rule.endpoint.startswith("health."):
                continue  # for machines, and the test's database was not migrated
            browser = scene.browser(scene.fitting(rule))
            for address in scene.addresses(rule, scene.own, with_queries=False):
                answer = browser.get(address, headers={"Accept-Language": locale})
                is_page = answer.mimetype == "text/html" and not answer.location
                if answer.status_code >= 500 or (is_page and f'lang="{locale}"' not in answer.text):
                    faults.append(f"{locale} {address}: {answer.status}")
    assert faults == []
