"""What the demo's pupils, families and professionals say and write. Nobody here exists."""

from __future__ import annotations

from dataclasses import dataclass, field

# Given names with the sex the school has on file.
GIVEN = [
    ("Alva", "girl"),
    ("Milo", "boy"),
    ("Yusuf", "boy"),
    ("Elsa", "girl"),
    ("Leo", "boy"),
    ("Nadia", "girl"),
    ("Oskar", "boy"),
    ("Tilde", "girl"),
    ("Amina", "girl"),
    ("Noah", "boy"),
    ("Ebba", "girl"),
    ("Ibrahim", "boy"),
    ("Saga", "girl"),
    ("Łukasz", "boy"),
    ("Zahra", "girl"),
    ("Hugo", "boy"),
    ("Ronja", "girl"),
    ("Abdi", "boy"),
    ("Freja", "girl"),
    ("Emir", "boy"),
    ("Tyra", "girl"),
    ("Dawit", "boy"),
    ("Astrid", "girl"),
    ("Malik", "boy"),
]
FAMILY = [
    "Lindström",
    "Karlsson",
    "Abdi",
    "Nyström",
    "Fransson",
    "Rahimi",
    "Wallin",
    "Öberg",
    "Hassan",
    "Sjögren",
    "Đorđević",
    "Şahin",
    "Nilsson",
    "Tesfaye",
    "Holmgren",
]
PARENTS = ["Maria", "Karim", "Eva", "Peter", "Hodan", "Mirjam", "Anders", "Samira"]


@dataclass(frozen=True)
class Goal:
    """A goal in the pupil's words, with who does what; `part` is an interim goal of it."""

    text: str
    who: str
    part: str = ""


@dataclass(frozen=True)
class Profile:
    """One kind of story: what the school sees, what the pupil says, what helps."""

    needs: str  # codes of Need, spaced
    worry: str
    measures: str
    voice: str
    sections: dict[str, tuple[str, str]]  # key → (what works, what is hard)
    mapped: tuple[str, str]  # two needs the mapping found
    plan: str
    goals: tuple[Goal, ...]
    tools: tuple[str, ...]  # keys of the toolbox
    notes: tuple[tuple[str, str, str], ...]  # (kind, who took part, text)
    reviews: tuple[tuple[str, str, str], ...]  # (what has happened, the pupil says, what changes)
    curve: tuple[int, ...] = field(default=())  # absence in per cent, from the baseline on


