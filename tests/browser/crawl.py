"""Finding every page: the patterns of the URLconf, and somebody who is led to an object of each.

Everybody follows links from their first page on. What was found is matched to the patterns, so a
new page is opened as soon as a link leads there for somebody in the told database.
"""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter, deque
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from typing import Any
from uuid import UUID, uuid4

from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from django.urls.exceptions import NoReverseMatch, Resolver404
from django.urls.resolvers import RegexPattern
from django.views.generic import RedirectView

URLCONF = "config.urls"
# Words in an address that name one object among many; any other word is a kind of page.
NAMES = {"reference", "key", "token", "uidb36"}
# How many objects of one kind of page somebody looks at on the hunt for links: at first, and
# as long as somewhere a kind of page is missing.
ENOUGH, PATIENCE = 2, 18


# Stands before every page about a protected pupil.
ASKS_WHY = ("referrals:open_protected",)
# No page anybody could open, and why.
UNOPENED = {
    "openid_connect_login": "begins at the municipality's own sign-in service; the demo has none",
    "openid_connect_callback": "ends a sign-in at that service",
    "referrals:eid_back": "where an e-legitimation service sends somebody back",
    "referrals:eid_local": "stands in for that service where one is set up for trial",
    "socialaccount_login_error": "answers 401: opened with the other pages of what goes wrong",
    "collaboration:home": "leads on to the first of its pages",
    "collaboration:action": "leads on to the meeting where it was promised",
    "collaboration:funding_answer": "leads on to the application it is about",
}


