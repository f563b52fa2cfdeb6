"""The schema of this version: migrating to it, and telling whether it is there."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from portal.config import ROOT

FOLDER = ROOT / "migrations"


def config(url: str) -> Config:
    """Alembic's configuration for a database."""
    made = Config(toml_file=str(ROOT / "pyproject.toml"))
    made.set_main_option("script_location", str(FOLDER))
    made.attributes["url"] = url
    return made


def migrate(url: str, revision: str = "head") -> None:
    """Bring a database to the schema of `revision`. Of several processes the others wait."""
    if url.startswith("sqlite:///"):
        folder = Path(url.removeprefix("sqlite:///")).parent
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    command.upgrade(config(url), revision)


def is_current(connection: Connection) -> bool:
    """Whether the database has the schema of this version."""
    return MigrationContext.configure(connection).get_current_revision() == head()


def is_compared(name: str | None, kind: str, _parents: object) -> bool:
    """Whether models say how something in a database has to be; not of SQLite's full-text index,
    which keeps tables of its own."""
    return not (kind == "table" and (name or "").startswith("search_words"))


def knows(revision: str) -> bool:
    """Whether this version has a revision among its migrations."""
    return any(found.revision == revision for found in _scripts().walk_revisions())


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(FOLDER))


@cache
def head() -> str | None:
    """The newest revision that this version knows."""
    return _scripts().get_current_head()
