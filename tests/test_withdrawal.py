"""A consent taken back: every way out that stood open is closed on the next request of everybody."""

from __future__ import annotations

import io
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from pypdf import PdfReader

from accounts.models import Membership
from documents.models import Document
from history import outbox
from history.door import perform
from history.models import Outgoing
from tests.oracle.record import asked_for, printed
from tests.oracle.teller import Teller
from tests.oracle.town import add_colleagues
from workflows.models import Following, Notice

BACKEND = "accounts.backend.WithRoles"


def browser(membership: Membership) -> Client:
    client = Client()
    client.force_login(membership.user, backend=BACKEND)
    session = client.session
    session["membership"] = membership.pk
    session.save()
    return client


@pytest.fixture
def told(cast):
    add_colleagues(cast)
    teller = Teller(cast)
    teller.situation = "support"
    return teller, teller.support()


def said(answer) -> str:
    if answer.headers.get("Content-Type") == "application/pdf":
        pages = PdfReader(io.BytesIO(answer.content)).pages
        return "".join(page.extract_text() for page in pages)
    return answer.content.decode() + str(answer.headers)


def ways_out(case, cast) -> list[tuple[str, str, str, str, dict[str, Any]]]:
    """(how one gets there, who, address, which kind of secret it carries, headers)."""
    base, ref = f"/arenden/{case.reference}", f"/remisser/{case.referral.reference}"
    goal, need = case.goals.first(), case.needs.first()
    plan = printed("plan", case, by=cast.sara)
    words = printed("referral", case.referral, by=cast.tuva)
    htmx = {"HTTP_HX_REQUEST": "true"}
    kept = {"HTTP_IF_NONE_MATCH": '"x"', "HTTP_IF_MODIFIED_SINCE": "Wed, 25 Nov 2026 08:00:00 GMT"}
    return [
        *((f"{who}: the case", who, f"{base}/", "plan", {}) for who in ("sara", "petra")),
        *((f"{who}: the plan", who, f"{base}/plan/", "plan", {}) for who in ("sara", "petra")),
        *(
            (f"{who}: meetings", who, f"{base}/anteckningar/", "meeting", {})
            for who in ("sara", "petra")
        ),
        ("petra: the school's part", "petra", f"{base}/kartlaggning/", "schoolsection", {}),
        ("sara: a piece of a page", "sara", f"{base}/plan/", "plan", htmx),
        ("sara: kept by her browser", "sara", f"{base}/plan/", "plan", kept),
        ("petra: a bookmark with a query", "petra", f"{base}/plan/?fran=start", "plan", {}),
        ("petra: the head alone", "petra", f"{base}/anteckningar/?x=1", "meeting", {}),
        ("sara: the file she made", "sara", f"/dokument/{plan.uuid}/fil/", "plan", {}),
        *(
            (f"{who}: the school's words", who, f"{ref}/", "referral", {})
            for who in ("tuva", "tore", "pia")
        ),
        ("tuva: a piece of the words", "tuva", f"{ref}/", "referral", htmx),
        ("tuva: the words kept", "tuva", f"{ref}/?steg=1", "referral", kept),
        ("tuva: the words as a file", "tuva", f"/dokument/{words.uuid}/fil/", "referral", {}),
        *(
            (f"sara: a move on the {kind}", "sara", f"/gor/{kind}/{obj.uuid}/{move}/", "", {})
            for kind, obj, move in (
                ("goal", goal, "meet_fully"),
                ("mappedneed", need, "leave_without_goal"),
            )
        ),
        ("sara: how the file goes", "sara", f"/dokument/{plan.uuid}/", "", {}),
        ("tuva: how the words' file goes", "tuva", f"/dokument/{words.uuid}/", "", {}),
    ]


def test_why_it_was_taken_back_is_told_to_the_side_that_took_it_down(told, cast):
    """What the family says to the school when it takes its yes back is nothing the team is told."""
    _teller, case = told
    why = "Pappa ringde om mamma"
    perform(case.consents.active().get().withdraw, by=cast.sara, reason=why)
    for page in ("", "handelser/"):
        url = f"/arenden/{case.reference}/{page}"
        shown = {
            name: why in said(browser(getattr(cast, name)).get(url))
            for name in ("sara", "petra", "tuva", "pia", "mona")
        }
        assert [name for name, there in shown.items() if there] == ["sara", "petra"]


