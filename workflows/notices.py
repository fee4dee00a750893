"""Telling people, in the product and by mail: once per person and cause, and never a pupil's name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership, Role
from collaboration.models import SupportMaterial
from history import outbox
from history.models import Outgoing
from workflows.models import SHARED, Notice, Turn, What

WORDS = {
    "turn": gettext_lazy("Du har fått något att göra"),
    "due": gettext_lazy("Något du ansvarar för ska snart vara klart"),
    "late": gettext_lazy("Något är försenat"),
    "moved": gettext_lazy("Ett ärende du följer har gått vidare"),
    "answer": gettext_lazy("Du har fått svar på en remiss"),
    "named": gettext_lazy("Du har utsetts till kontaktperson eller ersättare för en skola"),
    "posts_left": gettext_lazy("Någon har slutat, och skolor saknar kontaktperson eller ersättare"),
    "role_ends": gettext_lazy("En kontaktperson slutar snart. Planera bytet"),
    "taken_over": gettext_lazy("Ett annat team tar över en skola som ni har haft"),
    "contact": gettext_lazy("Skolan får en ny kontaktperson i socialtjänsten"),
    "vacant": gettext_lazy("En skola saknar kontaktperson eller ersättare"),
    "vacant_long": gettext_lazy("En skola har länge saknat kontaktperson eller ersättare"),
    "unconfirmed": gettext_lazy("En skola har inte bekräftat sin nya kontaktperson"),
    "promise": gettext_lazy("Du har fått något att göra efter ett forum"),
    "agreement": gettext_lazy("En överenskommelse ska snart utvärderas"),
    "agreement_comment": gettext_lazy("Läs förslaget till överenskommelse och skriv vad ni tycker"),
    "agreement_holds": gettext_lazy("En överenskommelse som binder er gäller nu"),
    "agreement_ended": gettext_lazy("En överenskommelse som band er har upphört"),
    "section_owner": gettext_lazy("Du ska skriva ett avsnitt i en överenskommelse"),
    "interview": gettext_lazy(
        "En intervju har fått ny dag, plats eller någon annan som håller den"
    ),
    "material": gettext_lazy("Ett stödmaterial har en ny version"),
    "material_first": gettext_lazy("Det finns ett nytt stödmaterial"),
    "material_owner": gettext_lazy("Du ansvarar nu för ett stödmaterial"),
    "term_plan": gettext_lazy("Terminens forum är inte färdigplanerade"),
    "term_missed": gettext_lazy("Ett forum möttes inte så ofta som det ska förra terminen"),
    "money_ask": gettext_lazy("Ta ställning till en ansökan om medel"),
    "money_changed": gettext_lazy("En ansökan om medel har ändrats. Ta ställning på nytt"),
    "money_declined": gettext_lazy("En rektor står inte bakom ansökan om medel"),
    "money_ready": gettext_lazy("Alla rektorer står bakom ansökan om medel"),
    "money_sent": gettext_lazy("En ansökan om medel väntar på beslut"),
    "money_decided": gettext_lazy("Det finns ett beslut om medel"),
    "protect": gettext_lazy("En remiss ska vara en orosanmälan, i dag"),
    "team": gettext_lazy("Ett ärende kan byta team"),
    "in_error": gettext_lazy("Någon har anmält att det är fel elev"),
    "glass": gettext_lazy("Någon har nödöppnat ett ärende. Granska det"),
    "handover": gettext_lazy("Mottagaren har svarat på en överlämning"),
    "alarm": gettext_lazy("En överlämning har väntat länge"),
    "screening": gettext_lazy("Teamet bjuder in till en genomgång"),
    "screening_moved": gettext_lazy("En genomgång har fått ny tid eller plats"),
    "screening_off": gettext_lazy("En genomgång är inställd"),
    "section": gettext_lazy("Du har en del av en kartläggning att fylla i"),
    "draft_old": gettext_lazy("Ett utkast rensas snart"),
    "vacancy": gettext_lazy("Någon har slutat, och något behöver en ny ansvarig"),
    "vacancy_late": gettext_lazy("Något har saknat ny ansvarig i en vecka"),
    "log_check": gettext_lazy("Loggen ska kontrolleras"),
    "law_old": gettext_lazy("Rader i Lag och gränser behöver kontrolleras"),
}


# How much of a name a notice keeps: its own column.
REFERENCE = 200
# Of a protected pupil a notice says only that there is something to do: the worklist has the rest.
WITHOUT: dict[str, Any] = {"what": "", "object_uuid": None, "reference": ""}


def tell(to: Iterable[Membership], code: str, key: str, obj: Any) -> int:
    """Leave a notice of an object for each who has not had it; the caller holds a transaction."""
    shared = obj._meta.model_name in SHARED
    about = {
        "what": obj._meta.model_name,
        "object_uuid": obj.uuid,
        "reference": _named(obj) if shared else getattr(obj, "reference", ""),
    }
    pupil = getattr(obj, "pupil", None)
    if pupil is not None and pupil.protected:
        about = WITHOUT
    return sum(_leave(person, code, key, about, shared=shared) for person in to)


def _named(obj: Any) -> str:
    """What is of the collaboration holds no pupil, so a notice says which agreement or school."""
    with translation.override(settings.LANGUAGE_CODE):  # kept, whoever moved it
        return str(obj)[:REFERENCE]


def tell_of_page(to: Iterable[Membership], code: str, key: str, page: str) -> int:
    """The same of a whole page, named in `worklist.URLS`: no pupil's path, so all are told which."""
    return sum(_leave(person, code, key, {"what": page}, shared=True) for person in to)


