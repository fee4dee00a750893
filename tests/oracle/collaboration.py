"""What the design says of what school and social services do together (section 5, domain A4).

No pupil stands here. What holds is everybody's; what is under way belongs to the district, those
it is made with and whoever has been asked to write; money and figures to those who lead.
"""

from tests.oracle.table import EVERYBODY, OURS, TEAMS, Answers, Row

# Of the district of the told town, and called or bound by what it does.
STAFF = "sara siv sol petra"
HERE = f"{STAFF} nina"  # both schools of the district
OVERVIEW = "cecilia adam"
LEADERS = "mona odd dag dora"
KEEPERS = "dag dora cecilia"  # of the library
MONEY = f"petra nina olga mona odd dag dora {OVERVIEW}"

DRAFT = f"dag siv {OVERVIEW}"  # siv has been asked to write a section
REVIEW = f"dag {OVERVIEW} {OURS} {HERE}"
# A school's and a team's own words about an agreement, while it is on review.
COMMENTS = f"dag {OURS} {HERE}"
PLANNED = f"dag {OURS} {OVERVIEW}"
INVITED = f"{PLANNED} {HERE} rut"
READS_GUIDE = "sara siv sol ola tuva tore pia tim otto"

MOVE = {"version": "", "key": ""}
NOTHING = "=00000000-0000-4000-8000-000000000000"


def only(some: str, of: str) -> Answers:
    """These may; the others who see it are told that it is not theirs to do."""
    return {200: some, 403: but(of, some)}


def but(those: str, not_these: str) -> str:
    return " ".join(name for name in those.split() if name not in not_these.split())


def act(kind: str, which: str, move: str, some: str, of: str, **more) -> Row:
    """A move's page, and the move: asked with what it needs, it is made; without, asked anew."""
    data = MOVE | more.pop("data", {})
    made = {more.pop("done", 302): some, 403: but(of, some)}
    return Row(
        "collaboration:act",
        (f"={kind}", which, f"={move}"),
        get=only(some, of),
        post=made,
        data=data,
        **more,
    )


def form(url: str, args: tuple[str, ...], some: str, of: str) -> Row:
    """A page with a form; sent empty it is drawn again."""
    return Row(url, args, get=only(some, of), post=only(some, of))


def linked(url: str, *args: str, post: int = 405) -> Row:
    """Somebody's own link: an unknown one leads to the same calm page for everybody."""
    return Row(url, args, get=404, post=post, open=True, gone=True)


# Open to those without account only where the municipality has set it so: else to sign in.
INSIDE = {200: EVERYBODY, 302: "anon nomad"}


