"""What is asked when material is put in the library, and when it gets a new version."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

import vault.files
import vault.uploads
from accounts import clock
from accounts.forms import (
    A_PERSON,
    PersonField,
    choice,
    day,
    long_text,
    several,
    short_text,
    yes,
)
from accounts.models import Membership, Role
from collaboration.choices import MaterialKind, MaterialStatus
from collaboration.forms.agreement import WhyForm
from collaboration.models import SupportMaterial
from collaboration.models.material import REVIEWED_EVERY
from collaboration.policy import KEEPERS
from history.forms import KeyForm, MoveForm, Offer
from history.models import Event
from vault.models import StoredFile

READERS = (
    Role.SCHOOL,
    Role.PRINCIPAL,
    Role.TEAM,
    Role.MANAGER,
    Role.DISTRICT,
    Role.RECEIVER,
)


class KeeperField(PersonField):
    """One of those who keep the library: by name and place, for they are of the whole city."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}, {obj.organisation}"


class DescribedForm(KeyForm):
    """What a material is, for whom, and when it is looked over: asked anew, and when it changes."""

    title = short_text(_("Namn"))
    about = short_text(_("Vad handlar det om?"), limit=300)
    roles = several(
        _("För vilka?"),
        [(role.value, role.label) for role in READERS],
        required=False,
        hint=_(
            "Välj ingen om det är för alla. En film eller något om verktygslådan som är för alla visas "
            "också på sidan Verktygslådan, som kommunen kan öppna för den som inte har konto."
        ),
    )
    for_newcomers = yes(_("Ska läsas innan man börjar, av alla som inte har läst det"))
    review_by = day(
        _("Ses över senast"), required=False, hint=_("Lämna tomt, så blir det om ett år.")
    )

    def clean_review_by(self) -> date | None:
        """A day to come; one that has passed may stay while something else is changed."""
        given: date | None = self.cleaned_data["review_by"]
        before = getattr(getattr(self, "obj", None), "review_by", None)
        if given is not None and given <= clock.today() and given != before:
            raise ValidationError(_("Välj en dag framåt i tiden."))
        return given

    def fields_of(self) -> dict[str, Any]:
        """The fields of the material; its roles with a space round each."""
        given = {n: v for n, v in self.cleaned_data.items() if n not in ("key", "version")}
        roles = given.pop("roles")
        return given | {"audience": f" {' '.join(roles)} " if roles else ""}


class NewMaterialForm(DescribedForm):
    kind = choice(_("Vad är det?"), MaterialKind.choices)

    field_order = ("key", "title", "kind")


class ChangeMaterialForm(DescribedForm, MoveForm):
    """The same of one that is there, and who keeps it."""

    owner = KeeperField(
        Membership.objects.none(),
        label=_("Ägare"),
        help_text=_("Påminns när det ska ses över."),
        empty_label=None,
        error_messages={"required": A_PERSON, "invalid_choice": _("Välj någon i listan.")},
    )

    def __init__(self, *args: Any, obj: SupportMaterial, actor: Membership, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "title": obj.title,
            "about": obj.about,
            "roles": obj.audience.split(),
            "for_newcomers": obj.for_newcomers,
            "owner": obj.owner_id,
            "review_by": obj.review_by,
        }
        super().__init__(*args, obj=obj, actor=actor, **kwargs)
        keepers = Membership.objects.in_force().filter(role__in=KEEPERS, stands_in_for=None)
        among = Membership.objects.filter(Q(pk__in=keepers.values("pk")) | Q(pk=obj.owner_id))
        rows = among.select_related("user", "organisation")
        self.among("owner", rows.order_by("user__first_name", "user__last_name", "pk"))

    def details(self) -> dict[str, Any]:
        """What has been changed, and nothing else: the event names it."""
        given = self.fields_of()
        if given["review_by"] is None and self.obj.status == MaterialStatus.PUBLISHED:
            given["review_by"] = clock.today() + REVIEWED_EVERY
        return {n: value for n, value in given.items() if value != getattr(self.obj, n)}


class ReaffirmForm(MoveForm):
    review_by = day(_("Ses över nästa gång"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"review_by": clock.today() + REVIEWED_EVERY}
        super().__init__(*args, **kwargs)


class VersionForm(MoveForm):
    text = long_text(_("Texten"), required=False, rows=12)
    address = forms.URLField(
        label=_("Adress till en film eller sida"),
        required=False,
        assume_scheme="https",
        error_messages={"invalid": _("Skriv en hel adress, till exempel https://stad.se/film.")},
    )
    file = forms.FileField(
        label=_("Fil"), required=False, help_text=_("PDF, PNG eller JPEG, högst 10 MB.")
    )
    what_is_new = short_text(
        _("Vad är nytt?"), required=False, limit=300, hint=_("Behövs inte första gången.")
    )

    kept: StoredFile | None = None

    def clean(self) -> dict[str, Any]:
        """What is new is asked for before the file is looked at, so that none is kept in vain."""
        cleaned = super().clean()
        if self.obj.number and not cleaned.get("what_is_new", "").strip():
            self.add_error("what_is_new", _("Skriv vad som är nytt."))
        return cleaned

    def details(self) -> dict[str, Any]:
        """The file is kept first: its uuid is what the version remembers."""
        given = super().details()
        if given["file"]:
            try:
                self.kept = vault.uploads.keep(given["file"])
            except ValidationError as error:
                raise ValidationError({"file": error.messages}) from error
        return given | {"file": self.kept.uuid if self.kept else None}

    def settle(self, event: Event | None) -> None:
        kept = self.kept
        if kept and not (event and event.obj.versions.filter(file=kept.uuid).exists()):
            vault.files.remove(kept)


OFFERS: dict[tuple[str, str], Offer] = {
    ("supportmaterial", "publish"): Offer(
        _("Publicera en version"),
        VersionForm,
        _("De som det är för får veta att det finns något nytt att läsa."),
        primary=True,
    ),
    ("supportmaterial", "reaffirm"): Offer(
        _("Fortfarande rätt"),
        ReaffirmForm,
        _("Det som står stämmer. Välj när det ska ses över nästa gång."),
    ),
    ("supportmaterial", "retire"): Offer(
        _("Ta bort"), WhyForm, _("Ingen ombeds läsa det längre."), danger=True
    ),
}
