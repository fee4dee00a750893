"""Three pupils' ways, each told by the people in it, through the pages they would use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from accounts import personnummer
from tests.browser.conftest import Meet
from tests.browser.person import Person
from tests.browser.stage import Stage, codes_in

pytestmark = pytest.mark.browser
WORRY = "Eleven kommer sällan till de första lektionerna."
# Minutes of one period.
FIGURES = {"Erbjuden undervisning": 6000, "Rapporterad tid": 6000, "Giltig frånvaro": 300}
# The last one is the district's own.
SECTIONS = ("Skolsituation", "Lärmiljö", "Hemmet", "Hälsa", "Fritid", "Syskon och nätverk")


@dataclass(frozen=True)
class Pupil:
    given: str
    family: str
    number: str
    guardian: str
    email: str
    phone: str

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}"


def pupil(nth: int, given: str, guardian: str) -> Pupil:
    born = date(date.today().year - 14, 3, nth)
    number = personnummer.for_tests(born, 980 + nth)
    mail = f"{guardian.lower()}@example.org"
    return Pupil(given, "Storbacka", number, guardian, mail, f"0701740{690 + nth}")


def referral_written(school: Person, who: Pupil) -> str:
    """From "does the child need protection" to sent; the referral's reference."""
    school.go("/")
    school.follow("Ny remiss")
    school.choose("Behöver barnet skydd nu?", "Nej")
    school.press("Gå vidare")
    school.write("Elevens personnummer", who.number)
    school.press("Sök")
    school.write("Förnamn", who.given)
    school.write("Efternamn", who.family)
    school.write("Årskurs", "7")
    school.choose("Kön", "Flicka")
    school.pick("Var bor eleven?", "Rinkeby-Kista")
    school.press("Spara och fortsätt")
    school.write("Förnamn", who.guardian)
    school.write("Efternamn", who.family)
    school.write("Mobilnummer", who.phone)
    school.write("E-post", who.email)
    school.press("Spara vårdnadshavaren")
    school.follow("Fortsätt")
    school.choose("Vad behöver eleven?", "Komma till skolan")
    school.write("Vad är ni oroliga för?", WORRY)
    school.press("Spara och fortsätt")
    school.write("Hur gick det?", "Extra anpassningar sedan september.")
    school.press("Spara och fortsätt")
    measured(school, invalid=500)
    school.press("Spara och fortsätt")
    school.write("Hur känner eleven till remissen?", "Vi har pratat med eleven.")
    school.write("Hur känner vårdnadshavarna till remissen?", "Vi har haft ett möte.")
    school.press("Spara och fortsätt")
    school.choose("Vilket stöd gäller det?", "SST: årskurs 4–9, frånvaro högst 20 procent")
    school.choose("Vilket team?", "Skolsociala teamet Rinkeby-Kista")
    school.press("Spara och fortsätt")
    school.sees(WORRY, "Extra anpassningar sedan september.")
    school.press("Skicka remissen")
    school.sees("Remissen är skickad", "Det här händer nu")
    return school.path.split("/")[2]


def measured(person: Person, *, invalid: int) -> None:
    """Absence over four weeks, in minutes."""
    today = date.today()
    person.day("Från och med", today - timedelta(days=35))
    person.day("Till och med", today - timedelta(days=7))
    person.choose("Räknat i", "Minuter")
    for label, minutes in (FIGURES | {"Ogiltig frånvaro": invalid}).items():
        person.write(label, str(minutes))


def accepted(worker: Person, who: Pupil, reference: str) -> str:
    """Screened while sealed, then taken on; the case's reference."""
    worker.go(f"/remisser/{reference}/")
    worker.sees("Remissen är förseglad", "Årskurs 7–9")
    worker.misses(who.given, who.family, who.number, who.guardian, WORRY)
    worker.follow("Ta emot remissen")
    worker.pick("Ersättare", "Carina Dahl")
    worker.press("Ta emot remissen")
    worker.follow("Öppna ärendet")
    worker.misses(who.given, who.family, WORRY)
    return worker.path.split("/")[2]


