"""What the design says of the worklist's addresses: one's own turns, and nobody else's."""

from tests.oracle.referrals import CASE
from tests.oracle.table import RECEIVERS, SCHOOLS, TEAMS, Row

ROWS = [
    Row("workflows:worklist", get=200, post=200),
    Row("workflows:take", ("=00000000-0000-4000-8000-000000000000",), post=404),
    Row(
        "workflows:take", ("turn",), facts="submitted support", post={302: "tuva tore pia tim mona"}
    ),
    Row("workflows:hand_on", get={200: TEAMS}, post={200: TEAMS}),
    Row("workflows:save_filter", get=200, post=302),
    Row("workflows:team", get={200: "mona odd"}),
    Row("workflows:protected", get={200: f"{SCHOOLS} {TEAMS} {RECEIVERS}"}),
    Row("workflows:notices", get=200, post=302),
    Row("workflows:follow", ("case.reference",), post={302: CASE[200] | CASE[302]}),
    Row(
        "workflows:calendar",
        ("case.reference",),
        get={200: {k: v for k, v in CASE[200].items() if k != "opened"}},
    ),
    Row("workflows:extracts", get={200: f"{SCHOOLS} {TEAMS}"}),
    Row("workflows:extract", ("=00000000-0000-4000-8000-000000000000",), get=404, post=404),
    Row("workflows:extract_file", ("=00000000-0000-4000-8000-000000000000", "=pdf"), get=404),
    Row("workflows:ask_extract", ("=26-AAAAA",), get=404, post=404),
    Row(
        "workflows:disposals",
        get={200: "petra nina olga mona odd dag adam gun"},
        post={200: "petra nina olga mona odd"},
    ),
    Row("workflows:disposal", ("=00000000-0000-4000-8000-000000000000",), get=404, post=404),
]
