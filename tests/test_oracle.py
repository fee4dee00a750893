"""The oracle: an independent table against every address, method, person and fact."""

from __future__ import annotations

import importlib
import io
import logging
import os
import pkgutil
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import Client
from django.test.utils import override_settings
from django.urls import URLResolver, get_resolver, reverse
from pypdf import PdfReader

import tests.oracle
from history.models import AccessEntry, Seen
from tests.oracle import town
from tests.oracle.canary import CANARY
from tests.oracle.secrets import SECRETS, may_be_shown
from tests.oracle.table import ELSEWHERE, PEOPLE, Row, askings, expected, named

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
# A notice holds a number to follow, and one's own: nothing of the pupil stands beside it.
BY_NUMBER_ONLY = ("workflows:notices",)
BACKEND = "accounts.backend.WithRoles"
# A personnummer, or a day as digits alone or as ISO writes it.
DIGITS = re.compile(r"\b\d{4}-?\d\d-?\d\d(?:-?\d{4})?\b")
# The suite asks for most of the table; the drill for all of it: every person, method and fact.
FULL = os.environ.get("ORACLE") == "full"
# While one declares: ORACLE_ROOM=workflows asks that file alone, ORACLE_ROOM=language that address.
ROOM = os.environ.get("ORACLE_ROOM")
# Who is alike on the path of a pupil; what belongs to no path is asked by everybody.
ALIKE = () if FULL else ("sol", "ola", "otto", "ove", "cecilia", "dag", "dora")
ALIKE_FACTS = () if FULL else ("partial", "refused", "lapsed", "taken_back", "closing", "started")
REFERENCE = re.compile(r"\b\d\d-[2-9A-HJ-NP-Z]{5}\b")


def rooms() -> dict[str, list[Row]]:
    """The declared rows of every file under tests/oracle that has some."""
    found = {}
    for module in pkgutil.iter_modules(tests.oracle.__path__):
        rows = getattr(importlib.import_module(f"tests.oracle.{module.name}"), "ROWS", None)
        if rows is not None:
            found[module.name] = rows
    return found


ROWS = [row for rows in rooms().values() for row in rows]


