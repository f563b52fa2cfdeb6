"""The sample organizations: twelve customers of the invented vendor Tallybrook, and its staff.

Numbers are days before the day of loading. Failures are among them: a demonstration in which
everything is green convinces nobody.
"""

from portal.access import Role
from portal.accounts.models import Experience
from portal.sample.small import FERROVIA, KRANICH
from portal.sample.story import (
    LEAD,
    LEAD_AND_OWNER,
    OWNER,
    READER,
    Quiet,
    Required,
    SamplePerson,
    Squad,
    Story,
    Training,
    Wave,
    Ways,
)

VENDOR_DOMAIN = "tallybrook.example"
ADMIN = SamplePerson("Mara Lind", frozenset({Role.ADMIN}), joined=125)
AUTHOR = SamplePerson("Jonas Reuter", frozenset({Role.AUTHOR}), joined=124)
CSM = SamplePerson("Nadia Ferro", frozenset({Role.CSM}), joined=124)
"""Answers for every sample customer from the day on which it came."""

GOAL = "close-in-five-days"
GOALS = {
    "accountant": {GOAL: 0.55, "reconciled-by-day-three": 0.45},
    "controller": {GOAL: 0.5, "reconciled-by-day-three": 0.3, "audit-answers-in-a-day": 0.2},
    "team lead": {"claims-accepted-first-time": 1.0},
    "administrator": {"claims-accepted-first-time": 1.0},
    "sales": {"claims-accepted-first-time": 1.0},
}
"""What people choose, by their job. Other content has other goals: then nothing is loaded."""

VARIANCE = "explain-a-variance"
FEED = "connect-a-bank-feed"

FINANCE = (Squad("Accounting", 0.75, "accountant"), Squad("Controlling", 0.25, "controller"))
COMPANY = (
    Squad("Finance", 0.12, "accountant"),
    Squad("Controlling", 0.05, "controller", under="Finance"),
    Squad("Field sales", 0.5, "sales"),
    Squad("Service", 0.25, "sales"),
    Squad("Team leads", 0.08, "team lead"),
)

