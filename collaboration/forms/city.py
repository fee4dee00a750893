"""The city's own figures, as rows in a box or as a file."""

from __future__ import annotations

from copy import copy
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.csv_import import Fault
from accounts.forms import long_text, short_text
from collaboration import city
from history.forms import KeyForm

LIMIT = 100_000


class CityFiguresForm(KeyForm):
    """Faults are told of by row and column; what a faulty file holds can then be mended in the box."""

    source = short_text(_("Källa"), hint=_("Till exempel: Stockholmsenkäten 2024, tabell 12."))
    file = forms.FileField(
        label=_("CSV-fil"),
        required=False,
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
        help_text=_("Fyra kolumner: fråga, svar, år och procent. Första raden får vara en rubrik."),
    )
    rows = long_text(
        _("Eller klistra in raderna"),
        required=False,
        rows=10,
        hint=_("Till exempel: Trivsel;Mycket bra;2024;41,5"),
        limit=LIMIT,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.figures: list[city.Figure] = []
        self.faults: list[Fault] = []

    def clean_file(self) -> str:
        """The file's words. A spreadsheet saves them as UTF-8, or as Windows has long written them."""
        upload = self.cleaned_data["file"]
        if not upload:
            return ""
        if upload.size > LIMIT:
            raise ValidationError(_("Filen är för stor. Dela den i flera."))
        content = upload.read()
        for encoding in ("utf-8-sig", "cp1252"):
            try:
                text = content.decode(encoding)
            except UnicodeDecodeError:
                continue
            if "\x00" not in text:
                return str(text)
        raise ValidationError(_("Filen är ingen textfil. Spara den som CSV."))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "file" in self.errors or "rows" in self.errors:
            return cleaned
        in_file, in_box = cleaned["file"], cleaned["rows"]
        if in_file and in_box:
            self.add_error("file", _("Välj en fil eller klistra in rader, inte båda."))
        elif not in_file and not in_box:
            self.add_error("file", _("Välj en fil, eller klistra in raderna."))
        else:
            self._read(in_file or in_box)
        return cleaned

    def _read(self, text: str) -> None:
        self.figures, self.faults = city.read(text)
        if not self.faults:
            return
        data = cast(dict[str, Any], copy(self.data))
        data["rows"] = text
        self.data = data
        n = len(self.faults)
        words = ngettext(
            "%(n)s fel. Det står i tabellen. Inget är sparat.",
            "%(n)s fel. De står i tabellen. Inget är sparat.",
            n,
        )
        self.add_error("rows", words % {"n": n})
