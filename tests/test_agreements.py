"""Local agreements: from template to signatures, evaluation and revision; never two at once."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import clock, links
from collaboration import differences, parties
from collaboration.models import Agreement, AgreementParty
from history import outbox
from history.door import perform
from tests.conftest import told, what_is_wrong
from tests.test_pages import asked, text
from workflows import deadlines
from workflows.models import Notice, Turn

LIST = "/samverkan/overenskommelser/"
pytestmark = pytest.mark.django_db


def page(agreement, end=""):
    return f"{LIST}{agreement.uuid}/{end}"


def act(agreement, move):
    return f"/samverkan/gor/agreement/{agreement.uuid}/{move}/"


def day(name, when):
    return {f"{name}_day": when.day, f"{name}_month": when.month, f"{name}_year": when.year}


def fresh(agreement):
    return Agreement.objects.get(pk=agreement.pk)


def delivered():
    """The subjects of what the outbox sends now."""
    mail.outbox.clear()
    for pk in outbox.waiting(clock.now()):
        outbox.send(pk)
    return [message.subject for message in mail.outbox]


def sent_links():
    """The last link mailed to each address, as its path."""
    found = {}
    for message in mail.outbox:
        if match := re.search(r"/samverkan/lank/[^/\s]+/", str(message.body)):
            found[message.to[0]] = match[0]
    return found


def test_a_new_one_begins_with_every_school_and_the_independent_providers(as_, between, cast):
    client = as_(cast.dag)
    offered = client.get(f"{LIST}ny/").context["form"].initial["parties"]
    names = ["Söder", "Utbildningsförvaltningen", "Friskolan AB", "Nya skolan", "Åsö skola"]
    assert [row.name for row in offered] == [*names, "Friskolan"]
    given = {"key": uuid4(), "title": "Samverkan i Söder", "parties": [p.pk for p in offered]}
    where = client.post(f"{LIST}ny/", given).headers["Location"]
    agreement = Agreement.objects.get()
    assert where == page(agreement)
    assert [row.key for row in agreement.sections.all()][:3] == ["purpose", "contacts", "forums"]
    signing = agreement.parties.filter(signature="waiting").values_list(
        "organisation__name", flat=True
    )
    assert list(signing) == ["Söder", "Utbildningsförvaltningen", "Friskolan AB"]
    assert text(client.get(where)).count("Skriv<span") == 8


def test_nobody_but_a_district_manager_begins_one(as_, between, cast):
    for who in (cast.sara, cast.mona, cast.tuva, cast.cecilia, cast.adam, cast.gun):
        assert as_(who).get(f"{LIST}ny/").status_code == 404


def test_drafts_are_the_districts_own(as_, between, cast):
    agreement = between.draft()
    for who in (cast.sara, cast.petra, cast.tuva, cast.mona, cast.odd, cast.rut, cast.gun):
        assert as_(who).get(page(agreement)).status_code == 404
    for who in (cast.dag, cast.cecilia, cast.adam):
        assert as_(who).get(page(agreement)).status_code == 200


def test_a_section_is_written_by_whoever_owns_it(as_, between, cast):
    agreement = between.draft()
    section = agreement.sections.get(key="forums")
    url = page(agreement, f"avsnitt/{section.uuid}/")
    assert as_(cast.mona).get(url).status_code == 404
    owner = {"owner": cast.mona.pk} | asked(agreement)
    assert as_(cast.dag).post(f"{url}agare/", owner).status_code == 302
    mona = as_(cast.mona)
    given = {"title": "Forum", "body": "Fyra möten."} | asked(fresh(agreement))
    assert mona.post(url, given).status_code == 302
    assert agreement.sections.get(key="forums").body == "Fyra möten."
    other = agreement.sections.get(key="purpose")
    assert mona.get(page(agreement)).status_code == 200
    assert f"avsnitt/{other.uuid}" not in text(mona.get(page(agreement)))


def test_what_is_missing_is_said_beside_the_date(as_, between, cast):
    agreement = between.draft()
    row = agreement.parties.get(organisation=between.provider)
    given = asked(agreement) | {"signer_name": "", "signer_email": ""}
    dag = as_(cast.dag)
    dag.post(page(agreement, f"parter/{row.uuid}/"), given)
    given = asked(fresh(agreement)) | {"signs": "on", "signer_name": "Fia", "signer_email": "x"}
    refused = dag.post(page(agreement, f"parter/{row.uuid}/"), given)
    assert list(refused.context["form"].errors) == ["signer_email"]
    perform(agreement.set_party, by=cast.dag, party=row, signature="waiting", signer_email="")
    later = day("comment_by", clock.today() + timedelta(days=10))
    answer = dag.post(act(agreement, "send_for_comment"), asked(fresh(agreement)) | later)
    assert "Friskolan AB" in answer.context["form"].errors["comment_by"][0]
    assert fresh(agreement).status == "draft"


def test_a_link_with_its_code_opens_the_text_and_takes_a_comment(between, cast, settings):
    agreement = between.in_review()
    party = agreement.parties.get(organisation=between.education)
    _s, token, code = links.make(opens=agreement.uuid, line=party.uuid, purpose="agreement")
    browser = Client()
    assert browser.get("/samverkan/lank/oppnad/").status_code == 404
    wrong = browser.post(f"/samverkan/lank/{token}/", {"code": "000000x"})
    assert "Koden stämmer inte" in text(wrong)
    assert browser.post(f"/samverkan/lank/{token}/", {"code": code}).status_code == 302
    assert "Tidigt och samtidigt." in text(browser.get("/samverkan/lank/oppnad/"))
    given = {"key": uuid4(), "text": "Lägg till gymnasiet."}
    assert (
        browser.post("/samverkan/lank/oppnad/", given).headers["Location"]
        == "/samverkan/lank/tack/"
    )
    comment = fresh(agreement).comments.get()
    assert (comment.text, comment.organisation) == ("Lägg till gymnasiet.", between.education)


def test_a_link_cannot_be_guessed_ends_after_five_codes_and_after_its_days(between, cast):
    agreement = between.in_review()
    party = agreement.parties.get(organisation=between.education)
    assert Client().get("/samverkan/lank/vadsomhelst/").status_code == 404
    _s, token, code = links.make(opens=agreement.uuid, line=party.uuid, purpose="agreement")
    for _try in range(5):
        Client().post(f"/samverkan/lank/{token}/", {"code": "1"})
    assert Client().post(f"/samverkan/lank/{token}/", {"code": code}).status_code == 404
    _s, token, code = links.make(opens=agreement.uuid, line=party.uuid, purpose="agreement")
    browser = Client()
    browser.post(f"/samverkan/lank/{token}/", {"code": code})
    with clock.at(clock.now() + timedelta(days=31)):
        assert browser.get("/samverkan/lank/oppnad/").status_code == 404
        assert Client().get(f"/samverkan/lank/{token}/").status_code == 404


def test_a_family_link_opens_no_agreement(path, between):
    consent = path.ask(path.accepted())
    line = consent.lines.first()
    _s, token, _code = links.make(opens=consent.uuid, line=line.uuid, purpose="consent")
    assert Client().get(f"/samverkan/lank/{token}/").status_code == 404


def test_two_signatures_one_by_link_and_one_on_paper(as_, between, cast):
    agreement = between.signing()
    dag = as_(cast.dag)
    for row in agreement.parties.filter(signature="waiting").exclude(
        organisation__in=(between.education, cast.south)
    ):
        perform(agreement.sign, by=cast.dag, party=row, how="paper", file=uuid4())
    row = agreement.parties.get(organisation=between.education)
    made = dag.post(page(agreement, f"parter/{row.uuid}/lank/"))
    browser = Client()
    where = made.context["url"].removeprefix("http://127.0.0.1:8000")
    browser.post(where, {"code": made.context["code"]})
    refused = browser.post("/samverkan/lank/oppnad/", {"key": uuid4(), "name": "Ulla Berg"})
    assert list(refused.context["form"].errors) == ["sure"]
    given = {"key": uuid4(), "name": "Ulla Berg", "sure": "on"}
    assert browser.post("/samverkan/lank/oppnad/", given).status_code == 302
    assert "har skrivit under" in text(browser.get("/samverkan/lank/tack/"))
    again = browser.post("/samverkan/lank/oppnad/", given | {"key": uuid4()})
    assert "Ni har skrivit under" in text(again)
    row.refresh_from_db()
    assert (row.signature, row.signer_name, row.how) == ("signed", "Ulla Berg", "link")
    assert fresh(agreement).status == "in_review"

    last = agreement.parties.get(organisation=cast.south)
    url = page(agreement, f"parter/{last.uuid}/papper/")
    given = asked(fresh(agreement)) | {"name": "Stina Chef"} | day("on", clock.today())
    bad = SimpleUploadedFile("scan.pdf", b"not a pdf", "application/pdf")
    refused = dag.post(url, given | {"scan": bad})
    assert list(refused.context["form"].errors) == ["scan"]
    good = SimpleUploadedFile("scan.png", PIXEL, "image/png")
    given |= {"key": str(uuid4()), "scan": good}
    assert dag.post(url, given).status_code == 302
    assert fresh(agreement).status == "signed"
    paper = dag.get(page(agreement, f"parter/{last.uuid}/fil/"))
    assert paper.content[:4] == b"\x89PNG"
    assert as_(cast.odd).get(page(agreement, f"parter/{last.uuid}/fil/")).status_code == 404
    assert what_is_wrong() == []


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077 53de0000000c4944415408d763f8ffff3f0005fe02fea735819d0000000049454e44ae426082".replace(
        " ", ""
    )
)


def test_a_changed_text_has_nobodys_signature(between, cast):
    agreement = between.signing()
    row = agreement.parties.get(organisation=cast.south)
    perform(agreement.sign, by=cast.dag, party=row, how="paper", file=uuid4())
    agreement = perform(agreement.reopen, by=cast.dag, why="Ett avsnitt saknas").obj
    assert agreement.status == "draft"
    assert not agreement.parties.filter(signature="signed").exists()


def test_the_years_walk_with_evaluation_and_a_new_version(
    as_, between, cast, django_capture_on_commit_callbacks
):
    agreement = between.active()
    assert set(agreement.parties.values_list("in_force", flat=True)) == {True}
    assert all(row["covered"] for row in parties.covered(str(cast.south.pk))[0])
    year = datetime.combine(
        agreement.evaluate_by, datetime.min.time(), ZoneInfo("Europe/Stockholm")
    )
    for before, notices in ((91, 0), (90, 1), (60, 2), (45, 2), (30, 3), (0, 4)):
        with clock.at(year - timedelta(days=before)):
            deadlines.run()
            deadlines.run()
        assert Notice.objects.filter(to=cast.dag, code="agreement").count() == notices, before
    assert fresh(agreement).status == "review_due"
    with clock.at(year + timedelta(days=3)):
        dag = as_(cast.dag)
        given = (
            asked(fresh(agreement))
            | day("on", clock.today())
            | {"result": "needs_work", "text": ""}
        )
        refused = dag.post(act(agreement, "evaluate"), given)
        assert list(refused.context["form"].errors) == ["text"]
        given |= {"text": "Friskolorna saknas.", "key": str(uuid4())}
        assert dag.post(act(agreement, "evaluate"), given).status_code == 302
        where = dag.post(page(agreement, "revidera/")).headers["Location"]
        new = Agreement.objects.get(number=2)
        assert (where, new.replaces) == (page(new), agreement)
        assert dag.post(page(agreement, "revidera/")).headers["Location"] == where
        section = new.sections.get(key="forums")
        perform(new.write_section, by=cast.dag, section=section, title="Forum", body="Två gånger.")
        shown = text(dag.get(page(new, "andringar/")))
        assert re.search(r"<del>.*En.*</del>.*<ins>.*Två.*</ins>", shown, re.DOTALL)
        assert "Struket:" in shown
        assert "Tillagt:" in shown
        new = perform(
            new.send_for_comment, by=cast.dag, comment_by=clock.today() + timedelta(9)
        ).obj
        new = perform(new.ask_signatures, by=cast.dag, valid_from=clock.today()).obj
        for row in new.parties.filter(signature="waiting"):
            new = perform(new.sign, by=cast.dag, party=row, how="paper", file=uuid4()).obj
        deadlines.run()
    old, new = fresh(agreement), fresh(new)
    assert (old.status, new.status) == ("superseded", "active")
    assert told(old)[-2:] == ["evaluate", "supersede"]
    assert set(old.parties.values_list("in_force", flat=True)) == {False}
    assert what_is_wrong() == []


def test_terminated_leaves_its_schools_without(as_, between, cast):
    agreement = between.active()
    perform(agreement.terminate, by=cast.dag, why="Stadsdelen delas")
    shown = text(as_(cast.dag).get(f"{LIST}tackning/?stadsdel={cast.south.pk}"))
    assert "3 skolor utan överenskommelse" in shown
    assert "Friskolan" in shown


def test_coverage_by_kind_of_school(between, cast):
    agreement = between.draft()
    row = agreement.parties.get(organisation=between.free_school)
    perform(agreement.set_party, by=cast.dag, party=row, remove=True)
    agreement = perform(
        agreement.send_for_comment, by=cast.dag, comment_by=clock.today() + timedelta(days=9)
    ).obj
    agreement = perform(agreement.ask_signatures, by=cast.dag, valid_from=clock.today()).obj
    for row in agreement.parties.filter(signature="waiting"):
        agreement = perform(agreement.sign, by=cast.dag, party=row, how="paper", file=uuid4()).obj
    perform(agreement.publish, by=cast.dag)
    schools, _districts = parties.covered(str(cast.south.pk))
    assert [(kind["n"], kind["of"]) for kind in parties.shares(schools)] == [(2, 2), (0, 1), (2, 3)]


def test_the_form_says_beside_the_date_that_a_party_is_taken(as_, between, cast):
    between.active()
    second = between.in_review(title="En till")
    given = asked(second) | day("valid_from", clock.today())
    answer = as_(cast.dag).post(act(second, "ask_signatures"), given)
    assert list(answer.context["form"].errors) == ["valid_from"]
    assert "har redan en överenskommelse" in answer.context["form"].errors["valid_from"][0]
    other = between.in_review(title="Ett program", programme="sst")
    given = asked(other) | day("valid_from", clock.today())
    assert as_(cast.dag).post(act(other, "ask_signatures"), given).status_code == 302


@pytest.mark.both_engines
def test_the_database_itself_refuses_two_at_once(between):
    """Behind the door and its own look: the rule of the table decides, whoever writes."""
    first = between.active()
    second = between.signed(title="En till", programme="sst")
    taken = AgreementParty.objects.filter(agreement=second)
    today = clock.today()
    for since, until, allowed in (
        (today, None, False),
        (today - timedelta(days=9), today + timedelta(days=1), False),
        (today - timedelta(days=9), today, True),
        (today, today, True),
    ):
        period = {"programme": "", "in_force": True, "since": since, "until": until}
        if allowed:
            with transaction.atomic():
                taken.update(**period)
            continue
        with (
            pytest.raises(IntegrityError, match="agreement_party_no_overlap"),
            transaction.atomic(),
        ):
            taken.update(**period)
    assert first.parties.filter(in_force=True).count() == 6


@pytest.mark.both_engines
def test_the_last_moment_is_refused_beside_the_field(between, cast, monkeypatch):
    """Should another slip in between look and write, the table's no is said in words."""
    monkeypatch.setattr(Agreement, "already_bound", lambda self: AgreementParty.objects.none())
    between.active()
    second = between.signed(title="En till")
    with pytest.raises(ValidationError) as refused:
        perform(second.publish, by=cast.dag)
    assert list(refused.value.message_dict) == ["valid_from"]
    assert fresh(second).status == "signed"