def names(patterns: Any = None, space: str = "") -> Iterator[str]:
    """Every name of the URLconf, with its namespace; an address without a name is told by itself."""
    for one in (patterns or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from names(one, f"{space}{one.namespace}:" if one.namespace else space)
        else:
            yield f"{space}{one.name}" if one.name else f"/{one.pattern}"


def test_every_address_is_declared():
    declared = {row.url for row in ROWS} | set(ELSEWHERE)
    assert sorted(set(names()) - declared) == []
    assert sorted(declared - set(names())) == []


@dataclass
class Answer:
    """What came back, and what it left behind, before all of it was undone."""

    row: Row
    verb: str
    person: str
    fact: str
    status: int
    where: str
    body: bytes
    headers: dict[str, str]
    cookies: list[str]
    entries: list[str] = field(default_factory=list)
    shown: set[str] = field(default_factory=set)
    canaries: set[tuple[str, str]] = field(default_factory=set)
    references: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        return f"{self.verb} {self.row.url} {' '.join(self.row.args)} [{self.fact}] {self.person}"


class Town:
    """The told town, a browser for each of its people, and one request at a time."""

    def __init__(self) -> None:
        ContentType.objects.clear_cache()
        self.cast, self.situations, rows = town.build()
        self.ids = town.ids_of(self.cast, rows)
        self.versions = {name: getattr(row, "version", 0) for name, row in rows.items()}
        self.clients = {name: self.client(name) for name in PEOPLE}
        self.kept = {name: dict(client.cookies) for name, client in self.clients.items()}
        # A protected pupil's stay those of the fact in which nobody has said why.
        facts = [(name, one) for name, one in self.situations.items() if name != "opened"]
        self.digits = {d: (name, kind) for name, one in facts for d, kind in one.digits().items()}

    def client(self, name: str) -> Client:
        client = Client(raise_request_exception=False)
        if name != "anon":
            membership = getattr(self.cast, name)
            client.force_login(membership.user, backend=BACKEND)
            session = client.session
            session["membership"] = membership.pk
            session.save()
        return client

    def ask(
        self, row: Row, verb: str, person: str, fact: str, args: list[str], url: str = ""
    ) -> Answer:
        """One request, with all it did undone afterwards."""
        data = dict(row.data) if verb == "POST" else {}
        if "version" in data:
            versions = self.situations[fact].versions if fact else self.versions
            kind = next(arg for arg in row.args if not arg.startswith("="))
            data |= {"version": str(versions[kind]), "key": str(uuid4())}
        client, before = self.clients[person], AccessEntry.objects.count()
        url = url or (row.url if row.url.startswith("/") else reverse(row.url, args=args))
        with Undone():
            if fact == "opened" and person != "anon":
                session = client.session
                session["opened"] = str(self.situations[fact].pupil.uuid)
                session.save()
            answer = (
                client.generic(verb, url)
                if verb in ("PUT", "DELETE")
                else (client.post(url, data) if verb == "POST" else client.get(url))
            )
            entries = list(AccessEntry.objects.order_by("pk")[before:])
            shown = Seen.objects.filter(entry__in=entries).values_list("pupil_uuid", flat=True)
            found = Answer(
                row=row,
                verb=verb,
                person=person,
                fact=fact,
                status=answer.status_code,
                where=answer.headers.get("Location", ""),
                body=answer.content,
                headers=dict(answer.headers),
                cookies=[str(morsel) for morsel in answer.cookies.values()],
                entries=[entry.outcome for entry in entries],
                shown={str(uuid) for uuid in shown},
            )
        client.cookies.clear()
        for name, value in self.kept[person].items():
            client.cookies[name] = value.value
        self.mark(found)
        return found

    def mark(self, found: Answer) -> None:
        """Note what it gives away: canaries and numbers in what was said, references in its body."""
        body = found.body.decode(errors="replace")
        if found.headers.get("Content-Type") == "application/pdf":
            body = pdf_text(found.body)
        said = f"{body} {found.headers} {found.cookies}"
        found.canaries = set(CANARY.findall(said))
        for digits in digits_in(said) & self.digits.keys():
            name, kind = self.digits[digits]
            found.canaries.add((name.replace("_", ""), kind))
        found.references = set(REFERENCE.findall(body))


def digits_in(text: str) -> set[str]:
    """Every personnummer and every day in a text, without hyphens."""
    return {found.replace("-", "") for found in DIGITS.findall(text)}


def pdf_text(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


class Undone(transaction.Atomic):
    """A block whose changes are always undone; the door takes it for a test's own, as it is."""

    def __init__(self) -> None:
        super().__init__(using="default", savepoint=True, durable=False)
        self._from_testcase = True

    def __exit__(self, *error: Any) -> None:
        connection.needs_rollback = True
        super().__exit__(*error)


class Lines(logging.Handler):
    """Every line that would have been logged, as it would stand in the log."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def logged() -> Iterator[Lines]:
    lines, root, django = Lines(), logging.getLogger(), logging.getLogger("django")
    before, root.handlers = root.handlers, [lines]
    django.propagate, django.handlers = True, []
    try:
        yield lines
    finally:
        root.handlers = before


def asked_rows() -> list[Row]:
    """All of them; while one declares, those of a file or of one address."""
    if not ROOM:
        return ROWS
    return rooms().get(ROOM) or [row for row in ROWS if row.url in ROOM.split(",")]


def pairs(here: Town) -> Iterator[tuple[Row, str, str, str, list[str]]]:
    """What is asked: what a row declares by everybody, what it does not (405) by one."""
    facts = [name for name in here.situations if name not in ALIKE_FACTS]
    ids = {name: one.ids for name, one in here.situations.items()} | {"town": here.ids}
    for row in asked_rows():
        for fact, args in askings(row, facts, ids):
            for verb, answers in (("GET", row.get), ("POST", row.post)):
                alone = answers == 405 and not FULL
                those = [one for one in PEOPLE if not (fact and one in ALIKE)]
                for person in ("tuva",) if alone else those:
                    yield row, verb, person, fact, args
            if row.unsafe:
                for verb in ("PUT", "DELETE"):
                    yield row, verb, "tuva", fact, args


@pytest.fixture(scope="module")
def here(django_db_setup: None, django_db_blocker: Any) -> Iterator[Town]:
    """The told town, built once for each worker and gone afterwards."""
    limits = override_settings(ACCOUNT_RATE_LIMITS=False)
    with django_db_blocker.unblock(), Undone(), limits:
        yield Town()


Faults = Iterator[str]


def not_as_the_table_says(here: Town, answers: list[Answer]) -> Faults:
    for answer in answers:
        status, where = expected(answer.row, answer.verb, answer.person, answer.fact)
        if answer.status != status or not answer.where.startswith(where):
            yield f"{answer}: {answer.status} {answer.where}, not {status}"


def canaries_out_of_place(here: Town, answers: list[Answer]) -> Faults:
    """Nobody meets a secret they are not named for; a protected one nobody without a reason."""
    facts = {name.replace("_", ""): name for name in (*here.situations, "town")}
    for answer in answers:
        for fact, secret in answer.canaries:
            here_too = named(answer.row.also.get(secret, ""), facts[fact])
            if not (may_be_shown(secret, facts[fact], answer.person) or answer.person in here_too):
                yield f"{answer}: {secret} of {fact}"
            if fact in ("hidden", "guarded") and answer.fact != "opened":
                yield f"{answer}: {secret} of {fact}, and nobody has said why"


def not_on_record(here: Town, answers: list[Answer]) -> Faults:
    """An answer that shows a pupil is one entry that names at least those; none is two entries."""
    by_reference, uuids = {}, {}
    for name, one in here.situations.items():
        uuids[name.replace("_", "")] = str(one.pupil.uuid)
        for key, value in one.ids.items():
            if key.endswith(".reference"):
                by_reference[value] = str(one.pupil.uuid)
    for answer in answers:
        told = {uuids[fact] for fact, _secret in answer.canaries if fact != "town"}
        if answer.row.url not in BY_NUMBER_ONLY and answer.status in (200, 409):
            told |= {by_reference[one] for one in answer.references if one in by_reference}
        if told and (answer.entries != ["shown"] or not told <= answer.shown):
            yield f"{answer}: {answer.entries}, {len(told - answer.shown)} not on record"
        if len(answer.entries) > 1:
            yield f"{answer}: {answer.entries}"


def not_the_same_nothing(here: Town, answers: list[Answer]) -> Faults:
    """Every 404, body and headers both, is that of an address nobody has."""
    nothing = here.ask(Row("help"), "GET", "tuva", "", [], url="/finns-inte/")
    for answer in answers:
        same = (answer.body, sorted(answer.headers.items())) == (
            nothing.body,
            sorted(nothing.headers.items()),
        )
        if answer.status == 404 and not answer.row.gone and not same:
            yield f"{answer}: another 404 than for what does not exist"


def headers_not_strict(here: Town, answers: list[Answer]) -> Faults:
    for answer in answers:
        headers = answer.headers
        policy = headers.get("Content-Security-Policy", "")
        strict = (
            "default-src 'none'" in policy
            and "frame-ancestors 'none'" in policy
            and "unsafe" not in policy
            and headers.get("X-Content-Type-Options") == "nosniff"
            and headers.get("X-Frame-Options") == "DENY"
            and headers.get("Referrer-Policy") == "same-origin"
            and headers.get("Cross-Origin-Opener-Policy") == "same-origin"
            and "no-store" in headers.get("Cache-Control", "")
        )
        cookies = all("HttpOnly" in one and "SameSite=Lax" in one for one in answer.cookies)
        if not (strict and cookies):
            yield f"{answer}: {headers} {answer.cookies}"


PROOFS = (
    not_as_the_table_says,
    canaries_out_of_place,
    not_on_record,
    not_the_same_nothing,
    headers_not_strict,
)
# How many pieces the table is asked in, so that two workers share it.
PARTS = 8


@pytest.mark.parametrize("part", range(PARTS))
def test_the_product_answers_as_the_table_says(here, part):
    with logged() as log:
        answers = [here.ask(*one) for one in list(pairs(here))[part::PARTS]]
    faults = [f"{proof.__name__}: {one}" for proof in PROOFS for one in proof(here, answers)]
    faults += [
        f"in the log: {line}"
        for line in log.lines
        if CANARY.search(line) or digits_in(line) & here.digits.keys()
    ]
    print("\n".join(faults))  # pytest shortens a long list
    assert faults == []


def test_the_table_is_large_enough(here):
    asked = list(pairs(here))
    urls = {row.url for row, *_rest in asked}
    # What the figure means: answers about one pupil to somebody signed in, in a role, whom the table
    # gives none of that pupil's secrets. Whoever is sent to sign in is not counted, nor what is 405.
    strangers = [
        (row.url, person, fact)
        for row, verb, person, fact, _args in asked
        if fact
        and person not in ("anon", "nomad")
        and expected(row, verb, person, fact)[0] != 405
        and not any(may_be_shown(secret, fact, person) for secret in SECRETS)
    ]
    print(f"oracle: {len(asked)} pairs over {len(urls)} addresses, {len(strangers)} by strangers")
    assert min(len(asked), len(strangers)) >= (5000 if not ROOM else 0)


# One of each kind: within and across, named and not.
CORE = ("anon", "sara", "siv", "petra", "tuva", "tim", "mona", "rut", "nina", "olga", "odd", "gun")


@pytest.mark.both_engines
def test_the_core_on_both_engines(here):
    """What PostgreSQL answers by its own plans: the case, its plan and referral, in every fact."""
    core = ("referrals:case", "referrals:referral", "referrals:plan", "referrals:transfer")
    asking = [one for one in pairs(here) if one[0].url in core and one[1] == "GET"]
    answers = [here.ask(*one) for one in asking if one[2] in CORE]
    faults = [one for proof in PROOFS for one in proof(here, answers)]
    print("\n".join(faults))
    assert faults == []


# Where each kind of secret is met by somebody who may.
SUNG = {
    "referrals:referral": "draft submitted returned",
    "referrals:pupil": "declined",
    "referrals:case": "withdrawn",
    "referrals:consent": "support offered",
    "referrals:mapping": "support review",
    "referrals:plan": "support",
    "referrals:notes": "support",
    "referrals:step": "draft",
    "referrals:answer": "support",
    "referrals:glass": "broken",
    "referrals:glasses": "",
    "referrals:transfer": "offered closed",
    "referrals:screening": "",
    "collaboration:agreement": "",
    "collaboration:contact": "",
    "collaboration:meeting": "",
    "collaboration:survey": "",
    "collaboration:interview": "",
    "collaboration:material": "",
    "collaboration:application": "",
    "history:entry": "support",
    "history:check": "",
    "workflows:extract": "support",
    "workflows:extract_file": "closed",
    "workflows:disposal": "",
}


def test_the_canaries_sing(here):
    """Each kind of secret is met by somebody who may, or their silence would prove nothing."""
    singers = ("sara", "siv", "petra", "nina", "tuva", "mona", "rut", "dag", "cecilia", "gun")
    met = {
        secret
        for one in pairs(here)
        if one[1] == "GET" and one[2] in singers and one[3] in SUNG.get(one[0].url, "-").split(" ")
        for _fact, secret in here.ask(*one).canaries
    }
    assert set(SECRETS) - met == set() or ROOM
