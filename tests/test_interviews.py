"""Interviews: a schedule, a yes of its own, a guide, and themes of many; no name and no score."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext

from accounts import clock
from collaboration.models import Interview, InterviewSaid
from collaboration.texts import interview as guides
from history.door import Conflict, perform
from tests.conftest import told, what_is_wrong
from tests.test_law import given
from tests.test_pages import asked, text
from tests.test_people import split
from workflows import deadlines
from workflows.models import Notice, Turn

pytestmark = pytest.mark.django_db
HOME = "/samverkan/intervjuer/"
# A changed word is a new version of the guide.
FINGERPRINTS = (1, "47c4aeba346f9873", "115db09d9b01d221")


def act(row, move):
    return f"/samverkan/gor/interview/{row.uuid}/{move}/"


def again(row):
    return Interview.objects.get(pk=row.pk)


def test_the_guide_is_pinned():
    assert (guides.VERSION, guides.fingerprint(), guides.fingerprint("en")) == FINGERPRINTS
    assert set(guides.GUIDES) == {"staff", "pupil", "parent"}


def test_the_guide_is_the_same_conversation_in_english(as_, between, cast):
    def shape(guide):
        return {key: [len(asked) for _title, asked in guide[key]] for key in guide}

    assert shape(guides.ENGLISH) == shape(guides.GUIDES)
    row = between.interview_in("planned", subject="pupil")
    client = as_(cast.cecilia)
    cast.cecilia.user.language = "en"
    cast.cecilia.user.save()
    for url in (f"{HOME}guide/pupil/", f"{HOME}{row.uuid}/"):
        page = text(client.get(url))
        assert "Who listened to you?" in page
        assert "Vem lyssnade" not in page


def test_no_key_leads_from_an_interview_to_a_pupil_or_a_consent():
    """The yes is its own: nothing of the interview's tables points at the path of a pupil."""
    seen, waiting = set(), [Interview, InterviewSaid]
    while waiting:
        model = waiting.pop()
        if model in seen:
            continue
        seen.add(model)
        assert model._meta.app_label != "referrals", model
        if model._meta.app_label == "collaboration":
            fields = [f for f in model._meta.get_fields() if isinstance(f, models.ForeignKey)]
            waiting += [field.related_model for field in fields]
    columns = {field.name for field in Interview._meta.get_fields()}
    assert not {name for name in columns if "name" in name or "pupil" in name or "number" in name}
    for model in apps.get_app_config("referrals").get_models():
        pointing = [f.related_model for f in model._meta.get_fields() if f.is_relation]
        assert not {Interview, InterviewSaid} & set(pointing), model


def test_planned_asked_held_and_summarised_on_the_screen(as_, between, cast):
    cecilia = as_(cast.cecilia)
    day = clock.today() + timedelta(days=5)
    given = {
        "key": "7d6e4c0e-3f3a-4a0e-9d55-0d9d0f3d8a11",
        "subject": "pupil",
        "occasion": "after",
        "district": cast.south.pk,
        "interviewer": cast.cecilia.pk,
    } | split("on", day)
    refused = cecilia.post(f"{HOME}ny/", given)
    assert list(refused.context["form"].errors) == ["asker"]
    given |= {"asker": cast.tuva.pk, "key": "7d6e4c0e-3f3a-4a0e-9d55-0d9d0f3d8a12"}
    assert cecilia.post(f"{HOME}ny/", given).status_code == 302
    row = Interview.objects.get()
    assert Turn.objects.open().mine(cast.tuva).get().step == "ask_interview"

    tuva = as_(cast.tuva)
    page = text(tuva.get(f"{HOME}{row.uuid}/"))
    assert "Vem lyssnade på dig?" in page
    assert "inget samtycke till stödet" in page
    refused = tuva.post(act(row, "permit"), asked(row) | {"how": "spoken"})
    assert list(refused.context["form"].errors) == ["guardian"]
    given = asked(row) | {"how": "spoken", "guardian": "on"}
    assert tuva.post(act(row, "permit"), given).status_code == 302
    assert Turn.objects.open().mine(cast.cecilia).get().step == "interview"

    row = again(row)
    assert (
        cecilia.post(act(row, "hold"), asked(row) | split("on", clock.today())).status_code == 302
    )
    row = again(row)
    named = asked(row) | {"theme_helps": "Det blev bra när Alva fick berätta."}
    refused = cecilia.post(act(row, "summarise"), named)
    assert "Alva" in refused.context["form"].errors["theme_helps"][0]
    nothing = cecilia.post(act(row, "summarise"), asked(row))
    assert list(nothing.context["form"].errors) == ["theme_helps"]
    given = asked(row) | {"theme_helps": "Att samma vuxna kom tillbaka varje vecka."}
    assert cecilia.post(act(row, "summarise"), given).status_code == 302
    assert told(row) == ["plan", "permit", "hold", "summarise"]
    assert "samma vuxna" in text(cecilia.get(f"{HOME}{row.uuid}/"))
    # Whoever asked does not read what was said.
    assert "samma vuxna" not in text(tuva.get(f"{HOME}{row.uuid}/"))
    assert Turn.objects.open().filter(object_uuid=row.uuid).count() == 0
    assert what_is_wrong() == []