AGREEMENTS = [
    Row("collaboration:agreements", get=INSIDE, open=True),
    Row("collaboration:coverage", get=INSIDE, open=True),
    Row(
        "collaboration:agreement",
        ("agreement.draft",),
        get={200: DRAFT, 302: "anon nomad"},
        open=True,
    ),
    Row(
        "collaboration:agreement",
        ("agreement.review",),
        get={200: REVIEW, 302: "anon nomad"},
        open=True,
    ),
    Row("collaboration:agreement", ("agreement.force",), get=INSIDE, open=True),
    Row("collaboration:agreement", (NOTHING,), get={404: EVERYBODY, 302: "anon nomad"}, open=True),
    Row(
        "collaboration:agreement_changes",
        ("agreement.revision",),
        get={200: f"dag {OVERVIEW}", 302: "anon nomad"},
        open=True,
    ),
    Row("collaboration:new_agreement", get={200: "dag dora"}, post={200: "dag dora"}),
    Row(
        "collaboration:revise",
        ("agreement.force",),
        post={302: "dag", 403: but(EVERYBODY, "dag")},
    ),
    form("collaboration:section", ("agreement.draft", "section.draft"), "dag siv", DRAFT),
    form("collaboration:section_owner", ("agreement.draft", "section.draft"), "dag adam", DRAFT),
    form("collaboration:remove_section", ("agreement.draft", "section.draft"), "dag", DRAFT),
    form("collaboration:new_section", ("agreement.draft",), "dag", DRAFT),
    form("collaboration:new_party", ("agreement.draft",), "dag", DRAFT),
    form("collaboration:party", ("agreement.draft", "party.draft"), "dag", DRAFT),
    form("collaboration:party", ("agreement.force", "party.force"), "dag", EVERYBODY),
    form("collaboration:remove_party", ("agreement.draft", "party.draft"), "dag", DRAFT),
    form("collaboration:sign_on_paper", ("agreement.signing", "party.signing"), "dag", REVIEW),
    Row(
        "collaboration:party_link",
        ("agreement.signing", "party.signing"),
        post={200: "dag"},
        note="a link and its code are shown to whoever sends it, and to nobody else",
    ),
    Row(
        "collaboration:signed_paper",
        ("agreement.signing", "party.signed"),
        get={200: f"dag {OVERVIEW}"},
        note="who signed is the district's to know",
    ),
    Row(
        "collaboration:agreement_comment",
        ("agreement.review",),
        get=only(COMMENTS, REVIEW),
        post=only(COMMENTS, REVIEW),
    ),
    act("agreement", "agreement.draft", "drop", "dag", DRAFT, data={"why": "x"}),
    act("agreement", "agreement.review", "reopen", "dag", REVIEW, data={"why": "x"}),
    act("agreement", "agreement.force", "call_review", "dag", EVERYBODY),
    act("agreement", "agreement.force", "terminate", "dag", EVERYBODY, data={"why": "x"}),
    Row("collaboration:act", ("=agreement", "agreement.force", "=ingen"), get=404, post=404),
    linked("collaboration:link", post=404),
    linked("collaboration:link_thanks"),
    linked("collaboration:enter", "=ingen-sadan-lank", post=404),
]

CONTACTS = [
    Row("collaboration:directory", get=INSIDE, open=True),
    Row("collaboration:contacts", get={200: f"{LEADERS} {OVERVIEW}"}),
    Row("collaboration:appoint", get={200: "mona odd adam"}, post={200: "mona odd adam"}),
    Row("collaboration:contact_school", ("organisation.school",), get=200),
    Row("collaboration:contact", ("contact.named",), get=200),
    Row("collaboration:contact", ("contact.active",), get=200),
    Row(
        "collaboration:contact_details",
        ("contact.named",),
        get={200: "mona tuva adam"},
        post={200: "mona tuva adam"},
    ),
    act("contactassignment", "contact.named", "confirm", STAFF, EVERYBODY),
    act(
        "contactassignment", "contact.named", "withdraw", "mona adam", EVERYBODY, data={"why": "x"}
    ),
    act(
        "contactassignment",
        "contact.active",
        "vacate",
        "mona adam",
        EVERYBODY,
        data={"gone": "ill"},
    ),
    act(
        "contactassignment",
        "contact.active",
        "plan_end",
        "mona adam",
        EVERYBODY,
        data={
            "last_day_day": "1",
            "last_day_month": "2",
            "last_day_year": "2099",
            "gone": "left",
            "handover": "Ring på måndagar.",
        },
    ),
    act("contactassignment", "contact.active", "reaffirm", "mona", EVERYBODY),
    act(
        "contactassignment",
        "contact.active",
        "write_handover",
        "mona tore",
        EVERYBODY,
        data={"handover": "Ring på måndagar."},
    ),
    linked("collaboration:confirm_contact", "=ingen-sadan-lank", post=404),
]

