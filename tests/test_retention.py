"""Gallring: what is due, two people, and afterwards nothing that tells who it was is left anywhere."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models
from django.http import Http404

import vault.uploads
from accounts import clock, personnummer
from history import chain, outbox
from history.door import begin, edit, perform
from history.models import AccessEntry, AccessText, Event, EventText, Living, Outgoing, Part
from history.reading import let_out, seen, subject
from referrals.models import Attachment, Case, ConcernReport, NamePart, Note, OutsideContact, Pupil
from tests import corpus
from tests.test_pages import text
from vault.fields import SealedTextField
from vault.models import StoredFile
from workflows import erasing
from workflows.checks import disagreements
from workflows.models import Disposal, DisposalRow

pytestmark = pytest.mark.both_engines
CANARY = "KANARIE"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"


def years_ago(years: int, days: int = 0):
    return clock.now() - timedelta(days=round(years * 365.25) + days)


def closed(path, *, ago, born="2012-03-07", **more):
    """A path told long ago, with the child's name in every place that takes words."""
    with clock.at(ago):
        number = personnummer.for_tests(date.fromisoformat(born), 980 + Pupil.objects.count() % 19)
        pupil = path.pupil(
            given_name=f"{CANARY}a",
            family_name=f"{CANARY}b",
            address=f"{CANARY}gatan 1",
            phone="0701740699",
            email=f"{CANARY}@example.org",
            birth_date=born,
            number=number,
            **more,
        )
        case = path.support(
            pupil=pupil, worry=f"{CANARY} kommer inte", measures=f"{CANARY} har provat"
        )
        _write_everywhere(path, case)
        case = perform(case.propose_closure, by=path.cast.tuva, code="goals_met", planned=True).obj
        ready = path.ready_to_close(case)
        return perform(ready.confirm_closure, by=path.cast.mona, reason=f"{CANARY} klar").obj


def _write_everywhere(path, case) -> None:
    tuva = path.cast.tuva
    note = Note(
        case=case,
        kind="talk",
        on=clock.today(),
        text=f"{CANARY} berättade",
        took_part=CANARY,
        written_by=tuva,
    )
    perform(begin(note, by=tuva).obj.sign, by=tuva)
    outside = OutsideContact(
        case=case,
        kind="bup",
        name=CANARY,
        next_step=f"Ring {CANARY}",
        due=clock.today(),
        responsible=tuva,
    )
    perform(begin(outside, by=tuva).obj.decline, by=tuva)
    stored = vault.uploads.keep(SimpleUploadedFile("a.pdf", corpus.pdf()))
    file = Attachment(
        case=case,
        kind="report",
        title=f"{CANARY} intyg",
        added_by=tuva,
        file=stored.uuid,
        media_type="application/pdf",
        size=1,
    )
    begin(file, by=tuva)
    report = ConcernReport(
        pupil=case.pupil, reporter=tuva, reporters=tuva.organisation, made_on=clock.today()
    )
    perform(begin(report, by=tuva, reason=f"Om {CANARY}").obj.give_up, by=tuva)
    let_out(
        "case",
        path.cast.mona,
        lambda: _looked(case),
    )


def _looked(case: Case) -> None:
    seen(case.pupil.uuid, "own")
    subject(case.uuid, f"{CANARY} frågade")


def everything_stored() -> str:
    """Every text of every table, the sealed ones opened, as one string."""
    said = []
    for model in apps.get_models():
        fields = [
            f
            for f in model._meta.concrete_fields
            if isinstance(f, models.CharField | models.TextField | models.JSONField)
        ]
        rows: models.QuerySet[Any] = models.QuerySet(model)
        for row in rows:
            for field in fields:
                value = row.__dict__.get(field.attname)
                said.append(
                    value.open() or "" if isinstance(field, SealedTextField) else str(value)
                )
    return "\n".join(map(str, said))


def proposed(cast, **who) -> Disposal:
    by = who.get("by", cast.mona)
    new = Disposal(organisation=by.organisation, proposed_by=by)
    return begin(new, by=by, rows=erasing.due(by.organisation)).obj


def approved(disposal: Disposal, by) -> Disposal:
    disposal = perform(disposal.approve, by=by, whose=by).obj
    for pk in outbox.waiting(clock.now()):
        assert outbox.send(pk)
    return Disposal.objects.get(pk=disposal.pk)