def test_twenty_ways_out_are_open_before_and_closed_on_the_next_request(told, cast):
    teller, case = told
    ways = ways_out(case, cast)
    assert len(ways) >= 20
    open_tabs = {
        name: browser(getattr(cast, name)) for name in ("sara", "petra", "tuva", "tore", "pia")
    }

    def tried() -> list[tuple[str, int, bool]]:
        found = []
        for name, who, url, secret, headers in ways:
            answer = open_tabs[who].get(url, **headers)
            shown = teller.says(secret) in said(answer).replace("\n", "") if secret else False
            found.append((name, answer.status_code, shown))
        return found

    before = tried()
    closed = [
        name
        for (name, status, shown), way in zip(before, ways, strict=True)
        if status != 200 or shown != bool(way[3])
    ]
    assert closed == []
    perform(case.consents.active().get().withdraw, by=cast.tuva, reason="Ringde")
    after = tried()
    assert [name for name, _status, shown in after if shown] == []
    # What held nothing but the shared is gone altogether, not only emptied. The notes' page too,
    # where the school has written none of its own.
    gone = {name: status for name, status, _shown in after}
    for name in (
        "sara: the plan",
        "petra: the plan",
        "sara: the file she made",
        "sara: a move on the goal",
        "tuva: the words as a file",
        "sara: how the file goes",
        "petra: meetings",
    ):
        assert gone[name] == 404, name


def test_what_waited_in_a_queue_is_not_made_afterwards(told, cast):
    """Asked for while the consent held, made when it no longer does: asked again when it runs."""
    _teller, case = told
    waiting = asked_for("plan", case, by=cast.sara)
    perform(case.consents.active().get().withdraw, by=cast.tuva)
    outbox.send(Outgoing.objects.get(key=f"document:{waiting.uuid}").pk)
    document = Document.objects.get(pk=waiting.pk)
    assert (document.status, document.code, document.file) == ("failed", "right_gone", None)


def test_whoever_lost_the_role_gets_no_mail_that_waited(told, cast):
    _teller, case = told
    cast.tuva.user.email = "tuva@example.org"
    cast.tuva.user.save()
    perform(case.hand_on, by=cast.mona, responsible=cast.tore, deputy=cast.tuva)
    perform(case.begin_review, by=cast.tore)
    Following.objects.create(membership=cast.tuva, case=case)
    perform(case.propose_closure, by=cast.tore, code="other", planned=True)
    waiting = list(Outgoing.objects.filter(kind="notice", sent=None))
    assert [
        row for row in waiting if Notice.objects.get(uuid=row.payload["notice"]).to == cast.tuva
    ]
    Membership.objects.filter(pk=cast.tuva.pk).update(until="2021-01-01")
    mail.outbox.clear()
    for row in waiting:
        outbox.send(row.pk)
    assert [m for m in mail.outbox if "tuva@example.org" in m.to] == []


@pytest.mark.parametrize(
    "who", ["sara", "petra", "tuva", "mona", "rut", "dag", "cecilia", "gun", "adam"]
)
@pytest.mark.parametrize("how", ["role", "account"])
def test_a_change_acts_on_the_next_request_of_an_open_session(who, how, cast):
    membership = getattr(cast, who)
    client = browser(membership)
    assert client.get("/").status_code == 200
    if how == "role":
        Membership.objects.filter(pk=membership.pk).update(until="2021-01-01")
        assert client.get("/").headers["Location"] == "/roll/"
    else:
        membership.user.is_active = False
        membership.user.save()
        assert client.get("/").headers["Location"].startswith(("/konto/login/", "/roll/"))
    key = {"key": str(uuid4()), "version": "1"}
    assert client.post("/skyddat/", key).status_code == 302


def test_an_error_tells_nothing_and_carries_the_same_headers(told, cast, monkeypatch):
    from workflows import worklist

    teller, _case = told

    def broken(*_args: object) -> None:
        raise RuntimeError(teller.says("identity"))

    monkeypatch.setattr(worklist, "page", broken)
    client = browser(cast.tuva)
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    assert teller.says("identity") not in said(answer)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
