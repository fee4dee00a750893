"""What somebody without an account is asked, in the words of the page they read."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from referrals.choices import NoCode
from referrals.consent_texts import pages
from referrals.forms.base import OwnForm, several, short_text

Words = dict[str, str]


class CodeForm(OwnForm):
    def __init__(self, *args: Any, words: Words | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = words or pages(get_language() or "sv")["enter"]
        field = short_text(words["label"], hint=words["hint"], ask=words["ask"], limit=12)
        field.widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code"}
        field.widget.attrs["class"] = "input"
        self.fields["code"] = field


class SayForm(OwnForm):
    """Yes or no, two equal answers."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, words: Words | None = None, choices: Any = (), **kwargs: Any
    ) -> None:
        kwargs["initial"] = {"key": uuid4()} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)


class SomeForm(SayForm):
    """Yes to a part: what is ticked."""

    def __init__(self, *args: Any, words: Words, choices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["categories"] = several(
            words.get("label") or words["title"], choices, ask=words["ask"]
        )
        self.initial.setdefault("categories", [key for key, _label in choices])


class FewerForm(SomeForm):
    """Less than now: fewer things, or without the school as a reader."""

    def __init__(self, *args: Any, words: Words, consent: Any, **kwargs: Any) -> None:
        super().__init__(*args, words=words, **kwargs)
        if consent.names_school_id and consent.names_team_id and consent.purpose == "support":
            self.fields["without_school"] = forms.BooleanField(
                label=words["school"], required=False
            )


class WhyForm(OwnForm):
    def __init__(self, *args: Any, words: Words, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(code, words[code]) for code in NoCode.values]
        self.fields["why"] = forms.ChoiceField(
            label=words["title"], choices=choices, widget=forms.RadioSelect
        )
        self.initial.setdefault("why", NoCode.NOT_SAID)


class NewLinkForm(OwnForm):
    def __init__(self, *args: Any, words: Words, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = short_text(words["label"], hint=words["hint"], ask=words["ask"], limit=120)
        field.widget.attrs["class"] = "input"
        self.fields["where"] = field


class NumberForm(OwnForm):
    number = short_text(_("Personnummer"), hint=_("Tolv siffror."), limit=20)
