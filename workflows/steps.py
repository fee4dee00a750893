"""What a turn asks for, in words, and when it is due."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import clock, school_days, working_days
from collaboration.choices import RoundStatus
from collaboration.models import FundingApplication, Interview, SurveyRound
from history import legal
from referrals.choices import CaseStatus, ConsentStatus, Side
from referrals.models import Case, ConcernReport, Consent, OutsideContact, Section, Transfer
from workflows.extracts import Extract

WORDS = {
    "screen": _("Läs remissen och svara skolan"),
    "decide": _("Besluta om remissen"),
    "complete": _("Komplettera remissen"),
    "ask": _("Följ upp frågan om samtycke"),
    "approve": _("Ta ställning till undantaget"),
    "await_consent": _("Vänta på svar om samtycke"),
    "request_consent": _("Fråga familjen om samtycke"),
    "ask_anew": _("Fråga på nytt eller avsluta"),
    "map": _("Gör klart kartläggningen"),
    "section": _("Fyll i en del av kartläggningen"),
    "plan": _("Kom överens om planen"),
    "support": _("Håll nästa uppföljning"),
    "review": _("Dokumentera uppföljningen och bestäm nästa steg"),
    "hand_over": _("Ge stöd tills mottagaren har börjat"),
    "summer": _("Bestäm vad som händer i sommar"),
    "leave_year_9": _("Eleven slutar nian: avsluta, eller gå vidare på den nya skolan"),
    "outgrown": _("Eleven är äldre än programmet: avsluta"),
    "resume_or_close": _("Återuppta stödet eller avsluta"),
    "close": _("Bekräfta avslutet"),
    "offer": _("Välj vad som ska överlämnas"),
    "acknowledge": _("Ta emot överlämningen"),
    "start": _("Meddela när stödet har börjat"),
    "outside": _("Ta nästa steg med den andra parten"),
    "feedback": _("Följ upp återkopplingen"),
    "draft": _("Skriv klart överenskommelsen"),
    "agree": _("Samla in synpunkter och underskrifter"),
    "publish": _("Publicera överenskommelsen"),
    "evaluate": _("Utvärdera överenskommelsen i styrgruppen"),
    "look_over": _("Behåll eller ändra överenskommelsen"),
    "tell": _("Meddela skolan"),
    "confirm": _("Bekräfta den nya kontaktpersonen"),
    "take_over": _("Kontaktpersonen tar över"),
    "check": _("Stäm av kontaktpersonen"),
    "fill": _("Utse en kontaktperson"),
    "invite": _("Skicka kallelsen"),
    "meet": _("Håll mötet och fyll i närvaron"),
    "minute": _("Skriv minnesanteckningar"),
    "do": _("Gör det ni lovade på forumet"),
    "ask_interview": _("Fråga om personen vill bli intervjuad"),
    "interview": _("Håll intervjun"),
    "summarise": _("Sammanfatta intervjun"),
    "screening": _("Håll genomgången och skriv vad det blev"),
    "report": _("Redovisa enkäten"),
    "set_aside": _("Lägg enkäten åt sidan: för få har svarat"),
    "look_through": _("Se över stödmaterialet"),
    "write_money": _("Skriv klart ansökan om medel"),
    "join_money": _("Ta ställning till ansökan om medel"),
    "send_money": _("Skicka in ansökan om medel"),
    "decide_money": _("Besluta om ansökan om medel"),
    "decide_carry": _("Besluta om medel från året före"),
    "report_july": _("Skriv lägesrapporten i juli"),
    "report_final": _("Skriv slutrapporten"),
    "glass": _("Granska nödöppningen"),
    "examine": _("Pröva vad ett utdrag får innehålla"),
    "release": _("Besluta om ett utdrag lämnas ut"),
    "hand_out": _("Lämna utdraget till den som bad om det"),
}
# These are dated by the object itself: it says when its next step is due.
DATED_BY_THE_OBJECT = (
    "draft",
    "agree",
    "publish",
    "evaluate",
    "look_over",
    "tell",
    "confirm",
    "take_over",
    "check",
    "fill",
    "invite",
    "meet",
    "minute",
    "do",
    "ask_interview",
    "interview",
    "summarise",
    "report",
    "set_aside",
    "look_through",
    "write_money",
    "join_money",
    "send_money",
    "decide_money",
    "decide_carry",
    "report_july",
    "report_final",
    "examine",
    "release",
    "hand_out",
    "screening",
)
EXTRACT_STEPS = {
    "asked": "examine",
    "checked": "release",
    "released": "hand_out",
    "ready": "hand_out",
}
MEETING_STEPS = {"planned": "invite", "invited": "meet", "held": "minute"}
# Working days where a programme says nothing.
DEFAULT_DAYS = {
    "screen": 10,
    "decide": 5,
    "complete": 10,
    "ask": 20,
    "approve": 5,
    "await_consent": 20,
    "request_consent": 5,
    "ask_anew": 10,
    "map": 20,
    "section": 15,
    "plan": 10,
    "review": 5,
    "resume_or_close": 10,
    "close": 5,
    "offer": 5,
    "acknowledge": 5,
    "glass": 3,
}
# Calendar days between contacts with the family while a hand-over goes on: every eighth week.
FAMILY_CONTACT_DAYS = 56
CONSENT_GONE = (
    ConsentStatus.DECLINED,
    ConsentStatus.LAPSED,
    ConsentStatus.WITHDRAWN,
    ConsentStatus.EXPIRED,
)


def waits(obj: Any) -> bool:
    """Whether it is somebody's turn. A survey is when nobody answers any more; till then the clock
    has it."""
    if isinstance(obj, SurveyRound):
        return bool(obj.status == RoundStatus.CLOSED)
    return bool(obj.is_open)


def step_of(obj: Any, step: str) -> str:
    """The step as it is right now: some depend on what else has happened on the path."""
    if isinstance(obj, Case):
        if obj.status == CaseStatus.AWAITING_CONSENT:
            return _waiting_step(obj)
        if obj.status == CaseStatus.TRANSFERRING and not obj.has_open_transfer():
            return "resume_or_close"
    if step == "meet":
        return MEETING_STEPS.get(obj.status, step)
    if own := _own_step(obj):
        return own
    if step == "confirm" and not obj.unconfirmed():
        return "take_over"
    if step == "ask" and obj.awaits_approval():
        return "approve"
    if step == "screen" and obj.manager_asked:
        return "decide"
    return step


def _own_step(obj: Any) -> str:
    """The step of what has one for each of its states; "" of all else."""
    if isinstance(obj, Extract):
        return EXTRACT_STEPS.get(obj.status, "")
    if isinstance(obj, Interview):
        return _interview_step(obj)
    if isinstance(obj, SurveyRound):
        return "report" if obj.enough() else "set_aside"
    return obj.next_step if isinstance(obj, FundingApplication) else ""


def _interview_step(interview: Interview) -> str:
    if interview.status == "held":
        return "summarise"
    return "interview" if interview.permitted() else "ask_interview"


def _waiting_step(case: Case) -> str:
    main = case.consents.for_support()
    if main.waiting().exists():
        return "await_consent"
    return "ask_anew" if main.filter(status__in=CONSENT_GONE).exists() else "request_consent"


def days_for(obj: Any, step: str) -> int:
    matter = obj.case if isinstance(obj, Section) else getattr(obj, "matter", obj)
    programme = getattr(matter, "programme", None)
    known = programme.deadlines if programme else {}
    return int(known.get(step, DEFAULT_DAYS[step]))


def due_on(obj: Any, step: str, since: date | None = None) -> date:
    """The day a turn that begins today, or began on `since`, is due."""
    return obj.next_due if step in DATED_BY_THE_OBJECT else _due_on_path(obj, step, since)


def _due_on_path(obj: Any, step: str, since: date | None) -> date:
    """The same on a pupil's path."""
    today = since or clock.today()
    if getattr(obj, "needs_protection", False):
        return today  # a child who may need protection does not wait for a working day
    if isinstance(obj, OutsideContact):
        return obj.due
    if isinstance(obj, ConcernReport):
        return obj.made_on + timedelta(days=legal.limit("feedback.reminder"))
    if isinstance(obj, Transfer) and step == "start":
        return (obj.offered_on or today) + timedelta(days=legal.limit("transfer.first_alarm"))
    if isinstance(obj, Case) and (day := _case_due(obj, step, today)):
        return day
    if isinstance(obj, Consent):
        return working_days.add(obj.asked_on, days_for(obj, step))
    count = days_for(obj, step)
    if of_the_school(obj, step):
        return school_days.add(today, count)
    return working_days.add(today, count)


def of_the_school(obj: Any, step: str) -> bool:
    """Whether it is the school that must do it; then its breaks are not counted."""
    if isinstance(obj, Section):
        return bool(obj.side == Side.SCHOOL)
    return step == "complete" or (step == "request_consent" and obj.referral is not None)


def _case_due(obj: Case, step: str, today: date) -> date | None:
    """The days that the case itself names; None where the step has its number of days."""
    if step == "support" and obj.next_review:
        return obj.next_review
    if obj.status == CaseStatus.FROZEN:
        return (obj.frozen_on or today) + timedelta(days=legal.limit("consent.frozen"))
    if step == "hand_over":
        return today + timedelta(days=FAMILY_CONTACT_DAYS)
    if step == "await_consent":
        asked = obj.consents.for_support().waiting().order_by("-pk").first()
        return working_days.add(asked.asked_on, days_for(asked, "ask")) if asked else None
    return None


def moves_with_time(step: str) -> bool:
    """Whether the due date follows the object while the step goes on, not only its beginning."""
    return step in ("support", "outside", *DATED_BY_THE_OBJECT)
