"""The register of organisations: made, renamed, moved, closed and merged, and nothing forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import clock, standing
from accounts.changes import change
from accounts.keyset import Row
from accounts.models import (
    CLOCK,
    Actor,
    Former,
    Kind,
    Membership,
    Organisation,
    OrganisationQuerySet,
    Role,
)
from vault.indexes import normalised

PAGE = 25
# How many of those that are no more a search tells of beside what it found.
FEW = 5
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
REMEMBERED = ("name", "parent", "provider", "independent")
# What a change is looked at together with.
ALWAYS = ("kind", "code", "function_address", *REMEMBERED)
_CODE = re.compile(r"^\d{8}$")
_MUNICIPALITY = re.compile(r"^\d{4}$")


def _sought(words: str, kind: str) -> OrganisationQuerySet:
    rows = Organisation.objects.of(Kind(kind)) if kind else Organisation.objects.all()
    for word in normalised(words).split()[:5]:
        rows = rows.filter(sought__contains=word)
    return rows


def ended(words: str, kind: str) -> list[Organisation]:
    """The first of those the words fit that are no more, so that who seeks one learns what came
    after; the whole list is asked for with the others."""
    rows = _sought(words, kind).filter(until__lte=clock.today()).select_related("successor")
    return list(rows.order_by("name", "pk")[:FEW])


def page(
    words: str = "", kind: str = "", *, closed: bool = False, after: str = ""
) -> tuple[list[dict[str, Any]], str]:
    """One page of the register by name, and the key of the next; earlier names are found too."""
    rows = _sought(words, kind)
    rows = rows if closed else rows.in_service()
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
    function_address: str = "",
    **rest: Any,
) -> dict[str, Any]:
    """What is wrong with an organisation as it would be, by field; nothing when it is right."""
    wrong: dict[str, Any] = {}
    if not name.strip() or len(name) > 200 or "\x00" in name:
        wrong["name"] = _("Skriv ett namn, högst 200 tecken.")
    if words := _wrong_code(kind, code, mine):
        wrong["code"] = words
    if municipality_code and not _MUNICIPALITY.match(municipality_code):
        wrong["municipality_code"] = _("En kommunkod har fyra siffror.")
    if parent is None and kind in (Kind.DISTRICT, Kind.TEAM, Kind.RECEIVER):
        wrong["parent"] = _("Välj var organisationen ligger.")
    if parent is not None and parent.kind not in LIES_IN[kind]:
        wrong["parent"] = _("En sådan organisation kan inte ligga där.")
    if provider is not None and (kind != Kind.SCHOOL or provider.kind != Kind.PROVIDER):
        wrong["provider"] = _("Bara en skola har en huvudman, och den är en huvudman i registret.")
    if kind == Kind.RECEIVER and not function_address:
        wrong["function_address"] = _("Skriv vart en överlämning ska skickas.")
    if "name" not in wrong and kind != Kind.SCHOOL and _is_there(kind, name, parent, mine):
        wrong["name"] = _("Det finns redan en med det namnet där.")
    return wrong


def _wrong_code(kind: str, code: str, mine: Organisation | None) -> str:
    if kind == Kind.SCHOOL and not _CODE.match(code):
        return _("En skola har en skolenhetskod med åtta siffror.")
    if kind != Kind.SCHOOL and code:
        return _("Bara skolor har skolenhetskod.")
    others = Organisation.objects.filter(code=code).exclude(pk=mine.pk if mine else 0)
    return _("En annan skola har redan koden.") if code and others.exists() else ""


def _is_there(kind: str, name: str, parent: Organisation | None, mine: Organisation | None) -> bool:
    """Whether another in service has the same kind, name and place; schools have their codes."""
    same = Organisation.objects.in_service().filter(kind=kind, parent=parent)
    names = same.exclude(pk=mine.pk if mine else 0).values_list("name", flat=True)
    return name.strip().casefold() in {one.casefold() for one in names}


def create(by: Actor | None, *, serves: Iterable[Organisation] = (), **fields: Any) -> Organisation:
    """A new organisation; raises ValidationError by field."""
    wrong = faults(**fields)
    if fields.get("since", clock.today()) > clock.today():
        wrong["on"] = _("Välj senast i dag. En som börjar längre fram läggs till den dagen.")
    if wrong:
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
    whole = {name: getattr(organisation, name) for name in ALWAYS}
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
    ValidationError by key of what has neither, and by field. Where a pupil's matter is open the
    roles stay in force until the last is done (`finish_winding`).
    """
    reasons = {key: why.strip() for key, why in (reasons or {}).items() if why.strip()}
    chosen = set(follows) if successor is not None else set()
    wrong = _wrong_end(organisation, on, successor)
    for kind, _count in standing.to_settle(organisation):
        if not (kind.key in chosen and kind.follow) and kind.key not in reasons:
            wrong[kind.key] = _left_without(kind)
    if wrong:
        raise ValidationError(wrong)
    _let_follow(organisation, successor, on, chosen, apart=True)
    left = "; ".join(f"{key}: {why}" for key, why in sorted(reasons.items()))
    with change(by, "organisation.closed", organisation.uuid, reason=left):
        _let_follow(organisation, successor, on, chosen, apart=False)
        if not standing.winding(organisation):
            _end_roles(organisation)
        organisation.until, organisation.successor = on, successor
        organisation.save()


def _left_without(kind: standing.Standing) -> str:
    if kind.follow is None:
        return str(_("Skriv varför det blir kvar."))
    return str(_("Låt det gå över till efterföljaren, eller skriv varför det blir kvar."))


def finish_winding() -> int:
    """The last of the pupils' matters is done where an organisation has ended: so do its roles."""
    today, ended = clock.today(), 0
    for organisation in Organisation.objects.at_work().filter(until__lte=today).order_by("pk"):
        if not standing.winding(organisation):
            with change(CLOCK, "organisation.wound_up", organisation.uuid):
                _end_roles(organisation)
            ended += 1
    return ended


def _wrong_end(
    organisation: Organisation, on: date, successor: Organisation | None
) -> dict[str, Any]:
    wrong: dict[str, Any] = {}
    if not organisation.in_service:
        wrong["on"] = _("Den har redan upphört.")
    elif Membership.objects.in_force().filter(organisation=organisation, role=Role.ADMIN).exists():
        wrong["on"] = _("Här arbetar administratörerna. Kommunen kan inte avslutas.")
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
    former = organisation.former.select_related("parent", "provider").order_by("until")
    rows = [_period(one) | {"since": one.since, "last": one.until - DAY} for one in former]
    last = organisation.until - DAY if organisation.until else None
    return [*rows, _period(organisation) | {"since": began(organisation), "last": last}]


def _period(one: Former | Organisation) -> dict[str, Any]:
    return {"name": one.name, "parent": one.parent, "run_by": run_by(one)}


def run_by(one: Former | Organisation) -> str:
    """Who runs a school, or ran it then, and that it is independent."""
    if one.provider is None:
        return _("fristående") if one.independent else _("kommunal")
    return _("%s, fristående") % one.provider if one.independent else str(one.provider)
