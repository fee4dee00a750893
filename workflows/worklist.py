"""The worklist as plain rows: what is mine, what I could take, what is late, by date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import clock
from accounts.keyset import Row
from accounts.models import Membership, Role
from collaboration.choices import (
    ActionStatus,
    AgreementStatus,
    AnswerStatus,
    FundingStatus,
    InterviewStatus,
    MaterialStatus,
    MeetingStatus,
    RoundStatus,
)
from collaboration.choices import ContactStatus as PostStatus
from referrals.choices import (
    OPEN_CASE,
    OPEN_CONCERN,
    OPEN_CONTACT,
    OPEN_REFERRAL,
    OPEN_TRANSFER,
    WAITING_CONSENT,
    CaseStatus,
    ConcernStatus,
    ConsentStatus,
    ContactStatus,
    GlassStatus,
    ReferralStatus,
    ScreeningStatus,
    SectionStatus,
    TransferStatus,
)
from referrals.models import sight
from vault.indexes import normalised
from workflows.extracts import Status as ExtractStatus
from workflows.models import APART, SHARED, Following, Turn, TurnQuerySet, What
from workflows.steps import WORDS

PAGE = 25
# Nobody reads an exact number of what waits elsewhere; counting stops here.
CAP = 1000
# How many of one's own turns a name is looked for in.
SEARCHED = 400
STATES: dict[str, Any] = {
    What.REFERRAL: ReferralStatus,
    What.CONSENT: ConsentStatus,
    What.CASE: CaseStatus,
    What.TRANSFER: TransferStatus,
    What.SECTION: SectionStatus,
    What.OUTSIDE: ContactStatus,
    What.CONCERN: ConcernStatus,
    What.AGREEMENT: AgreementStatus,
    What.CONTACT: PostStatus,
    What.MEETING: MeetingStatus,
    What.ACTION: ActionStatus,
    What.INTERVIEW: InterviewStatus,
    What.SURVEY: RoundStatus,
    What.MATERIAL: MaterialStatus,
    What.FUNDING: FundingStatus,
    What.ANSWER: AnswerStatus,
    What.GLASS: GlassStatus,
    What.EXTRACT: ExtractStatus,
    What.SCREENING: ScreeningStatus,
}
URLS = {
    What.REFERRAL: "/remisser/{reference}/",
    What.CASE: "/arenden/{reference}/",
    What.CONSENT: "/samtycken/{object_uuid}/",
    What.TRANSFER: "/overlamningar/{object_uuid}/",
    What.SECTION: "/arenden/{reference}/kartlaggning/#section-{object_uuid}",
    What.OUTSIDE: "/arenden/{reference}/anteckningar/",
    What.CONCERN: "/orosanmalan/{object_uuid}/",
    What.AGREEMENT: "/samverkan/overenskommelser/{object_uuid}/",
    What.CONTACT: "/samverkan/kontakter/{object_uuid}/",
    What.MEETING: "/samverkan/moten/{object_uuid}/",
    What.ACTION: "/samverkan/uppgifter/{object_uuid}/",
    What.INTERVIEW: "/samverkan/intervjuer/{object_uuid}/",
    What.SURVEY: "/samverkan/enkater/{object_uuid}/",
    What.MATERIAL: "/samverkan/material/{object_uuid}/",
    What.FUNDING: "/samverkan/medel/{object_uuid}/",
    What.ANSWER: "/samverkan/medel/svar/{object_uuid}/",
    What.LEAVING: "/bemanning/{object_uuid}/",
    What.GLASS: "/nodoppna/{object_uuid}/",
    What.EXTRACT: "/utdrag/{object_uuid}/",
    What.SCREENING: "/genomgangar/{object_uuid}/",
    "forumplan": "/samverkan/forum/plan/",
    "contacts": "/samverkan/kontakter/",
    "law": "/lag/",
    "logcheck": "/loggen/kontroller/",
}
COLUMNS = (
    "pk",
    "uuid",
    "what",
    "object_uuid",
    "reference",
    "title",
    "state",
    "step",
    "due",
    "identified",
    "protected",
    "side_id",
    "team_id",
    "school_id",
    "author_id",
    "colleague_id",
    "responsible_id",
    "deputy_id",
    "taken_by_id",
    "school__name",
    "pupil__uuid",
    "pupil__given_name",
    "pupil__family_name",
    "pupil__registered_by_id",
    "pupil__school_id",
    "responsible__user__first_name",
    "responsible__user__last_name",
)


# The open states of each kind that can be somebody's turn, as they stand in an address.
OPEN_STATES = {
    What.REFERRAL: OPEN_REFERRAL,
    What.CONSENT: WAITING_CONSENT,
    What.CASE: OPEN_CASE,
    What.TRANSFER: OPEN_TRANSFER,
    What.SECTION: (SectionStatus.EMPTY,),
    What.OUTSIDE: OPEN_CONTACT,
    What.CONCERN: OPEN_CONCERN,
}
KNOWN_STATES = {
    f"{what}.{state}": (what, STATES[what](state))
    for what, states in OPEN_STATES.items()
    for state in states
}


@dataclass(frozen=True)
class Filter:
    """What the reader has chosen, as it stands in the address: choices only, no names."""

    whose: str = "mina"
    district: str = ""
    school: str = ""
    state: str = ""
    step: str = ""
    person: str = ""
    when: str = ""
    after: str = ""

    @classmethod
    def read(cls, query: Any) -> Filter:
        def one(name: str, known: Any) -> str:
            value = str(query.get(name, ""))
            return value if value in known else ""

        def row(name: str) -> str:
            value = str(query.get(name, ""))
            return value if value.isdecimal() and len(value) < 10 else ""

        return cls(
            whose=one("vems", ("mina", "lediga", "alla", "vantar", "foljer")) or "mina",
            district=row("stadsdel"),
            school=row("skola"),
            state=one("lage", KNOWN_STATES),
            step=one("steg", WORDS),
            person=row("ansvarig"),
            when=one("nar", ("sena", "idag", "vecka", "manad")),
            after=str(query.get("efter", ""))[:40],
        )

    @property
    def narrows(self) -> bool:
        """Whether anything but the list one comes to is asked for."""
        return self.address() != "vems=mina"

    def address(self) -> str:
        pairs = (
            ("vems", self.whose),
            ("stadsdel", self.district),
            ("skola", self.school),
            ("lage", self.state),
            ("steg", self.step),
            ("ansvarig", self.person),
            ("nar", self.when),
        )
        return "&".join(f"{name}={value}" for name, value in pairs if value)


def whose(actor: Membership, chosen: str) -> TurnQuerySet:
    """The turns of one of the four views: mine, free to take, all of ours, waiting for others."""
    if chosen == "mina":
        return Turn.objects.mine(actor)
    if chosen == "lediga":
        mine = sight.selves(actor)
        return Turn.objects.on_side_of(actor).filter(taken_by=None).exclude(responsible__in=mine)
    if chosen == "foljer":
        followed = Following.objects.filter(membership=actor).values("case")
        return Turn.objects.visible_to(actor).open().filter(case__in=followed)
    if chosen == "vantar":
        return Turn.objects.elsewhere(actor)
    return Turn.objects.on_side_of(actor)


def narrowed(turns: TurnQuerySet, chosen: Filter) -> TurnQuerySet:
    what, _sign, state = chosen.state.partition(".")
    wanted: dict[str, Any] = {
        "school__parent": chosen.district,
        "school": chosen.school,
        "what": what,
        "state": state,
        "step": chosen.step,
        "responsible": chosen.person,
    }
    turns = turns.filter(**{name: value for name, value in wanted.items() if value})
    if chosen.when == "sena":
        return turns.filter(due__lt=clock.today())
    days = {"idag": 0, "vecka": 7, "manad": 30}
    if chosen.when in days:
        return turns.filter(due__lte=clock.today() + timedelta(days=days[chosen.when]))
    return turns


def page(actor: Membership, chosen: Filter) -> tuple[list[dict[str, Any]], str]:
    """One page of rows and the key of the next, '' on the last: no offset, no count."""
    turns = narrowed(whose(actor, chosen.whose), chosen)
    if chosen.after:
        turns = after(turns, chosen.after)
    found = list(rows(turns)[: PAGE + 1])
    shown = [told(row, actor) for row in found[:PAGE]]
    more = f"{found[PAGE - 1]['due']:%Y-%m-%d}_{found[PAGE - 1]['pk']}" if len(found) > PAGE else ""
    return shown, more


def after(turns: TurnQuerySet, key: str) -> TurnQuerySet:
    """Those that come after a row, by a row value the index can follow."""
    day, _sign, pk = key.partition("_")
    try:
        return turns.alias(place=Row("due", "id")).filter(
            place__after=(date.fromisoformat(day), int(pk))
        )
    except ValueError:
        return turns


def rows(turns: TurnQuerySet) -> Any:
    return turns.order_by("due", "pk").values(*COLUMNS)


def told(row: dict[str, Any], actor: Membership) -> dict[str, Any]:
    """A row in words, with the pupil's name only where the reader may know it."""
    known = knows_name(row, actor)
    part = row["what"] == What.SECTION
    name = "" if part else row["title"]
    if row["protected"]:
        name = _("Skyddat ärende")
    elif known and row["pupil__uuid"]:
        parts = (row["pupil__given_name"], row["pupil__family_name"])
        name = " ".join(part.for_row(row["pupil__uuid"]).open() for part in parts)
    days = (row["due"] - clock.today()).days
    told = row | {
        "name": name,
        "person": f"{row['responsible__user__first_name'] or ''}"
        f" {row['responsible__user__last_name'] or ''}".strip(),
        "kind": What(row["what"]).label,
        "words": f"{WORDS[row['step']]}: {row['title']}" if part else WORDS[row["step"]],
        "state": STATES[row["what"]](row["state"]).label,
        "url": URLS[row["what"]].format(**row),
        "days": days,
        "when": in_words(days),
        "mine": row["taken_by_id"] in sight.selves(actor),
        "can_take": row["taken_by_id"] is None
        and row["responsible_id"] not in sight.selves(actor)
        and row["side_id"] == actor.organisation_id
        and row["step"] != "await_consent",
        "tone": "danger" if days < 0 else "warning" if days <= 2 else "",
        "ground": "own" if known else "sealed",
    }
    return told | HIDDEN if row["protected"] else told


