"""What an administrator does with people: invite, give and end roles, close and open sign-ins.

Each is one transaction, on the chain, and acts on the person's next request.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.changes import change
from accounts.keyset import Row
from accounts.models import WHERE, Membership, Organisation, Role, Signatory, User
from vault.indexes import normalised

PAGE = 25
# Nobody plans further than this; a slip of the finger does.
LAST_YEAR = 2200
# What a person's own account is asked to do by mail; `workflows` listens for these.
INVITED, ASKED_FOR_LINK = "person.invited", "person.link"
# What a link to choose a password is called among the one-time links.
LINK = "password"


def page(words: str = "", only: str = "", after: str = "") -> tuple[list[dict[str, Any]], str]:
    """One page of people by name, and the key of the next, '' on the last.

    `only`: "invited", "closed", "no_second" or "" for all. Each row has its roles in force.
    """
    people = User.objects.annotate(
        second=Exists(Authenticator.objects.filter(user=OuterRef("pk"), type="totp"))
    )
    for word in normalised(words).split()[:5]:
        people = people.filter(sought__contains=word)
    people = people.filter(_ONLY.get(only, Q()))
    if row := _place(after):
        people = people.alias(place=Row("last_name", "first_name", "id")).filter(place__after=row)
    columns = ("pk", "uuid", "first_name", "last_name", "username", "email", "is_active", "second")
    found = list(
        people.order_by("last_name", "first_name", "pk").values(*columns, "last_login")[: PAGE + 1]
    )
    shown, more = found[:PAGE], str(found[PAGE - 1]["pk"]) if len(found) > PAGE else ""
    roles: dict[int, list[Membership]] = {row["pk"]: [] for row in shown}
    in_force = Membership.objects.in_force().filter(user__in=roles)
    for membership in in_force.select_related("organisation").order_by("pk"):
        roles[membership.user_id].append(membership)
    return [row | {"roles": roles[row["pk"]]} for row in shown], more


_ONLY = {
    "invited": Q(is_active=True, last_login=None),
    "closed": Q(is_active=False),
    "no_second": Q(is_active=True, second=False),
}


def _place(after: str) -> tuple[str, str, int] | None:
    """Where the person with this number stands in the list; no name travels in an address."""
    pk = int(after) if after.isdecimal() and len(after) < 12 else 0
    return User.objects.filter(pk=pk).values_list("last_name", "first_name", "pk").first()


def invite(by: Membership, *, first_name: str, last_name: str, email: str, language: str) -> User:
    """A new person without a password, and a promise of a mail with a link to choose one.

    Raises ValidationError for a mail somebody already has.
    """
    taken(email, None)
    user = User(
        username=email.casefold(),
        first_name=first_name,
        last_name=last_name,
        email=email,
        language=language,
    )
    user.set_unusable_password()
    with change(by, INVITED, user.uuid, closes=False):
        user.save()
    return user


def taken(email: str, mine: User | None) -> None:
    """Raises ValidationError when somebody else already has this mail, here or as their name."""
    others = User.objects.exclude(pk=mine.pk if mine else 0)
    if others.filter(Q(email__iexact=email) | Q(username__iexact=email)).exists():
        raise ValidationError({"email": _("Någon annan har redan den adressen.")})


def send_link(by: Membership | None, user: User) -> None:
    """Promise a new link to choose a password; earlier ones stop working when it is sent."""
    with change(by, INVITED if by else ASKED_FOR_LINK, user.uuid, closes=False):
        pass


def choose_password(link: Signatory, user: User, password: str) -> bool:
    """Use the link up and set the password; False when somebody has used it meanwhile."""
    user.set_password(password)
    with transaction.atomic():
        now = clock.now()
        if not Signatory.objects.filter(pk=link.pk, revoked=None).update(used=now, revoked=now):
            return False
        with change(link, "person.password_chosen", user.uuid, closes=False):
            user.save(update_fields=["password"])
            close_sessions(user)
    return True


def change_person(by: Membership, user: User, **fields: Any) -> None:
    """Name, mail, language, single sign-on; who signs in by mail signs in by the new one."""
    if "email" in fields:
        taken(fields["email"], user)
        if user.username == user.email.casefold():
            user.username = fields["email"].casefold()
    if (sso := fields.get("sso_id")) and User.objects.exclude(pk=user.pk).filter(sso_id=sso):
        raise ValidationError({"sso_id": _("Någon annan har redan den identiteten.")})
    for name, value in fields.items():
        setattr(user, name, value)
    with change(by, "person.changed", user.uuid):
        user.save()


def fits(role: str, organisation: Organisation) -> None:
    """Raises ValidationError where a role is not held in that kind of organisation."""
    if organisation.kind != WHERE[role]:
        kind = WHERE[role].label
        words = _("Rollen %(role)s finns bara i: %(kind)s.")
        raise ValidationError(
            {"role": words % {"role": Role(role).label, "kind": str(kind).lower()}}
        )
    if not Organisation.objects.at_work().filter(pk=organisation.pk).exists():
        raise ValidationError({"organisation": _("Organisationen finns inte längre.")})


def add_membership(
    by: Membership,
    user: User,
    *,
    organisation: Organisation,
    role: str,
    since: date,
    until: date | None = None,
    profession: str = "",
    stands_in_for: Membership | None = None,
) -> Membership:
    """Give a role for a period; `until` is the first day it no longer holds. No overlap."""
    fits(role, organisation)
    not_oneself(by, user)
    if until is not None and until <= since:
        raise ValidationError({"until": _("Sista dagen kan inte ligga före den första.")})
    if overlapping(user, organisation, role, since, until).exists():
        raise ValidationError({"since": _("Personen har redan den rollen där under den tiden.")})
    membership = Membership(
        user=user,
        organisation=organisation,
        role=role,
        since=since,
        until=until,
        profession=profession,
        stands_in_for=stands_in_for,
    )
    with change(by, "role.deputy" if stands_in_for else "role.given", user.uuid):
        membership.save()
    return membership


def day_after(last: date) -> date:
    """The first day a role no longer holds, from the last it does; raises ValidationError."""
    if last.year > LAST_YEAR:
        raise ValidationError({"until": _("Året är för långt fram.")})
    return last + timedelta(days=1)


def overlapping(
    user: User, organisation: Organisation, role: str, since: date, until: date | None
) -> Any:
    """The person's periods in this role there that share a day with another period."""
    same = Membership.objects.filter(user=user, organisation=organisation, role=role)
    ends_after = Q(until=None) | Q(until__gt=since)
    return same.filter(ends_after, *([Q(since__lt=until)] if until else []))


