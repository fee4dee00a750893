"""Somebody at a screen, who knows only what stands there: labels, links, buttons and headings."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from playwright.sync_api import Browser, Locator, expect

from tests.browser.looking import Looker
from tests.browser.stage import PASSWORD, Stage

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


class Person(Looker):
    """A person in a window of their own; `script=False` has switched JavaScript off."""

    def __init__(
        self, browser: Browser, town: Stage, *, phone: bool = False, script: bool = True
    ) -> None:
        more: dict[str, Any] = PHONE if phone else {}
        super().__init__(browser, town.url, java_script_enabled=script, **more)
        self.page.set_default_timeout(20_000)

    def sign_in(self, username: str) -> Person:
        self.go("/konto/login/")
        self.write("Användarnamn eller e-post", username)
        self.write("Lösenord", PASSWORD)
        self.press("Logga in")
        return self

    def go(self, path: str) -> int:
        answer = self.page.goto(path)
        return answer.status if answer else 0

    @property
    def path(self) -> str:
        return "/" + self.page.url.split("/", 3)[3].split("?")[0]

    def sees(self, *words: str) -> None:
        for each in words:
            expect(self.page.locator("main")).to_contain_text(each)

    def misses(self, *words: str) -> None:
        """None of it stands anywhere in what was sent, seen or hidden."""
        sent = self.page.content()
        assert [each for each in words if each in sent] == []

    def finds(self, path: str) -> bytes:
        """What is sent when there is nothing for this person, asked for as a page is."""
        answer = self.page.request.get(path)
        assert answer.status == 404, (path, answer.status)
        return answer.body()

    def follow(self, words: str) -> None:
        self._click(self._named("link", words))

    def follow_in(self, row: str, words: str) -> None:
        """A link of the row of a list that is about this."""
        found = self.page.locator("main").get_by_role("listitem").filter(has_text=row)
        self._click(found.get_by_role("link", name=_begins(words)).first)

    def press(self, words: str) -> None:
        """Press a button; what has to be mended would stand in a summary on top."""
        self._click(self._named("button", words))
        wrong = self.page.locator(".errsum")
        assert wrong.count() == 0, wrong.inner_text()

    def _named(self, role: Any, words: str) -> Locator:
        return self.page.locator("main").get_by_role(role, name=_begins(words)).first

    def _click(self, what: Locator) -> None:
        with self.page.expect_navigation():
            what.click()

    def unfold(self, words: str) -> None:
        self.page.locator("summary", has_text=_begins(words)).first.click()

    def write(self, label: str, words: str) -> None:
        self.page.get_by_label(_begins(label)).first.fill(words)

    def choose(self, question: str, answer: str) -> None:
        """One of several answers, or one more of those that may be ticked."""
        group = self.page.get_by_role("group", name=_begins(question))
        group.get_by_label(answer, exact=True).check()

    def only(self, question: str, *answers: str) -> None:
        """Of those that may be ticked, these and no others."""
        group = self.page.get_by_role("group", name=_begins(question))
        for box in group.get_by_role("checkbox").all():
            box.uncheck()
        for answer in answers:
            group.get_by_role("checkbox", name=_begins(answer)).first.check()

    def tick(self, label: str) -> None:
        self.page.get_by_label(_begins(label)).first.check()

    def pick(self, label: str, option: str) -> None:
        box = self.page.get_by_label(_begins(label)).first
        value = box.locator("option", has_text=option).first.get_attribute("value")
        box.select_option(value)

    def day(self, question: str, day: date) -> None:
        group = self.page.get_by_role("group", name=_begins(question))
        for part, number in (("Dag", day.day), ("Månad", day.month), ("År", day.year)):
            group.get_by_label(part, exact=True).fill(str(number))


def _begins(words: str) -> re.Pattern[str]:
    # Words hidden from the eye stand apart from those before them.
    return re.compile("^" + re.escape(words).replace(":", r"\s*:"))
