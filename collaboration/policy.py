"""Who may do what in the collaboration, in the words of the lifecycle tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from accounts.models import Actor, Membership, Role
from accounts.rules import Holds, Rule, Signs, by_itself
from collaboration import sight


@dataclass(frozen=True)
class LeadsDistrict(Holds):
    """Leads the district, or the one that has its tasks today: what is left there is not stuck."""

    def __call__(self, obj: Any, actor: Actor) -> bool:
        if not isinstance(actor, Membership) or not actor.in_force:
            return False
        return actor.role in self.roles and actor.organisation_id == self._place(obj)

    def who(self, obj: Any) -> Q:
        return Q(organisation=self._place(obj), role__in=self.roles)

    def _place(self, obj: Any) -> int:
        return int(getattr(obj, self.side).heir.pk)


district_manager = LeadsDistrict("district", (Role.DISTRICT,))
party_link = Signs()
clock = by_itself


@dataclass(frozen=True)
class OfParty(Rule):
    """Works with one of these roles for one of the agreement's parties."""

    roles: tuple[Role, ...] = (*sight.SCHOOL_ROLES, *sight.TEAM_ROLES)

    def __call__(self, obj: Any, actor: Actor) -> bool:
        if not isinstance(actor, Membership) or not actor.in_force:
            return False
        theirs = obj.parties.filter(organisation__in=sight.sides(actor))
        return actor.role in self.roles and theirs.exists()

    def who(self, obj: Any) -> Q:
        parties = obj.parties.values("organisation")
        in_district = Q(organisation__parent__in=parties, role__in=sight.TEAM_ROLES)
        return (Q(organisation__in=parties) & Q(role__in=self.roles)) | in_district

    def __str__(self) -> str:
        return "the parties' people"


@dataclass(frozen=True)
class OwnsSection(Rule):
    """Has been asked to write a section of it."""

    def __call__(self, obj: Any, actor: Actor) -> bool:
        if not isinstance(actor, Membership) or not actor.in_force:
            return False
        return bool(obj.sections.filter(owner=actor).exists())

    def who(self, obj: Any) -> Q:
        return Q(pk__in=obj.sections.exclude(owner=None).values("owner"))

    def __str__(self) -> str:
        return "who writes a section"


@dataclass(frozen=True)
class HasRole(Rule):
    """Has one of these roles, wherever: for what belongs to the whole municipality."""

    roles: tuple[Role, ...]

    def __call__(self, obj: Any, actor: Actor) -> bool:
        return isinstance(actor, Membership) and actor.in_force and actor.role in self.roles

    def who(self, obj: Any) -> Q:
        return Q(role__in=self.roles)

    def __str__(self) -> str:
        return " or ".join(self.roles)


@dataclass(frozen=True)
class HoldsHeir(Holds):
    """Holds one of these roles where the object's organisation is, or in what has followed it."""

    def __call__(self, obj: Any, actor: Actor) -> bool:
        if not isinstance(actor, Membership) or not actor.in_force:
            return False
        side = getattr(obj, self.side)
        return actor.role in self.roles and actor.organisation_id == side.heir.pk

    def who(self, obj: Any) -> Q:
        return Q(organisation=getattr(obj, self.side).heir, role__in=self.roles)


@dataclass(frozen=True)
class OfAudience(Rule):
    """Is one of those a material is meant for; an empty audience is everyone."""

    def __call__(self, obj: Any, actor: Actor) -> bool:
        if not isinstance(actor, Membership) or not actor.in_force:
            return False
        return bool(obj.is_for(actor.role))

    def who(self, obj: Any) -> Q:
        return Q(role__in=obj.audience.split()) if obj.audience else Q()

    def __str__(self) -> str:
        return "whoever it is meant for"


