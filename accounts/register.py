"""The register of organisations: made, renamed, moved, closed and merged, and nothing forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts import clock, standing
from accounts.changes import change
from accounts.keyset import Row
from accounts.models import WHERE, Actor, Former, Kind, Membership, Organisation
from vault.indexes import normalised

PAGE = 25
DAY = timedelta(days=1)
# In what kinds of organisation each kind may lie; a school may also be run by a provider.
LIES_IN: dict[str, tuple[Kind, ...]] = {
    Kind.MUNICIPALITY: (),
    Kind.DISTRICT: (Kind.MUNICIPALITY,),
    Kind.PROVIDER: (),
    Kind.SCHOOL: (Kind.DISTRICT, Kind.MUNICIPALITY),
    Kind.TEAM: (Kind.DISTRICT, Kind.MUNICIPALITY),
    Kind.RECEIVER: (Kind.DISTRICT, Kind.MUNICIPALITY),
}
# What is remembered of each period; the rest (code, address) is only what it is now.
REMEMBERED = ("name", "parent", "provider")
_CODE = re.compile(r"^\d{8}$")
_MUNICIPALITY = re.compile(r"^\d{4}$")


def page(
    words: str = "", kind: str = "", *, closed: bool = False, after: str = ""
) -> tuple[list[dict[str, Any]], str]:
    """One page of the register by name, and the key of the next; earlier names are found too."""
    rows = Organisation.objects.all() if closed else Organisation.objects.in_service()
    if kind:
        rows = rows.filter(kind=kind)
    for word in normalised(words).split()[:5]:
        rows = rows.filter(sought__contains=word)
    pk = int(after) if after.isdecimal() and len(after) < 12 else 0
    if place := Organisation.objects.filter(pk=pk).values_list("name", "pk").first():
        rows = rows.alias(place=Row("name", "id")).filter(place__after=place)
    columns = ("pk", "uuid", "kind", "name", "code", "independent", "until", "parent__name")
    found = list(
        rows.order_by("name", "pk").values(*columns, "provider__name", "sought")[: PAGE + 1]
    )
    more = str(found[PAGE - 1]["pk"]) if len(found) > PAGE else ""
    today = clock.today()
    return [
        row
        | {
            "kind_name": Kind(row["kind"]).label,
            "closed": row["until"] is not None and row["until"] <= today,
        }
        for row in found[:PAGE]
    ], more


def faults(
    *,
    kind: str,
    name: str,
    code: str = "",
    municipality_code: str = "",
    parent: Organisation | None = None,
    provider: Organisation | None = None,
    mine: Organisation | None = None,
    **rest: Any,
) -> dict[str, Any]:
    """What is wrong with an organisation as it would be, by field; nothing when it is right."""
    wrong: dict[str, Any] = {}
    if not name.strip() or len(name) > 200 or "\x00" in name:
        wrong["name"] = _("Skriv ett namn, högst 200 tecken.")
    if kind == Kind.SCHOOL and not _CODE.match(code):
        wrong["code"] = _("En skola har en skolenhetskod med åtta siffror.")
    elif kind != Kind.SCHOOL and code:
        wrong["code"] = _("Bara skolor har skolenhetskod.")
    elif (
        code and Organisation.objects.filter(code=code).exclude(pk=mine.pk if mine else 0).exists()
    ):
        wrong["code"] = _("En annan skola har redan koden.")
    if municipality_code and not _MUNICIPALITY.match(municipality_code):
        wrong["municipality_code"] = _("En kommunkod har fyra siffror.")
    if parent is None and kind in (Kind.DISTRICT, Kind.TEAM, Kind.RECEIVER):
        wrong["parent"] = _("Välj var organisationen ligger.")
    if parent is not None and parent.kind not in LIES_IN[kind]:
        wrong["parent"] = _("En sådan organisation kan inte ligga där.")
    if provider is not None and (kind != Kind.SCHOOL or provider.kind != Kind.PROVIDER):
        wrong["provider"] = _("Bara en skola har en huvudman, och den är en huvudman i registret.")
    return wrong


def create(by: Actor | None, *, serves: Iterable[Organisation] = (), **fields: Any) -> Organisation:
    """A new organisation; raises ValidationError by field."""
    if wrong := faults(**fields):
        raise ValidationError(wrong)
    organisation = Organisation(**fields)
    with change(by, "organisation.created", organisation.uuid, closes=False):
        organisation.save()
        organisation.serves.set(serves)
    return organisation


def amend(
    by: Actor | None,
    organisation: Organisation,
    *,
    on: date,
    serves: Iterable[Organisation] | None = None,
    **fields: Any,
) -> bool:
    """Change it from a day on; what it was called and where it lay before is kept.

    Returns whether anything changed. Raises ValidationError by field.
    """
    now = {name: getattr(organisation, name) for name in fields}
    serving = None if serves is None else {one.pk for one in serves}
    same = serving is None or serving == set(organisation.serves.values_list("pk", flat=True))
    if now == fields and same:
        return False
    whole = {name: getattr(organisation, name) for name in ("kind", "code", *REMEMBERED)}
    if wrong := faults(**whole | fields, mine=organisation):
        raise ValidationError(wrong)
    with change(by, "organisation.changed", organisation.uuid):
        if any(name in fields and now[name] != fields[name] for name in REMEMBERED):
            remember(organisation, on)
        for name, value in fields.items():
            setattr(organisation, name, value)
        organisation.save()
        if serving is not None:
            organisation.serves.set(serving)
    return True


def remember(organisation: Organisation, on: date) -> None:
    """End the present period: from `on` something else is true; raises ValidationError.

    A change from the very day it began is a correction, and leaves no period behind.
    """
    since = began(organisation)
    if on == since:
        return
    if on < since or on > clock.today():
        words = _("Välj en dag från och med %(day)s, och senast i dag.")
        raise ValidationError({"on": words % {"day": date_format(since, "j F Y")}})
    kept = {name: getattr(organisation, name) for name in REMEMBERED}
    Former.objects.create(organisation=organisation, since=since, until=on, **kept)


def began(organisation: Organisation) -> date:
    """The day from which it has been as it is now."""
    latest = organisation.former.order_by("-until").first()
    return latest.until if latest else organisation.since


def close(
    by: Actor | None,
    organisation: Organisation,
    *,
    on: date,
    successor: Organisation | None,
    follows: Iterable[str] = (),
    reasons: dict[str, str] | None = None,
) -> None:
    """It is no more from a day on. Everything open follows to the successor, or has a reason.

    `follows`: keys of what goes over; `reasons`: why the rest is left as it is, by key. Raises
    ValidationError by key of what has neither, and by field.
    """
    reasons = {key: why.strip() for key, why in (reasons or {}).items() if why.strip()}
    chosen = set(follows) if successor is not None else set()
    wrong = _wrong_end(organisation, on, successor)
    for kind, _count in standing.still_open(organisation):
        if not (kind.key in chosen and kind.follow) and kind.key not in reasons:
            wrong[kind.key] = _(
                "Låt det gå över till efterföljaren, eller skriv varför det blir kvar."
            )
    if wrong:
        raise ValidationError(wrong)
    _let_follow(organisation, successor, on, chosen, apart=True)
    left = "; ".join(f"{key}: {why}" for key, why in sorted(reasons.items()))
    with change(by, "organisation.closed", organisation.uuid, reason=left):
        _let_follow(organisation, successor, on, chosen, apart=False)
        _end_roles(organisation)
        organisation.until, organisation.successor = on, successor
        organisation.save()


def _wrong_end(
    organisation: Organisation, on: date, successor: Organisation | None
) -> dict[str, Any]:
    wrong: dict[str, Any] = {}
    if not organisation.in_service:
        wrong["on"] = _("Den har redan upphört.")
    elif not organisation.since < on <= clock.today():
        wrong["on"] = _("Välj en dag efter att organisationen började, och senast i dag.")
    if successor is not None and (successor == organisation or not successor.in_service):
        wrong["successor"] = _("Välj en annan organisation som finns kvar.")
    elif successor is not None and successor.kind != organisation.kind:
        wrong["successor"] = _("Välj en organisation av samma slag.")
    elif successor is not None and "on" not in wrong and on < successor.since:
        words = _("Välj %s eller senare: innan dess finns inte efterföljaren.")
        wrong["on"] = words % date_format(successor.since, "j F Y")
    return wrong


def _let_follow(
    old: Organisation, new: Organisation | None, on: date, chosen: set[str], *, apart: bool
) -> None:
    if new is None:
        return
    for kind, _count in standing.still_open(old):
        if kind.apart == apart and kind.key in chosen and kind.follow:
            kind.follow(old, new, on)


def _end_roles(organisation: Organisation) -> None:
    """Nobody acts in what no longer exists; what they hold is covered as when somebody leaves."""
    today = clock.today()
    for membership in organisation.memberships.filter(Q(until=None) | Q(until__gt=today)):
        membership.until = max(today, membership.since)
        membership.save(update_fields=["until"])


def history(organisation: Organisation) -> list[dict[str, Any]]:
    """Every period in order with its first and last day, the present one last."""
    rows = [
        {"name": f.name, "parent": f.parent, "since": f.since, "last": f.until - DAY}
        for f in organisation.former.select_related("parent").order_by("until")
    ]
    now = {
        "name": organisation.name,
        "parent": organisation.parent,
        "since": began(organisation),
        "last": organisation.until - DAY if organisation.until else None,
    }
    return [*rows, now]


def _people(organisation: Organisation) -> Any:
    today = clock.today()
    return organisation.memberships.filter(Q(until=None) | Q(until__gt=today))


def _people_follow(organisation: Organisation, successor: Organisation, on: date) -> None:
    """The same roles in the successor from today; the old ones end with the old organisation."""
    for old in _people(organisation).filter(user__is_active=True, stands_in_for=None):
        if WHERE[old.role] == successor.kind:
            role_in(old, successor)


def role_in(old: Membership, successor: Organisation) -> Membership:
    """The same person's same role there, made if it is not there yet; `old` is not ended here."""
    today = clock.today()
    there = Membership.objects.filter(
        Q(until=None) | Q(until__gt=today),
        user=old.user_id,
        organisation=successor,
        role=old.role,
    )
    return there.first() or Membership.objects.create(
        user_id=old.user_id,
        organisation=successor,
        role=old.role,
        profession=old.profession,
        since=max(today, old.since),
        until=old.until,
    )


