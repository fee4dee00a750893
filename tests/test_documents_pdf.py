"""The file itself: both claims hold as far as tools can tell, nothing outside is asked for, and
the letters are the right ones."""

from __future__ import annotations

import io
import re
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pikepdf
import pytest
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from pypdf import PdfReader

from documents import pdf

HEAD = '<header class="head" data-sender="Åsö skola" data-reference="26-ABCDE" data-made="I dag"></header>'
EVERYTHING = mark_safe(
    HEAD
    + "<main><h1>Samtycke</h1><p>Hej <strong>du</strong>.</p><h2>Lista</h2><ul><li>Ett</li><li>Två</li></ul>"
    '<table class="facts"><tbody><tr><th scope="row">Elev</th><td>Łukasz</td></tr></tbody></table>'
    '<table><thead><tr><th scope="col">A</th><th scope="col">B</th></tr></thead>'
    "<tbody><tr><td><blockquote class='cell'>1</blockquote></td><td>2</td></tr></tbody></table>"
    "<blockquote>Med egna ord.\n\nOch en rad till.</blockquote>"
    '<figure><svg viewBox="0 0 20 10" width="20" height="10" role="img"><title>En av två.</title>'
    '<rect width="10" height="10" fill="#0b5c5a"/></svg></figure></main>'
)