# A protected pupil's turn is a number and a day.
HIDDEN = {
    "kind": "",
    "words": "",
    "state": "",
    "person": "",
    "school__name": "",
    "ground": "protected",
}


def knows_name(row: dict[str, Any], actor: Membership) -> bool:
    """The row's own answer to `Pupil.visible_to`, from the columns it already has."""
    if row["what"] in APART or row["what"] in SHARED:
        return False
    own = sight.selves(actor)
    if row["what"] == What.SECTION and actor.role in sight.TEAM_ROLES:
        return bool(row["identified"])  # seen by those alone whom its case is open to
    if actor.role == Role.PRINCIPAL or row["what"] == What.SECTION:
        return bool(row["pupil__school_id"] == actor.organisation_id)
    if actor.role == Role.SCHOOL:
        return bool(
            {row["author_id"], row["colleague_id"], row["pupil__registered_by_id"]} & set(own)
        )
    if actor.role in sight.TEAM_ROLES:
        theirs = {row["responsible_id"], row["deputy_id"]} & set(own)
        return bool(row["identified"] and row["team_id"] == actor.organisation_id and theirs)
    return actor.role == Role.RECEIVER


def in_words(days: int) -> str:
    if days < 0:
        return ngettext("%(n)s dag försenad", "%(n)s dagar försenad", -days) % {"n": -days}
    if days == 0:
        return _("I dag")
    return ngettext("Om %(n)s dag", "Om %(n)s dagar", days) % {"n": days}


