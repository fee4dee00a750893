"""Short dates as each language writes them, decided in one place (config/formats)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime

from tests.test_pages import text
from workflows.models import Turn

NAMES = ("MONTH_DAY_FORMAT", "SHORT_DATE_FORMAT", "SHORT_DATETIME_FORMAT")


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("sv", ["26 nov", "26 nov 2026", "26 nov 2026 09.05"]),
        ("en", ["26 Nov", "26 Nov 2026", "26 Nov 2026 09:05"]),
    ],
)
def test_a_short_date_is_written_as_the_language_does(language, shown):
    moment = localtime(datetime(2026, 11, 26, 8, 5, tzinfo=UTC))
    with translation.override(language):
        assert [date_format(moment, name) for name in NAMES] == shown


@pytest.mark.parametrize(("language", "shown"), [("sv", "26 nov"), ("en", "26 Nov")])
def test_the_worklist_does_so(language, shown, as_, path, cast):
    path.submitted()
    Turn.objects.update(due=date(2026, 11, 26))
    client = as_(cast.tuva)
    client.post("/sprak/", {"language": language})
    days = re.findall(r'<span class="num">(\d+ \w+)</span>', text(client.get("/?vems=alla")))
    assert days == [shown]


def test_no_template_spells_out_a_short_month():
    """Written by hand it would be right in one language only."""
    spelled = re.compile(r'\|date:"[^"_]*[bM][^"_]*"')
    templates = Path(settings.BASE_DIR, "templates").rglob("*.html")
    assert [str(file) for file in templates if spelled.search(file.read_text())] == []
