"""Contact persons: named only if the school is told, confirmed, chased, and never a gap."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import uuid4

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import clock, working_days
from accounts.models import CLOCK, Kind, Organisation
from collaboration import serving
from collaboration.choices import Post
from collaboration.models import ContactAssignment
from history import outbox
from history.door import Conflict, perform
from history.models import Outgoing
from referrals.models import Tool
from tests.conftest import told, what_is_wrong
from tests.test_pages import asked, text
from workflows import deadlines
from workflows.invariants import without_contact
from workflows.models import Notice, Turn

pytestmark = pytest.mark.django_db
LIST = "/samverkan/kontakter/"
# A walk of its own days, so that it is the same walk on any day and engine.
WALK_BEGINS = datetime(2026, 2, 2, 9, tzinfo=UTC)


def page(row, end=""):
    return f"{LIST}{row.uuid}/{end}"


def act(row, move):
    return f"/samverkan/gor/contactassignment/{row.uuid}/{move}/"


def fresh(row):
    return ContactAssignment.objects.get(pk=row.pk)


def later(days):
    """A working day so many working days from now."""
    day = working_days.add(clock.today(), days)
    return clock.at(clock.now() + (day - clock.today()))


def send_everything():
    for pk in Outgoing.objects.filter(sent=None).values_list("pk", flat=True):
        outbox.send(pk)


def named(cast, **more):
    today = clock.today()
    given = {
        "key": uuid4(),
        "schools": [cast.school.pk, cast.new_school.pk],
        "post": "contact",
        "person": cast.tuva.pk,
        "why": "new",
        "since_day": today.day,
        "since_month": today.month,
        "since_year": today.year,
        "phone": "08-508 10 320",
        "hours": "Vardagar 8–16",
        "helps_with": "Råd om frånvaro, utan att säga vem eleven är.",
    }
    return given | more


def test_named_for_two_schools_told_in_the_same_breath_and_confirmed(as_, between, cast):
    mona = as_(cast.mona)
    answer = mona.post(f"{LIST}ny/", named(cast))
    assert answer.headers["Location"] == LIST
    rows = list(ContactAssignment.objects.order_by("school__name"))
    assert [(r.school.name, r.status) for r in rows] == [
        ("Nya skolan", "announced"),
        ("Åsö skola", "announced"),
    ]
    for who in (cast.sara, cast.siv, cast.petra, cast.nina):
        assert Notice.objects.filter(to=who, code="contact").count() == 1
    assert Turn.objects.open().mine(cast.petra).get().step == "confirm"
    petra = as_(cast.petra)
    own = next(r for r in rows if r.school == cast.school)
    assert "skolan har inte bekräftat" in text(petra.get("/samverkan/kontakt/"))
    assert petra.post(act(own, "confirm"), asked(own)).status_code == 302
    assert told(own) == ["appoint", "announce", "confirm", "activate"]
    assert fresh(own).status == "active"
    shown = text(petra.get("/samverkan/kontakt/"))
    assert "08-508 10 320" in shown
    assert "Tuva Test" in shown
    assert as_(cast.siv).post(act(own, "confirm"), asked(fresh(own))).status_code == 409
    assert as_(cast.nina).post(act(own, "confirm"), asked(fresh(own))).status_code == 403
    assert what_is_wrong() == []


def test_nothing_is_saved_if_one_school_cannot_be_told(as_, between, cast):
    Organisation.objects.filter(pk=between.free_school.pk).update(function_address="")
    chosen = [cast.school.pk, between.free_school.pk]
    answer = as_(cast.mona).post(f"{LIST}ny/", named(cast, schools=chosen))
    assert "Friskolan kan inte få veta det" in answer.context["form"].errors["told_at"][0]
    assert 'value="08-508 10 320"' in text(answer)
    assert ContactAssignment.objects.count() == 0
    assert Outgoing.objects.filter(kind="contact.named").count() == 0
    given = named(cast, schools=chosen, told_at="rektor@friskolan.example")
    assert as_(cast.mona).post(f"{LIST}ny/", given).status_code == 302
    assert ContactAssignment.objects.filter(status="announced").count() == 2


def test_a_school_without_accounts_confirms_by_its_letters_link_once(between, cast):
    row = between.appoint(school=between.free_school)
    send_everything()
    letter = next(m for m in mail.outbox if m.to == ["friskolan@example.org"])
    assert "Tuva Test" in letter.body
    where = re.search(r"/samverkan/lank/kontakt/\S+", str(letter.body))[0]
    browser = Client()
    assert "Vi har fått veta det" in text(browser.get(where))
    assert fresh(row).confirmed_on is None
    assert browser.post(where).status_code == 302
    assert fresh(row).status == "active"
    before = fresh(row).version
    assert browser.post(where).status_code == 200
    assert fresh(row).version == before
    assert "Skolan har bekräftat" in text(browser.get(where))
    with clock.at(clock.now() + timedelta(days=31)):
        assert browser.get(where).status_code == 404
    assert Client().get("/samverkan/lank/kontakt/gissning/").status_code == 404


def test_a_change_waits_for_its_day_and_leaves_no_gap(as_, between, cast):
    old = between.contact()
    day = working_days.add(clock.today(), 3)
    new = between.appoint(person=cast.tore, since=day, why="change", handover="Ring rektorn.")
    perform(new.confirm, by=cast.petra)
    assert (fresh(old).status, fresh(new).status) == ("active", "announced")
    assert Turn.objects.open().get(object_uuid=new.uuid).step == "take_over"
    with later(3):
        deadlines.run()
        old, new = fresh(old), fresh(new)
        assert (old.status, new.status) == ("ended", "active")
        assert old.held_until == new.held_from == day
        assert list(without_contact()) == []
        asks, where = as_(cast.dag), f"{LIST}skola/{cast.school.uuid}/?dag="
        before, who = (asks.get(f"{where}{one}") for one in (day - timedelta(days=1), day))
    assert [(row.post, row.person) for row in before.context["then"]] == [("contact", cast.tuva)]
    # Nobody was ever named as deputy: that night the clock opened the vacancy, and the page says so.
    assert [(row.post, row.person) for row in who.context["then"]] == [
        ("contact", cast.tore),
        ("deputy", None),
    ]
    assert "vakant" in text(who)
    assert "Skriv dagen som" in text(as_(cast.dag).get(f"{LIST}skola/{cast.school.uuid}/?dag=x"))
    assert what_is_wrong() == []


def test_the_handover_is_read_by_social_services_only(as_, between, cast):
    row = between.contact(handover="Rektorn vill ha samtal på fredagar.")
    assert "fredagar" in text(as_(cast.mona).get(page(row)))
    assert "fredagar" in text(as_(cast.tore).get(page(row)))
    for who in (cast.petra, cast.sara, cast.dag, cast.odd, cast.cecilia):
        assert "fredagar" not in text(as_(who).get(page(row)))


def test_a_handover_holds_no_pupil(as_, between, cast):
    row, mona = between.contact(), as_(cast.mona)
    url = act(row, "write_handover")
    given = asked(row) | {"handover": "Fråga om 20120427-9802 först."}
    assert "Ta bort personnumret" in text(mona.post(url, given | {"sure": "on"}))
    given = asked(row) | {"handover": "Vi pratade om Alva i går med Petra på Åsö skola."}
    refused = mona.post(url, given)
    assert "Alva, Petra" in refused.context["form"].errors["handover"][0]
    assert "Åsö" not in refused.context["form"].errors["handover"][0]
    drawn = mona.get(url).context["form"]
    ticked = asked(row) | {"handover": "Ring Petra på tisdagar.", "sure": "on"}
    early = mona.post(url, ticked).context["form"]
    assert (drawn["sure"].is_hidden, early["sure"].is_hidden) == (True, False)
    assert (early["sure"].value(), early["pointed_out"].value()) == (False, "Petra")
    given = ticked | {"pointed_out": "Petra"}
    more = mona.post(url, given | {"handover": "Ring Petra och ahmed."}).context["form"]
    assert more.errors["handover"] == [
        "Det här kan peka ut någon: ahmed. Ta bort det, eller kryssa i rutan."
    ]
    assert mona.post(url, given).status_code == 302
    assert fresh(row).handover == "Ring Petra på tisdagar."


def test_unconfirmed_is_reminded_twice_then_the_manager_calls(as_, between, cast):
    row = between.appoint()
    with pytest.raises(Conflict):
        perform(row.confirm_for, by=cast.mona, why="Ringde")
    for days, reminders in ((5, 0), (6, 1), (11, 1), (12, 2), (18, 2)):
        with later(days):
            deadlines.run()
        assert fresh(row).reminders == reminders, days
    assert Notice.objects.filter(to=cast.mona, code="unconfirmed").count() == 1
    assert Notice.objects.filter(to=cast.dag, code="unconfirmed").count() == 1
    with later(18):
        url = act(row, "confirm_for")
        refused = as_(cast.mona).post(url, asked(fresh(row)) | {"why": ""})
        assert list(refused.context["form"].errors) == ["why"]
        given = asked(fresh(row)) | {"why": "Jag ringde rektorn."}
        assert as_(cast.mona).post(url, given).status_code == 302
    assert fresh(row).status == "active"


def test_a_vacancy_is_alarmed_on_day_one_and_escalated_on_day_five(between, cast):
    row, other = between.contact(), between.contact(post="deputy", person=cast.tore)
    perform(row.vacate, by=cast.mona, gone="left")
    assert Notice.objects.filter(to=cast.sara, code="vacant").count() == 1
    assert row.cover() == other

    def chased(days):
        with later(days):
            deadlines.run()
            assert set(deadlines.run().values()) == {0}
        mine = Notice.objects.filter(object_uuid=row.uuid)
        return (
            mine.filter(to=cast.mona, code="vacant").count(),
            mine.filter(to=cast.dag, code="vacant_long").count(),
        )

    assert [chased(days) for days in (0, 1, 4, 5, 9)] == [(0, 0), (1, 0), (1, 0), (1, 1), (1, 1)]


def test_who_leaves_leaves_the_post_open_at_once(between, cast):
    row = between.contact()
    cast.tuva.user.is_active = False
    cast.tuva.user.save()
    deadlines.run()
    assert (fresh(row).status, fresh(row).gone) == ("vacant", "left")
    assert told(row)[-1] == "vacate"


def test_a_school_nobody_was_named_for_has_an_open_vacancy(between, cast):
    Organisation.objects.filter(kind=Kind.SCHOOL).update(since=clock.today() - timedelta(days=9))
    assert len(list(without_contact())) == 8
    deadlines.run()
    assert list(without_contact()) == []
    assert ContactAssignment.objects.filter(status="vacant").count() == 8
    assert {row.gone for row in ContactAssignment.objects.all()} == {"never"}
    assert Turn.objects.open().filter(what="contactassignment", step="fill").count() == 8
    filled = between.contact()
    assert filled.predecessor is None
    vacancy = ContactAssignment.objects.get(school=cast.school, post="contact", gone="never")
    assert (vacancy.status, vacancy.held_until) == ("ended", filled.held_from)
    assert what_is_wrong() == []


def test_whatever_happens_no_school_is_left_and_no_day_is_twice(between, cast):
    """A random walk over posts, people and days: after every night both hold."""
    dice = Random(4)
    Organisation.objects.filter(kind=Kind.SCHOOL).update(since=WALK_BEGINS.date())
    schools = list(serving.schools_with_duty().order_by("pk"))
    people = [cast.tuva, cast.tore, cast.mona]
    made = 0
    for night in range(25):
        with clock.at(WALK_BEGINS + timedelta(days=night)):
            for _try in range(6):
                rows = list(ContactAssignment.objects.exclude(status="ended").order_by("pk"))
                row = dice.choice(rows) if rows and dice.random() < 0.7 else None
                try:
                    if row is None:
                        between.appoint(
                            school=dice.choice(schools),
                            post=dice.choice(Post.values),
                            person=dice.choice(people),
                            since=clock.today() + timedelta(days=dice.randrange(4)),
                            told_at="x@example.org",
                        )
                    elif row.status == "announced":
                        perform(row.confirm, by=dice.choice((cast.petra, cast.nina, cast.olga)))
                    else:
                        perform(row.vacate, by=CLOCK)
                    made += 1
                except (ValidationError, Conflict, PermissionDenied):
                    continue
            deadlines.run()
            assert list(without_contact()) == []
    assert made > 30
    assert what_is_wrong() == []


@pytest.mark.both_engines
def test_the_database_itself_refuses_two_at_once(between, cast):
    row = between.contact()
    table = ContactAssignment._meta.db_table
    other = between.appoint(person=cast.tore)
    for since, until, allowed in (
        (row.held_from, None, False),
        (row.held_from - timedelta(days=9), row.held_from, True),
    ):
        sql = f"UPDATE {table} SET held_from = %s, held_until = %s WHERE id = %s"
        with connection.cursor() as cursor:
            if allowed:
                cursor.execute(sql, [since, until, other.pk])
                continue
            with pytest.raises(IntegrityError, match="contact_no_overlap"), transaction.atomic():
                cursor.execute(sql, [since, until, other.pk])


def test_not_twice_the_same_person_and_not_somebody_elses(between, cast):
    between.contact()
    with pytest.raises(ValidationError) as refused:
        between.appoint(post="deputy")
    assert list(refused.value.message_dict) == ["person"]
    with pytest.raises(ValidationError) as refused:
        between.appoint(post="deputy", person=cast.odd)
    assert list(refused.value.message_dict) == ["person"]
    between.appoint(post="deputy", person=cast.tore)
    with pytest.raises(ValidationError) as refused:
        between.appoint(post="deputy", person=cast.mona)
    assert list(refused.value.message_dict) == ["school"]


def test_a_school_anywhere_is_found_by_its_code(as_, between, cast):
    far = Organisation.objects.create(
        kind=Kind.SCHOOL, name="Fjärran skola", code="99999999", municipality_code="1480"
    )
    between.contact(school=far, told_at="fjarran@example.org")
    shown = text(as_(cast.sara).get("/samverkan/kontakt/?sok=99999999"))
    assert "Fjärran skola" in shown
    assert "08-123" in shown
    unknown = text(as_(cast.sara).get("/samverkan/kontakt/?sok=12121212"))
    assert "Team Söder" in unknown
    chosen = as_(cast.mona).get(f"{LIST}ny/?kod=99999999").context["form"]
    assert far in chosen.fields["schools"].queryset


def test_public_only_where_the_municipality_wants_it(between, cast, settings):
    between.contact(handover="Hemligt")
    where = "/samverkan/kontakt/?sok=%C3%85s%C3%B6"
    assert Client().get(where).headers["Location"].startswith("/konto/login/")
    settings.PUBLIC_CONTACTS = True
    shown = text(Client().get(where))
    assert "08-123" in shown
    assert "Hemligt" not in shown
    assert Client().get(LIST).status_code == 302


def test_the_toolbox_is_public_only_where_the_municipality_wants_it(cast, settings):
    Tool.objects.create(key="old", name="Avlagt verktyg", owner=cast.city, active=False)
    answer = Client().get("/verktyg/")
    assert answer.headers["Location"].startswith("/konto/login/")
    settings.PUBLIC_TOOLBOX = True
    shown = text(Client().get("/verktyg/"))
    assert "Samtal" in shown
    assert not re.search("Avlagt verktyg|Nytt verktyg", shown)
    assert Client().get("/verktyg/nytt/").status_code == 302


def test_only_those_who_answer_for_a_team_name_anybody(as_, between, cast):
    for who in (cast.sara, cast.petra, cast.tuva, cast.rut, cast.gun):
        assert as_(who).get(f"{LIST}ny/").status_code == 404
        assert as_(who).get(LIST).status_code == 404
    assert "Team Norr" in text(as_(cast.adam).get(f"{LIST}ny/"))
    answer = as_(cast.adam).post(f"{LIST}ny/?team={cast.team.pk}", named(cast))
    assert answer.status_code == 302


def test_lists_ask_as_much_for_many_as_for_few(as_, between, cast):
    client = as_(cast.dag)

    def asked_for(url):
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    between.contact()
    urls = (LIST, "/samverkan/kontakt/?sok=sko", "/samverkan/overenskommelser/tackning/")
    few = [asked_for(url) for url in urls]
    for n in range(20):
        place = Organisation.objects.create(kind=Kind.SCHOOL, name=f"Skola {n}", parent=cast.south)
        between.contact(school=place, told_at=f"s{n}@example.org")
    assert [asked_for(url) for url in urls] == few
