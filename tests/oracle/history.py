"""What the design says of the log's addresses: the auditor reads it, the law is the administrator's."""

from tests.oracle.table import Row

AUDITOR = {200: "gun"}
ADMIN = {200: "adam"}
NAMED = {200: {"support": "gun"}}  # a look that gave the auditor a name
NOTHING = "=00000000-0000-4000-8000-000000000000"

ROWS = [
    Row("history:log", get=AUDITOR, post=AUDITOR),
    Row("history:patterns", get=AUDITOR),
    Row("history:checks", get=AUDITOR),
    Row("history:new_check", get=AUDITOR, post=AUDITOR),
    Row("history:check", ("check.concluded",), get=AUDITOR, post=AUDITOR),
    Row("history:check", ("check.planned",), get=AUDITOR, post=AUDITOR),
    Row("history:check", (NOTHING,), get=404, post=404),
    Row("history:entry", ("entry",), get=NAMED),
    Row("history:entry_name", ("entry", "pupil"), get=NAMED, post=NAMED),
    Row("history:entry", (NOTHING,), get=404),
    Row("history:entry_name", (NOTHING, NOTHING), get=404, post=404),
    Row("history:law", get={200: "gun adam dag dora cecilia"}),
    Row("history:limit", ("=k",), get=404, post=404),
    Row("history:limit", ("=age.own_action_social",), get=ADMIN, post=ADMIN),
    Row("history:reference", ("=duty_to_report",), get=ADMIN, post=ADMIN),
    Row("history:question", ("=ingen-sadan",), get=404, post=404),
    Row("history:question", ("=legal_form",), get=ADMIN, post=ADMIN),
]