def test_after_gallring_nothing_tells_who_it_was(path, cast, settings):
    case, other = closed(path, ago=years_ago(5, 30)), path.support()
    pupil, counted = case.pupil, Case.objects.count()
    number, email = pupil.number.open(), pupil.guardians.get().email.open()
    before = everything_stored()
    assert before.count(CANARY) > 12
    assert number in before
    events = Event.objects.count()
    disposal = approved(proposed(cast), cast.dag)
    assert disposal.status == "carried_out"
    after = everything_stored()
    assert [
        line for line in after.splitlines() if re.search(f"{CANARY}|{number}|{email}", line)
    ] == []
    files = [p for p in Path(settings.FILES_ROOT).rglob("*") if p.is_file()]
    assert (files, StoredFile.objects.count()) == ([], 0)
    assert NamePart.objects.filter(pupil=pupil).count() == 0
    assert not EventText.objects.filter(event__trail=case.trail_id).exists()
    assert not AccessText.objects.exists()
    uuids = {str(case.uuid), str(pupil.uuid)}
    assert not [
        row for row in Outgoing.objects.all() if uuids & set(map(str, row.payload.values()))
    ]
    # What is counted stays, and what is another's is untouched.
    assert (Case.objects.count(), Case.objects.get(pk=case.pk).closure_code) == (
        counted,
        "goals_met",
    )
    assert Event.objects.count() > events
    assert other.pupil.name == Pupil.objects.get(pk=other.pupil_id).name
    assert [*chain.faults(), *disagreements()] == []
    if connection.vendor == "sqlite":
        dump = "\n".join(connection.connection.iterdump())
        assert CANARY not in dump


def test_nobody_reads_the_empty_shell(as_, path, cast):
    case = closed(path, ago=years_ago(6))
    approved(proposed(cast), cast.dag)
    for who in (cast.tuva, cast.mona, cast.sara, cast.petra):
        client = as_(who)
        for url in (f"/arenden/{case.reference}/", f"/remisser/{case.referral.reference}/"):
            assert client.get(url).status_code == 404, (who, url)
        assert case.reference not in text(client.get("/arenden/"))


def test_the_list_has_no_names_and_the_receipt_no_numbers(as_, path, cast):
    case = closed(path, ago=years_ago(6))
    answer = as_(cast.mona).post("/gallring/")
    page = text(as_(cast.dag).get(answer.headers["Location"]))
    assert case.reference in page
    look = AccessEntry.objects.latest("position")
    assert (look.what, look.membership) == ("disposal", cast.dag)
    assert [one.pupil_uuid for one in look.seen.all()] == [case.pupil.uuid]
    assert "Socialnämnden, Utbildningsnämnden" in page
    assert CANARY not in page
    receipt = approved(Disposal.objects.get(), cast.dag)
    page = text(as_(cast.gun).get(f"/gallring/{receipt.uuid}/"))
    assert "Kvitto på gallring" in page
    assert "retention.enrolled" in page
    assert (case.reference in page, CANARY in page) == (False, False)
    assert list(receipt.rows.values_list("path", "reference", "outcome")) == [(None, "", "done")]


def test_the_second_person_is_another(path, cast):
    closed(path, ago=years_ago(6))
    disposal = proposed(cast)
    for by in (cast.mona, cast.tuva, cast.petra, cast.odd, cast.gun):
        with pytest.raises((PermissionDenied, Http404)):
            perform(disposal.approve, by=by, whose=by)
    perform(disposal.reject, by=cast.adam, whose=cast.adam, why="En tvist pågår")
    with pytest.raises(PermissionDenied):
        begin(
            Disposal(organisation=cast.team, proposed_by=cast.tuva),
            by=cast.tuva,
            rows=erasing.due(cast.team),
        )
    both = cast.adam
    both.user = cast.mona.user
    assert (
        not Disposal.objects.get()
        ._meta.get_field("status")
        .transitions[Disposal]["approve"]
        ._django_fsm.has_transition_perm(
            Disposal(organisation=cast.team, proposed_by=cast.mona), "proposed", both
        )
    )


@pytest.mark.parametrize(
    ("years", "days", "code", "due"),
    [(5, 1, "goals_met", 1), (5, -20, "goals_met", 0), (4, 0, "goals_met", 0)],
)
def test_the_time_is_counted_from_the_last_thing_that_happened(years, days, code, due, path, cast):
    closed(path, ago=years_ago(years, days))
    assert len(erasing.due(cast.team)) == due


def test_a_path_without_consent_has_its_own_shorter_time(path, cast):
    with clock.at(years_ago(2, 5)):
        referral = path.submitted()
        perform(referral.decline, by=cast.mona, code="outside_target", instead="BUP")
        own = path.draft()
        perform(own.withdraw, by=cast.sara, code="not_needed")
    rows = erasing.due(cast.team)
    assert [(row.rule, row.reference) for row in rows] == [
        ("retention.never_enrolled", referral.reference)
    ]
    assert [row.reference for row in erasing.due(cast.school)] == [own.reference]
    assert approved(proposed(cast, by=cast.petra), cast.dag).status == "carried_out"