def test_public_only_where_the_municipality_wants_it(between, settings):
    agreement, draft = between.active(), between.draft(title="Hemligt", programme="sst")
    assert Client().get(LIST).headers["Location"].startswith("/konto/login/")
    settings.PUBLIC_AGREEMENTS = True
    assert "Samverkan i Söder" in text(Client().get(LIST))
    assert "Hemligt" not in text(Client().get(LIST))
    shown = text(Client().get(page(agreement)))
    assert "Tidigt och samtidigt." in shown
    assert "Disa Direktör" not in shown
    assert Client().get(page(draft)).status_code == 404


def test_its_turn_is_seen_by_whoever_sees_it(between, cast):
    made = [between.draft(), between.in_review(programme="sst"), between.active(programme="ppss")]
    people = [who for who in vars(cast).values() if type(who).__name__ == "Membership"]
    for who in people:
        seen = set(Agreement.objects.visible_to(who).values_list("pk", flat=True))
        turns = Turn.objects.visible_to(who).open().filter(what="agreement")
        assert set(turns.values_list("object_id", flat=True)) == seen, who
    assert Turn.objects.open().mine(cast.dag).count() == len(made)


def test_the_list_asks_as_much_for_many_as_for_few(as_, between, cast):
    client = as_(cast.dag)

    def asked_for():
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST)
        return len(queries)

    for n in range(3):
        between.draft(programme=f"p{n}")
    asked_for()
    few = asked_for()
    for n in range(20):
        between.draft(programme=f"q{n}")
    assert asked_for() == few


