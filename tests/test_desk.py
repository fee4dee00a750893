"""The auditor's desk: the log is searched, names need a reason, patterns are found, checks recur."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import clock
from accounts.models import Kind, Membership, Organisation, Role, User
from history import chain, legal, patterns
from history.door import begin, perform
from history.models import AccessEntry, AccessText, CheckMethod, LogCheck, Outcome, Seen
from history.reading import let_out, seen
from referrals.models import Pupil
from tests.test_pages import asked, text
from workflows import deadlines
from workflows.models import Notice

pytestmark = pytest.mark.both_engines
NOON = datetime(2026, 10, 14, 12, tzinfo=ZoneInfo("Europe/Stockholm"))  # a Wednesday


def look(actor, *pupils, at=NOON, what="case", ground="own") -> None:
    def show() -> None:
        for pupil in pupils:
            seen(pupil.uuid, ground)

    with clock.at(at):
        let_out(what, actor, show)


def rows():
    return patterns.Period(NOON.date(), NOON.date() + timedelta(days=6)).of(
        AccessEntry.objects.all()
    )


def found(method: CheckMethod):
    return [(one.membership, one.times) for one in patterns.PATTERNS[method](rows())]


def test_only_auditors_have_a_desk(as_, path, cast):
    look(cast.sara, path.pupil())
    entry = AccessEntry.objects.get()
    urls = ("/loggen/", "/loggen/monster/", "/loggen/kontroller/", f"/loggen/{entry.uuid}/")
    for url in urls:
        assert as_(cast.gun).get(url).status_code == 200
        for other in (cast.sara, cast.petra, cast.mona, cast.adam, cast.cecilia, cast.dag):
            assert as_(other).get(url).status_code == 404, (other, url)


def test_an_auditor_of_one_district_sees_that_districts_log_only(as_, path, cast):
    here = Membership.objects.create(
        user=User.objects.create(username="greta"), organisation=cast.south, role=Role.AUDITOR
    )
    pupil = path.pupil()
    look(cast.sara, pupil)
    look(cast.odd, pupil)
    own, other = AccessEntry.objects.order_by("pk")
    assert list(AccessEntry.objects.visible_to(here)) == [own]
    assert as_(here).get(f"/loggen/{other.uuid}/").status_code == 404
    assert set(AccessEntry.objects.visible_to(cast.gun)) == {own, other, *_of(here)}


def _of(who):
    return AccessEntry.objects.filter(membership=who)


def test_the_log_is_searched_by_reference_person_and_time(as_, path, cast):
    case, other = path.mapping(), path.mapping()
    for pupil, who, day in (
        (case.pupil, cast.tuva, 0),
        (other.pupil, cast.tuva, 1),
        (case.pupil, cast.mona, 2),
    ):
        look(who, pupil, at=NOON + timedelta(days=day))
    gun = as_(cast.gun)
    answer = gun.post("/loggen/", {"sok": case.reference.lower()})
    assert answer.headers["Location"] == f"/loggen/?elev={case.pupil.uuid}"
    page = text(gun.get(answer.headers["Location"]))
    assert page.count(f'<span class="num">{case.reference}</span>') == 2
    assert other.reference not in page
    number = gun.post("/loggen/", {"sok": case.pupil.number.open()})
    assert number.headers["Location"] == answer.headers["Location"]
    assert "Ingen elev hittades" in text(gun.post("/loggen/", {"sok": "26-AAAAA"}))
    by = text(gun.get(f"/loggen/?person={cast.mona.uuid}&fran=2026-10-10&till=2026-10-20"))
    assert (by.count(case.reference), by.count(other.reference)) == (1, 0)
    that_day = text(gun.get("/loggen/?fran=2026-10-15&till=2026-10-15"))
    assert (that_day.count(case.reference), that_day.count(other.reference)) == (0, 1)
    assert "Hemlig" not in page + by + that_day
    for odd in ("fran=x&till=9999-12-31", "person=1&elev=2&fore=" + "9" * 40, "utfall=x"):
        assert gun.get(f"/loggen/?{odd}").status_code == 200


def test_a_name_needs_a_reason_and_that_is_on_record(as_, path, cast):
    case = path.mapping()
    look(cast.tuva, case.pupil)
    entry = AccessEntry.objects.order_by("pk").last()
    gun, url = as_(cast.gun), f"/loggen/{entry.uuid}/namn/{case.pupil.uuid}/"
    assert case.pupil.name not in text(gun.get(f"/loggen/{entry.uuid}/"))
    empty = text(gun.post(url, {"reason": " "}))
    assert "Skriv varför du behöver veta" in empty
    assert case.pupil.name not in empty
    assert case.pupil.name in text(gun.post(url, {"reason": "Anmälan från vårdnadshavare"}))
    said = AccessEntry.objects.order_by("pk").last()
    assert (said.membership, said.what, said.subject_uuid) == (cast.gun, "log.name", entry.uuid)
    assert said.words.text.open() == "Anmälan från vårdnadshavare"
    assert said.seen.get().ground == "audit name"
    assert AccessText.objects.count() == 1
    assert list(chain.faults()) == []


def test_a_protected_pupil_has_no_name_and_no_number_here(as_, path, cast):
    pupil = path.pupil(protection="marked")
    referral = path.draft(pupil)
    look(cast.sara, pupil)
    entry = AccessEntry.objects.order_by("pk").last()
    gun = as_(cast.gun)
    page = text(gun.get(f"/loggen/{entry.uuid}/")) + text(gun.get("/loggen/"))
    assert "Skyddat ärende" in page
    assert referral.reference not in page
    shown = text(gun.post(f"/loggen/{entry.uuid}/namn/{pupil.uuid}/", {"reason": "Kontroll"}))
    assert pupil.name not in shown
    assert "uppgifterna är skyddade" in shown
    for words in (referral.reference, pupil.number.open()):
        assert "Ingen elev hittades" in text(gun.post("/loggen/", {"sok": words}))


@pytest.mark.parametrize("url", ["/loggen/", "/loggen/monster/?fran=2026-10-14&till=2026-10-16"])
def test_the_desk_costs_the_same_with_three_looks_as_with_three_hundred(url, as_, path, cast):
    gun, pupils = as_(cast.gun), [path.mapping().pupil for _n in range(2)]

    def cost() -> int:
        with CaptureQueriesContext(connection) as said:
            assert gun.get(url).status_code == 200
        return len([q for q in said if q["sql"].split()[0] in ("SELECT", "INSERT", "UPDATE")])

    for who in (cast.tuva, cast.tore, cast.sara):
        look(who, pupils[0])
    cost()
    few = cost()
    for n in range(60):
        look(
            (cast.tuva, cast.tore, cast.sara)[n % 3],
            pupils[n % 2],
            at=NOON + timedelta(hours=n % 40),
        )
    assert cost() == few


def test_pages_follow_each_other_without_gap_or_doublet(as_, path, cast):
    pupil, gun = path.pupil(), as_(cast.gun)
    for n in range(120):
        look(cast.sara, pupil, at=NOON + timedelta(minutes=n))
    address, met = f"/loggen/?person={cast.sara.uuid}", []
    while address:
        answer = gun.get(address)
        met += [row["entry"].position for row in answer.context["rows"]]
        address = f"/loggen/?{answer.context['more']}" if answer.context["more"] else ""
    said = AccessEntry.objects.filter(membership=cast.sara).order_by("-position")
    assert met == list(said.values_list("position", flat=True))


def test_many_pupils_in_a_short_time(path, cast):
    limit = legal.limit("log.many_pupils")
    pupils = [path.pupil() for _n in range(limit + 1)]
    for n, pupil in enumerate(pupils):
        look(cast.sara, pupil, at=NOON + timedelta(minutes=n))
        look(cast.siv, pupil, at=NOON + timedelta(hours=2 * n))
    look(cast.petra, *pupils)  # a list
    assert found(CheckMethod.MANY) == [(cast.sara.pk, limit + 1)]
    assert len(patterns.drawn(CheckMethod.MANY, rows())) == limit + 1


def test_odd_hours_and_weekends_here_and_not_in_utc(path, cast):
    pupil = path.pupil()
    look(cast.sara, pupil, at=NOON.replace(hour=6, minute=5))  # 04.05 UTC
    look(cast.siv, pupil, at=NOON.replace(hour=21))
    look(cast.petra, pupil, at=NOON + timedelta(days=3))  # Saturday noon
    assert sorted(found(CheckMethod.HOURS)) == sorted([(cast.siv.pk, 1), (cast.petra.pk, 1)])


def test_many_refused_tries(as_, path, cast):
    case = path.mapping()
    tries = legal.limit("log.refused")
    client, once = as_(cast.odd), as_(cast.olga)
    with clock.at(NOON):
        for _n in range(tries):
            assert client.get(f"/arenden/{case.reference}/").status_code == 404
        once.get(f"/arenden/{case.reference}/")
    assert found(CheckMethod.REFUSED) == [(cast.odd.pk, tries)]


def test_reading_without_being_named(path, cast):
    case = path.mapping()
    look(cast.tuva, case.pupil)
    look(cast.sara, case.pupil)
    look(cast.tore, case.pupil)
    assert found(CheckMethod.UNNAMED) == [(cast.tore.pk, 1)]


def test_own_family_and_a_colleagues_child(path, cast):
    User.objects.filter(pk=cast.tore.user_id).update(last_name="Berg-Hemlig")
    pupil = path.pupil()
    look(cast.tore, pupil)
    look(cast.tuva, pupil)
    assert found(CheckMethod.FAMILY) == [(cast.tore.pk, 1)]
    User.objects.filter(pk=cast.mona.user_id).update(
        email=pupil.guardians.get().email.open().upper()
    )
    assert sorted(found(CheckMethod.FAMILY)) == sorted([(cast.tore.pk, 1), (cast.tuva.pk, 1)])
    look(cast.sara, pupil)  # another workplace than the guardian's
    assert cast.sara.pk not in dict(found(CheckMethod.FAMILY))


def test_behind_broken_glass(path, cast):
    look(cast.mona, path.pupil(), ground="break-glass 3")
    assert found(CheckMethod.GLASS) == [(cast.mona.pk, 1)]


def test_a_sample_is_drawn_at_random_and_is_as_large_as_asked(path, cast):
    pupil = path.pupil()
    for n in range(90):
        look(cast.sara, pupil, at=NOON + timedelta(minutes=n))
    draws = [{entry.pk for entry in patterns.sample(rows(), 20)} for _n in range(4)]
    assert [len(draw) for draw in draws] == [20] * 4
    assert len(frozenset.union(*map(frozenset, draws))) > 20
    assert len(patterns.sample(rows(), 4)) == 4
    assert {entry.outcome for entry in patterns.sample(rows(), 200)} == {Outcome.SHOWN}


def test_a_check_from_draw_to_the_next_one_planned(as_, path, cast):
    case = path.mapping()
    for n in range(3):
        look(cast.tuva, case.pupil, at=clock.now() - timedelta(days=n + 1))
    assert deadlines.keep_the_log_checked() == 1
    assert deadlines.keep_the_log_checked() == 0
    first = LogCheck.objects.get()
    assert (first.status, first.organisation) == ("planned", cast.city)
    gun, days = as_(cast.gun), _days()
    sent = gun.post("/loggen/kontroller/ny/", days | {"method": "sample"})
    check = LogCheck.objects.get()
    url = f"/loggen/kontroller/{check.uuid}/"
    assert (sent.headers["Location"], check.pk, check.rows.count()) == (url, first.pk, 3)
    early = gun.post(url, {"move": "conclude", "result": "nothing", "words": "Bra"})
    assert "Bedöm varje läsning" in text(early)
    assert "Bra" in text(early)
    verdicts = {f"v{row.pk}": "expected" for row in check.rows.all()}
    odd = check.rows.first()
    verdicts |= {f"v{odd.pk}": "misuse", f"n{odd.pk}": "Var inte i tjänst"}
    assert gun.post(url, verdicts | {"move": "judge"}).status_code == 302
    wrong = text(gun.post(url, {"move": "conclude", "result": "nothing", "words": "Bra"}))
    assert "En misstänkt otillåten läsning lämnas vidare" in wrong
    whom = {"move": "ask", "whom": "Enhetschefen"} | _date("due", clock.today() + timedelta(days=9))
    assert gun.post(url, whom).status_code == 302
    done = {"move": "conclude", "result": "reported", "words": "Lämnat till enhetschefen."}
    assert gun.post(url, done).status_code == 302
    check.refresh_from_db()
    assert (check.status, check.result, check.drawn_by) == ("concluded", "reported", cast.gun)
    following = LogCheck.objects.exclude(pk=check.pk).get()
    interval = timedelta(days=legal.limit("log.check_interval"))
    assert (following.status, following.due) == ("planned", clock.today() + interval)
    assert "Var inte i tjänst" in text(gun.get(url))
    assert list(chain.faults()) == []


def _date(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def _days():
    today = clock.today()
    period = _date("period_from", today - timedelta(days=30)) | _date("period_to", today)
    return period | {"key": asked(LogCheck())["key"]}


def test_a_check_of_one_person_in_a_pattern_leaves_the_planned_one(as_, path, cast):
    deadlines.keep_the_log_checked()
    case = path.mapping()
    look(cast.tore, case.pupil, at=clock.now() - timedelta(hours=1))
    look(cast.tuva, case.pupil, at=clock.now() - timedelta(hours=1))
    gun = as_(cast.gun)
    form = gun.get(f"/loggen/kontroller/ny/?hur=unnamed&person={cast.tore.pk}")
    assert cast.tore.name in text(form)
    given = _days() | {"method": "unnamed", "person": cast.tore.pk}
    for _click in range(2):
        gun.post("/loggen/kontroller/ny/", given)
    check = LogCheck.objects.exclude(status="planned").get()
    assert [row.entry.membership for row in check.rows.all()] == [cast.tore]
    assert LogCheck.objects.filter(status="planned").count() == 1


def test_a_check_that_is_late_reminds_the_auditor_once(path, cast):
    deadlines.keep_the_log_checked()
    late = clock.now() + timedelta(days=legal.limit("log.check_interval") + 1)
    with clock.at(late):
        assert [deadlines.remind_of_log_checks() for _night in range(2)] == [1, 0]
    assert Notice.objects.get(code="log_check").to == cast.gun


def test_only_auditors_of_the_same_organisation_check(path, cast):
    check = begin(LogCheck(organisation=cast.city, due=clock.today()), by=cast.gun).obj
    other = Organisation.objects.create(kind=Kind.PROVIDER, name="Huvudman AB")
    theirs = Membership.objects.create(
        user=User.objects.create(username="gry"), organisation=other, role="auditor"
    )
    assert list(LogCheck.objects.visible_to(theirs)) == []
    for who in (cast.adam, cast.sara, cast.mona):
        with pytest.raises(Exception, match=r"^$|No|403"):
            perform(
                check.draw,
                by=who,
                whose=who,
                period_from=clock.today(),
                period_to=clock.today(),
                entries=[],
            )
    assert Seen.objects.count() == Pupil.objects.count() == 0


def test_a_search_in_the_log_with_a_nul_sign_finds_as_without_it(as_, path, cast):
    case = path.support()
    gun = as_(cast.gun)
    found = gun.post("/loggen/", {"sok": f"\x00{case.reference}"})
    assert found.headers["Location"] == f"/loggen/?elev={case.pupil.uuid}"
