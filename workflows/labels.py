"""What a field is called in an extract where its model has no Swedish label of its own."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

LABELS: dict[str, Any] = {
    "absence": _("Frånvaro"),
    "acknowledged_on": _("Mottagen"),
    "active_since": _("Gäller sedan"),
    "added": _("Tillagd"),
    "added_by": _("Tillagd av"),
    "agreed_on": _("Överenskommen"),
    "answered": _("Besvarat"),
    "asked_by": _("Frågat av"),
    "asked_on": _("Frågat"),
    "assessed_on": _("Bedömt"),
    "author": _("Skriven av"),
    "baseline_asked": _("Utgångsläget efterfrågat"),
    "baseline_unknown": _("Varför utgångsläget inte är känt"),
    "case": _("Ärende"),
    "closed_on": _("Avslutat"),
    "colleague": _("Kollega"),
    "deputy": _("Ersättare"),
    "end_absence_not_known": _("Varför slutläget inte är känt"),
    "ended": _("Slutade"),
    "ended_on": _("Slutade"),
    "feedback_on": _("Återkoppling"),
    "follows": _("Följer på"),
    "frozen_on": _("Vilande sedan"),
    "given_by": _("Hölls av"),
    "hidden_from_guardian": _("Visas inte för vårdnadshavare"),
    "joined": _("Fördes till"),
    "language": _("Språk"),
    "media_type": _("Filtyp"),
    "method": _("Hur svaret lämnades"),
    "names_accepted": _("Texten godkänd trots namn"),
    "names_receiver": _("Mottagare"),
    "names_school": _("Skola"),
    "names_team": _("Team"),
    "no_goal_reason_given": _("Skäl till att mål saknas"),
    "note": _("Anteckning"),
    "offered_on": _("Erbjuden"),
    "opened": _("Öppnat"),
    "organisation": _("Organisation"),
    "owner": _("Ansvarig"),
    "programme": _("Program"),
    "protection_asked": _("Frågat om barnet behöver skydd"),
    "received_on": _("Mottagen"),
    "receiver": _("Mottagare"),
    "receiver_person": _("Mottagen av"),
    "referral": _("Remiss"),
    "registered_by": _("Registrerad av"),
    "reminded": _("Påmint"),
    "reporter": _("Anmäld av"),
    "reporters": _("Anmälande organisation"),
    "responsible": _("Ansvarig"),
    "reviews_made": _("Antal uppföljningar"),
    "reviews_without_progress": _("Uppföljningar utan framsteg"),
    "satisfaction_not_known": _("Varför nöjdheten inte är känd"),
    "school": _("Skola"),
    "sent_on": _("Skickad"),
    "shows_grade_and_sex": _("Årskurs och kön visas för teamet"),
    "side": _("Vems"),
    "signed_on": _("Signerad"),
    "started": _("Började"),
    "started_on": _("Började"),
    "status": _("Läge"),
    "team": _("Team"),
    "text_version": _("Textens version"),
    "tool": _("Verktyg"),
    "voice_how": _("Hur eleven deltog"),
    "withdraw_code": _("Varför den togs tillbaka"),
    "written_by": _("Skriven av"),
}


def label(field: Any) -> str:
    """The model's own words for a field, else ours."""
    own = str(field.verbose_name)
    unnamed = own == field.name.replace("_", " ")
    return str(LABELS.get(field.name, own) if unnamed else own).capitalize()
