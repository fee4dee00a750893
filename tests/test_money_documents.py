"""The application with its reports, and the teams' posts, on paper: for whoever may read the pages."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from pdfua import Severity, validate

from collaboration.models import TeamPost
from documents.models import Document
from tests.test_documents import browser, content, text, work

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"


def printed(kind, obj, by, page, language="sv") -> Document:
    client = browser(by)
    where = f"/dokument/ny/{kind}/{obj.uuid}/"
    assert f'action="{where}"' in client.get(page).content.decode()
    sent = client.post(where, {"key": uuid4(), "language": language})
    work()
    document = Document.objects.get(uuid=sent.headers["Location"].split("/")[2])
    assert document.status == "done"
    assert page in client.get(f"/dokument/{document.uuid}/").content.decode()
    return document


def test_the_application_with_its_decision_and_report(between, cast, tmp_path):
    application = between.funding_in("reported")
    page = f"/samverkan/medel/{application.uuid}/"
    document = printed("application", application, cast.cecilia, page)
    said = text(document)
    for words in ("Åsö skola", "Rektor står bakom", "900 000 kr", "Slutrapport"):
        assert words in said
    assert "Ett team på plats i skolan." in said
    year, number = application.year, str(application.uuid)[:8]
    assert document.file_name == f"medel-{year}-{number}-sv.pdf"
    file = tmp_path / "application.pdf"
    file.write_bytes(content(document))
    assert [one for one in validate(str(file)).findings if one.severity == Severity.ERROR] == []


def test_a_draft_is_printed_by_those_who_read_it(between, cast):
    application = between.funding_in("draft")
    for member in (cast.cecilia, cast.olga, cast.tuva):
        wish = {"key": uuid4(), "language": "sv"}
        where = f"/dokument/ny/application/{application.uuid}/"
        assert browser(member).post(where, wish).status_code == 404


def test_the_teams_posts_of_those_the_reader_sees(cast):
    more = {"profession": "Kurator", "employer": "school", "fte": 1, "since": date(2025, 8, 1)}
    for team in (cast.team, cast.other_team):
        TeamPost.objects.create(team=team, **more)
    page = "/samverkan/medel/teamen/"
    district = text(printed("team_register", cast.south, cast.dag, page))
    assert ("Team Söder" in district, "Team Norr" in district) == (True, False)
    city = text(printed("team_register", cast.city, cast.cecilia, page))
    assert ("Team Söder" in city, "Team Norr" in city) == (True, True)
    assert "2025-08-01" in city
    assert "1,00" in city
    wish = {"key": uuid4(), "language": "sv"}
    # A school, another's district, and whoever may not read the register.
    for member, place in ((cast.petra, cast.school), (cast.dag, cast.north)):
        where = f"/dokument/ny/team_register/{place.uuid}/"
        assert browser(member).post(where, wish).status_code == 404
