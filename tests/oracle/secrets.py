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
    "question": f"sara {OURS}",
    "another": f"nina {OURS}",
}

# Of what is written together these tell of people; the rest is about the work and lies in plain text.
SEALED_TOO = ("words", "conversation", "question", "another")
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
    "note": [_ENROLLED, _TEAMS_OWN],
    "meeting": [_BROKEN, _PROTECTED, _ENROLLED, {ACTIVE: "sara petra"}],
    # What the team answers to a sealed referral: both sides', and no name in it.
    "answer": [{"returned declined": f"sara petra {OURS}"}],
    # Why a case was opened in an emergency: whoever did, who answers for them, and the auditor.
    "whyschool": [{"broken": "siv petra gun"}],
    "whyteam": [{"broken": "tim mona gun"}],
    # What the team writes to the services that take over: theirs, once it is offered, not the school's.
    "summary": [{"offered started": "tuva tore pia rut"}],
} | {secret: [{"town": who}] for secret, who in TOGETHER.items()}


def may_be_shown(secret: str, fact: str, person: str) -> bool:
    return any(person in named(who, fact) for who in SECRETS[secret])
