"""Every page of the URLconf that needs no argument costs the same with 3 rows as with 300.

Pages are found, not listed: a new list is covered the day it is there. Each is asked for as the
first role that may open it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import Kind, Membership, Organisation, Role, User
from config.bench import measure, town
from config.bench.cases import Cases
from config.bench.filling import Table
from history.models import Trail
from referrals import models
from workflows.models import Notice, SavedFilter

FEW, MANY = 3, 300
# Signing in and out, the family's own pages, and what answers without looking anything up.
NO_LISTS = ("konto/", "s/", "halsa/", "stil/", "sprak/", "inbjudan/", "glomt-losenord/")
SINCE = date(2020, 1, 1)


def addresses(resolver: Any = None, before: str = "") -> Iterator[str]:
    for entry in (resolver or get_resolver()).url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, route)
        elif isinstance(entry, URLPattern) and "<" not in route and not route.startswith(NO_LISTS):
            yield f"/{route}"


class City:
    """Somebody in every role, and rows in everything that is listed: a few, then many."""

    def __init__(self) -> None:
        ContentType.objects.clear_cache()
        self.town = town.build(districts=1, schools=1)
        self.cases = Cases(self.town)
        here = self.town.districts[0]
        self.school, staff, principal = here.schools[0]
        self.city = here.organisation.parent
        receiver = Organisation.objects.create(
            kind=Kind.RECEIVER, name="Mottagning", parent=here.organisation, since=SINCE
        )
        self.people = [here.workers[0], here.manager, staff, principal]
        others = (
            (Role.RECEIVER, receiver),
            (Role.ADMIN, self.city),
            (Role.AUDITOR, self.city),
            (Role.CENTRAL, self.city),
            (Role.DISTRICT, here.organisation),
        )
        for role, where in others:
            user = User.objects.create(username=f"bench-{role}")
            self.people.append(
                Membership.objects.create(user=user, organisation=where, role=role, since=SINCE)
            )
        self.receiver = self.people[4]
        self.rows = 0

    def grow(self, to: int) -> None:
        new = range(self.rows, to)
        self.cases.fill(len(new))
        users = User.objects.bulk_create(User(username=f"bench-{n}") for n in new)
        Membership.objects.bulk_create(
            Membership(user=user, organisation=self.school, role=Role.SCHOOL, since=SINCE)
            for user in users
        )
        Organisation.objects.bulk_create(
            Organisation(kind=Kind.SCHOOL, name=f"S{n}", parent=self.school.parent, since=SINCE)
            for n in new
        )
        models.Tool.objects.bulk_create(
            models.Tool(key=f"t{n}", name=f"Verktyg {n}", owner=self.city) for n in new
        )
        for who in self.people:
            Notice.objects.bulk_create(
                Notice(to=who, code="turn", key=f"k{n}", what="case", reference="C") for n in new
            )
            SavedFilter.objects.bulk_create(
                SavedFilter(membership=who, name=f"F{n}", query="vems=alla") for n in new
            )
        self._parts(new)
        self.rows = to

    def _parts(self, new: range) -> None:
        """Hand-overs to the receiver and concern reports of every reporter."""
        cases = list(models.Case.objects.order_by("-pk")[: len(new)])
        transfers = Table(
            models.Transfer,
            "uuid trail_id case_id",
            receiver_id=self.receiver.organisation_id,
            responsible_id=self.people[0].pk,
            deputy_id=self.people[1].pk,
            status="started",
            offered_on=date(2026, 1, 7),
            started_on=date(2026, 1, 9),
        )
        reports = Table(
            models.ConcernReport,
            "uuid trail_id pupil_id reporter_id reporters_id",
            made_on=date(2026, 1, 7),
        )
        for case in cases:
            transfers.add(uuid4().hex, case.trail_id, case.pk)
            for who in self.people[:4]:
                trail = Trail.objects.create(pk=self.cases.next("trail"))
                reports.add(uuid4().hex, trail.pk, case.pupil_id, who.pk, who.organisation_id)
        transfers.write()
        reports.write()


def cost(client: Client, url: str) -> int:
    client.get(url)  # what a process keeps for a while, it has kept
    with CaptureQueriesContext(connection) as asked:
        client.get(url)
    said = [q["sql"] for q in asked if q["sql"].split()[0] in measure.STATEMENTS]
    # The log's own are counted apart: a page that shows nobody writes none.
    return len([sql for sql in said if not any(table in sql for table in measure.APART)])


@pytest.mark.slow
def test_every_list_costs_the_same_with_three_rows_as_with_three_hundred(db):
    city = City()
    city.grow(FEW)
    opened: dict[str, Client] = {}
    clients = []
    for who in city.people:
        clients.append(Client())
        clients[-1].force_login(who.user)
    for url in addresses():
        for client in clients:
            if client.get(url).status_code == 200:
                opened[url] = client
                break
    assert {"/", "/remisser/", "/arenden/", "/laget/", "/notiser/"} <= set(opened)
    few = {url: cost(client, url) for url, client in opened.items()}
    city.grow(MANY)
    many = {url: cost(client, url) for url, client in opened.items()}
    assert many == few
