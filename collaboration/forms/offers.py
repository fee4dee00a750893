"""Which moves are offered on the screen, in which words, and what each asks for.

One dictionary a topic, so that a new topic is a new file and one line here.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from collaboration.forms import (
    contact,
    forum,
    funding,
    interview,
    material,
    minutes,
    survey,
    survey_draft,
)
from collaboration.forms.agreement import (
    EvaluationForm,
    PeriodForm,
    PublishForm,
    SendForCommentForm,
    WhyForm,
)
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
        _("Påminn"), MoveForm, _("De som inte har skrivit under än får en ny länk.")
    ),
    ("agreement", "reopen"): Offer(
        _("Ändra texten"),
        WhyForm,
        _("Den blir ett utkast igen. De som har skrivit under får göra det på nytt."),
    ),
    ("agreement", "publish"): Offer(
        _("Publicera"),
        PublishForm,
        _("Från den dagen gäller den, och alla kan läsa den. Parterna får veta det."),
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
    ("contactassignment", "plan_end"): Offer(
        _("Planera slutdag"),
        contact.PlanEndForm,
        _("Är ingen ny utsedd då blir uppdraget vakant dagen efter, och skolan får veta det."),
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
FORUM: dict[tuple[str, str], Offer] = {
    ("forummeeting", "invite"): Offer(
        _("Skicka kallelsen"),
        MoveForm,
        _("Alla som överenskommelsen nämner får den, också varje fristående skola."),
        primary=True,
    ),
    ("forummeeting", "move_to"): Offer(
        _("Byt tid eller plats"), forum.MoveToForm, _("Alla får en ny kallelse och svarar igen.")
    ),
    ("forummeeting", "remind"): Offer(
        _("Påminn"), MoveForm, _("De som inte har svarat får kallelsen igen.")
    ),
    ("forummeeting", "hold"): Offer(
        _("Fyll i närvaro"),
        minutes.PresenceForm,
        _("Ifyllt efter vad de svarade. Ändra det som inte stämmer."),
        primary=True,
    ),
    ("forummeeting", "correct_presence"): Offer(
        _("Rätta närvaron"),
        minutes.CorrectPresenceForm,
        _("Har minnesanteckningarna skickats får alla dem på nytt."),
    ),
    ("forummeeting", "write_minutes"): Offer(
        _("Skriv minnesanteckningar"),
        minutes.MinutesForm,
        _("De skickas till alla som var kallade, också de som uteblev."),
        primary=True,
        button=_("Spara och skicka"),
    ),
    ("forummeeting", "correct_minutes"): Offer(
        _("Rätta minnesanteckningarna"),
        minutes.CorrectMinutesForm,
        _("Alla som var kallade får dem på nytt, med vad som var fel."),
    ),
    ("forummeeting", "cancel"): Offer(_("Ställ in"), forum.WhyForm, danger=True),
    ("forumaction", "finish"): Offer(_("Klart"), minutes.OutcomeForm),
    ("forumaction", "drop"): Offer(_("Stryk"), minutes.OutcomeForm, danger=True),
}
OFFERS: dict[tuple[str, str], Offer] = {
    **AGREEMENT,
    **CONTACT,
    **FORUM,
    **survey.OFFERS,
    **survey_draft.OFFERS,
    **material.OFFERS,
    **funding.OFFERS,
    **interview.OFFERS,
}


def offers(obj: Any, actor: Membership) -> list[tuple[str, Offer]]:
    """The moves this actor may make on it right now, each with how it is offered: what is meant to
    come next first, what cannot be undone last."""
    kind = obj._meta.model_name
    may = {move.name for move in obj.moves_for(actor)}
    found = [(move, offer) for (of, move), offer in OFFERS.items() if of == kind and move in may]
    return sorted(found, key=lambda one: (not one[1].primary, one[1].danger))