def letters(content: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


@pytest.fixture(scope="module", params=["sv", "en", "ar"])
def file(request, tmp_path_factory):
    path = tmp_path_factory.mktemp("pdf") / f"{request.param}.pdf"
    path.write_bytes(pdf.render_pdf(EVERYTHING, language=request.param, title="Prov 26-ABCDE"))
    return path


# Both claims


def test_the_file_is_whole(file):
    done = subprocess.run(["qpdf", "--check", file], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_outloud_finds_nothing(file):
    command = ["outloud", "--fail-on", "warning", str(file)]
    done = subprocess.run(_tool(command), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "0 error(s), 0 warning(s)" in done.stdout


def test_pdfua_finds_no_error(file):
    from pdfua import Severity, validate

    found = [one for one in validate(str(file)).findings if one.severity == Severity.ERROR]
    assert found == []


def _tool(command: list[str]) -> list[str]:
    import sys
    from pathlib import Path

    return [str(Path(sys.executable).parent / command[0]), *command[1:]]


def test_the_file_says_what_it_claims_to_be(file):
    with pikepdf.open(file) as opened:
        told = opened.Root.Metadata.read_bytes().decode()
        assert str(opened.Root.Lang) == file.stem
        assert "/ID" in opened.trailer
        assert [str(one.S) for one in opened.Root.OutputIntents] == ["/GTS_PDFA1"]
        names = [str(font.BaseFont) for font in opened.objects if _is_font(font)]
    assert re.search(r"pdfaid:part\D{1,3}3\D", told)
    assert re.search(r"pdfaid:conformance\W{1,3}A\W", told)
    assert 'pdfuaid:part="1"' in told
    assert "pdfaExtension:schemas" in told
    assert names
    assert all("Noto" in name for name in names)


def _is_font(thing) -> bool:
    return isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/Font"


def test_an_attached_file_is_named_once():
    from weasyprint import HTML, Attachment

    data = Attachment(string="{}", name="a.json", description="Data", relationship="Data")
    page = HTML(string="<html lang=sv><title>a</title><p>a")
    raw = page.write_pdf(pdf_variant="pdf/a-3a", attachments=[data])
    with pikepdf.open(io.BytesIO(pdf.finish(raw, language="sv"))) as opened:
        assert len(opened.Root.AF) == 1


def test_what_people_have_written_is_read_with_a_swedish_voice(file):
    with pikepdf.open(file) as opened:
        quoted = [
            str(one.get("/Lang", ""))
            for one in opened.objects
            if isinstance(one, pikepdf.Dictionary) and one.get("/S") == "/BlockQuote"
        ]
    assert quoted
    assert set(quoted) == ({""} if file.stem == "sv" else {"sv"})


# The letters


def test_the_stylesheet_loads_no_font_and_names_each_family_once_a_script():
    style = pdf.STYLE.read_text()
    assert "@font-face" not in style
    assert "url(" not in style
    assert "@import" not in style
    families = set(re.findall(r'"(Noto[^"]+)"', style))
    assert families == {"Noto Sans", "Noto Sans Arabic", "Noto Sans Ethiopic"}


@pytest.mark.parametrize(
    "name",
    ["Łukasz Wójcik", "Đorđević", "Şahin Yıldız", "Åsa Öhrn", "Ґанна Їжак", "ሰላም ተስፋይ", "Nguyễn"],
)
def test_a_hard_name_is_drawn_and_read_as_it_is_written(name):
    body = format_html("<main><h1>{}</h1><p>{}</p></main>", name, name)
    said = letters(pdf.render_pdf(body, language="sv", title="Namn"))
    assert said.count(name) == 2


def test_an_arabic_name_keeps_its_letters():
    body = format_html("<main><p>{}</p></main>", "مؤاخاة")
    said = letters(pdf.render_pdf(body, language="ar", title="Namn"))
    assert sorted(said.replace(" ", "").replace("\n", ""))[-6:] == sorted("مؤاخاة")


# Nothing outside

CHANNELS = {
    "img": '<img src="URL" alt="a">',
    "srcset": '<picture><source srcset="URL"><img src="URL" srcset="URL 2x" alt="a"></picture>',
    "object": '<object data="URL"></object>',
    "embed": '<embed src="URL">',
    "svg image": '<svg width="9" height="9"><image href="URL" width="9" height="9"/></svg>',
    "svg use": '<svg width="9" height="9"><use href="URL#a"/></svg>',
    "link": '<link rel="stylesheet" href="URL">',
    "attachment": '<link rel="attachment" href="URL"><a rel="attachment" href="URL">a</a>',
    "import": '<style>@import "URL";</style>',
    "background": '<p style="background:url(URL)">a</p>',
    "font": "<style>@font-face{font-family:x;src:url(URL)}p{font-family:x}</style><p>a</p>",
    "content": "<style>p::before{content:url(URL)}</style><p>a</p>",
    "list": '<ul style="list-style-image:url(URL)"><li>a</li></ul>',
    "border": '<p style="border:9px solid;border-image:url(URL) 9">a</p>',
    "frame": '<iframe src="URL"></iframe>',
    "base": '<base href="URL"><img src="x.png" alt="a">',
}


@pytest.fixture
def listener():
    """Somebody who would hear the least knock; gives the address and what was asked for."""
    heard: list[str] = []

    class Ear(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_error(404)

        def log_message(self, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", heard
    server.shutdown()
    thread.join()
    server.server_close()


# Channels WeasyPrint does not know, or gives up on without a word: drawn, with nothing there.
QUIET = {"svg image", "svg use", "frame"}


@pytest.mark.parametrize("channel", CHANNELS)
def test_no_address_outside_is_ever_asked(channel, listener, tmp_path):
    address, heard = listener
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"hemligt")
    for url in (f"{address}x.png", f"file://{secret}", f"ftp{address[4:]}x.png"):
        body = mark_safe(f"<main>{CHANNELS[channel].replace('URL', url)}</main>")
        refused = False
        try:
            assert b"hemligt" not in pdf.render_pdf(body, language="sv", title="Prov")
        except pdf.Refused:
            refused = True
        assert refused == (channel not in QUIET), url
    assert heard == []


def test_the_listener_would_have_heard(listener):
    """The same markup without our fetcher does knock: so silence means something."""
    import weasyprint

    address, heard = listener
    weasyprint.HTML(string=CHANNELS["img"].replace("URL", f"{address}x.png")).write_pdf()
    assert heard == ["/x.png"]


def test_a_refusal_is_an_ordinary_exception_so_that_no_worker_dies_of_it():
    body = mark_safe('<img src="http://127.0.0.1:9/x" alt="a">')
    with pytest.raises(pdf.Refused) as refusal:
        pdf.render_pdf(body, language="sv", title="Prov")
    assert isinstance(refusal.value, Exception)


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "text/css"])
def test_of_data_only_pictures_are_let_in(kind):
    body = mark_safe(f'<img src="data:{kind};base64,PHN2Zy8+" alt="a">')
    with pytest.raises(pdf.Refused):
        pdf.render_pdf(body, language="sv", title="Prov")


def test_a_picture_in_the_markup_itself_is_drawn():
    from documents.sheets.consent import picture

    body = format_html('<main><img src="{}" alt="En kod"></main>', picture("http://example.org"))
    content = pdf.render_pdf(body, language="sv", title="Prov")
    assert len(PdfReader(io.BytesIO(content)).pages[0].images) == 1


# Text stays text, and has an end


def test_markup_that_was_not_drawn_by_a_template_is_text():
    said = letters(pdf.render_pdf("<b>a</b><script>b</script>", language="sv", title="<i>t</i>"))  # type: ignore[arg-type]  # not marked safe, on purpose
    assert "<b>a</b><script>b</script>" in said


def test_too_many_signs_and_too_many_pages_are_refused(monkeypatch):
    with pytest.raises(pdf.Refused):
        pdf.render_pdf(mark_safe("a" * (pdf.MOST_SIGNS + 1)), language="sv", title="Lång")
    monkeypatch.setattr(pdf, "MOST_PAGES", 2)
    pages = mark_safe('<p style="break-after:page">a</p>' * 3)
    with pytest.raises(pdf.Refused):
        pdf.render_pdf(pages, language="sv", title="Lång")
