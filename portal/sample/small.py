"""The two smallest sample customers: each of their people is told by name."""

from portal.paths.outcome_models import Answer, Reason
from portal.sample.story import LEAD, READER, Asked, Said, SamplePerson, Story

RECONCILE = "reconcile-with-proof"
ACCRUAL = "book-a-reversing-accrual"
VARIANCE = "explain-a-variance"

KRANICH = Story(
    "Kranich Logistik",
    "kranich.example",
    "Europe/Berlin",
    created=64,
    told="A small finance team; each of its people stands somewhere else.",
    is_told=True,
    people=(
        SamplePerson(
            "Ines Okafor", LEAD, "Finance", "controller", joined=60, looks=(53, 46, 34, 18, 11, 4)
        ),
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
            asked=(
                Asked(
                    19,
                    "Which day's rate do I take for the accrual of the freight invoices?",
                    ACCRUAL,
                    "The rate of the last day of the month. I have put it into our note for the"
                    " close.",
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
            asked=(
                Asked(
                    1,
                    "Two of our carriers invoice under one name. Is that one accrual or two?",
                    ACCRUAL,
                ),
            ),
        ),
        SamplePerson("Georg Haas", READER, "Payables", "accountant", joined=4),
        SamplePerson("Yusuf Demir", READER, "Payables", "accountant"),
    ),
)

FERROVIA = Story(
    "Ferrovia Foods",
    "ferrovia.example",
    "Europe/Lisbon",
    created=40,
    told="Four people: too few for any figure, so names and steps stand alone.",
    is_told=True,
    people=(
        SamplePerson(
            "Marta Nogueira", LEAD, "Accounting", "controller", joined=38, looks=(29, 16, 6)
        ),
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
)
