"""A form with what it asks for left empty: what has to be mended is said on top and beside each
field, and what was typed is still there."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.browser.looking import Looker, axe, sideways

# A search finds nothing for nothing, which is no fault.
FORMS = "main form[method=post]:not([role=search])"
SEND = "form => form.requestSubmit(form.querySelector('button'))"
TYPED = "Skrivet åäö <b>"
# A survey's sheet asks for nothing in particular: one text on it is an answer.
ONE_IS_ENOUGH = ("/samverkan/enkat/",)
# Empties what a form asks for, but for one text, and types into one that need not be filled.
EMPTY = """(form, typed) => {
  const fields = [...form.querySelectorAll(".field:not(.field .field)")].map(box => ({
    optional: !!box.querySelector("label > .muted, legend > .muted") || !!box.querySelector(".single"),
    inputs: [...box.querySelectorAll("input:not([type=hidden]), select, textarea")]
      .filter(one => !one.disabled && one.checkVisibility()),
  }));
  const isText = one => one.tagName === "TEXTAREA" || (one.type === "text" && !one.inputMode && !one.pattern);
  const emptied = [], texts = [];
  for (const {optional, inputs} of fields) for (const one of inputs) {
    if (optional) { if (isText(one)) texts.unshift(one); continue; }
    if (one.type === "radio" || one.type === "checkbox") one.checked = false;
    else if (one.tagName === "SELECT") {
      if (![...one.options].some(option => option.value === "")) continue;
      one.value = "";
    } else if (one.type !== "file") one.value = "";
    if (isText(one)) texts.push(one);
    emptied.push(one.name);
  }
  const kept = typed && texts.find(one => new Set(emptied).size > 1 || one.name !== emptied[0]);
  if (kept) kept.value = typed;
  form.noValidate = true;
  return [emptied.filter(name => name !== (kept && kept.name)).length, kept ? kept.name : ""];
}"""
# What is wrong with the answer: the summary, its links, the words beside each field.
ANSWERED = """([kept, typed]) => {
  const wrong = [], summary = document.querySelector("main .errsum");
  if (!summary) return ["no summary of what has to be mended"];
  if (document.activeElement !== summary) wrong.push("the summary has not got the focus");
  if (!/^(Fel|Error): /.test(document.title)) wrong.push("the title does not say that something is wrong");
  const links = [...summary.querySelectorAll("a[href^='#']")];
  if (!links.length) wrong.push("the summary leads to no field");
  for (const link of links) {
    const field = document.getElementById(link.hash.slice(1));
    if (!field || !field.matches("input, select, textarea")) { wrong.push("leads nowhere: " + link.hash); continue; }
    const boxes = [...document.querySelectorAll(".field")], box = boxes.find(one => one.contains(field));
    const beside = box && box.querySelector(".error"), said = beside && beside.innerText.trim();
    // General words are named on top by the field they are about.
    const named = box && box.querySelector("legend, .single span, label").firstChild.textContent.trim();
    const alike = [said, `${named}${/[?.:]$/.test(named) ? "" : ":"} ${said}`];
    if (!said || !alike.includes(link.innerText.trim()))
      wrong.push("not said beside its field: " + link.innerText);
  }
  const still = kept && [...document.querySelectorAll(`main [name="${CSS.escape(kept)}"]`)].map(one => one.value);
  if (kept && !still.includes(typed)) wrong.push("lost what was typed in " + kept);
  return wrong;
}"""


def refused(looker: Looker, *, everything: bool = False) -> list[str]:
    """Every form of the page is sent empty; what is wrong with the answers."""
    page, path = looker.page, looker.page.url
    wrong: list[str] = []
    for nth in range(page.locator(FORMS).count()):
        if page.url != path or nth:
            page.goto(path)
        left_empty, kept = _emptied(page, nth)
        if not left_empty:
            continue
        with page.expect_navigation() as led:
            page.locator(FORMS).nth(nth).evaluate(SEND)
        if led.value.status != 200 or led.value.request.redirected_from:
            wrong.append(f"form {nth} left empty answered {led.value.status} at {page.url}")
            continue
        found = page.evaluate(ANSWERED, [kept, TYPED]) + sideways(page) + axe(page, everything)
        wrong += [f"form {nth} left empty: {one}" for one in found]
    return wrong


def _emptied(page: Page, nth: int) -> Any:
    forms = page.locator(FORMS)
    if nth >= forms.count():
        return 0, ""
    enough = any(way in page.url for way in ONE_IS_ENOUGH)
    return forms.nth(nth).evaluate(EMPTY, "" if enough else TYPED)
