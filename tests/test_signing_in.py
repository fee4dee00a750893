"""Signing in: counted, on record, with a second factor, by the municipality's own service, and out again."""

from __future__ import annotations

import re
import time
from urllib.parse import parse_qs, urlparse

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from allauth.usersessions.models import UserSession
from django.core.cache import caches
from django.test import Client

from accounts import people
from accounts.models import User
from history import chain, outbox
from history.models import AccessEntry, Outgoing
from tests.idp import sign_in_service
from tests.test_pages import text
from tests.test_people import link_in_the_mail

PASSWORD = "fyra kloka katter"
LOGIN = "/konto/login/"


@pytest.fixture
def sara(cast) -> User:
    user = cast.sara.user
    user.email = "sara@example.org"
    user.set_password(PASSWORD)
    user.save()
    return user


def try_to(client: Client, name: str, password: str):
    return client.post(LOGIN, {"login": name, "password": password})


def signed_in(name: str = "sara") -> Client:
    client = Client()
    assert try_to(client, name, PASSWORD).headers["Location"] == "/"
    return client


def with_phone(client: Client) -> str:
    """Set up the second factor through the pages, on showing who one is; the secret of the phone."""
    url = "/konto/tvafaktor/totp/activate/"
    again = client.get(url).headers["Location"]
    assert client.post(again, {"password": PASSWORD}).headers["Location"] == url
    page = text(client.get(url))
    secret = re.search(r'<code class="num prose">(\w+)</code>', page)[1]
    answer = client.post("/konto/tvafaktor/totp/activate/", {"code": code(secret)})
    assert answer.headers["Location"] == "/konto/tvafaktor/recovery-codes/"
    return secret


def code(secret: str) -> str:
    return auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30))


def test_a_wrong_password_is_on_record_and_says_nothing(sara):
    known, unknown = (try_to(Client(), name, "fel lösenord") for name in ("sara", "ingen"))
    mask = re.compile(rb'csrfmiddlewaretoken" value="[^"]+"|value="(sara|ingen)"')
    assert mask.sub(b"", known.content) == mask.sub(b"", unknown.content)
    rows = AccessEntry.objects.filter(what="sign_in").order_by("pk")
    assert [(row.outcome, row.subject_uuid) for row in rows] == [
        ("refused", sara.uuid),
        ("refused", None),
    ]
    assert not list(chain.faults())


def test_five_wrong_and_even_the_right_one_waits_in_every_process(sara, settings):
    """The count lies where all processes see it: a cache made anew, as in another, knows it too."""
    assert "locmem" not in settings.CACHES["default"]["BACKEND"]
    for _n in range(5):
        assert try_to(Client(), "sara", "fel lösenord").status_code == 200
    caches["default"] = caches.create_connection("default")
    answer = try_to(Client(), "SARA", PASSWORD)
    assert answer.status_code == 200
    assert "För många" in text(answer)
    assert AccessEntry.objects.filter(what="sign_in").count() == 5


def test_by_mail_or_name_and_out_again(sara):
    client = Client()
    assert try_to(client, "Sara@Example.org", PASSWORD).headers["Location"] == "/"
    assert client.get("/").status_code == 200
    assert client.post("/konto/logout/").status_code == 302
    assert client.get("/").headers["Location"].startswith(LOGIN)


def test_a_closed_account_does_not_sign_in(sara, cast):
    people.deactivate(cast.adam, sara)
    client = Client()
    try_to(client, "sara", PASSWORD)
    assert client.get("/").headers["Location"].startswith(LOGIN)


