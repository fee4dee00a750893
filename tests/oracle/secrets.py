"""Who may be shown what somebody has written: each kind of secret, in each fact, by whom.

Whoever is not named here must never meet its canary, on any address, in any header, mail or log.
"""

from tests.oracle import collaboration as together
from tests.oracle.table import ACTIVE, ASKING, LOST, OURS, SENT, named

_ENROLLED = {"mapping": "tuva tore", f"{ACTIVE} {LOST} moved": "tuva tore pia"}
_SCHOOLS_OWN = {f"draft {SENT} {ASKING} mapping {ACTIVE} {LOST} moved": "sara petra"}
_PROTECTED = {"hidden": "sara", "guarded": "sara tuva"}
_BROKEN = {"broken": "siv tim"}  # like whoever is named, on each side
_TEAMS_OWN = {"guarded": "tuva", "broken": "tim"}
_HANDED_OVER = {"offered started": "rut"}
_PERSON = [_BROKEN, _PROTECTED, _SCHOOLS_OWN, _ENROLLED, _HANDED_OVER, {"direct": "tuva tore"}]

# What is written in the work between school and social services; "town" is no pupil's path.
TOGETHER = {
    # An agreement's text while it is written, and on review; once it holds it is everybody's.
    "draft": together.DRAFT,
    "onreview": together.REVIEW,
    "comment": together.REVIEW,
    # Who signs, and where they are reached: the district's own and those who see the whole.
    "signer": f"dag {together.OVERVIEW}",
    # What one contact person tells the next: the team's and whoever keeps the posts.
    "handover": f"{OURS} adam",
    "agenda": together.PLANNED,
    "minutes": together.INVITED,
    # What somebody wrote in a survey: the analyst, who reads it apart from what they marked.
    "words": "cecilia",
    # What was said in an interview, until there are enough to be told of together.
    "conversation": "cecilia",
    "material": f"{together.READS_GUIDE} {together.KEEPERS} adam",
    "money": f"dag mona petra {together.OVERVIEW}",
    # Joint screening: the team, and whoever asked.
    "question": f"sara petra {OURS}",
    "another": f"nina {OURS}",
    # What a check of the log found, whom it asked: the auditor's.
    "check": "gun",
    # Why a list for disposal is not accepted, or a path left out: who proposed, decides, audits.
    "disposal": "mona dag adam gun",
}

# Of what is written together these tell of people; the rest is about the work and lies in plain text.
SEALED_TOO = ("words", "conversation", "question", "another", "check", "disposal")
PLAIN = set(TOGETHER) - set(SEALED_TOO)

SECRETS: dict[str, list[dict[str, str]]] = {
    # Name, number, address, telephone.
    "identity": _PERSON,
    "guardian": _PERSON,
    # The school's own words: the team's while a consent opens them, and kept when the case closed.
    "referral": [
        _BROKEN,
        _PROTECTED,
        _SCHOOLS_OWN,
        {"mapping": "tuva tore", f"{ACTIVE} narrowed closed moved": "tuva tore pia"},
    ],
    # Typed and not ready: the school's alone, wherever the referral stands.
    "unsent": [{"draft returned": "sara petra"}],
    # The school's answer to a returned referral: sealed like it, and the team's once it is sent.
    "reply": [{"returned submitted": "sara petra", "submitted": OURS}],
    # Why the team took on somebody outside the target group: who decides, and the case's people.
    "exception": [
        {f"{ASKING} mapping {ACTIVE} {LOST} moved": "tuva tore mona"},
        _ENROLLED,
        _TEAMS_OWN,
    ],
    "schoolsection": [
        _BROKEN,
        _PROTECTED,
        _ENROLLED,
        {f"mapping {ACTIVE} {LOST}": "sara", f"mapping {ACTIVE}": "petra"},
    ],
    "teamsection": [_ENROLLED, _TEAMS_OWN],
    "plan": [
        _BROKEN,
        _PROTECTED,
        _ENROLLED,
        {ACTIVE: "sara petra", f"{ACTIVE} {LOST} moved": "mona"},
    ],
    # What the foster home says, and how it is reached; and the pupil's own words at the end.
    "foster": [{"review": "tuva tore pia"}],
    "ownwords": [{"closing closed": "tuva tore pia"}],
    "note": [_ENROLLED, _TEAMS_OWN],
    "meeting": [_BROKEN, _PROTECTED, _ENROLLED, {ACTIVE: "sara petra"}],
    # What the team answers to a sealed referral: both sides', and no name in it.
    "answer": [{"returned declined": f"sara petra {OURS}"}],
    # Who answered what before which witness, the paper itself, and why fewer were asked: the side
    # that asked. Of a yes to a hand-over that is the team's own people.
    "signature": [
        {f"asked partial refused mapping {ACTIVE} {LOST} moved": "sara petra", "broken": "siv"},
        {"guarded": "sara"},
    ],
    "teamsignature": [{"closing closed offered started": "tuva tore pia"}],
    # Why somebody takes a yes back, as the school took it down: it crosses no wall.
    "whyended": [{"withdrawn": "sara petra"}],
    # Why somebody holds that a pupil was registered wrongly: their own side.
    "whyerror": [{"declined": "sara petra"}],
    # What an extract leaves out and why, or why none is given: the controller's own side.
    "schoolextract": [{"support": "sara petra"}],
    "teamextract": [{"support": "tuva tore pia mona"}],
    # The reason given for a name in the log.
    "whylooked": [{"support": "gun"}],
    # Why a case was opened in an emergency, and what was said of it afterwards: whoever did, who
    # answers for them, and the auditor.
    "whyschool": [{"broken": "siv petra gun"}],
    "whyteam": [{"broken": "tim mona gun"}],
    # What the team writes to the services that take over: theirs, once it is offered, not the school's.
    "summary": [{"closing closed offered started": "tuva tore pia", "offered started": "rut"}],
    # Why the services said no: theirs, and the case's people.
    "whynot": [{"closing closed": "tuva tore pia rut"}],
} | {secret: [{"town": who}] for secret, who in TOGETHER.items()}


def may_be_shown(secret: str, fact: str, person: str) -> bool:
    return any(person in named(who, fact) for who in SECRETS[secret])
