"""Junk into every form and address as each role: whatever comes, the answer is never an error of ours."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from random import Random
from typing import Any
from urllib.parse import quote_from_bytes, urljoin, urlsplit
from uuid import uuid4

from django.core.signals import got_request_exception
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

JUNK = [
    "\x00",
    "a\x00b",
    "\ud800",
    "a\udfff",
    "10000000000000000000",
    "-1",
    "0",
    "99999999999",
    "2147483648",
    "9223372036854775808",
    "1e309",
    "NaN",
    "1.5",
    "٣٤",
    "²",
    "\u202eabc\u202d",
    "\ufeff",
    "\r\nX: y",
    "0001",
    "9999",
    "10000",
    "31",
    "13",
    "0001-01-01",
    "9999-12-31",
    "2026-02-30",
    "24:00",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "%s%n",
    "../../etc/passwd",
    "😀" * 50,
    "a" * 300,
    "a" * 20_000,
    "",
    " ",
    "\t",
    "nope",
    "null",
    "true",
    "[]",
    '{"a":1}',
    "x" * 60,
    "--------",
    "0" * 36,
    "=1+1",
    "é" * 4000,
    "\u0000\ud83d",
    "javascript:alert(1)",
    "//example.org",
    "\x7f\x1b[31m",
]
BIG = "y" * 1_000_000
QUERIES = [
    "vems",
    "nar",
    "efter",
    "personer",
    "beslut",
    "skola",
    "steg",
    "fran",
    "till",
    "person",
    "elev",
    "utfall",
    "fore",
    "om",
    "hur",
    "sprak",
    "next",
    "ny",
    "kolla",
    "sida",
    "q",
]
# A way out, and what another page is for.
LEFT_OUT = ("/konto/logout/", "/static/", "/sprak/")


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


class Page(HTMLParser):
    """The forms and the links of one page."""

    def __init__(self, html: str, here: str) -> None:
        super().__init__()
        self.here = here
        self.forms: list[Form] = []
        self.links: set[str] = set()
        self._form: Form | None = None
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        if tag == "a" and got.get("href", "").startswith(("/", "?")):
            self.links.add(urljoin(self.here, got["href"]))
        elif tag == "form":
            action = urljoin(self.here, got.get("action") or self.here)
            self._form = Form(action, got.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "select":
            self._select = got.get("name", "")
            self._form.fields.setdefault(self._select, [])
        elif tag == "option" and self._select:
            self._form.fields[self._select].append(got.get("value", ""))
        elif tag in ("input", "textarea", "button") and got.get("name"):
            if got.get("type") == "file":
                self._form.files.append(got["name"])
            else:
                self._form.fields.setdefault(got["name"], []).append(
                    got.get("value", "on" if tag == "input" else "")
                )

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""


def patterns(resolver: Any = None, before: str = "/") -> Iterator[str]:
    """Every address of the URLconf, as it is written there."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one, before + str(one.pattern))
        elif isinstance(one, URLPattern):
            yield before + str(one.pattern)


