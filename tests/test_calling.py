"""Whom do I call? There is always somebody with a number, and every school is found."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import clock
from accounts.models import Former, Kind, Organisation, Signatory
from collaboration.models import ContactAssignment
from history.door import perform
from tests.test_contacts import fresh, later, send_everything
from tests.test_pages import text

pytestmark = pytest.mark.django_db
ASK = "/samverkan/kontakt/"


def found(client, words):
    page = client.get(ASK, {"sok": words})
    return [card["school"].name for card in page.context["cards"]]


def plain(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", text(answer)).split())


def empty_both(between, cast):
    """Åsö skola has nobody; Mona leads the team."""
    one = between.contact()
    other = between.contact(post="deputy", person=cast.tore, phone="08-456", hours="8–12")
    perform(one.vacate, by=cast.mona)
    return one, other


def test_in_a_vacancy_the_other_holder_answers_with_number_and_hours(as_, between, cast):
    empty_both(between, cast)
    shown = plain(as_(cast.sara).get(ASK))
    assert "Ring så länge Tore Test, Team Söder. 08-456 Svarar: 8–12" in shown


def test_with_both_posts_empty_the_team_answers_or_its_leaders_number(as_, between, cast):
    _one, other = empty_both(between, cast)
    perform(other.vacate, by=cast.mona)
    between.contact(school=cast.new_school, post="deputy", person=cast.mona, phone="08-789")
    sara = as_(cast.sara)
    assert "Ring så länge Mona Test, Team Söder. 08-789 Svarar: 8–16" in plain(sara.get(ASK))
    Organisation.objects.filter(pk=cast.team.pk).update(
        phone="08-100", function_address="team@example.org"
    )
    expected = "Ring så länge Mona Test, Team Söder. 08-100 , team@example.org"
    assert expected in plain(sara.get(ASK))


def test_where_no_number_is_known_the_page_says_so(as_, between, cast):
    _one, other = empty_both(between, cast)
    perform(other.vacate, by=cast.mona)
    assert "Ring kommunens växel och fråga efter teamet." in plain(as_(cast.sara).get(ASK))


def test_a_school_in_service_without_any_post_yet_calls_its_team(as_, between, cast):
    Organisation.objects.filter(pk=cast.team.pk).update(phone="08-100")
    shown = plain(as_(cast.sara).get(ASK))
    assert shown.count("Ring så länge Mona Test, Team Söder. 08-100") == 2
    assert "ingen utsedd" not in shown


@pytest.mark.parametrize("known", [True, False])
def test_for_a_school_elsewhere_the_teams_stand_with_number_and_address(as_, cast, known):
    if known:
        Organisation.objects.create(kind=Kind.SCHOOL, name="Fjärran skola", code="99999999")
    Organisation.objects.filter(pk=cast.team.pk).update(
        phone="08-100", function_address="team@example.org"
    )
    Organisation.objects.filter(pk=cast.other_team.pk).update(phone="08-200")
    answer = as_(cast.sara).get(ASK, {"sok": "99999999"})
    shown = plain(answer)
    assert "Söder Team Söder 08-100 , team@example.org" in shown
    assert "Norr Team Norr 08-200" in shown
    assert [card["outside"] for card in answer.context["cards"]] == [True] * known
    assert ("Ring teamet där eleven bor" in shown, "ingen utsedd" in shown) == (known, known)


def test_who_is_on_the_way_has_a_number_and_a_day_that_has_passed_is_said(as_, between, cast):
    day = clock.today() + timedelta(days=7)
    between.appoint(since=day, phone="08-321", hours="9–10")
    sara = as_(cast.sara)
    said = plain(sara.get(ASK))
    assert "Tuva Test tar över" in said
    assert "08-321 Svarar: 9–10" in said
    with clock.at(clock.now() + timedelta(days=9)):
        assert "Tuva Test skulle ta över" in plain(sara.get(ASK))


def test_letters_hold_number_and_hours(between, cast):
    row = between.appoint(school=between.free_school, phone="08-321", hours="9–10")
    deputy = {"post": "deputy", "person": cast.tore, "phone": "08-456", "hours": "8–12"}
    between.contact(school=between.free_school, **deputy)
    send_everything()
    named = next(m for m in mail.outbox if "är Tuva Test" in m.body)
    assert "Ring: 08-321\nSvarar: 9–10\n" in named.body
    perform(row.confirm, by=Signatory.objects.create(opens=row.uuid))
    perform(fresh(row).vacate, by=cast.mona)
    send_everything()
    vacant = mail.outbox[-1]
    assert "Ring Tore Test, Team Söder så länge." in vacant.body
    assert "Ring: 08-456\nSvarar: 8–12\n" in vacant.body


@pytest.mark.both_engines
@pytest.mark.parametrize("words", ["åsö", "ÅSÖ", "skola åsö", "åsö  sko", "11111111"])
def test_a_school_is_found_whatever_the_case_and_word_by_word(as_, cast, words):
    assert found(as_(cast.mona), words) == ["Åsö skola"]


def test_a_school_is_found_by_what_it_was_called(as_, cast):
    since = clock.today() - timedelta(days=30)
    Former.objects.create(
        organisation=cast.school, name="Östra läroverket", since=since, until=clock.today()
    )
    cast.school.save()
    mona = as_(cast.mona)
    assert found(mona, "östra lär") == ["Åsö skola"]
    shown = "Hette tidigare Östra läroverket."
    assert shown in plain(mona.get(ASK, {"sok": "östra lär"}))
    assert shown not in plain(mona.get(ASK, {"sok": "åsö"}))


def test_one_character_is_too_few_and_says_nothing_of_the_register(as_, cast):
    shown = plain(as_(cast.mona).get(ASK, {"sok": "å"}))
    assert "Skriv minst två tecken." in shown
    assert "hittades" not in shown
    assert "finns inte i vårt register" not in shown


def test_more_than_a_page_is_counted_whole_and_goes_on(as_, cast):
    for n in range(45):
        Organisation.objects.create(kind=Kind.SCHOOL, name=f"Berga skola {n:02}", parent=cast.south)
    Organisation.objects.create(kind=Kind.SCHOOL, name="Alla Berga", parent=cast.south)
    mona, names, query = as_(cast.mona), [], {"sok": "berga"}
    for _page in range(3):
        answer = mona.get(ASK, query)
        assert "46 skolor hittades" in plain(answer)
        names += [card["school"].name for card in answer.context["cards"]]
        query["efter"] = answer.context["more"]
    assert query["efter"] == ""
    # Those whose name begins so come first.
    assert names == [*(f"Berga skola {n:02}" for n in range(45)), "Alla Berga"]


def test_a_page_of_vacancies_asks_as_much_as_one(as_, between, cast):
    client, url = as_(cast.mona), f"{ASK}?sok=sko"

    def asked_for():
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        return len(queries)

    Organisation.objects.filter(kind=Kind.SCHOOL).update(since=clock.today() - timedelta(days=9))

    def grow(begin, end):
        for n in range(begin, end):
            place = Organisation.objects.create(
                kind=Kind.SCHOOL, name=f"Skola {n}", parent=(cast.south, cast.north, None)[n % 3]
            )
            if n % 2:
                row = between.contact(school=place, told_at=f"s{n}@example.org")
                perform(row.vacate, by=cast.mona)

    empty_both(between, cast)
    grow(0, 3)
    few = asked_for()
    grow(3, 15)
    assert asked_for() == few


def test_a_day_to_come_tells_who_is_planned(as_, between, cast):
    old = between.contact()
    between.appoint(person=cast.tore, since=clock.today() + timedelta(days=8), why="change")
    deputy = between.contact(post="deputy", person=cast.mona)
    last = clock.today() + timedelta(days=5)
    perform(deputy.plan_end, by=cast.mona, last_day=last, gone="left")
    client = as_(cast.sara)

    def asked(days):
        day = clock.today() + timedelta(days=days)
        page = client.get(f"/samverkan/kontakter/skola/{cast.school.uuid}/", {"dag": str(day)})
        assert "Så är det planerat i dag." in text(page)
        return [(one["label"], one["who"]) for one in page.context["planned"]]

    assert asked(5) == [("Kontaktperson", cast.tuva), ("Ersättare", cast.mona)]
    assert asked(6) == [("Kontaktperson", cast.tuva), ("Ersättare", None)]
    assert asked(8) == [("Kontaktperson", cast.tore), ("Ersättare", None)]
    assert fresh(old).status == "active"


def test_the_history_ends_each_on_their_last_day_and_shows_the_vacancy_by_itself(
    as_, between, cast
):
    row = between.contact()
    begun = clock.today()
    with later(3):
        left = clock.today()
        perform(row.vacate, by=cast.mona)
    with later(5):
        taken = clock.today()
        new = between.contact(person=cast.tore)
        page = as_(cast.sara).get(f"/samverkan/kontakter/skola/{cast.school.uuid}/")
        day = timedelta(days=1)
        assert [(one.who, one.since, one.last) for one in page.context["history"]] == [
            ("Tore Test", taken, None),
            ("", left, taken - day),
            ("Tuva Test", begun, left - day),
        ]
        assert ContactAssignment.objects.get(pk=new.pk).status == "active"
