"""Extracts: asked, checked part by part, released by another, fetched; all about the child, nothing about others."""

from __future__ import annotations

import io
import json
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from pypdf import PdfReader

from accounts import clock
from history import chain, outbox
from history.door import begin, edit, perform
from history.models import AccessEntry
from history.reading import let_out, seen
from referrals.models import BreakGlass, Case, ConcernReport, Note
from tests.test_desk import _date
from tests.test_pages import text
from workflows.gathering import parts_of
from workflows.models import Extract

pytestmark = pytest.mark.both_engines


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"


def asked(path, case, *, by, kind="register", guardian=None, **more) -> Extract:
    new = Extract(
        kind=kind,
        organisation=by.organisation,
        pupil=case.pupil,
        guardian=guardian,
        asked_by=by,
        **more,
    )
    return begin(new, by=by).obj


def released(extract, by, checker, hidden=None) -> Extract:
    extract = perform(extract.examine, by=checker, whose=checker, hidden=hidden or {}).obj
    extract = perform(extract.release, by=by, whose=by).obj
    for pk in outbox.waiting(clock.now()):
        outbox.send(pk)
    return Extract.objects.get(pk=extract.pk)


def words_of(extract) -> str:
    return "\n".join(
        f"{part.title} {value}" for part in parts_of(extract) for _name, value in part.values
    )


def test_from_asking_to_the_file_in_the_browser(as_, path, cast):
    case = path.support(worry="Kommer sällan i tid")
    school, head = as_(cast.sara), as_(cast.petra)
    reference = case.referral.reference
    assert (
        school.get(f"/utdrag/?om={reference.lower()}").headers["Location"]
        == f"/utdrag/nytt/{reference}/"
    )
    given = {"key": str(uuid4()), "kind": "register", "for_whom": "pupil", "language": "sv"}
    sent = school.post(f"/utdrag/nytt/{reference}/", given | _date("asked_on", clock.today()))
    extract, url = Extract.objects.get(), sent.headers["Location"]
    assert (extract.due - extract.asked_on).days == 30
    page = text(school.get(url))
    assert "Kommer sällan i tid" in page
    titles = [part.title for part in parts_of(extract)]
    n = titles.index("Remiss")
    missing = school.post(url, {"move": "examine", f"hide{n}": "on", f"why{n}": " "})
    assert "Skriv varför den här delen utelämnas" in text(missing)
    assert Extract.objects.get().status == "asked"
    secret = {"move": "examine", f"hide{n}": "on", f"why{n}": "Uppgift om annan elev"}
    assert school.post(url, secret).status_code == 302
    assert school.get(f"{url}pdf/").status_code == 404
    assert school.post(url, {"move": "release"}).status_code == 403
    assert head.post(url, {"move": "release"}).status_code == 302
    for pk in outbox.waiting(clock.now()):
        outbox.send(pk)
    got = json.loads(head.get(f"{url}json/").content)
    assert (got["controller"], got["law"]) == (
        "Utbildningsnämnden",
        "artikel 15 dataskyddsförordningen (EU 2016/679)",
    )
    assert got["left_out"] == [{"title": "Remiss", "why": "Uppgift om annan elev"}]
    assert "Kommer sällan i tid" not in json.dumps(got, ensure_ascii=False)
    answer = head.get(f"{url}pdf/")
    assert (
        answer.headers["Content-Disposition"]
        == f'attachment; filename="utdrag-{extract.asked_on}.pdf"'
    )
    read = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert case.pupil.family_name.open() in read
    assert "Uppgift om annan elev" in read
    assert head.post(url, {"move": "hand_out", "how": "paper"}).status_code == 302
    assert Extract.objects.get().status == "handed_out"
    fetched = AccessEntry.objects.filter(what="extract.file", membership=cast.petra)
    assert [entry.seen.get().pupil_uuid for entry in fetched] == [case.pupil.uuid] * 2
    assert list(chain.faults()) == []


