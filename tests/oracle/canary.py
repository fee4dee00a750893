"""A text nobody else would write: found again wherever it comes out."""

import re

CANARY = re.compile(r"qzq([a-z]+?)zz([a-z]+?)qzq")


def canary(situation: str, secret: str) -> str:
    """A token no other text holds: "qzq" begins it, and no sign in it needs escaping."""
    return f"qzq{situation}zz{secret}qzq".replace("_", "")


def paper(text: str) -> bytes:
    """The smallest PDF that shows one line of plain ASCII."""
    shown = f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET"
    parts = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 200]/Contents 4 0 R"
        "/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>",
        f"<</Length {len(shown)}>>stream\n{shown}\nendstream",
    ]
    body, places = "%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(body))
        body += f"{number} 0 obj{part}endobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size, start = len(parts) + 1, len(body)
    body += f"xref\n0 {size}\n0000000000 65535 f \n{table}"
    return f"{body}trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n".encode()
