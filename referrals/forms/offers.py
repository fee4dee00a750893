"""Which moves are offered on the screen, in which words, and what each asks for.

A move that only the system makes has no offer. The door decides who may; this only asks.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from history.forms import Offer
from referrals.forms.base import MoveForm, WithReason
from referrals.forms.moves import (
    AcceptForm,
    AcknowledgeForm,
    AgreePlanForm,
    AgreeTeamForm,
    ApproveForm,
    AskManagerForm,
    AssessForm,
    AssignForm,
    CancelForm,
    ChangeSchoolForm,
    ChooseItemsForm,
    ContinueForm,
    DeclineReferralForm,
    DropForm,
    FeedbackForm,
    FosterForm,
    GoOnForm,
    HandOnForm,
    HandoverForm,
    InErrorForm,
    LapseForm,
    NarrowForm,
    NextStepForm,
    OnForm,
    ProposeClosureForm,
    ProposeTeamForm,
    ReportErrorForm,
    ReturnForm,
    ReviewGlassForm,
    RevisePlanForm,
    SectionForm,
    VoiceForm,
    WhyForm,
    WithdrawConsentForm,
    WithdrawReferralForm,
)

GONE = _(
    "Det försvinner för alla utom granskaren. Inget ändras och inget raderas. Skriv det rätta på nytt."
)
OFFERS: dict[tuple[str, str], Offer] = {
    ("referral", "return_for_completion"): Offer(_("Be om komplettering"), ReturnForm),
    ("referral", "accept"): Offer(
        _("Ta emot remissen"),
        AcceptForm,
        _(
            "Då öppnas ett ärende, och skolan frågar familjen om samtycke. Ni börjar när alla har sagt ja."
        ),
        primary=True,
    ),
    ("referral", "decline"): Offer(_("Ta inte emot"), DeclineReferralForm, danger=True),
    ("referral", "ask_manager"): Offer(
        _("Lämna till enhetschefen"),
        AskManagerForm,
        _("Bara enhetschefen kan besluta att inte ta emot en remiss."),
    ),
    ("referral", "hand_on"): Offer(_("Byt ansvarig"), HandOnForm),
    ("referral", "withdraw"): Offer(_("Ta tillbaka remissen"), WithdrawReferralForm, danger=True),
    ("case", "finish_mapping"): Offer(
        _("Kartläggningen är klar"),
        MoveForm,
        _("Sedan gör ni planen tillsammans med eleven: ett mål för varje behov."),
        primary=True,
    ),
    ("case", "agree_plan"): Offer(
        _("Vi är överens om planen"),
        AgreePlanForm,
        _("Då börjar stödet. Den dag ni väljer ser ni tillsammans hur det har gått."),
        primary=True,
    ),
    ("case", "begin_review"): Offer(
        _("Börja uppföljningen"),
        MoveForm,
        _("Sedan skriver ni vad som har hänt, skattar målen och bestämmer hur ni går vidare."),
        primary=True,
    ),
    ("case", "continue_support"): Offer(
        _("Fortsätt stödet"),
        ContinueForm,
        _("Planen gäller som den är till nästa uppföljning."),
        primary=True,
    ),
    ("case", "revise_plan"): Offer(
        _("Ändra planen"),
        RevisePlanForm,
        _("Ni skriver om planen med eleven och kommer överens på nytt."),
    ),
    ("case", "propose_closure"): Offer(
        _("Föreslå avslut"),
        ProposeClosureForm,
        _("Sedan fyller ni i det som saknas, och enhetschefen bekräftar avslutet."),
    ),
    ("case", "confirm_closure"): Offer(
        _("Bekräfta avslutet"),
        MoveForm,
        _(
            "Ett avslutat ärende öppnas inte igen. Behöver eleven stöd senare blir det ett nytt ärende."
        ),
        primary=True,
        outline=True,
    ),
    ("case", "propose_transfer"): Offer(
        _("Lämna över nu"), HandoverForm, _("Mottagaren ser det ni har valt, och inget annat.")
    ),
    ("case", "resume"): Offer(_("Återuppta ärendet"), WithReason, outline=True),
    ("case", "hand_on"): Offer(_("Byt ansvarig eller ersättare"), HandOnForm, outline=True),
    ("case", "change_school"): Offer(_("Eleven byter skola"), ChangeSchoolForm, outline=True),
    ("case", "propose_team"): Offer(
        _("Byt team"),
        ProposeTeamForm,
        _(
            "Det andra teamets enhetschef tar ställning. Ärendet byter team när ni båda har sagt ja och familjens samtycke nämner det nya teamet. Till dess gör ni klart det ni har."
        ),
        outline=True,
    ),
    ("case", "agree_team"): Offer(
        _("Ta över ärendet"),
        AgreeTeamForm,
        _("Ni läser ärendet först när familjens samtycke nämner ert team."),
        primary=True,
        outline=True,
    ),
    ("case", "keep_team"): Offer(_("Ärendet byter inte team"), WithReason, outline=True),
    ("pupil", "report_in_error"): Offer(
        _("Fel elev"),
        ReportErrorForm,
        _(
            "Rektorn eller enhetschefen godkänner. Då försvinner det som är skrivet på eleven för alla utom granskaren. Inget raderas."
        ),
        danger=True,
    ),
    ("pupil", "mark_in_error"): Offer(
        _("Godkänn: fel elev"),
        ApproveForm,
        _("Det som är skrivet på eleven försvinner för alla utom granskaren."),
        danger=True,
    ),
    ("pupil", "keep_after_all"): Offer(_("Det är rätt elev"), WithReason),
    ("guardian", "mark_in_error"): Offer(_("Är inte vårdnadshavare"), WithReason, danger=True),
    ("case", "go_on"): Offer(
        _("Gå vidare på en ny skola"),
        GoOnForm,
        _("När eleven slutar årskurs 9: bestäm till vilken dag och på vilken skola ni går vidare."),
    ),
    ("section", "write"): Offer(_("Fyll i"), SectionForm, primary=True, button=_("Spara")),
    ("section", "set_aside"): Offer(_("Inte aktuell"), WhyForm),
    ("section", "assign"): Offer(_("Byt ansvarig"), AssignForm),
    ("section", "hide_from_guardian"): Offer(
        _("Dölj för vårdnadshavare"),
        WhyForm,
        _("Delen lämnas aldrig ut till en vårdnadshavare: inte på papper, inte i ett utdrag."),
    ),
    ("section", "show_to_guardian"): Offer(_("Visa för vårdnadshavare igen"), WhyForm),
    ("pupilvoice", "offer"): Offer(
        _("Eleven har fått frågan"),
        MoveForm,
        _("Du har frågat men inte fått svar än. Svaret skriver du in när det kommer."),
    ),
    ("pupilvoice", "answer"): Offer(
        _("Skriv elevens ord"), VoiceForm, primary=True, button=_("Spara")
    ),
    ("pupilvoice", "decline"): Offer(
        _("Eleven vill inte berätta"), MoveForm, _("Eleven får säga nej. Du kan fråga igen senare.")
    ),
    ("fostervoice", "answer"): Offer(_("Skriv ner svaret"), FosterForm, button=_("Spara")),
    ("fostervoice", "decline"): Offer(
        _("Familjehemmet vill inte svara"),
        MoveForm,
        _("Frågan avslutas. Du kan ställa den på nytt senare."),
    ),
    ("fostervoice", "withdraw"): Offer(
        _("Ta tillbaka frågan"), MoveForm, _("Länken slutar fungera direkt."), danger=True
    ),
    ("mappedneed", "leave_without_goal"): Offer(_("Inget mål för det här"), WhyForm),
    ("mappedneed", "mark_in_error"): Offer(_("Felskrivet"), InErrorForm, GONE, danger=True),
    ("goal", "meet_fully"): Offer(_("Helt uppnått"), AssessForm),
    ("goal", "meet_partly"): Offer(_("Delvis uppnått"), AssessForm),
    ("goal", "miss"): Offer(_("Inte uppnått"), AssessForm),
    ("goal", "drop"): Offer(_("Stryk målet"), DropForm, danger=True),
    ("goal", "reopen"): Offer(_("Öppna igen"), WhyForm),
    ("intervention", "accept"): Offer(
        _("Eleven och familjen vill"),
        MoveForm,
        _("Då kan insatsen börja. Skriv in varje tillfälle när ni har setts."),
        primary=True,
    ),
    ("intervention", "decline"): Offer(
        _("Eleven eller familjen vill inte"),
        MoveForm,
        _("Insatsen blir inte av. Ni kan välja en annan ur verktygslådan."),
    ),
    ("intervention", "complete"): Offer(
        _("Insatsen är genomförd"), MoveForm, _("Efter det skrivs inga fler tillfällen in.")
    ),
    ("intervention", "cancel"): Offer(_("Avbryt insatsen"), CancelForm, danger=True),
    ("occasion", "mark_in_error"): Offer(_("Felskrivet"), InErrorForm, GONE, danger=True),
    ("note", "sign"): Offer(
        _("Signera"),
        MoveForm,
        _("En signerad anteckning ändras inte. Rätta med en ny."),
        primary=True,
    ),
    ("note", "mark_in_error"): Offer(_("Felskriven"), InErrorForm, GONE, danger=True),
    ("outsidecontact", "contact"): Offer(_("Vi har tagit kontakt"), NextStepForm),
    ("outsidecontact", "plan_meeting"): Offer(_("Ett möte är bokat"), NextStepForm),
    ("outsidecontact", "finish"): Offer(_("Klart")),
    ("outsidecontact", "decline"): Offer(_("Blev inte av")),
    ("review", "document"): Offer(_("Dokumentera uppföljningen"), primary=True),
    ("review", "cancel"): Offer(_("Ställ in")),
    ("absence", "mark_in_error"): Offer(_("Felskriven"), InErrorForm, GONE, danger=True),
    ("participant", "leave"): Offer(_("Deltar inte längre"), danger=True),
    ("transfer", "acknowledge"): Offer(_("Vi har tagit emot"), AcknowledgeForm, primary=True),
    ("transfer", "start"): Offer(_("Stödet har börjat"), OnForm, primary=True),
    ("transfer", "not_start"): Offer(_("Stödet blev inte av"), WhyForm),
    ("transfer", "decline"): Offer(_("Vi tar inte emot"), WhyForm, danger=True),
    ("transfer", "choose_items"): Offer(_("Ändra vad som lämnas över"), ChooseItemsForm),
    ("transfer", "hand_back"): Offer(
        _("Lämna tillbaka till teamet"),
        WhyForm,
        _("Då öppnas ett nytt ärende i teamet, och familjen får frågan om samtycke på nytt."),
    ),
    ("transfer", "withdraw"): Offer(_("Ta tillbaka överlämningen"), WithReason, danger=True),
    ("consent", "remind"): Offer(
        _("Påminn"), MoveForm, _("De som inte har svarat får en påminnelse.")
    ),
    ("consent", "approve_exception"): Offer(
        _("Godkänn undantaget"),
        ApproveForm,
        _("Du som svarar för uppgifterna godkänner att färre tillfrågas. Läs skälet först."),
        primary=True,
    ),
    ("consent", "hand_on"): Offer(_("Byt vem som följer upp"), HandOnForm),
    ("consent", "lapse"): Offer(_("Avsluta frågan"), LapseForm, danger=True),
    ("consent", "narrow"): Offer(_("Dela färre saker"), NarrowForm),
    ("consent", "withdraw"): Offer(
        _("Någon tar tillbaka sitt samtycke"),
        WithdrawConsentForm,
        _("Det gäller direkt. Den andra sidan slutar läsa i samma stund."),
        danger=True,
    ),
    ("breakglass", "review"): Offer(
        _("Granska nödöppningen"),
        ReviewGlassForm,
        _("Läs varför ärendet öppnades. Bedöm om det var befogat."),
        primary=True,
    ),
    ("breakglass", "stop"): Offer(_("Avsluta öppningen nu")),
    ("concernreport", "receive"): Offer(_("Socialtjänsten har tagit emot"), OnForm),
    ("concernreport", "give_feedback"): Offer(
        _("Vi har fått återkoppling"), FeedbackForm, primary=True
    ),
    ("concernreport", "give_up"): Offer(_("Vi får ingen återkoppling")),
}


def offers(obj: Any, actor: Membership, *, full: bool = True) -> list[tuple[str, Offer]]:
    """The moves this actor may make on it right now, each with how it is offered."""
    kind = obj._meta.model_name
    found = []
    for move in obj.moves_for(actor):
        offer = OFFERS.get((kind, move.name))
        if offer and (full or offer.outline) and (move.name, offer) not in found:
            found.append((move.name, offer))
    told = list(OFFERS)
    return sorted(
        found, key=lambda one: (not one[1].primary, one[1].danger, told.index((kind, one[0])))
    )