def test_an_extract_speaks_swedish(path, cast):
    case = path.support()
    labels = {
        name
        for by in (cast.sara, cast.tuva)
        for part in parts_of(asked(path, case, by=by))
        for name, _value in part.values
    }
    assert {"Registrerad av", "Ansvarig", "Läge", "Frågat av"} <= labels
    assert not {
        name
        for name in labels
        if name in ("Registered by", "Status", "School", "Asked by", "Responsible")
    }


def test_nobody_releases_what_they_checked_themselves(path, cast):
    extract = asked(path, path.support(), by=cast.sara)
    extract = perform(extract.examine, by=cast.petra, whose=cast.petra, hidden={}).obj
    with pytest.raises(PermissionDenied):
        perform(extract.release, by=cast.petra, whose=cast.petra)
    with pytest.raises(PermissionDenied):
        perform(extract.release, by=cast.sara, whose=cast.sara)


def test_each_controller_gives_its_own_and_not_the_others(path, cast):
    case = path.support(worry="Skolans ord")
    for side, by in (("Teamets ord", cast.tuva), ("Skolans anteckning", cast.sara)):
        note = Note(case=case, kind="talk", on=clock.today(), text=side, written_by=by)
        perform(begin(note, by=by).obj.sign, by=by)
    school = words_of(asked(path, case, by=cast.sara))
    team = words_of(asked(path, case, by=cast.tuva))
    assert ("Skolans ord" in school, "Skolans anteckning" in school, "Teamets ord" in school) == (
        True,
        True,
        False,
    )
    assert ("Teamets ord" in team, "Skolans anteckning" in team) == (True, False)
    # The school's own words of the referral are the school's to release, whatever a consent opens.
    assert ("Skolans ord" in team, "Den andra sidan svarar för de orden" in team) == (False, True)
    assert "Vara i skolan fyra dagar" in team
    assert "Vara i skolan fyra dagar" not in school


def test_why_the_team_made_an_exception_is_the_teams_to_release(path, cast):
    referral = path.submitted()
    why: dict[str, Any] = {**path.two, "exception": "Teamets skäl"}
    perform(referral.accept, by=cast.tuva, **why)
    path.sign(path.ask(referral))
    case = Case.objects.get(referral=referral)
    shown = ["Teamets skäl" in words_of(asked(path, case, by=by)) for by in (cast.sara, cast.tuva)]
    assert shown == [False, True]


def test_why_somebody_opened_in_an_emergency_is_in_no_register_extract(path, cast):
    case = path.support()
    for by in (cast.siv, cast.tore):
        begin(BreakGlass(case=case, by=by, hours=1, why="Misstänker någon"), by=by)
    said = [words_of(asked(path, case, by=by)) for by in (cast.sara, cast.tuva)]
    assert ["Misstänker någon" in one for one in said] == [False, False]


def test_what_is_held_about_a_protected_pupil_is_shown_after_a_reason(as_, path, cast):
    case = path.support()
    ready = released(asked(path, case, by=cast.sara), cast.petra, cast.sara)
    waiting = asked(path, case, by=cast.sara)
    edit(case.pupil, by=cast.sara, protection="marked")
    client, opens = as_(cast.sara), f"/skyddat/{case.pupil.uuid}/oppna/"
    urls = [
        f"/utdrag/{waiting.uuid}/",
        *(f"/utdrag/{ready.uuid}/{form}" for form in ("pdf/", "json/")),
    ]
    for url in urls:
        assert client.get(url).headers["Location"].startswith(opens)
    assert client.post(f"{opens}?till={urls[0]}", {"why": "Familjen bad"}).status_code == 302
    assert [client.get(url).status_code for url in urls] == [200, 200, 200]


