"""The register from a CSV file: every fault named by row and column, all or nothing, and the same
file again changes nothing."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import clock, register
from accounts.csv_known import Known
from accounts.models import Actor, Kind, Organisation

LIMIT = 2 * 1024 * 1024
validate_length = MaxLengthValidator(254)
# As they stand in the file's first row. `kod` is Skolverket's school unit code, and the key of a
# school; everything else is known by its kind and name.
COLUMNS = (
    "slag",
    "namn",
    "kod",
    "fristående",
    "kommunkod",
    "ligger_i",
    "huvudman",
    "funktionsadress",
    "från",
)
KINDS = {
    "kommun": Kind.MUNICIPALITY,
    "stadsdel": Kind.DISTRICT,
    "huvudman": Kind.PROVIDER,
    "skola": Kind.SCHOOL,
    "team": Kind.TEAM,
    "mottagare": Kind.RECEIVER,
}
# Each kind may lie only in one of those before it, so that a file may name what it brings itself.
ORDER = tuple(KINDS.values())


@dataclass(frozen=True)
class Fault:
    """What is wrong, where: the row as the spreadsheet numbers it, the column by its name."""

    row: int
    column: str
    words: str


@dataclass
class Result:
    faults: list[Fault] = field(default_factory=list)
    new: int = 0
    changed: int = 0
    same: int = 0

    @property
    def written(self) -> int:
        return self.new + self.changed


class Stop(Exception):
    """Undo everything: something in the file was wrong, or it was only to be looked at."""


def read(content: bytes) -> tuple[list[dict[str, str]], list[Fault]]:
    """The file's rows as text by column, each with its row number under "rad"."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [], [Fault(1, "", _("Filen är inte sparad som UTF-8."))]
    if "\x00" in text:
        return [], [Fault(1, "", _("Filen är inte en textfil."))]
    head = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if ";" in head else ",")
    try:
        rows = list(reader)
    except csv.Error:
        return [], [Fault(reader.line_num, "", _("Raden går inte att läsa som CSV."))]
    names = [name.strip().casefold() for name in rows[0]] if rows else []
    wrong = [
        Fault(1, name, _("Kolumnen saknas.")) for name in ("slag", "namn") if name not in names
    ]
    wrong += [Fault(1, name, _("Okänd kolumn.")) for name in names if name not in COLUMNS]
    if wrong:
        return [], wrong
    found = []
    for number, row in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in row):
            if len(row) > len(names):
                wrong.append(Fault(number, "", _("Raden har fler kolumner än den första raden.")))
            cells = dict(zip(names, (cell.strip() for cell in row), strict=False))
            found.append(dict.fromkeys(names, "") | cells | {"rad": str(number)})
    return found, wrong


def load(content: bytes, by: Actor | None, *, only_look: bool = False) -> Result:
    """Bring the register in step with the file. With a fault, nothing is written."""
    result = Result()
    rows, result.faults = read(content)
    try:
        with transaction.atomic():
            here = Known()
            for row in sorted(rows, key=lambda row: _order(row["slag"])):
                _one(row, here, result, by)
            if result.faults or only_look:
                raise Stop
    except Stop:
        pass
    result.faults.sort(key=lambda fault: fault.row)
    return result


def _order(kind: str) -> int:
    known = KINDS.get(kind.casefold())
    return ORDER.index(known) if known else len(ORDER)


def _one(row: dict[str, str], here: Known, result: Result, by: Actor | None) -> None:
    """Read one row and write it, unless something in it is wrong; then each column says what."""
    number, told = int(row["rad"]), set[str]()

    def fault(column: str, words: Any) -> None:
        if column not in told:
            told.add(column)
            result.faults.append(Fault(number, column, str(words)))

    kind = KINDS.get(row["slag"].casefold())
    if kind is None:
        fault("slag", _("Skriv ett av: %s.") % ", ".join(KINDS))
        if not row["namn"]:
            fault("namn", _("Skriv ett namn, högst 200 tecken."))
        _plain(row, fault)
        _since(row, fault)
        return
    fields: dict[str, Any] = {"kind": kind, "name": row["namn"], "code": row.get("kod", "")}
    key = (kind.value, fields["code"] or fields["name"].casefold())
    if earlier := here.seen.get(key):
        fault("kod" if fields["code"] else "namn", _("Samma som på rad %s.") % earlier)
    here.seen.setdefault(key, row["rad"])
    fields |= _places(row, kind, here, fault) | _plain(row, fault)
    since = _since(row, fault)
    if not told:
        _write(fields, since, here, result, by, fault)
        return
    found = here.find(fields)
    for name, words in register.faults(**fields, mine=found).items():
        fault(_COLUMN_OF.get(name, ""), words)