FORUMS = [
    Row("collaboration:forums", get=200),
    Row("collaboration:new_forum", get={200: LEADERS}, post={200: LEADERS}),
    Row("collaboration:forum_plan", get={200: LEADERS}, post={302: LEADERS}),
    Row("collaboration:presence", get={200: f"{LEADERS} {OVERVIEW}"}),
    Row("collaboration:change_forum", ("forum",), get={200: "mona dag"}, post={200: "mona dag"}),
    Row("collaboration:close_forum", ("forum",), get={200: "mona dag"}, post={302: "mona dag"}),
    Row(
        "collaboration:new_meeting",
        ("forum",),
        get={200: "mona dag"},
        post={200: "mona dag"},
    ),
    Row("collaboration:meeting", ("meeting.planned",), get={200: PLANNED}),
    Row("collaboration:meeting", ("meeting.invited",), get={200: INVITED}),
    Row("collaboration:meeting", ("meeting.minuted",), get={200: INVITED}),
    Row("collaboration:meeting_calendar", ("meeting.planned",), get={200: PLANNED}),
    Row("collaboration:meeting_calendar", ("meeting.invited",), get={200: INVITED}),
    Row(
        "collaboration:change_meeting",
        ("meeting.planned",),
        get={200: "mona dag"},
        post={200: "mona dag"},
    ),
    form("collaboration:new_invitee", ("meeting.planned",), "mona dag", PLANNED),
    form("collaboration:invitee", ("meeting.planned", "invitee.planned"), "mona dag", PLANNED),
    Row(
        "collaboration:answer_meeting",
        ("meeting.invited",),
        get={200: f"{HERE} {OURS} rut", 403: f"dag {OVERVIEW}"},
        post={302: f"{HERE} {OURS} rut", 403: f"dag {OVERVIEW}"},
        data={"key": "", "version": "", "reply": "yes"},
    ),
    Row(
        "collaboration:answer_for",
        ("meeting.invited", "invitee.invited"),
        get={200: STAFF, 404: f"nina {OURS} rut", 403: f"dag {OVERVIEW}"},
        post={302: STAFF, 404: f"nina {OURS} rut", 403: f"dag {OVERVIEW}"},
        data={"key": "", "version": "", "reply": "yes"},
        note="of several called from one place each is answered for by their own",
    ),
    form("collaboration:write_minutes", ("meeting.held",), "mona dag", INVITED),
    Row(
        "collaboration:new_action",
        ("meeting.minuted",),
        get={200: "mona dag"},
        post={200: "mona dag"},
    ),
    Row("collaboration:action", ("action.open",), get={302: INVITED}),
    act("forummeeting", "meeting.planned", "invite", "mona dag", PLANNED),
    act("forummeeting", "meeting.invited", "cancel", "mona dag", INVITED, data={"why": "x"}),
    act("forummeeting", "meeting.invited", "remind", "mona dag", INVITED),
    act(
        "forummeeting",
        "meeting.minuted",
        "correct_minutes",
        "mona dag",
        INVITED,
        data={"minutes": "Vi pratade.", "decisions": "", "why": "x"},
    ),
    act(
        "forumaction", "action.open", "finish", f"{STAFF} mona dag", INVITED, data={"outcome": "x"}
    ),
    act("forumaction", "action.open", "drop", "mona dag", INVITED, data={"outcome": "x"}),
    linked("collaboration:answer_by_link", "=ingen-sadan-lank", post=404),
]

