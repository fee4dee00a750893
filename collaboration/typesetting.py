"""A text as somebody has typed it, set to be read: paragraphs, lists and links, and nothing else of HTML.

>>> typeset("Ring först.\\n\\n- skolan\\n- teamet")
'<p>Ring först.</p>\\n<ul>\\n<li>skolan</li>\\n<li>teamet</li>\\n</ul>'
"""

from __future__ import annotations

import re
from itertools import groupby

from django.utils.html import format_html, format_html_join, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import normalize_newlines

_BLANK = re.compile(r"\n[^\S\n]*\n")
# How a line of a list begins: a dash, a star or a dot; or a number.
_BULLET = re.compile(r"[-*•–]\s+")
_NUMBER = re.compile(r"[0-9]{1,2}[.)]\s+")
_LISTS = {"ul": _BULLET, "ol": _NUMBER}


def typeset(text: str) -> SafeString:
    """The text as HTML: all that was typed is escaped, and addresses become links."""
    blocks = _BLANK.split(normalize_newlines(text).strip())
    return mark_safe("\n".join(part for block in blocks for part in _parts(block)))  # noqa: S308 -- each part is escaped below


def _parts(block: str) -> list[SafeString]:
    """One stretch of lines: lists where they look like lists, paragraphs in between."""
    lines = [line.strip() for line in block.split("\n") if line.strip()]
    return [_part(kind, list(found)) for kind, found in groupby(lines, _kind)]


def _kind(line: str) -> str:
    return next((tag for tag, begins in _LISTS.items() if begins.match(line)), "p")


def _part(kind: str, lines: list[str]) -> SafeString:
    if kind == "p":
        return format_html("<p>{}</p>", format_html_join(mark_safe("<br>"), "{}", map(_row, lines)))
    rows = [_LISTS[kind].split(line, maxsplit=1)[1] for line in lines]
    if kind == "ul":
        items = format_html_join("\n", "<li>{}</li>", map(_row, rows))
    else:  # the numbers as they were typed: one may be a day, or go on from a list above
        numbers = [re.match(r"[0-9]+", line)[0] for line in lines]  # type: ignore[index]  # a number is how such a line begins
        numbered = zip(numbers, map(_row, rows), strict=True)
        items = format_html_join("\n", '<li value="{}">{}</li>', ((n, *row) for n, row in numbered))
    return format_html("<{}>\n{}\n</{}>", kind, items, kind)


def _row(line: str) -> tuple[SafeString]:
    return (mark_safe(urlize(line, autoescape=True)),)  # noqa: S308 -- urlize escapes all but its own links
