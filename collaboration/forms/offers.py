"""Which moves are offered on the screen, in which words, and what each asks for.

One dictionary a topic, so that a new topic is a new file and one line here.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from collaboration.forms import contact, funding, material
from collaboration.forms.agreement import (
    EvaluationForm,
    PeriodForm,
    SendForCommentForm,
    WhyForm,
)
from collaboration.forms.survey import OpenForm
from history.forms import MoveForm, Offer

AGREEMENT: dict[tuple[str, str], Offer] = {
    ("agreement", "send_for_comment"): Offer(
        _("Skicka på remiss"),
        SendForCommentForm,
        _("Varje part får en länk och kan skriva vad den tycker."),
        primary=True,
    ),
    ("agreement", "ask_signatures"): Offer(
        _("Be om underskrifter"),
        PeriodForm,
        _("Texten ändras inte efter det här. Varje part får en ny länk att skriva under med."),
        primary=True,
    ),
    ("agreement", "remind"): Offer(
        _("Påminn"), MoveForm, _("De som inte har skrivit under får en ny länk.")
    ),
    ("agreement", "reopen"): Offer(
        _("Ändra texten"),
        WhyForm,
        _("Den blir ett utkast igen. De som har skrivit under får göra det på nytt."),
    ),
    ("agreement", "publish"): Offer(
        _("Publicera"),
        PeriodForm,
        _("Från den dagen gäller den, och alla kan läsa den."),
        primary=True,
    ),
    ("agreement", "call_review"): Offer(
        _("Se över nu"), MoveForm, _("Styrgruppen utvärderar den, och behåller eller ändrar.")
    ),
    ("agreement", "keep"): Offer(
        _("Utvärderad, behåll"),
        EvaluationForm,
        _("Den fortsätter att gälla, och utvärderas igen om ett år."),
        primary=True,
    ),
    ("agreement", "evaluate"): Offer(
        _("Utvärderad, ska ändras"),
        EvaluationForm,
        _("Den gäller tills en ny version har ersatt den."),
    ),
    ("agreement", "terminate"): Offer(
        _("Säg upp"),
        WhyForm,
        _("Den slutar gälla i dag. Skolorna står då utan överenskommelse."),
        danger=True,
    ),
    ("agreement", "drop"): Offer(_("Lägg ner"), WhyForm, danger=True),
}
SURVEY: dict[tuple[str, str], Offer] = {
    ("surveyround", "open"): Offer(
        _("Öppna enkäten"),
        OpenForm,
        _("Var och en som ska svara får en egen länk. Den kan användas en gång."),
        primary=True,
    ),
    ("surveyround", "remind"): Offer(
        _("Påminn"), MoveForm, _("De som inte har svarat får en ny länk.")
    ),
    ("surveyround", "close"): Offer(
        _("Stäng enkäten"), MoveForm, _("Ingen kan svara efter det här.")
    ),
    ("surveyround", "report"): Offer(
        _("Redovisa"),
        MoveForm,
        _("Alla som fick enkäten får en länk till resultatet."),
        primary=True,
    ),
    ("surveyround", "set_aside"): Offer(
        _("Lägg åt sidan"),
        MoveForm,
        _("För få har svarat för att något ska kunna visas. Svaren raderas."),
    ),
}
CONTACT: dict[tuple[str, str], Offer] = {
    ("contactassignment", "confirm"): Offer(
        _("Vi har fått veta det"),
        MoveForm,
        _("Bekräfta att skolan vet vem den ska ringa."),
        primary=True,
    ),
    ("contactassignment", "confirm_for"): Offer(
        _("Bekräfta åt skolan"),
        contact.WhyForm,
        _("Skolan har påmints två gånger. Ring den, och skriv hur den har fått veta det."),
        primary=True,
    ),
    ("contactassignment", "remind"): Offer(
        _("Påminn skolan"), MoveForm, _("Skolan får veta det en gång till, med en ny länk.")
    ),
    ("contactassignment", "reaffirm"): Offer(
        _("Stämmer fortfarande"), MoveForm, _("Personen, numret och tiderna är de rätta.")
    ),
    ("contactassignment", "write_handover"): Offer(
        _("Skriv överlämning"), contact.HandoverForm, _("Bara socialtjänsten läser den.")
    ),
    ("contactassignment", "vacate"): Offer(
        _("Uppdraget är vakant"),
        contact.VacateForm,
        _("Skolan får veta det direkt, och vem den ringer så länge."),
        danger=True,
    ),
    ("contactassignment", "withdraw"): Offer(
        _("Det blir någon annan"), contact.WithdrawForm, danger=True
    ),
}
MATERIAL: dict[tuple[str, str], Offer] = {
    ("supportmaterial", "publish"): Offer(
        _("Publicera en version"),
        material.VersionForm,
        _("De som det är för får veta att det finns något nytt att läsa."),
        primary=True,
    ),
    ("supportmaterial", "retire"): Offer(
        _("Ta bort"), WhyForm, _("Ingen ombeds läsa det längre."), danger=True
    ),
}
FUNDING: dict[tuple[str, str], Offer] = {
    ("fundingapplication", "submit"): Offer(
        _("Skicka in ansökan"), MoveForm, _("Socialnämnden beslutar."), primary=True
    ),
    ("fundingapplication", "take_back"): Offer(_("Ta tillbaka"), WhyForm),
    ("fundingapplication", "choose_schools"): Offer(
        _("Välj skolor"), funding.SchoolsForm, _("Rektor på varje skola ställer sig bakom ansökan.")
    ),
    ("fundingapplication", "join"): Offer(
        _("Ställ dig bakom ansökan"),
        funding.JoinForm,
        _("Skolan och stadsdelen söker medlen tillsammans."),
        primary=True,
    ),
    ("fundingapplication", "grant"): Offer(
        _("Bevilja"), funding.GrantForm, _("Helt, eller delvis med ett skäl."), primary=True
    ),
    ("fundingapplication", "reject"): Offer(_("Avslå"), funding.RejectForm, danger=True),
    ("fundingapplication", "report_in_july"): Offer(
        _("Lägesrapport i juli"),
        funding.JulyForm,
        _("Siffrorna om eleverna hämtas ur ärendena."),
    ),
    ("fundingapplication", "report_finally"): Offer(
        _("Slutrapport"),
        funding.FinalForm,
        _("Siffrorna om eleverna hämtas ur ärendena."),
        primary=True,
    ),
}
OFFERS: dict[tuple[str, str], Offer] = {**AGREEMENT, **CONTACT, **SURVEY, **MATERIAL, **FUNDING}


def offers(obj: Any, actor: Membership) -> list[tuple[str, Offer]]:
    """The moves this actor may make on it right now, each with how it is offered."""
    kind = obj._meta.model_name
    found = []
    for move in obj.moves_for(actor):
        offer = OFFERS.get((kind, move.name))
        if offer and (move.name, offer) not in found:
            found.append((move.name, offer))
    return found
