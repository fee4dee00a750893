"""What is asked when an agreement is drafted, commented on, signed, evaluated and ended."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.forms import (
    OneOf,
    OwnForm,
    SeveralOf,
    choice,
    day,
    long_text,
    one_person,
    pick,
    short_text,
    yes,
)
from accounts.models import Membership, Organisation, Role
from collaboration import parties, programmes
from collaboration.choices import EvaluationResult, Signature
from collaboration.models import Agreement
from collaboration.models.agreement import COMMENTS_FOR
from history.forms import KeyForm, MoveForm

FILES = _("PDF, PNG eller JPEG, högst 10 MB.")


class PartiesField(SeveralOf):
    def label_from_instance(self, obj: Any) -> str:
        kind = _("fristående") if obj.independent else ""
        return f"{obj.name} ({obj.get_kind_display().lower()}{', ' if kind else ''}{kind})"


class NewAgreementForm(KeyForm):
    title = short_text(_("Vad heter överenskommelsen?"), ask=_("Skriv vad den heter."))
    programme = pick(
        _("Vad gäller den?"),
        required=False,
        hint=_("Ett program, eller all samverkan mellan skola och socialtjänst."),
    )
    parties = PartiesField(
        Organisation.objects.none(),
        label=_("Vilka omfattas?"),
        help_text=_(
            "Alla skolor i stadsdelen är valda, också de fristående. Ta bort det som inte ska med."
        ),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Välj vilka som ska omfattas."),
            "invalid_choice": _("Välj bland parterna i listan."),
        },
    )

    def __init__(self, *args: Any, district: Organisation, **kwargs: Any) -> None:
        known = parties.candidates(district)
        title = _("Överenskommelse om samverkan i %s") % district
        kwargs["initial"] = {"parties": known, "title": title} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.among("parties", known)
        offered = programmes.choices()
        self.fields["programme"].choices = self.fields["programme"].widget.choices = offered  # type: ignore[attr-defined]  # a pick of values and words


def writers(agreement: Agreement) -> Any:
    """Those who may be asked to write a section: the district's, its teams', the parties' leaders."""
    here = Q(organisation=agreement.district_id) | Q(organisation__parent=agreement.district_id)
    lead = Q(role__in=(Role.DISTRICT, Role.MANAGER, Role.TEAM, Role.PRINCIPAL))
    party = Q(organisation__in=agreement.parties.values("organisation"), role=Role.PRINCIPAL)
    found = Membership.objects.in_force().filter((here & lead) | party, stands_in_for=None)
    return found.select_related("user").distinct().order_by("user__first_name", "pk")


class SectionForm(MoveForm):
    title = short_text(_("Rubrik"), ask=_("Skriv en rubrik."))
    body = long_text(_("Text"), rows=10, ask=_("Skriv vad parterna kommer överens om."))


