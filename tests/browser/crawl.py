"""Finding every page: the patterns of the URLconf, and somebody who is led to an object of each.

Everybody follows links from their first page on. What was found is matched to the patterns, so a
new page is opened as soon as a link leads there for somebody in the told database.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from typing import Any
from uuid import UUID, uuid4

from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from django.urls.exceptions import Resolver404
from django.views.generic import RedirectView

URLCONF = "config.urls"
# Words in an address that name one object among many; any other word is a kind of page.
NAMES = {"reference", "key", "token", "uidb36"}
# How many objects of one kind of page somebody looks at on the hunt for links: at first, and
# as long as somewhere a kind of page is missing.
ENOUGH, PATIENCE = 3, 48


def patterns(resolver: Any = None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every name in the URLconf, with its pattern; what only leads elsewhere is no page."""
    for entry in (resolver or get_resolver(URLCONF)).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from patterns(entry, inner)
        elif entry.name and getattr(entry.callback, "view_class", None) is not RedirectView:
            yield f"{space}{entry.name}", entry


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
    return {
        name: made.get(type(converter).__name__, "x")
        for name, converter in pattern.pattern.converters.items()
    }


class Links(HTMLParser):
    """The addresses on a page, and the fields of its forms."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.hidden: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.found.append(str(given["href"]))
        if tag == "form" and given.get("action"):
            self.found.append(str(given["action"]))
        if tag == "input" and given.get("type") == "hidden" and given.get("name"):
            self.hidden[str(given["name"])] = given.get("value") or ""


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

    def post(self, path: str, *, page: Answer | None = None, **fields: str | bytes) -> Answer:
        """Fill in the form of a page, read now or before, and send it; bytes are a file."""
        hidden = Links((page or self.get(path)).text).hidden
        edge = uuid4().hex
        body = b"".join(_part(edge, name, value) for name, value in (hidden | fields).items())
        headers = {
            "Referer": self.url + path,
            "Content-Type": f"multipart/form-data; boundary={edge}",
        }
        data = body + f"--{edge}--\r\n".encode()
        return self._ask(urllib.request.Request(self.url + path, data, headers))

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
        return {name for name, _pattern in patterns()} - seen - self.files - self.only_posted

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
    for name, pattern in patterns():
        try:
            path = reverse(name, URLCONF, kwargs=without_object(pattern))
        except Exception:  # a pattern of its own making, such as allauth's keys
            continue
        if any(visitor.get(path).status == 405 for visitor in visitors.values()):
            found.only_posted.add(name)
        elif not pattern.pattern.converters:
            plain.append(path)
    return plain


def crawl(
    visitors: dict[str, Visitor], starts: dict[str, list[str]], *, everybody: bool = False
) -> Found:
    """Let everybody follow links; then look at more objects of a kind, as long as some kind of
    page has been opened by nobody. With `everybody` each kind is opened by all who are led there,
    else what only asks a question of its own kind is opened by the first."""
    found = Found(everybody=everybody)
    plain = _asks_for_no_object({who: visitors[who] for who in list(visitors)[:2]}, found)
    walks = {
        who: Walk(visitor, found, who, [*starts.get(who, []), "/", *plain])
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
        enough *= 4
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
        known = {tuple(sorted(resolve(path, URLCONF).kwargs.items())) for path in self.met}
        for name, pattern in patterns():
            words = set(pattern.pattern.converters)
            if name not in self.found.misses() or not words:
                continue
            for values in sorted(known, key=str):
                if {word for word, _value in values} == words:
                    path = reverse(name, URLCONF, kwargs=dict(values))
                    if path not in self.known:
                        self.known.add(path)
                        self.look(path, shape(path) or (name,))

    def look(self, path: str, kind: tuple[str, ...]) -> None:
        answer, found = self.visitor.get(path), self.found
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