PROFILES = [
    Profile(
        needs="attendance wellbeing",
        worry="Eleven kommer sällan till de första lektionerna och går ofta hem efter lunch. "
        "Frånvaron har ökat sedan skolstarten.",
        measures="Extra anpassningar sedan september, samtal med elev och hem varje vecka, "
        "en lugnare start med eget schema.",
        voice="Jag vill gå i skolan men på morgonen får jag ont i magen. Om någon möter mig vid "
        "dörren går det lättare.",
        sections={
            "school": (
                "Klarar ämnena när hen är på plats. Tycker om bild och slöjd.",
                "Missar genomgångarna på morgonen och vågar inte fråga efteråt.",
            ),
            "environment": (
                "Mentorn är trygg och klassen är lugn efter lunch.",
                "Korridoren är hög och trång vid åtta. Vikarier nästan varje vecka i matematik.",
            ),
            "home": (
                "Föräldrarna står bakom skolan och vill hjälpas åt.",
                "Morgnarna slutar ofta i bråk. Alla är trötta.",
            ),
            "health": ("Äter och rör sig bra på helgerna.", "Ont i magen och sover för lite."),
            "leisure": ("Tränar judo två kvällar i veckan.", "Har slutat träffa klasskamrater."),
            "network": ("En moster som betyder mycket.", "En äldre bror som också varit borta."),
        },
        mapped=("En lugnare start på dagen", "En vuxen att gå till när magen gör ont"),
        plan="Det här vill jag: komma in i skolan utan att få ont i magen. Den första tiden börjar "
        "jag tjugo över åtta. Någon möter mig vid sidodörren. Om jag behöver en paus går jag till "
        "kuratorn och säger till innan.",
        goals=(
            Goal(
                "Jag är i skolan till första lektionen fyra dagar i veckan",
                "Eleven, hemmet och mentorn",
                "Jag kommer till sidodörren tre morgnar i rad",
            ),
            Goal("Jag säger till en vuxen när jag behöver en paus", "Eleven och skolkuratorn"),
            Goal("Vuxna hemma och i skolan svarar lika när jag inte vill gå", "Hemmet och mentorn"),
        ),
        tools=("till-skolan", "samtal", "klassens-start"),
        notes=(
            (
                "meeting",
                "Elev, vårdnadshavare, mentor och skolkurator",
                "Vi gick igenom morgonen steg för steg. Alla är överens om sidodörren och om vem "
                "som ringer när det inte går.",
            ),
            (
                "call",
                "Vårdnadshavare",
                "Två morgnar i rad har gått bra. Hemmet undrar hur länge någon kan möta vid dörren.",
            ),
        ),
        reviews=(
            (
                "Det går bättre på förmiddagarna. Måndagar är svårast.",
                "Jag gillar att någon möter mig.",
                "Vi lägger till ett samtal på måndagar före skolan.",
            ),
            (
                "Fler hela dagar. Har varit med på matematiken tre veckor i rad.",
                "Det känns nästan vanligt. Men inte på måndagar.",
                "Mötet vid dörren trappas ner till tre dagar i veckan.",
            ),
            (
                "Kommer själv de flesta dagar och hör av sig när det tar emot.",
                "Jag vill prova utan nu.",
                "Vi provar utan möte vid dörren och följer upp tätare.",
            ),
        ),
        curve=(31, 26, 19, 14, 11, 9),
    ),
    Profile(
        needs="lessons peers",
        worry="Eleven är i skolan men går inte in på lektionerna. Mönstret är tydligast på "
        "eftermiddagarna och när klassen har vikarie.",
        measures="Mentorssamtal, kontakt med elevhälsan, möjlighet att arbeta i mindre grupp.",
        voice="Ingen frågar varför jag går. De frågar bara när jag kommer tillbaka.",
        sections={
            "school": (
                "Snabb i huvudet och rolig att prata med.",
                "Har slutat lämna in uppgifter.",
            ),
            "environment": (
                "Det finns ett lugnt rum bredvid biblioteket.",
                "Hackordning i klassen. Rasterna flyttar in i lektionerna.",
            ),
            "home": ("Mamma svarar alltid i telefon.", "Pappa arbetar borta i veckorna."),
            "health": ("Sover bra.", "Säger själv att hen blir arg fort."),
            "leisure": (
                "Spelar fotboll i laget på Akalla IP.",
                "Rädd att förlora sin plats i laget.",
            ),
            "network": ("Fotbollstränaren.", "Kompisarna i ettan på gymnasiet skolkar också."),
        },
        mapped=("Veta vart man går när det blir för mycket", "Trygghet med de andra i klassen"),
        plan="Jag ska vara i klassrummet när lektionen börjar. Blir det för mycket visar jag det "
        "gula kortet och går till rummet vid biblioteket i tio minuter. Ingen ropar efter mig.",
        goals=(
            Goal(
                "Jag är med på alla lektioner efter lunch",
                "Eleven och lärarna",
                "Jag använder det gula kortet i stället för att gå",
            ),
            Goal(
                "Jag har två personer i klassen att vara med på rasten", "Eleven och fritidsledaren"
            ),
        ),
        tools=("samtalsstod", "faltare", "skolgard"),
        notes=(
            (
                "talk",
                "Elev",
                "Pratade om vad som händer precis innan hen går ut. Det är ljudet och blickarna, "
                "inte ämnet.",
            ),
            (
                "home_visit",
                "Elev och vårdnadshavare",
                "Hembesök. Vi gick igenom planen och ritade upp eftermiddagen.",
            ),
        ),
        reviews=(
            (
                "Går in på fler lektioner, men inte när det är vikarie.",
                "Kortet funkar om läraren vet om det.",
                "Alla lärare får veta om det gula kortet, också vikarierna.",
            ),
            (
                "Ungefär som sist. Två bråk på rasten.",
                "Det är inte lektionerna som är problemet.",
                "Fältaren är med på rasterna tisdag och torsdag.",
            ),
            (
                "Lugnare raster och fler lektioner. Har lämnat in två arbeten.",
                "Nu är det okej.",
                "Vi fortsätter som nu.",
            ),
        ),
        curve=(18, 21, 17, 16, 12, 10),
    ),
    Profile(
        needs="learning wellbeing",
        worry="Eleven har bytt grupp två gånger och äter inte i matsalen. Frånvaron är störst på "
        "måndagar och hen säger att det inte är någon idé.",
        measures="Vi har provat en fast plats i klassrummet, läxhjälp och anpassade prov.",
        voice="Jag har redan missat så mycket att det inte går att komma ikapp. Då är det lika bra "
        "att stanna hemma.",
        sections={
            "school": ("Läser mycket hemma, helst på engelska.", "Riskerar F i tre ämnen."),
            "environment": (
                "Ämneslärarna är beredda att göra en gemensam plan.",
                "För många ställen att hitta sina uppgifter på.",
            ),
            "home": ("Storasyster hjälper till.", "Trångt och svårt att få lugn och ro."),
            "health": ("Har god kontakt med skolsköterskan.", "Nedstämd sedan i våras."),
            "leisure": ("Ritar serier.", "Är vaken med skärmen till långt efter midnatt."),
            "network": ("Storasyster och en granne.", "Få kontakter utanför hemmet."),
        },
        mapped=("Komma ikapp utan att allt ska göras på en gång", "Sova och orka"),
        plan="Vi tar ett ämne i taget. Jag får en lista på det som är kvar, inte mer än tre saker "
        "i veckan. På kvällen lägger jag telefonen i köket klockan tio.",
        goals=(
            Goal(
                "Jag har godkänt i matematik till jul",
                "Eleven, läraren och läxhjälpen",
                "Jag gör klart tre uppgifter i veckan",
            ),
            Goal("Jag sover före elva på skolkvällar", "Eleven och hemmet"),
        ),
        tools=("planering", "syv", "samtal"),
        notes=(
            (
                "meeting",
                "Elev, specialpedagog och mentor",
                "Gjorde en lista över det som återstår. Den blev kortare än eleven trodde.",
            ),
            (
                "talk",
                "Elev",
                "Pratade om sömnen. Eleven vill prova att lägga telefonen i köket.",
            ),
        ),
        reviews=(
            (
                "Har gjort klart fem av tolv uppgifter. Måndagarna är fortfarande tunga.",
                "Listan hjälper. Jag ser att det går.",
                "Måndagens första lektion läggs i biblioteket.",
            ),
            (
                "Godkänd på två prov. Kommer oftare men är trött.",
                "Jag orkar mer om jag får äta lunch någon annanstans.",
                "Lunch i kafeterian tillsammans med en kompis.",
            ),
            (
                "Jämn närvaro fyra veckor.",
                "Bra.",
                "Studie- och yrkesvägledaren tar över en del av samtalen.",
            ),
        ),
        curve=(24, 22, 20, 15, 13, 8),
    ),
    Profile(
        needs="attendance home",
        worry="Frånvaron har ökat sedan höstlovet och hemmet har svårt att få i väg eleven. Skolan "
        "når inte alltid vårdnadshavaren.",
        measures="Närvaroteamet har ringt varje morgon. Möte hemma med tolk. Anpassat schema.",
        voice="Mamma jobbar natt så det är jag som väcker mina syskon. Sen hinner jag inte.",
        sections={
            "school": (
                "Omtyckt av yngre elever och hjälper gärna till.",
                "Missar ofta två första timmarna.",
            ),
            "environment": (
                "Skolan serverar frukost.",
                "Första lektionen ligger i ett annat hus.",
            ),
            "home": ("Familjen håller ihop.", "Eleven tar ett för stort ansvar på morgonen."),
            "health": ("Frisk och stark.", "Trött. Hoppar över frukost."),
            "leisure": ("Sjunger i kör.", "Hinner sällan dit."),
            "network": ("Mormor bor i samma hus.", "Familjen känner få i området."),
        },
        mapped=("Någon annan som tar morgonen med syskonen", "Frukost och en lugn start"),
        plan="Mormor tar morgonen måndag till onsdag. Jag äter frukost i skolan och börjar nio de "
        "andra dagarna. Mamma och jag pratar på söndagar om hur veckan ser ut.",
        goals=(
            Goal(
                "Jag är i skolan klockan nio varje dag",
                "Hemmet, mormor och skolan",
                "Mormor tar tre morgnar i veckan",
            ),
            Goal("Jag är med på körövningen på torsdagar", "Eleven"),
        ),
        tools=("hembesok", "socialt-stod", "praktiskt-stod"),
        notes=(
            (
                "home_visit",
                "Elev, vårdnadshavare och tolk",
                "Hembesök med tolk. Familjen vill ha hjälp med morgnarna och säger ja till att "
                "prata med mormor.",
            ),
            (
                "call",
                "Vårdnadshavare och tolk",
                "Mormor har kommit i gång. Mamma har bytt till kvällspass två dagar.",
            ),
        ),
        reviews=(
            (
                "Mormor tar tre morgnar. De dagarna är eleven i tid.",
                "Det är skönt att slippa tänka på det.",
                "Vi ser över de två andra morgnarna.",
            ),
            (
                "Tillbakagång. Mormor har varit sjuk i tre veckor.",
                "Nu är det jag igen.",
                "Söka stöd hos socialtjänsten för morgnarna.",
            ),
            (
                "Ingen större förändring. Familjen behöver mer än vi kan ge.",
                "Jag vill bara att någon bestämmer.",
                "Ta upp en överlämning med familjen.",
            ),
        ),
        curve=(44, 38, 35, 37, 36, 36),
    ),
]
FOSTER = Profile(
    needs="learning wellbeing",
    worry="",
    measures="",
    voice="Det är bra här. Men jag vill inte att alla ska veta var jag bor.",
    sections={
        "school": (
            "Nyfiken och frågar mycket.",
            "Har gått i fyra skolor och saknar delar av grunderna.",
        ),
        "environment": ("Liten klass med två lärare.", "Rasterna är svåra utan en vuxen."),
        "home": ("Familjehemmet läser varje kväll.", "Umgänget gör måndagarna oroliga."),
        "health": ("Glasögon sedan i höst.", "Behöver hjälp att komma till ro."),
        "leisure": ("Simmar på lördagar.", "Vågar inte bjuda hem någon."),
    },
    mapped=("Fylla luckorna i läsning och matematik", "Trygga raster"),
    plan="Jag läser med min kontaktperson på tisdagar. På rasten är jag med Lars, och på måndagar "
    "börjar jag i lilla rummet.",
    goals=(
        Goal("Jag läser en kapitelbok själv", "Barnet, familjehemmet och läraren"),
        Goal("Jag vet vem jag är med på rasten", "Barnet och fritidsläraren"),
    ),
    tools=("studiestod", "samtal", "skolgard"),
    notes=(
        (
            "meeting",
            "Familjehem, lärare, specialpedagog och psykolog",
            "Gick igenom läs- och matematiktesterna. Familjehemmet läser vidare varje kväll.",
        ),
        ("call", "Familjehemmet", "Måndagen efter umgänget gick bättre med lilla rummet."),
    ),
    reviews=(
        (
            "Har tagit igen ett halvt läsår i läsning.",
            "Jag kan läsa det på skylten nu.",
            "Studiestödet fortsätter och utökas med matematik.",
        ),
        (
            "Lugnare raster. Matematiken går långsamt.",
            "Tisdagar är bäst.",
            "Nytt matematiktest före nästa uppföljning.",
        ),
        ("Följer klassen i läsning.", "Jag vill ha en längre bok.", "Vi fortsätter som nu."),
    ),
    curve=(9, 7, 6, 5, 4, 4),
)
