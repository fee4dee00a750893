"""What is looked at on every page: axe in four modes, and what axe cannot see."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import axe_playwright_python
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# name → width of the window, and whether the system paints the page in its own few colours
MODES: dict[str, tuple[int, bool]] = {
    "1280": (1280, False),
    "390": (390, False),
    "320": (320, False),
    "forced colours": (1280, True),
}
NARROWEST, PHONE = 320, "390"
# The modes in which the Tab key goes through the page: as it is laid out wide, and narrow.
KEYBOARD = ("1280", "320")
# How those who came by a one-time link are named; their pages speak the language they were asked in.
GUEST = "guest"
FOUND_BY_AXE = f"""() => axe.run(document, {{resultTypes: ["violations"], runOnly: {RULES}}})
  .then(found => found.violations.map(rule => rule.id + ": " + rule.help + " " +
    rule.nodes.slice(0, 3).map(node => node.target.join(" ") + " " + node.html.slice(0, 120)).join(" | ")))"""

# Runs in the page, at each stop of the Tab key: what is wrong with it, if anything.
LOOK = """element => {
  const style = getComputedStyle(element);
  const width = parseFloat(style.outlineWidth);
  const box = element.getBoundingClientRect();
  const away = parseFloat(style.outlineOffset) + width - 1;
  const ring = {left: box.left - away, right: box.right + away, top: box.top - away, bottom: box.bottom + away};
  element.dataset.reached = "1";
  if (element.type === "radio")
    document.querySelectorAll(`input[type=radio][name="${CSS.escape(element.name)}"]`)
      .forEach(one => one.dataset.reached = "1");
  const about = element.outerHTML.slice(0, 120);
  if (style.outlineStyle === "none" || width < 2 || !box.width || !box.height) return "no ring: " + about;
  if (ring.left < 0 || ring.right > innerWidth) return "the ring leaves the window: " + about;
  for (let up = element.parentElement; up && up !== document.body; up = up.parentElement) {
    const style = getComputedStyle(up), around = up.getBoundingClientRect();
    if (style.overflowX !== "visible" && (ring.left < around.left || ring.right > around.right) ||
        style.overflowY !== "visible" && (ring.top < around.top || ring.bottom > around.bottom))
      return "the ring is cut off: " + about;
  }
  return null;
}"""
WATCH = f"""() => {{
  window.stops = [];
  document.addEventListener("focusin", event => window.stops.push(({LOOK})(event.target)));
}}"""
CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']"
COUNT = f"""() => [...document.querySelectorAll("{CONTROLS}")]
  .filter(one => !one.disabled && one.checkVisibility({{visibilityProperty: true}}))"""
LEFT = f"""() => ({COUNT})().filter(one => !one.dataset.reached).map(one => one.outerHTML.slice(0, 120))"""


class Looker:
    """Somebody's browser window, which remembers what the console said."""

    def __init__(self, browser: Browser, url: str, **more: Any) -> None:
        self.context: BrowserContext = browser.new_context(base_url=url, **more)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(10_000)
        self.said: list[str] = []
        self.spoken: dict[str, str] = {}
        self.cookies: dict[str, list[dict[str, str]]] = {}
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.said.append(f"script: {error}"))

    def _hear(self, message: ConsoleMessage) -> None:
        # The browser reports every answer but 200 as an error; the status is asked for elsewhere.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.said.append(f"console: {message.text}")

    def become(self, who: str, cookies: list[dict[str, str]], language: str = "sv") -> str:
        """Take over somebody's session, in a language; which one it is then. Pages reached by a
        one-time link speak the language of the one who was asked."""
        self.context.clear_cookies()
        mine = self.cookies.get(who, cookies)
        ours: Any = [{**cookie, "domain": "127.0.0.1"} for cookie in mine]
        self.context.add_cookies(ours)
        if who.startswith(GUEST):
            return "sv"
        if self.spoken.get(who, "sv") != language:
            self.page.goto("/hjalp/")
            self.page.locator(f"button[name=language][value={language}]").click()
            self.spoken[who] = language
            kept = self.context.cookies()
            self.cookies[who] = [{k: c[k] for k in ("name", "value", "path")} for c in kept]
        return language

    def open(self, path: str) -> int:
        self.said.clear()
        self.page.set_viewport_size({"width": 1280, "height": 900})
        self.page.emulate_media(forced_colors="none")
        answer = self.page.goto(path, wait_until="load")
        if "/oppna/?till=" in self.page.url:  # a protected pupil's page asks why, each time
            self.page.locator("main textarea").fill("Skolan frågar.")
            with self.page.expect_navigation() as led:
                self.page.locator("main form button").click()
            answer = led.value
        # Led elsewhere, to sign in for one, is not opened.
        return answer.status if answer and urlsplit(self.page.url).path == path else 0

    def close(self) -> None:
        self.context.close()


