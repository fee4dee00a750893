"""What may come in: few kinds, known by their content, cleaned of what could act or tell.

>>> row = vault.uploads.keep(request.FILES["file"])       # a StoredFile; ValidationError in klarspråk
>>> vault.uploads.keep(upload, kinds=vault.uploads.LETTERS)   # the same, and Word documents
>>> vault.files.read(row)                                 # Quarantined until a scanner has passed it
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import pikepdf
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

from vault import files, scanner, word
from vault.models import State, StoredFile

LIMIT = 10 * 1024 * 1024
PIXELS = 40_000_000
PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
_KINDS = {
    ".pdf": (b"%PDF-", PDF),
    ".png": (b"\x89PNG\r\n\x1a\n", PNG),
    ".jpg": (b"\xff\xd8\xff", JPEG),
    ".jpeg": (b"\xff\xd8\xff", JPEG),
    ".docx": (b"PK\x03\x04", word.MEDIA_TYPE),
}
# Scanned paper, and what people write themselves.
SCANS = frozenset({PDF, PNG, JPEG})
LETTERS = SCANS | {word.MEDIA_TYPE}
ENDINGS = {PDF: "pdf", PNG: "png", JPEG: "jpg", word.MEDIA_TYPE: "docx"}
# What a form never needs: scripts, actions on opening, other files inside, forms that send.
_ACTIVE = (
    "/JavaScript",
    "/JS",
    "/Launch",
    "/EmbeddedFiles",
    "/EmbeddedFile",
    "/OpenAction",
    "/AA",
    "/XFA",
    "/RichMedia",
    "/SubmitForm",
    "/ImportData",
    "/GoToR",
)
_ACTIONS = ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR")


@dataclass(frozen=True)
class Cleaned:
    content: bytes
    media_type: str


def keep(upload: Any, kinds: frozenset[str] = SCANS) -> StoredFile:
    """Check, clean, scan where a scanner is set up, and keep encrypted.

    Raises ValidationError for what is not let in. When the scanner does not answer the file is
    kept in quarantine, where it opens for nobody until `scan_waiting` has had it passed.
    """
    clean = check(upload, kinds)
    state = State.CLEAN
    if scanner.in_use():
        try:
            scanner.scan(clean.content)
        except scanner.Infected as error:
            raise ValidationError(_("Filen innehåller skadlig kod och togs inte emot.")) from error
        except scanner.Unreachable:
            state = State.QUARANTINE
    return files.store(clean.content, clean.media_type, state)


def scan_waiting() -> int:
    """Scan what lies in quarantine; how many files got their verdict. Stops when nobody answers."""
    told = 0
    for row in StoredFile.objects.filter(state=State.QUARANTINE).order_by("pk")[:200]:
        try:
            scanner.scan(files.read(row, quarantined=True))
        except scanner.Unreachable:
            break
        except scanner.Infected:
            files.discard(row)
        else:
            StoredFile.objects.filter(pk=row.pk).update(state=State.CLEAN)
        told += 1
    return told


def check(upload: Any, kinds: frozenset[str] = SCANS) -> Cleaned:
    """The file as it may be kept; raises ValidationError in klarspråk for all else."""
    if upload.size > LIMIT:
        raise ValidationError(_("Filen är för stor. Den får vara högst 10 MB."))
    ending = "." + upload.name.rsplit(".", 1)[-1].casefold()
    content = upload.read()
    magic, media_type = _KINDS.get(ending, (None, ""))
    if magic is None or media_type not in kinds or not content.startswith(magic):
        if word.MEDIA_TYPE in kinds:
            raise ValidationError(_("Välj en PDF, PNG, JPEG eller ett Word-dokument (docx)."))
        raise ValidationError(_("Välj en PDF, PNG eller JPEG."))
    if media_type == PDF:
        return Cleaned(_still_pdf(content), media_type)
    if media_type == word.MEDIA_TYPE:
        return Cleaned(word.plain(content), media_type)
    return Cleaned(_plain_image(content, media_type), media_type)


def _still_pdf(content: bytes) -> bytes:
    """A PDF that only shows something; raises for one that does."""
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if any(_acts(obj) for obj in pdf.objects) or _acts(pdf.Root):
                raise ValidationError(
                    _("PDF:en innehåller något som körs. Skanna papperet på nytt.")
                )
            out = io.BytesIO()
            with pdf.open_metadata(set_pikepdf_as_editor=False) as meta:
                for key in list(meta):
                    del meta[key]
            if "/Info" in pdf.trailer:
                del pdf.trailer["/Info"]
            pdf.save(out)
            return out.getvalue()
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, RecursionError) as error:
        raise ValidationError(_("PDF:en går inte att läsa. Skanna papperet på nytt.")) from error


def _acts(obj: Any, depth: int = 0) -> bool:
    """Whether an object, or one written inside it, runs, fetches, sends or carries a file."""
    if depth > 30 or not isinstance(obj, pikepdf.Dictionary | pikepdf.Stream | pikepdf.Array):
        return depth > 30
    if isinstance(obj, pikepdf.Array):
        return any(_acts(one, depth + 1) for one in obj if not _own(one))
    if any(name in obj for name in _ACTIVE) or str(obj.get("/S", "")) in _ACTIONS:
        return True
    inside = [obj[name] for name in obj.keys()]  # noqa: SIM118 -- a stream is not iterable
    return any(_acts(one, depth + 1) for one in inside if not _own(one))


def _own(obj: Any) -> bool:
    """An object with a number of its own is looked at in its own turn."""
    return getattr(obj, "is_indirect", False)


def _plain_image(content: bytes, media_type: str) -> bytes:
    """The picture alone, drawn anew: no place, no time, no camera, nothing behind the end."""
    try:
        with Image.open(io.BytesIO(content), formats=["PNG", "JPEG"]) as image:
            if image.width * image.height > PIXELS:
                raise ValidationError(_("Bilden är för stor. Fotografera med lägre upplösning."))
            out = io.BytesIO()
            if media_type == JPEG:
                image.convert("RGB").save(out, "JPEG", quality=88)
            else:
                image.convert("RGBA" if "A" in image.getbands() else "RGB").save(out, "PNG")
            return out.getvalue()
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise ValidationError(_("Bilden går inte att läsa. Välj en annan fil.")) from error