def family_asked(school: Person, reference: str) -> str:
    school.go(f"/remisser/{reference}/")
    school.sees("Fråga nu eleven och vårdnadshavarna om samtycke.")
    school.follow("Fråga om samtycke")
    school.press("Fråga familjen")
    school.sees("0 av 2 har sagt ja")
    return school.path


def by_own_link(guardian: Person, town: Stage, who: Pupil) -> None:
    """On the phone: a new link asked for, opened from the mail with the code from the text."""
    guardian.go("/s/ny-lank/")
    guardian.write("Din mobil eller e-postadress", who.email)
    guardian.press("Skicka en ny länk")
    code = codes_in(guardian.page.locator("main").inner_text())[-1]
    with_code(guardian, town.link_to(who.email), code)


def with_code(guest: Person, link: str, code: str) -> None:
    guest.go(link)
    guest.write("Kod", code)
    guest.press("Öppna")


def pupils_link(school: Person, consent: str, who: Pupil) -> tuple[str, str]:
    """Made at the school's screen and handed over: a pupil has no mail on file."""
    school.go(consent)
    school.press(f"Visa en länk: {who.name}")
    card = school.page.locator(".card-next")
    link = card.locator("a[href*='/s/']").get_attribute("href") or ""
    return "/" + link.split("/", 3)[3], card.locator("strong").inner_text()


def answered_on_paper(asker: Person, consent: str, *names: str) -> None:
    for name in names:
        asker.go(consent)
        asker.follow(f"Skriv in ett svar: {name}")
        asker.choose("Hur lämnades svaret?", "Muntligt med vittne")
        asker.choose("Vad blev svaret?", "Ja")
        asker.write("Vem var vittne?", "Rikard Ek, rektor")
        asker.press("Spara svaret")


def mapped(worker: Person, case: str) -> None:
    for title in SECTIONS:
        worker.go(f"/arenden/{case}/kartlaggning/")
        worker.follow(f"Fyll i: {title}")
        worker.write("Vad fungerar?", f"{title}: mycket fungerar.")
        worker.write("Vad är svårt", f"{title}: morgnarna är svåra.")
        worker.press("Spara")
    worker.go(f"/arenden/{case}/kartlaggning/")
    worker.follow("Skriv elevens ord")
    worker.write("Elevens egna ord", "Det är för stökigt i korridoren.")
    worker.press("Spara")
    worker.follow("Lägg till ett behov")
    worker.write("Vilket behov ser ni?", "Lugnare start på dagen")
    worker.press("Spara")
    worker.go(f"/arenden/{case}/kartlaggning/")
    worker.follow("Kartläggningen är klar")
    worker.press("Kartläggningen är klar")


def planned(worker: Person, case: str) -> None:
    worker.go(f"/arenden/{case}/plan/")
    worker.follow("Lägg till ett mål")
    worker.write("Vad vill eleven nå?", "Jag är i skolan fyra dagar i veckan")
    worker.sees("Lugnare start på dagen")
    worker.day("Klart till", date.today() + timedelta(days=120))
    worker.write("Var är eleven i dag?", "3")
    worker.write("Vart vill ni nå?", "8")
    worker.press("Spara")
    worker.follow("Vi är överens om planen")
    worker.choose("Hur har eleven varit med?", "Eleven var med")
    worker.press("Vi är överens om planen")
    worker.go(f"/arenden/{case}/")
    worker.sees("Nästa: håll nästa uppföljning")


def helped(worker: Person, case: str) -> None:
    """A tool from the box, wanted by the pupil, and one occasion held."""
    worker.go(f"/arenden/{case}/plan/")
    worker.follow("Välj ur verktygslådan")
    worker.page.get_by_label("Verktyg").select_option(index=1)
    worker.press("Spara")
    worker.follow("Eleven och familjen vill")
    worker.press("Eleven och familjen vill")
    worker.follow("Nytt tillfälle")
    worker.write("Hur många minuter?", "45")
    worker.press("Spara")
    worker.sees("45 minuter")


