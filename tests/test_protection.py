"""Protected identity: two persons, a reason at every opening, and nowhere else."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.test import Client

from accounts import clock
from accounts.models import Membership
from history import outbox
from history.door import begin, edit, perform
from history.models import AccessEntry, Outgoing, Seen
from referrals import invitations
from referrals.models import Case, GuardianDecision, ProtectionRight, Pupil, Referral
from tests.cast import link
from workflows import deadlines
from workflows.models import Notice, Turn

BACKEND = "accounts.backend.WithRoles"


@pytest.fixture
def as_(db):
    def sign_in(membership: Membership) -> Client:
        client = Client()
        client.force_login(membership.user, backend=BACKEND)
        session = client.session
        session["membership"] = membership.pk
        session.save()
        return client

    return sign_in


@pytest.fixture
def secret(path):
    """A protected pupil's referral, sent to the team."""
    pupil = path.pupil(protection="marked")
    return perform(path.draft(pupil=pupil).submit, by=path.cast.sara).obj


def propose(referral, holder, first):
    right = ProtectionRight(
        pupil=referral.pupil,
        reference=referral.reference,
        organisation=first.organisation,
        holder=holder,
        first=first,
    )
    return begin(right, by=first).obj


def given(referral, holder, first, second):
    return perform(propose(referral, holder, first).give, by=second, second=second).obj


def text(answer) -> str:
    return answer.content.decode()


def test_the_right_takes_two_persons_and_one_of_them_answers(secret, cast, path):
    """(first, second, holder) → who is refused: oneself twice, the holder, two without office."""
    right = propose(secret, cast.tuva, cast.mona)
    for nobody in (cast.mona, cast.tuva, cast.olga, cast.odd, cast.sara):
        with pytest.raises((PermissionDenied, ValidationError, Http404)):
            perform(right.give, by=nobody, second=nobody)
        right.refresh_from_db()
        assert right.status == "proposed"
    assert Referral.objects.visible_to(cast.tuva).count() == 0
    perform(right.give, by=cast.tore, second=cast.tore)
    assert Referral.objects.visible_to(cast.tuva).get() == secret
    assert Referral.objects.visible_to(cast.tore).count() == 0


def test_two_colleagues_without_office_cannot_give_it(secret, cast):
    right = propose(secret, cast.mona, cast.tuva)
    with pytest.raises(PermissionDenied):
        perform(right.give, by=cast.tore, second=cast.tore)


def test_nobody_is_two_by_having_two_roles(secret, cast):
    """The unit manager, who is also a team member, is still one person."""
    also = Membership.objects.create(user=cast.mona.user, organisation=cast.team, role="team")
    right = propose(secret, cast.tuva, cast.mona)
    with pytest.raises(PermissionDenied):
        perform(right.give, by=also, second=also)
    with pytest.raises(PermissionDenied):
        propose(secret, also, cast.mona)


def test_the_second_person_is_the_one_who_acts(secret, cast):
    right = propose(secret, cast.tuva, cast.mona)
    with pytest.raises(ValidationError):
        perform(right.give, by=cast.tore, second=cast.mona)


def test_the_right_ends_with_its_case_and_acts_at_once(secret, cast):
    given(secret, cast.tuva, cast.mona, cast.tore)
    perform(
        secret.decline, by=cast.mona, code="no_answer", instead="x"
    ) if Referral.objects.visible_to(cast.mona) else perform(
        secret.withdraw, by=cast.sara, code="other"
    )
    assert ProtectionRight.objects.get().status == "ended"
    assert Referral.objects.visible_to(cast.tuva).count() == 0


