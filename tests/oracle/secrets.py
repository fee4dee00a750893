"""Who may be shown what somebody has written: each kind of secret, in each fact, by whom.

Whoever is not named here must never meet its canary, on any address, in any header, mail or log.
"""

from tests.oracle.table import ACTIVE, ASKING, LOST, SENT, named

_ENROLLED = {"mapping": "tuva tore", f"{ACTIVE} {LOST} moved": "tuva tore pia"}
_SCHOOLS_OWN = {f"draft {SENT} {ASKING} mapping {ACTIVE} {LOST} moved": "sara petra"}
_PROTECTED = {"hidden": "sara", "guarded": "sara tuva"}
_BROKEN = {"broken": "siv tim"}  # like whoever is named, on each side
_TEAMS_OWN = {"guarded": "tuva", "broken": "tim"}
_HANDED_OVER = {"offered started": "rut"}
_PERSON = [_BROKEN, _PROTECTED, _SCHOOLS_OWN, _ENROLLED, _HANDED_OVER, {"direct": "tuva tore"}]

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
}


def may_be_shown(secret: str, fact: str, person: str) -> bool:
    return any(person in named(who, fact) for who in SECRETS[secret])