def reviewed(worker: Person, case: str, words: str) -> None:
    """What the worker does when the day has come; the review has begun by itself."""
    worker.go(f"/arenden/{case}/")
    worker.follow("Dokumentera uppföljningen")
    for label, minutes in (FIGURES | {"Ogiltig frånvaro": 200}).items():
        worker.write(label, str(minutes))
    worker.write("Teamets skattning", "6")
    worker.write("Elevens skattning", "5")
    worker.write("Vad har hänt sedan sist?", words)
    worker.choose("Går det framåt?", "Ja")
    worker.press("Spara uppföljningen")


def in_support(meet: Meet, who: Pupil, *, script: bool = True) -> str:
    """Written, accepted, agreed to by voice, mapped and planned; the case's reference."""
    school, worker = meet("skola", script=script), meet("team", script=script)
    reference = referral_written(school, who)
    case = accepted(worker, who, reference)
    consent = family_asked(school, reference)
    answered_on_paper(school, consent, who.name, f"{who.guardian} {who.family}")
    mapped(worker, case)
    planned(worker, case)
    return case


def nothing_for(strangers: list[Person], *paths: str) -> None:
    """What is not one's own is the same page as what does not exist, to the byte."""
    for stranger in strangers:
        nowhere = stranger.finds("/arenden/00-AAAAA/")
        for path in paths:
            assert stranger.finds(path) == nowhere, path


def test_from_draft_to_closure(meet: Meet, town: Stage) -> None:
    who = pupil(1, "Ottilia", "Vendela")
    school, worker, manager = meet("skola"), meet("team"), meet("chef")
    strangers = [meet("teamfarsta"), meet("friskola"), meet("distrikt"), meet("mottagare")]
    reference = referral_written(school, who)
    nothing_for(strangers, f"/remisser/{reference}/")
    case = accepted(worker, who, reference)
    nothing_for(strangers, f"/arenden/{case}/", f"/arenden/{case}/plan/")
    consent = family_asked(school, reference)

    guardian, child = meet(), meet()
    by_own_link(guardian, town, who)
    guardian.sees("Får skolan och skolsociala teamet dela uppgifter?", "Närvaro och frånvaro")
    guardian.press("Ja, de får dela det här")
    guardian.sees("Tack för ditt svar", "Du svarade ja.")
    worker.go(f"/arenden/{case}/")
    worker.misses(who.given)
    with_code(child, *pupils_link(school, consent, who))
    child.press("Ja, de får dela det här")
    worker.go(f"/arenden/{case}/")
    worker.sees(who.name, "Nästa: gör klart kartläggningen")

    mapped(worker, case)
    planned(worker, case)
    helped(worker, case)
    for words in ("Det går bättre på morgnarna.", "Nu går det av sig självt."):
        town.later(57)
        worker.go(f"/arenden/{case}/")
        worker.sees("Nästa: dokumentera uppföljningen")
        reviewed(worker, case, words)
        worker.go(f"/arenden/{case}/")
        worker.follow("Fortsätt stödet")
        worker.press("Fortsätt stödet")
    school.go(f"/arenden/{case}/")
    school.sees(who.name, "Jag är i skolan fyra dagar i veckan")

    worker.go(f"/arenden/{case}/plan/")
    worker.follow("Insatsen är genomförd")
    worker.press("Insatsen är genomförd")
    worker.unfold("Bedöm målet")
    worker.follow("Helt uppnått")
    worker.press("Helt uppnått")
    worker.go(f"/arenden/{case}/")
    worker.follow("Mät frånvaron")
    worker.choose("Vad gäller den?", "Slutläge")
    measured(worker, invalid=60)
    worker.press("Spara")
    worker.unfold("Fler val")
    worker.follow("Föreslå avslut")
    worker.choose("Varför avslutas ärendet?", "Målen är nådda")
    worker.choose("Är avslutet planerat?", "Ja, vi har planerat det tillsammans")
    worker.write("Anteckning", "Eleven klarar sig själv.")
    worker.press("Föreslå avslut")
    worker.follow("Fyll i inför avslut")
    worker.write("Hur nöjd är eleven med stödet?", "9")
    worker.tick("Insatserna är fullständigt förda")
    worker.press("Spara")

    manager.go("/laget/")
    manager.follow_in(case, "Bekräfta avslutet")
    manager.follow("Bekräfta avslutet")
    manager.press("Bekräfta avslutet")
    for person in (worker, school):
        person.go(f"/arenden/{case}/")
        person.sees("Ärendet är avslutat")
    guardian.go("/s/fraga/")
    guardian.sees("Länken går inte att använda")
    nothing_for(strangers, f"/arenden/{case}/", consent)


