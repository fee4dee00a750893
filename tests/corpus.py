"""Twenty-five files nobody should be able to hand in, made by code: name, content, and what may happen."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

import pikepdf
from PIL import Image

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/word/document.xml" ContentType="{main}"/>{more}</Types>'
)
# A part whose name climbs out of the parcel.
WAY_OUT: dict[str, Any] = {"..__..__etc__cron": b"* * * * *"}
RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    'officeDocument" Target="word/document.xml"/>{more}</Relationships>'
)


def docx(
    words: str = "Hej", *, main: str = MAIN, types: str = "", rels: str = "", **parts: bytes
) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parcel:
        parcel.writestr("[Content_Types].xml", TYPES.format(main=main, more=types))
        parcel.writestr("_rels/.rels", RELS.format(more=rels))
        body = f'<w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:body></w:document>'
        parcel.writestr("word/document.xml", body)
        for name, content in parts.items():
            parcel.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def pdf(**root: object) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(200, 200))
        for name, value in root.items():
            made.Root[f"/{name}"] = value
        made.save(out)
    return out.getvalue()


def image(kind: str = "PNG", **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, kind, **more)
    return out.getvalue()


def huge_png() -> bytes:
    """A picture that says it is 30 000 by 30 000, in a few bytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 30000, 30000, 8, 2, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n"
        + header
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )


def with_gps() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "KANARIE-HEMMA"
    exif.get_ifd(0x8825).update({1: "N", 2: (59.0, 20.0, 1.0)})
    return image("JPEG", exif=exif)


def with_file_inside() -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.attachments["evil.exe"] = b"MZ" + b"\0" * 100
        made.save(out)
    return out.getvalue()


def in_an_annotation() -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=action, Rect=[0, 0, 9, 9]
        )
        made.pages[0].Annots = pikepdf.Array([link])
        made.save(out)
    return out.getvalue()


def named_by_somebody() -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.docinfo["/Author"] = "KANARIE-HEMMA"
        made.save(out)
    return out.getvalue()


SCRIPT = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
LAUNCH = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")
OUT = '<Relationship Id="r9" Type="x/attachedTemplate" Target="http://127.0.0.1/t.dotm" TargetMode="External"/>'
DDE = "</w:t></w:r><w:r><w:instrText>DDEAUTO c:\\cmd.exe</w:instrText></w:r><w:r><w:t>"
BOMB = b"\0" * (60 * 1024 * 1024)

# (what it is, file name, content)
REFUSED: list[tuple[str, str, bytes]] = [
    ("a web page named as a PDF", "brev.pdf", b"<html><script>alert(1)</script></html>"),
    ("a web page before a PDF", "brev.pdf", b"<html>" + pdf()),
    (
        "a drawing with script",
        "bild.svg",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    ),
    ("a drawing named as a picture", "bild.png", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
    ("a program", "setup.exe", b"MZ\x90\0" + b"\0" * 200),
    ("a program named as a PDF", "faktura.pdf", b"MZ\x90\0" + b"\0" * 200),
    ("a program with two endings", "faktura.pdf.exe", pdf()),
    ("the scanners' test file", "eicar.pdf", EICAR),
    ("nothing at all", "tom.pdf", b""),
    ("more than is let in", "stor.pdf", b"%PDF-" + b"0" * (10 * 1024 * 1024 + 1)),
    ("a PDF that runs on opening", "oppna.pdf", pdf(OpenAction=SCRIPT)),
    ("a PDF that starts a program", "starta.pdf", pdf(OpenAction=LAUNCH)),
    ("a PDF with a script in a link", "lank.pdf", in_an_annotation()),
    ("a PDF with a program inside", "bilaga.pdf", with_file_inside()),
    ("a PDF cut in half", "halv.pdf", pdf()[:120]),
    ("a picture that swells", "bomb.png", huge_png()),
    ("a cut picture", "halv.jpg", image("JPEG")[:60]),
    (
        "a Word document with macros",
        "makro.docx",
        docx(
            types='<Override PartName="/word/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>',
            word__vbaProject_dot_bin=b"\0",
        ),
    ),
    (
        "a macro document under another name",
        "makro.docx",
        docx(main="application/vnd.ms-word.document.macroEnabled.main+xml"),
    ),
    ("a Word document that fetches its template", "mall.docx", docx(rels=OUT)),
    ("a Word document that starts a program", "dde.docx", docx(DDE)),
    (
        "a Word document with entities",
        "xxe.docx",
        docx(
            "x",
            word__styles_dot_xml=b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        ),
    ),
    ("a parcel that swells", "bomb.docx", docx(word__media__a_dot_png=BOMB)),
    ("a parcel that is no document", "arkiv.docx", b"PK\x03\x04" + b"\0" * 100),
    ("a parcel with a way out", "ut.docx", docx(**WAY_OUT)),
]
# Let in, and cleaned: what must be gone from what is kept.
CLEANED: list[tuple[str, str, bytes, bytes]] = [
    ("a photograph that tells where", "hemma.jpg", with_gps(), b"KANARIE-HEMMA"),
    (
        "a picture with a page behind it",
        "mer.png",
        image() + b"<script>KANARIE</script>",
        b"KANARIE",
    ),
    ("a PDF that tells who made it", "namn.pdf", named_by_somebody(), b"KANARIE-HEMMA"),
    ("a PDF with a page behind it", "mer.pdf", pdf() + b"<script>KANARIE</script>", b"KANARIE"),
    (
        "a Word document that tells who made it",
        "namn.docx",
        docx(docProps__core_dot_xml=b"<a>KANARIE</a>"),
        b"KANARIE",
    ),
    (
        "a Word document with a file inside",
        "in.docx",
        docx(word__embeddings__a_dot_bin=b"KANARIE"),
        b"KANARIE",
    ),
]
NAMES = [
    "../../etc/passwd.pdf",
    "a" * 400 + ".pdf",
    "\u202efdp.exe.pdf",
    "con.pdf",
    'x"; filename="y.pdf',
    "ÅÄÖ 漢字.pdf",
]
