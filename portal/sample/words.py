"""What the sample's people write: why something did not work, what they ask and look for."""

from portal.effectiveness.models import CommentState
from portal.paths.outcome_models import Answer, Reason

R = Reason
Weights = dict[Reason, float]

WORKS: dict[str, tuple[float, float]] = {
    "reconcile-with-proof": (0.84, 0.1),
    "book-a-reversing-accrual": (0.78, 0.14),
    "explain-a-variance": (0.86, 0.1),
    "connect-a-bank-feed": (0.5, 0.2),
    "submit-a-journal-with-support": (0.82, 0.12),
    "write-a-match-rule": (0.74, 0.16),
    "build-a-close-calendar": (0.76, 0.16),
    "decide-what-is-big-enough": (0.38, 0.3),
    "close-lock-and-reopen": (0.88, 0.08),
    "let-status-mails-go": (0.5, 0.3),
    "send-a-claim-accepted-first-time": (0.88, 0.08),
    "fix-a-returned-claim": (0.8, 0.12),
    "claim-a-trip-abroad": (0.52, 0.26),
    "approve-in-five-minutes-a-day": (0.86, 0.1),
    "return-a-claim-so-it-comes-back-right": (0.8, 0.14),
}
"""By guide, the shares of yes and of partly among those who need it; the rest is a no."""
OTHERWISE = (0.76, 0.15)
EARLIER: dict[str, tuple[float, float]] = {
    "explain-a-variance": (0.46, 0.28),
    "write-a-match-rule": (0.6, 0.2),
}
"""The same for the first version of guides that were rewritten since."""

REASONS: dict[str, Weights] = {
    "connect-a-bank-feed": {R.NOT_ALLOWED: 0.7, R.UNCLEAR: 0.1, R.PRODUCT_PROBLEM: 0.2},
    "decide-what-is-big-enough": {R.UNCLEAR: 0.45, R.MISSING: 0.35, R.DOES_NOT_FIT: 0.2},
    "explain-a-variance": {R.MISSING: 0.4, R.UNCLEAR: 0.35, R.OTHERS: 0.15, R.NO_TIME: 0.1},
    "claim-a-trip-abroad": {R.MISSING: 0.4, R.DOES_NOT_FIT: 0.35, R.UNCLEAR: 0.25},
    "let-status-mails-go": {R.ANOTHER_WAY: 0.6, R.OTHERS: 0.4},
}
ANY_REASON: Weights = {
    R.UNCLEAR: 0.2,
    R.DOES_NOT_FIT: 0.2,
    R.NO_TIME: 0.2,
    R.ANOTHER_WAY: 0.15,
    R.OTHERS: 0.1,
    R.MISSING: 0.1,
    R.OTHER: 0.05,
}

COMMENTS: dict[tuple[str, Reason], tuple[str, ...]] = {
    ("connect-a-bank-feed", R.NOT_ALLOWED): (
        "Only treasury may agree at the bank, and they have not answered for a week.",
        "The bank asks for a signatory. That is our CFO, who has no Tallybrook account.",
        "I can open Bank > Accounts but the button is grey for me.",
    ),
    ("connect-a-bank-feed", R.PRODUCT_PROBLEM): (
        "The feed stopped after two days and does not say why.",
        "Our savings bank is not in the list of banks.",
    ),
    ("decide-what-is-big-enough", R.UNCLEAR): (
        "Is it 5 % of the account or of the balance sheet total? I read it twice.",
        "I don't know whether to set one threshold for all accounts or one for each.",
    ),
    ("decide-what-is-big-enough", R.MISSING): (
        "Please show it with figures for a balance sheet account, not only for costs.",
        "What do I do with accounts that are zero most months?",
        "Our auditor uses performance materiality; how do the two fit together?",
    ),
    ("decide-what-is-big-enough", R.DOES_NOT_FIT): (
        "We close 14 entities in four currencies; one amount does not work for all.",
    ),
    ("explain-a-variance", R.MISSING): (
        "An example of a good explanation next to a bad one would help.",
        "What is enough as evidence? An e-mail from the plant was refused.",
        "It does not say what to do when two causes cancel each other out.",
    ),
    ("explain-a-variance", R.UNCLEAR): (
        "One-off, lasting, timing: I would have called half of ours all three.",
        "I wrote the cause and it came back with “what happened?”.",
    ),
    ("explain-a-variance", R.OTHERS): (
        "The plant answers after the deadline, so I can only guess.",
    ),
    ("book-a-reversing-accrual", R.DOES_NOT_FIT): (
        "We accrue from goods received, which posts by itself. Where would this fit?",
        "In our second entity the period is closed before the invoices are known.",
    ),
    ("reconcile-with-proof", R.NO_TIME): ("It works, but I had eleven accounts and one morning.",),
    ("reconcile-with-proof", R.DOES_NOT_FIT): (
        "Our clearing account has 4,000 open lines; I can't link a document to each.",
    ),
    ("write-a-match-rule", R.UNCLEAR): (
        "The preview showed three wrong lines and I could not see which word caught them.",
    ),
    ("claim-a-trip-abroad", R.MISSING): (
        "Which day's rate counts when the card was charged a week later?",
        "Nothing about trips with two countries on one day.",
    ),
    ("claim-a-trip-abroad", R.DOES_NOT_FIT): (
        "We get a lump sum for meals, so there are no receipts to split.",
    ),
    ("let-status-mails-go", R.OTHERS): ("My director still answers only to the mail.",),
    ("build-a-close-calendar", R.OTHERS): ("Tax and payroll keep their own list and won't move.",),
}
ANY_COMMENT: dict[Reason, tuple[str, ...]] = {
    R.UNCLEAR: ("I got lost at step 3; the screen looks different here.",),
    R.DOES_NOT_FIT: ("We post by cost centre and not by entity.",),
    R.NO_TIME: ("Month-end came first. I will try again after day 5.",),
    R.ANOTHER_WAY: (
        "I still keep my own spreadsheet; it is quicker for three lines.",
        "Our old template does the same and everybody knows it.",
    ),
    R.OTHERS: ("It only helps if the reviewers use it too.",),
    R.MISSING: ("What about corrections in the following month?",),
    R.OTHER: ("I was called away in the middle of it.",),
    R.PRODUCT_PROBLEM: ("The page showed an error twice.",),
    R.NOT_ALLOWED: ("I lack the right for this step.",),
}
GERMAN: dict[Reason, tuple[str, ...]] = {
    R.NOT_ALLOWED: (
        "Bei der Bank dürfen nur die beiden Geschäftsführer zustimmen.",
        "Mir fehlt das Recht, das Konto zu verbinden; die IT weiß auch nicht, wer es vergibt.",
        "Die Sparkasse verlangt eine Unterschrift auf Papier.",
    ),
    R.UNCLEAR: ("Ist der Eröffnungssaldo der vom Monatsersten oder vom Vortag?",),
    R.MISSING: ("Was ist mit Konten in Fremdwährung?",),
    R.DOES_NOT_FIT: ("Wir haben zwei Mandanten mit einem Bankkonto.",),
    R.NO_TIME: ("Der Jahresabschluss ging vor.",),
    R.ANOTHER_WAY: ("Ich hole die Auszüge weiter über das Bankprogramm.",),
    R.OTHERS: ("Die Kollegin von der Bank meldet sich nicht.",),
    R.PRODUCT_PROBLEM: ("Nach dem Verbinden fehlte der 31.",),
    R.OTHER: ("Ich wurde unterbrochen.",),
}
IN_USE: dict[str, tuple[str, ...]] = {
    "yes": ("Two accounts went through without a question.", "It is how we do it now."),
    "partly": ("For the large accounts; the small ones still come back.",),
    "no": ("My reviewer wants it in the old sheet.", "It took longer than before."),
}

