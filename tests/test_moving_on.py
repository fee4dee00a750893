"""What somebody holds of the collaboration when they leave, and what an organisation does when it is
merged or closed: nothing stays with nobody, and a school knows whom to call the whole time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts import clock
from accounts.models import Kind, Membership, Organisation
from collaboration import parties
from collaboration.models import (
    Agreement,
    ContactAssignment,
    Forum,
)
from history.door import begin, perform
from tests.conftest import told, what_is_wrong
from tests.test_leaving import choices, close, left
from tests.test_organisations import LONG_AGO, fresh
from tests.test_pages import text
from tests.test_people import split
from workflows import deadlines
from workflows.models import Notice, Turn, Vacancy

pytestmark = pytest.mark.django_db


def again(obj):
    return type(obj).objects.get(pk=obj.pk)


@pytest.mark.both_engines
def test_a_contact_who_leaves_is_succeeded_from_one_page_and_the_school_is_told(as_, between, cast):
    row = between.contact(hours="Vardagar 8–16", handover="Ring rektorn.")
    between.contact(post="deputy", person=cast.tore)
    leaving = close(cast, cast.tuva)
    assert left(leaving) == [("contact.person", "tore")]
    assert (again(row).status, again(row).gone) == ("vacant", "left")
    assert Notice.objects.filter(to=cast.adam, code="vacancy").count() == 1
    adam, url = as_(cast.adam), f"/bemanning/{leaving.uuid}/"
    assert "Kontaktperson, Åsö skola" in text(adam.get(url))
    (name,) = choices(text(adam.get(url)))
    # The deputy cannot be both: it is said, and nothing has been handed on.
    refused = adam.post(url, {name: str(cast.tore.pk)})
    assert "samma person kan inte vara både" in text(refused)
    assert Vacancy.objects.get().status == "open"
    assert adam.post(url, {name: str(cast.mona.pk)}).status_code == 302
    assert again(leaving).status == "finished"
    new = ContactAssignment.objects.get(post="contact", status="announced")
    assert (new.person, new.hours, new.handover) == (cast.mona, "Vardagar 8–16", "Ring rektorn.")
    assert Notice.objects.filter(to=cast.petra, code="contact", object_uuid=new.uuid).count() == 1
    perform(new.confirm, by=cast.petra)
    assert (again(row).status, again(new).status) == ("ended", "active")
    assert what_is_wrong() == []


def test_a_post_that_has_been_given_meanwhile_says_to_whom(as_, between, cast):
    between.contact()
    leaving = close(cast, cast.tuva)
    adam, url = as_(cast.adam), f"/bemanning/{leaving.uuid}/"
    (name,) = choices(text(adam.get(url)))
    between.appoint(person=cast.mona)
    refused = adam.post(url, {name: str(cast.tore.pk)})
    assert f"har redan fått en ny: {cast.mona.name}. Välj den personen." in text(refused)
    assert Vacancy.objects.get().status == "open"


def test_who_was_only_named_is_withdrawn_and_the_old_one_stays(between, cast):
    old = between.contact()
    new = between.appoint(person=cast.tore, why="change", since=clock.today() + timedelta(days=9))
    leaving = close(cast, cast.tore)
    assert left(leaving) == [("contact.person", "tuva")]
    assert (again(old).status, again(new).status) == ("active", "ended")
    assert told(new)[-1] == "withdraw"


def test_all_that_can_be_held_of_the_collaboration_is_found(as_, between, path, cast):
    """Dag leads the district and Mona the team; both leave, and another of each is there."""
    other_dag = between.person("disa", cast.south, cast.dag.role)
    agreement = between.draft(deputy=cast.dag)
    section = agreement.sections.first()
    perform(agreement.assign_section, by=cast.dag, section=section, owner=cast.mona)
    meeting = between.invited()
    action = between.action(between.held(between.forum("manager_forum", name="Chefer")))
    material, funding = between.material_in("published"), between.funding_in("draft")
    leaving = close(cast, cast.dag)
    assert sorted(left(leaving)) == [
        ("agreement.deputy", "disa"),
        ("agreement.responsible", "disa"),
        ("application.responsible", "disa"),
        ("material.owner", "disa"),
    ]
    assert again(agreement).responsible == again(material).owner == other_dag
    assert again(funding).responsible == other_dag
    assert Turn.objects.open().get(object_uuid=agreement.uuid).responsible == other_dag
    leaving = close(cast, cast.mona)
    assert sorted(left(leaving)) == [
        ("forum.convener", "disa"),
        ("forum.convener", "disa"),
        ("meeting.convener", "disa"),
        ("meeting.convener", "disa"),
        ("section.owner", "disa"),
    ]
    assert {forum.convener for forum in Forum.objects.all()} == {other_dag}
    assert section.__class__.objects.get(pk=section.pk).owner is None
    leaving = close(cast, cast.petra)
    assert ("action.responsible", None) in left(leaving)
    assert again(action).responsible is None
    # The administrator hands each of the team's on to Tore.
    adam, url = (
        as_(cast.adam),
        f"/bemanning/{Vacancy.objects.get(holding='section.owner').leaving.uuid}/",
    )
    given = {name: str(cast.tore.pk) for name in choices(text(adam.get(url)))}
    assert adam.post(url, given).status_code == 302
    assert again(meeting).convener == cast.tore
    assert {forum.convener for forum in Forum.objects.all()} == {cast.tore}
    assert section.__class__.objects.get(pk=section.pk).owner == cast.tore
    assert what_is_wrong() == []


def test_a_planned_screening_is_the_managers_to_hand_on(as_, path, cast):
    from referrals.models import Screening

    new = Screening(team=cast.team, on=clock.today() + timedelta(days=3), responsible=cast.tuva)
    screening = begin(new, by=cast.tuva).obj
    leaving = close(cast, cast.tuva)
    assert left(leaving) == [("screening.responsible", "mona")]
    mona, url = as_(cast.mona), f"/bemanning/{leaving.uuid}/"
    (name,) = choices(text(mona.get(url)))
    assert mona.post(url, {name: str(cast.tore.pk)}).status_code == 302
    assert again(screening).responsible == cast.tore


@pytest.fixture
def admin(as_, between, cast):
    Organisation.objects.update(since=LONG_AGO)
    return as_(cast.adam)


@pytest.mark.both_engines
def test_two_districts_with_agreements_forums_and_contacts_become_jarva(admin, between, cast):
    """Both agreements go over; the education administration stays bound by the first alone, and the
    second is the new district manager's to end."""
    north = Organisation.objects.get(name="Norr")
    nils = between.person("nils", north, cast.dag.role)
    first = between.active()
    second = between.active(district=north, responsible=nils)
    contact = between.contact()
    between.meeting()
    forum = Forum.objects.get()
    day = date(2023, 7, 1)
    given = {"old": [cast.south.pk, north.pk], "name": "Järva"} | split("on", day)
    one = admin.post("/organisationer/sla-ihop/district/", given).headers["Location"]
    new = Organisation.objects.get(name="Järva")
    people = {"successor": new.pk, "goes_people": "on", "goes_parts": "on", "goes_served": "on"}
    people |= split("on", day)
    assert "agreements" in admin.post(one, people).context["form"].errors
    every = people | {"goes_agreements": "on", "goes_forums": "on"}
    two = admin.post(one, every).headers["Location"]
    assert admin.post(two, every).status_code == 302
    assert [fresh(place).in_service for place in (cast.south, north)] == [False, False]
    assert {row.district for row in Agreement.objects.in_force()} == {new}
    assert again(forum).district == new
    bound = parties.bound_today().filter(organisation__in=(between.education, new))
    assert sorted(bound.values_list("organisation__name", flat=True)) == [
        "Järva",
        "Utbildningsförvaltningen",
    ]
    assert again(contact).status == "active"
    schools, _places = parties.covered(str(new.pk))
    assert {row["name"]: row["covered"] for row in schools} == {
        "Friskolan": True,
        "Nya skolan": True,
        "Åsö skola": True,
        "Vasa skola": True,
    }
    boss = Membership.objects.in_force().get(user=nils.user)
    perform(again(second).terminate, by=boss, why="Ett för hela Järva är skrivet")
    assert [row.trail_id for row in Agreement.objects.in_force()] == [first.trail_id]
    leader = Membership.objects.in_force().get(user=cast.dag.user)
    assert leader.organisation == new
    assert what_is_wrong() == []


