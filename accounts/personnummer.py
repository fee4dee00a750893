"""Personnummer, samordningsnummer and the school's provisional numbers, read strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from personnummer.personnummer import Personnummer, PersonnummerException

# As SS 12000 writes them: the date, two letters, two digits. They carry no check digit.
_PROVISIONAL = re.compile(r"^(\d{8})([A-Z]{2}\d{2})$")
_DIGITS = re.compile(r"^(\d{8}|\d{6})[-+]?\d{4}$")


@dataclass(frozen=True)
class Number:
    """A number as it is kept: twelve signs, its kind, and the date written in it."""

    text: str
    kind: str  # "personnummer", "coordination" or "provisional"
    # Not always the birth date: a near day is used when a day's numbers run out (FBL 18 §).
    day: date
    girl: bool | None


def read(text: str) -> Number:
    """The number in any common way of writing; raises ValidationError in klarspråk."""
    plain = text.strip().upper().replace(" ", "")
    if match := _PROVISIONAL.match(plain.replace("-", "")):
        return Number(match[0], "provisional", _day(match[1]), None)
    if not _DIGITS.match(plain):
        raise ValidationError(_("Skriv personnumret med tolv siffror, till exempel 20130427-1234."))
    try:
        found = Personnummer(plain)
    except (PersonnummerException, ValueError) as error:
        words = _("Personnumret stämmer inte. Kontrollera siffrorna.")
        raise ValidationError(words) from error
    digits = found.format(True).replace("-", "").replace("+", "")
    coordination = found.is_coordination_number()
    day = int(digits[6:8]) - (60 if coordination else 0)
    return Number(
        digits,
        "coordination" if coordination else "personnummer",
        _day(f"{digits[:6]}{day:02d}"),
        found.is_female(),
    )


def _day(digits: str) -> date:
    try:
        return datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007 -- a day has no zone
    except ValueError as error:
        raise ValidationError(_("Datumet i numret finns inte.")) from error


def is_reserved_for_tests(text: str) -> bool:
    """Whether no real person can have it: Skatteverket's series 980–999 and 238–239."""
    birth_number = text[8:11]
    return birth_number.isdigit() and (
        980 <= int(birth_number) <= 999 or birth_number in ("238", "239")
    )


def for_tests(day: date, birth_number: int) -> str:
    """A valid number of the reserved series, for the demo and the tests; raises ValueError otherwise."""
    body = f"{day:%y%m%d}{birth_number:03d}"
    total = 0
    for place, digit in enumerate(body):
        product = int(digit) * (2 - place % 2)
        total += product // 10 + product % 10
    number = f"{day:%Y%m%d}{birth_number:03d}{-total % 10}"
    if not is_reserved_for_tests(number):
        raise ValueError("Bara serierna 980–999 och 238–239 är fria för prov.")
    return number