class NewSectionForm(SectionForm):
    body = long_text(_("Text"), rows=10, required=False)
    owner = one_person(_("Vem skriver?"), Membership.objects.none(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.among("owner", writers(self.obj))


class OwnerForm(MoveForm):
    owner = one_person(
        _("Vem skriver avsnittet?"),
        Membership.objects.none(),
        required=False,
        hint=_("Lämna tomt om du skriver det själv."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.among("owner", writers(self.obj))


class PartyForm(MoveForm):
    """Who signs for one party, and where the link goes."""

    signs = yes(
        _("Den här parten skriver under"),
        hint=_(
            "En skola som omfattas av sin huvudmans underskrift behöver inte skriva under själv."
        ),
    )
    signer_name = short_text(_("Vem skriver under?"), required=False, limit=100)
    signer_title = short_text(_("Titel"), required=False, limit=100)
    signer_email = forms.EmailField(
        label=_("E-post"),
        required=False,
        help_text=_("Dit kommer länken."),
        error_messages={"invalid": _("Skriv en e-postadress, till exempel namn@skola.se.")},
    )
    signer_phone = short_text(
        _("Mobilnummer"),
        required=False,
        limit=30,
        hint=_("Dit kommer koden. Utan nummer går den till organisationens funktionsadress."),
    )

    def details(self) -> dict[str, Any]:
        given = super().details()
        signs = given.pop("signs")
        return given | {"signature": Signature.WAITING if signs else Signature.NOT_NEEDED}

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("signs") and not given.get("signer_name"):
            self.add_error("signer_name", _("Skriv vem som skriver under."))
        if (
            given.get("signs")
            and not given.get("signer_email")
            and "signer_email" not in self.errors
        ):
            self.add_error("signer_email", _("Skriv e-postadressen dit länken ska gå."))
        return given


class NewPartyForm(PartyForm):
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Vilken part?"),
        empty_label=_("Välj"),
        error_messages={"required": _("Välj en part."), "invalid_choice": _("Välj i listan.")},
    )
    field_order = ("organisation",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = self.obj.parties.values("organisation")
        known = Organisation.objects.in_service().filter(
            kind__in=("school", "provider", "district")
        )
        self.among("organisation", known.exclude(pk__in=there).order_by("name"))


class SendForCommentForm(MoveForm):
    comment_by = day(_("När vill ni ha synpunkterna senast?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("comment_by", clock.today() + COMMENTS_FOR)


class CommentForm(KeyForm):
    section = OneOf(
        None,
        label=_("Vilket avsnitt gäller det?"),
        required=False,
        empty_label=_("Hela överenskommelsen"),
    )
    text = long_text(_("Vad tycker ni?"), rows=5, ask=_("Skriv vad ni tycker."))

    def __init__(self, *args: Any, agreement: Agreement, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.among("section", agreement.sections.all())


class WhyForm(MoveForm):
    why = long_text(_("Varför?"), rows=3, ask=_("Skriv varför."))


class PeriodForm(MoveForm):
    valid_from = day(_("Från vilken dag gäller den?"))
    valid_to = day(
        _("Till och med vilken dag?"),
        required=False,
        hint=_("Lämna tomt om den gäller tills den ersätts eller sägs upp."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("valid_from", self.obj.valid_from or clock.today())
        self.initial.setdefault("valid_to", self.obj.valid_to)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        for name in ("valid_from", "valid_to"):
            if given.get(name) and not 2000 <= given[name].year <= 2100:
                self.add_error(name, _("Välj ett år mellan 2000 och 2100."))
        return given


class PublishForm(MoveForm):
    """What was signed holds as it was signed; a signature that came late moves the first day."""

    valid_from = day(_("Från vilken dag gäller den?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = [one for one in (self.obj.valid_from, self.obj.signed_on) if one]
        self.initial.setdefault("valid_from", max(days, default=clock.today()))


class EvaluationForm(MoveForm):
    on = day(_("Vilken dag utvärderade styrgruppen?"))
    result = choice(_("Hur fungerar samverkan?"), EvaluationResult.choices)
    text = long_text(
        _("Vad kom styrgruppen fram till?"),
        hint=_("Skriv inget om enskilda elever."),
        ask=_("Skriv vad styrgruppen kom fram till."),
    )


class SignOnPaperForm(MoveForm):
    name = short_text(_("Vem har skrivit under?"), limit=100, ask=_("Skriv vem som skrev under."))
    on = day(_("Vilken dag?"))
    scan = forms.FileField(
        label=_("Det skannade papperet"),
        help_text=FILES,
        error_messages={"required": _("Lägg till det skannade papperet.")},
    )


class SignByLinkForm(KeyForm):
    name = short_text(_("Ditt namn"), limit=100, ask=_("Skriv ditt namn."))
    sure = yes(
        _("Jag har läst överenskommelsen och skriver under för organisationen."),
        required=True,
        ask=_("Kryssa i rutan för att skriva under."),
    )


class CodeForm(OwnForm):
    code = forms.CharField(
        label=_("Kod"),
        max_length=12,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": _("Skriv koden du har fått.")},
    )
