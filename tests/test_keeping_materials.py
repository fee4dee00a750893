"""The library is kept: what a material is can be changed, and it is looked over when its day comes."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils.timezone import make_aware

from accounts import clock
from history.door import edit, perform
from history.models import Event
from tests.conftest import told, what_is_wrong
from tests.test_pages import text
from workflows import deadlines
from workflows.models import Notice, Turn

pytestmark = pytest.mark.django_db
HOME = "/samverkan/material/"


def asked(page: Any, **more: Any) -> dict[str, Any]:
    """What the page's form would send as it was drawn, but for what is changed."""
    form = page.context["form"]
    given: dict[str, Any] = {}
    for field in form:
        value = field.value()
        if isinstance(value, date):
            given |= split(value, field.html_name)
        elif value not in (None, "", False, []):
            given[field.html_name] = "on" if value is True else value
    return given | more


def split(day: date, name: str = "review_by") -> dict[str, Any]:
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def turn(material: Any) -> Any:
    """Its open turn, as it stands in the worklist."""
    found = Turn.objects.open().filter(what="supportmaterial", object_id=material.pk)
    return found.values_list("step", "due", "responsible", "title").get()


def on(day: date) -> Any:
    return clock.at(make_aware(datetime.combine(day, time(10))))


def test_what_a_material_is_and_who_keeps_it_can_be_changed(as_, between, cast):
    guide, client = between.material_in("published"), as_(cast.dag)
    url, day = f"{HOME}{guide.uuid}/andra/", clock.today() + timedelta(days=60)
    drawn = client.get(url)
    assert drawn.context["form"]["roles"].value() == ["school", "team"]
    new = {"title": "Så gör vi", "roles": ["principal"], "for_newcomers": "on"}
    sent = asked(drawn, **new, owner=cast.cecilia.pk, **split(day))
    assert client.post(url, sent)["Location"] == f"{HOME}{guide.uuid}/"
    guide.refresh_from_db()
    assert (guide.title, guide.audience, guide.for_newcomers, guide.owner, guide.review_by) == (
        "Så gör vi",
        " principal ",
        True,
        cast.cecilia,
        day,
    )
    last = Event.objects.of(guide).order_by("pk").last()
    assert (last.move, last.fields) == ("edit", "audience for_newcomers owner review_by title")
    facts = text(client.get(f"{HOME}{guide.uuid}/"))
    for words in ("Ägare", cast.cecilia.name, "Rektor", "Ja, innan de börjar"):
        assert words in facts
    assert turn(guide) == ("look_through", day, cast.cecilia.pk, "Så gör vi")
    told_of = Notice.objects.filter(code="material_owner").values_list("to", "object_uuid")
    assert list(told_of) == [(cast.cecilia.pk, guide.uuid)]
    assert what_is_wrong() == []


def test_what_is_the_same_is_no_change(as_, between, cast):
    guide, client = between.material_in("published"), as_(cast.dag)
    url = f"{HOME}{guide.uuid}/andra/"
    assert client.post(url, asked(client.get(url)))["Location"] == f"{HOME}{guide.uuid}/"
    assert told(guide) == ["draft", "publish"]
    client.post(url, asked(client.get(url), about="Kort"))
    assert Event.objects.of(guide).order_by("pk").last().fields == "about"


def test_a_day_that_has_passed_is_refused_with_all_else_kept(as_, between, cast):
    guide, client = between.material_in("published"), as_(cast.dag)
    url = f"{HOME}{guide.uuid}/andra/"
    sent = asked(client.get(url), title="Så gör vi", **split(clock.today()))
    form = client.post(url, sent).context["form"]
    assert dict(form.errors) == {"review_by": ["Välj en dag framåt i tiden."]}
    assert (form["title"].value(), guide.title) == ("Så gör vi", "Så samverkar vi")
    with on(guide.review_by + timedelta(days=3)):  # its day has passed, and that is no fault here
        client.post(url, asked(client.get(url), title="Så gör vi"))
    before = guide.review_by
    guide.refresh_from_db()
    assert (guide.title, guide.review_by) == ("Så gör vi", before)


