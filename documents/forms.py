"""What is asked when somebody prints: in which language, for whom, with a link or not."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from documents.kinds import Kind


class PrintForm(forms.Form):
    """Drawn by `components/print_links.html` as buttons, so what is wrong here was made by hand."""

    key = forms.UUIDField()
    language = forms.ChoiceField()
    line = forms.UUIDField(required=False)
    with_link = forms.BooleanField(required=False)

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["language"]).choices = kind.languages
        if kind.name != "consent":
            del self.fields["line"], self.fields["with_link"]
