"""Taking the sample away again, and nothing else: what is flagged goes, what is real stays.

In short transactions, each true by itself; whoever is stopped begins anew and finds less to do.
"""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import delete

from portal.accounts.service import organizations, removing
from portal.db import Database
from portal.effectiveness.service import counting
from portal.guides.service import forgetting
from portal.guides.service.forgetting import Version
from portal.messages import contact
from portal.paths.service import sessions
from portal.sample import earlier
from portal.sample.models import SampleLoad
from portal.sample.service.loading import PAUSE_SECONDS

Say = Callable[[str], None]
MEMBERS = "member"
WITH_ITS_COUNT = {"message": contact.unlog_all, "session_place": sessions.forget_places}
"""Tables whose rows are counted elsewhere: told before they go."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """What dropping came to."""

    organizations: int
    versions: tuple[Version, ...]
    """Earlier versions of guides that came with the sample, and went with it."""
    still_named: tuple[Version, ...]
    """Such as stay, since somebody real read them."""


def drop(database: Database, folders: tuple[Path, ...], say: Say = lambda name: None) -> Dropped:
    """Delete the sample organizations, their people, the vendor's sample people, their files, and
    the earlier versions of guides that nobody else read.

    `folders` hold files by organization.
    """
    with database.reading(None):
        vendor = organizations.get_vendor()
        samples = removing.list_samples()
    for organization_id, name in samples:
        _drop(database, vendor.id, organization_id)
        for folder in folders:
            shutil.rmtree(folder / str(organization_id), ignore_errors=True)
        say(name)
    with database.writing(vendor.id) as session:
        counting.forget_samples()
        removing.remove_sample_staff(vendor.id)
        mine = SampleLoad.organization_id == vendor.id
        session.connection().execute(delete(SampleLoad).where(mine))
        session.commit()
    return _drop_versions(database, len(samples))


def _drop_versions(database: Database, organizations_gone: int) -> Dropped:
    """The rest: what people of the sample read before guides were rewritten."""
    with database.writing(None) as session:
        told = forgetting.list_earlier(earlier.list_sources())
        gone = forgetting.forget(version.id for version in told)
        session.commit()
    went = tuple(version for version in told if version.id in gone)
    return Dropped(organizations_gone, went, tuple(one for one in told if one.id not in gone))


def _drop(database: Database, vendor_id: UUID, organization_id: UUID) -> None:
    for table in removing.tables_of_customers():
        is_more = True
        while is_more:
            with database.writing(organization_id) as session:
                if tell := WITH_ITS_COUNT.get(table.name):
                    tell(organization_id)
                if table.name == MEMBERS:
                    is_more = removing.remove_members(organization_id)
                else:
                    removing.clear(organization_id, table)
                    is_more = False
                session.commit()
            time.sleep(PAUSE_SECONDS)
    with database.writing(organization_id) as session:
        removing.remove_organization(organization_id)
        session.commit()
    with database.writing(vendor_id) as session:
        removing.forget_organization(vendor_id, organization_id)
        session.commit()
