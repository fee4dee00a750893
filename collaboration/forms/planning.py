"""What is asked when one meeting is planned, beside those of the term's plan."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import clock, school_days
from accounts.forms import choice, long_text, yes
from collaboration import meeting_days, planning
from collaboration.choices import MeetingKind
from collaboration.forms.forum import TimeFields
from collaboration.forms.marks import WithoutPupils
from collaboration.models import Forum
from history.forms import KeyForm
from history.models import Event


class NewMeetingForm(WithoutPupils, TimeFields, KeyForm):
    """A day as the plan would propose it: a school day, in time for the invitation, the convener's
    only meeting."""

    kind = choice(gettext_lazy("Vad för möte?"), MeetingKind.choices)
    soon = yes(gettext_lazy("Mötet brådskar. Kallelsen får gå ut senare än tre veckor före."))
    agenda = long_text(
        gettext_lazy("Dagordning"),
        required=False,
        hint=gettext_lazy("Skriv inget om enskilda elever."),
        rows=6,
    )
    guarded = ("agenda",)
    planned_before: UUID | None = None
    field_order = ("kind", "on", "soon", "at", "length", "place", "agenda", "sure")

    def __init__(self, *args: Any, forum: Forum, **kwargs: Any) -> None:
        self.forum = forum
        super().__init__(*args, **kwargs)

    def known_words(self) -> Iterable[str]:
        return [str(self.forum), self.forum.convener.name, self.forum.place]

    def clean_on(self) -> Any:
        on = super().clean_on()
        if on < clock.today():
            raise forms.ValidationError(_("Välj en dag som inte har varit."))
        if not school_days.counted()(on):
            raise forms.ValidationError(
                _("Det är ingen skoldag. Välj en dag då skolorna är i gång.")
            )
        return on

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        on, earliest = given.get("on"), meeting_days.earliest()
        self.planned_before = self._first_click(given.get("key"))
        other = on and not self.planned_before and planning.called_that_day(self.forum, on)
        if other:
            words = _("%(who)s kallar till %(name)s den dagen. Välj en annan dag.")
            named = {"who": self.forum.convener.name, "name": other.forum.name}
            self.add_error("on", words % named)
        elif on and on < earliest and not given.get("soon"):
            words = _(
                "Kallelsen ska gå ut tre veckor före. Välj en dag från %s, eller kryssa i att mötet "
                "brådskar."
            )
            self.add_error("on", words % date_format(earliest, "j F"))
        return given

    def _first_click(self, key: UUID | None) -> UUID | None:
        """The meeting a first click has already planned: the second finds it on its own day."""
        planned = Event.objects.filter(key=key, trail=self.forum.trail_id, move="plan")
        return planned.values_list("subject_uuid", flat=True).first() if key else None
