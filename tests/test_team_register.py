"""Who works in the teams: the register the state grant asks for (förordning 2023:179)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts import clock
from accounts.models import Kind, Organisation
from collaboration.models import TeamPost
from collaboration.models.team_post import asked_of_a_team, meets_the_grant
from history.models import AccessEntry, Limit

pytestmark = pytest.mark.django_db
HOME = "/samverkan/medel/teamen/"
AUTUMN = date(2025, 8, 1)


def split(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def put(team, profession="Kurator", employer="school", fte="1", since=AUTUMN, until=None):
    more = {"profession": profession, "employer": employer, "since": since, "until": until}
    return TeamPost.objects.create(team=team, fte=Decimal(fte), **more)


def shown(client, day=None):
    """Each team as the page tells it: its posts now, to come and past."""
    page = client.get(HOME, {"dag": day.isoformat()} if day else {})
    return {
        one.team.name: [
            [post.profession for post in row] for row in (one.now, one.coming, one.past)
        ]
        for one in page.context["teams"]
    }


@pytest.mark.parametrize(
    ("school", "social", "meets"),
    [("1", "1", True), ("0.5", "1", False), ("1", "0.5", False), ("1", None, False)],
)
def test_when_the_state_grant_is_given(cast, school, social, meets):
    posts = [put(cast.team, employer="school", fte=school)]
    if social:
        posts.append(put(cast.team, employer="social", fte=social))
    assert meets_the_grant(posts, asked_of_a_team(clock.today())) is meets


def test_the_conditions_are_dated_data(cast):
    new = {"value": 3, "source": "x", "checked_on": clock.today(), "checked_by": cast.adam}
    Limit.objects.create(key="grant.team_posts", valid_from=date(2026, 1, 1), **new)
    days = (date(2025, 12, 31), date(2026, 1, 1))
    assert [asked_of_a_team(day) for day in days] == [(2, 1), (3, 1)]


def test_the_manager_keeps_the_register_and_it_remembers(cast, as_):
    Organisation.objects.filter(pk=cast.team.pk).update(since=AUTUMN)
    client, page = as_(cast.mona), f"{HOME}ny/"
    new = split("since", AUTUMN)

    def sent(**post):
        key = client.get(page).context["form"]["key"].value()
        return client.post(page, new | {"key": key, "employer": "school"} | post)

    wrong = sent(profession="Kurator", fte="1,5")
    assert list(wrong.context["form"].errors) == ["fte"]
    three = sent(profession="Kurator", fte="0,333")
    words = "Skriv del av heltid med högst två decimaler, till exempel 0,75."
    assert three.context["form"].errors == {"fte": [words]}
    sent(profession="=cmd()", fte="1")
    sent(profession="Socionom", employer="social", fte="1")
    assert "uppfyller villkoren" in client.get(HOME).content.decode()
    post, today = TeamPost.objects.get(employer="school"), clock.today()
    client.post(f"{HOME}{post.pk}/sluta/", split("until", today))
    assert "uppfyller inte villkoren" in client.get(HOME).content.decode()
    yesterday = today - timedelta(days=1)
    assert shown(client) == {"Team Söder": [["Socionom"], [], ["=cmd()"]]}
    assert shown(client, yesterday) == {"Team Söder": [["=cmd()", "Socionom"], [], []]}
    rows = client.get(f"{HOME}?form=csv").content.decode().splitlines()
    assert rows[1].split(";")[:4] == ["Team Söder", "'=cmd()", "Skolan", "1,00"]
    # A post without end has an empty cell, and no sign in it.
    assert sorted(row.split(";")[5] for row in rows[1:]) == sorted(["", str(today)])
    assert as_(cast.tuva).get(page).status_code == 404
    early = client.post(f"{HOME}{post.pk}/sluta/", split("until", AUTUMN))
    assert early.context["form"].errors == {"until": ["Slutet kommer före början."]}


def test_a_double_click_is_one_post(cast, as_):
    client, page = as_(cast.mona), f"{HOME}ny/"
    key = client.get(page).context["form"]["key"].value()
    post = {"key": key, "profession": "Kurator", "employer": "school", "fte": "1"}
    for _click in range(2):
        client.post(page, post | split("since", AUTUMN))
    assert TeamPost.objects.count() == 1


def test_a_wrong_post_is_removed_with_a_reason(cast, as_):
    client, post = as_(cast.mona), put(cast.team)
    page = f"{HOME}{post.pk}/bort/"
    assert list(client.post(page, {"why": ""}).context["form"].errors) == ["why"]
    client.post(page, {"why": "Fel yrke"})
    assert shown(client) == {"Team Söder": [[], [], []]}
    assert client.get(page).status_code == 404
    post.refresh_from_db()
    assert (post.removed_on, post.removed_why) == (clock.today(), "Fel yrke")
    entry = AccessEntry.objects.get(what="team_post.remove")
    assert (entry.membership, entry.words.text.for_row(entry.words.uuid).open()) == (
        cast.mona,
        "Fel yrke",
    )


def test_every_team_in_service_is_listed_and_what_is_to_come(cast, as_):
    coming = clock.today() + timedelta(days=60)
    put(cast.team, profession="Fältare", since=coming)
    names = shown(as_(cast.cecilia))
    assert names == {"Team Norr": [[], [], []], "Team Söder": [[], ["Fältare"], []]}
    assert list(shown(as_(cast.dag))) == ["Team Söder"]
    assert shown(as_(cast.tuva), coming) == {"Team Söder": [["Fältare"], [], []]}
    assert "Teamen" in as_(cast.tuva).get("/samverkan/forum/").content.decode()


def test_a_merged_teams_posts_are_shown_with_its_heir(cast, as_):
    old = put(cast.other_team, profession="Kurator")
    put(cast.team, profession="Socionom", employer="social")
    day = clock.today() - timedelta(days=10)
    rows = Organisation.objects.filter(pk__in=(cast.team.pk, cast.other_team.pk))
    rows.update(since=date(2020, 1, 1))
    rows.filter(pk=cast.other_team.pk).update(until=day, successor=cast.team)
    client = as_(cast.mona)
    assert shown(client) == {"Team Söder": [["Kurator", "Socionom"], [], []]}
    before = day - timedelta(days=1)
    assert shown(client, before) == {
        "Team Norr": [["Kurator"], [], []],
        "Team Söder": [["Socionom"], [], []],
    }
    # Its heir's manager says when it ends.
    client.post(f"{HOME}{old.pk}/sluta/", split("until", clock.today()))
    old.refresh_from_db()
    assert old.until == clock.today()


def test_the_number_of_queries_does_not_follow_the_number_of_teams(
    cast, as_, django_assert_max_num_queries
):
    client = as_(cast.cecilia)

    def queries():
        with django_assert_max_num_queries(60) as asked:
            client.get(HOME)
        return len(asked)

    client.get(HOME)
    few = queries()
    for number in range(30):
        more = {"kind": Kind.TEAM, "parent": cast.south, "since": date(2020, 1, 1)}
        put(Organisation.objects.create(name=f"Team {number:02}", **more))
    assert queries() == few
    for number in range(30, 60):
        Organisation.objects.create(name=f"Team {number:02}", **more)
    page = client.get(HOME)
    assert (len(page.context["teams"]), bool(page.context["more"])) == (50, True)