def test_born_on_the_5th_15th_and_25th_are_kept(path, cast):
    kept = [closed(path, ago=years_ago(6), born=f"2012-04-{day}") for day in ("05", "15", "25")]
    gone = closed(path, ago=years_ago(6), born="2012-04-06")
    outcomes = {row.reference: row.outcome for row in erasing.due(cast.team)}
    assert outcomes == {case.reference: "research" for case in kept} | {gone.reference: "dispose"}
    approved(proposed(cast), cast.dag)
    statuses = Pupil.objects.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == ["current", "current", "current", "erased"]


def test_an_exception_is_kept_with_its_reason(as_, path, cast):
    case, other = closed(path, ago=years_ago(6)), closed(path, ago=years_ago(6))
    disposal = proposed(cast)
    row = disposal.rows.get(reference=case.reference)
    url = f"/gallring/{disposal.uuid}/"
    refused = as_(cast.mona).post(url, {"move": "hold", "row": row.pk, "why": ""})
    assert "Fyll i det här" in text(refused)
    assert (
        as_(cast.mona).post(url, {"move": "hold", "row": row.pk, "why": "Skadestånd"}).status_code
        == 302
    )
    approved(Disposal.objects.get(), cast.dag)
    assert Pupil.objects.get(pk=case.pupil_id).status == "current"
    assert Pupil.objects.get(pk=other.pupil_id).status == "erased"


def test_what_is_open_anywhere_on_the_path_is_not_due(path, cast):
    case = closed(path, ago=years_ago(6))
    with clock.at(years_ago(6, -1)):
        again = path.draft(case.pupil)
    assert erasing.due(cast.team) == []
    perform(again.withdraw, by=cast.sara, code="not_needed")
    assert erasing.due(cast.team) == []  # something has happened now
    with clock.at(clock.now() + timedelta(days=6 * 366)):
        assert len(erasing.due(cast.team)) == 1


def test_a_disposal_killed_half_way_is_finished_by_the_next_run(path, cast, monkeypatch):
    first, second = closed(path, ago=years_ago(6)), closed(path, ago=years_ago(6))
    disposal = proposed(cast)
    real, done = erasing.empty_path, list[Any]()

    def dies(disposal, row):
        if done:
            raise KeyboardInterrupt
        done.append(row)
        real(disposal, row)

    monkeypatch.setattr(erasing, "empty_path", dies)
    disposal = perform(disposal.approve, by=cast.dag, whose=cast.dag).obj
    promise = Outgoing.objects.get(kind="disposal")
    with pytest.raises(KeyboardInterrupt):
        erasing.carry_out(promise)
    assert [Pupil.objects.get(pk=c.pupil_id).status for c in (first, second)] == [
        "erased",
        "current",
    ]
    monkeypatch.setattr(erasing, "empty_path", real)
    for _again in range(2):
        erasing.carry_out(promise)
    assert Pupil.objects.get(pk=second.pupil_id).status == "erased"
    assert Disposal.objects.get(pk=disposal.pk).status == "carried_out"


def test_an_empty_list_is_not_made(as_, path, cast):
    path.support()
    answer = as_(cast.mona).post("/gallring/")
    assert "Det finns inget att gallra just nu" in text(answer)
    assert Disposal.objects.count() == 0
    with pytest.raises(ValidationError):
        proposed(cast)


def test_every_free_text_of_every_room_is_emptied_or_named_as_kept():
    """A text nobody has thought of is emptied; what is kept is a code, never somebody's words."""
    named = {name for names in erasing.KEPT.values() for name in names}
    for model in apps.get_models():
        if not issubclass(model, Living | Part):
            continue
        for field in model._meta.concrete_fields:
            if field.attname in erasing.KEPT.get(model.__name__, ()):
                assert not isinstance(field, SealedTextField), (model, field)
    known = {f.attname for m in apps.get_models() for f in m._meta.concrete_fields}
    assert named <= known
    assert DisposalRow._meta.get_field("path").null


def test_a_guardian_edited_later_is_emptied_too(path, cast):
    case = closed(path, ago=years_ago(6))
    guardian = case.pupil.guardians.get()
    with clock.at(years_ago(5, 30)):
        edit(guardian, by=cast.sara, phone="0701740688")
    approved(proposed(cast), cast.dag)
    guardian.refresh_from_db()
    assert (guardian.name, guardian.phone.open(), guardian.phone_index, guardian.email_index) == (
        "",
        "",
        "",
        "",
    )
