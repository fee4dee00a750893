"""What is asked when material is put in the library, and when it gets a new version."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

import vault.files
import vault.uploads
from accounts.forms import choice, day, long_text, several, short_text, yes
from accounts.models import Role
from collaboration.choices import MaterialKind
from collaboration.forms.agreement import WhyForm
from history.forms import KeyForm, MoveForm, Offer

READERS = (
    Role.SCHOOL,
    Role.PRINCIPAL,
    Role.TEAM,
    Role.MANAGER,
    Role.DISTRICT,
    Role.RECEIVER,
)


class NewMaterialForm(KeyForm):
    title = short_text(_("Namn"))
    kind = choice(_("Vad är det?"), MaterialKind.choices)
    about = short_text(_("Vad handlar det om?"), limit=300)
    roles = several(
        _("För vilka?"),
        [(role.value, role.label) for role in READERS],
        required=False,
        hint=_("Välj ingen om det är för alla."),
    )
    for_newcomers = yes(_("Ska läsas av alla som är nya, innan de börjar"))
    review_by = day(_("Ses över senast"), required=False)

    def fields_of(self) -> dict[str, Any]:
        """The fields of the material; its roles with a space round each."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "key"}
        roles = given.pop("roles")
        return given | {"audience": f" {' '.join(roles)} " if roles else ""}


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

    def clean_file(self) -> vault.uploads.Cleaned | None:
        upload = self.cleaned_data["file"]
        return vault.uploads.check(upload) if upload else None

    def details(self) -> dict[str, Any]:
        """The file is kept first: its uuid is what the version remembers."""
        given = super().details()
        cleaned = given["file"]
        kept = vault.files.store(cleaned.content, cleaned.media_type) if cleaned else None
        return given | {"file": kept.uuid if kept else None}


OFFERS: dict[tuple[str, str], Offer] = {
    ("supportmaterial", "publish"): Offer(
        _("Publicera en version"),
        VersionForm,
        _("De som det är för får veta att det finns något nytt att läsa."),
        primary=True,
    ),
    ("supportmaterial", "retire"): Offer(
        _("Ta bort"), WhyForm, _("Ingen ombeds läsa det längre."), danger=True
    ),
}