def test_the_second_factor_from_set_up_to_recovery(sara):
    client = signed_in()
    secret = with_phone(client)
    codes = re.findall(
        r'<code class="num">([\w-]+)</code>',
        text(client.get("/konto/tvafaktor/recovery-codes/")),
    )
    assert len(codes) == 10

    again = Client()
    assert try_to(again, "sara", PASSWORD).headers["Location"] == "/konto/tvafaktor/authenticate/"
    assert again.get("/").headers["Location"].startswith(LOGIN)
    wrong = again.post("/konto/tvafaktor/authenticate/", {"code": "000000"})
    assert "Felaktig kod" in text(wrong)
    answer = again.post("/konto/tvafaktor/authenticate/", {"code": codes[0]})
    assert answer.headers["Location"] == "/"
    assert again.get("/").status_code == 200

    once_more = Client()
    try_to(once_more, "sara", PASSWORD)
    used = once_more.post("/konto/tvafaktor/authenticate/", {"code": codes[0]})
    assert "Felaktig kod" in text(used)
    assert secret


def test_a_new_password_by_link_does_not_go_round_the_second_factor(sara, cast):
    with_phone(signed_in())
    people.send_link(cast.adam, sara)
    new = "fem kloka katter till"
    Client().post(link_in_the_mail(), {"password": new, "again": new})
    client = Client()
    assert try_to(client, "sara", new).headers["Location"] == "/konto/tvafaktor/authenticate/"
    assert client.get("/").headers["Location"].startswith(LOGIN)


def test_where_a_second_factor_is_demanded_nobody_comes_further_without(sara, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    client = signed_in()
    for url in ("/", "/remisser/", "/roll/"):
        assert client.get(url).headers["Location"] == "/konto/tvafaktor/totp/activate/"
    with_phone(client)
    assert client.get("/").status_code == 200


def test_an_administrator_forgets_a_lost_phone(sara, cast):
    client = signed_in()
    with_phone(client)
    people.forget_second_factor(cast.adam, sara)
    assert not Authenticator.objects.filter(user=sara).exists()
    assert client.get("/").headers["Location"].startswith(LOGIN)
    assert try_to(Client(), "sara", PASSWORD).headers["Location"] == "/"


def test_a_session_ends_when_idle_and_when_old(sara, settings, monkeypatch):
    now = [time.time()]
    monkeypatch.setattr("accounts.http.time.time", lambda: now[0])
    idle, busy = signed_in(), signed_in()
    assert (idle.get("/").status_code, busy.get("/").status_code) == (200, 200)
    steps = settings.SESSION_ABSOLUTE // 1200
    for _n in range(steps):
        now[0] += 1200
        assert busy.get("/").status_code == 200
    assert idle.get("/").headers["Location"] == LOGIN
    now[0] += 1200
    assert busy.get("/").headers["Location"] == LOGIN


def test_out_everywhere_else_and_out_everywhere(sara, cast):
    here, there = signed_in(), signed_in()
    page = text(here.get("/konto/inloggningar/"))
    assert page.count("127.0.0.1") == 2
    assert here.post("/konto/inloggningar/").status_code == 302
    assert (here.get("/").status_code, there.get("/").status_code) == (200, 302)
    people.sign_out_everywhere(cast.adam, sara)
    assert here.get("/").status_code == 302
    assert not UserSession.objects.filter(user=sara).exists()


def test_a_changed_password_ends_the_other_sessions(sara):
    here, there = signed_in(), signed_in()
    new = "fem kloka katter till"
    given = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post("/konto/password/change/", given).status_code == 302
    assert (here.get("/roll/").status_code, there.get("/roll/").status_code) == (200, 302)


def test_what_we_do_not_offer_is_not_there(sara):
    client = signed_in()
    assert "Ingen skapar ett konto själv" in text(Client().get("/konto/signup/"))
    assert Client().get("/konto/password/reset/").headers["Location"] == "/glomt-losenord/"
    for name in ("email", "password/set", "sso", "sso/signup"):
        assert client.get(f"/konto/{name}/").status_code == 404


def test_a_link_is_asked_for_three_times_an_hour_at_most(sara):
    for _n in range(5):
        assert Client().post("/glomt-losenord/", {"email": sara.email}).status_code == 200
    assert Outgoing.objects.filter(kind="account_link").count() == 3
    assert all(outbox.send(row.pk) for row in Outgoing.objects.all())


@pytest.fixture
def service(settings):
    with sign_in_service() as running:
        app = {
            "provider_id": "kommun",
            "name": "Kommunen",
            "client_id": "bryggan",
            "secret": "s",
            "settings": {"server_url": running.url, "uid_field": "sub"},
        }
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}
        }
        settings.OIDC_ISSUER, settings.OIDC_NAME = running.url, "Kommunen"
        running.person = {"sub": "abc-1", "email": "sara@example.org", "email_verified": True}
        yield running


