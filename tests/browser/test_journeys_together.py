"""The ground the cases stand on, each way told by the people in it: an agreement, a contact person,
a term's forums, a survey."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tests.browser.conftest import Meet
from tests.browser.person import Person
from tests.browser.scenes import picture
from tests.browser.stage import Stage, links_in, words_of
from tests.browser.test_journeys import nothing_for

pytestmark = pytest.mark.browser
SIGNERS = {
    "Rinkeby-Kista": ("Siv Ahlgren", "siv@example.org", "070-174 06 71"),
    "Ärvinge friskola": ("Folke Blom", "folke@example.org", "070-174 06 72"),
}
AGREEMENTS = "/samverkan/overenskommelser/"


def by_party_link(guest: Person, town: Stage, party: str) -> None:
    """The newest link of one party, from the mail, with the code from the text message."""
    _name, address, number = SIGNERS[party]
    link, code = town.link_and_code(address, number)
    guest.go(link)
    guest.write("Kod", code)
    guest.press("Öppna")


def sign_by_link(guest: Person, town: Stage, party: str) -> None:
    by_party_link(guest, town, party)
    guest.write("Ditt namn", SIGNERS[party][0])
    guest.tick("Jag har läst överenskommelsen")
    guest.press("Skriv under")
    guest.sees(f"{party} har skrivit under.")


def sent_for_comment(manager: Person, agreement: str) -> None:
    manager.go(agreement)
    manager.follow("Skicka på remiss")
    manager.day("När vill ni ha synpunkterna senast?", date.today() + timedelta(days=500))
    manager.press("Skicka på remiss")


def asked_to_sign(manager: Person, agreement: str, valid_from: date) -> None:
    manager.go(agreement)
    manager.follow("Be om underskrifter")
    manager.day("Från vilken dag gäller den?", valid_from)
    manager.press("Be om underskrifter")


def published(manager: Person, agreement: str) -> None:
    manager.go(agreement)
    manager.sees("Nästa: publicera")
    manager.follow("Publicera")
    manager.press("Publicera")


def test_an_agreement_from_draft_to_its_revision(meet: Meet, town: Stage, tmp_path: Path) -> None:
    manager, school = meet("distrikt"), meet("skola")
    strangers = [meet("teamfarsta"), meet("mottagare")]
    manager.go(f"{AGREEMENTS}ny/")
    manager.write("Vad heter överenskommelsen?", "Överenskommelse om PPSS")
    manager.pick("Vad gäller den?", "PPSS")
    manager.only("Vilka omfattas?", *SIGNERS)
    manager.press("Börja skriva")
    first = manager.path
    for party, (name, address, number) in SIGNERS.items():
        manager.go(first)
        manager.follow(f"Vem skriver under? {party}")
        manager.tick("Den här parten skriver under")
        manager.write("Vem skriver under?", name)
        manager.write("E-post", address)
        manager.write("Mobilnummer", number)
        manager.press("Spara")
    nothing_for([school, *strangers], first)
    sent_for_comment(manager, first)

    guest, other = meet(), meet()
    by_party_link(guest, town, "Ärvinge friskola")
    guest.write("Vad tycker ni?", "Skriv att friskolan bjuds in till varje forum.")
    guest.press("Skicka synpunkten")
    guest.sees("Det ni skrev är sparat.")
    asked_to_sign(manager, first, date.today())
    manager.sees("Skriv att friskolan bjuds in till varje forum.")
    sign_by_link(guest, town, "Ärvinge friskola")
    manager.go(first)
    manager.sees("Nästa: samla in underskrifterna")
    sign_by_link(other, town, "Rinkeby-Kista")
    nothing_for([school, *strangers], first)
    published(manager, first)
    for reader in (school, *strangers):
        reader.go(first)
        reader.sees("Överenskommelse om PPSS", "Ärvinge friskola")
        reader.misses("folke@example.org", "Vem skriver under?")

    town.later(365)
    manager.go(first)
    manager.sees("Nästa: utvärdera i styrgruppen")
    manager.follow("Utvärderad, ska ändras")
    manager.day("Vilken dag utvärderade styrgruppen?", date.today())
    manager.choose("Hur fungerar samverkan?", "Samverkan fungerar men behöver utvecklas")
    manager.write("Vad kom styrgruppen fram till?", "Friskolan ska vara med från början.")
    manager.press("Utvärderad, ska ändras")
    manager.sees("Friskolan ska vara med från början.")
    manager.press("Skriv en ny version")
    second = manager.path
    manager.follow("Skriv:")
    manager.write("Text", "Varje friskola kallas till varje forum.")
    manager.press("Spara")
    sent_for_comment(manager, second)
    asked_to_sign(manager, second, date.today() + timedelta(days=365))
    sign_by_link(guest, town, "Ärvinge friskola")
    manager.go(second)
    manager.follow("Har skrivit under på papper: Rinkeby-Kista")
    (tmp_path / "papper.png").write_bytes(picture())
    manager.write("Vem har skrivit under?", "Siv Ahlgren")
    manager.day("Vilken dag?", date.today() + timedelta(days=364))
    manager.page.get_by_label("Det skannade papperet").set_input_files(tmp_path / "papper.png")
    manager.press("Spara")
    published(manager, second)
    school.go(second)
    school.sees("Varje friskola kallas till varje forum.")
    school.follow("Se vad som skiljer från version 1")
    school.sees("Version 2 jämförd med version 1", "Tillagt: Varje")
    school.go(first)
    school.sees("Ersatt")
    guest.go("/samverkan/lank/oppnad/")
    guest.sees("Ni har skrivit under.")


def test_a_contact_change_to_the_last_schools_confirmation(meet: Meet, town: Stage) -> None:
    manager, principal, school, guest = meet("chef"), meet("rektor"), meet("skola"), meet()
    others = "Uppsala östra skola"
    manager.go("/samverkan/kontakter/")
    # Somebody was on the way to one of the schools already: that is taken back first.
    manager.follow("Tomas Åberg")
    manager.follow("Det blir någon annan")
    manager.write("Varför?", "Bytet gäller två skolor.")
    manager.press("Det blir någon annan")
    manager.go("/samverkan/kontakter/")
    manager.follow("Utse eller byt")
    manager.only("Vilka skolor gäller det?", "Akalla grundskola", others)
    manager.choose("Vilket uppdrag?", "Kontaktperson")
    manager.pick("Vem?", "Tomas Åberg")
    manager.choose("Varför?", "Byte")
    manager.day("Från vilken dag?", date.today() + timedelta(days=10))
    manager.write("Telefon", "08-508 00 003")
    manager.write("När svarar ni?", "Vardagar 8–16")
    manager.write("Vad kan ni hjälpa skolan med?", "Råd om frånvaro.")
    manager.write("Skolans e-post", "uppsala@example.org")
    manager.press("Utse och meddela skolorna")
    waiting = manager.page.locator("tr").filter(has_text="Tomas Åberg")
    waits = waiting.filter(has_text="inte bekräftad")
    assert [row.get_by_role("rowheader").inner_text().split("\n")[0] for row in waits.all()] == [
        "Akalla grundskola",
        others,
    ]
    here = waiting.filter(has_text="Akalla").get_by_role("link", name="Tomas Åberg")
    change = here.get_attribute("href") or ""
    school.go("/samverkan/kontakt/")
    school.sees("Tilda Berg", "Tomas Åberg")

    principal.go(change)
    principal.follow("Vi har fått veta det")
    principal.press("Vi har fått veta det")
    manager.go("/samverkan/kontakter/")
    assert waits.filter(has_text=others).count() == 1
    letters = [words_of(mail) for mail in town.mails() if mail["To"] == "uppsala@example.org"]
    link = links_in(next(words for words in reversed(letters) if others in words))[-1]
    guest.go(link)
    guest.sees("Tomas Åberg", "Råd om frånvaro.")
    guest.press("Vi har fått veta det")
    guest.sees("Skolan har bekräftat. Tack.")
    guest.go(link)
    assert guest.page.get_by_role("button", name="Vi har fått veta det").count() == 0
    manager.go("/samverkan/kontakter/")
    assert waits.count() == 0

    town.later(14)
    school.go("/samverkan/kontakt/")
    school.misses("Tilda Berg")
    school.sees("Tomas Åberg", "08-508 00 003")
    manager.go(change)
    manager.follow("Akalla grundskola")
    history = manager.path
    for on, who in (
        (date.today(), "Tilda Berg"),
        (date.today() + timedelta(days=14), "Tomas Åberg"),
    ):
        manager.go(f"{history}?dag={on}")
        then = manager.page.get_by_role("status").inner_text()
        assert [name for name in ("Tilda Berg", "Tomas Åberg") if name in then] == [who]


def test_a_terms_forums_from_plan_to_minutes(meet: Meet, town: Stage) -> None:
    convener, principal, guest = meet("chef"), meet("rektor"), meet()
    today = date.today()
    term = f"{today.year + 1}-1" if today.month > 6 else f"{today.year}-2"
    convener.go(f"/samverkan/forum/plan/?termin={term}")
    convener.sees("Lokalt samverkansforum")
    proposed = convener.page.get_by_role("listitem").filter(has_text="Styrgruppen")
    assert proposed.count() == 0  # which is the district manager's to call
    convener.press("Lägg in i planen")
    meetings = convener.page.get_by_role("link", name="Lokalt samverkansforum")
    first, second = [one.get_attribute("href") or "" for one in meetings.all()][:2]
    convener.go(f"/samverkan/forum/plan/?termin={term}")
    convener.sees("2 av 2 planerade", "Resten planerar den som kallar.")
    nothing_for([meet("teamfarsta"), meet("mottagare")], first)

    convener.go(first)
    convener.follow("Ändra tid och dagordning")
    convener.write("Dagordning", "Höstens arbete med närvaro.")
    convener.press("Ändra tid och dagordning")
    convener.follow("Skicka kallelsen")
    convener.press("Skicka kallelsen")
    convener.sees("0 kommer", "Ärvinge friskola", "fristående")
    principal.go(first)
    principal.follow("Svara")
    principal.choose("Kommer ni?", "Kommer")
    principal.press("Svara")
    invited = [mail for mail in town.mails() if "/samverkan/lank/mote/" in words_of(mail)]
    assert [part.get_content_type() for part in invited[-1].iter_attachments()] == ["text/calendar"]
    guest.go(next(link for link in links_in(words_of(invited[-1])) if "/lank/mote/" in link))
    guest.choose("Kommer ni?", "Kan inte")
    guest.press("Svara")
    guest.sees("Tack.", "kan inte")
    convener.go(first)
    convener.sees("1 kommer, 1 kan inte")

    calendar = convener.page.request.get(f"{first}kalender/").text()
    held = datetime.strptime(re.findall(r"DTSTART[^:]*:(\d{8})", calendar)[-1], "%Y%m%d").date()
    town.later((held - today).days + 1)
    convener.go(first)
    convener.follow("Fyll i närvaro")
    asked = convener.page.locator("main fieldset")
    for nth in range(asked.count()):
        asked.nth(nth).get_by_label("Uteblev" if nth == 0 else "Var med").check()
    convener.press("Fyll i närvaro")
    convener.follow("Skriv minnesanteckningar")
    convener.write("Minnesanteckningar", "Vi pratade om morgnarna.")
    convener.write("Beslut", "Byten meddelas samma dag.")
    convener.write("Vad ska göras?", "Ta med frågan om morgnarna till elevhälsan")
    convener.pick("Vem ska göra det?", "Akalla grundskola")
    convener.page.get_by_role("button", name="Fler rutor").click()
    assert convener.page.get_by_role("group", name="Uppgift").count() == 6
    due, task = today + timedelta(days=300), convener.page.get_by_role("group", name="Uppgift 1")
    for part, number in (("Dag", due.day), ("Månad", due.month), ("År", due.year)):
        task.get_by_label(part, exact=True).fill(str(number))
    convener.press("Spara och skicka")
    for reader in (convener, principal):
        reader.go(first)
        reader.sees("Vi pratade om morgnarna.", "Byten meddelas samma dag.")
    principal.sees("Ta med frågan om morgnarna till elevhälsan")
    # Until the next meeting is called, it is its convener's alone.
    nothing_for([principal], second)
    convener.go(second)
    convener.sees("Från förra mötet", "Byten meddelas samma dag.")
    convener.sees("Ta med frågan om morgnarna till elevhälsan", "Öppen")
    convener.follow_in("frågan om morgnarna", "Klart")
    convener.press("Klart")
    convener.go(second)
    convener.sees("Ta med frågan om morgnarna till elevhälsan", "Klar")


def test_a_survey_from_link_to_a_result_that_is_too_small_to_show(meet: Meet, town: Stage) -> None:
    analyst, guest = meet("analytiker"), meet()
    asked = [f"svar{number}@example.org" for number in range(6)]
    analyst.go("/samverkan/enkater/ny/")
    analyst.choose("Vilken enkät?", "Månadens puls")
    analyst.write("Namn", "Pulsen i provet")
    analyst.write("Fler e-postadresser", "\n".join(asked))
    analyst.press("Spara utkastet")
    survey = analyst.path
    analyst.follow("Öppna enkäten")
    analyst.press("Öppna enkäten")
    nothing_for([meet("teamfarsta"), meet("mottagare")], survey)
    links = [town.link_to(address) for address in asked]
    for number, link in enumerate(links[:5]):
        guest.go(link)
        questions = guest.page.locator("main fieldset")
        for nth in range(1, questions.count()):
            # One leaves out the last question: four answers to it are too few to be shown.
            if number or nth < questions.count() - 1:
                questions.nth(nth).locator("input[type=radio]").nth(3).check()
        guest.press("Skicka svaren")
        guest.sees("Tack för dina svar", "Ingen kan se att de är dina.")
        assert guest.go(link) == 404
    analyst.go(survey)
    analyst.follow("Stäng enkäten")
    analyst.press("Stäng enkäten")
    assert guest.go(links[5]) == 404
    analyst.sees("5 av 6 har svarat (83 procent)")
    assert analyst.page.get_by_text("för litet underlag", exact=True).count() == 1
    analyst.follow("Redovisa")
    analyst.press("Redovisa")
    guest.go(town.link_to(asked[0]))
    guest.sees("Så här svarade ni tillsammans.", "5 av 6 har svarat (83 procent)")
    assert guest.page.get_by_text("för litet underlag", exact=True).count() == 1