QUESTIONS: dict[str, tuple[str, ...]] = {
    "connect-a-bank-feed": (
        "Who at our company can agree at the bank? The button is grey for me.",
        "The feed begins in the middle of the month. Can I move it?",
    ),
    "explain-a-variance": ("My explanation came back twice. Could you look at it with me?",),
    "": (
        "Which of our entities should I begin with?",
        "I don't see my accounts in the list. Is that a matter of rights?",
        "My deputy is away: who may review my account?",
        "I submitted it in the wrong period. How do I get it back?",
    ),
}
ANSWERS = (
    "Ask treasury for it, they have the list. I have written to them as well.",
    "I have given you the right a minute ago. Please try once more.",
    "Choose the period at the top first, then it is there.",
    "Let us look at it together: I call you after lunch.",
)
FROM_VENDOR = (
    "This needs a right that only your administrator gives. I have sent them the two clicks.",
    "You can take it back until the period is locked: open it and choose Recall.",
)
GERMAN_QUESTIONS = ("Wer darf bei uns der Bank zustimmen?", "Wie hole ich die Buchung zurück?")
GERMAN_ANSWERS = ("Ich habe die Geschäftsführung gefragt.", "Oben zuerst die Periode wählen.")

SEARCHES = (
    "intercompany",
    "netting",
    "sepa mandate",
    "intercompany",
    "reopen period",
    "credit card feed",
    "mileage",
    "deferred revenue",
)
"""Some of them nothing has."""
PLANS = (
    "When the bank file is in, I will compare the three balances first.",
    "When the list opens, I will ask the plant before I write.",
    "When I pay by card, I will take the picture at the till.",
)
WE_CHANGED_IT = (
    "You asked for an example next to a bad one. The guide now has both, and says what is enough"
    " as evidence."
)
"""To whoever said no of the guide that was rewritten."""
NOT_THE_GUIDES = frozenset({R.NO_TIME, R.ANOTHER_WAY, R.OTHERS})
"""Reasons that no other words in the guide would mend."""
PASSED_ON = (
    "No guide gives you the time for it. Your success manager sees how many say so.",
    "That is a talk to have among you. The champion kit has a page for it.",
)
LATER = (
    "Thank you. An example for this comes with the next version.",
    "I did not know that this happens. I am asking two of you how you do it.",
)
SETTLED = (
    "This guide stays with the common case; your success manager has a note for yours.",
    "It is in the guide for reviewers, so I leave it out here.",
)
BECOMES: dict[tuple[CommentState, tuple[str, ...]], float] = {
    (CommentState.SEEN, ()): 0.35,
    (CommentState.PLANNED, LATER): 0.3,
    (CommentState.WONT, SETTLED): 0.35,
}
"""What the author makes of a comment that the guide could mend."""
TRY_IT = {Answer.YES: 0.5, Answer.NOT_SURE: 0.3, Answer.NO: 0.2}
"""What people say of a challenge."""
