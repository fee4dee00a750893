"""From markup to one file that claims PDF/A-3a and PDF/UA-1, without a single look outside.

WeasyPrint draws and tags; pikepdf adds what it leaves out. What people have written stands in
`<blockquote>` and is Swedish whatever language the file is in: WeasyPrint writes no language below
the document, so a screen reader would read it with the wrong voice if we did not add it here.
"""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path
from typing import Any

import pikepdf
import weasyprint
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from accounts import clock

STYLE = Path(__file__).resolve().parent / "print.css"
RIGHT_TO_LEFT = {"ar", "fa", "prs", "ckb"}
# The language in which schools and teams write; what they have written stands in blockquotes.
WRITTEN_IN = "sv"
# Layout takes about a second for 30 000 words; what is longer than this is no letter.
MOST_SIGNS = 400_000
MOST_PAGES = 60
_PICTURE = "data:image/png;base64,"

_UA_CLAIM = """
<rdf:Description rdf:about=""
  xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
  xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
  xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
 <pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
  <pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
  <pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
  <pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
  <pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
   <pdfaProperty:name>part</pdfaProperty:name>
   <pdfaProperty:valueType>Integer</pdfaProperty:valueType>
   <pdfaProperty:category>internal</pdfaProperty:category>
   <pdfaProperty:description>PDF/UA part</pdfaProperty:description>
  </rdf:li></rdf:Seq></pdfaSchema:property>
 </rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
"""


class Refused(Exception):
    """This markup is not made into a file: it asks for something outside, or is far too long."""


class NothingOutside(URLFetcher):
    """Lets in pictures that stand in the markup itself, and ends the work at anything else."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=["data"], allow_redirects=False, fail_on_errors=True)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        if not url.startswith(_PICTURE):
            raise FatalURLFetchingError(f"Refused: {url[:40]}")
        answer: URLFetcherResponse = super().fetch(url, headers)
        return answer


def render_pdf(html: SafeString, *, language: str, title: str, author: str = "Bryggan") -> bytes:
    """The body of a page as a file; raises Refused.

    `html` is what a template has drawn (text in it already escaped), without head or body tags.
    """
    if len(html) > MOST_SIGNS:
        raise Refused("Dokumentet är för långt.")
    source = weasyprint.HTML(
        string=_page(html, language=language, title=title, author=author),
        url_fetcher=NothingOutside(),
        media_type="print",
    )
    fonts = FontConfiguration()
    options: dict[str, Any] = {"pdf_variant": "pdf/a-3a"}
    try:
        drawn = source.render(font_config=fonts, stylesheets=[_style()], **options)
        if len(drawn.pages) > MOST_PAGES:
            raise Refused("Dokumentet har för många sidor.")
        raw = drawn.write_pdf(**options)
    except FatalURLFetchingError as error:
        # A BaseException: it would go through every `except Exception` and end the worker.
        raise Refused("Dokumentet hänvisar till något utanför sig självt.") from error
    return finish(raw, language=language)


@lru_cache(maxsize=1)
def _style() -> weasyprint.CSS:
    """The one stylesheet. It names installed fonts only: one family a script, no @font-face."""
    return weasyprint.CSS(string=STYLE.read_text(), url_fetcher=NothingOutside())


def _page(html: SafeString, *, language: str, title: str, author: str) -> str:
    made = clock.now().isoformat(timespec="seconds")
    return format_html(
        '<!doctype html><html lang="{}" dir="{}"><head><meta charset="utf-8"><title>{}</title>'
        '<meta name="author" content="{}"><meta name="generator" content="Bryggan">'
        '<meta name="description" content="{}"><meta name="dcterms.created" content="{}">'
        "</head><body>{}</body></html>",
        language,
        "rtl" if language in RIGHT_TO_LEFT else "ltr",
        title,
        author,
        title,
        made,
        mark_safe(html) if isinstance(html, SafeString) else escape(html),  # noqa: S308 -- drawn
    )


def finish(raw: bytes, *, language: str) -> bytes:
    """Claim PDF/UA-1, name each attached file once, say in what language people have written."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(raw)) as pdf:
        _claim_ua(pdf)
        _name_attachments_once(pdf)
        if language != WRITTEN_IN:
            _mark_language(pdf)
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _claim_ua(pdf: pikepdf.Pdf) -> None:
    told = pdf.Root.Metadata.read_bytes().decode()
    stream = pikepdf.Stream(pdf, told.replace("</rdf:RDF>", f"{_UA_CLAIM}</rdf:RDF>").encode())
    stream.Type, stream.Subtype = pikepdf.Name.Metadata, pikepdf.Name.XML
    pdf.Root.Metadata = pdf.make_indirect(stream)


def _name_attachments_once(pdf: pikepdf.Pdf) -> None:
    if "/AF" not in pdf.Root:
        return
    files = {file.objgen: file for file in pdf.Root.AF}
    pdf.Root.AF = pikepdf.Array(files.values())


def _mark_language(pdf: pikepdf.Pdf) -> None:
    for element in pdf.objects:
        if isinstance(element, pikepdf.Dictionary) and element.get("/S") == "/BlockQuote":
            element.Lang = pikepdf.String(WRITTEN_IN)