# A pupil's survey is handed over by the team; a result is everybody's, a draft the analyst's.
SURVEYS = [
    Row("collaboration:surveys", get=200),
    Row("collaboration:new_survey", get={200: "cecilia"}, post={200: "cecilia"}),
    Row("collaboration:survey_years", ("=collaboration",), get=200),
    Row("collaboration:survey_years", ("=ingen",), get=404),
    Row("collaboration:city_figures", get={200: "cecilia"}, post={200: "cecilia"}),
    Row(
        "collaboration:change_survey",
        ("survey.draft",),
        get={200: "cecilia"},
        post={200: "cecilia"},
    ),
    Row("collaboration:change_survey", ("survey.open",), get=404, post=404),
    Row("collaboration:survey", ("survey.draft",), get={200: OVERVIEW}),
    Row("collaboration:survey", ("survey.open",), get={200: f"dag dora {OVERVIEW} {TEAMS}"}),
    Row("collaboration:survey", ("survey.closed",), get={200: f"dag dora {OVERVIEW}"}),
    Row("collaboration:survey", ("survey.reported",), get=200),
    Row(
        "collaboration:survey_hand_out",
        ("survey.open",),
        get={200: TEAMS},
        post={200: TEAMS},
        data={"version": "", "key": ""},
    ),
    Row("collaboration:survey_hand_out", ("survey.closed",), get=404, post=404),
    Row("collaboration:survey_reported", ("survey.reported",), get=200, open=True),
    # Before there is a result it says so, for whoever has answered and comes back.
    Row("collaboration:survey_reported", ("survey.closed",), get=200, open=True),
    Row("collaboration:survey_reported", ("survey.draft",), get=404, open=True),
    Row("collaboration:sheet_thanks", ("survey.open",), get=200, open=True),
    Row("collaboration:sheet_thanks", ("survey.draft",), get=404, open=True),
    linked("collaboration:sheet", "=ingen-sadan-lank", post=404),
    act("surveyround", "survey.draft", "open", "cecilia", OVERVIEW),
    act("surveyround", "survey.draft", "drop", "cecilia", OVERVIEW),
    act("surveyround", "survey.open", "close", "cecilia", f"dag dora {OVERVIEW} {TEAMS}"),
    act("surveyround", "survey.closed", "report", "cecilia", f"dag dora {OVERVIEW}"),
    act("surveyround", "survey.monthly", "stop_repeating", "cecilia", OVERVIEW),
]

# An interview: whoever plans, asks or holds it; what many have said: those who lead.
TALKS = f"sara siv sol ola {TEAMS} dag dora {OVERVIEW}"
PLANS = f"tuva {OVERVIEW}"
INTERVIEWS = [
    Row("collaboration:interviews", get={200: TALKS}),
    Row("collaboration:new_interview", get={200: "cecilia"}, post={200: "cecilia"}),
    Row("collaboration:interview_themes", get={200: f"{LEADERS} {OVERVIEW}"}),
    Row("collaboration:interview_guide", ("=pupil",), get={200: TALKS}),
    Row("collaboration:interview_guide", ("=annan",), get=404),
    Row("collaboration:interview", ("interview.planned",), get={200: PLANS}),
    Row("collaboration:interview", ("interview.held",), get={200: OVERVIEW}),
    Row("collaboration:interview", ("interview.summarised",), get={200: OVERVIEW}),
    act(
        "interview",
        "interview.planned",
        "permit",
        "tuva cecilia",
        PLANS,
        data={"how": "spoken", "guardian": "on"},
    ),
    act("interview", "interview.planned", "decline", "tuva cecilia", PLANS),
    act("interview", "interview.planned", "move_to", "cecilia", PLANS, done=200),
    act("interview", "interview.planned", "cancel", "cecilia", PLANS, data={"why": "x"}),
    act(
        "interview",
        "interview.held",
        "summarise",
        "cecilia",
        OVERVIEW,
        data={"theme_helps": "att ringa först"},
    ),
]