def tiles(actor: Membership) -> dict[str, int]:
    """Late, due within a week and free to take on our own side; waiting for others, up to CAP.

    Two queries, because each then follows an index of its own; one with OR walks the whole table.
    """
    today, own = clock.today(), sight.selves(actor)
    mine = Q(taken_by__in=own) | Q(taken_by=None, responsible__in=own)
    ours = Turn.objects.on_side_of(actor).aggregate(
        late=Count("pk", filter=mine & Q(due__lt=today)),
        week=Count("pk", filter=mine & Q(due__gte=today, due__lte=today + timedelta(days=7))),
        free=Count("pk", filter=Q(taken_by=None) & ~Q(responsible__in=own)),
    )
    return ours | {"waiting": Turn.objects.elsewhere(actor).order_by()[:CAP].count()}


def search(actor: Membership, words: str) -> list[dict[str, Any]]:
    """Turns by reference, or by the beginning of a name among the reader's own open turns."""
    wanted = normalised(words)
    named = Turn.objects.visible_to(actor).open().filter(protected=False)
    # No number holds a sign that cannot be printed, and PostgreSQL refuses to be asked for some.
    asked = named.filter(reference__iexact=words.strip()) if words.isprintable() else named.none()
    found = [told(row, actor) for row in rows(asked)[:PAGE]]
    if found or len(wanted) < 2:
        return found
    own = [
        told(row, actor) for row in rows(whose(actor, "mina").filter(protected=False))[:SEARCHED]
    ]
    return [row for row in own if any(part.startswith(wanted) for part in _parts(row["name"]))][
        :PAGE
    ]


def _parts(name: str) -> list[str]:
    whole = normalised(name)
    return [whole, *whole.replace("-", " ").split()]
