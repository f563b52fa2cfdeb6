"""Whether a database and its media folder fit together: what must hold after a restore.

Every key leads to a row, and between customers' tables to one of the same organization, since such
keys carry `organization_id`. Every uploaded file is there as it was written. The schema is this
version's.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, ForeignKeyConstraint, Table, and_, func, select, text

from portal import migrations
from portal.media import Media
from portal.schema import Base

CHUNK = 1024 * 1024


def faults(connection: Connection, media_dir: Path) -> list[str]:
    """What does not fit, in words for whoever restores; empty where all is well.

    Reads every row that has a key, and every file. The connection sees all organizations.
    """
    if not migrations.is_current(connection):
        return ["The schema is not this version's."]
    return [*_damage(connection), *_loose_ends(connection), *_lost_files(connection, media_dir)]


def _damage(connection: Connection) -> Iterator[str]:
    """Pages of an SQLite file that do not hold what they should."""
    if connection.dialect.name == "sqlite":
        said = connection.execute(text("PRAGMA integrity_check")).scalar_one()
        if said != "ok":
            yield f"The database file is damaged: {said}"


def _loose_ends(connection: Connection) -> Iterator[str]:
    for table in Base.metadata.sorted_tables:
        for key in sorted(table.foreign_key_constraints, key=lambda key: str(key.name)):
            found = connection.execute(_orphans(table, key)).scalar_one()
            if found:
                yield f"{found} rows of {table.name} lead nowhere ({key.name})."


def _orphans(table: Table, key: ForeignKeyConstraint):  # type: ignore[no-untyped-def]
    ahead = key.referred_table.alias("ahead")
    pairs = [(element.parent, ahead.c[element.column.name]) for element in key.elements]
    joined = table.outerjoin(ahead, and_(*(here == there for here, there in pairs)))
    is_set = [here.is_not(None) for here, _ in pairs]
    return select(func.count()).select_from(joined).where(*is_set, pairs[-1][1].is_(None))


def _lost_files(connection: Connection, media_dir: Path) -> Iterator[str]:
    columns = Media.key, Media.size, Media.sha256
    for key, size, sha256 in connection.execute(select(*columns).where(Media.removed_at.is_(None))):
        file = media_dir / key
        if not file.is_file():
            yield f"The file media/{key} is missing."
        elif file.stat().st_size != size or _digest(file) != sha256:
            yield f"The file media/{key} is not what was uploaded."


def _digest(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as read:
        while chunk := read.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