party = OfParty()
# Of the library of support material.
KEEPERS = (Role.CENTRAL, Role.DISTRICT)
keeper = HasRole(KEEPERS)
audience = OfAudience()
money_keeper = HoldsHeir("district", (Role.DISTRICT,))
school_leader = HoldsHeir("school", (Role.PRINCIPAL,))
central = HasRole((Role.CENTRAL,))
section_owner = OwnsSection()


@dataclass(frozen=True)
class Anywhere(Rule):
    """Holds this role, wherever: administrators are one for the whole municipality."""

    roles: tuple[Role, ...]

    def __call__(self, obj: Any, actor: Actor) -> bool:
        return isinstance(actor, Membership) and actor.in_force and actor.role in self.roles

    def who(self, obj: Any) -> Q:
        return Q(role__in=self.roles)

    def __str__(self) -> str:
        return ", ".join(self.roles)


@dataclass(frozen=True)
class IsContact(Rule):
    """Is the very person the assignment names."""

    def __call__(self, obj: Any, actor: Actor) -> bool:
        named = isinstance(actor, Membership) and actor.in_force
        return named and obj.person_id is not None and actor.pk == obj.person_id  # type: ignore[union-attr]  # named is a membership

    def who(self, obj: Any) -> Q:
        return Q(pk=obj.person_id)

    def __str__(self) -> str:
        return "the person named"


# A team answers for its schools' contacts; where no team serves a school, its district does.
unit_manager = Holds("team", (Role.MANAGER, Role.DISTRICT))
administrator = Anywhere((Role.ADMIN,))
contact_person = IsContact()
school_side = Holds("school", sight.SCHOOL_ROLES)


@dataclass(frozen=True)
class Convenes(Rule):
    """Calls the meeting, or leads where its convener works or the district it is about."""

    path: str = ""

    def __call__(self, obj: Any, actor: Actor) -> bool:
        if not isinstance(actor, Membership) or not actor.in_force:
            return False
        meeting = getattr(obj, self.path) if self.path else obj
        leads = actor.role in (Role.MANAGER, Role.DISTRICT)
        places = (meeting.convener.organisation_id, meeting.forum.district_id)
        return actor.pk == meeting.convener_id or (leads and actor.organisation_id in places)

    def who(self, obj: Any) -> Q:
        meeting = getattr(obj, self.path) if self.path else obj
        places = (meeting.convener.organisation_id, meeting.forum.district_id)
        leads = Q(role__in=(Role.MANAGER, Role.DISTRICT), organisation__in=places)
        return Q(pk=meeting.convener_id) | leads

    def __str__(self) -> str:
        return "the convener"


@dataclass(frozen=True)
class Called(Rule):
    """Works where somebody is called to the meeting."""

    def __call__(self, obj: Any, actor: Actor) -> bool:
        if not isinstance(actor, Membership) or not actor.in_force:
            return False
        return bool(obj.invitees.filter(organisation=actor.organisation_id).exists())

    def who(self, obj: Any) -> Q:
        return Q(organisation__in=obj.invitees.values("organisation"))

    def __str__(self) -> str:
        return "who is called"


@dataclass(frozen=True)
class IsNamed(Rule):
    """Is the very person one of the object's fields names."""

    field: str
    words: str

    def __call__(self, obj: Any, actor: Actor) -> bool:
        named = isinstance(actor, Membership) and actor.in_force
        return named and getattr(obj, f"{self.field}_id") == actor.pk  # type: ignore[union-attr]

    def who(self, obj: Any) -> Q:
        return Q(pk=getattr(obj, f"{self.field}_id"))

    def __str__(self) -> str:
        return self.words


interviewer = IsNamed("interviewer", "who holds the interview")
asker = IsNamed("asker", "who asks for the permission")
convener = Convenes()
meeting_convener = Convenes("meeting")
called = Called()
action_owner = Holds(
    "organisation",
    (*sight.SCHOOL_ROLES, *sight.TEAM_ROLES, Role.DISTRICT, Role.RECEIVER),
)
