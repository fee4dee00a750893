"""The support material: versions, receipts, what somebody new reads first, who has read."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Membership, User
from collaboration.models import SupportMaterial
from history.door import begin, edit, perform
from tests.conftest import told
from workflows.models import Notice

pytestmark = pytest.mark.django_db
HOME = "/samverkan/material/"


@pytest.fixture
def guide(cast):
    """Published once, for school and team."""
    new = SupportMaterial(
        title="Så samverkar vi",
        kind="guide",
        about="Riktlinjerna på en sida",
        audience=" school team ",
        owner=cast.dag,
    )
    draft = begin(new, by=cast.dag).obj
    return perform(draft.publish, by=cast.dag, text="Ring varandra.").obj


def read(guide, who):
    return perform(guide.acknowledge, by=who, who=who).obj


def test_its_audience_reads_and_confirms_on_the_screen(guide, cast, as_):
    client, page = as_(cast.tuva), f"{HOME}{guide.uuid}/"
    form = client.get(page).context["form"]
    assert "Ring varandra." in client.get(page).content.decode()
    sent = {"version": form["version"].value(), "key": form["key"].value()}
    assert client.post(f"{page}last/", sent)["Location"] == page
    assert "Du har läst den här versionen." in client.get(page).content.decode()
    assert list(guide.receipts.values_list("number", "membership")) == [(1, cast.tuva.pk)]
    assert as_(cast.rut).get(page).status_code == 404


def test_reading_twice_is_one_receipt(guide, cast):
    read(read(guide, cast.tuva), cast.tuva)
    assert guide.receipts.count() == 1


def test_a_new_version_is_unread_again_and_its_audience_is_told_once(guide, cast):
    Notice.objects.all().delete()
    read(guide, cast.tuva)
    with pytest.raises(ValidationError) as missing:
        perform(guide.publish, by=cast.dag, text="Ring, eller kom.")
    assert list(missing.value.message_dict) == ["what_is_new"]
    guide.refresh_from_db()
    guide = perform(guide.publish, by=cast.dag, text="Ring, eller kom.", what_is_new="Kom hit").obj
    mine: Any = SupportMaterial.objects.visible_to(cast.tuva).with_receipt(cast.tuva).get()
    assert (mine.number, mine.read, mine.current.text) == (2, False, "Ring, eller kom.")
    told_of = Notice.objects.filter(code="material").values_list("to__user__username", flat=True)
    assert sorted(told_of) == ["oda", "sara", "siv", "tore", "tuva"]
    assert told(guide) == ["draft", "publish", "acknowledge", "publish"]


def test_somebody_new_reads_first_and_then_everything_opens(guide, cast):
    edited = SupportMaterial.objects.get(pk=guide.pk)
    edit(edited, by=cast.dag, for_newcomers=True)
    user = User.objects.create_user("ny", password="lösenord-för-prov")
    new = Membership.objects.create(
        user=user, organisation=cast.team, role="team", since=date(2020, 1, 1)
    )
    client = Client()
    client.force_login(user, backend="accounts.backend.WithRoles")
    assert client.get("/")["Location"] == f"{HOME}forst/"
    assert "Så samverkar vi" in client.get(f"{HOME}forst/").content.decode()
    page = f"{HOME}{guide.uuid}/"
    form = client.get(page).context["form"]
    client.post(f"{page}last/", {"version": form["version"].value(), "key": form["key"].value()})
    assert client.get("/").status_code == 200
    assert list(guide.receipts.values_list("membership", flat=True)) == [new.pk]


def test_who_has_read_is_counted_by_unit(guide, cast, as_):
    read(guide, cast.tuva)
    page = as_(cast.cecilia).get(f"{HOME}tackning/")
    rows = [(r["organisation__name"], r["n"], r["read"]) for r in page.context["rows"]]
    assert rows == [("Team Norr", 1, 0), ("Åsö skola", 2, 0), ("Team Söder", 2, 1)]
    assert as_(cast.sara).get(f"{HOME}tackning/").status_code == 404


def test_a_keeper_adds_material_with_a_film(cast, as_):
    client = as_(cast.dag)
    form = client.get(f"{HOME}nytt/").context["form"]
    sent = {"key": form["key"].value(), "title": "Film om SST", "kind": "film", "about": "3 min"}
    act = client.post(f"{HOME}nytt/", sent)["Location"]
    form = client.get(act).context["form"]
    again = {"version": form["version"].value(), "key": form["key"].value()}
    wrong = client.post(act, again | {"address": "inte en adress"})
    assert list(wrong.context["form"].errors) == ["address"]
    upload = SimpleUploadedFile("x.exe", b"MZ", content_type="application/pdf")
    refused = client.post(act, again | {"file": upload})
    assert list(refused.context["form"].errors) == ["file"]
    page = client.post(act, again | {"address": "https://stad.example/film"})["Location"]
    assert "https://stad.example/film" in client.get(page).content.decode()


def test_what_is_retired_is_gone_from_its_audience(guide, cast):
    perform(guide.retire, by=cast.dag, why="Ersatt av stadens")
    assert list(SupportMaterial.objects.visible_to(cast.sara)) == []
    assert SupportMaterial.objects.visible_to(cast.dag).count() == 1