BY_LOT = (
    Story(
        "Brightwater Dental",
        "brightwater.example",
        "America/New_York",
        created=11,
        size=14,
        told="Just started: people join, hardly anybody has finished a guide.",
        people=(SamplePerson("Renee Calloway", LEAD_AND_OWNER, "Back office", "controller"),),
        names="english",
        squads=(Squad("Back office", 1.0, "accountant"),),
        waves=(Wave(9, 0.7), Wave(3, 0.3)),
        ways=Ways(joins=0.9, begins=0.9, returns=0.8),
        training=Training(),
    ),
    Story(
        "Talvik Seafood",
        "talvik.example",
        "Europe/Oslo",
        created=118,
        size=25,
        told="Its success manager left, the deputy is silent: requests go up unanswered.",
        people=(
            SamplePerson("Siri Haugland", LEAD, "Finance", "controller", left=41),
            SamplePerson("Odd Lervik", OWNER, None, None),
            SamplePerson("Kari Moen", LEAD, "Finance", "controller", silent_since=70),
        ),
        names="nordic",
        squads=(Squad("Finance", 0.6, "accountant"), Squad("Processing", 0.4, "sales")),
        waves=(Wave(114, 0.6), Wave(52, 0.4)),
        ways=Ways(joins=0.85, returns=0.75, answers=0.6, helps=0.5, asks=0.7),
    ),
    Story(
        "Mühlbach Maschinenbau",
        "muehlbach.example",
        "Europe/Berlin",
        created=119,
        size=40,
        told="Stalled at the bank feed: nobody there may agree at the bank.",
        people=(
            SamplePerson("Katrin Vogel", LEAD_AND_OWNER, "Buchhaltung", "controller"),
            SamplePerson("Bernd Hartmann", READER, "Buchhaltung", "accountant"),
        ),
        locale="de",
        names="german",
        squads=(Squad("Buchhaltung", 0.8, "accountant"), Squad("Controlling", 0.2, "controller")),
        goals={"accountant": {"reconciled-by-day-three": 1.0}},
        waves=(Wave(112, 0.8), Wave(61, 0.2)),
        ways=Ways(joins=0.85, begins=0.95, returns=0.7, answers=0.85),
        quiet=(Quiet("Betriebsferien", 100, 90),),
        not_allowed=FEED,
    ),
    Story(
        "Casa Olivar",
        "olivar.example",
        "Europe/Madrid",
        created=117,
        size=60,
        told="Two of its three companies close in time, the third does not.",
        people=(SamplePerson("Lucía Ferrer", LEAD, "Contabilidad", "controller"),),
        names="iberian",
        squads=(Squad("Contabilidad", 0.7, "accountant"), Squad("Control", 0.3, "controller")),
        waves=(Wave(110, 0.6), Wave(75, 0.4)),
        ways=Ways(joins=0.8, begins=0.9, returns=0.82, answers=0.8),
        training=Training(starts=5),
        in_part=True,
    ),
    Story(
        "Northgate Clinics",
        "northgate.example",
        "Europe/London",
        created=119,
        size=90,
        told="A no with a reason led to a rewrite, and whoever said it was told.",
        people=(
            SamplePerson("Priya Raman", LEAD, "Accounts", "controller"),
            SamplePerson("Owen Pritchard", READER, "Accounts", "accountant"),
        ),
        names="english",
        squads=(Squad("Accounts", 0.8, "accountant"), Squad("Reporting", 0.2, "controller")),
        goals={"accountant": {GOAL: 1.0}},
        waves=(Wave(115, 0.5), Wave(60, 0.5)),
        ways=Ways(joins=0.7, begins=0.9, returns=0.78, answers=0.85),
        training=Training(starts=9),
        rewritten=VARIANCE,
    ),
    Story(
        "Sandpiper Retail",
        "sandpiper.example",
        "America/Chicago",
        created=116,
        size=150,
        told="Everybody was put on a path with a date, and little came of it.",
        people=(SamplePerson("Dale Whitcomb", LEAD, "Stores", "administrator"),),
        names="english",
        squads=(Squad("Stores", 0.85, "sales"), Squad("Store managers", 0.15, "team lead")),
        waves=(Wave(105, 1.0),),
        ways=Ways(joins=0.55, begins=0.15, returns=0.45, answers=0.5, luck=-0.25, helps=0.2),
        required=Required(98, "claim-your-costs", 40),
    ),
    Story(
        "Lindqvist Energi",
        "lindqvist.example",
        "Europe/Stockholm",
        created=120,
        size=280,
        told="Leading: a success manager who looks in each day, and people who come back.",
        people=(SamplePerson("Anneli Strand", LEAD, "Ekonomi", "controller"),),
        names="nordic",
        experience=Experience.HIGH_TOUCH,
        seats=300,
        squads=(
            Squad("Ekonomi", 0.45, "accountant"),
            Squad("Controlling", 0.15, "controller", under="Ekonomi"),
            Squad("Nät", 0.3, "sales"),
            Squad("Chefer", 0.1, "team lead"),
        ),
        waves=(Wave(116, 0.2), Wave(95, 0.4), Wave(66, 0.4)),
        ways=Ways(joins=0.72, begins=0.92, returns=0.78, answers=0.88, luck=0.08, helps=0.95),
        training=Training(starts=2),
        quiet=(Quiet("Bokslutsvecka", 32, 26),),
    ),
    Story(
        "Kestrel Insurance",
        "kestrel.example",
        "Europe/Dublin",
        created=118,
        size=500,
        told="Silence: many read, few say anything; most stop after the first guide.",
        people=(SamplePerson("Fiona Byrne", LEAD, "Finance operations", "controller"),),
        names="english",
        squads=(
            Squad("Finance operations", 0.4, "accountant"),
            Squad("Financial control", 0.2, "controller", under="Finance operations"),
            Squad("Claims handling", 0.4, "sales"),
        ),
        waves=(Wave(108, 0.5), Wave(72, 0.5)),
        ways=Ways(joins=0.42, begins=0.75, returns=0.5, answers=0.4, helps=0.5),
        training=Training(starts=6, share=0.5),
    ),
    Story(
        "Orbital Components",
        "orbital.example",
        "Asia/Singapore",
        created=119,
        size=1200,
        told="Teams under teams, and a second success manager who sees one of them alone.",
        people=(
            SamplePerson("Wei Lin Tan", LEAD, "Finance", "controller"),
            SamplePerson("Arjun Nair", LEAD, "Service", "team lead"),
        ),
        squads=COMPANY,
        seats=1300,
        waves=(Wave(112, 0.15), Wave(84, 0.45), Wave(52, 0.4)),
        ways=Ways(joins=0.26, begins=0.75, returns=0.52, answers=0.62, helps=0.7),
        training=Training(starts=4),
        limited="Service",
    ),
    Story(
        "Meridian Group",
        "meridian.example",
        "Europe/Paris",
        created=118,
        size=4000,
        told="A large roll-out in its middle: most are invited, one in eight has joined.",
        people=(
            SamplePerson("Hélène Marchand", LEAD, "Finance", "controller"),
            SamplePerson("Pascal Renaud", OWNER, None, None),
        ),
        experience=Experience.LOW_TOUCH,
        squads=COMPANY,
        seats=4200,
        waves=(Wave(110, 0.1), Wave(70, 0.3), Wave(38, 0.3), Wave(12, 0.3)),
        ways=Ways(joins=0.13, begins=0.7, returns=0.5, answers=0.6, helps=0.6),
        required=Required(36, "claim-your-costs", 45),
    ),
)

STORIES = (KRANICH, FERROVIA, *BY_LOT)
AT_ONCE = STORIES[:2]
"""Small enough to be there before the first page."""
LEADING = next(story for story in STORIES if story.name == "Lindqvist Energi")
