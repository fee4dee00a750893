"""People: invited by mail, given roles for a period, closed at once; from outside, as an administrator."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import clock, people
from accounts.models import Membership, Role, User
from history import chain, outbox
from history.models import AccessEntry, Outgoing
from tests.test_pages import text

TODAY = {"day": 0}


def split(name: str, day: date) -> dict[str, str]:
    return {
        f"{name}_day": str(day.day),
        f"{name}_month": str(day.month),
        f"{name}_year": str(day.year),
    }


def changes() -> list[str]:
    return list(
        AccessEntry.objects.filter(outcome="changed").order_by("pk").values_list("what", flat=True)
    )


@pytest.fixture
def admin(as_, cast):
    return as_(cast.adam)


def invited(admin: Client, email: str = "Ny.Person@example.org") -> User:
    given = {"first_name": "Ny", "last_name": "Åberg", "email": email, "language": "sv"}
    assert admin.post("/personer/bjud-in/", given).status_code == 302
    return User.objects.get(email__iexact=email)


def link_in_the_mail() -> str:
    for row in Outgoing.objects.filter(kind="account_link", sent=None):
        assert outbox.send(row.pk)
    return re.search(r"/inbjudan/[\w-]{40,}/", str(mail.outbox[-1].body))[0]


def test_only_an_administrator_finds_the_pages(as_, cast):
    pages = ("/personer/", "/personer/bjud-in/", f"/personer/{cast.sara.user.uuid}/")
    for someone in (cast.sara, cast.mona, cast.dag, cast.cecilia, cast.gun, cast.rut):
        assert {as_(someone).get(url).status_code for url in pages} == {404}
    assert {as_(cast.adam).get(url).status_code for url in pages} == {200}


def test_invited_by_mail_without_personal_data_and_in_by_a_link_used_once(admin, cast):
    user = invited(admin)
    assert not user.has_usable_password()
    url = link_in_the_mail()
    sent = mail.outbox[-1]
    assert sent.to == ["Ny.Person@example.org"]
    assert not re.search("Åberg|Ny |Ny.Person", f"{sent.subject}{sent.body}")
    assert Outgoing.objects.get(kind="account_link").payload == {"user": str(user.uuid), "days": 7}

    browser = Client()
    assert "Lösenorden är inte lika" in text(
        browser.post(url, {"password": "fyra kloka katter", "again": "fyra kloka hundar"})
    )
    assert "12 tecken" in text(browser.post(url, {"password": "kort", "again": "kort"}))
    chosen = {"password": "fyra kloka katter", "again": "fyra kloka katter"}
    assert browser.post(url, chosen).headers["Location"] == "/konto/login/"
    assert User.objects.get(pk=user.pk).check_password("fyra kloka katter")
    assert browser.get(url).status_code == 404
    assert browser.post(url, chosen).status_code == 404
    assert changes() == ["person.invited", "person.password_chosen"]
    assert not list(chain.faults())


def test_a_link_is_gone_when_too_old_or_replaced(admin, as_, cast):
    user = invited(admin)
    first = link_in_the_mail()
    assert admin.post(f"/personer/{user.uuid}/gor/lank/").status_code == 302
    second = link_in_the_mail()
    assert (Client().get(first).status_code, Client().get(second).status_code) == (404, 200)
    with clock.at(clock.now() + timedelta(days=8)):
        assert Client().get(second).status_code == 404
    assert Client().get("/inbjudan/" + "x" * 43 + "/").status_code == 404


def test_a_forgotten_password_gets_the_same_answer_known_or_not(cast):
    User.objects.filter(pk=cast.sara.user.pk).update(email="sara@example.org")
    mask = re.compile(rb'csrfmiddlewaretoken" value="[^"]+"')
    known, unknown = (
        Client().post("/glomt-losenord/", {"email": address})
        for address in ("SARA@example.org", "ingen@example.org")
    )
    assert mask.sub(b"", known.content) == mask.sub(b"", unknown.content)
    assert Client().get(link_in_the_mail()).status_code == 200
    assert Outgoing.objects.filter(kind="account_link").count() == 1


def test_the_same_mail_is_nobodys_twice(admin, cast):
    invited(admin)
    given = {
        "first_name": "A",
        "last_name": "B",
        "email": "NY.person@example.org",
        "language": "sv",
    }
    answer = admin.post("/personer/bjud-in/", given)
    assert answer.context["form"].errors == {"email": ["Någon annan har redan den adressen."]}
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username="annan", email="ny.PERSON@example.org")


def role(cast, **more):
    given = {"organisation": cast.team.pk, "role": "team", "profession": "Kurator"}
    return given | split("since", clock.today()) | more


def test_a_role_for_a_period(admin, cast):
    user = invited(admin)
    url = f"/personer/{user.uuid}/ny-roll/"
    last = clock.today() + timedelta(days=30)
    assert admin.post(url, role(cast, **split("last", last))).status_code == 302
    membership = user.memberships.get()
    assert (membership.profession, membership.until) == ("Kurator", last + timedelta(days=1))
    page = text(admin.get(f"/personer/{user.uuid}/"))
    assert "Team Söder" in page
    assert "Gäller" in page

    again = admin.post(url, role(cast, **split("since", last)))
    assert list(again.context["form"].errors) == ["since"]
    after = admin.post(url, role(cast, **split("since", last + timedelta(days=1))))
    assert after.status_code == 302
    far = role(cast, role="manager", **split("last", date.max))
    assert list(admin.post(url, far).context["form"].errors) == ["last"]
    backwards = role(cast, role="manager", **split("last", clock.today() - timedelta(days=1)))
    assert list(admin.post(url, backwards).context["form"].errors) == ["last"]
    wrong = admin.post(url, role(cast, role="principal"))
    assert wrong.context["form"].errors == {"role": ["Rollen Rektor finns bara i: skola."]}


@pytest.mark.both_engines
def test_the_database_too_refuses_periods_that_overlap(cast):
    first = cast.tuva
    same = {"user": first.user, "organisation": first.organisation, "role": first.role}
    with pytest.raises(IntegrityError, match="overlap"), transaction.atomic():
        Membership.objects.create(**same, since=date(2019, 1, 1), until=date(2021, 1, 1))
    Membership.objects.create(**same, since=date(2019, 1, 1), until=first.since)
    later = Membership.objects.create(**same | {"role": "manager"}, since=date(2019, 1, 1))
    with pytest.raises(IntegrityError, match="overlap"), transaction.atomic():
        Membership.objects.filter(pk=later.pk).update(role=first.role)


def test_nobody_gives_themselves_a_role_or_shuts_themselves_out(admin, cast):
    own = cast.adam.user
    answer = admin.post(f"/personer/{own.uuid}/ny-roll/", role(cast))
    assert "Be en annan administratör" in text(answer)
    assert "Be en annan administratör" in text(admin.post(f"/personer/{own.uuid}/gor/stang/"))
    until = split("last", clock.today())
    assert "Be en annan" in text(admin.post(f"/roller/{cast.adam.uuid}/avsluta/", until))
    assert list(own.memberships.values_list("role", "until")) == [("admin", None)]
    assert User.objects.get(pk=own.pk).is_active


def test_a_role_that_ends_acts_on_the_next_request(admin, as_, path, cast):
    case = path.support()
    open_session = as_(cast.tuva)
    url = f"/arenden/{case.reference}/"
    assert open_session.get(url).status_code == 200
    end = f"/roller/{cast.tuva.uuid}/avsluta/"
    yesterday = split("last", clock.today() - timedelta(days=1))
    assert admin.post(end, yesterday).status_code == 302
    assert open_session.get(url).headers["Location"] == "/roll/"
    assert changes() == ["role.ended"]


def test_a_page_begun_before_the_role_ended_is_made_again(as_, path, cast, monkeypatch):
    """The role ends while the page is being made: what leaves is made after."""
    from referrals.views import case as view

    case = path.support()
    once = iter([True])

    def meanwhile(*args, real=view.progress):
        if next(once, False):
            people.deactivate(cast.adam, User.objects.get(pk=cast.tuva.user_id))
        return real(*args)

    monkeypatch.setattr(view, "progress", meanwhile)
    before = AccessEntry.objects.filter(outcome="shown").count()
    client = as_(cast.tuva)
    assert client.get(f"/arenden/{case.reference}/").status_code in (403, 404)
    assert AccessEntry.objects.filter(outcome="shown").count() == before


def test_closing_a_sign_in_is_at_once_and_nothing_is_deleted(admin, as_, path, cast):
    case = path.support()
    open_session = as_(cast.tuva)
    assert open_session.get(f"/arenden/{case.reference}/").status_code == 200
    assert "Stäng inloggningen för Tuva Test?" in text(
        admin.get(f"/personer/{cast.tuva.user.uuid}/gor/stang/")
    )
    assert admin.post(f"/personer/{cast.tuva.user.uuid}/gor/stang/").status_code == 302
    answer = open_session.get(f"/arenden/{case.reference}/")
    assert answer.headers["Location"].startswith("/konto/login/")
    cast.tuva.refresh_from_db()
    assert (cast.tuva.until, cast.tuva.user.is_active) == (clock.today(), False)
    assert changes() == ["person.closed"]

    assert admin.post(f"/personer/{cast.tuva.user.uuid}/gor/oppna/").status_code == 302
    user = User.objects.get(pk=cast.tuva.user_id)
    assert user.is_active
    assert not Membership.objects.in_force().filter(user=user).exists()


def test_name_mail_and_language(admin, cast):
    user = invited(admin)
    url = f"/personer/{user.uuid}/andra/"
    given = {
        "first_name": "Nya",
        "last_name": "Öberg",
        "email": "nya@example.org",
        "language": "en",
    }
    assert admin.post(url, given | {"sso_id": "abc-1"}).status_code == 302
    user.refresh_from_db()
    assert (user.username, user.language, user.sso_id) == ("nya@example.org", "en", "abc-1")
    other = f"/personer/{cast.sara.user.uuid}/andra/"
    taken = admin.post(other, given | {"email": "s@example.org", "sso_id": "abc-1"})
    assert list(taken.context["form"].errors) == ["sso_id"]
    assert "Nya Öberg" in text(
        admin.post("/personer/", {"sok": "ÖBERG nya"})
    ) or "Öberg, Nya" in text(admin.post("/personer/", {"sok": "ÖBERG nya"}))
    assert "Ingen hittades" in text(admin.post("/personer/", {"sok": "finns inte"}))
    assert admin.post("/personer/", {"sok": "a\x00b"}).status_code == 200


def test_the_list_is_paged_without_gaps_and_costs_the_same_with_300(admin, cast):
    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert admin.get("/personer/").status_code == 200
        return len(asked)

    cost()
    three = cost()
    for n in range(300):
        user = User.objects.create(username=f"p{n}", first_name=f"F{n % 7}", last_name=f"L{n % 40}")
        Membership.objects.create(user=user, organisation=cast.team, role="team")
    assert cost() == three
    seen: list[int] = []
    after = ""
    while True:
        rows, after = people.page(after=after)
        seen += [row["pk"] for row in rows]
        if not after:
            break
    wanted = User.objects.order_by("last_name", "first_name", "pk").values_list("pk", flat=True)
    assert seen == list(wanted)


def test_a_role_closed_before_its_first_day_never_was_and_is_not_coming(as_, between, cast):
    begins = clock.today() + timedelta(days=7)
    user = cast.tuva.user
    people.add_membership(
        cast.adam, user, organisation=cast.other_team, role=Role.TEAM, since=begins
    )
    people.deactivate(cast.adam, User.objects.get(pk=user.pk))
    adam, url = as_(cast.adam), f"/personer/{user.uuid}/"
    for _opened in range(2):
        shown = text(adam.get(url))
        assert "Avslutad innan den började" in shown
        assert "Kommande" not in shown
        people.reactivate(cast.adam, User.objects.get(pk=user.pk))
