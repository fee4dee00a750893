"""Programmes as data: edited in the browser, every save a version, additions by district."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from accounts import clock, working_days
from history.models import AccessEntry
from referrals.models import Case, Programme, ProgrammeAddition, ProgrammeVersion, Tool
from tests.test_case_work import text


def fields(version: ProgrammeVersion, *sections: tuple[str, str, str], **more):
    """The page's form as it stands, with these sections (key, heading, side)."""
    rows: dict[str, Any] = {
        "del-TOTAL_FORMS": len(sections),
        "del-INITIAL_FORMS": len(version.sections),
    }
    for n, (key, title, side) in enumerate(sections):
        rows |= {f"del-{n}-key": key, f"del-{n}-title": title, f"del-{n}-side": side}
        rows |= {f"del-{n}-prompt": ""}
    figures = {
        "grade_from": version.grade_from or "",
        "grade_to": version.grade_to or "",
        "absence_max": version.absence_max or "",
        "review_weeks": version.review_weeks,
        "baseline_days": version.baseline_days,
        "consent_days": version.consent_days,
        "consent_categories": ["plan", "review"],
        "closure_codes": ["goals_met", "other"],
    }
    return figures | rows | more


SECTIONS = (("school", "Skolsituation", "school"), ("home", "Hemmet", "team"))


def test_a_change_is_a_new_version_and_open_cases_keep_theirs(as_, path, cast):
    case = path.support()
    client, url = as_(cast.adam), "/program/sst/andra/"
    given = fields(cast.programme, *SECTIONS, ("", "Sömn", "team"), review_weeks="4", days_map="12")
    assert client.post(url, given).headers["Location"] == "/program/sst/"
    old, new = ProgrammeVersion.objects.order_by("number")
    assert (old.current, new.current, new.number, new.made_by) == (False, True, 2, cast.adam)
    assert (new.review_weeks, new.deadlines["map"]) == (4, 12)
    assert [part["key"] for part in new.sections] == ["school", "home", "somn"]
    assert AccessEntry.objects.filter(what="programme.changed").count() == 1
    # The same once more changes nothing.
    again = fields(new, *SECTIONS, ("somn", "Sömn", "team"), review_weeks="4", days_map="12")
    client.post(url, again)
    assert ProgrammeVersion.objects.count() == 2
    assert Case.objects.get(pk=case.pk).programme == old
    later = path.mapping(programme=new)
    assert list(later.sections.order_by("order").values_list("title", flat=True)) == [
        "Skolsituation",
        "Hemmet",
        "Sömn",
    ]
    page = text(client.get("/program/sst/"))
    assert "Version 1 från" in page
    assert "minst var 4:e vecka" in page


def test_what_cannot_hold_is_said_beside_its_field(as_, path, cast):
    client, url = as_(cast.adam), "/program/sst/andra/"
    given = fields(cast.programme, *SECTIONS, grade_from="9", grade_to="4")
    assert "Det andra talet kan inte vara mindre" in text(client.post(url, given))
    assert "behöver minst en del" in text(client.post(url, fields(cast.programme)))
    assert ProgrammeVersion.objects.count() == 1


def test_a_district_adds_to_the_core_for_its_own_cases(as_, path, cast):
    client, url = as_(cast.dag), "/program/sst/lokalt/"
    given = fields(cast.programme, ("", "Syskon", "team"), ("home", "Hemmet", "team"))
    given |= {"del-INITIAL_FORMS": 0}  # the district has added nothing before
    assert client.post(url, given | {"review_template": "Nätverket:"}).status_code == 302
    addition = ProgrammeAddition.objects.get()
    assert (addition.district, addition.number, addition.made_by) == (cast.south, 1, cast.dag)
    case = path.mapping()
    assert list(case.sections.order_by("order").values_list("key", flat=True)) == [
        "school",
        "home",
        "syskon",
    ]
    assert cast.programme.review_template_in(cast.south) == "Nätverket:"
    assert cast.programme.review_template_in(None) == ""
    assert "Syskon" in text(client.get("/program/sst/"))
    # The district keeps its own additions, not the core; the administrator the core.
    assert client.get("/program/sst/andra/").status_code == 404
    assert as_(cast.adam).get(url).status_code == 404


@pytest.mark.parametrize("who", ["sara", "rut", "gun"])
def test_others_do_not_read_the_programmes(who, as_, cast):
    client = as_(getattr(cast, who))
    assert client.get("/program/").status_code == 404
    assert client.get("/program/sst/").status_code == 404


def test_the_districts_tool_is_offered_there_and_in_its_programmes(as_, path, cast):
    ppss = Programme.objects.create(key="ppss", name="PPSS", owner=cast.city)
    client = as_(cast.dag)
    new = {
        "name": "Kolonilotten",
        "description": "En förmiddag i veckan",
        "level": "group",
        "legal_form": "without_needs_test",
        "active": "on",
    }
    assert client.post("/verktyg/nytt/", new | {"programmes": [ppss.pk]}).status_code == 302
    tool = Tool.objects.get(name="Kolonilotten")
    assert tool.owner == cast.south
    offered = Tool.objects.offered
    assert tool not in offered(cast.programme.programme, cast.south)
    assert tool in offered(ppss, cast.south)
    assert tool not in offered(ppss, None)
    assert client.post(f"/verktyg/{tool.key}/", new).status_code == 302
    assert tool in offered(cast.programme.programme, cast.south)


def test_a_consent_holds_no_longer_than_the_programme_lets_it(as_, path, cast):
    ProgrammeVersion.objects.update(consent_days=100, consent_categories=["plan"])
    referral, client = path.accepted(), as_(cast.sara)
    url = f"/samtycke/{referral.reference}/fraga/support/"
    form = client.get(url).context["form"]
    assert form.initial["valid_to"] == clock.today() + timedelta(days=100)
    assert form.initial["categories"] == ["plan"]
    day = clock.today() + timedelta(days=101)
    late = {"valid_to_day": day.day, "valid_to_month": day.month, "valid_to_year": day.year}
    assert "gäller ett samtycke högst till" in text(client.post(url, late))


def test_the_baseline_without_a_referral_is_the_school_days_before_it_opened(as_, path, cast):
    """SkolFam: twenty school days before the case was opened, holidays left out."""
    assert working_days.back(date(2026, 1, 12), 5) == date(2026, 1, 2)
    assert working_days.back(date(2026, 10, 12), 20) == date(2026, 9, 14)
