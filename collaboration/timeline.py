"""What has happened to something of the collaboration, in words, newest first."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Membership, Signatory
from collaboration.models import FundingApplication
from history.models import Event, Living

WORDS: dict[tuple[str, str], Any] = {
    ("agreement", "draft"): gettext_lazy("Utkastet började skrivas"),
    ("agreement", "edit"): gettext_lazy("Uppgifter ändrades"),
    ("agreement", "write_section"): gettext_lazy("Ett avsnitt skrevs"),
    ("agreement", "assign_section"): gettext_lazy("Ett avsnitt fick en ägare"),
    ("agreement", "add_section"): gettext_lazy("Ett avsnitt lades till"),
    ("agreement", "remove_section"): gettext_lazy("Ett avsnitt togs bort"),
    ("agreement", "set_party"): gettext_lazy("Parterna ändrades"),
    ("agreement", "send_for_comment"): gettext_lazy("Skickades på remiss"),
    ("agreement", "comment"): gettext_lazy("En synpunkt kom in"),
    ("agreement", "reopen"): gettext_lazy("Texten öppnades för ändring"),
    ("agreement", "ask_signatures"): gettext_lazy("Underskrifter begärdes"),
    ("agreement", "remind"): gettext_lazy("Påminnelse skickades"),
    ("agreement", "sign"): gettext_lazy("En part skrev under"),
    ("agreement", "publish"): gettext_lazy("Publicerades och gäller"),
    ("agreement", "call_review"): gettext_lazy("Ska ses över"),
    ("agreement", "keep"): gettext_lazy("Utvärderades och behölls"),
    ("agreement", "evaluate"): gettext_lazy("Utvärderades och ska ändras"),
    ("agreement", "supersede"): gettext_lazy("Ersattes av en ny version"),
    ("agreement", "terminate"): gettext_lazy("Sades upp"),
    ("agreement", "drop"): gettext_lazy("Lades ner"),
    ("contactassignment", "appoint"): gettext_lazy("Utsågs"),
    ("contactassignment", "announce"): gettext_lazy("Skolan fick veta det"),
    ("contactassignment", "confirm"): gettext_lazy("Skolan bekräftade"),
    ("contactassignment", "confirm_for"): gettext_lazy("Enhetschefen bekräftade åt skolan"),
    ("contactassignment", "remind"): gettext_lazy("Skolan påmindes"),
    ("contactassignment", "activate"): gettext_lazy("Tog över uppdraget"),
    ("contactassignment", "open_vacancy"): gettext_lazy("Uppdraget är vakant"),
    ("contactassignment", "vacate"): gettext_lazy("Uppdraget blev vakant"),
    ("contactassignment", "plan_end"): gettext_lazy("Slutdagen planerades"),
    ("contactassignment", "follow_team"): gettext_lazy("Följde med till ett annat team"),
    ("contactassignment", "close_with_school"): gettext_lazy("Avslutades med skolan"),
    ("contactassignment", "reaffirm"): gettext_lazy("Stämdes av"),
    ("contactassignment", "write_handover"): gettext_lazy("Överlämningen skrevs"),
    ("contactassignment", "end"): gettext_lazy("Avslutades"),
    ("contactassignment", "withdraw"): gettext_lazy("Drogs tillbaka"),
    ("contactassignment", "edit"): gettext_lazy("Uppgifter ändrades"),
    ("fundingapplication", "draft"): gettext_lazy("Utkastet började skrivas"),
    ("fundingapplication", "edit"): gettext_lazy("Ansökan ändrades"),
    ("fundingapplication", "choose_schools"): gettext_lazy("Skolorna valdes"),
    ("fundingapplication", "change_schools"): gettext_lazy("Skolorna byttes"),
    ("fundingapplication", "ask_principals"): gettext_lazy("Rektorerna fick frågan"),
    ("fundingapplication", "submit"): gettext_lazy("Skickades in"),
    ("fundingapplication", "take_back"): gettext_lazy("Togs tillbaka"),
    ("fundingapplication", "drop"): gettext_lazy("Lades ner"),
    ("fundingapplication", "grant"): gettext_lazy("Beviljades"),
    ("fundingapplication", "reject"): gettext_lazy("Avslogs"),
    ("fundingapplication", "decide_carry"): gettext_lazy("Beslut om medel från året före"),
    ("fundingapplication", "report_in_july"): gettext_lazy("Lägesrapporten skrevs"),
    ("fundingapplication", "report_finally"): gettext_lazy("Slutrapporten skrevs"),
    ("fundingapplication", "correct_report"): gettext_lazy("Rapporten rättades"),
    ("fundingapplication", "cover"): gettext_lazy("Fick en ny ansvarig"),
    ("fundingapplication", "hand_on"): gettext_lazy("Fick en ny ansvarig"),
    ("fundingapplication", "follow_organisation"): gettext_lazy("Följde med till en ny enhet"),
    ("fundinganswer", "ask"): gettext_lazy("%s: rektor fick frågan"),
    ("fundinganswer", "ask_again"): gettext_lazy("%s: ansökan ändrades, rektor tar ställning igen"),
    ("fundinganswer", "join"): gettext_lazy("%s: rektor ställde sig bakom"),
    ("fundinganswer", "decline"): gettext_lazy("%s: rektor sa nej"),
    ("fundinganswer", "lapse"): gettext_lazy("%s: rektor behöver inte svara"),
    ("forummeeting", "plan"): gettext_lazy("Planerades"),
    ("forummeeting", "edit"): gettext_lazy("Uppgifter ändrades"),
    ("forummeeting", "set_invitee"): gettext_lazy("De kallade ändrades"),
    ("forummeeting", "invite"): gettext_lazy("Kallelsen skickades"),
    ("forummeeting", "move_to"): gettext_lazy("Tid eller plats ändrades"),
    ("forummeeting", "remind"): gettext_lazy("Påminnelse skickades"),
    ("forummeeting", "answer"): gettext_lazy("Någon svarade"),
    ("forummeeting", "cancel"): gettext_lazy("Ställdes in"),
    ("forummeeting", "hold"): gettext_lazy("Hölls, närvaron fylldes i"),
    ("forummeeting", "write_minutes"): gettext_lazy("Minnesanteckningarna skickades"),
    ("forummeeting", "correct_presence"): gettext_lazy("Närvaron rättades"),
    ("forummeeting", "correct_minutes"): gettext_lazy("Minnesanteckningarna rättades"),
}
# A post that was born to be vacant: nobody was named.
BORN_EMPTY = gettext_lazy("Uppdraget lades upp")
SHOWN = 30


def of(obj: Living) -> list[dict[str, Any]]:
    """Its own life, newest first, the last thirty."""
    kind = str(obj._meta.model_name)
    rows = Event.objects.of(obj).select_related("membership__user").order_by("-pk")[:SHOWN]
    return [{"at": row.at, "what": _words(obj, kind, row.move), "by": _by(row)} for row in rows]


def _words(obj: Living, kind: str, move: str) -> Any:
    if kind == "contactassignment" and move == obj.birth and obj.person_id is None:  # type: ignore[attr-defined]  # a post has a person
        return BORN_EMPTY
    return WORDS.get((kind, move), move)


def along(application: FundingApplication) -> list[dict[str, Any]]:
    """The life of an application and of its principals' answers, which lie on one trail."""
    schools = {row.pk: str(row.school) for row in application.answers.select_related("school")}
    rows = Event.objects.filter(trail=application.trail_id).select_related(
        "membership__user", "kind"
    )
    found = []
    for row in rows.order_by("-pk")[:SHOWN]:
        words = str(WORDS[(row.kind.model, row.move)])
        what = words % schools[row.subject_id] if row.kind.model == "fundinganswer" else words
        found.append({"at": row.at, "what": what, "by": _by(row)})
    return found


def _by(event: Event) -> str:
    actor = event.actor
    if isinstance(actor, Membership):
        return f"{actor.name}, {actor.get_role_display()}"
    return _("Genom länk") if isinstance(actor, Signatory) else _("Systemet")
