"""What the design says of the referral room's addresses (design section 5, domain A4)."""

from tests.oracle.table import (
    ACTIVE,
    ASKING,
    CASES,
    EVERYBODY,
    LOST,
    OURS,
    RECEIVERS,
    SCHOOLS,
    SENT,
    TEAMS,
    Row,
)

# The school reads its own referral whatever came of it; the team what was sent to it, sealed.
REFERRAL = {
    200: {
        "draft": "sara petra",
        f"{SENT} {CASES} moved": f"sara petra {OURS}",
        "opened": "sara tuva",
        "broken": "siv",
    },
    302: {"hidden": "sara", "guarded": "sara tuva"},
}
# The school writes while it is a draft or has come back.
WRITING = {
    200: {"draft returned": "sara petra"},
    403: {
        f"submitted declined taken_back {CASES} moved": "sara petra",
        "hidden guarded opened": "sara",
        "broken": "siv",
    },
}
# That there is a case: the team all of its own; the school its own, until the pupil moves away.
# A case the team began itself is nobody's business at the school before a consent names it.
# A protected pupil's is opened with a reason, by whoever registered the pupil or has the right.
CASE = {
    200: {
        CASES: f"sara petra {OURS}",
        "moved direct": OURS,
        "opened": "sara tuva",
        "broken": "siv",
    },
    302: {"guarded": "sara tuva"},
}
# In full, once enrolled: responsible, deputy, and the participant once named.
FULL = {
    "broken": "tim",
    "opened": "tuva",
    "mapping": "tuva tore",
    f"{ACTIVE} {LOST} moved": "tuva tore pia",
}
WHY = {302: {"guarded": "sara tuva"}}
FULL_AND_OPEN = WHY | {
    200: {
        "opened": "tuva",
        "mapping": "tuva tore",
        f"{ACTIVE} narrowed expired withdrawn moved": "tuva tore pia",
    }
}
# An emergency opens a case for reading, not for writing in it.
NOTES = {
    302: {"guarded": "sara tuva"},
    200: {
        "opened": "sara tuva",
        "mapping": "tuva tore sara petra",
        f"{ACTIVE} {LOST}": "tuva tore pia sara petra",
        "moved": "tuva tore pia",
    },
}
ADDS = {
    302: {"guarded": "tuva"},
    200: {fact: who for fact, who in FULL.items() if fact != "broken"},
}
# The second of two is taken back by the school while it can be, or declined by the unit manager.
PUTS_AWAY = {
    200: {
        "draft submitted returned accepted asked partial refused lapsed": "sara petra",
        "submitted returned": "mona",
    },
    302: {"hidden": "sara"},
}
# A case is ended as one by those it is open to; one that waits for consent by anyone in the team.
ENDS = {
    200: {
        f"{ASKING} direct": OURS,
        "mapping": "tuva tore",
        "planning support review narrowed expired withdrawn moved broken": "tuva tore pia",
        "opened": "tuva",
    },
    302: {"guarded": "tuva"},
}
CONSENT = {
    200: {
        f"asked partial refused lapsed mapping {ACTIVE} {LOST} moved": f"sara petra {OURS}",
        "opened": "sara tuva",
        "broken": "siv",
    },
    302: {"guarded": "sara tuva"},
}
ASKER = "asked partial refused lapsed mapping planning support guarded opened"
ASKS = {
    200: {"asked partial refused lapsed mapping planning support": "sara petra", "opened": "sara"},
    302: {"guarded": "sara"},
}


# The school's own words: its own, and the team's people while a consent opens them or did at the end.
IN_FULL = {
    200: {
        f"draft {SENT} {CASES} moved": "sara petra",
        "mapping": "tuva tore",
        f"{ACTIVE} narrowed closed moved": "tuva tore pia",
        "broken": "siv tim",
        "opened": "sara tuva",
    },
    302: {"hidden": "sara", "guarded": "sara tuva"},
}
NOTHING = "=00000000-0000-4000-8000-000000000000"
# A review is documented while work goes on, by those who write in the case.
REVIEWS = {
    200: {
        "mapping": "tuva tore",
        "planning support review narrowed offered broken moved": "tuva tore pia",
        "opened": "tuva",
    },
    302: {"guarded": "tuva"},
}
PROTECTED = "support hidden guarded opened"
HOLDS = {302: {"hidden": "sara", "guarded": "sara tuva"}, 200: {"opened": "sara tuva"}}
OPENS = {200: {"hidden": "sara", "guarded opened": "sara tuva"}}
PROPOSES = {200: {"hidden": "sara petra mona", "guarded opened": "sara petra mona tuva"}}
MARKS = {
    200: {
        "support draft accepted narrowed offered moved": "sara petra",
        "direct": "tuva tore",
        "opened": "sara",
    },
    302: {"hidden guarded": "sara"},
}


