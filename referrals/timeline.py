"""What has happened on a path, in words, for one reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from history.models import Event

# (kind, move) → what happened. What is not here is not worth a line.
WORDS: dict[tuple[str, str], Any] = {
    ("referral", "draft"): _("Remissen påbörjades"),
    ("referral", "submit"): _("Remissen skickades"),
    ("referral", "return_for_completion"): _("Teamet bad om komplettering"),
    ("referral", "ask_manager"): _("Lämnades till enhetschefen för beslut"),
    ("referral", "accept"): _("Teamet tog emot remissen"),
    ("referral", "decline"): _("Teamet tog inte emot remissen"),
    ("referral", "withdraw"): _("Skolan tog tillbaka remissen"),
    ("referral", "clear_draft"): _("Utkastet rensades"),
    ("referral", "join"): _("Remissen fördes till ett ärende som redan var öppet"),
    ("consent", "request"): _("Familjen fick frågan om samtycke"),
    ("consent", "remind"): _("En påminnelse om samtycke skickades"),
    ("consent", "sign"): _("En person svarade ja"),
    ("consent", "refuse"): _("En person svarade nej"),
    ("consent", "lapse"): _("Frågan om samtycke avslutades utan svar"),
    ("consent", "withdraw"): _("Samtycket togs tillbaka"),
    ("consent", "narrow"): _("Samtycket begränsades"),
    ("consent", "take_over"): _("Ett nytt samtycke tog över"),
    ("consent", "approve_exception"): _("Undantaget godkändes"),
    ("consent", "add_line"): _("En ny vårdnadshavare fick frågan"),
    ("consent", "expire"): _("Samtycket gick ut"),
    ("case", "open"): _("Ärendet öppnades"),
    ("case", "begin_mapping"): _("Kartläggningen började"),
    ("case", "finish_mapping"): _("Kartläggningen blev klar"),
    ("case", "agree_plan"): _("Planen blev överenskommen och stödet började"),
    ("case", "begin_review"): _("Uppföljningen började"),
    ("case", "continue_support"): _("Stödet fortsätter"),
    ("case", "revise_plan"): _("Planen ändras"),
    ("case", "propose_closure"): _("Avslut föreslogs"),
    ("case", "confirm_closure"): _("Ärendet avslutades"),
    ("case", "propose_transfer"): _("Överlämning påbörjades"),
    ("case", "transfer"): _("Mottagaren har börjat sitt stöd"),
    ("case", "resume"): _("Ärendet återupptogs"),
    ("case", "freeze"): _("Ärendet vilar: samtycke saknas"),
    ("case", "thaw"): _("Ärendet går vidare: samtycke finns igen"),
    ("case", "go_on"): _("Stödet går vidare på en ny skola"),
    ("case", "hand_on"): _("Ansvarig eller ersättare byttes"),
    ("case", "change_school"): _("Eleven bytte skola"),
    ("case", "propose_team"): _("Ett annat team tillfrågades om att ta över"),
    ("case", "agree_team"): _("Det andra teamet sade ja till att ta över"),
    ("case", "keep_team"): _("Ärendet stannade i teamet"),
    ("case", "change_team"): _("Ärendet bytte team"),
    ("case", "abandon"): _("Ärendet avslutades: remissen togs tillbaka"),
    ("case", "join"): _("Ärendet gick upp i ett som redan var öppet"),
    ("breakglass", "break_glass"): _("Någon nödöppnade ärendet"),
    ("breakglass", "review"): _("En nödöppning granskades"),
    ("section", "write"): _("En del av kartläggningen skrevs"),
    ("section", "set_aside"): _("En del av kartläggningen var inte aktuell"),
    ("section", "assign"): _("En del av kartläggningen fick en annan ägare"),
    ("mappedneed", "find"): _("Ett behov lades till"),
    ("mappedneed", "leave_without_goal"): _("Ett behov lämnades utan mål"),
    ("plan", "agree"): _("Planen började gälla"),
    ("review", "plan"): _("Ett uppföljningsmöte bokades"),
    ("review", "document"): _("En uppföljning dokumenterades"),
    ("intervention", "propose"): _("En insats föreslogs"),
    ("intervention", "get_going"): _("En insats började"),
    ("intervention", "complete"): _("En insats blev genomförd"),
    ("intervention", "cancel"): _("En insats avbröts"),
    ("occasion", "record"): _("Ett tillfälle hölls"),
    ("goal", "set"): _("Ett mål sattes"),
    ("goal", "meet_fully"): _("Ett mål nåddes helt"),
    ("goal", "meet_partly"): _("Ett mål nåddes delvis"),
    ("goal", "miss"): _("Ett mål nåddes inte"),
    ("goal", "drop"): _("Ett mål ströks"),
    ("goal", "reopen"): _("Ett mål öppnades igen"),
    ("absence", "measure"): _("Frånvaron mättes"),
    ("pupilvoice", "offer"): _("Eleven fick frågan om att berätta"),
    ("pupilvoice", "decline"): _("Eleven ville inte berätta"),
    ("pupilvoice", "answer"): _("Eleven berättade med egna ord"),
    ("note", "sign"): _("En anteckning signerades"),
    ("fostervoice", "ask"): _("Familjehemmet fick en fråga"),
    ("fostervoice", "answer"): _("Familjehemmet svarade"),
    ("fostervoice", "decline"): _("Familjehemmet ville inte svara"),
    ("outsidecontact", "see_need"): _("Kontakt med en annan part planerades"),
    ("outsidecontact", "contact"): _("Teamet tog kontakt med en annan part"),
    ("outsidecontact", "plan_meeting"): _("Ett möte med en annan part bokades"),
    ("outsidecontact", "finish"): _("Kontakten med en annan part blev klar"),
    ("outsidecontact", "decline"): _("Kontakten med en annan part blev inte av"),
    ("participant", "name"): _("En deltagare tillkom"),
    ("participant", "leave"): _("En deltagare slutade"),
    ("transfer", "offer"): _("Överlämningen erbjöds mottagaren"),
    ("transfer", "acknowledge"): _("Mottagaren tog emot överlämningen"),
    ("transfer", "decline"): _("Mottagaren tog inte emot"),
    ("transfer", "start"): _("Mottagaren började sitt stöd"),
    ("transfer", "not_start"): _("Mottagarens stöd blev inte av"),
    ("transfer", "withdraw"): _("Överlämningen togs tillbaka"),
    ("transfer", "hand_back"): _("Mottagaren lämnade tillbaka till teamet"),
}


# What a long timeline can be narrowed to: key → what it is called, and which kinds it holds.
KINDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "vagen": (_("Vägen"), ("case", "referral", "consent", "participant")),
    "kartlaggning": (_("Kartläggning"), ("section", "pupilvoice", "fostervoice", "mappedneed")),
    "plan": (_("Mål"), ("goal", "plan")),
    "insatser": (_("Insatser"), ("intervention", "occasion")),
    "uppfoljning": (_("Uppföljning"), ("review", "absence")),
    "samtal": (_("Samtal och möten"), ("note", "outsidecontact")),
    "overlamning": (_("Överlämning"), ("transfer",)),
}


@dataclass(frozen=True)
class Happened:
    """One line of the timeline: `detail` names the thing it was about, `why` is a kept reason."""

    pk: int
    at: datetime
    what: Any
    by: str
    kind: str
    detail: str = ""
    why: str = ""


def told_of(trail: Any, objects: Iterable[QuerySet[Any]]) -> QuerySet[Event, Event]:
    """The events of a trail that are worth a line, about any of these rows; none without rows."""
    about = Q(pk__in=())
    for rows in objects:
        about |= Q(subject_uuid__in=rows.values("uuid"))
    return Event.objects.filter(about, trail=trail, move__in=TOLD)


def timeline(
    events: QuerySet[Event, Event],
    limit: int = 50,
    *,
    before: int | None = None,
    details: Mapping[UUID, str] | None = None,
    reasons_of: int | None = None,
) -> list[Happened]:
    """What has happened, of what the reader has been let to see, by its moment, newest first.

    `before` is the pk of the last event already shown; `details` names things by their uuid;
    `reasons_of` is the organisation whose own people's kept reasons are told too: why the other side
    did what it did crosses no wall this way. A guardian's or pupil's name never stands here: a
    signature is told without saying whose.
    """
    if before:
        last = events.filter(pk=before).values_list("at", flat=True).first()
        events = events.filter(Q(at__lt=last) | Q(at=last, pk__lt=before)) if last else events
    joined = ["membership__user", "kind", *(["words"] if reasons_of else [])]
    found = []
    # A move of one name can be told of one kind and not of another: a few more than asked for.
    for event in events.select_related(*joined).order_by("-at", "-pk")[: limit * 2]:
        words = WORDS.get((event.kind.model, event.move))
        if words:
            found.append(
                Happened(
                    event.pk,
                    event.at,
                    words,
                    event.membership.name if event.membership else "",
                    event.kind.model,
                    (details or {}).get(event.subject_uuid, ""),
                    _reason(event) if reasons_of == event.organisation_id else "",
                )
            )
    return found[:limit]


TOLD = sorted({move for _kind, move in WORDS})


# An emergency opening's reason is its opener's, the reviewers' and the auditor's: on its own page.
ELSEWHERE = "breakglass"


def _reason(event: Event) -> str:
    if event.kind.model == ELSEWHERE:
        return ""
    kept = getattr(event, "words", None)
    return kept.text.open() if kept else ""
