"""How the table is written, and what it says of one person, one address and one fact.

Plain data and no product: a room declares its addresses in tests/oracle/<room>.py as a list of
`Row`. docs/oracle.md tells how to add one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

# Everybody the table knows, by what they are (design section 5).
PEOPLE = {
    "anon": "nobody: not signed in",
    "nomad": "signed in, but no role is in force any more",
    "sara": "school staff; wrote every referral and registered every pupil",
    "siv": "school staff of the same school, named on nothing",
    "sol": "school staff of the same school, named on nothing",
    "petra": "principal of that school",
    "tuva": "team member, responsible",
    "tore": "team member, deputy",
    "pia": "team member, named participant once the mapping is done",
    "tim": "team member of the same team, named on nothing",
    "mona": "unit manager of that team",
    "rut": "receiver named by every hand-over",
    "ove": "receiver of another district",
    "nina": "principal of the school a pupil moves to",
    "olga": "principal of a school in another district",
    "ola": "school staff in another district",
    "odd": "unit manager of another team",
    "otto": "team member of another team",
    "dag": "district manager",
    "dora": "manager of another district",
    "cecilia": "central analyst",
    "gun": "auditor",
    "adam": "administrator",
}
EVERYBODY = " ".join(name for name in PEOPLE if name not in ("anon", "nomad"))
SCHOOLS = "sara siv sol petra nina olga ola"
TEAMS = "tuva tore pia tim mona odd otto"
OURS = "tuva tore pia tim mona"  # the team every referral goes to
RECEIVERS = "rut ove"

# The facts, by the rooms of the path; each is one pupil's path that ended there.
UNSENT = "draft"
SENT = "submitted returned declined taken_back"
ASKING = "accepted asked partial refused lapsed"
ACTIVE = "planning support review closing offered started broken"
LOST = "narrowed expired withdrawn closed"
CASES = f"{ASKING} mapping {ACTIVE} {LOST}"

# Who gets which status: everybody alike, or by status who, or by status and fact who.
Who = str | dict[str, str]
Answers = int | Mapping[int, Who]
# Addresses whose answers hang on another server, and the tests that ask them with one.
ELSEWHERE = dict.fromkeys(
    (
        "openid_connect_login",
        "openid_connect_callback",
        "socialaccount_login_cancelled",
        "socialaccount_login_error",
        "socialaccount_signup",
        "socialaccount_connections",
        "/konto/sso/login/error/",
    ),
    "test_signing_in.py",
)
# A pattern of addresses, asked by the names it shuts: account_confirm_email and its like.
ELSEWHERE[r"/^konto/(?:confirm-email|password/reset/key)/.+/$"] = "oracle/pages.py"
# Where somebody without an account, or without a role, is sent.
LOGIN, CHOOSE = "/konto/login/", "/roll/"


@dataclass(frozen=True)
class Row:
    """One address of the URLconf and what each may do there.

    `args`: names of a situation's or the town's ids, or a literal as "=text". `get` and `post`: what comes back;
    who is not named gets 404, a method not given is 405. `data` is posted as it stands;
    "version" and "key" are filled in from the situation's object. `facts`: ask only in these.
    `also`: who is shown more here than anywhere else, by kind of secret.
    """

    url: str
    args: tuple[str, ...] = ()
    get: Answers = 405
    post: Answers = 405
    data: dict[str, str] = field(default_factory=dict)
    facts: str = ""
    also: dict[str, Who] = field(default_factory=dict)
    open: bool = False  # needs no account
    roleless: bool = False  # needs no chosen role
    unsafe: int = 405  # what PUT and DELETE get
    gone: bool = False  # its 404 is a page of its own: the family's "this link no longer works"
    note: str = ""

    def sends_on(self, person: str) -> bool:
        """Whether an open page sends this person somewhere else first."""
        who = self.get.get(302, "") if isinstance(self.get, Mapping) else ""
        return isinstance(who, str) and person in who.split()


def expected(row: Row, verb: str, person: str, fact: str) -> tuple[int, str]:
    """The status, and where to when it is a way to sign in or to choose a role."""
    if person == "anon" and not row.open:
        return 302, LOGIN
    if person == "nomad" and not (row.open or row.roleless):
        return 302, CHOOSE
    if person == "nomad" and verb == "POST" and row.post == 405 and row.sends_on(person):
        return 302, CHOOSE
    if verb not in ("GET", "POST"):
        return row.unsafe, ""
    answers = row.get if verb == "GET" else row.post
    if isinstance(answers, int):
        return answers, ""
    for status, who in answers.items():
        if person in named(who, fact):
            return status, ""
    return 404, ""


def named(who: Who, fact: str) -> list[str]:
    if isinstance(who, str):
        return who.split()
    return [name for facts, names in who.items() if fact in facts.split() for name in names.split()]


def askings(
    row: Row, facts: list[str], known: dict[str, dict[str, str]]
) -> Iterator[tuple[str, list[str]]]:
    """Each fact the row is asked in, with its arguments; rows without facts are asked once."""
    town = known["town"]
    literal = {arg: arg[1:] if arg.startswith("=") else town.get(arg, "") for arg in row.args}
    wanted = [arg for arg in row.args if not arg.startswith("=") and arg not in town]
    if not wanted and not row.facts:
        yield "", [literal[arg] for arg in row.args]
        return
    for fact in row.facts.split() or facts:
        ids = known[fact]
        if all(arg in ids for arg in wanted):
            yield fact, [ids.get(arg, literal[arg]) for arg in row.args]
