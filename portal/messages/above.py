"""Tables of features that stand above messages; their models can't be imported here."""

from typing import Any

from portal.schema import Base


def table(name: str) -> Any:
    """One of them, as the schema has it."""
    return Base.metadata.tables[name]
