"""A survey nobody has been sent yet: whom it is for, changing it, putting it away."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts import clock
from collaboration.models import SurveyRound
from history.door import begin, perform
from tests.conftest import told
from tests.test_pages import asked, text
from tests.test_people import split

pytestmark = pytest.mark.django_db
HOME = "/samverkan/enkater/"


@pytest.fixture
def draft(cast):
    cast.tuva.user.email = "tuva@example.org"
    cast.tuva.user.save()
    new = SurveyRound(
        kind="pulse",
        title="Puls",
        roles="team",
        addresses="fel@example.org\nrätt@example.org".replace("ä", "a"),
        repeats=True,
        responsible=cast.cecilia,
    )
    return begin(new, by=cast.cecilia).obj


def again(row):
    return SurveyRound.objects.get(pk=row.pk)


def plain(page):
    return " ".join(text(page).split())


def test_a_draft_shows_whom_it_is_for(draft, cast, as_):
    page = plain(as_(cast.cecilia).get(f"{HOME}{draft.uuid}/"))
    for words in (
        "Skolsocionom",
        "(1 person med e-postadress)",
        "fel@example.org, ratt@example.org",
        "tre veckor efter att den öppnas",
        "varje månad",
    ):
        assert words in page
    assert f"{HOME}{draft.uuid}/andra/" in page
    # The administrator reads it, and has nothing to change.
    assert "/andra/" not in plain(as_(cast.adam).get(f"{HOME}{draft.uuid}/"))


def test_a_draft_can_be_changed_and_begins_with_what_was_said(draft, cast, as_):
    client, url = as_(cast.cecilia), f"{HOME}{draft.uuid}/andra/"
    form = client.get(url).context["form"]
    assert (form["title"].value(), form["roles"].value(), form["repeats"].value()) == (
        "Puls",
        ["team"],
        True,
    )
    assert "kind" not in form.fields
    day = clock.today() + timedelta(days=12)
    given = asked(draft) | {
        "title": "Pulsen i Söder",
        "district": cast.south.pk,
        "roles": ["team", "school"],
        "addresses": "ratt@example.org",
    }
    wrong = client.post(url, given | {"addresses": "inte en adress"})
    assert list(wrong.context["form"].errors) == ["addresses"]
    assert wrong.context["form"]["title"].value() == "Pulsen i Söder"
    nobody = client.post(url, given | {"roles": [], "addresses": ""})
    assert nobody.context["form"].errors == {"roles": ["Välj vilka som ska få enkäten."]}
    assert client.post(url, given | split("closes", day)).status_code == 302
    row = again(draft)
    assert (row.title, row.district, row.roles, row.addresses, row.closes, row.repeats) == (
        "Pulsen i Söder",
        cast.south,
        "team school",
        "ratt@example.org",
        day,
        False,
    )
    assert told(row) == ["draft", "edit"]


def test_two_who_change_it_at_once_see_both(draft, cast, as_):
    client, url = as_(cast.cecilia), f"{HOME}{draft.uuid}/andra/"
    given = asked(draft) | {"title": "Den första", "roles": ["team"]}
    assert client.post(url, given).status_code == 302
    late = client.post(url, given | {"title": "Den andra", "key": asked(draft)["key"]})
    assert late.status_code == 409
    assert again(draft).title == "Den första"


def test_what_is_sent_is_not_changed_and_only_the_analyst_changes(draft, between, cast, as_):
    url = f"{HOME}{draft.uuid}/andra/"
    for who in (cast.adam, cast.dag, cast.tuva):
        assert as_(who).get(url).status_code == 404
    sent = between.survey_in("open")
    assert as_(cast.cecilia).get(f"{HOME}{sent.uuid}/andra/").status_code == 404


def test_a_draft_is_put_away_and_asks_nobody(draft, cast, as_):
    client = as_(cast.cecilia)
    act = f"/samverkan/gor/surveyround/{draft.uuid}/drop/"
    assert "Ingen får enkäten." in text(client.get(act))
    assert client.post(act, asked(draft)).status_code == 302
    row = again(draft)
    assert (row.status, row.opened, row.tokens.count()) == ("dropped", None, 0)
    assert told(row) == ["draft", "drop"]
    page = plain(client.get(f"{HOME}{row.uuid}/"))
    assert "Nedlagd" in page
    assert "Öppna enkäten" not in page
    assert "Utskickade länkar" not in page
    # It was never the district's to see.
    assert as_(cast.dag).get(f"{HOME}{row.uuid}/").status_code == 404
    assert SurveyRound.objects.visible_to(cast.dag).count() == 0


def test_a_pupils_draft_says_who_gives_it_and_asks_for_no_addresses(cast, as_):
    new = SurveyRound(kind="entry", title="Start", responsible=cast.cecilia)
    row = begin(new, by=cast.cecilia).obj
    client = as_(cast.cecilia)
    assert "Teamet lämnar den." in text(client.get(f"{HOME}{row.uuid}/"))
    url = f"{HOME}{row.uuid}/andra/"
    assert "repeats" not in client.get(url).context["form"].fields
    assert client.post(url, asked(row) | {"title": "Start 2"}).status_code == 302
    assert again(row).title == "Start 2"
    perform(again(row).open, by=cast.cecilia)
