"""What to do next in a case, for one reader: a line of where it stands, and the ways on.

When it is due, and who has it, the worklist's turn says; here is what the step consists of.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import clock
from referrals.choices import CaseStatus, TransferStatus, VoiceStatus
from referrals.models import Case
from referrals.models.case import PATIENCE

# Days before a review is due when it can be begun with one click; earlier it waits under "more".
NEAR = 7


@dataclass(frozen=True)
class Way:
    """One way on: where it leads and what the button says."""

    url: str
    label: str
    primary: bool = False


@dataclass(frozen=True)
class NextStep:
    """`lines`: where it stands, in words; `demand`: what must be decided, set apart."""

    lines: list[str] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    demand: str = ""
    # Moves of the case (by name) that are this step's own; the rest wait under "more".
    moves: tuple[str, ...] = ()
    # What to do, where this reader does something else than the one whose turn it is.
    words: str = ""


@dataclass(frozen=True)
class Reader:
    """Who looks: `full` the case is open to them, `ours` they work in its team, `asks` the family
    is theirs to ask, `may_ask` now; `asked` the question that waits for answers, if one does, and
    `never` whether none has been put; `gaps`, how much a closure still lacks."""

    full: bool
    ours: bool
    asks: bool
    may_ask: bool
    asked: UUID | None = None
    never: bool = False
    gaps: int = 0


def next_step(case: Case, reader: Reader) -> NextStep:
    """`case` as `CaseQuerySet.for_page` brings it."""
    return STEPS[CaseStatus(case.status)](case, reader)


def _to(name: str, case: Case, *more: Any) -> str:
    return reverse(f"referrals:{name}", args=[case.reference, *more])


def _consent(case: Case, reader: Reader) -> NextStep:
    ways = []
    if reader.may_ask:
        matter = case.referral or case
        url = reverse("referrals:ask", args=[matter.reference, "support"])
        ways.append(Way(url, _("Fråga om samtycke"), primary=True))
    lines = [_("Arbetet börjar när eleven och alla vårdnadshavare har sagt ja.")]
    if reader.asks and reader.asked:
        url = reverse("referrals:consent", args=[reader.asked])
        ways.append(Way(url, _("Se vilka som har svarat"), primary=True))
    elif reader.ours and not reader.asks and (reader.asked or reader.never):
        lines.append(_("Skolan frågar familjen. Du behöver inte göra något nu."))
    if case.follows is not None:
        lines.append(_("Eleven har kommit tillbaka från mottagaren. Familjen får frågan på nytt."))
    # While the family is asked, to end it all is not the next step.
    waits = reader.asked is not None or reader.never
    return NextStep(lines, ways, moves=() if waits else ("propose_closure",))


def _mapping(case: Case, reader: Reader) -> NextStep:
    if not reader.full:
        return NextStep([_("Skolan och teamet kartlägger vad som ligger bakom.")])
    parts = case.parts or []  # type: ignore[attr-defined]  # annotated by for_page
    done = sum(part["status"] != "empty" for part in parts)
    voice = VoiceStatus(case.voice or "waiting").label  # type: ignore[attr-defined]  # annotated by for_page
    lines = [
        _("%(done)s av %(of)s delar är klara.") % {"done": done, "of": len(parts)},
        _("Elevens röst: %(state)s.") % {"state": str(voice).lower()},
    ]
    finished = done == len(parts) and case.voice != VoiceStatus.WAITING  # type: ignore[attr-defined]  # annotated by for_page
    way = Way(_to("mapping", case), _("Till kartläggningen"), primary=not finished)
    return NextStep(lines, [way], moves=("finish_mapping",) if finished else ())


def _planning(case: Case, reader: Reader) -> NextStep:
    if not reader.full:
        return NextStep([_("Planen görs tillsammans med eleven.")])
    lines = [_("Planen görs tillsammans med eleven: mål för varje behov, och vem som gör vad.")]
    return NextStep(lines, [Way(_to("plan", case), _("Till planen"), primary=True)])


def _support(case: Case, reader: Reader) -> NextStep:
    weeks = case.programme.review_weeks
    lines = [_("Stödet följs upp minst var %(weeks)s:e vecka.") % {"weeks": weeks}]
    if not reader.full:
        return NextStep(lines)
    ways = []
    near = case.next_review and (case.next_review - clock.today()).days <= NEAR
    if case.planned_review:  # type: ignore[attr-defined]  # annotated by for_page
        lines.append(_("Mötet är bokat."))
    else:
        url = reverse("referrals:add", args=[case.reference, "uppfoljning"])
        ways.append(Way(url, _("Boka mötet"), primary=not near))
    ways.append(Way(reverse("referrals:alter", args=["case", case.uuid]), _("Ändra datum")))
    return NextStep(lines, ways, moves=("begin_review",) if near else ())


def _review(case: Case, reader: Reader) -> NextStep:
    if not reader.full:
        return NextStep([_("Eleven, hemmet, skolan och teamet ser tillbaka tillsammans.")])
    if not case.undecided:  # type: ignore[attr-defined]  # annotated by for_page
        lines = [_("Mät frånvaron sedan sist, skatta målen och skriv vad eleven säger.")]
        booked = case.planned_review  # type: ignore[attr-defined]  # annotated by for_page
        url = _to("document_review", case, booked) if booked else _to("new_review", case)
        return NextStep(lines, [Way(url, _("Dokumentera uppföljningen"), primary=True)])
    demand = ""
    if case.stalled and case.reviews_without_progress + 1 >= PATIENCE:  # type: ignore[attr-defined]  # annotated by for_page
        demand = _(
            "Två uppföljningar i rad har inte visat framsteg. Bestäm om ni fortsätter, ändrar "
            "planen, lämnar över eller avslutar, och skriv varför."
        )
    lines = [_("Uppföljningen är dokumenterad. Bestäm hur ni går vidare.")]
    moves = ("continue_support", "revise_plan", "propose_closure", "propose_transfer")
    return NextStep(lines, demand=demand, moves=moves, words=_("bestäm hur ni går vidare"))


def _frozen(case: Case, reader: Reader) -> NextStep:
    lines = [_("Samtycket gäller inte längre. Inget nytt skrivs förrän familjen har svarat.")]
    ways = []
    if reader.may_ask:
        matter = case.referral or case
        url = reverse("referrals:ask", args=[matter.reference, "support"])
        ways.append(Way(url, _("Fråga på nytt"), primary=True))
    return NextStep(lines, ways, moves=("propose_closure",))


def _transferring(case: Case, reader: Reader) -> NextStep:
    lines = [_("Stödet fortsätter tills mottagaren har börjat.")]
    handed = case.handed  # type: ignore[attr-defined]  # annotated by for_page
    ways = []
    if handed:
        lines.insert(0, handed_in_words(handed))
        url = reverse("referrals:transfer", args=[handed["uuid"]])
        ways.append(Way(url, _("Till överlämningen"), primary=reader.full))
    return NextStep(lines, ways, moves=("resume",))


def handed_in_words(handed: dict[str, Any]) -> str:
    """How far a hand-over has come."""
    words: dict[str, str] = {
        TransferStatus.CONSIDERED: _("Överlämningen förbereds."),
        TransferStatus.OFFERED: _("%(to)s har fått frågan och inte svarat än."),
        TransferStatus.ACKNOWLEDGED: _("%(to)s har tagit emot. Stödet har inte börjat än."),
        TransferStatus.STARTED: _("%(to)s har börjat sitt stöd."),
        TransferStatus.NOT_STARTED: _("Stödet hos %(to)s blev inte av."),
        TransferStatus.DECLINED: _("%(to)s tar inte emot."),
        TransferStatus.WITHDRAWN: _("Överlämningen togs tillbaka."),
    }
    return words[handed["status"]] % {"to": handed["receiver"]}


def _closing(case: Case, reader: Reader) -> NextStep:
    if not reader.ours:
        return NextStep([_("Teamet har föreslagit att stödet avslutas.")])
    gaps = reader.gaps
    lines = [
        ngettext("%(n)s sak saknas.", "%(n)s saker saknas.", gaps) % {"n": gaps}
        if gaps
        else _("Allt är ifyllt. Enhetschefen kan bekräfta.")
    ]
    ways, words = [], ""
    if reader.full:
        ways.append(Way(_to("closing", case), _("Fyll i inför avslut"), primary=bool(gaps)))
        words = _("fyll i det som saknas inför avslutet") if gaps else ""
    return NextStep(lines, ways, moves=("confirm_closure", "resume"), words=words)


def _closed(case: Case, reader: Reader) -> NextStep:
    lines = [
        _("Ett avslutat ärende öppnas inte igen. Behövs stöd på nytt blir det ett nytt ärende.")
    ]
    later = case.later if reader.ours else None  # type: ignore[attr-defined]  # annotated by for_page
    ways = []
    if later:
        url = reverse("referrals:case", args=[later])
        ways.append(Way(url, _("Till det nya ärendet %(number)s") % {"number": later}))
    return NextStep(lines, ways)


STEPS: dict[CaseStatus, Callable[[Case, Reader], NextStep]] = {
    CaseStatus.AWAITING_CONSENT: _consent,
    CaseStatus.MAPPING: _mapping,
    CaseStatus.PLANNING: _planning,
    CaseStatus.SUPPORT: _support,
    CaseStatus.REVIEW: _review,
    CaseStatus.FROZEN: _frozen,
    CaseStatus.TRANSFERRING: _transferring,
    CaseStatus.TRANSFERRED: _closing,
    CaseStatus.CLOSING: _closing,
    CaseStatus.CLOSED: _closed,
}
