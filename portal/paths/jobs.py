"""Work on paths that is due."""

from uuid import UUID

from portal.db import Database
from portal.jobs import Effect, job
from portal.paths.service.enrollments import recount_chunk


@job("paths.recount", lease_seconds=300)
def recount(database: Database, organization_id: UUID, key: str) -> Effect:
    """Count an organization's progress on the path `key` anew, after its steps changed.

    In short transactions, so that nobody's write waits; each leaves true figures behind, and
    being counted twice changes nothing.
    """
    path_id, after = UUID(key), None
    while True:
        with database.writing(organization_id) as session:
            after = recount_chunk(organization_id, path_id, after)
            session.commit()
        if after is None:
            return lambda: None
