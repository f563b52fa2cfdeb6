"""Questions are kept in time: they and their answers go 24 months after the last word."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from portal import jobs
from portal.db import Database
from portal.help.models import HelpMessage
from portal.help.service import retention
from tests.help.conftest import Desk, Time

pytestmark = pytest.mark.database


def retain(database: Database, desk: Desk) -> None:
    jobs.JOBS["help.retain"].handler(database, desk.organization_id, "")()


def test_a_question_and_its_answers_go_after_24_months(
    desk: Desk, database: Database, time: Time
) -> None:
    asked = [desk.ask() for _question in range(3)]
    desk.usm.post(asked[0], data={"words": "Choose a period first."})
    time.now += timedelta(days=729)
    retain(database, desk)
    assert desk.words() == ["Choose a period first."]
    time.now += timedelta(days=2)
    retain(database, desk)
    assert desk.words() == []
    with pytest.raises(Exception, match="No row"):
        desk.request(asked[0])


def test_one_in_which_somebody_spoke_lately_stays_whole(
    desk: Desk, database: Database, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "CHUNK", 1)
    kept, *others = [desk.ask() for _question in range(3)]
    desk.usm.post(kept, data={"words": "Still grey?"})
    with database.writing(desk.organization_id) as session:
        ours = HelpMessage.organization_id == desk.organization_id
        later = time.now + timedelta(days=700)
        session.execute(update(HelpMessage).where(ours).values(sent_at=later))
        session.commit()
    time.now += timedelta(days=731)
    retain(database, desk)
    assert desk.words() == ["Still grey?"]
    assert desk.request(kept)
    for address in others:
        with pytest.raises(Exception, match="No row"):
            desk.request(address)