def test_to_a_started_hand_over_without_javascript(meet: Meet) -> None:
    who = pupil(2, "Tindra", "Wilhelmina")
    case = in_support(meet, who, script=False)
    worker, receiver = meet("team", script=False), meet("mottagare", script=False)
    strangers = [meet("teamfarsta"), meet("friskola"), meet("distrikt")]
    worker.go(f"/arenden/{case}/")
    worker.follow("Fråga om samtycke till överlämning")
    worker.pick("Till vem?", "Barn och unga Rinkeby-Kista")
    worker.press("Fråga familjen")
    consent = worker.path
    answered_on_paper(worker, consent, who.name, f"{who.guardian} {who.family}")
    worker.go(f"/arenden/{case}/")
    worker.follow("Förbered överlämning")
    worker.choose("Varför?", "Behovet är större än teamets stöd")
    worker.write("Sammanfattning till mottagaren", "Familjen behöver stöd hemma.")
    worker.choose("Vad ska lämnas över?", "Mål: Jag är i skolan fyra dagar i veckan")
    worker.press("Spara")
    receiver.go("/overlamningar/")
    receiver.misses(who.family)
    worker.unfold("Fler val")
    worker.follow("Lämna över nu")
    worker.press("Lämna över nu")

    receiver.go("/overlamningar/")
    receiver.follow(who.name)
    receiver.sees("Familjen behöver stöd hemma.", "Jag är i skolan fyra dagar i veckan")
    receiver.misses("Det är för stökigt i korridoren.", "morgnarna är svåra", WORRY, who.number)
    transfer = receiver.path
    nothing_for([receiver], f"/arenden/{case}/", f"/arenden/{case}/kartlaggning/")
    nothing_for(strangers, transfer, f"/arenden/{case}/", consent)
    receiver.follow("Vi har tagit emot")
    receiver.press("Vi har tagit emot")
    receiver.follow("Stödet har börjat")
    receiver.press("Stödet har börjat")
    receiver.sees("Inledd")
    for person, step in (
        (worker, "Nästa: fyll i det som saknas inför avslutet"),
        (meet("skola", script=False), "Nästa: bekräfta avslutet"),
    ):
        person.go(f"/arenden/{case}/")
        person.sees(step)


def test_a_consent_taken_back_in_the_middle(meet: Meet, town: Stage) -> None:
    who = pupil(3, "Ellinor", "Hedda")
    school, worker, guardian = meet("skola"), meet("team"), meet()
    reference = referral_written(school, who)
    case = accepted(worker, who, reference)
    consent = family_asked(school, reference)
    answered_on_paper(school, consent, who.name, f"{who.guardian} {who.family}")
    worker.go(f"/arenden/{case}/kartlaggning/")
    worker.follow("Fyll i: Hemmet")
    worker.write("Vad är svårt", "Det är trångt hemma.")
    worker.press("Spara")
    worker.go(f"/remisser/{reference}/")
    worker.sees(WORRY)

    by_own_link(guardian, town, who)
    guardian.sees("Ditt samtycke gäller")
    guardian.follow("Ta tillbaka samtycket")
    guardian.press("Ja, ta tillbaka")
    guardian.sees("Tack för ditt svar", "Du har tagit tillbaka ditt ja.")

    worker.go(f"/arenden/{case}/")
    worker.sees("Nästa: fråga på nytt eller avsluta", "Inget samtycke gäller")
    worker.go(f"/remisser/{reference}/")
    worker.misses(WORRY)
    school.go(f"/arenden/{case}/")
    school.sees("Ärendet vilar")
    school.misses("Det är trångt hemma.")
    strangers = [meet("teamfarsta"), meet("friskola"), meet("mottagare")]
    nothing_for(strangers, f"/arenden/{case}/", f"/remisser/{reference}/", consent)