class Fuzz:
    """Requests counted, and those that went wrong, from one seed."""

    def __init__(
        self, clients: dict[str, Client], references: list[str], uuids: list[str], seed: int
    ) -> None:
        self.clients, self.references, self.uuids = clients, references, uuids
        self.dice, self.sent = Random(seed), 0
        self.wrong: list[tuple[Any, ...]] = []
        self.statuses: dict[int, int] = {}
        self.fields: set[tuple[str, str]] = set()
        for client in clients.values():
            client.raise_request_exception = False

    def go(self, count: int) -> None:
        """So many requests, into the pages each role reaches: the more requests, the more pages."""
        self.reach = min(90, 6 + count // 100)
        pages = {role: self.crawl(client) for role, client in self.clients.items()}
        addresses = sorted(set(patterns()))
        while self.sent < count:
            role = self.dice.choice(list(self.clients))
            fate = self.dice.random()
            if fate < 0.7 and pages[role]:
                self.into_form(role, self.dice.choice(pages[role]))
            elif fate < 0.85:
                self.by_address(role, self.filled(self.dice.choice(addresses)))
            else:
                self.by_query(role, self.dice.choice(pages[role]) if pages[role] else "/")

    def crawl(self, client: Client) -> list[str]:
        """The pages a role reaches from its start and by address, up to a number."""
        wanted = ["/", *(self.filled(one, wild=False) for one in sorted(set(patterns())))]
        wanted += [
            self.filled(one, wild=False) for one in sorted(set(patterns())) for _n in range(2)
        ]
        met: dict[str, None] = {}
        tries = 0
        self.dice.shuffle(wanted)
        while wanted and len(met) < self.reach and tries < 4 * self.reach:
            url = wanted.pop(0)
            if url in met or url.startswith(LEFT_OUT):
                continue
            tries += 1
            answer = self.asked(client, "get", url)
            if answer.status_code == 200 and "html" in answer.headers.get("Content-Type", ""):
                met[url] = None
                links = sorted(Page(answer.content.decode(), url).links)
                wanted += self.dice.sample(links, min(6, len(links)))
        return list(met)

    def filled(self, pattern: str, *, wild: bool = True) -> str:
        """An address with its holes filled: by what exists, or by junk."""
        url = pattern.replace("\\Z", "").replace("^", "").replace("$", "")
        for kind, values in (
            ("uuid", self.uuids),
            ("slug", self.references),
            ("str", self.references),
        ):
            while f"<{kind}:" in url:
                start = url.index(f"<{kind}:")
                end = url.index(">", start)
                value = self.dice.choice(values)
                if wild and self.dice.random() < 0.5:
                    junk = [str(uuid4()), "26-AAAAA", self.dice.choice(JUNK)]
                    value = quote_from_bytes(
                        self.dice.choice(junk).encode("utf-8", "surrogatepass")[:200], safe=""
                    )
                url = url[:start] + value + url[end + 1 :]
        return url

    def into_form(self, role: str, url: str) -> None:
        answer = self.asked(self.clients[role], "get", url)
        if answer.status_code != 200 or "html" not in answer.headers.get("Content-Type", ""):
            return
        forms = [
            one
            for one in Page(answer.content.decode(), url).forms
            if not one.action.startswith(LEFT_OUT)
        ]
        if not forms:
            return
        form = self.dice.choice(forms)
        for _try in range(4):
            values = {name: self.dice.choice(known or [""]) for name, known in form.fields.items()}
            names = [name for name in values if name != "csrfmiddlewaretoken"]
            spoiled = self.dice.sample(
                names, min(len(names), self.dice.choice((1, 1, 2, len(names) or 1)))
            )
            for name in spoiled:
                values[name] = self.junk()
                self.fields.add((urlsplit(form.action).path.split("/")[1], name))
            if form.files and self.dice.random() < 0.8:
                self.with_file(role, form, values)
            else:
                self.sends(role, form.method, form.action, encoded(values), spoiled)

    def junk(self) -> str:
        return BIG if self.dice.random() < 0.002 else self.dice.choice(JUNK)

    def with_file(self, role: str, form: Form, values: dict[str, str]) -> None:
        file = io.BytesIO(
            self.dice.choice(
                [b"", b"%PDF-1.4 x", b"PK\x03\x04" + b"\0" * 50, b"\x89PNG\r\n\x1a\n", b"MZ"]
            )
        )
        file.name = self.dice.choice(
            ["a.pdf", "b.png", "c.docx", "d.exe", "../e.pdf", "å" * 200 + ".pdf", ".pdf"]
        )
        plain = {k: v.encode("utf-8", "replace").decode() for k, v in values.items()}
        self.counted(
            role,
            "post",
            form.action,
            sorted(plain),
            lambda c: c.post(form.action, plain | {form.files[0]: file}),
        )

    def by_address(self, role: str, url: str) -> None:
        method = self.dice.choice(("get", "get", "post", "put", "delete", "head"))
        body = encoded({name: self.junk() for name in self.dice.sample(QUERIES, 3)})
        self.sends(role, method, url, body, [])

    def by_query(self, role: str, url: str) -> None:
        names = self.dice.sample(QUERIES, self.dice.choice((1, 2, 4)))
        query = encoded({name: self.junk()[:30_000] for name in names})
        if self.dice.random() < 0.05:
            query = "&".join(f"a{n}=1" for n in range(3000))
        self.sends(role, "get", url, query, names)

    def sends(self, role: str, method: str, url: str, body: str, names: list[str]) -> None:
        if method == "get":
            target = f"{urlsplit(url).path}?{body}"
            self.counted(role, method, target, names, lambda c: c.get(target))
            return
        kind = "application/x-www-form-urlencoded"
        self.counted(
            role,
            method,
            url,
            names,
            lambda c: (
                getattr(c, method)(url, data=body, content_type=kind)
                if method != "head"
                else c.head(url)
            ),
        )

    def asked(self, client: Client, method: str, url: str) -> Any:
        with Undone():
            return getattr(client, method)(url)

    def counted(self, role: str, method: str, url: str, names: list[str], send: Any) -> None:
        """Send it, count it, undo it."""
        raised: list[str] = []

        def note(sender: Any, request: Any, **kwargs: Any) -> None:
            import sys

            raised.append(repr(sys.exc_info()[1])[:300])

        got_request_exception.connect(note)
        try:
            with Undone():
                answer = send(self.clients[role])
        finally:
            got_request_exception.disconnect(note)
        self.sent += 1
        self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
        if answer.status_code >= 500:
            self.wrong.append((role, method, url[:200], names, answer.status_code, raised))


class Undone(transaction.Atomic):
    """Whatever the request did is taken back, so that each meets the same world."""

    def __init__(self) -> None:
        super().__init__("default", True, False)
        self._from_testcase = True  # the door's own block may stand inside it

    def __exit__(self, *args: Any) -> None:
        transaction.set_rollback(True)
        super().__exit__(*args)


def encoded(values: dict[str, str]) -> str:
    """As a browser would, and as no browser would: lone surrogates too."""

    def quoted(text: str) -> str:
        return quote_from_bytes(text.encode("utf-8", "surrogatepass"))

    return "&".join(f"{quoted(name)}={quoted(value)}" for name, value in values.items())