@pytest.mark.both_engines
def test_a_team_that_is_merged_takes_its_posts_along_and_the_schools_keep_their_contact(
    admin, between, cast
):
    row, deputy = between.contact(), between.contact(post="deputy", person=cast.tore)
    url = f"/organisationer/{cast.team.uuid}/avsluta/"
    given = {"successor": cast.other_team.pk} | split("on", clock.today())
    nothing = admin.post(url, given)
    assert sorted(nothing.context["form"].errors) == ["contacts", "people"]
    every = given | {"goes_contacts": "on", "goes_people": "on"}
    assert admin.post(url, every).status_code == 302
    for post, user in ((row, cast.tuva.user), (deputy, cast.tore.user)):
        now = again(post)
        assert (now.status, now.team, now.person.user) == ("active", cast.other_team, user)
        assert (now.person.organisation, now.person.in_force) == (cast.other_team, True)
    from workflows import leaving

    assert leaving.sweep() == 0
    assert what_is_wrong() == []


@pytest.mark.both_engines
def test_a_school_that_closes_hands_its_contact_agreement_and_promises_over(admin, between, cast):
    agreement, row = between.active(), between.contact()
    heir = Organisation.objects.create(
        kind=Kind.SCHOOL,
        name="Söderskolan",
        parent=cast.south,
        code="55555555",
        provider=between.education,
        function_address="soder@example.org",
        since=LONG_AGO,
    )
    action = between.action(between.held())
    url = f"/organisationer/{cast.school.uuid}/avsluta/"
    given = {"successor": heir.pk} | split("on", clock.today())
    nothing = admin.post(url, given)
    assert sorted(nothing.context["form"].errors) == ["actions", "agreements", "contacts", "people"]
    every = given | {f"goes_{key}": "on" for key in nothing.context["form"].errors}
    assert admin.post(url, every).status_code == 302
    assert (again(row).status, again(row).held_until) == ("ended", clock.today())
    new = ContactAssignment.objects.get(school=heir)
    assert (new.status, new.person, new.phone) == ("announced", cast.tuva, "08-123")
    assert again(action).organisation == heir
    bound = parties.bound_today().filter(agreement=agreement)
    assert heir.pk in bound.values_list("organisation", flat=True)
    assert cast.school.pk not in bound.values_list("organisation", flat=True)
    assert what_is_wrong() == []


def test_a_reason_is_enough_where_there_is_no_successor(admin, between, cast):
    between.active()
    row = between.contact()
    url = f"/organisationer/{cast.school.uuid}/avsluta/"
    given = split("on", clock.today()) | {
        "people": "Går till andra skolor.",
        "contacts": "Skolan är nedlagd.",
        "agreements": "Skolan är nedlagd.",
    }
    assert admin.post(url, given).status_code == 302
    assert fresh(cast.school).until == clock.today()
    assert deadlines.run()["contacts_closed"] == 1
    assert (again(row).status, again(row).held_until) == ("ended", clock.today())
