"""Two of the same: one stays, the other is put away as its duplicate, and nobody learns of a third."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import ValidationError

from history.door import begin, edit, perform
from history.models import Event, Outcome, Seen
from referrals.models import BreakGlass, Case, Referral
from tests.conftest import told, what_is_wrong
from tests.test_pages import asked, text

UNKNOWN = "Det finns ingen annan från samma skola med det numret som är öppen och som du ser."
WHY = "Två mentorer skrev var sin."


def page(matter, end="dubblett/"):
    kind = "arenden" if isinstance(matter, Case) else "remisser"
    return f"/{kind}/{matter.reference}/{end}"


def now(matter):
    return type(matter).objects.get(pk=matter.pk)


def put_away(client, second, number, **more):
    return client.post(page(second), asked(now(second), of=number, reason=WHY, **more))


@pytest.fixture
def two(path):
    """Accepted, and the same pupil's second referral, sent by the same school."""
    first = path.accepted()
    return first, path.submitted(pupil=first.pupil)


def test_the_school_takes_the_second_back(as_, two, cast):
    first, second = two
    sara = as_(cast.sara)
    assert page(second) in text(sara.get(page(second, "")))
    assert "Det här kan du göra, och inte" not in text(sara.get(page(second)))
    # The one other of the same pupil is there already.
    assert sara.get(page(second)).context["form"]["of"].value() == first.reference
    assert put_away(sara, second, f" {first.reference.lower()} ").headers["Location"] == page(
        second, ""
    )
    gone = now(second)
    assert (gone.status, gone.withdraw_code, gone.duplicate_of) == ("withdrawn", "duplicate", first)
    assert Event.objects.of(second).last().words.text.open() == WHY
    assert (now(first).status, now(first.case).status) == ("accepted", "awaiting_consent")
    # Sealed as both are, the team knows them by number.
    for who in (cast.sara, cast.petra, cast.tuva):
        told_of = text(as_(who).get(page(second, "")))
        assert f'Dubblett av <a href="{page(first, "")}">{first.reference}</a>' in told_of
    assert as_(cast.sara).get(page(second)).status_code == 404
    assert what_is_wrong() == []


def test_an_accepted_second_ends_with_its_case_and_its_question(as_, path, cast):
    first = path.accepted()
    kept = path.ask(first)
    second = path.accepted(pupil=path.pupil())
    waiting = path.ask(second)
    # By the case's number too, which is what people have in front of them.
    put_away(as_(cast.petra), second, first.case.reference)
    assert (now(second).status, now(second).duplicate_of) == ("withdrawn", first)
    assert (now(second.case).status, now(waiting).status) == ("closed", "lapsed")
    assert (now(first.case).status, now(kept).status) == ("awaiting_consent", "requested")
    assert what_is_wrong() == []


def test_the_unit_manager_says_no_to_the_second(as_, two, path, cast):
    first, _second = two
    # Another pupil record at the same school, written by somebody who knows nothing of the first.
    second = path.draft(pupil=path.pupil(by=cast.siv), by=cast.siv)
    second = perform(second.submit, by=cast.siv).obj
    tuva, mona, siv = (as_(who) for who in (cast.tuva, cast.mona, cast.siv))
    assert tuva.get(page(second)).status_code == 404
    # Before a consent nobody is told who is who: the number has to come from the school.
    form = mona.get(page(second))
    assert form.context["form"]["of"].value() is None
    assert first.reference not in text(form)
    assert "numret på den andra behöver du få av skolan" in text(form)
    assert "är det ingen dubblett här" in text(form)
    put_away(mona, second, first.reference)
    gone = now(second)
    assert (gone.status, gone.code, gone.duplicate_of) == ("declined", "duplicate", first)
    assert gone.instead.open() == "Skolan har redan en remiss för eleven. Rektor vet vilken."
    assert first.reference in text(mona.get(page(second, "")))
    # The writer is told that there is one, and not which.
    heard = text(siv.get(page(second, "")))
    assert "Dubblett: det finns redan en från samma skola." in heard
    assert "Rektor vet vilken." in heard
    assert first.reference not in heard
    assert siv.get(page(first, "")).status_code == 404
    assert what_is_wrong() == []


