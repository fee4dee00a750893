"""What the design says of joint screening: the team all of its list, a school its own rows.

Nobody has consented: a row is a sealed referral or a question that names nobody (domain A4:
the anonymous text is its author's and the team's; the principal has all that is the school's).
"""

from tests.oracle.table import OURS, SCHOOLS, TEAMS, Row

# Coming meetings are known to every school the team serves; those that have been, to whoever
# had a row of their own on the list.
COMING = f"{OURS} sara siv sol petra nina"
BEEN = f"{OURS} sara petra"
MOVE = {"version": "", "key": ""}


def step(word: str, some: str, **data: str) -> Row:
    refused = " ".join(name for name in COMING.split() if name not in some.split())
    return Row(
        "referrals:screening_step",
        ("screening.planned", f"={word}"),
        get={200: some, 403: refused},
        post={302: some, 403: refused},
        data=MOVE | data,
    )


ROWS = [
    Row("referrals:screenings", get={200: f"{SCHOOLS} {TEAMS}"}),
    Row("referrals:new_screening", get={200: TEAMS}, post={200: TEAMS}),
    Row("referrals:screening", ("screening.planned",), get={200: COMING}),
    Row("referrals:screening", ("screening.held",), get={200: BEEN}),
    Row(
        "referrals:decide",
        ("screening.planned", "row.planned"),
        get={200: OURS},
        post={302: OURS},
        data=MOVE | {"outcome": "light_support"},
    ),
    Row("referrals:decide", ("screening.planned", "row.held"), get=404, post=404),
    Row(
        "referrals:take_off",
        ("screening.planned", "row.planned"),
        get={200: f"{OURS} sara"},
        post={302: f"{OURS} sara"},
        data=MOVE,
    ),
    Row("referrals:take_off", ("screening.planned", "row.held"), get=404, post=404),
    step("fraga", COMING, stage="7-9", band="high", question="Vad har andra provat?"),
    step("lista", OURS),
    step("flytta", OURS, on_day="1", on_month="1", on_year="2098"),
    step("stall-in", OURS, why="x"),
    Row("referrals:screening_step", ("screening.planned", "=ingen"), get=404, post=404),
]
