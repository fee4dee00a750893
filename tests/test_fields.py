"""What fields refuse, and how the top of the page says it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string

from accounts.forms import OwnForm, SeveralOf, choice, day, long_text, number, short_text
from accounts.models import Organisation

pytestmark = pytest.mark.django_db
TOP = Path(__file__).resolve().parent.parent


class Asked(OwnForm):
    minutes = number("Hur många minuter?")
    weeks = number("Antal veckor", high=52)
    why = long_text("Varför")
    name = short_text("Namn", ask="Skriv vad skolan heter.")
    kind = choice("Slag", [("a", "A")])
    on = day("Vilken dag?")
    serves = SeveralOf(Organisation.objects.all(), label="Arbetar åt")

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        self.add_error("why", "Det här har redan sagts.") if given.get("why") else None
        return given


def on_top(form: OwnForm) -> list[str]:
    page = render_to_string("components/errors.html", {"form": form})
    return re.findall(r'<a href="#[^"]+">([^<]+)</a>', page)


def test_what_was_left_empty_is_named_on_top_and_not_beside_the_field():
    form = Asked({})
    assert on_top(form) == [
        "Hur många minuter? Skriv ett tal.",
        "Antal veckor: Skriv ett tal.",
        "Varför: Fyll i det här.",
        "Skriv vad skolan heter.",
        "Slag: Välj ett alternativ.",
        "Vilken dag? Skriv ett datum.",
        "Arbetar åt: Välj minst ett alternativ.",
    ]
    assert form.errors["minutes"] == ["Skriv ett tal."]


def test_what_cannot_be_read_is_named_too_and_what_a_form_says_stands_as_it_is():
    typed = {"minutes": "tio", "weeks": "60", "why": "Därför", "name": "X" * 300, "kind": "b"}
    form = Asked(typed | {"on_day": "31", "on_month": "2", "on_year": "2026", "serves": ["0"]})
    assert on_top(form)[:6] == [
        "Hur många minuter? Skriv ett helt tal med siffror.",
        "Antal veckor: Talet är för stort. Högst 52.",
        "Det här har redan sagts.",
        "Namn: Det är för långt. Korta till högst 200 tecken.",
        "Slag: Välj ett av alternativen.",
        "Vilken dag? Datumet finns inte. Kontrollera dag, månad och år.",
    ]


class Seldom(OwnForm):
    seldom, seldom_label = ("why",), "Är det något särskilt?"
    why = long_text("Varför", required=False)
    name = short_text("Namn")


@pytest.mark.parametrize(
    ("typed", "fold"),
    [
        (None, "<details>"),
        ({"name": "Skolan"}, "<details>"),
        ({"why": "Därför"}, "<details open>"),
        ({"why": "x" * 10_001}, "<details open>"),
    ],
)
def test_what_few_need_is_folded_last_and_open_while_it_holds_something(typed, fold):
    page = str(Seldom(typed))
    assert page.index('name="name"') < page.index(fold) < page.index('name="why"')
    assert page.count("<details") == page.count('name="why"') == 1


@pytest.mark.both_engines
@pytest.mark.parametrize("key", [str(2**63), "10000000000000000000", "9" * 400, "٩" * 40])
def test_a_number_no_row_can_have_is_no_choice(key):
    form = Asked({"serves": [key]})
    assert list(form.errors["serves"]) == ["Välj bland alternativen."]


def test_every_choice_of_several_rows_is_of_ours():
    """Django's own asks the database for whatever number came, and SQLite fails."""
    rooms = ("accounts", "history", "referrals", "collaboration", "documents", "workflows")
    files = [file for room in rooms for file in (TOP / room).rglob("*.py")]
    found = [str(file) for file in files if "forms.ModelMultipleChoiceField(" in file.read_text()]
    assert found == []
