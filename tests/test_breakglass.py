"""Nödöppning: within one's own organisation, for a while, told and reviewed; and no further."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.test import Client

from accounts import clock
from accounts.models import Membership, User
from history.door import begin, edit, perform
from history.models import Seen
from referrals.models import BreakGlass, Case, Note, Referral, Section
from workflows.models import Notice, Turn

BACKEND = "accounts.backend.WithRoles"
GOAL = "Vara i skolan fyra dagar"


@pytest.fixture
def tim(cast):
    """A team member who is named in nothing."""
    user = User.objects.create(username="tim", first_name="Tim")
    return Membership.objects.create(user=user, organisation=cast.team, role="team")


def as_(membership: Membership) -> Client:
    client = Client()
    client.force_login(membership.user, backend=BACKEND)
    session = client.session
    session["membership"] = membership.pk
    session.save()
    return client


def text(answer) -> str:
    return answer.content.decode()


def opened(case, by, hours=1):
    return begin(BreakGlass(case=case, by=by, hours=hours, why="Akut möte i dag"), by=by).obj


def test_in_the_browser_from_the_outline_to_the_review(path, cast, tim):
    case = path.support()
    client, url = as_(tim), f"/arenden/{case.reference}/"
    assert GOAL not in text(client.get(url))
    assert f"/nodoppna/?arende={case.reference}" in text(client.get(url))
    form = {"key": str(uuid4()), "reference": case.reference, "hours": "4"}
    refused = client.post("/nodoppna/", form | {"why": " "})
    assert "Skriv varför du behöver läsa ärendet nu." in text(refused)
    answer = client.post("/nodoppna/", form | {"why": "Tilda är sjuk och mötet är nu"})
    assert answer.headers["Location"] == url
    assert GOAL in text(client.get(url))
    assert Seen.objects.order_by("-pk").first().ground == "break-glass"
    glass = BreakGlass.objects.get()
    turn = Turn.objects.open().get(what="breakglass")
    assert (turn.responsible, turn.side) == (cast.mona, cast.team)
    assert Notice.objects.get(code="glass").to == cast.mona
    assert "Granska nödöppningen" in text(as_(cast.mona).get("/"))
    for reader in (cast.mona, cast.gun):
        assert "Tilda är sjuk" in text(as_(reader).get(f"/nodoppna/{glass.uuid}/"))
    review = f"/gor/breakglass/{glass.uuid}/review/"
    given = {"version": glass.version, "key": str(uuid4()), "verdict": "not_justified"}
    assert "Skriv vad som var fel" in text(as_(cast.mona).post(review, given))
    given |= {"key": str(uuid4()), "comment": "Mötet kunde vänta."}
    assert as_(cast.mona).post(review, given).status_code == 302
    assert BreakGlass.objects.get().status == "reviewed"
    assert not Turn.objects.open().filter(what="breakglass").exists()


def test_it_is_for_reading_only_on_either_side(path, cast, tim):
    case = path.support()
    goal, section = case.goals.get(), case.sections.get(key="school")
    opened(case, tim)
    opened(case, cast.siv)
    change = {"version": goal.version, "key": str(uuid4()), "text": "Något annat"}
    assert as_(tim).post(f"/andra/goal/{goal.uuid}/", change).status_code == 404
    assert f"/gor/goal/{goal.uuid}/" not in text(as_(tim).get(f"/arenden/{case.reference}/plan/"))
    assert f"/gor/goal/{goal.uuid}/" in text(as_(cast.tuva).get(f"/arenden/{case.reference}/plan/"))
    for who in (tim, cast.siv):
        given = {"version": section.version, "key": str(uuid4()), "why": "Inte min sak"}
        url = f"/gor/section/{section.uuid}/set_aside/"
        assert as_(who).post(url, given).status_code == 404
        assert as_(who).get(f"/elever/{case.pupil.uuid}/andra/").status_code == 403
        with pytest.raises(Http404):
            perform(goal.drop, by=who, on=clock.today(), why="x")
    with pytest.raises(Http404):
        perform(case.change_school, by=cast.siv, school=cast.new_school)
    assert (goal.text.open(), case.goals.get().version) == (f"{GOAL} i veckan", goal.version)


def test_why_is_told_to_nobody_on_the_case_itself(path, cast, tim):
    """Its opener, who answers for them and the auditor read it; those named in the case that it was."""
    case = path.support()
    form = {"reference": case.reference, "hours": "1"}
    for who in (tim, cast.siv):
        given = form | {"key": str(uuid4()), "why": "Ansvarig svarar inte"}
        assert as_(who).post("/nodoppna/", given).status_code == 302
    for page in ("", "handelser/"):
        for reader in (cast.tuva, cast.mona, cast.sara, cast.petra, tim, cast.siv):
            said = text(as_(reader).get(f"/arenden/{case.reference}/{page}"))
            assert "Ansvarig svarar inte" not in said
        assert said.count("Någon nödöppnade ärendet") == 0
        own = text(as_(cast.tuva).get(f"/arenden/{case.reference}/{page}"))
        assert own.count("Någon nödöppnade ärendet") == 2


def test_it_ends_by_itself_when_its_time_is_over(path, cast, tim):
    case = path.support()
    opened(case, tim)
    client, url = as_(tim), f"/arenden/{case.reference}/plan/"
    assert client.get(url).status_code == 200
    with clock.at(clock.now() + timedelta(minutes=61)):
        assert Case.objects.open_to(tim).count() == 0
        assert client.get(url).status_code == 404


def test_the_manager_ends_it_at_once(path, cast, tim):
    case = path.support()
    glass = opened(case, tim)
    client, url = as_(tim), f"/arenden/{case.reference}/plan/"
    assert client.get(url).status_code == 200
    perform(glass.stop, by=cast.mona)
    assert client.get(url).status_code == 404


def test_nobody_reviews_their_own(path, cast, tim):
    glass = opened(path.support(), tim)
    also = Membership.objects.create(user=tim.user, organisation=cast.team, role="manager")
    for nobody in (tim, also):
        with pytest.raises(PermissionDenied):
            perform(glass.review, by=nobody, verdict="justified")
    perform(glass.review, by=cast.mona, verdict="justified")


def test_a_manager_who_opens_is_reviewed_by_the_auditor(path, cast):
    path_two = {"responsible": cast.tuva, "deputy": cast.tore}
    case = path.support()
    perform(case.hand_on, by=cast.mona, **path_two)
    glass = opened(case, cast.mona)
    with pytest.raises(PermissionDenied):
        perform(glass.review, by=cast.mona, verdict="justified")
    perform(glass.review, by=cast.gun, verdict="justified")
    assert glass.responsible is None


@pytest.mark.parametrize("who", ["olga", "odd", "ove", "rut", "nina", "dag", "gun", "adam", "sara"])
def test_never_across_the_wall(who, path, cast):
    """Another organisation, another side, or a role without pupils: refused, and nothing is told."""
    case = path.support()
    stranger = getattr(cast, who)
    with pytest.raises((PermissionDenied, Http404)):
        opened(case, stranger)
    answer = as_(stranger).post(
        "/nodoppna/",
        {"key": str(uuid4()), "reference": case.reference, "hours": "1", "why": "Vill se"},
    )
    assert answer.status_code == 404 or "Det finns inget ärende med det numret" in text(answer)
    assert BreakGlass.objects.count() == 0


def test_never_a_sealed_referral(path, cast, tim):
    """Before consent there is no enrolled case: the team cannot open it."""
    case = Case.objects.get(referral=path.accepted())
    with pytest.raises(PermissionDenied):
        opened(case, tim)


def test_never_what_a_consent_has_closed(path, cast, tim):
    """After a withdrawal the team's own record opens, and not the school's words."""
    case = path.support()
    opened(case, tim)
    assert Referral.objects.visible_in_full(tim).count() == 1
    perform(case.consents.active().get().withdraw, by=cast.sara)
    assert Referral.objects.visible_in_full(tim).count() == 0
    words = "Eleven kommer sällan till första lektionen."
    assert words not in text(as_(tim).get(f"/remisser/{case.referral.reference}/"))
    opened(case, cast.siv)
    assert GOAL not in text(as_(cast.siv).get(f"/arenden/{case.reference}/"))


def test_never_a_protected_pupil(path, cast, tim):
    case = path.support()
    edit(case.pupil, by=cast.sara, protection="marked")
    with pytest.raises((PermissionDenied, Http404)):
        opened(case, tim)


def test_protection_closes_what_was_opened(path, cast, tim):
    case = path.support()
    opened(case, tim)
    edit(case.pupil, by=cast.sara, protection="marked")
    assert Case.objects.open_to(tim).count() == 0


def test_it_opens_for_reading_and_not_for_writing(path, cast, tim):
    case = path.support()
    opened(case, tim)
    assert as_(tim).get(f"/arenden/{case.reference}/ny/anteckning/").status_code == 404


def test_a_section_and_a_note_are_hidden_from_guardians_with_a_reason(path, cast):
    case = path.support()
    section = case.sections.first()
    url = f"/gor/section/{section.uuid}/hide_from_guardian/"
    given = {"version": section.version, "key": str(uuid4()), "why": " "}
    client = as_(cast.tuva)
    assert "Skriv varför." in text(client.post(url, given))
    given |= {"key": str(uuid4()), "why": "Eleven är rädd för hur det tas emot."}
    assert client.post(url, given).status_code == 302
    assert "Döljs för vårdnadshavare" in text(
        client.get(f"/arenden/{case.reference}/kartlaggning/")
    )
    hidden = Section.objects.get(pk=section.pk)
    assert hidden not in Section.objects.for_guardians()
    assert hidden.hidden_why.open() == "Eleven är rädd för hur det tas emot."
    perform(hidden.show_to_guardian, by=cast.tuva, why="Eleven vill själv.")
    assert hidden in Section.objects.for_guardians()
    note = Note(case=case, kind="talk", on=clock.today(), text="x", written_by=cast.tuva)
    note.hidden_from_guardian, note.hidden_why = True, "Hotbild"
    signed = perform(begin(note, by=cast.tuva).obj.sign, by=cast.tuva).obj
    assert signed not in Note.objects.for_guardians()