def end_membership(by: Membership, membership: Membership, *, until: date) -> None:
    """The role ends: `until` is the first day it no longer holds, today at the earliest."""
    not_oneself(by, membership.user)
    if until < clock.today():
        raise ValidationError({"until": _("En roll kan inte ha slutat tidigare än i går.")})
    if membership.until is not None and membership.until <= until:
        raise ValidationError({"until": _("Rollen slutar redan då eller tidigare.")})
    an_administrator_stays(membership, until)
    membership.until = max(until, membership.since)
    with change(by, "role.ended", membership.user.uuid):
        membership.save(update_fields=["until"])


def not_oneself(by: Membership, user: User) -> None:
    """Nobody gives themselves a role, or saws off the branch they sit on."""
    if by.user_id == user.pk:
        words = _("Du kan inte ändra dina egna roller. Be en annan administratör.")
        raise ValidationError(words)


def an_administrator_stays(ending: Membership, on: date) -> None:
    """Raises ValidationError where nobody would be left, that day, to give anybody a role: whoever
    ends the role may have an end of their own before it."""
    if ending.role != Role.ADMIN:
        return
    there = Membership.objects.filter(role=Role.ADMIN, user__is_active=True, since__lte=on)
    if not there.exclude(pk=ending.pk).filter(Q(until=None) | Q(until__gt=on)).exists():
        raise ValidationError(_("Ingen administratör blir kvar då. Ge någon annan rollen först."))


def deactivate(by: Membership, user: User) -> None:
    """Close the sign-in at once; it never waits for anything. The roles end today.

    What the person held is covered afterwards (`workflows.leaving`).
    """
    not_oneself(by, user)
    today = clock.today()
    with change(by, "person.closed", user.uuid):
        user.is_active = False
        user.save(update_fields=["is_active"])
        close_sessions(user)
        for membership in user.memberships.filter(Q(until=None) | Q(until__gt=today)):
            membership.until = max(today, membership.since)
            membership.save(update_fields=["until"])


def reactivate(by: Membership, user: User) -> None:
    """The person may sign in again; roles are given anew."""
    with change(by, "person.opened", user.uuid):
        user.is_active = True
        user.save(update_fields=["is_active"])


def sign_out_everywhere(by: Membership, user: User) -> None:
    with change(by, "person.signed_out", user.uuid):
        close_sessions(user)


def close_sessions(user: User) -> None:
    for session in UserSession.objects.filter(user=user):
        session.end()


def forget_second_factor(by: Membership, user: User) -> None:
    """A lost phone: the second factor is set up anew at the next sign-in."""
    with change(by, "person.second_factor_gone", user.uuid):
        Authenticator.objects.filter(user=user).delete()
        close_sessions(user)
