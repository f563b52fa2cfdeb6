"""Who the sample people are and what they did: data, told as days before today."""

from dataclasses import dataclass

from portal.access import Role
from portal.paths.outcome_models import Answer, Reason

READER = frozenset({Role.END_USER})
LEAD = frozenset({Role.USM, Role.END_USER})


@dataclass(frozen=True, slots=True)
class Said:
    """What someone answered after a guide."""

    days_ago: int
    guide: str
    answer: Answer
    reason: Reason | None = None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """One member; `chose` is how many days ago they chose the goal (None: not yet)."""

    name: str
    roles: frozenset[Role]
    team: str | None = None
    job: str | None = None
    joined: int | None = None
    chose: int | None = None
    said: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class SampleOrganization:
    """A customer; the first person is its USM."""

    name: str
    domain: str
    zone: str
    created: int
    people: tuple[SamplePerson, ...]


VENDOR_DOMAIN = "tallybrook.example"
ADMIN = SamplePerson("Mara Lind", frozenset({Role.ADMIN}), joined=90)
AUTHOR = SamplePerson("Jonas Reuter", frozenset({Role.AUTHOR}), joined=89)

GOAL = "close-in-five-days"
RECONCILE = "reconcile-with-proof"
ACCRUAL = "book-a-reversing-accrual"
VARIANCE = "explain-a-variance"

ORGANIZATIONS = (
    SampleOrganization(
        "Kranich Logistik",
        "kranich.example",
        "Europe/Berlin",
        created=64,
        people=(
            SamplePerson("Ines Okafor", LEAD, "Finance", "controller", joined=60),
            SamplePerson(
                "Tomasz Wilk",
                READER,
                "Finance",
                "accountant",
                joined=55,
                chose=54,
                said=(
                    Said(50, RECONCILE, Answer.YES),
                    Said(24, ACCRUAL, Answer.YES),
                    Said(20, VARIANCE, Answer.YES),
                ),
            ),
            SamplePerson(
                "Lena Brandt",
                READER,
                "Finance",
                "accountant",
                joined=54,
                chose=52,
                said=(
                    Said(48, RECONCILE, Answer.YES),
                    Said(
                        19,
                        ACCRUAL,
                        Answer.PARTLY,
                        Reason.DOES_NOT_FIT,
                        "Our invoices come in two currencies; the guide shows one.",
                    ),
                ),
            ),
            SamplePerson(
                "Amara Diallo",
                READER,
                "Finance",
                "accountant",
                joined=50,
                chose=50,
                said=(
                    Said(
                        49,
                        RECONCILE,
                        Answer.NO,
                        Reason.NOT_ALLOWED,
                        "I may see the account but not submit it.",
                    ),
                ),
            ),
            SamplePerson("Piet Jansen", READER, "Payables", "accountant", joined=12, chose=6),
            SamplePerson(
                "Sofia Marino",
                READER,
                "Payables",
                "accountant",
                joined=20,
                chose=15,
                said=(Said(3, RECONCILE, Answer.ALREADY),),
            ),
            SamplePerson("Georg Haas", READER, "Payables", "accountant", joined=4),
            SamplePerson("Yusuf Demir", READER, "Payables", "accountant"),
        ),
    ),
    SampleOrganization(
        "Ferrovia Foods",
        "ferrovia.example",
        "Europe/Lisbon",
        created=40,
        people=(
            SamplePerson("Marta Nogueira", LEAD, "Accounting", "controller", joined=38),
            SamplePerson(
                "Rui Teixeira",
                READER,
                "Accounting",
                "accountant",
                joined=35,
                chose=34,
                said=(Said(30, RECONCILE, Answer.PARTLY, Reason.UNCLEAR),),
            ),
            SamplePerson("Clara Pinto", READER, "Accounting", "accountant", joined=30, chose=28),
            SamplePerson("Nuno Alves", READER, "Accounting", "accountant"),
        ),
    ),
)