def test_every_opening_asks_why_and_the_reason_is_on_record(as_, secret, cast):
    given(secret, cast.tuva, cast.mona, cast.tore)
    client, url = as_(cast.tuva), f"/remisser/{secret.reference}/"
    asked = client.get(url)
    assert asked.headers[
        "Location"
    ] == f"/skyddat/{secret.pupil.uuid}/oppna/?till=/remisser/{secret.reference}/".replace(
        "/remisser", "%2Fremisser"
    ).replace(f"{secret.reference}/", f"{secret.reference}%2F").replace(
        "till=%2Fremisser/", "till=%2Fremisser%2F"
    )
    where = asked.headers["Location"]
    assert "Skriv varför" in text(client.post(where, {"why": " "}))
    answer = client.post(where, {"why": "Första samtalet i dag"})
    assert answer.headers["Location"] == url
    entry = AccessEntry.objects.order_by("-pk").first()
    assert (entry.what, entry.words.text.open()) == ("protected.open", "Första samtalet i dag")
    assert client.get(url).status_code == 200
    assert Seen.objects.order_by("-pk").first().ground == "protected"
    # Back in the worklist the case is closed again.
    client.get("/")
    assert client.get(url).status_code == 302


def test_an_opening_opens_one_pupil_only(as_, path, secret, cast):
    other = perform(path.draft(pupil=path.pupil(protection="marked")).submit, by=cast.sara).obj
    client = as_(cast.sara)
    client.post(f"/skyddat/{secret.pupil.uuid}/oppna/?till=/", {"why": "Samtal"})
    assert client.get(f"/remisser/{secret.reference}/").status_code == 200
    assert client.get(f"/remisser/{other.reference}/").status_code == 302


def test_it_leads_back_only_to_pages_of_ours(as_, secret, cast):
    client = as_(cast.sara)
    for away in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        answer = client.post(f"/skyddat/{secret.pupil.uuid}/oppna/?till={away}", {"why": "x"})
        assert answer.headers["Location"] == "/"


def test_in_its_holders_worklist_a_number_and_a_day(as_, secret, cast):
    given(secret, cast.tuva, cast.mona, cast.tore)
    page = as_(cast.tuva).get("/?vems=alla")
    (row,) = page.context["rows"]
    told = {row[key] for key in ("kind", "words", "state", "person", "school__name")}
    assert (row["name"], row["reference"], told) == ("Skyddat ärende", secret.reference, {""})
    assert not re.search("Alva|Hemlig", text(page))
    (told,) = re.findall("<tbody.*</tbody>", text(page), re.DOTALL)  # the filters name every state
    assert not re.search("Inskickad|Begär", told)
    assert secret.reference not in text(as_(cast.tore).get("/?vems=alla"))


@pytest.mark.parametrize("url", ["/remisser/", "/arenden/"])
def test_in_no_list(url, as_, secret, cast):
    given(secret, cast.tuva, cast.mona, cast.tore)
    for reader in (cast.tuva, cast.sara, cast.petra):
        assert secret.reference not in text(as_(reader).get(url))


@pytest.mark.parametrize("words", ["Skyddat", "Alva", "Hemlig", "{reference}"])
def test_in_no_search(words, as_, secret, cast):
    given(secret, cast.tuva, cast.mona, cast.tore)
    Turn.objects.update(responsible=cast.tuva)
    page = text(as_(cast.tuva).post("/", {"sok": words.format(reference=secret.reference)}))
    assert secret.reference not in page.replace(f'value="{secret.reference}"', "")


def test_looking_for_the_number_tells_a_stranger_nothing(as_, secret, cast):
    """A colleague who types the number meets the same page as for a number nobody has."""
    number = secret.pupil.number.open()
    client = as_(cast.siv)
    client.post("/remisser/ny/", {"needed": "no"})
    answer = client.post("/remisser/ny/elev/", {"number": number})
    assert answer.headers["Location"] == "/remisser/ny/elev/ny/"


def test_counted_in_every_deadline(as_, secret, cast):
    Turn.objects.update(responsible=cast.tuva, due=clock.today())
    deadlines.tell_of_due()
    notice = Notice.objects.get(to=cast.tuva, code="due")
    assert (notice.reference, notice.object_uuid) == ("", None)
    load = as_(cast.mona).get("/laget/").context["load"]
    assert [row["n"] for row in load] == [1]
    assert secret.reference not in text(as_(cast.mona).get("/laget/"))
    assert secret.reference in text(as_(cast.mona).get("/skyddat/"))


