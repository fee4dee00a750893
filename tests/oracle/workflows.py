"""What the design says of the worklist's addresses: one's own turns, and nobody else's."""

from tests.oracle.referrals import CASE
from tests.oracle.table import (
    ACTIVE,
    CASES,
    LOST,
    RECEIVERS,
    SCHOOLS,
    SENT,
    TEAMS,
    Answers,
    Row,
    Who,
)

NOTHING = "=00000000-0000-4000-8000-000000000000"
CHIEFS = "petra nina olga mona odd"
# An extract is asked for by whoever knows the pupil, on their own side.
ASKS = {
    200: {
        f"draft {SENT} {CASES}": "sara petra",
        "mapping": "tuva tore",
        f"{ACTIVE} {LOST} moved": "tuva tore pia",
        "broken": "siv tim",
        "direct": "tuva tore",
        "opened": "sara tuva",
    },
    302: {"hidden": "sara", "guarded": "sara tuva"},
}

# What one controller holds is tried by its own side: whoever knows the pupil, and who answers for it.
SCHOOLS_OWN = {200: {"support": "sara petra"}}
OURS_TRIED = {
    200: {
        "support withdrawn": "tuva tore pia mona",
        "broken": "tuva tore pia tim mona",
        "opened": "tuva",
    },
    302: {"guarded": "tuva"},
}
# The unit manager decides on it, and reads for that what it holds: the team's record, never the school's.
TRIES: dict[str, Who] = dict.fromkeys(
    [
        "identity",
        "guardian",
        "teamsection",
        "note",
        "meeting",
        "exception",
        "ownwords",
        "teamsignature",
        "summary",
        "whynot",
    ],
    "mona",
)
LISTS = "mona dag adam gun"


def extract(which: str, may: Answers, **more) -> Row:
    """One extract's page; a form that is sent without its button is the page again."""
    return Row("workflows:extract", (which,), get=may, post=may, **more)


ROWS = [
    Row("workflows:worklist", get=200, post=200),
    Row("workflows:take", ("=00000000-0000-4000-8000-000000000000",), post=404),
    Row(
        "workflows:take", ("turn",), facts="submitted support", post={302: "tuva tore pia tim mona"}
    ),
    Row(
        "workflows:hand_on",
        get={200: f"{SCHOOLS} {TEAMS} {RECEIVERS}"},
        post={200: f"{SCHOOLS} {TEAMS} {RECEIVERS}"},
    ),
    Row("workflows:save_filter", get=200, post=302),
    Row("workflows:team", get={200: "mona odd"}),
    Row("workflows:protected", get={200: f"{SCHOOLS} {TEAMS} {RECEIVERS}"}),
    # Who stands in, and what somebody who has left held.
    Row("workflows:staffing", get={200: f"{CHIEFS} {RECEIVERS} adam"}),
    Row("workflows:deputise", get={200: CHIEFS}, post={200: CHIEFS}),
    Row("workflows:end_deputy", (NOTHING,), get=404, post=404),
    Row("workflows:leaving", (NOTHING,), get=404, post=404),
    # What somebody may have out, and what is disposed of: numbers and dates, no people.
    Row("workflows:extracts", get={200: f"{SCHOOLS} {TEAMS}"}),
    Row("workflows:extract", (NOTHING,), get=404, post=404),
    extract("extract.school", SCHOOLS_OWN),
    extract("extract.refused", SCHOOLS_OWN),
    extract("extract.team", OURS_TRIED, also=TRIES),
    extract("extract.ready", {200: {"closed": "tuva tore pia mona"}}, also=TRIES),
    Row(
        "workflows:extract",
        ("extract.team",),
        facts="support",
        data={"move": "release"},
        post={302: {"support": "mona"}, 403: {"support": "tuva tore pia"}},
        get={200: {"support": "tuva tore pia mona"}},
        also=TRIES,
        note="whoever tried it does not let it go, nor anybody who does not answer for it",
    ),
    *(
        Row(
            "workflows:extract_file",
            (which, f"={form}"),
            get={200: {"closed": "tuva tore pia mona"}} if which == "extract.ready" else 404,
            also=TRIES,
        )
        for which in ("extract.ready", "extract.team")
        for form in ("pdf", "json")
    ),
    Row("workflows:extract_file", ("extract.ready", "=annat"), get=404),
    Row("workflows:extract_file", (NOTHING, "=pdf"), get=404),
    Row("workflows:ask_extract", ("matter.reference",), get=ASKS, post=ASKS),
    Row("workflows:disposals", get={200: f"{CHIEFS} dag dora adam gun"}, post={200: CHIEFS}),
    Row("workflows:disposal", ("disposal",), get={200: LISTS}, post={200: LISTS}),
    Row("workflows:disposal", (NOTHING,), get=404, post=404),
    Row("workflows:notices", get=200, post=302),
    Row("workflows:follow", ("case.reference",), post={302: CASE[200] | CASE[302]}),
    Row("workflows:own_calendar", get={200: f"{SCHOOLS} {TEAMS}"}),
    Row(
        "workflows:calendar",
        ("case.reference",),
        get={200: {k: v for k, v in CASE[200].items() if k != "opened"}},
    ),
]
