"""Rules that are kept say what the same rule built anew says, to everybody and later too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.apps import apps
from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from accounts import clock, prepared
from accounts.models import Membership
from referrals.models import Case
from workflows.models import Turn

RULES = ("visible_to", "visible_in_full", "open_to", "seen_by", "on_side_of", "elsewhere", "mine")


def every_rule() -> list[tuple[Any, str]]:
    """Every reading rule of every model that is kept."""
    found = []
    for model in apps.get_models():
        rows = getattr(model, "objects", None)
        found += [
            (model, name)
            for name in RULES
            if hasattr(rows, name) and hasattr(getattr(type(rows.all()), name), "__wrapped__")
        ]
    return found


def test_most_rules_of_the_path_are_kept():
    kept = {(model.__name__, name) for model, name in every_rule()}
    wanted = {("Turn", "mine"), ("Case", "seen_by"), ("Referral", "visible_in_full")}
    assert wanted <= kept
    assert len(kept) > 15


def asked(rows: QuerySet[Any, Any]) -> tuple[str, tuple[str, ...]]:
    try:
        sql, parameters = rows.query.sql_with_params()
    except EmptyResultSet:
        return "nothing", ()
    return sql, tuple(str(one) for one in parameters)


@pytest.mark.parametrize("days", [0, 400])
def test_a_kept_rule_asks_what_one_built_anew_asks(days, path, cast):
    path.support()
    people = [one for one in vars(cast).values() if isinstance(one, Membership)]
    built = [(m, n, who, getattr(m.objects, n)(who)) for m, n in every_rule() for who in people]
    assert len(built) > 200
    with clock.at(clock.now() + timedelta(days=days)):
        for model, name, who, before in built:
            with mock.patch.object(prepared, "_whole", return_value=False):
                anew = asked(getattr(model.objects, name)(who))
            assert asked(getattr(model.objects, name)(who)) == anew, (model, name, who)
            assert asked(before) == anew, (model, name, who)


def test_a_kept_rule_is_a_persons_own_and_a_roles_own(path, cast):
    case = path.support()
    assert list(Case.objects.open_to(cast.tuva)) == [case]
    assert list(Case.objects.open_to(cast.siv)) == []
    other = Membership.objects.create(
        user=cast.tuva.user, organisation=cast.tuva.organisation, role="manager"
    )
    assert list(Case.objects.open_to(other)) == []
    assert list(Case.objects.open_to(cast.tuva)) == [case]


def test_rows_already_chosen_are_asked_for_anew(path, cast):
    case = path.support()
    chosen = Case.objects.filter(pk=case.pk + 1)
    assert list(chosen.visible_to(cast.tuva)) == []
    assert list(Turn.objects.filter(case=case).visible_to(cast.tuva)) == list(
        Turn.objects.visible_to(cast.tuva).filter(case=case)
    )


def test_no_more_is_kept_than_there_is_room_for(cast, monkeypatch):
    monkeypatch.setattr(prepared, "KEPT", 5)
    prepared._kept.__dict__.pop("rules", None)
    for who in (cast.tuva, cast.tore, cast.mona, cast.sara, cast.petra, cast.siv):
        Case.objects.visible_to(who)
    assert len(prepared._kept.rules) == 5


def test_the_time_is_asked_for_when_the_query_is_sent(path):
    path.support()
    begun = Turn.objects.filter(began__lt=prepared.Moment())
    assert begun.count() == Turn.objects.count() > 0
    with clock.at(clock.now() - timedelta(days=3)):
        assert begun.count() == 0
