"""What a look was at, in words; a code without words of its own is shown as it is."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WORDS = {
    "add": _("Lade till i ett ärende"),
    "calendar": _("Kalender"),
    "case": _("Ärende"),
    "case.closing": _("Avslut"),
    "case.direct": _("Nytt ärende"),
    "case.list": _("Lista över ärenden"),
    "case.mapping": _("Kartläggning"),
    "case.notes": _("Anteckningar"),
    "case.plan": _("Plan"),
    "case.reviews": _("Uppföljningar"),
    "case.summer": _("Sommaren"),
    "concern": _("Orosanmälan"),
    "concern.new": _("Ny orosanmälan"),
    "consent": _("Samtycke"),
    "consent.answer": _("Svar på samtycke"),
    "consent.ask": _("Fråga om samtycke"),
    "consent.change": _("Ändrat samtycke"),
    "consent.link": _("Länk till samtycke"),
    "consent.sign": _("Underskrift"),
    "disposal": _("Lista för gallring"),
    "document": _("Dokument"),
    "document.ask": _("Beställde dokument"),
    "document.choose": _("Valde dokument"),
    "document.file": _("Hämtade dokument"),
    "document.make": _("Dokument gjordes"),
    "extract": _("Utdrag"),
    "extract.file": _("Hämtade utdrag"),
    "file": _("Hämtade fil"),
    "file.error": _("Tog bort fil"),
    "files": _("Filer"),
    "hand_on": _("Lämnade över"),
    "limit.changed": _("Gräns ändrad"),
    "log": _("Loggen"),
    "log.check": _("Kontroll av loggen"),
    "log.entry": _("En läsning i loggen"),
    "log.name": _("Namn i loggen"),
    "move": _("Åtgärd"),
    "programme.changed": _("Program ändrat"),
    "pupil.find": _("Sökte elev"),
    "question.decided": _("Fråga beslutad"),
    "reference.changed": _("Lagrum ändrat"),
    "referral": _("Remiss"),
    "referral.check": _("Läste igenom remiss"),
    "referral.list": _("Lista över remisser"),
    "referral.sent": _("Skickad remiss"),
    "referral.write": _("Skrev remiss"),
    "tool.changed": _("Verktyg ändrat"),
    "transfer": _("Överlämning"),
    "transfer.list": _("Lista över överlämningar"),
    "worklist": _("Att göra"),
}


def words_for(what: str) -> str:
    return str(WORDS.get(what, what))


# The first word of a ground, in words; what follows it (which consent, which version) is kept.
GROUNDS = {
    "own": _("egen organisation"),
    "consent": _("samtycke"),
    "sealed": _("förseglad"),
    "audit": _("granskning"),
    "handover": _("överlämnad"),
    "break-glass": _("nödöppning"),
    "calendar": _("egen organisation"),
    "duty": _("anmälningsplikt"),
    "extract": _("utdrag"),
    "retention": _("gallring"),
}


def ground_in_words(ground: str) -> str:
    first, _space, rest = ground.partition(" ")
    words = GROUNDS.get(first)
    if words is None:
        return ground
    return f"{words} {rest}" if first == "consent" else str(words)
