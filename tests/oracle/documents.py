"""What the design says of printing: whoever may read it now, and nobody else."""

from tests.oracle.collaboration import DRAFT
from tests.oracle.referrals import CASE
from tests.oracle.table import ACTIVE, EVERYBODY, Row

# One's own and nobody else's: the plan Tuva, the form Sara, the hand-over Rut has asked for. What was
# asked for before a consent was narrowed or withdrawn is there no more, for whoever asked either.
OWN = {200: {"support": "tuva", "asked": "sara", "offered": "rut"}}

ROWS = [
    Row("documents:choose", ("case.reference",), get=CASE),
    Row(
        "documents:ask",
        ("=plan", "case"),
        post={
            400: {
                "planning support review offered closing": "tuva tore pia sara petra",
                "broken": "tuva tore pia sara petra siv tim",
                "narrowed moved": "tuva tore pia",
            }
        },
        facts=f"accepted mapping {ACTIVE} narrowed withdrawn expired closed moved direct",
        note="400: the form is empty; who may not print gets 404 before it is read",
    ),
    Row(
        "documents:ask",
        ("=consent", "consent"),
        post={400: {"asked support": "sara petra", "offered": "tuva tore pia"}},
        facts="asked support offered",
        note="a name stands on each sheet: who asked, and of them those who know the pupil",
    ),
    Row("documents:ask", ("=ingen", "case"), facts="support", post=404),
    Row("documents:ask", ("=agreement", "agreement.force"), post={400: EVERYBODY}),
    Row("documents:ask", ("=agreement", "agreement.draft"), post={400: DRAFT}),
    Row("documents:document", ("document",), get=OWN),
    Row("documents:file", ("document",), get=OWN),
    Row("documents:document", ("=00000000-0000-4000-8000-000000000000",), get=404),
    Row("documents:file", ("=00000000-0000-4000-8000-000000000000",), get=404),
]
