"""Money: applied for together, decided, reported with the cases' own figures; and the team register."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts import clock
from collaboration.models import FundingApplication, TeamPost
from collaboration.models.funding import meets_the_grant
from history.door import begin, edit, perform
from tests.conftest import told

pytestmark = pytest.mark.django_db
HOME = "/samverkan/medel/"
TEXT: dict[str, Any] = {
    "plan": "Ett team på plats i skolan.",
    "target_pupils": 20,
    "amount": 900_000,
    "anchored_bus": "Samma styrgrupp.",
    "anchored_health": "Elevhälsan är med i teamet.",
    "anchored_support": "En kontakt per familj.",
}


@pytest.fixture
def draft(cast):
    new = FundingApplication(district=cast.south, year=clock.today().year, responsible=cast.dag)
    return begin(new, by=cast.dag, schools=[cast.school]).obj


@pytest.fixture
def submitted(draft, cast):
    edit(draft, by=cast.dag, **TEXT)
    draft.refresh_from_db()
    joined = perform(draft.join, by=cast.petra, who=cast.petra).obj
    return perform(joined.submit, by=cast.dag).obj


def hidden(client, page):
    form = client.get(page).context["form"]
    return {"version": form["version"].value(), "key": form["key"].value()}


def act(application, move):
    return f"/samverkan/gor/fundingapplication/{application.uuid}/{move}/"


def test_what_is_missing_is_told_by_field(draft, cast):
    with pytest.raises(ValidationError) as missing:
        perform(draft.submit, by=cast.dag)
    expected = ["plan", "target_pupils", "amount", *FundingApplication.ANCHORED, "schools"]
    assert sorted(missing.value.message_dict) == sorted(expected)
    # Where the questions are not on the page, each refusal says which of them it is about.
    words = [message for messages in missing.value.message_dict.values() for message in messages]
    assert len(set(words)) == len(expected)


def test_written_joined_and_sent_on_the_screen(cast, as_):
    client = as_(cast.dag)
    form = client.get(f"{HOME}ny/").context["form"]
    names = [school.name for school in form.fields["schools"].queryset]
    assert names == ["Nya skolan", "Åsö skola"]
    sent = {"key": form["key"].value(), "year": "2027", "schools": [cast.school.pk]}
    page = client.post(f"{HOME}ny/", sent)["Location"]
    answer = client.post(page, hidden(client, page) | TEXT | {"amount": "900\N{NO-BREAK SPACE}000"})
    application = FundingApplication.objects.get()
    assert (answer.status_code, application.amount) == (302, 900_000)
    refused = client.post(act(application, "submit"), hidden(client, act(application, "submit")))
    assert "Rektor har inte ställt sig bakom" in refused.content.decode()
    petra = as_(cast.petra)
    assert petra.get(act(application, "join")).status_code == 200
    petra.post(act(application, "join"), hidden(petra, act(application, "join")))
    # Once is enough, and the page says what is next.
    assert petra.get(act(application, "join")).status_code == 403
    assert "Nästa: skicka in ansökan" in client.get(page.replace("skriv/", "")).content.decode()
    client.post(act(application, "submit"), hidden(client, act(application, "submit")))
    assert told(application) == ["draft", "edit", "join", "submit"]
    assert as_(cast.olga).get(f"{HOME}{application.uuid}/").status_code == 404
    assert as_(cast.sara).get(HOME).status_code == 404


def test_a_part_is_granted_only_with_a_reason(submitted, cast):
    with pytest.raises(ValidationError) as missing:
        perform(submitted.grant, by=cast.cecilia, granted=500_000, decision="1.1-12/2026")
    assert list(missing.value.message_dict) == ["why"]
    submitted.refresh_from_db()
    granted = perform(
        submitted.grant, by=cast.cecilia, granted=500_000, decision="1.1-12/2026", why="Ramen"
    ).obj
    assert (granted.status, granted.money()) == ("granted", 500_000)


def test_the_reports_say_what_the_cases_say(submitted, cast, path, as_):
    for _n in range(5):
        path.mapping()
    granted = perform(submitted.grant, by=cast.cecilia, granted=900_000, decision="1.1-12/2026").obj
    granted = perform(granted.report_in_july, by=cast.dag, used=400_000, text="Bra", reached=12).obj
    with pytest.raises(ValidationError) as much:
        perform(granted.report_finally, by=cast.dag, used=950_000, text="Slut")
    assert list(much.value.message_dict) == ["used"]
    granted.refresh_from_db()
    done = perform(
        granted.report_finally, by=cast.dag, used=800_000, text="Slut", carry=100_000
    ).obj
    rows = done.reports.values_list("kind", "used", "enrolled", "reached", "carry")
    assert list(rows) == [("july", 400_000, 5, 12, 0), ("final", 800_000, 5, 0, 100_000)]
    assert (done.status, done.cost_per_pupil()) == ("reported", 160_000)
    page = as_(cast.dag).get(f"{HOME}{done.uuid}/").content.decode()
    assert "160" in page


def test_few_pupils_are_not_told_of(submitted, cast, path, as_):
    for _n in range(2):
        path.mapping()
    granted = perform(submitted.grant, by=cast.cecilia, granted=900_000, decision="1.1-12/2026").obj
    page = as_(cast.dag).get(f"{HOME}{granted.uuid}/")
    shown = (page.context["enrolled"], page.context["closed"], page.context["cost"])
    assert shown == ("färre än 5", "0", None)


def test_one_application_a_district_and_year(draft, cast, as_):
    client = as_(cast.dag)
    form = client.get(f"{HOME}ny/").context["form"]
    sent = {"key": form["key"].value(), "year": str(draft.year), "schools": [cast.school.pk]}
    assert client.post(f"{HOME}ny/", sent)["Location"] == f"{HOME}{draft.uuid}/"


@pytest.mark.parametrize(
    ("school", "social", "meets"),
    [("1", "1", True), ("0.5", "1.5", False), ("1.5", "0.5", False), ("2", "0", False)],
)
def test_when_the_state_grant_is_given(school, social, meets):
    assert meets_the_grant({"school": Decimal(school), "social": Decimal(social)}) is meets


def test_the_manager_keeps_the_register_and_it_remembers(cast, as_):
    client, page = as_(cast.mona), f"{HOME}teamen/ny/"
    day = {"since_day": "1", "since_month": "8", "since_year": "2025"}
    wrong = client.post(page, day | {"profession": "Kurator", "employer": "school", "fte": "1,5"})
    assert list(wrong.context["form"].errors) == ["fte"]
    client.post(page, day | {"profession": "=cmd()", "employer": "school", "fte": "1"})
    client.post(page, day | {"profession": "Socionom", "employer": "social", "fte": "1"})
    assert "uppfyller villkoren" in client.get(f"{HOME}teamen/").content.decode()
    post = TeamPost.objects.get(employer="school")
    today = clock.today()
    until = {"until_day": today.day, "until_month": today.month, "until_year": today.year}
    client.post(f"{HOME}teamen/{post.pk}/sluta/", until)
    assert "uppfyller inte villkoren" in client.get(f"{HOME}teamen/").content.decode()
    yesterday = TeamPost.objects.on(today - timedelta(days=1)).count()
    assert (yesterday, TeamPost.objects.on(today).count()) == (2, 1)
    rows = client.get(f"{HOME}teamen/?form=csv").content.decode().splitlines()
    assert rows[1].split(";")[:3] == ["Team Söder", "'=cmd()", "Skolan"]
    # A post without end has an empty cell, and no sign in it.
    assert sorted(row.split(";")[5] for row in rows[1:]) == sorted(["", str(today)])
    assert as_(cast.tuva).get(page).status_code == 404
    assert date(2025, 8, 1) == post.since