def test_everything_about_the_child_and_nothing_about_the_other_parent(path, cast):
    pupil = path.pupil(guardians=2)
    case = path.support(pupil=pupil)
    one, other = pupil.guardians.order_by("pk")
    said = words_of(asked(path, case, by=cast.sara, guardian=one))
    for value in (pupil.number.open(), pupil.given_name.open(), one.email.open(), one.phone.open()):
        assert value in said
    for value in (other.given_name.open(), other.email.open()):
        assert value not in said
    own = words_of(asked(path, case, by=cast.sara))
    assert one.email.open() not in own
    # Two pupils: nothing of the other's.
    stranger = path.support(worry="Ett annat barns ord")
    assert "Ett annat barns ord" not in own + said
    assert stranger.pupil.number.open() not in own


def test_a_report_of_concern_and_what_is_hidden_are_marked_before_they_are_let_out(as_, path, cast):
    case = path.support()
    begin(
        ConcernReport(
            pupil=case.pupil, reporter=cast.tuva, reporters=cast.team, made_on=clock.today()
        ),
        by=cast.tuva,
    )
    note = Note(
        case=case,
        kind="talk",
        on=clock.today(),
        text="Hemligt",
        written_by=cast.tuva,
        hidden_from_guardian=True,
        hidden_why="Fara",
    )
    perform(begin(note, by=cast.tuva).obj.sign, by=cast.tuva)
    extract = asked(path, case, by=cast.tuva, guardian=case.pupil.guardians.get())
    marked = {part.title for part in parts_of(extract) if part.warning}
    assert {"Orosanmälan", "Anteckning"} <= marked
    page = as_(cast.tuva).get(f"/utdrag/{extract.uuid}/")
    hidden = [piece["part"].title for piece in page.context["pieces"] if piece["hide"].value()]
    assert set(hidden) == marked


def test_who_has_looked_at_my_child(path, cast):
    case = path.support()
    for who in (cast.tuva, cast.mona, cast.sara):
        let_out("case", who, lambda: seen(case.pupil.uuid, "own"))
    other = path.support()
    let_out("case", cast.tuva, lambda: seen(other.pupil.uuid, "own"))
    extract = asked(path, case, by=cast.tuva, kind="looks", guardian=case.pupil.guardians.get())
    said = words_of(extract)
    assert (said.count("Skolsocionom"), said.count("Enhetschef"), said.count("personal")) == (
        1,
        1,
        0,
    )
    assert cast.tuva.name not in said
    done = released(extract, cast.mona, cast.tuva)
    assert done.status == "ready"


def test_a_guardian_of_an_older_pupil_is_told_why_not(path, cast):
    pupil = path.pupil(birth_date=f"{clock.today().year - 17}-01-01")
    case = path.support(pupil=pupil)
    with pytest.raises(ValidationError, match="äldre än 15 år"):
        asked(path, case, by=cast.sara, guardian=pupil.guardians.get())
    assert asked(path, case, by=cast.sara).status == "asked"


def test_across_the_wall_there_is_no_extract(as_, path, cast):
    case = path.support()
    extract = asked(path, case, by=cast.tuva)
    nothing = as_(cast.sara).get(f"/utdrag/{uuid4()}/")
    for who in (cast.sara, cast.petra, cast.odd, cast.olga, cast.tore, cast.gun, cast.adam):
        for url in (f"/utdrag/{extract.uuid}/", f"/utdrag/{extract.uuid}/pdf/"):
            answer = as_(who).get(url)
            assert (answer.status_code, answer.content) == (404, nothing.content), (who, url)
    assert as_(cast.olga).get(f"/utdrag/nytt/{case.reference}/").status_code == 404


def test_a_refusal_has_its_reason(as_, path, cast):
    extract = asked(path, path.support(), by=cast.sara)
    head, url = as_(cast.petra), f"/utdrag/{extract.uuid}/"
    assert "Fyll i det här" in text(head.post(url, {"move": "refuse", "why": ""}))
    assert (
        head.post(url, {"move": "refuse", "why": "Sekretess mot vårdnadshavaren"}).status_code
        == 302
    )
    assert "Sekretess mot vårdnadshavaren" in text(head.get(url))