SIGNED_PAPER = {
    200: {
        "partial mapping planning support review broken expired withdrawn moved": "sara petra",
        "offered started closing closed": "tuva tore pia",
        "broken": "siv",
        "opened": "sara",
    },
    302: {"guarded": "sara"},
}
KNOWN = {
    200: {
        "draft declined": "sara petra",
        "support broken": "sara petra tuva tore pia",
        "broken": "siv tim",
    }
}
MENDED = {
    200: {"draft support broken": "sara petra"},
    403: {"support broken": "tuva tore pia", "broken": "siv tim"},
}


def act(model: str, move: str, *, kind: str = "", **more) -> Row:
    return Row("referrals:act", (f"={model}", kind or model, f"={move}"), **more)


ROWS = [
    Row("referrals:list", get={200: f"{SCHOOLS} {TEAMS}"}),
    Row("referrals:protection", get={200: SCHOOLS}, post={200: SCHOOLS}),
    Row(
        "referrals:find_pupil",
        get={302: SCHOOLS},
        post={302: SCHOOLS},
        note="leads back to the first question until it has been answered",
    ),
    Row("referrals:new_pupil", get={302: SCHOOLS}, post={302: SCHOOLS}),
    Row("referrals:referral", ("referral.reference",), get=REFERRAL),
    Row("referrals:step", ("referral.reference", "=oro"), get=WRITING, post=WRITING),
    Row(
        "referrals:step",
        ("referral.reference", "=familj"),
        get=WRITING,
        post=WRITING,
        facts="draft submitted",
    ),
    Row(
        "referrals:step",
        ("referral.reference", "=ingen"),
        facts="draft submitted",
        get={403: {"submitted": "sara petra"}},
        post={403: {"submitted": "sara petra"}},
    ),
    Row("referrals:check", ("referral.reference",), get=WRITING, post=WRITING),
    Row("referrals:sent", ("referral.reference",), get=REFERRAL),
    Row("referrals:duplicate", ("referral.reference",), get=PUTS_AWAY, post=PUTS_AWAY),
    Row("referrals:cases", get={200: f"{SCHOOLS} {TEAMS}"}),
    Row("referrals:direct", get={200: TEAMS}, post={200: TEAMS}),
    Row("referrals:case", ("case.reference",), get=CASE),
    Row(
        "referrals:mapping",
        ("case.reference",),
        get=WHY
        | {
            200: {
                "broken": "siv tim",
                "opened": "sara tuva",
                f"mapping {ACTIVE}": "sara petra tuva tore",
                ACTIVE: "pia",
                LOST: "sara tuva tore pia",
                "moved": "tuva tore pia",
            }
        },
        note="the author keeps the part the school wrote; the principal reads it while a consent names it",
    ),
    Row(
        "referrals:plan",
        ("case.reference",),
        get=WHY
        | {
            200: {
                "broken": "siv tim",
                "opened": "sara tuva",
                "mapping": "tuva tore",
                ACTIVE: "tuva tore pia sara petra mona",
                f"{LOST} moved": "tuva tore pia mona",
            }
        },
    ),
    Row(
        "referrals:reviews",
        ("case.reference",),
        get=WHY | {200: FULL | {"review": "tuva tore pia sara petra mona"}},
        note="where one has been documented: the school while a consent names it, and the manager",
    ),
    Row(
        "referrals:notes",
        ("case.reference",),
        get=WHY
        | {
            200: {
                "broken": "siv tim",
                "opened": "sara tuva",
                "mapping": "tuva tore sara petra",
                f"{ACTIVE} narrowed": "tuva tore pia sara petra",
                "expired withdrawn closed moved": "tuva tore pia",
            }
        },
        note="the school's own notes are its own, while there is work to write them of",
    ),
    Row("referrals:closing", ("case.reference",), get=FULL_AND_OPEN, post=FULL_AND_OPEN),
    Row("referrals:duplicate_case", ("case.reference",), get=ENDS, post=ENDS),
    Row("referrals:summer", ("case.reference",), get=FULL_AND_OPEN, post=FULL_AND_OPEN),
    Row("referrals:add", ("case.reference", "=anteckning"), get=NOTES, post=NOTES),
    Row(
        "referrals:add",
        ("case.reference", "=behov"),
        get={200: FULL},
        post={200: FULL},
        facts="mapping support closed",
    ),
    Row("referrals:add", ("case.reference", "=ingen"), get=404, post=404, facts="support"),
    Row(
        "referrals:add_to",
        ("case.reference", "=skattning", "goal"),
        get={200: FULL},
        post={200: FULL},
        facts="support withdrawn",
    ),
    # A move's page is drawn for whoever may read the object; making it asks the rule.
    act("referral", "return_for_completion", get=REFERRAL, post=REFERRAL, facts="submitted"),
    act(
        "referral",
        "decline",
        facts="submitted",
        get=REFERRAL,
        data={"version": "", "key": "", "code": "no_answer", "instead": "Elevhälsan"},
        post={302: "mona", 403: "sara petra tuva tore tim pia"},
    ),
    act(
        "referral",
        "ask_manager",
        facts="submitted returned",
        get=REFERRAL,
        data={"version": "", "key": ""},
        post={
            302: {"submitted": OURS},
            403: {"submitted": "sara petra"},
            409: {"returned": f"sara petra {OURS}"},
        },
    ),
    act(
        "referral",
        "withdraw",
        facts="submitted support",
        get=REFERRAL,
        data={"version": "", "key": "", "code": "other"},
        post={
            302: {"submitted": "sara petra"},
            403: {"submitted": OURS},
            409: {"support": f"sara petra {OURS}"},
        },
    ),
    act(
        "case",
        "begin_review",
        facts="support review",
        get=CASE,
        data={"version": "", "key": ""},
        post={
            302: {"support": OURS},
            403: {"support": "sara petra"},
            409: {"review": f"sara petra {OURS}"},
        },
    ),
    act("case", "hand_on", facts="support withdrawn direct", get=CASE, post=CASE),
    act(
        "case",
        "resume",
        facts="closing",
        get=CASE,
        data={"version": "", "key": "", "reason": "x"},
        post={302: OURS, 403: "sara petra"},
    ),
    act("consent", "withdraw", facts="support", get=CONSENT, post=CONSENT),
    act(
        "consent",
        "lapse",
        facts="asked",
        get=CONSENT,
        data={"version": "", "key": "", "code": "no_answer"},
        post={302: "sara petra", 403: OURS},
    ),
    act(
        "section",
        "set_aside",
        facts="planning withdrawn broken",
        data={"version": "", "key": "", "why": "x"},
        get={
            200: {
                "planning": "sara petra tuva tore pia",
                "withdrawn": "sara tuva tore pia",
                "broken": "sara petra tuva tore pia siv tim",
            }
        },
        post={
            302: {"planning broken": "sara petra tuva tore pia"},
            200: {"withdrawn": "sara tuva tore pia"},
        },
    ),
    act(
        "goal",
        "reopen",
        facts="support withdrawn broken",
        get={
            200: {
                "support broken": "sara petra tuva tore pia mona",
                "broken": "siv tim",
                "withdrawn": "tuva tore pia mona",
            }
        },
        data={"version": "", "key": "", "why": "x"},
        post={
            409: {
                "support broken": "sara petra tuva tore pia mona",
                "withdrawn": "tuva tore pia mona",
            }
        },
        note="who has opened it in an emergency is shown the page, and moves nothing",
    ),
    act(
        "note",
        "mark_in_error",
        facts="support",
        get={200: "tuva tore pia"},
        data={"version": "", "key": "", "reason": "x"},
        post={302: "tuva tore pia"},
    ),
    act(
        "transfer",
        "decline",
        facts="offered",
        get={200: f"rut {OURS} sara petra"},
        data={"version": "", "key": "", "why": "x"},
        post={302: "rut", 403: f"{OURS} sara petra"},
    ),
    act("case", "no_such_move", facts="support", get=404, post=404),
    Row(
        "referrals:ask",
        ("referral.reference", "=support"),
        facts="draft submitted declined taken_back accepted refused closed",
        get={200: {"submitted accepted refused": "sara petra"}},
        post={200: {"submitted accepted refused": "sara petra"}},
    ),
    Row(
        "referrals:ask",
        ("case.reference", "=transfer"),
        facts="accepted support withdrawn direct",
        get={200: {"support withdrawn": "tuva tore pia", "direct": "tuva tore"}},
        post={200: {"support withdrawn": "tuva tore pia", "direct": "tuva tore"}},
    ),
    Row("referrals:ask", ("case.reference", "=ingen"), get=404, post=404, facts="support"),
    Row("referrals:consent", ("consent",), get=CONSENT),
    Row(
        "referrals:make_link",
        ("consent", "line"),
        facts=ASKER,
        post={302: {ASKER: "sara", ASKER.replace("guarded opened", ""): "petra"}},
    ),
    Row(
        "referrals:answer",
        ("consent", "line"),
        facts=ASKER,
        get=ASKS,
        post=ASKS,
    ),
    # The family's own pages: without a link in the session they are all the same calm page.
    Row("referrals:new_link", get=200, post=200, open=True),
    Row("referrals:sign", get=404, post=404, open=True, gone=True),
    Row("referrals:signed", get=404, post=404, open=True, gone=True),
    Row("referrals:change", ("=mindre",), get=404, post=404, open=True, gone=True),
    Row("referrals:enter", ("=ingen-sadan-lank",), get=404, post=404, open=True, gone=True),
    Row("referrals:eid", post=404, open=True, gone=True),
    Row("referrals:eid_back", get=404, open=True, gone=True),
    Row("referrals:eid_local", get=404, post=404, open=True),
    # Who registered the pupil mends what was written; the team that reads it does not.
    Row("referrals:pupil", ("pupil",), facts="draft declined support broken", get=KNOWN),
    Row(
        "referrals:change_pupil", ("pupil",), facts="draft support broken", get=MENDED, post=MENDED
    ),
    Row(
        "referrals:pupil_number", ("pupil",), facts="draft support broken", get=MENDED, post=MENDED
    ),
    Row(
        "referrals:new_guardian", ("pupil",), facts="draft support broken", get=MENDED, post=MENDED
    ),
    Row(
        "referrals:guardian",
        ("pupil", "guardian"),
        facts="draft support broken",
        get=MENDED,
        post=MENDED,
    ),
    Row(
        "referrals:copy_referral",
        ("referral.reference",),
        facts="draft support",
        post={302: "sara petra"},
    ),
    # Anyone at the school, or in the team, can take down that a consent is taken back.
    Row(
        "referrals:take_back",
        get={200: f"{SCHOOLS} {TEAMS}"},
        post={200: f"{SCHOOLS} {TEAMS}"},
    ),
    Row("referrals:taken_back", get={200: f"{SCHOOLS} {TEAMS}"}),
    Row(
        "referrals:note_taken_back",
        ("consent",),
        facts="support withdrawn",
        get={200: {"support": f"sara siv sol petra {OURS}"}},
        post={200: {"support": f"sara siv sol petra {OURS}"}},
    ),
    Row(
        "referrals:send_link",
        ("consent", "line"),
        facts="asked support",
        post={302: "sara petra"},
    ),
    # The signed paper: the side that asked keeps it, as far as it may know who the pupil is.
    Row("referrals:form_file", ("consent", "line"), get=SIGNED_PAPER),
    Row("referrals:consent_rules", get={200: f"{SCHOOLS} {TEAMS} dag dora adam"}),
    Row("referrals:new_consent_rule", get={200: "adam"}, post={200: "adam"}),
    Row("referrals:refusals", get={200: "mona odd dag dora cecilia"}),
    Row("referrals:concerns", get={200: f"{SCHOOLS} {TEAMS} gun"}),
    Row("referrals:new_concern", get={200: f"{SCHOOLS} {TEAMS}"}, post={200: f"{SCHOOLS} {TEAMS}"}),
    Row("referrals:concern", ("concern",), get={200: "sara petra gun"}),
    Row("referrals:transfers", get={200: RECEIVERS}),
    Row(
        "referrals:transfer",
        ("transfer",),
        get={
            200: {
                "offered closing started": f"rut {OURS} sara petra",
                "closed": f"rut {OURS}",
            }
        },
        note="the school: that there is one and how far it has come, never what is handed over",
    ),
    # Files: a referral's for whoever reads it in full; a case's page for whoever knows of it.
    Row(
        "referrals:referral_files",
        ("referral.reference",),
        get=IN_FULL,
        post={
            200: {f"draft {SENT} {CASES} moved": "sara petra", "opened": "sara"},
            302: {"hidden guarded": "sara"},
        },
    ),
    Row("referrals:case_files", ("case.reference",), get=CASE, post=ADDS),
    Row("referrals:file", ("=00000000-0000-4000-8000-000000000000",), get=404),
    Row("referrals:file", ("attachment",), get={200: FULL, 302: {"guarded": "tuva"}}),
    Row(
        "referrals:file_in_error",
        ("attachment",),
        post={
            302: {fact: who for fact, who in FULL.items() if fact != "broken"},
            403: {"broken": "tim"},
        },
        facts="support withdrawn broken",
    ),
    Row("referrals:file_in_error", ("=00000000-0000-4000-8000-000000000000",), post=404),
    # Emergency openings: whoever opened, who answers for them, and the auditor.
    Row(
        "referrals:glasses",
        get={200: f"{SCHOOLS} {TEAMS} gun"},
        post={200: f"sara siv sol ola {TEAMS}"},
    ),
    Row("referrals:glass", ("glass",), get={200: "tim mona gun"}),
    Row("referrals:glass", ("schoolglass",), get={200: "siv petra gun"}),
    act(
        "breakglass",
        "review",
        facts="broken",
        get={200: "tim mona gun"},
        kind="glass",
        data={"version": "", "key": "", "verdict": "justified"},
        post={302: "mona gun", 403: "tim"},
    ),
    # Protected identity: by whoever registered the pupil, or has the right; those who answer for
    # the pupil may only say who is to have it.
    Row("referrals:protected", ("pupil",), facts=PROTECTED, get=HOLDS),
    Row("referrals:open_protected", ("pupil",), facts=PROTECTED, get=OPENS, post=OPENS),
    Row("referrals:propose_right", ("pupil",), facts=PROTECTED, get=PROPOSES, post=PROPOSES),
    Row(
        "referrals:protection_level",
        ("pupil",),
        get=MARKS,
        post=MARKS,
        facts=f"{PROTECTED} draft accepted narrowed offered moved direct",
    ),
    Row("referrals:decide_guardian", ("pupil", "guardian"), facts=PROTECTED, get=HOLDS, post=HOLDS),
    Row(
        "referrals:give_right",
        ("right",),
        facts="hidden guarded",
        post={
            302: {"hidden": "tuva tore pia"},
            403: {"hidden": "mona tim"},
            409: {"guarded": "mona tuva"},
        },
    ),
    Row(
        "referrals:end_right",
        ("right",),
        facts="hidden guarded",
        post={302: {"hidden": OURS, "guarded": "mona tuva"}},
    ),
    # Public where the municipality wants it; here it does not.
    Row("referrals:tools", get={200: EVERYBODY, 302: "anon nomad"}, open=True),
    Row("referrals:new_tool", get={200: "dag dora adam"}, post={200: "dag dora adam"}),
    Row(
        "referrals:tool",
        ("=talk",),
        get={200: "adam"},
        post={200: "adam"},
        note="the common core is the administrator's",
    ),
    Row("referrals:programmes", get={200: f"{TEAMS} dag dora cecilia adam"}),
    Row("referrals:programme", ("=sst",), get={200: f"{TEAMS} dag dora cecilia adam"}),
    Row("referrals:change_programme", ("=sst",), get={200: "adam"}, post={200: "adam"}),
    Row("referrals:programme_addition", ("=sst",), get={200: "dag dora"}, post={200: "dag dora"}),
    Row("referrals:new_review", ("case.reference",), get=REVIEWS, post=REVIEWS),
    Row(
        "referrals:document_review", ("case.reference", NOTHING), get=404, post=404, facts="support"
    ),
    Row("referrals:events", ("case.reference",), get=CASE),
    # What stands in a case is changed by those it is open to; a note by whoever wrote it.
    Row(
        "referrals:alter",
        ("=goal", "goal"),
        facts="support withdrawn broken",
        get={200: {"support broken": "tuva tore pia", "withdrawn": "tuva tore pia"}},
        post={200: {"support broken": "tuva tore pia", "withdrawn": "tuva tore pia"}},
    ),
    Row(
        "referrals:alter",
        ("=note", "note"),
        facts="support withdrawn broken",
        get={200: {"support withdrawn broken": "tuva"}},
        post={200: {"support withdrawn broken": "tuva"}},
    ),
    Row("referrals:alter", ("=ingen", NOTHING), get=404, post=404),
    Row("referrals:foster_link", ("foster_voice",), post={302: {"review": "tuva tore pia"}}),
    Row("referrals:foster_link", (NOTHING,), post=404),
    Row("referrals:foster", get=404, post=404, open=True, gone=True),
    Row("referrals:foster_enter", ("=ingen-sadan-lank",), get=404, post=404, open=True, gone=True),
]