def test_what_is_not_ones_to_know_sounds_like_what_does_not_exist(as_, two, path, cast):
    first, second = two
    ended = perform(path.submitted().withdraw, by=cast.sara, code="other").obj
    theirs = path.draft(pupil=path.pupil(by=cast.olga), by=cast.olga)
    theirs = perform(theirs.submit, by=cast.olga).obj
    draft = path.draft()
    hidden = path.submitted(pupil=path.pupil(protection="marked"))
    not_shown = perform(path.draft(pupil=path.pupil(by=cast.siv), by=cast.siv).submit, by=cast.siv)
    numbers = ["26-22222", "x", second.reference, ended.reference, theirs.reference]
    numbers += [draft.reference, hidden.reference]
    for who in (cast.sara, cast.mona):
        client = as_(who)
        tries = [*numbers, not_shown.obj.reference] if who == cast.sara else numbers
        answers = {text(put_away(client, second, number)).count(UNKNOWN) for number in tries}
        assert answers == {2}, who  # in the summary and beside the field
    assert now(second).status == "submitted"
    # The unit manager sees the other school's, sealed: not even so is the one told of the other.
    assert as_(cast.mona).get(page(theirs, "")).status_code == 200
    assert (told(second), now(first).status) == (["draft", "submit"], "accepted")


def test_the_move_itself_keeps_to_one_school_and_one_team(two, path, cast):
    first, second = two
    theirs = path.draft(pupil=path.pupil(by=cast.olga), by=cast.olga)
    theirs = perform(theirs.submit, by=cast.olga).obj
    elsewhere = path.draft()
    cast.other_team.serves.add(cast.south)
    elsewhere = edit(elsewhere, by=cast.sara, team=cast.other_team).obj
    elsewhere = perform(elsewhere.submit, by=cast.sara).obj
    for other in (None, second, theirs, elsewhere):
        with pytest.raises(ValidationError) as refused:
            perform(second.decline, by=cast.mona, code="duplicate", of=other)
        assert set(refused.value.message_dict) == {"of"}, other
    for other in (None, second, theirs):
        with pytest.raises(ValidationError) as refused:
            perform(second.withdraw, by=cast.sara, code="duplicate", of=other)
        assert set(refused.value.message_dict) == {"of"}, other
    # Its own school may put it away for one it has sent to another team; this one hears nothing.
    perform(second.withdraw, by=cast.sara, code="duplicate", of=elsewhere)
    assert now(second).duplicate_of == elsewhere
    # Any other reason leaves nothing to point to.
    perform(first.withdraw, by=cast.sara, code="other", of=elsewhere)
    assert now(first).duplicate_of is None


def test_a_team_that_may_not_read_the_other_is_not_told_that_there_is_one(as_, two, path, cast):
    second = two[1]
    cast.other_team.serves.add(cast.south)
    elsewhere = edit(path.draft(), by=cast.sara, team=cast.other_team).obj
    elsewhere = perform(elsewhere.submit, by=cast.sara).obj
    put_away(as_(cast.sara), second, elsewhere.reference)
    assert now(second).duplicate_of == elsewhere
    for who in (cast.tuva, cast.mona):
        heard = text(as_(who).get(page(second, "")))
        assert "ubblett" not in heard
        assert elsewhere.reference not in heard
    assert elsewhere.reference in text(as_(cast.petra).get(page(second, "")))


def test_the_team_ends_the_second_case_and_the_family_keeps_one_consent(as_, path, cast):
    first, second = path.support(), path.support(pupil=path.pupil())
    tuva = as_(cast.tuva)
    assert page(second) in text(tuva.get(page(second, "")))
    assert put_away(tuva, second, first.reference).status_code == 302
    ending = now(second)
    assert (ending.status, ending.closure_code, ending.planned, ending.duplicate_of) == (
        "closing",
        "duplicate",
        None,
        first,
    )
    assert ending.closure_gaps() == {}
    # Not so after all: it goes on and is nobody's duplicate.
    back = perform(ending.resume, by=cast.tuva, reason="Det var syskon.").obj
    assert (back.status, back.closure_code, back.duplicate_of) == ("support", "", None)
    put_away(tuva, second, first.referral.reference)
    mona = as_(cast.mona)
    sent = mona.post(f"/gor/case/{second.uuid}/confirm_closure/", asked(now(second)))
    assert sent.status_code == 302
    assert (now(second).status, now(first).status) == ("closed", "support")
    assert [c.status for c in second.consents.all()] == ["ended"]
    assert [c.status for c in first.consents.all()] == ["active"]
    for who in (cast.tuva, cast.sara):
        heard = text(as_(who).get(page(second, "")))
        assert f'Dubblett av <a href="{page(first, "")}">{first.reference}</a>' in heard
    assert what_is_wrong() == []