def tell_of_turn(to: Iterable[Membership], code: str, turn: Turn) -> int:
    """The same of a turn, once for each day it has been due on."""
    about: dict[str, Any] = {
        "what": turn.what,
        "object_uuid": turn.object_uuid,
        "reference": turn.title if turn.what in SHARED else turn.reference,
    }
    if turn.what == What.SECTION:  # a principal may know of the case and not read the part
        about["what"] = What.CASE
    if turn.protected:
        about = WITHOUT
    key, shared = f"{code}:{turn.uuid}:{turn.due}", turn.what in SHARED
    return sum(_leave(person, code, key, about, shared=shared) for person in to)


def titles(found: Iterable[Notice], reader: Membership) -> dict[UUID | None, str]:
    """What the support material among these is called, where the reader may see it."""
    about = {one.object_uuid for one in found if one.what == What.MATERIAL and one.object_uuid}
    seen = SupportMaterial.objects.visible_to(reader).filter(uuid__in=about)
    return {row.uuid: row.title for row in seen}


def _leave(
    person: Membership, code: str, key: str, about: dict[str, Any], *, shared: bool = False
) -> bool:
    """`shared`: it is of the collaboration, where no pupil stands, so a district manager is told
    which one; of a pupil's path they hear only that something waits."""
    if person.role == Role.DISTRICT and not shared:
        about = {}
    notice, new = Notice.objects.get_or_create(to=person, key=key, defaults=about | {"code": code})
    if new:
        outbox.add("notice", key=f"notice:{notice.uuid}", notice=str(notice.uuid))
    return new


@outbox.handler("notice")
def mail(promise: Outgoing) -> None:
    """ "You have something to do" and a link; of the collaboration, which has no pupil, which one.

    Sent only while the person still has the role."""
    notice = Notice.objects.select_related("to__user").get(uuid=promise.payload["notice"])
    user = notice.to.user
    if not notice.to.in_force or not user.email:
        return
    title = " ".join(titles([notice], notice.to).get(notice.object_uuid, "").split())
    with translation.override(user.language):
        words = str(WORDS[notice.code])
        body = _("Logga in i Bryggan och se din lista:\n\n%s/\n") % settings.BASE_URL
        if title:
            page = reverse("collaboration:material", args=[notice.object_uuid])
            body = _("Logga in i Bryggan och läs:\n\n%s\n") % (settings.BASE_URL + page)
        which = title or (notice.reference if notice.what in SHARED else "")
        EmailMessage(
            subject=" ".join(f"{words}: {which}".split()) if which else words,
            body=body,
            to=[user.email],
            headers={"Message-ID": f"<{promise.uuid}@bryggan>"},
        ).send()
