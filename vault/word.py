"""A Word document that only says something: known by its parts, written anew with nothing else."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

ENTRIES = 200
UNPACKED = 50 * 1024 * 1024
RATIO = 100
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MAIN = f"{MEDIA_TYPE}.main+xml".encode()
# What a letter needs; whatever else lies in the parcel (macros, embedded files, fonts, who wrote it) is left out.
_KEPT = re.compile(
    r"\[Content_Types\]\.xml|_rels/\.rels|word/(document|styles|numbering|settings|fontTable"
    r"|webSettings|footnotes|endnotes|header\d*|footer\d*|theme/theme\d*)\.xml"
    r"|word/_rels/[\w.]+\.xml\.rels|word/media/[\w.-]+\.(png|jpe?g)",
    re.IGNORECASE,
)
_ACTS = re.compile(
    rb"vbaProject|macroEnabled|activeX|oleObject|attachedTemplate|TargetMode\s*=\s*[\"']External"
    rb"|<!DOCTYPE|<!ENTITY|altChunk|DDEAUTO|\bDDE\b|INCLUDETEXT|INCLUDEPICTURE",
    re.IGNORECASE,
)
_LOST = re.compile(rb"<(?:Override|Relationship)\b[^>]*/>")


def plain(content: bytes) -> bytes:
    """The document with its text, styles and pictures; raises ValidationError for one that acts."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parcel:
            parts = _parts(parcel)
    except (
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        ValueError,
    ) as error:
        raise ValidationError(_("Dokumentet går inte att läsa. Spara det som PDF.")) from error
    if _MAIN not in parts.get("[Content_Types].xml", b"") or "word/document.xml" not in parts:
        raise ValidationError(_("Välj ett Word-dokument utan makron, eller spara det som PDF."))
    kept = {name: body for name, body in parts.items() if _KEPT.fullmatch(name)}
    for name, body in kept.items():
        if name.endswith((".xml", ".rels")) and _ACTS.search(body):
            words = _("Dokumentet innehåller något som körs eller hämtas. Spara det som PDF.")
            raise ValidationError(words)
    return _parcel(kept)


def _parts(parcel: zipfile.ZipFile) -> dict[str, bytes]:
    """Every part, read with an end to how much it may swell, whatever the parcel says of itself."""
    entries = parcel.infolist()
    packed = sum(entry.compress_size for entry in entries)
    room = min(UNPACKED, max(packed, 1) * RATIO)
    if len(entries) > ENTRIES or len({entry.filename for entry in entries}) != len(entries):
        raise ValidationError(_("Dokumentet är packat på ett sätt som inte tas emot."))
    parts = {}
    for entry in entries:
        name = entry.filename
        if name.startswith(("/", "\\")) or ".." in name.split("/") or entry.flag_bits & 1:
            raise ValidationError(_("Dokumentet är packat på ett sätt som inte tas emot."))
        with parcel.open(entry) as part:
            parts[name] = part.read(room + 1)
        room -= len(parts[name])
        if room < 0:
            raise ValidationError(_("Dokumentet är packat på ett sätt som inte tas emot."))
    return parts


def _parcel(parts: dict[str, bytes]) -> bytes:
    """A new parcel of these parts, in which nothing points to one that was left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parcel:
        for name, body in parts.items():
            if name.endswith(".rels") or name == "[Content_Types].xml":
                body = _LOST.sub(_only_there(name, parts), body)
            parcel.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _only_there(rels: str, parts: dict[str, bytes]) -> Callable[[re.Match[bytes]], bytes]:
    """What becomes of a reference found in `rels`: itself, or nothing when its part was left out."""
    return lambda found: _if_there(found[0], rels, parts)


def _if_there(element: bytes, rels: str, parts: dict[str, bytes]) -> bytes:
    found = re.search(rb"(?:PartName|Target)\s*=\s*[\"']([^\"']*)[\"']", element)
    target = found[1].decode("utf-8", "replace") if found else ""
    folder = "word/" if rels.startswith("word/_rels/") else ""
    name = target.lstrip("/") if target.startswith("/") else folder + target
    return element if name in parts else b""