def by_service(client: Client, *, state: str = ""):
    """Press the button, be sent there, come back with what it gave."""
    away = client.post("/konto/sso/oidc/kommun/login/")
    asked = parse_qs(urlparse(away.headers["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    back = {"code": "x", "state": state or asked["state"][0]}
    return client.get("/konto/sso/oidc/kommun/login/callback/", back)


def test_single_sign_on_by_the_identity_an_administrator_has_set(sara, cast, service):
    assert "Logga in med Kommunen" in text(Client().get(LOGIN))
    people.change_person(cast.adam, sara, sso_id="abc-1")
    client = Client()
    assert by_service(client).headers["Location"] == "/"
    assert client.get("/").status_code == 200
    assert by_service(Client()).headers["Location"] == "/"


def test_never_by_mail_alone_and_never_anybody_new(sara, service):
    client = Client()
    answer = by_service(client)
    assert answer.status_code == 403
    assert "ingen har kopplat den" in text(answer)
    assert client.get("/").headers["Location"].startswith(LOGIN)
    assert AccessEntry.objects.filter(what="sign_in.sso", outcome="refused").count() == 1
    service.person = {"sub": "ny", "email": "ny@example.org"}
    before = User.objects.count()
    assert by_service(Client()).status_code == 403
    assert User.objects.count() == before


def test_a_moved_identity_and_a_closed_account(sara, cast, service):
    people.change_person(cast.adam, sara, sso_id="abc-1")
    by_service(Client())
    people.change_person(cast.adam, sara, sso_id="")
    people.change_person(
        cast.adam, User.objects.get(pk=cast.siv.user_id), sso_id="abc-1", email="siv@example.org"
    )
    client = Client()
    assert by_service(client).headers["Location"] == "/"
    assert "Siv Test" in text(client.get("/"))
    people.deactivate(cast.adam, User.objects.get(pk=cast.siv.user_id))
    assert by_service(Client()).status_code == 403


@pytest.mark.parametrize(
    "claims",
    [{"aud": "en annan"}, {"iss": "https://falsk.example"}, {"exp": 1}],
    ids=["audience", "issuer", "expired"],
)
def test_a_token_for_somebody_else_is_refused(claims, sara, cast, service):
    people.change_person(cast.adam, sara, sso_id="abc-1")
    service.claims = claims
    client = Client()
    by_service(client)
    assert client.get("/").headers["Location"].startswith(LOGIN)


def test_another_state_is_refused(sara, cast, service):
    people.change_person(cast.adam, sara, sso_id="abc-1")
    client = Client()
    by_service(client, state="påhittad")
    assert client.get("/").headers["Location"].startswith(LOGIN)


def test_a_level_too_low_is_refused(sara, cast, service, settings):
    settings.OIDC_ACR = "loa3"
    people.change_person(cast.adam, sara, sso_id="abc-1")
    assert by_service(Client()).status_code == 403
    service.claims = {"acr": "loa3"}
    assert by_service(Client()).headers["Location"] == "/"


def test_single_sign_on_is_the_second_factor(sara, cast, service, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    people.change_person(cast.adam, sara, sso_id="abc-1")
    client = Client()
    by_service(client)
    assert client.get("/").status_code == 200


def test_a_name_longer_than_any_is_refused_beside_its_field(sara):
    client = Client()
    long = "å" * 60_000
    refused = try_to(client, long, PASSWORD)
    assert (refused.status_code, list(refused.context["form"].errors)) == (200, ["login"])
    words = refused.context["form"].errors["login"]
    assert words == ["Det är för långt. Korta till högst 254 tecken."]
    assert refused.context["form"]["login"].value() == long
    assert try_to(client, "sara@example.org", PASSWORD).status_code == 302
