"""What the design says of people's addresses: administrators keep them, and see no pupil."""

from tests.oracle.table import EVERYBODY, Row

ADMIN = {200: "adam"}

ROWS = [
    Row("accounts:choose", get=200, post=404, roleless=True, unsafe=200),
    Row("accounts:invitation", ("=ingen-sadan-lank",), get=404, post=404, open=True, gone=True),
    Row("accounts:forgotten", get=200, post=200, open=True),
    Row("accounts:people", get=ADMIN, post=ADMIN),
    Row("accounts:invite", get=ADMIN, post=ADMIN),
    Row("accounts:person", ("person.siv",), get=ADMIN),
    Row("accounts:change_person", ("person.siv",), get=ADMIN, post=ADMIN),
    Row("accounts:add_membership", ("person.siv",), get=ADMIN, post=ADMIN),
    Row("accounts:deed", ("person.siv", "=stang"), get=ADMIN, post={302: "adam"}),
    Row("accounts:end_membership", ("role.siv",), get=ADMIN, post=ADMIN),
    Row("accounts:school_breaks", get=ADMIN, post=ADMIN),
    Row("accounts:change_school_break", ("break",), get=ADMIN, post=ADMIN),
    Row("accounts:remove_school_break", ("break",), post={302: "adam"}),
    Row("accounts:organisations", get=ADMIN),
    Row("accounts:add_organisation", get=ADMIN, post=ADMIN),
    Row("accounts:load_organisations", get=ADMIN, post=ADMIN),
    Row("accounts:merge", ("=team",), get=ADMIN, post=ADMIN),
    Row("accounts:merge", ("=ingen",), get=404, post=404),
    Row("accounts:organisation", ("organisation.school",), get=ADMIN),
    Row("accounts:change_organisation", ("organisation.school",), get=ADMIN, post=ADMIN),
    Row("accounts:close_organisation", ("organisation.school",), get=ADMIN, post=ADMIN),
    Row(
        "usersessions_list",
        get={200: f"nomad {EVERYBODY}", 302: "anon"},
        post={302: f"anon nomad {EVERYBODY}"},
        open=True,
        unsafe=0,
    ),
]