def test_a_school_is_not_told_of_a_case_it_does_not_know(as_, path, cast):
    """The first's pupil has moved to the new school, which no consent names; it then refers anew."""
    first = path.support()
    first = perform(first.change_school, by=cast.tuva, school=cast.new_school).obj
    pupil = path.pupil(by=cast.nina)
    second = path.draft(pupil=pupil, by=cast.nina)
    second = perform(second.submit, by=cast.nina).obj
    second = perform(second.accept, by=cast.tuva, **path.two).obj
    path.sign(path.ask(second, by=cast.nina, deputy=cast.nina))
    case = Case.objects.get(referral=second)
    assert (case.status, case.school) == ("mapping", first.school)
    assert UNKNOWN in text(put_away(as_(cast.tuva), case, first.reference))
    with pytest.raises(ValidationError) as refused:
        perform(case.propose_closure, by=cast.tuva, code="duplicate", of=first)
    assert set(refused.value.message_dict) == {"of"}
    assert now(case).status == "mapping"
    # The other way about it knows of what stays.
    put_away(as_(cast.tuva), first, case.reference)
    assert (now(first).status, now(first).duplicate_of) == ("closing", case)


def test_nobody_puts_away_what_is_not_open_to_them(as_, path, cast):
    first, second = path.support(), path.support(pupil=path.pupil())
    tore = as_(cast.tore)  # of the team, named on nothing
    assert tore.get(page(second, "")).status_code == 200
    assert tore.get(page(second)).status_code == 404
    # An emergency opens it for reading only.
    begin(BreakGlass(case=second, by=cast.tore, hours=1, why="Akut"), by=cast.tore)
    assert "Är det en dubblett?" not in text(tore.get(page(second, "")))
    assert put_away(tore, second, first.reference).status_code == 404
    assert now(second).status == "support"
    for who in (cast.oda, cast.odd, cast.olga, cast.rut, cast.dag, cast.gun):
        assert as_(who).get(page(second)).status_code == 404, who


def test_a_case_without_consent_is_ended_by_anyone_in_the_team(as_, path, cast):
    """Also for any other reason, when the family has said no: "ask anew or close"."""
    first, second = path.accepted(), path.accepted(pupil=path.pupil())
    line = path.ask(second).lines.order_by("pk").first()
    perform(line.consent.refuse, by=cast.sara, line=line, how="paper", note="Per telefon")
    tore = as_(cast.tore)
    heard = text(tore.get(page(second.case, "")))
    assert f"/gor/case/{second.case.uuid}/propose_closure/" in heard
    put_away(tore, second.case, first.case.reference)
    assert now(second.case).duplicate_of == first.case
    perform(now(second.case).confirm_closure, by=cast.mona)
    assert now(second.case).status == "closed"
    assert what_is_wrong() == []


def test_the_ordinary_ways_do_not_take_the_word(as_, two, cast):
    second = two[1]
    for who, move in ((cast.sara, "withdraw"), (cast.mona, "decline")):
        given = asked(second, code="duplicate", instead="Ring")
        answer = as_(who).post(f"/gor/referral/{second.uuid}/{move}/", given)
        assert list(answer.context["form"].errors) == ["code"]
    assert now(second).status == "submitted"


def test_somebody_was_first(as_, two, cast):
    first, second = two
    given = asked(second, of=first.reference, reason=WHY)
    edit_by_team = perform(second.return_for_completion, by=cast.tuva, missing="Frånvaro").obj
    answer = as_(cast.sara).post(page(second), given)
    assert answer.status_code == 409
    assert WHY in text(answer)
    assert now(second).status == edit_by_team.status


def test_both_are_on_record_as_seen(as_, two, cast):
    """The page shows the number of the other: its pupil was looked at too."""
    as_(cast.sara).get(page(two[1]))
    last = Seen.objects.order_by("-pk").first().entry
    assert (last.what, last.outcome) == ("referral.duplicate", Outcome.SHOWN)
    shown = set(Seen.objects.filter(entry=last).values_list("pupil_uuid", flat=True))
    assert shown == {two[0].pupil.uuid}


def test_no_number_of_another_school_stands_on_the_page(as_, path, cast):
    """Two schools know the same person; the trail is one, and neither is told."""
    pupil = path.pupil()
    mine = path.submitted(pupil=pupil)
    twin = path.pupil(by=cast.olga, number=pupil.number.open())
    theirs = perform(path.draft(pupil=twin, by=cast.olga).submit, by=cast.olga).obj
    assert theirs.trail_id == mine.trail_id
    for who, own in ((cast.sara, mine), (cast.petra, mine), (cast.olga, theirs), (cast.mona, mine)):
        shown = set(re.findall(r"\b\d\d-[2-9A-Z]{5}\b", text(as_(who).get(page(own)))))
        assert shown - {"26-7K3PR"} == {own.reference}, who
    assert Referral.objects.exclude(duplicate_of=None).count() == 0
