"""Links that work once."""

from datetime import timedelta

import pytest

from portal import clock
from portal.accounts.models import Link, LinkPurpose
from portal.accounts.service import links
from portal.db import Database
from portal.errors import Conflict, NotFound
from tests.factories import World

pytestmark = pytest.mark.database

HOUR = timedelta(hours=1)


def issue(database: Database, world: World, lifetime: timedelta = HOUR) -> str:
    with database.writing(None) as session:
        person_id = world.end_user.viewer.person_id
        token = links.issue(LinkPurpose.SIGN_IN, person_id, None, None, lifetime)
        session.commit()
    return token


def test_a_link_works_once(database: Database, world: World) -> None:
    token = issue(database, world)
    with database.writing(None) as session:
        assert links.use(token).person_id == world.end_user.viewer.person_id
        session.commit()
    with database.writing(None), pytest.raises(Conflict, match="works once"):
        links.use(token)


def test_looking_at_a_link_does_not_use_it(database: Database, world: World) -> None:
    token = issue(database, world)
    with database.reading(None):
        assert links.peek(token)
        assert links.peek(token)


def test_a_link_that_was_not_committed_as_used_still_works(
    database: Database, world: World
) -> None:
    token = issue(database, world)
    with database.writing(None):
        links.use(token)
    with database.writing(None):
        assert links.use(token)


def test_an_old_link_says_how_to_get_another(
    database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = issue(database, world)
    later = clock.now() + HOUR
    monkeypatch.setattr(clock, "now", lambda: later)
    with database.writing(None), pytest.raises(Conflict, match="sign-in page"):
        links.use(token)


def test_an_unknown_link_says_that_it_is_not_complete(database: Database, world: World) -> None:
    with database.reading(None), pytest.raises(NotFound, match="not complete"):
        links.get_link("half-of-a-token")


def test_the_token_itself_is_kept_nowhere(database: Database, world: World) -> None:
    token = issue(database, world)
    with database.reading(None) as session:
        kept = session.get_one(Link, links.hash_token(token))
        assert token not in str(vars(kept))


def test_withdrawing_an_invitation_leaves_a_namesake_elsewhere_alone(
    database: Database, world: World
) -> None:
    ours, theirs = world.end_user.viewer, world.stranger.viewer
    with database.writing(None) as session:
        tokens = [
            links.issue(
                LinkPurpose.INVITATION, who.person_id, who.organization_id, ours.member_id, HOUR
            )
            for who in (ours, theirs)
        ]
        links.withdraw_invitations(ours.organization_id, ours.member_id)
        session.commit()
    with database.reading(None):
        with pytest.raises(Conflict):
            links.get_link(tokens[0])
        assert links.get_link(tokens[1])


def test_one_organization_withdraws_no_invitation_of_another(
    database: Database, world: World
) -> None:
    theirs = world.stranger
    with database.writing(None) as session:
        key = theirs.viewer.person_id, theirs.organization_id, theirs.member_id
        token = links.issue(LinkPurpose.INVITATION, *key, HOUR)
        session.commit()
    with database.writing(world.usm.organization_id) as session:
        links.withdraw_invitations(world.usm.organization_id, theirs.member_id)
        session.commit()
    with database.reading(None):
        assert links.peek(token)