def test_a_difference_is_told_in_words():
    pieces = differences.between("Vi möts en gång per år.", "Vi möts två gånger per termin.")
    kept = "".join(p.text for p in pieces if p.kind != "added")
    new = "".join(p.text for p in pieces if p.kind != "removed")
    assert (kept, new) == ("Vi möts en gång per år.", "Vi möts två gånger per termin.")


def test_what_was_signed_is_what_holds(as_, between, cast):
    """The period is signed with the text: it begins on that day, later if a signature was late."""
    today, dag = clock.today(), as_(cast.dag)
    coming = between.signed(valid_from=today + timedelta(days=9), programme="sst")
    assert "Publicera" not in [str(o.label) for _m, o in dag.get(page(coming)).context["offers"]]
    late = between.signed(valid_from=today - timedelta(days=5))
    given = asked(late) | day("valid_from", today - timedelta(days=6))
    refused = dag.post(act(late, "publish"), given)
    assert list(refused.context["form"].errors) == ["valid_from"]
    given = asked(late) | day("valid_from", today) | day("valid_to", date(2040, 12, 31))
    assert dag.post(act(late, "publish"), given).status_code == 302
    late = fresh(late)
    assert (late.status, late.valid_from, late.valid_to) == ("active", today, None)


def test_one_that_has_run_out_ends_by_itself(as_, between, cast):
    last = clock.today() + timedelta(days=10)
    agreement = between.in_review()
    period: dict[str, Any] = {"valid_from": clock.today(), "valid_to": last}
    agreement = perform(agreement.ask_signatures, by=cast.dag, **period).obj
    for row in agreement.parties.filter(signature="waiting"):
        agreement = perform(agreement.sign, by=cast.dag, party=row, how="paper", file=uuid4()).obj
    agreement = perform(agreement.publish, by=cast.dag).obj
    with clock.at(clock.now() + timedelta(days=11)):
        said: dict[str, Any] = {"on": clock.today(), "result": "works", "text": "Bra."}
        agreement = perform(agreement.call_review, by=cast.dag).obj
        with pytest.raises(ValidationError, match="löpt ut"):
            perform(agreement.keep, by=cast.dag, **said)
        deadlines.run()
        agreement = fresh(agreement)
        assert (agreement.status, agreement.ended_on) == ("terminated", last)
        assert set(agreement.parties.values_list("in_force", "until")) == {
            (False, last + timedelta(days=1))
        }
        assert told(agreement)[-1] == "run_out"
    told_of = Notice.objects.filter(to=cast.petra, what="agreement").order_by("pk")
    assert list(told_of.values_list("code", flat=True)) == [
        "agreement_comment",
        "agreement_holds",
        "agreement_ended",
    ]


