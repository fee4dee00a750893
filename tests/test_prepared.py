"""Rules that are kept say what the same rule built anew says, to everybody and later too."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.apps import apps
from django.core.exceptions import EmptyResultSet
from django.db.models import Q, QuerySet

from accounts import clock, prepared
from accounts.models import Membership
from referrals import happenings
from referrals.models import Absence, Case, Consent, Goal, absence, consent
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
    """In words that were kept, on its own and inside another query, now and much later."""
    path.support()
    people = [one for one in vars(cast).values() if isinstance(one, Membership)]
    rules = [(model, name, who) for model, name in every_rule() for who in people]
    assert len(rules) > 200
    before = [seen_by(*rule) for rule in rules]
    said = [(asked(rows), asked(within(rows))) for rows in before]
    with clock.at(clock.now() + timedelta(days=days)):
        for rule, rows, words in zip(rules, before, said, strict=True):
            with mock.patch.object(prepared, "_kept", threading.local()):
                anew = seen_by(*rule)
                wanted = asked(anew), asked(within(anew))
            again = seen_by(*rule)
            assert (asked(rows), asked(within(rows))) == wanted, rule
            assert (asked(again), asked(within(again))) == wanted, rule
            assert days or wanted[0][0] == words[0][0]


@pytest.mark.both_engines
def test_a_kept_rule_finds_what_the_rule_itself_finds(path, cast):
    path.occasion(path.support())
    path.mapping()
    path.submitted()
    found = 0
    for model, name in every_rule():
        rule = getattr(type(model.objects.all()), name).__wrapped__
        for who in [one for one in vars(cast).values() if isinstance(one, Membership)]:
            with mock.patch.object(prepared, "_whole", return_value=False):
                wanted = set(rule(model.objects.all(), who).values_list("pk", flat=True))
            kept = seen_by(model, name, who)
            assert set(kept.values_list("pk", flat=True)) == wanted, (model, name, who)
            assert set(within(kept).values_list("pk", flat=True)) == wanted, (model, name, who)
            found += len(wanted)
    assert found > 100


def seen_by(model: Any, name: str, who: Membership) -> QuerySet[Any]:
    return getattr(model.objects, name)(who)


def within(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The same rows, by a query that has this one inside it twice, under other names."""
    inside = rows.values("pk")
    return rows.model._default_manager.filter(Q(pk__in=inside) | Q(pk__in=inside, uuid=None))


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


@pytest.mark.both_engines
def test_what_is_kept_with_numbers_is_each_cases_own(path, cast):
    """The same question of one case, of another, and of the first again, for everybody."""
    one, other = path.support(), path.mapping()
    path.occasion(one)
    found = []
    for who in [one for one in vars(cast).values() if isinstance(one, Membership)]:
        for case in (one, other, one):
            ids = {"case": case.pk, "referral": case.referral_id or 0}
            whole = ids | {"trail": case.trail_id}
            asked_for: list[tuple[QuerySet[Any, Any], QuerySet[Any, Any]]] = [
                (Consent.objects.seen_in(case, who), consent._seen_in(who, **whole)),
                (Absence.objects.seen_in(case, who), absence._seen_in(who, **ids)),
            ]
            for full in (True, False):
                for kinds in ((), ("case", "goal")):
                    kept = happenings.events(case, who, full, kinds)
                    asked_for.append((kept, happenings._events(who, full, kinds, **whole)))
            for kept, anew in asked_for:
                wanted = set(anew.values_list("pk", flat=True))
                assert set(kept.values_list("pk", flat=True)) == wanted, (who, case)
                found.append(len(wanted))
    assert (sum(found) > 300, 0 in found) == (True, True)


def test_numbers_are_never_kept_with_the_words(path, cast):
    case = path.support()
    given = Consent.objects.seen_in(case, cast.tuva)
    assert list(given) == list(Consent.objects.all())

    def outer(_actor: Membership) -> QuerySet[Any, Any]:
        return Case.objects.filter(pk__in=given.values("case"))

    with pytest.raises(ValueError, match="sparas"):
        list(prepared.kept_with(outer, cast.tuva))
    with pytest.raises(ValueError, match="kept_with"):
        list(Case.objects.filter(pk=prepared.Slot("case")))


@pytest.mark.both_engines
@pytest.mark.parametrize("days", [0, 400])
def test_the_top_of_a_case_is_told_the_same_when_its_words_are_kept(days, path, cast):
    path.occasion(path.support())
    path.mapping()
    told = ("full", "glass", "known", "handed", "undecided", "people", "voice", "parts", "later")
    seen = 0
    for who in [one for one in vars(cast).values() if isinstance(one, Membership)]:
        list(Case.objects.seen_by(who))
        with clock.at(clock.now() + timedelta(days=days)):
            kept = {case.pk: case for case in Case.objects.seen_by(who)}
            with mock.patch.object(prepared, "_kept", threading.local()):
                anew = {case.pk: case for case in Case.objects.seen_by(who)}
            assert kept.keys() == anew.keys()
            for pk, case in kept.items():
                for name in told:
                    assert getattr(case, name) == getattr(anew[pk], name), (who, name)
                seen += getattr(case, "full")  # noqa: B009  # annotated by seen_by
    assert seen > 1


def test_what_is_told_of_a_row_follows_it_into_another_question(path, cast):
    """Inside another question the table has another name; words kept from before would not fit."""
    case = path.support()
    rows = Case.objects.seen_by(cast.tuva)
    assert [row.pk for row in rows] == [case.pk]
    open_to_her = rows.filter(full=True)  # type: ignore[misc]  # annotated by seen_by
    goals = Goal.objects.filter(case__in=open_to_her.values("pk"))
    assert set(goals) == set(Goal.objects.filter(case=case)) != set()
