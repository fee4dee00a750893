"""What may come in: few kinds, known by their content, cleaned of what could act or tell."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import pikepdf
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image, UnidentifiedImageError

LIMIT = 10 * 1024 * 1024
PIXELS = 40_000_000
_KINDS = {
    ".pdf": (b"%PDF-", "application/pdf"),
    ".png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    ".jpg": (b"\xff\xd8\xff", "image/jpeg"),
    ".jpeg": (b"\xff\xd8\xff", "image/jpeg"),
}
# What a form never needs: scripts, actions on opening, other files inside, forms that send.
_ACTIVE = (
    "/JavaScript",
    "/JS",
    "/Launch",
    "/EmbeddedFiles",
    "/OpenAction",
    "/AA",
    "/XFA",
    "/RichMedia",
)


@dataclass(frozen=True)
class Cleaned:
    content: bytes
    media_type: str


def check(upload: Any) -> Cleaned:
    """The file as it may be kept; raises ValidationError in klarspråk for all else."""
    if upload.size > LIMIT:
        raise ValidationError(_("Filen är för stor. Den får vara högst 10 MB."))
    ending = "." + upload.name.rsplit(".", 1)[-1].casefold()
    content = upload.read()
    magic, media_type = _KINDS.get(ending, (None, ""))
    if magic is None or not content.startswith(magic):
        raise ValidationError(_("Välj en PDF, PNG eller JPEG."))
    if media_type == "application/pdf":
        return Cleaned(_still_pdf(content), media_type)
    return Cleaned(_plain_image(content, media_type), media_type)


def _still_pdf(content: bytes) -> bytes:
    """A PDF that only shows something; raises for one that does."""
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            for obj in pdf.objects:
                if isinstance(obj, pikepdf.Dictionary | pikepdf.Stream) and any(
                    name in obj for name in _ACTIVE
                ):
                    raise ValidationError(
                        _("PDF:en innehåller något som körs. Skanna papperet på nytt.")
                    )
            out = io.BytesIO()
            with pdf.open_metadata(set_pikepdf_as_editor=False) as meta:
                for key in list(meta):
                    del meta[key]
            pdf.save(out)
            return out.getvalue()
    except (pikepdf.PdfError, pikepdf.PasswordError) as error:
        raise ValidationError(_("PDF:en går inte att läsa. Skanna papperet på nytt.")) from error


def _plain_image(content: bytes, media_type: str) -> bytes:
    """The picture alone, drawn anew: no place, no time, no camera, nothing behind the end."""
    try:
        with Image.open(io.BytesIO(content), formats=["PNG", "JPEG"]) as image:
            if image.width * image.height > PIXELS:
                raise ValidationError(_("Bilden är för stor. Fotografera med lägre upplösning."))
            out = io.BytesIO()
            if media_type == "image/jpeg":
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
    ) as error:
        raise ValidationError(_("Bilden går inte att läsa. Välj en annan fil.")) from error