def patterns(resolver: Any = None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every name in the URLconf, with its pattern; what only leads elsewhere is no page."""
    for entry in (resolver or get_resolver(URLCONF)).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from patterns(entry, inner)
        elif entry.name and getattr(entry.callback, "view_class", None) is not RedirectView:
            name = f"{space}{entry.name}"
            if not _is_shadowed(name, entry):
                yield name, entry


@cache
def known_patterns() -> tuple[tuple[str, URLPattern], ...]:
    return tuple(patterns())


def _is_shadowed(name: str, pattern: URLPattern) -> bool:
    """Another pattern, which comes first, takes all its addresses."""
    try:
        path = reverse(name, URLCONF, kwargs=without_object(pattern))
    except NoReverseMatch:  # a word has to be one of a few
        return False
    return resolve(path, URLCONF).func is not pattern.callback


def shape(path: str) -> tuple[str, ...] | None:
    """The kind of page an address leads to: its name, and the words that are not an object's."""
    try:
        match = resolve(path, URLCONF)
    except Resolver404:
        return None
    kinds = [
        str(value)
        for name, value in match.kwargs.items()
        if not isinstance(value, UUID | int)
        and name not in NAMES
        and not any(char.isdigit() for char in str(value))
    ]
    return (match.view_name, *kinds)


def without_object(pattern: URLPattern) -> dict[str, Any]:
    """Values nobody has used, to ask whether an address can be looked at at all."""
    made = {"UUIDConverter": uuid4(), "IntConverter": 0}
    words = {
        name: made.get(type(converter).__name__, "x")
        for name, converter in pattern.pattern.converters.items()
    }
    if isinstance(pattern.pattern, RegexPattern):
        words |= dict.fromkeys(pattern.pattern.regex.groupindex, "x")
    return words


class Links(HTMLParser):
    """The addresses on a page, what its buttons are called, and its fields as they stand."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.hidden: dict[str, str] = {}
        # Each form's fields, as they would be sent if nobody touched them.
        self.forms: list[dict[str, list[str]]] = []
        self.offered: dict[str, list[str]] = {}
        self.picking = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        there = given.get({"a": "href", "form": "action"}.get(tag, ""))
        if there:
            self.found.append(there)
        if tag == "form":
            self.forms.append({})
        elif tag == "select":
            self.picking = given.get("name", "")
        elif tag in ("input", "textarea", "option"):
            self.field(given, self.picking if tag == "option" else given.get("name", ""))

    def field(self, given: dict[str, str], name: str) -> None:
        value, kind = given.get("value", ""), given.get("type", "")
        if kind == "hidden":
            self.hidden[name] = value
        one_of_many = kind in ("radio", "checkbox") or self.picking
        if one_of_many:
            self.offered.setdefault(name, []).append(value)
        chosen = not one_of_many or "checked" in given or "selected" in given
        if name and chosen and self.forms:
            self.forms[-1].setdefault(name, []).append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.picking = ""


@dataclass(frozen=True)
class Answer:
    status: int
    path: str
    kind: str
    text: str
    to: str = ""

    @property
    def is_page(self) -> bool:
        return self.status == 200 and self.kind == "text/html"


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *given: Any, **more: Any) -> None:
        return None


class Visitor:
    """Somebody with a browser's cookies and no browser."""

    def __init__(self, url: str) -> None:
        self.url, self.jar = url, CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.jar), _Stay
        )

    def _ask(self, request: urllib.request.Request) -> Answer:
        path = urllib.parse.urlsplit(request.full_url).path
        try:
            answer = self.opener.open(request, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            kind = answer.headers.get_content_type()
            text = answer.read().decode() if kind == "text/html" else ""
            to = urllib.parse.urlsplit(answer.headers.get("Location", "")).path
            return Answer(answer.status, path, kind, text, to)

    def get(self, path: str) -> Answer:
        return self._ask(urllib.request.Request(self.url + path))

    def post(
        self, path: str, *, page: Answer | None = None, **fields: str | bytes | list[str]
    ) -> Answer:
        """Fill in the form of a page, read now or before, and send it; bytes are a file."""
        hidden = Links((page or self.get(path)).text).hidden
        edge = uuid4().hex
        sent = [
            (name, one)
            for name, value in (hidden | fields).items()
            for one in (value if isinstance(value, list) else [value])
        ]
        body = b"".join(_part(edge, name, value) for name, value in sent)
        headers = {
            "Referer": self.url + path,
            "Content-Type": f"multipart/form-data; boundary={edge}",
        }
        data = body + f"--{edge}--\r\n".encode()
        return self._ask(urllib.request.Request(self.url + path, data, headers))

    def fill(self, path: str, **fields: str | bytes | list[str]) -> str:
        """Fill in the longest form of a page, leave the rest as it stands, and be led on to here."""
        page = self.get(path)
        form = max(Links(page.text).forms, key=len, default={})
        # A file that nobody chose is not sent.
        untouched = {name: found for name, found in form.items() if any(found)}
        answer = self.post(path, page=page, **(untouched | fields))
        if answer.status not in (302, 303):
            words = re.findall(r'class="(?:error|errsum)[^>]*>(.*?)</', answer.text, re.S)
            raise RuntimeError(f"{path} answered {page.status}, then {answer.status}: {words}")
        return answer.to

    def links(self, path: str, like: str) -> list[str]:
        """Where a page leads, of addresses that match all through."""
        found = [urllib.parse.urljoin(path, link) for link in Links(self.get(path).text).found]
        return [link for link in found if re.fullmatch(like, urllib.parse.urlsplit(link).path)]

    @property
    def cookies(self) -> list[dict[str, str]]:
        return [{"name": c.name, "value": str(c.value), "path": "/"} for c in self.jar]


def _part(edge: str, name: str, value: str | bytes) -> bytes:
    """One field of a form as a browser sends it (RFC 7578)."""
    file = '; filename="bild.png"' if isinstance(value, bytes) else ""
    head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
    return head.encode() + (value if isinstance(value, bytes) else value.encode()) + b"\r\n"


def sign_in(url: str, username: str, password: str) -> Visitor:
    visitor = Visitor(url)
    answer = visitor.post("/konto/login/", login=username, password=password)
    if answer.status != 302:
        raise RuntimeError(f"{username} could not sign in: {answer.status}")
    return visitor


@dataclass
class Found:
    """Which pages were opened by whom: by kind of page, who could, and an address."""

    everybody: bool = False
    pages: dict[tuple[str, ...], list[tuple[str, str]]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    only_posted: set[str] = field(default_factory=set)
    led_on: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    def misses(self) -> set[str]:
        """The names nobody has opened a page of."""
        seen = {kind[0] for kind in self.pages}
        names = {name for name, _pattern in known_patterns()} - set(UNOPENED)
        return names - seen - self.files - self.only_posted

    def of(self, name: str) -> dict[tuple[str, ...], list[tuple[str, str]]]:
        return {kind: by for kind, by in self.pages.items() if kind[0] == name}

    def dumps(self) -> str:
        return json.dumps(
            {
                "pages": [[list(kind), by] for kind, by in self.pages.items()],
                "files": sorted(self.files),
                "only_posted": sorted(self.only_posted),
                "led_on": self.led_on,
                "cookies": self.cookies,
            }
        )

    @classmethod
    def loads(cls, text: str) -> Found:
        raw = json.loads(text)
        return cls(
            pages={tuple(kind): [(who, path) for who, path in by] for kind, by in raw["pages"]},
            files=set(raw["files"]),
            only_posted=set(raw["only_posted"]),
            led_on=raw["led_on"],
            cookies=raw["cookies"],
        )


def _asks_for_no_object(visitors: dict[str, Visitor], found: Found) -> list[str]:
    """The addresses that need no object; on the way, those that cannot be looked at."""
    plain = []
    for name, pattern in known_patterns():
        try:
            path = reverse(name, URLCONF, kwargs=without_object(pattern))
        except Exception:  # a pattern of its own making, such as allauth's keys
            continue
        if any(visitor.get(path).status == 405 for visitor in visitors.values()):
            found.only_posted.add(name)
        elif not without_object(pattern):
            plain.append(path)
    return plain


def crawl(
    visitors: dict[str, Visitor],
    starts: dict[str, list[str]],
    standing: Container[str] = (),
    *,
    everybody: bool = False,
) -> Found:
    """Let everybody follow links; then look at more objects of a kind, as long as some kind of
    page has been opened by nobody. Those who are standing came for one thing: anything else
    could lead them away from it. With `everybody` each kind is opened by all who are led there,
    else what only asks a question of its own kind is opened by the first."""
    found = Found(everybody=everybody)
    plain = _asks_for_no_object({who: visitors[who] for who in list(visitors)[:2]}, found)
    walks = {
        who: Walk(
            visitor, found, who, [*starts.get(who, []), *([] if who in standing else ["/", *plain])]
        )
        for who, visitor in visitors.items()
    }
    enough = ENOUGH
    while True:
        for walk in walks.values():
            walk.on(enough)
        for walk in walks.values():
            walk.guess()
        if not found.misses() or enough >= PATIENCE:
            break
        enough *= 3
    found.cookies = {who: visitor.cookies for who, visitor in visitors.items()}
    return found


class Walk:
    """One person's way from link to link."""

    def __init__(self, visitor: Visitor, found: Found, who: str, starts: list[str]) -> None:
        self.visitor, self.found, self.who = visitor, found, who
        self.left, self.known = deque(starts), set(starts)
        self.looked = Counter[tuple[str, ...]]()
        self.met: list[Any] = []

    def on(self, enough: int) -> None:
        """Look at no more than so many objects of one kind of page; the rest is left."""
        skipped = []
        while self.left:
            path = self.left.popleft()
            kind = shape(path)
            if kind is None or kind[0] in self.found.only_posted or self.is_known(kind):
                continue
            if self.looked[kind] >= enough:
                skipped.append(path)
                continue
            self.look(path, kind)
        self.left.extend(skipped)

    def is_known(self, kind: tuple[str, ...]) -> bool:
        return len(kind) > 1 and kind in self.found.pages and not self.found.everybody

    def guess(self) -> None:
        """Pages no link leads to, such as a thank you: tried with the objects met elsewhere."""
        misses = self.found.misses()
        missed = [pair for pair in known_patterns() if pair[0] in misses]
        known = {tuple(sorted(resolve(path, URLCONF).kwargs.items())) for path in self.met}
        for name, pattern in missed:
            words = set(pattern.pattern.converters)
            if not words:
                continue
            for values in sorted(known, key=str):
                if {word for word, _value in values} == words:
                    path = reverse(name, URLCONF, kwargs=dict(values))
                    if path not in self.known:
                        self.known.add(path)
                        self.look(path, shape(path) or (name,))

    def look(self, path: str, kind: tuple[str, ...]) -> None:
        answer, found = self.visitor.get(path), self.found
        if shape(answer.to) == ASKS_WHY:
            self.found.pages.setdefault(ASKS_WHY, []).append((self.who, answer.to))
            self.visitor.fill(f"{answer.to}?till={path}", why="Skolan frågar.")
            answer = self.visitor.get(path)
        if answer.status == 200:
            self.looked[kind] += 1
            self.met.append(path)
        if answer.is_page:
            found.pages.setdefault(kind, []).append((self.who, path))
        elif answer.status == 200:
            found.files.add(kind[0])
        elif answer.status in (302, 303):
            found.led_on.setdefault(kind[0], answer.to)
        links = [urllib.parse.urljoin(path, link) for link in Links(answer.text).found]
        for link in [answer.to, *links]:
            there = urllib.parse.urlsplit(link).path
            if link.startswith("/") and there not in self.known:
                self.known.add(there)
                self.left.append(there)