@pytest.mark.both_engines
def test_no_interview_without_a_yes_and_a_yes_can_be_taken_back(between, cast):
    row = between.interview_in("planned", subject="parent")
    with pytest.raises(Conflict):
        perform(row.hold, by=cast.cecilia, on=clock.today())
    table = Interview._meta.db_table
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET status = 'held' WHERE id = %s", [row.pk])
    row = between.interview_in("held")
    gone = perform(row.decline, by=cast.cecilia).obj
    assert (gone.status, gone.permitted_on, gone.permitted_how) == ("declined", None, "")
    with pytest.raises(Conflict):
        perform(gone.summarise, by=cast.cecilia, themes={"helps": "Nej"})
    with pytest.raises(ValidationError):
        perform(between.interview_in("planned").permit, by=cast.cecilia, how="gissning")


def test_themes_are_told_of_five_and_never_of_one(as_, between, cast):
    client = as_(cast.dag)
    for n in range(4):
        between.interview_in("summarised", text=f"Tema {9 - n}")
    assert "För få samtal än" in text(client.get(f"{HOME}teman/"))
    assert "Tema 9" not in text(client.get(f"{HOME}teman/"))
    between.interview_in("summarised", text="Tema 5")
    said = client.get(f"{HOME}teman/").context["said"]
    in_order = [f"Tema {n}" for n in range(5, 10)]
    assert said == [
        ("Vid start", [("Vad som hjälper", in_order)]),
        ("Efter sex månader", []),
        ("Senare", []),
    ]
    assert "Tema 5" not in text(client.get(f"{HOME}teman/?vem=pupil"))
    # The municipality's own limit is the one that holds.
    as_(cast.adam).post("/lag/grans/figures.smallest_group/", given(6, clock.today()))
    assert "Teman ur minst 6 samtal" in text(client.get(f"{HOME}teman/"))
    assert "Tema 5" not in text(client.get(f"{HOME}teman/"))


def test_it_is_seen_by_those_who_plan_ask_and_hold_it_and_by_nobody_else(as_, between, cast):
    row = between.interview_in("planned", subject="pupil")
    url = f"{HOME}{row.uuid}/"
    for who in (cast.cecilia, cast.adam, cast.tuva):
        assert as_(who).get(url).status_code == 200
    for who in (cast.tore, cast.sara, cast.dag, cast.odd):
        assert as_(who).get(url).status_code == 404
        assert row.get_subject_display() not in text(as_(who).get(HOME)).split("Guider")[-1][200:]
    for who in (cast.gun, cast.rut, cast.petra):
        assert as_(who).get(HOME).status_code == 404
    assert as_(cast.tuva).get(f"{HOME}ny/").status_code == 404
    assert as_(cast.tuva).get(f"{HOME}teman/").status_code == 404
    assert as_(cast.tuva).get(f"{HOME}guide/pupil/").status_code == 200
    assert as_(cast.tuva).get(f"{HOME}guide/annan/").status_code == 404


def test_it_is_reminded_of_like_anything_else(between, cast):
    row = between.interview_in("planned", subject="parent", on=clock.today() + timedelta(days=15))
    deadlines.run()
    assert Notice.objects.filter(to=cast.tuva, code="due", object_uuid=row.uuid).count() == 1
    assert set(deadlines.run().values()) == {0}


def test_the_schedule_asks_as_much_for_many_as_for_few(as_, between, cast):
    client = as_(cast.cecilia)

    def cost():
        client.get(HOME)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(HOME).status_code == 200
        return len(queries)

    between.interview_in("planned")
    few = cost()
    for _n in range(20):
        between.interview_in("planned", subject="pupil")
    assert cost() == few