def _parts_follow(organisation: Organisation, successor: Organisation, on: date) -> None:
    """What lay in it lies in the successor from then on, and remembers where it lay."""
    for part in organisation.parts.in_service():
        if began(part) < on:
            remember(part, on)
        part.parent = successor
        part.save()


def _runs_follow(organisation: Organisation, successor: Organisation, on: date) -> None:
    for school in organisation.runs.in_service():
        if began(school) < on:
            remember(school, on)
        school.provider = successor
        school.save()


def _served_follows(organisation: Organisation, successor: Organisation, on: date) -> None:
    for team in organisation.served_by.in_service():
        team.serves.remove(organisation)
        team.serves.add(successor)


standing.tell(
    standing.Standing(
        "people", _("Personer med en roll"), lambda o: _people(o).count(), _people_follow
    )
)
standing.tell(
    standing.Standing(
        "parts",
        _("Organisationer som ligger i den"),
        lambda o: o.parts.in_service().count(),
        _parts_follow,
    )
)
standing.tell(
    standing.Standing(
        "runs", _("Skolor som den driver"), lambda o: o.runs.in_service().count(), _runs_follow
    )
)
standing.tell(
    standing.Standing(
        "served",
        _("Team som arbetar åt den"),
        lambda o: o.served_by.in_service().count(),
        _served_follows,
    )
)