MATERIALS = [
    Row("collaboration:materials", get=200),
    Row("collaboration:new_material", get={200: KEEPERS}, post={200: KEEPERS}),
    Row("collaboration:material_coverage", get={200: KEEPERS}),
    Row(
        "collaboration:unit_coverage",
        ("organisation.school",),
        get={200: "petra dag cecilia adam"},
    ),
    Row(
        "collaboration:unit_coverage",
        ("organisation.team",),
        get={200: "mona dag cecilia adam"},
    ),
    Row("collaboration:unit_coverage", (NOTHING,), get=404),
    Row("collaboration:read_first", get=302),
    Row("collaboration:material", ("material.draft",), get={200: f"{KEEPERS} adam"}),
    Row(
        "collaboration:material",
        ("material.published",),
        get={200: f"{READS_GUIDE} {KEEPERS} adam"},
    ),
    Row(
        "collaboration:material_file",
        ("material.published", "=1"),
        get={200: f"{READS_GUIDE} {KEEPERS} adam", 302: "anon nomad"},
        open=True,
        note="without an account only what stands beside a public toolbox",
    ),
    Row(
        "collaboration:material_file",
        ("material.published", "=2"),
        get={404: EVERYBODY, 302: "anon nomad"},
        open=True,
    ),
    Row(
        "collaboration:material_version",
        ("material.published", "=1"),
        get={302: f"{READS_GUIDE} {KEEPERS} adam"},
        note="the one that holds is read on the material's own page",
    ),
    Row("collaboration:material_version", ("material.published", "=2"), get=404),
    Row(
        "collaboration:acknowledge",
        ("material.published",),
        post={302: READS_GUIDE, 403: f"{KEEPERS} adam"},
        data=MOVE,
    ),
    Row(
        "collaboration:change_material",
        ("material.published",),
        get={200: KEEPERS},
        post={200: KEEPERS},
    ),
    act(
        "supportmaterial",
        "material.published",
        "reaffirm",
        KEEPERS,
        f"{READS_GUIDE} {KEEPERS} adam",
        data={"review_by_day": "1", "review_by_month": "6", "review_by_year": "2099"},
    ),
    act(
        "supportmaterial",
        "material.draft",
        "publish",
        KEEPERS,
        f"{KEEPERS} adam",
        data={"text": "Ring varandra."},
    ),
]

FUNDING = [
    Row("collaboration:applications", get={200: MONEY}),
    Row("collaboration:new_application", get={200: "dag dora"}, post={200: "dag dora"}),
    Row("collaboration:application", ("money.draft",), get={200: "dag mona petra"}),
    Row("collaboration:application", ("money.sent",), get={200: f"dag mona petra {OVERVIEW}"}),
    Row("collaboration:write_application", ("money.draft",), get={200: "dag"}, post={200: "dag"}),
    Row("collaboration:write_application", ("money.sent",), get=404, post=404),
    Row(
        "collaboration:team_register",
        get={200: f"{TEAMS} dag dora {OVERVIEW}"},
        note="how a team is staffed is not the schools' to see",
    ),
    Row("collaboration:new_post", get={200: "mona odd"}, post={200: "mona odd"}),
    Row("collaboration:end_post", ("post",), get={200: "mona"}, post={200: "mona"}),
    Row("collaboration:remove_post", ("post",), get={200: "mona"}, post={200: "mona"}),
    Row("collaboration:funding_answer", ("money.answer",), get={302: "dag mona petra"}),
    act("fundinganswer", "money.answer", "join", "petra", "dag mona petra"),
    act("fundinganswer", "money.answer", "decline", "petra", "dag mona petra", data={"why": "x"}),
    act("fundingapplication", "money.draft", "drop", "dag", "dag mona petra", data={"why": "x"}),
    act(
        "fundingapplication",
        "money.sent",
        "take_back",
        "dag",
        f"dag mona petra {OVERVIEW}",
        data={"why": "x"},
    ),
    act(
        "fundingapplication",
        "money.sent",
        "grant",
        "cecilia",
        f"dag mona petra {OVERVIEW}",
        data={"granted": "900000", "decision": "1.1-5/2026"},
    ),
]

STANDING = [
    Row("collaboration:standing", get={200: f"{LEADERS} {OVERVIEW}"}),
    Row(
        "collaboration:standing_rows", ("=contact", "district"), get={200: f"{LEADERS} {OVERVIEW}"}
    ),
    Row("collaboration:standing_rows", ("=ingen", "district"), get=404),
    Row("collaboration:standing_districts", ("=contact",), get={200: f"{LEADERS} {OVERVIEW}"}),
    Row("collaboration:standing_districts", ("=ingen",), get=404),
    Row("collaboration:home", get={302: EVERYBODY}),
]

ROWS = [*AGREEMENTS, *CONTACTS, *FORUMS, *SURVEYS, *INTERVIEWS, *MATERIALS, *FUNDING, *STANDING]
