"""Naming a contact person: every school by its own way, nobody's school taken, no post unplanned."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts import clock
from accounts.models import Kind, Membership, Organisation, Role, User
from collaboration.models import ContactAssignment
from history.door import perform
from tests.conftest import what_is_wrong
from tests.test_contacts import LIST, act, fresh, named, page, send_everything
from tests.test_leaving import choices, close
from tests.test_pages import asked, text
from tests.test_people import split
from workflows import deadlines
from workflows.models import Notice, Turn

pytestmark = pytest.mark.django_db
NEW = f"{LIST}ny/"


def school(cast, name, **more):
    given = {"kind": Kind.SCHOOL, "name": name, "parent": cast.south} | more
    return Organisation.objects.create(**given)


def errors(answer):
    return dict(answer.context["form"].errors)


# How a school is told


def test_an_address_is_given_only_to_the_school_that_has_none(as_, between, cast):
    mute = school(cast, "Tysta skolan")
    chosen = [cast.school.pk, between.free_school.pk, mute.pk]
    given = named(cast, schools=chosen, told_at="tysta@example.org")
    assert as_(cast.mona).post(NEW, given).status_code == 302
    assert sorted(ContactAssignment.objects.values_list("school__name", "told_at")) == [
        ("Friskolan", ""),
        ("Tysta skolan", "tysta@example.org"),
        ("Åsö skola", ""),
    ]
    send_everything()
    letters = [m.to for m in mail.outbox if "socialtjänsten för" in m.body]
    assert sorted(letters) == [["friskolan@example.org"], ["tysta@example.org"]]


def test_one_address_is_never_given_for_two_schools(as_, between, cast):
    mute, other = school(cast, "Tysta skolan"), school(cast, "Stumma skolan")
    mona, address = as_(cast.mona), {"told_at": "samma@example.org"}
    both = mona.post(NEW, named(cast, schools=[mute.pk, other.pk], **address))
    words = "De här skolorna har ingen adress i systemet: Stumma skolan, Tysta skolan."
    assert errors(both) == {"schools": [f"{words} Utse för en i taget."]}
    assert 'value="samma@example.org"' in text(both)
    assert ContactAssignment.objects.count() == 0
    assert mona.post(NEW, named(cast, schools=[mute.pk], **address)).status_code == 302
    again = mona.post(NEW, named(cast, schools=[other.pk], **address))
    words = "Adressen hör till Tysta skolan. Skriv den som Stumma skolan läser."
    assert errors(again) == {"told_at": [words]}
    theirs = mona.post(NEW, named(cast, schools=[other.pk], told_at="FRISKOLAN@example.org"))
    assert "hör till Friskolan" in errors(theirs)["told_at"][0]


# Whose school it is


def test_another_teams_school_is_not_taken_over_by_its_code(as_, between, cast):
    vasa = Organisation.objects.get(code="33333333")
    mona, url = as_(cast.mona), f"{NEW}?kod=33333333"
    words = "Vasa skola hör till Team Norr. Be dem om ni ska ta över skolan."
    answer = mona.get(url)
    assert answer.context["fault"] == words
    assert words in text(answer)
    refused = mona.post(url, named(cast, schools=[vasa.pk]))
    assert list(errors(refused)) == ["schools"]
    assert ContactAssignment.objects.count() == 0


def test_a_school_elsewhere_that_a_team_holds_is_that_teams(as_, between, cast):
    far = school(cast, "Fjärran skola", parent=None, code="99999999")
    between.contact(
        school=far, team=cast.other_team, person=cast.oda, by=cast.odd, told_at="f@example.org"
    )
    assert "hör till Team Norr" in as_(cast.mona).get(f"{NEW}?kod=99999999").context["fault"]
    own = as_(cast.odd).get(f"{NEW}?kod=9999 9999").context
    assert own["fault"] == ""
    assert far in own["form"].fields["schools"].queryset
    assert own["form"].initial["schools"] == [far.pk]


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("87654321", "Ingen skola i registret har koden 87654321."),
        ("123", "Skriv skolenhetskoden med åtta siffror."),
        ("Vasa", "Skriv skolenhetskoden med åtta siffror."),
        ("11111111", ""),
    ],
)
def test_a_code_that_adds_nothing_says_why(as_, cast, code, fault):
    answer = as_(cast.mona).get(NEW, {"kod": code})
    assert answer.context["fault"] == fault
    assert (fault in text(answer), f'value="{code}"' in text(answer)) == (True, True)


def test_the_other_teams_leader_is_told_when_a_post_changes_hands(between, cast):
    between.contact()
    team = Organisation.objects.create(kind=Kind.TEAM, name="Team Två", parent=cast.south)
    boss = between.person("bo", team, Role.MANAGER)
    new = between.appoint(team=team, person=boss, by=boss, why="change")
    (notice,) = Notice.objects.filter(code="taken_over")
    assert (notice.to, notice.object_uuid) == (cast.mona, new.uuid)
    assert notice.reference == "Kontaktperson, Åsö skola"
    between.appoint(post="deputy", person=cast.tore)
    assert Notice.objects.filter(code="taken_over").count() == 1


# Saving


def test_pressing_twice_is_one_wish_and_says_that_it_is_saved(as_, between, cast):
    mona, given = as_(cast.mona), named(cast)
    for _press in range(2):
        answer = mona.post(NEW, given, follow=True)
        assert answer.redirect_chain == [(LIST, 302)]
        assert "Sparat. 2 skolor har fått veta det." in text(answer)
    assert ContactAssignment.objects.count() == 2
    assert Notice.objects.filter(code="contact").count() == 4
    one = mona.post(NEW, named(cast, schools=[between.free_school.pk]), follow=True)
    assert "Sparat. 1 skola har fått veta det." in text(one)


def test_the_first_day_is_not_past_and_a_leave_has_a_last_day(as_, cast):
    mona, yesterday = as_(cast.mona), clock.today() - timedelta(days=1)
    past = mona.post(NEW, named(cast, **split("since", yesterday)))
    assert errors(past) == {"since": ["Välj i dag eller en dag framåt."]}
    leave = mona.post(NEW, named(cast, why="leave"))
    assert errors(leave) == {"expected_end": ["Skriv ledighetens sista dag."]}
    assert ContactAssignment.objects.count() == 0
    last = clock.today() + timedelta(days=30)
    assert (
        mona.post(NEW, named(cast, why="leave", **split("expected_end", last))).status_code == 302
    )


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"since": -1}, "since"),
        ({"why": "leave"}, "expected_end"),
        ({"phone": " "}, "phone"),
    ],
)
def test_the_door_itself_refuses_a_past_day_a_leave_without_end_and_no_number(
    between, cast, more, field
):
    if "since" in more:
        more = {"since": clock.today() - timedelta(days=1)}
    with pytest.raises(ValidationError) as refused:
        between.appoint(**more)
    assert list(refused.value.message_dict) == [field]


@pytest.mark.both_engines
def test_the_database_lets_nobody_hold_a_post_without_a_number(between, cast):
    row = between.contact()
    sql = f"UPDATE {ContactAssignment._meta.db_table} SET phone = '' WHERE id = %s"
    with (
        pytest.raises(IntegrityError, match="contact_active_has_number"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, [row.pk])


def test_whoever_is_named_is_told_in_the_product_and_by_mail(between, cast):
    User.objects.filter(pk=cast.tuva.user_id).update(email="tuva@example.org")
    between.appoint()
    (notice,) = Notice.objects.filter(to=cast.tuva)
    assert (notice.code, notice.reference) == ("named", "Kontaktperson, Åsö skola")
    send_everything()
    between.appoint(school=cast.new_school, person=cast.mona)  # by herself: she knows
    assert Notice.objects.filter(code="named").count() == 1
    (letter,) = [m for m in mail.outbox if m.to == ["tuva@example.org"]]
    words = "Du har utsetts till kontaktperson eller ersättare för en skola"
    assert letter.subject == f"{words}: Kontaktperson, Åsö skola"


# An end that is planned


def test_a_planned_end_leaves_the_post_empty_the_day_after(as_, between, cast):
    row, mona = between.contact(), as_(cast.mona)
    last = clock.today() + timedelta(days=10)
    url = act(row, "plan_end")
    nothing = errors(mona.post(url, asked(row)))
    assert nothing == {"last_day": ["Skriv ett datum."], "gone": ["Välj ett alternativ."]}
    given = asked(row) | {"gone": "left"}
    past = mona.post(url, given | split("last_day", clock.today() - timedelta(days=1)))
    assert errors(past) == {"last_day": ["Välj i dag eller en dag framåt."]}
    given |= {"handover": "Rektorn vill ha samtal på fredagar."} | split("last_day", last)
    assert mona.post(url, given).status_code == 302
    row = fresh(row)
    assert (row.status, row.ends_after, row.gone) == ("active", last, "left")
    assert row.handover == "Rektorn vill ha samtal på fredagar."
    assert Turn.objects.open().get(object_uuid=row.uuid).due == last
    assert "Sista dagen är" in text(as_(cast.sara).get("/samverkan/kontakt/"))
    form = mona.get(f"{NEW}?efter={row.uuid}").context["form"]
    assert form.initial["since"] == last + timedelta(days=1)
    for days, status in ((10, "active"), (11, "vacant")):
        with clock.at(clock.now() + timedelta(days=days)):
            deadlines.run()
        assert fresh(row).status == status
    row = fresh(row)
    assert (row.gone, row.vacant_since) == ("left", last + timedelta(days=1))
    assert Notice.objects.filter(to=cast.sara, code="vacant", object_uuid=row.uuid).count() == 1
    assert what_is_wrong() == []


def test_a_planned_end_is_taken_back_and_a_stand_ins_end_is_none(as_, between, cast):
    last = clock.today() + timedelta(days=3)
    row = perform(between.contact().plan_end, by=cast.mona, last_day=last, gone="moved").obj
    url = act(row, "plan_end")
    undecided = as_(cast.mona).post(url, asked(row) | split("last_day", last))
    assert errors(undecided) == {"gone": ["Välj ett alternativ."]}
    assert as_(cast.mona).post(url, asked(row) | {"gone": "moved"}).status_code == 302
    row = fresh(row)
    assert (row.ends_after, row.expected_end, row.gone) == (None, None, "")
    stands_in = between.contact(post="deputy", person=cast.tore, why="leave", expected_end=last)
    with clock.at(clock.now() + timedelta(days=9)):
        deadlines.run()
    assert (fresh(row).status, fresh(stands_in).status) == ("active", "active")


def test_the_leader_is_told_a_month_before_the_role_of_whoever_holds_posts_ends(between, cast):
    between.contact()
    between.contact(school=cast.new_school)
    end = clock.today() + timedelta(days=40)
    for who in (cast.tuva, cast.tore):  # Tore holds nothing
        Membership.objects.filter(pk=who.pk).update(until=end)

    def told_of():
        deadlines.run()
        return list(Notice.objects.filter(code="role_ends").values_list("to", flat=True))

    assert told_of() == []
    with clock.at(clock.now() + timedelta(days=10)):
        assert told_of() == [cast.mona.pk]
    with clock.at(clock.now() + timedelta(days=11)):
        assert told_of() == [cast.mona.pk]


# A district without a team


@pytest.fixture
def alone(between, cast):
    """A district with one school and no team, the night after it was made."""
    west = Organisation.objects.create(kind=Kind.DISTRICT, name="Väster", parent=cast.city)
    since = clock.today() - timedelta(days=2)
    place = school(cast, "Västra skolan", parent=west, code="55555555", since=since)
    boss = between.person("disa", west, Role.DISTRICT)
    between.person("per", place, Role.PRINCIPAL)
    deadlines.run()
    return boss, place


def test_a_district_without_a_team_names_from_its_own_people(as_, alone, between, cast):
    boss, place = alone
    row = ContactAssignment.objects.get(school=place, post="contact")
    disa = as_(boss)
    shown = text(disa.get(page(row)))
    assert "Uppdraget lades upp" in shown
    assert "Utsågs" not in shown
    (link,) = re.findall(r'href="(/samverkan/kontakter/ny/[^"]+)"', shown)
    form = disa.get(link.replace("&amp;", "&")).context["form"]
    assert [one.name for one in form.fields["schools"].queryset] == ["Västra skolan"]
    given = named(cast, schools=[place.pk], person=boss.pk)
    assert disa.post(link.replace("&amp;", "&"), given).status_code == 302
    assert ContactAssignment.objects.get(school=place, status="announced").person == boss
    adam = as_(cast.adam)
    shown = text(adam.get(page(row)))
    (link,) = re.findall(r'href="(/samverkan/kontakter/ny/[^"]+)"', shown)
    assert adam.get(link.replace("&amp;", "&")).status_code == 200
    assert "Väster" in text(adam.get(NEW))


def test_a_district_with_a_team_leaves_it_to_the_team(as_, between, cast):
    assert as_(cast.dag).get(NEW).status_code == 404
    assert as_(cast.adam).get(f"{NEW}?team={cast.south.pk}").status_code == 404
    assert f'href="{NEW}"' not in text(as_(cast.dag).get(LIST))


# Lists and notices


def test_a_contact_for_a_school_elsewhere_is_in_the_lists_of_those_who_hold_it(as_, between, cast):
    far = school(cast, "Fjärran skola", parent=None, code="99999999")
    between.contact(school=far, told_at="f@example.org")
    for who, seen in ((cast.mona, 1), (cast.dag, 1), (cast.adam, 1), (cast.odd, 0)):
        answer = as_(who).get(LIST)
        rows = [card for card in answer.context["cards"] if card["school"] == far]
        assert len(rows) == seen, who
        if rows:
            assert [bool(post["now"]) for post in rows[0]["posts"]] == [True, False]
            assert "ingen utsedd" in text(answer)
    schools = as_(cast.mona).get(LIST).context
    # Nobody has to be named for it: it is not among those that lack somebody, and stands last.
    assert (schools["missing"], schools["cards"][-1]["school"]) == (3, far)


def test_an_escalation_names_its_school(between, cast):
    row = between.contact()
    perform(row.vacate, by=cast.mona, gone="left")
    with clock.at(clock.now() + timedelta(days=14)):
        deadlines.run()
    (notice,) = Notice.objects.filter(to=cast.dag, code="vacant_long", object_uuid=row.uuid)
    assert notice.reference == "Kontaktperson, Åsö skola"


def test_one_who_leaves_is_one_mail_to_the_leader_and_turns_say_which_school(between, cast):
    User.objects.filter(pk=cast.mona.user_id).update(email="mona@example.org")
    between.contact()
    between.contact(school=cast.new_school)
    between.contact(school=between.free_school)
    send_everything()
    mail.outbox.clear()
    close(cast, cast.tuva)
    send_everything()
    said = [m.subject for m in mail.outbox if m.to == ["mona@example.org"]]
    assert sorted(said) == [
        "Du har fått något att göra: Kontaktperson, Åsö skola",
        "Någon har slutat, och skolor saknar kontaktperson eller ersättare",
    ]


# A successor


@pytest.mark.parametrize("typed", ["", "08-999"])
def test_a_successor_has_a_number_of_their_own_or_the_one_that_is_written(
    as_, between, cast, typed
):
    between.contact(phone="08-111")
    between.contact(school=cast.new_school, person=cast.tore, phone="08-222")
    leaving = close(cast, cast.tuva)
    adam, url = as_(cast.adam), f"/bemanning/{leaving.uuid}/"
    shown = text(adam.get(url))
    (name,) = choices(shown)
    number = name.replace("v", "tel")
    assert f'name="{number}"' in shown
    assert "Lämna tomt för den nyas eget nummer, annars 08-111." in shown
    given = {name: str(cast.tore.pk), number: typed}
    assert adam.post(url, given).status_code == 302
    new = ContactAssignment.objects.get(school=cast.school, status="announced")
    assert (new.person, new.phone) == (cast.tore, typed or "08-222")


def test_a_successor_who_has_no_number_gets_the_posts(as_, between, cast):
    between.contact(phone="08-111")
    leaving = close(cast, cast.tuva)
    adam, url = as_(cast.adam), f"/bemanning/{leaving.uuid}/"
    (name,) = choices(text(adam.get(url)))
    assert adam.post(url, {name: str(cast.tore.pk)}).status_code == 302
    assert ContactAssignment.objects.get(status="announced").phone == "08-111"
