"""What some people have done before the pages are looked at, each through the pages themselves:
what only opens in the middle of something is looked at in the middle of it."""

from __future__ import annotations

import base64
import hmac
import io
import re
import struct
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date

from PIL import Image

from accounts import personnummer
from tests.browser import stage
from tests.browser.crawl import Links, Visitor, shape, sign_in
from tests.browser.looking import GUEST
from tests.browser.stage import Stage

NOBODY, HALFWAY = "nobody", "halfway"
# How many of the demo's families ask for a new link, and how many are followed to each page.
FAMILIES, GUESTS = 65, 2


def all_visitors(here: Stage) -> tuple[dict[str, Visitor], dict[str, list[str]]]:
    """Everybody who signs in, somebody who does not, and those who come by a link; and the
    addresses they were sent, which no page leads to."""
    visitors = {who: sign_in(here.url, who, stage.PASSWORD) for who in stage.PEOPLE}
    visitors[NOBODY] = Visitor(here.url)
    a_pupil_the_school_has_not_met(visitors["skola"])
    something_attached(visitors["skola"])
    a_second_factor(visitors["rektor"])
    visitors["admin"].post("/konto/reauthenticate/", password=stage.PASSWORD)
    visitors[HALFWAY] = sign_in(here.url, "rektor", stage.PASSWORD)
    forgotten_password(visitors[NOBODY])
    starts = {"team": [something_to_print(visitors["team"])]}
    for nth, (visitor, path) in enumerate(by_link(here)):
        visitors[f"{GUEST}{nth}"], starts[f"{GUEST}{nth}"] = visitor, [path]
    mails = [mail.get_content() for mail in here.mails()]
    starts[NOBODY] = [path for words in reversed(mails) for path in stage.links_in(words)]
    return visitors, starts


def a_pupil_the_school_has_not_met(school: Visitor) -> None:
    school.post("/remisser/ny/", needed="no")
    number = personnummer.for_tests(date(2013, 2, 28), 999)
    school.post("/remisser/ny/elev/", number=number)


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


def something_attached(school: Visitor) -> None:
    """A picture laid to one of the school's referrals."""
    picture = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(picture, "PNG")
    for referral in Links(school.get("/remisser/").text).found:
        page = school.get(f"{referral}filer/") if referral.startswith("/remisser/2") else None
        if page and page.is_page and 'type="file"' in page.text:
            school.post(page.path, page=page, title="Bild", kind="other", file=picture.getvalue())
            return
    raise RuntimeError("nowhere can a file be added")


def something_to_print(worker: Visitor) -> str:
    """Asks for the first document that is offered; where it can be followed and fetched."""
    for case in Links(worker.get("/arenden/").text).found:
        page = worker.get(f"{case}utskrift/") if case.startswith("/arenden/") else None
        if page and page.is_page:
            offers = [link for link in Links(page.text).found if link.startswith("/dokument/ny/")]
            for offer in offers[:1]:
                return worker.post(offer, page=page, language="sv").to
    raise RuntimeError("nothing is offered for print")


def one_time_code(secret: str) -> str:
    """RFC 6238, six digits, thirty seconds."""
    beat = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(base64.b32decode(secret), beat, "sha1")
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at : at + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def by_link(here: Stage) -> Iterator[tuple[Visitor, str]]:
    """Those who come without an account, by a link from a mail and a code from a text message:
    some of every kind of link and of every page it leads to."""
    visitor = Visitor(here.url)
    for number in range(1, FAMILIES + 1):
        visitor.post("/s/ny-lank/", where=f"familj{number}.0@example.org")
    met: Counter[tuple[object, str]] = Counter()
    for path, codes in sent_together(here):
        guest = Visitor(here.url)
        first = guest.get(path)
        if not first.is_page or 'name="code"' not in first.text:
            continue
        for code in codes:
            answer = guest.post(path, code=code)
            if answer.status == 302:
                title = re.search(r"<h1>(.*?)</h1>", guest.get(answer.to).text, re.S)
                page = (shape(path), title[1] if title else "")
                met[page] += 1
                if met[page] <= GUESTS:
                    yield guest, answer.to
                break


def sent_together(here: Stage) -> Iterator[tuple[str, list[str]]]:
    """Each link that was mailed, newest first, with the codes texted in the same moment."""
    texts = [(f.stat().st_mtime, stage.codes_in(f.read_text())) for f in here.files("sms")]
    for file in reversed(here.files("mail")):
        at = file.stat().st_mtime
        codes = [code for when, found in texts if abs(when - at) < 1 for code in found]
        for mail in stage.mails_in(file):
            for path in stage.links_in(mail.get_content()):
                yield path, codes[-4:]
