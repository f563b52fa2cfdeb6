"""Two installations: one that is backed up, and one that a backup is restored into."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal import media, migrations, pictures
from portal.config import Settings
from portal.db import Database
from portal.media import Media, MediaFolder
from tests.conftest import ON_POSTGRESQL, new_postgresql
from tests.factories import World, make_upload, make_world


@pytest.fixture
def here(empty_database_url: str, tmp_path: Path) -> Settings:
    """The installation that is backed up: migrated, with a signing key."""
    made = Settings(instance_dir=tmp_path / "instance", database_url=empty_database_url)
    migrations.migrate(made.database)
    assert made.secret_keys
    return made


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Settings]:
    """An installation with nothing in it."""
    folder = tmp_path / "other"
    if ON_POSTGRESQL:
        with new_postgresql() as url:
            yield Settings(instance_dir=folder, database_url=url)
    else:
        yield Settings(instance_dir=folder)


@pytest.fixture
def at_here(here: Settings) -> Iterator[Database]:
    opened = Database(here.database, pool_size=2)
    yield opened
    opened.dispose()


@pytest.fixture
def people(at_here: Database) -> World:
    """The people in what is backed up."""
    return make_world(at_here)


@pytest.fixture
def picture(here: Settings, at_here: Database, people: World) -> Media:
    """A picture in what is backed up."""
    organization_id = people.usm.organization_id
    folder = MediaFolder(here.media_dir)
    saved = folder.save(organization_id, pictures.read(make_upload(), "logo"))
    with at_here.writing(organization_id) as session:
        row = media.add(saved)
        session.commit()
    return row