def _places(row: dict[str, str], kind: Kind, here: Known, fault: Any) -> dict[str, Any]:
    """Where it lies and who runs it, as far as the file has those columns."""
    found: dict[str, Any] = {}
    ways = (
        ("ligger_i", "parent", register.LIES_IN[kind]),
        ("huvudman", "provider", (Kind.PROVIDER,)),
    )
    for column, name, kinds in ways:
        if column in row:
            wanted = row[column]
            found[name] = here.named(wanted, kinds) if wanted else None
            if wanted and found[name] is None:
                in_file = any((one.value, wanted.casefold()) in here.seen for one in kinds)
                missing = _("%s finns inte i registret eller i filen.")
                fault(column, (_("%s har fel på sin egen rad.") if in_file else missing) % wanted)
    return found


def _plain(row: dict[str, str], fault: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "kommunkod" in row:
        found["municipality_code"] = row["kommunkod"]
    if "fristående" in row:
        said = row["fristående"].casefold()
        found["independent"] = said == "ja"
        if said not in ("ja", "nej", ""):
            fault("fristående", _("Skriv ja eller nej."))
    if "funktionsadress" in row:
        found["function_address"] = address = row["funktionsadress"]
        try:
            if address:
                validate_email(address)
                validate_length(address)
        except ValidationError:
            fault("funktionsadress", _("Skriv en hel e-postadress, till exempel namn@kommun.se."))
    return found


def _since(row: dict[str, str], fault: Any) -> date | None:
    """A day that has come, None where none is said: what begins later is read in then, and is in no
    list before it."""
    try:
        since = date.fromisoformat(row["från"]) if row.get("från") else None
    except ValueError:
        fault("från", _("Skriv datumet som 2026-08-15."))
        return None
    if since is not None and since > clock.today():
        fault("från", _("Dagen har inte kommit. Läs in raden då."))
    return since


_COLUMN_OF = {
    "name": "namn",
    "code": "kod",
    "municipality_code": "kommunkod",
    "parent": "ligger_i",
    "provider": "huvudman",
    "on": "från",
    "function_address": "funktionsadress",
}


def _write(
    fields: dict[str, Any],
    since: date | None,
    here: Known,
    result: Result,
    by: Actor | None,
    fault: Any,
) -> None:
    found = here.find(fields)
    if found is None and here.is_many(fields):
        fault("namn", _("Flera heter så. Ändra den du menar på dess sida."))
        return
    if found is not None and not found.in_service:
        if since is None or since < cast(date, found.until) or found.kind == Kind.SCHOOL:
            _is_over(found, fields, result, fault)
            return
        found = None  # another one, of the same name, that began when the first was no more
    try:
        if found is None:
            here.add(register.create(by, since=since or clock.today(), **fields))
            result.new += 1
        elif register.amend(by, found, on=_from(found, since), **_as_now(found, fields)):
            here.add(found)
            result.changed += 1
        else:
            result.same += 1
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            fault(_COLUMN_OF.get(name, ""), " ".join(messages))


def _is_over(found: Organisation, fields: dict[str, Any], result: Result, fault: Any) -> None:
    """A row as it was: nothing to do. A row that says something new of what is no more: a fault."""
    plain = {name: fields[name] for name in fields if name not in ("parent", "provider")}
    if all(getattr(found, name) == value for name, value in plain.items()):
        result.same += 1
        return
    day = date_format(cast(date, found.until), "j F Y")
    if found.successor is None:
        fault("namn", _("Upphörde %(day)s. Ta bort raden.") % {"day": day})
        return
    words = _("Upphörde %(day)s och ersattes av %(new)s. Ta bort raden eller ändra den nya.")
    fault("namn", words % {"day": day, "new": found.heir})


def _as_now(found: Organisation, fields: dict[str, Any]) -> dict[str, Any]:
    """A row under an earlier name is about the same one, and does not call it that again."""
    if found.kind == Kind.SCHOOL or fields["name"].casefold() == found.name.casefold():
        return fields
    return fields | {"name": found.name}


def _from(found: Organisation, since: date | None) -> date:
    """A change holds from the day the file says; a file that only repeats when it began, from today."""
    return since if since and since > register.began(found) else clock.today()
