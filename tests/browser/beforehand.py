"""Who is there when the pages are looked at: signed in, signed in by half, and come by a link."""

from __future__ import annotations

import base64
import hmac
import re
import struct
import time
from collections import Counter
from collections.abc import Iterator

from tests.browser import scenes, stage
from tests.browser.crawl import Visitor, sign_in
from tests.browser.looking import GUEST
from tests.browser.stage import Stage

NOBODY, HALFWAY, NEWCOMER = "nobody", "halfway", "newcomer"
# How many of the demo's families ask for a new link, and how many are followed to each page.
FAMILIES, GUESTS = 65, 2


def all_visitors(here: Stage) -> tuple[dict[str, Visitor], dict[str, list[str]], set[str]]:
    """Everybody who signs in, somebody who does not, and those who come by a link; the addresses
    they were sent, which no page leads to; and who came for one thing only."""
    visitors = {who: sign_in(here.url, who, stage.PASSWORD) for who in stage.PEOPLE}
    visitors[NOBODY] = Visitor(here.url)
    stand = scenes.all_of_them(visitors)
    a_second_factor(visitors["rektor"])
    visitors["admin"].post("/konto/reauthenticate/", password=stage.PASSWORD)
    visitors[HALFWAY] = sign_in(here.url, "rektor", stage.PASSWORD)
    visitors[NEWCOMER] = sign_in(here.url, "mottagare", stage.PASSWORD)
    forgotten_password(visitors[NOBODY])
    starts = {"team": [scenes.something_to_print(visitors["team"]), "/"]}
    starts[HALFWAY] = ["/konto/tvafaktor/authenticate/"]
    starts[NEWCOMER] = ["/samverkan/material/forst/"]
    for who, (visitor, paths) in stand.items():
        visitors[f"{GUEST}-{who}"], starts[f"{GUEST}-{who}"] = visitor, paths
    for nth, (visitor, path) in enumerate(by_link(here)):
        visitors[f"{GUEST}{nth}"], starts[f"{GUEST}{nth}"] = visitor, [path, "/s/tack/"]
    mails = [stage.words_of(mail) for mail in here.mails()]
    starts[NOBODY] = [path for words in reversed(mails) for path in stage.links_in(words)]
    standing = {who for who in visitors if who.startswith(GUEST)} | {HALFWAY, NEWCOMER}
    return visitors, starts, standing


def forgotten_password(visitor: Visitor) -> None:
    visitor.post("/glomt-losenord/", email="team2@example.org")


def a_second_factor(visitor: Visitor) -> None:
    """Signs in with a password and a code from now on."""
    visitor.post("/konto/reauthenticate/", password=stage.PASSWORD)
    where = "/konto/tvafaktor/totp/activate/"
    page = visitor.get(where)
    secret = re.search(r"\b[A-Z2-7]{32}\b", page.text)
    if (
        secret is None
        or visitor.post(where, page=page, code=one_time_code(secret[0])).status != 302
    ):
        raise RuntimeError("no second factor could be set up")


def one_time_code(secret: str) -> str:
    """RFC 6238, six digits, thirty seconds."""
    beat = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(base64.b32decode(secret), beat, "sha1")
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def by_link(here: Stage) -> Iterator[tuple[Visitor, str]]:
    """Families who ask for a new link, each with the code they are shown when they ask: so many
    of every page it leads to."""
    met: Counter[str] = Counter()
    for number in range(1, FAMILIES + 1):
        address, guest = f"familj{number}.0@example.org", Visitor(here.url)
        before = len(here.files("mail"))
        asked = guest.post("/s/ny-lank/", where=address).text
        for file in here.files("mail")[before:]:
            for mail in stage.mails_in(file):
                link = stage.links_in(stage.words_of(mail))[-1]
                answer = guest.post(link, code=stage.codes_in(asked)[-1])
                if answer.status != 302:
                    continue
                title = re.search(r"<h1>(.*?)</h1>", guest.get(answer.to).text, re.S)
                kind = title[1].strip() if title else ""
                met[kind] += 1
                if met[kind] <= GUESTS:
                    yield guest, answer.to