def test_an_empty_day_is_a_year_from_now(as_, between, cast):
    guide, client = between.material_in("published"), as_(cast.dag)
    url = f"{HOME}{guide.uuid}/andra/"
    empty = {"review_by_day": "", "review_by_month": "", "review_by_year": ""}
    with on(clock.today() + timedelta(days=10)):
        client.post(url, asked(client.get(url)) | empty)
        guide.refresh_from_db()
        assert guide.review_by == clock.today() + timedelta(days=365)


def test_only_keepers_change_it_and_nobody_what_is_retired(as_, between, cast):
    guide = between.material_in("published")
    url = f"{HOME}{guide.uuid}/andra/"
    for who in (cast.tuva, cast.adam, cast.rut):
        client = as_(who)
        assert (client.get(url).status_code, client.post(url, {}).status_code) == (404, 404)
    assert "Ändra uppgifterna" not in text(as_(cast.tuva).get(f"{HOME}{guide.uuid}/"))
    perform(guide.retire, by=cast.dag, why="Ersatt")
    assert as_(cast.dag).get(url).status_code == 404


def test_its_owner_is_reminded_when_it_is_to_be_looked_over(as_, between, cast):
    guide = between.material_in("published")
    day = clock.today() + timedelta(days=40)
    guide = edit(guide, by=cast.dag, review_by=day).obj
    page, client = f"{HOME}{guide.uuid}/", as_(cast.dag)
    assert "dags nu" not in text(client.get(page))
    Notice.objects.all().delete()
    with on(day):
        deadlines.run()
        deadlines.run()
        told_of = Notice.objects.filter(object_uuid=guide.uuid).values_list("to", "code")
        assert list(told_of) == [(cast.dag.pk, "due")]
        row = next(r for r in client.get("/").context["rows"] if r["what"] == "supportmaterial")
        assert (row["name"], row["url"], row["days"]) == ("Så samverkar vi", page, 0)
        assert "dags nu" in text(client.get(page))
        move = f"/samverkan/gor/supportmaterial/{guide.uuid}/reaffirm/"
        form = client.get(move).context["form"]
        assert form["review_by"].value() == day + timedelta(days=365)
        again = client.post(move, asked(client.get(move), **split(day)))
        assert dict(again.context["form"].errors) == {"review_by": ["Välj en dag framåt i tiden."]}
        later = day + timedelta(days=200)
        done = client.post(move, asked(client.get(move), **split(later)))
        assert done["Location"] == page
        assert "dags nu" not in text(client.get(page))
    assert turn(guide) == ("look_through", later, cast.dag.pk, "Så samverkar vi")
    assert told(guide) == ["draft", "publish", "edit", "reaffirm"]
    assert what_is_wrong() == []


def test_a_new_version_counts_as_looked_over_and_retiring_ends_the_turn(between, cast):
    guide = between.material_in("published")
    first = clock.today() + timedelta(days=365)
    assert turn(guide)[1] == first
    guide = perform(guide.publish, by=cast.dag, text="Ring.", what_is_new="Kort").obj
    assert turn(guide)[1] == first
    with on(first + timedelta(days=5)):
        guide = perform(guide.publish, by=cast.dag, text="Kom.", what_is_new="Kort").obj
    assert turn(guide)[1] == first + timedelta(days=5 + 365)
    perform(guide.retire, by=cast.dag, why="Ersatt")
    assert not Turn.objects.open().filter(what="supportmaterial").exists()
    assert what_is_wrong() == []


def test_a_draft_has_an_owner_and_no_turn(between):
    between.material_in("draft")
    assert not Turn.objects.filter(what="supportmaterial").exists()


def test_still_right_asks_for_a_day_to_come(between, cast):
    guide = between.material_in("published")
    with pytest.raises(ValidationError) as refused:
        perform(guide.reaffirm, by=cast.dag, review_by=clock.today())
    assert list(refused.value.message_dict) == ["review_by"]


def test_what_is_of_the_collaboration_is_not_handed_on_from_the_list(as_, between, cast):
    """A meeting has a convener and no deputy; a district has nothing else in its list."""
    meeting = between.meeting()
    mine = Turn.objects.open().get(object_id=meeting.pk, what="forummeeting")
    sent = {"turn": [str(mine.uuid)], "to": cast.tuva.pk}
    answer = as_(cast.mona).post("/lamna/", sent)
    assert answer.context["done"] == []
    assert [name for name, _why in answer.context["refused"]] == [str(meeting)]
    between.material_in("published")
    assert "Lämna de valda" not in text(as_(cast.dag).get("/"))