def test_no_guardian_is_asked_before_a_holder_has_decided(as_, path, secret, cast):
    given(secret, cast.tuva, cast.mona, cast.tore)
    accepted = perform(secret.accept, by=cast.tuva, **path.two).obj
    with pytest.raises(ValidationError, match="Besluta först"):
        path.ask(accepted)
    guardian = secret.pupil.guardians.get()
    client = as_(cast.sara)
    client.post(f"/skyddat/{secret.pupil.uuid}/oppna/?till=/", {"why": "Fråga mamman"})
    url = f"/skyddat/{secret.pupil.uuid}/vardnadshavare/{guardian.uuid}/"
    form = {"key": str(uuid4()), "ask": "yes", "shows": ["dates"], "why": "Hon bor med eleven."}
    assert client.post(url, form).headers["Location"] == f"/skyddat/{secret.pupil.uuid}/"
    consent = path.ask(accepted)
    line = consent.lines.get(guardian=guardian)
    client.post(f"/samtycken/{consent.uuid}/{line.uuid}/lank/")
    page = text(client.get(f"/samtycken/{consent.uuid}/"))
    token = re.search(r"/s/([\w-]{40,})/", page)[1]
    code = re.search(r'hero-num">(\d{6})<', page)[1]
    phone = Client()
    phone.post(f"/s/{token}/", {"code": code})
    shown = text(phone.get("/s/fraga/"))
    assert "Skolsocialt team" in shown
    assert not re.search("Åsö skola|Team Söder", shown)
    # Never by mail or text message, even then.
    invitations.send(line)
    for promise in Outgoing.objects.filter(kind="invitation"):
        outbox.send(promise.pk)
    assert mail.outbox == []
    # A later no takes the link away on the next request.
    form = {"key": str(uuid4()), "ask": "no", "why": "Hotbild."}
    client.post(url, form)
    assert phone.get("/s/fraga/").status_code == 404
    assert [row.status for row in GuardianDecision.objects.order_by("pk")] == ["replaced", "made"]


def test_a_pupil_who_becomes_protected_is_closed_to_all_but_one_at_once(as_, path, cast):
    case = path.support()
    consent = case.consents.active().get()
    client, url = as_(cast.tuva), f"/arenden/{case.reference}/"
    assert client.get(url).status_code == 200
    by_link = link(consent)
    pupil = Pupil.objects.get(pk=case.pupil_id)
    form = {"version": pupil.version, "key": str(uuid4()), "protection": "registered"}
    assert as_(cast.sara).post(f"/skyddat/{pupil.uuid}/skydd/", form).status_code == 302
    assert client.get(url).status_code == 404
    assert as_(cast.petra).get(url).status_code == 404
    assert as_(cast.sara).get(url).status_code == 302
    by_link.refresh_from_db()
    assert by_link.revoked is not None
    assert Turn.objects.open().get(what="case").protected


def test_whoever_may_protect_a_pupil_meets_the_way_on_the_pupils_own_page(as_, path, cast):
    """Before this it had to be known by its address; the side that registered the pupil may."""
    case = path.support()
    page, way = f"/elever/{case.pupil.uuid}/", f"/skyddat/{case.pupil.uuid}/skydd/"
    assert f'href="{way}"' not in as_(cast.tuva).get(page).content.decode()
    for who in (cast.petra, cast.sara):
        client = as_(who)
        shown = client.get(page).content.decode()
        assert f'href="{way}"' in shown
        assert "Eleven har skyddade personuppgifter" in shown
        assert f'href="{page}"' in client.get(way).content.decode()  # the way back
    form = {"version": case.pupil.version, "key": str(uuid4()), "protection": "marked"}
    assert as_(cast.sara).post(way, form).headers["Location"] == "/"
    assert Pupil.objects.get(pk=case.pupil.pk).protection == "marked"
    # The principal did not register the pupil: there is no page and so no way.
    assert as_(cast.petra).get(page).status_code == 404


def test_no_document_is_made_of_a_protected_pupil(path, cast):
    from documents.kinds import KINDS, of_a_pupil

    case = path.support()
    edit(case.pupil, by=cast.sara, protection="marked")
    for kind in (one for one in KINDS.values() if one.about is of_a_pupil):
        for reader in (cast.sara, cast.petra, cast.tuva, cast.mona):
            assert kind.rows(reader).count() == 0
    assert Case.objects.get().pupil.protected