def faults(looker: Looker, language: str = "sv", *, quick: bool = False) -> list[str]:
    """Everything that is wrong with the page as it stands, in all modes of one load; nothing when
    nothing is. The quick look is without axe and keyboard."""
    page = looker.page
    found = [*_heading(page), *_language(page, language), *sideways(page)]
    if not quick:
        page.evaluate(WATCH)
        found += axe(page)
    return found + looker.said


def axe(page: Page, everything: bool = True) -> list[str]:
    """What axe finds in each mode, or on a phone only; the Tab key with it."""
    found = []
    page.evaluate(AXE)
    for name, (width, forced) in MODES.items():
        if not everything and name != PHONE:
            continue
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(forced_colors="active" if forced else "none")
        found += [f"{name}: {rule}" for rule in page.evaluate(FOUND_BY_AXE)]
        if everything and name in KEYBOARD:
            found += _keyboard(page, name)
    page.emulate_media(forced_colors="none")
    return found


def sideways(page: Page) -> list[str]:
    """Nothing is wider than the narrowest window."""
    page.set_viewport_size({"width": NARROWEST, "height": 900})
    scroll, client = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    return [] if scroll == client else [f"at {client} px the page is {scroll} px wide"]


def _heading(page: Page) -> list[str]:
    headings = [_words(text) for text in page.locator("h1").all_inner_texts()]
    if len(headings) != 1:
        return [f"{len(headings)} h1"]
    title = _words(page.title())
    if title.removeprefix("Fel: ").removeprefix("Error: ") == f"{headings[0]} – Bryggan":
        return []
    # A pupil's name stands in no title, for the browser keeps titles: there the title says the kind
    # of page, with the words before the name.
    kind = title.removesuffix(" – Bryggan")
    if headings[0].startswith(f"{kind}: ") or re.search(r"\b\d\d-\w{5}\b", kind):
        return []
    return [f"the title is “{title}”, the heading “{headings[0]}”"]


def _words(text: str) -> str:
    return " ".join(text.split())


def _language(page: Page, language: str) -> list[str]:
    told = page.evaluate("[document.documentElement.lang, document.documentElement.dir || 'ltr']")
    expected = [language, "rtl" if language in ("ar", "fa", "prs", "ckb") else "ltr"]
    return [] if told == expected else [f"lang and dir are {told}, not {expected}"]


def _keyboard(page: Page, mode: str) -> list[str]:
    """Tab through the page: every stop has a whole ring, and nothing is passed over."""
    page.evaluate(
        "document.querySelectorAll('[data-reached]').forEach(e => delete e.dataset.reached)"
    )
    page.evaluate("document.activeElement.blur(); getSelection().removeAllRanges(); scrollTo(0, 0)")
    # After the last stop comes the browser's own; a date has a stop for each of its parts.
    stops = page.evaluate(f"({COUNT})().length + 1")
    stops += 3 * page.locator("input[type=date], input[type=time]").count()
    for _stop in range(stops):
        page.keyboard.press("Tab")
    found = page.evaluate("document.activeElement.blur() || window.stops.splice(0)")
    left = [f"{mode}: not reached: {one}" for one in page.evaluate(LEFT)]
    return [f"{mode}: {one}" for one in found if one] + left
