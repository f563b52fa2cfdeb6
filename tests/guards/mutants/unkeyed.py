"""What a primary key's lookup becomes when somebody forgets the organization."""

from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session


def get(session: Session, model: Any, key: Any, **_options: Any) -> Any:
    """The row that has the rest of the key."""
    columns = [column.key for column in inspect(model).primary_key]
    given = key if isinstance(key, dict) else dict(zip(columns, key, strict=True))
    rest = {name: value for name, value in given.items() if name != "organization_id"}
    return session.scalars(select(model).filter_by(**rest)).one_or_none()


get_one = get
