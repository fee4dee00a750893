"""What a new agreement begins with: the sections seed 001 says one must regulate (domain A3.10).

Content, not screen text: it is Swedish, it is changed by those who write the agreement, and the
words that hold are those of the version that was signed.
"""

from __future__ import annotations

from typing import NamedTuple


class Proposed(NamedTuple):
    key: str
    title: str
    body: str


SECTIONS: tuple[Proposed, ...] = (
    Proposed(
        "purpose",
        "Syfte och mål",
        "Parterna samverkar för att barn och unga ska gå i skolan, må bra och nå målen. "
        "Stöd ska ges tidigt och samtidigt, av den som står barnet närmast.",
    ),
    Proposed(
        "contacts",
        "Kontaktpersoner",
        "Varje skola har en kontaktperson och en ersättare i socialtjänsten. "
        "När någon av dem byts ut får skolan veta det samma dag, och skolan bekräftar.",
    ),
    Proposed(
        "forums",
        "Forum för samverkan",
        "Styrgruppen möts minst en gång per termin. Samverkansforum på chefsnivå möts en gång "
        "per år. Lokalt samverkansforum för barn och unga 6–20 år möts två till tre gånger per "
        "termin och har därutöver en halvdag med föreläsare. Övergången mellan förskola och "
        "skola har ett eget forum.",
    ),
    Proposed(
        "independent",
        "Fristående skolor",
        "Fristående förskolor och skolor deltar på samma villkor som kommunala. "
        "Varje fristående skola och dess huvudman bjuds in till forumen.",
    ),
    Proposed(
        "material",
        "Stödmaterial",
        "Stadsdelen ser till att socialtjänsten tar del av stödmaterialet, använder det och "
        "sprider det till dem det berör.",
    ),
    Proposed(
        "feedback",
        "Återkoppling efter orosanmälan",
        "Den som har gjort en orosanmälan får veta att den har tagits emot och, så långt "
        "sekretessen tillåter, om en utredning har inletts.",
    ),
    Proposed(
        "secrecy",
        "Sekretess och samtycke",
        "Uppgifter om en elev lämnas mellan parterna bara med samtycke eller stöd i lag. "
        "Minnesanteckningar från forumen innehåller inga uppgifter om enskilda elever.",
    ),
    Proposed(
        "evaluation",
        "Uppföljning och utvärdering",
        "Styrgruppen utvärderar överenskommelsen en gång per år eller när det behövs, "
        "och ser då över om den ska ändras.",
    ),
)
