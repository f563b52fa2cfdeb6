"""Rate limits: token buckets in a table, so that all processes share them."""

import hashlib
import math
from datetime import datetime
from ipaddress import IPv4Address, IPv6Network, ip_address

from flask import request
from sqlalchemy import delete, select

from portal import clock, db
from portal.db import Database
from portal.errors import TooMany
from portal.i18n import gettext as _
from portal.inserts import upsert
from portal.web.models import RateLimit


def take(database: Database, key: str, capacity: int, per_seconds: float) -> None:
    """Take one of `capacity` tokens of `key`, which fill up again within `per_seconds`.

    In a transaction of its own: an attempt counts whatever becomes of it. Raises TooMany.
    """
    key_hash = hashlib.sha256(key.encode()).hexdigest()
    with database.writing(None) as session:
        now = clock.now()
        tokens = _tokens(key_hash, now, capacity, per_seconds)
        if tokens < 1:
            wait = math.ceil((1 - tokens) * per_seconds / capacity)
            raise TooMany(wait, _("Wait a little, then try again."))
        row = dict(key_hash=key_hash, tokens=tokens - 1, changed_at=now)
        upsert(RateLimit, row, on=["key_hash"], change=["tokens", "changed_at"])
        session.commit()


def _tokens(key_hash: str, now: datetime, capacity: int, per_seconds: float) -> float:
    found = (
        db.session()
        .execute(
            select(RateLimit.tokens, RateLimit.changed_at)
            .where(RateLimit.key_hash == key_hash)
            .with_for_update()
        )
        .one_or_none()
    )
    if found is None:
        return float(capacity)
    elapsed = (now - found.changed_at).total_seconds()
    filled: float = found.tokens + elapsed * capacity / per_seconds
    return min(capacity, filled)


def client_address() -> str:
    """Where the request comes from; behind proxies, what the trusted ones say.

    Of IPv6 the network: everybody who has one has its 2^64 addresses.
    """
    said = request.remote_addr or "unknown"
    try:
        address = ip_address(said)
    except ValueError:
        return said
    if isinstance(address, IPv4Address):
        return said
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(IPv6Network((address.packed, 64), strict=False))


def forget(before: datetime) -> None:
    """Delete buckets that have not changed since a moment; they are full again."""
    db.session().execute(delete(RateLimit).where(RateLimit.changed_at < before))
