"""What is asked when a meeting has been: who came, what was said and decided, what is to be done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import uuid5

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import clock
from accounts.forms import choice, day, long_text, pick, short_text
from accounts.models import Organisation
from collaboration.choices import Presence, Reply, Seat
from collaboration.forms.forum import known_at, somebody
from collaboration.forms.marks import WithoutPupils
from collaboration.models import ForumAction
from history.forms import KeyForm, MoveForm

LINES = 40
# Rows for what is to be done: as many as most meetings need, and as many as may be asked for.
ROWS, MOST_ROWS = 3, 20
COMES = {Reply.YES: Presence.PRESENT, Reply.OTHER: Presence.PRESENT, Reply.NO: Presence.EXCUSED}


class PresenceForm(MoveForm):
    """One question for each who was called, filled in from what they answered."""

    template_name = "collaboration/presence_form.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = [pair for pair in Presence.choices if pair[0] != Presence.UNKNOWN]
        self.called = list(self.obj.invitees.select_related("organisation"))
        for row in self.called:
            label = who = f"{row.organisation}, {row.name}" if row.name else str(row.organisation)
            if row.instead:
                label = gettext("%(who)s, skickar %(instead)s") % {
                    "who": who,
                    "instead": row.instead,
                }
            ask = gettext("Välj närvaro för %s.") % who
            self.ask_also(f"p-{row.uuid}", choice(label, asked, ask=ask))
            self.ask_also(f"c-{row.uuid}", somebody(_("Vem kom i stället?")))
            self.ask_also(f"r-{row.uuid}", pick(_("I vilken roll?"), Seat.choices, required=False))
            self.initial |= {
                f"p-{row.uuid}": self.was_there(row),
                f"c-{row.uuid}": row.instead,
                f"r-{row.uuid}": row.role,
            }

    def was_there(self, row: Any) -> str:
        return COMES.get(row.reply, "")

    def rows(self) -> Iterator[dict[str, Any]]:
        """The fields of each who was called, as they are drawn."""
        for row in self.called:
            came, role = self[f"c-{row.uuid}"], self[f"r-{row.uuid}"]
            other = bool(came.value()) or role.value() not in ("", None, row.role)
            yield {
                "who": row.organisation,
                "presence": self[f"p-{row.uuid}"],
                "more": (came, role),
                "is_open": other or bool(came.errors or role.errors),
            }

    def details(self) -> dict[str, Any]:
        given = super().details()
        told = {
            "presence": {str(row.uuid): given.pop(f"p-{row.uuid}") for row in self.called},
            "came": {
                str(row.uuid): (
                    given.pop(f"c-{row.uuid}").strip(),
                    given.pop(f"r-{row.uuid}") or row.role,
                )
                for row in self.called
            },
        }
        return given | told


class CorrectPresenceForm(PresenceForm):
    why = short_text(_("Vad var fel?"), limit=300, ask=_("Skriv vad som var fel."))

    def was_there(self, row: Any) -> str:
        return str(row.presence)


class MinutesFields(WithoutPupils, MoveForm):
    minutes = long_text(
        _("Minnesanteckningar"),
        hint=_("Skriv inget om enskilda elever. De skickas till alla som var kallade."),
        ask=_("Skriv vad ni pratade om."),
        rows=10,
    )
    decisions = long_text(
        _("Beslut"), required=False, hint=_("Ett på varje rad, högst 40."), rows=5
    )

    def known_words(self) -> Iterable[str]:
        return known_at(self.obj)

    def clean_decisions(self) -> str:
        text: str = self.cleaned_data["decisions"]
        if len(text.splitlines()) > LINES:
            raise forms.ValidationError(_("Det är för många rader. Skriv högst 40."))
        return text

    def details(self) -> dict[str, Any]:
        given = super().details()
        lines = [line.strip(" –-•\t") for line in given["decisions"].splitlines()]
        told = {"minutes": given["minutes"], "decisions": [line for line in lines if line]}
        return told | ({"why": given["why"]} if "why" in given else {})


class MinutesForm(MinutesFields):
    """What was said and decided, and who is to do what: one letter tells it all."""

    template_name = "collaboration/minutes_form.html"
    count = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.size = self._count()
        if self.is_bound:
            self.data = dict(self.data.items()) | {"count": str(self.size)}
        self.initial["count"] = self.size
        choices = promisers(self.obj)
        for n in range(1, self.size + 1):
            self.ask_also(f"text-{n}", short_text(_("Vad ska göras?"), required=False, limit=300))
            self.ask_also(f"who-{n}", pick(_("Vem ska göra det?"), choices, required=False))
            self.ask_also(f"due-{n}", day(_("Till när?"), required=False))
        self.of_rows = tuple(field.name for _n, row in self.rows() for field in row)
        self.guarded = ("minutes", "decisions", *(f"text-{n}" for n in self._numbers()))

    def _count(self) -> int:
        said = str(self.data.get("count", "")) if self.is_bound else ""
        rows = int(said) if said.isdecimal() and len(said) < 4 else ROWS
        return min(rows + ROWS * self.asks_for_more(), MOST_ROWS)

    def asks_for_more(self) -> bool:
        return self.is_bound and "more" in self.data

    def draw_again(self) -> None:
        """As it was typed, and nothing found wrong yet: somebody has only asked for more rows."""
        self._errors, self.cleaned_data = ErrorDict(), {}

    def _numbers(self) -> range:
        return range(1, self.size + 1)

    def before(self) -> list[forms.BoundField]:
        return [self["minutes"], self["decisions"]]

    def after(self) -> list[forms.BoundField]:
        """What is asked when all has been written."""
        above = ("minutes", "decisions", *self.of_rows)
        return [field for field in self.visible_fields() if field.name not in above]

    def rows(self) -> Iterator[tuple[int, list[forms.BoundField]]]:
        for n in self._numbers():
            yield n, [self[f"{name}-{n}"] for name in ("text", "who", "due")]

    def can_have_more(self) -> bool:
        return self.size < MOST_ROWS

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        for n in self._numbers():
            asked = {
                f"text-{n}": gettext("Uppgift %s: skriv vad som ska göras."),
                f"who-{n}": gettext("Uppgift %s: välj vem som ska göra det."),
                f"due-{n}": gettext("Uppgift %s: skriv till när."),
            }
            if not any(given.get(name) for name in asked) and not set(asked) & set(self.errors):
                continue
            for name, words in asked.items():
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, words % n)
            due = given.get(f"due-{n}")
            if due and due < clock.today():
                words = gettext("Uppgift %s: välj en dag som inte har varit.")
                self.add_error(f"due-{n}", words % n)
        return given

    def actions(self) -> Iterator[tuple[Any, ForumAction]]:
        """What is to be done, each with a key of its own, so that a double click is one wish."""
        given = self.cleaned_data
        for n in self._numbers():
            if given.get(f"text-{n}"):
                action = ForumAction(
                    meeting=self.obj,
                    text=given[f"text-{n}"],
                    organisation=Organisation.objects.get(pk=int(given[f"who-{n}"])),
                    due=given[f"due-{n}"],
                )
                yield uuid5(given["key"], str(n)), action


class CorrectMinutesForm(MinutesFields):
    why = short_text(_("Vad var fel?"), limit=300, ask=_("Skriv vad som var fel."))
    guarded = ("minutes", "decisions", "why")
    field_order = ("minutes", "decisions", "why", "sure")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        decided = "\n".join(one.text for one in self.obj.decisions.all())
        self.initial = {"minutes": self.obj.minutes, "decisions": decided} | self.initial


class ActionForm(WithoutPupils, KeyForm):
    text = short_text(_("Vad ska göras?"), limit=300, ask=_("Skriv vad som ska göras."))
    organisation = pick(_("Vem ska göra det?"), ask=_("Välj vem som ska göra det."))
    due = day(_("Till när?"))
    guarded = ("text",)
    field_order = ("text", "organisation", "due", "sure")

    def __init__(self, *args: Any, meeting: Any, **kwargs: Any) -> None:
        self.meeting = meeting
        super().__init__(*args, **kwargs)
        found = promisers(meeting)
        self.offer("organisation", found)
        self.fields["organisation"].widget.choices = found

    def known_words(self) -> Iterable[str]:
        return known_at(self.meeting)

    def clean_due(self) -> Any:
        due = self.cleaned_data["due"]
        if due < clock.today():
            raise forms.ValidationError(_("Välj en dag som inte har varit."))
        return due


def promisers(meeting: Any) -> list[tuple[str, Any]]:
    """The organisations that were called, each once."""
    rows = meeting.invitees.order_by("organisation__name", "organisation")
    called = rows.values_list("organisation", "organisation__name").distinct()
    return [("", _("Välj")), *((str(pk), name) for pk, name in called)]


class OutcomeForm(MoveForm):
    outcome = short_text(_("Hur gick det?"), required=False, limit=300)