def test_silent_parties_are_asked_again_in_time(between, cast):
    agreement = between.in_review()  # comments are due in twenty days
    for days, asked_again in ((10, False), (16, True), (17, False)):
        with clock.at(clock.now() + timedelta(days=days)):
            before = told(agreement).count("remind")
            deadlines.run()
            assert (told(agreement).count("remind") > before) == asked_again, days
    signing = between.signing(programme="sst")
    for days, asked_again in ((9, False), (10, True), (12, False), (20, True)):
        with clock.at(clock.now() + timedelta(days=days)):
            before = told(signing).count("remind")
            deadlines.run()
            assert (told(signing).count("remind") > before) == asked_again, days


def test_a_party_is_told_what_it_is_asked_and_what_it_signed(between, cast):
    agreement = between.signing()
    assert "Skriv under: Samverkan i Söder" in delivered()
    asked_to = next(one for one in mail.outbox if one.subject.startswith("Skriv under:"))
    assert "Dag Test, Söder, ber dig skriva under" in asked_to.body
    for row in agreement.parties.filter(signature="waiting"):
        agreement = perform(agreement.sign, by=cast.dag, party=row, how="paper", file=uuid4()).obj
    perform(agreement.publish, by=cast.dag)
    holds = [subject for subject in delivered() if "gäller" in subject]
    assert holds == ["Överenskommelsen gäller: Samverkan i Söder"] * 3


def test_whoever_is_given_a_section_is_told(between, cast):
    agreement = between.draft()
    section = agreement.sections.first()
    perform(agreement.assign_section, by=cast.dag, section=section, owner=cast.mona)
    told_to = Notice.objects.filter(code="section_owner").values_list("to", flat=True)
    assert list(told_to) == [cast.mona.pk]


def test_a_link_shows_no_text_while_it_is_written_anew(between, cast, client):
    agreement = between.in_review()
    party = agreement.parties.get(organisation=between.provider)
    link, _token, _code = links.make(opens=agreement.uuid, line=party.uuid, purpose="agreement")
    session = client.session
    session["agreement_link"] = str(link.uuid)
    session.save()
    assert "Tidigt och samtidigt." in text(client.get("/samverkan/lank/oppnad/"))
    perform(agreement.reopen, by=cast.dag, why="Ett fel")
    assert "Tidigt och samtidigt." not in text(client.get("/samverkan/lank/oppnad/"))


def test_the_public_pages_are_found_without_an_account(client, settings):
    assert client.get("/samverkan/").headers["Location"].startswith("/konto/login/")
    assert "Utan konto" not in text(client.get("/konto/login/"))
    settings.PUBLIC_AGREEMENTS = True
    assert client.get("/samverkan/").headers["Location"] == LIST
    assert "Utan konto" in text(client.get("/konto/login/"))
