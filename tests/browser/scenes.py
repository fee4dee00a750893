"""What has happened in the municipality before its pages are looked at, each through the pages:
what only opens in the middle of something is looked at in the middle of it."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta

from PIL import Image

from accounts import personnummer
from tests.browser.crawl import Links, Visitor

Visitors = dict[str, Visitor]
ONE = r"[0-9a-f-]{36}"
SOON = date.today() + timedelta(days=30)
WHY = "Det behövs för att arbetet ska gå vidare."


def day(name: str, on: date) -> dict[str, str]:
    """A date as its three fields."""
    return {
        f"{name}_day": str(on.day),
        f"{name}_month": str(on.month),
        f"{name}_year": str(on.year),
    }


def picture() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(drawn, "PNG")
    return drawn.getvalue()


def all_of_them(people: Visitors) -> dict[str, tuple[Visitor, list[str]]]:
    """Everything; who came without an account by it, and where they may look."""
    a_pupil_the_school_has_not_met(people["skola"])
    something_attached(people["skola"])
    a_screening(people["chef"], people["skola"])
    a_case_opened_in_an_emergency(people["team2"])
    a_review_booked(people["team"])
    an_extract_released(people["rektor"])
    a_list_to_dispose_of(people["chef"])
    a_protected_pupil(people["skola"])
    a_signed_paper(people["skola"])
    somebody_named(people["chef"])
    a_new_version(people["distrikt"])
    a_term_planned(people["distrikt"])
    a_post_in_the_team(people["chef"])
    something_to_read(people["analytiker"])
    return {
        "foster": a_foster_parent(people["skolfam"]),
        "signer": an_agreement_to_sign(people["distrikt"]),
    }


def a_pupil_the_school_has_not_met(school: Visitor) -> None:
    school.post("/remisser/ny/", needed="no")
    number = personnummer.for_tests(date(2013, 2, 28), 999)
    school.post("/remisser/ny/elev/", number=number)


def something_attached(school: Visitor) -> None:
    """A picture laid to one of the school's referrals."""
    for referral in school.links("/remisser/", r"/remisser/2[^/]+/"):
        page = school.get(f"{referral}filer/")
        if page.is_page and 'type="file"' in page.text:
            school.post(page.path, page=page, title="Bild", kind="other", file=picture())
            return
    raise RuntimeError("nowhere can a file be added")


def something_to_print(worker: Visitor) -> str:
    """Asks for the first document that is offered; where it can be followed and fetched."""
    for case in worker.links("/arenden/", r"/arenden/2[^/]+/"):
        page = worker.get(f"{case}utskrift/")
        offers = [link for link in Links(page.text).found if link.startswith("/dokument/ny/")]
        for offer in offers[:1]:
            return worker.post(offer, page=page, language="sv").to
    raise RuntimeError("nothing is offered for print")


def a_screening(team: Visitor, school: Visitor) -> None:
    """A meeting's list, with the team's own referrals and a school's question."""
    meeting = team.fill("/genomgangar/ny/", **day("on", SOON))
    team.fill(f"{meeting}lista/")
    question = {
        "stage": "7-9",
        "band": "10-20",
        "question": "Hur börjar vi när eleven inte kommer?",
    }
    page = school.get(f"{meeting}fraga/")
    for name in ("stage", "band"):
        question[name] = next(filter(None, Links(page.text).offered[name]))
    school.fill(f"{meeting}fraga/", **question)


def a_case_opened_in_an_emergency(worker: Visitor) -> None:
    """One of a colleague's cases."""
    for case in worker.links("/arenden/", r"/arenden/2[^/]+/"):
        try:
            worker.fill("/nodoppna/", reference=case.split("/")[2], hours="1", why=WHY)
        except RuntimeError:  # one of their own
            continue
        return
    raise RuntimeError("no case can be opened in an emergency")


def a_review_booked(worker: Visitor) -> None:
    """For a case whose review has begun, or can begin."""
    booked = False
    for case in worker.links("/arenden/", r"/arenden/2[^/]+/"):
        if new := worker.links(case, r"/arenden/[^/]+/ny/uppfoljning/"):
            worker.fill(new[0])
            booked = True
        if begin := worker.links(case, rf"/gor/case/{ONE}/begin_review/"):
            worker.fill(begin[0])
        if booked and worker.links(case, rf"/arenden/[^/]+/uppfoljningar/{ONE}/"):
            return
        booked = False
    raise RuntimeError("no case is due for a review")


def an_extract_released(principal: Visitor) -> None:
    """The one that is checked is released, and its two files are made."""
    for extract in principal.links("/utdrag/", rf"/utdrag/{ONE}/"):
        page = principal.get(extract)
        if 'value="release"' in page.text:
            principal.post(extract, page=page, move="release")
            return
    raise RuntimeError("no extract is checked")


def a_list_to_dispose_of(chief: Visitor) -> None:
    chief.fill("/gallring/")


def a_protected_pupil(school: Visitor) -> None:
    """The school is told that a pupil's details are protected from now on, and opens them."""
    referral = school.links("/remisser/", r"/remisser/2[^/]+/")[-1]
    pupil = school.links(referral, rf"/elever/{ONE}/")[0]
    school.fill(f"/skyddat/{pupil.split('/')[2]}/skydd/", protection="marked")
    school.fill(f"/skyddat/{pupil.split('/')[2]}/oppna/", why=WHY)


def a_signed_paper(school: Visitor) -> None:
    """A family is asked anew, and the first of them says yes on paper."""
    for matter in school.links("/arenden/", r"/arenden/2[^/]+/"):
        for ask in school.links(matter, r"/samtycke/[^/]+/fraga/support/"):
            consent = school.fill(ask)
            answer = school.links(consent, rf"{consent}{ONE}/svar/")[0]
            school.fill(answer, how="paper", answer="yes", form_file=picture())
            return
    raise RuntimeError("no family can be asked")


def somebody_named(manager: Visitor) -> None:
    """A deputy for a school in another municipality, which is told by a letter."""
    where = "/samverkan/kontakter/ny/?kod=10000099"
    page = Links(manager.get(where).text)
    offered, chosen = page.offered, next(one for one in page.forms if "schools" in one)
    manager.fill(
        where,
        schools=chosen["schools"],
        post="deputy",
        person=next(filter(None, offered["person"])),
        why="new",
        phone="08-508 00 002",
        hours="Vardagar 8–16.",
        helps_with="Råd om frånvaro.",
        told_at="skolan@example.org",
        sure="on",
        **day("since", SOON),
    )


def a_foster_parent(team: Visitor) -> tuple[Visitor, list[str]]:
    for case in team.links("/arenden/", r"/arenden/2[^/]+/"):
        asked = team.links(f"{case}kartlaggning/", r"/arenden/[^/]+/ny/familjehem/")
        if not asked:
            continue
        team.fill(asked[0], name="Kerstin Ek", language="sv")
        page = team.get(f"{case}kartlaggning/")
        team.post(team.links(page.path, rf"/familjehem/{ONE}/lank/")[0], page=page)
        return _by_link(
            team, f"{case}kartlaggning/", r"/s/familjehem/[^/\s\"<]+/", "/s/familjehem/"
        )
    raise RuntimeError("no foster parent can be asked")


def _by_link(giver: Visitor, page: str, like: str, to: str) -> tuple[Visitor, list[str]]:
    """Somebody opens the link and writes the code that a page shows once."""
    shown = giver.get(page).text if page.startswith("/") else page
    link, code = re.search(like, shown), re.search(r"\b\d{6}\b", re.sub(r"<[^>]+>", " ", shown))
    if link is None or code is None:
        raise RuntimeError("no link and code are shown")
    guest = Visitor(giver.url)
    guest.post(link[0], code=code[0])
    return guest, [link[0], to]


def a_new_version(district: Visitor) -> None:
    """The agreement in force is being revised."""
    for agreement in district.links("/samverkan/overenskommelser/", rf"/samverkan/.*/{ONE}/"):
        if district.links(agreement, r".*/revidera/"):
            district.post(f"{agreement}revidera/", page=district.get(agreement))
            return
    raise RuntimeError("no agreement can be revised")


def an_agreement_to_sign(district: Visitor) -> tuple[Visitor, list[str]]:
    """One for a programme: two parties, one of which has signed on paper."""
    where = "/samverkan/overenskommelser/ny/"
    offered = Links(district.get(where).text).offered
    programme = next(filter(None, offered["programme"]))
    agreement = district.fill(where, programme=programme, parties=offered["parties"][:2])
    parties = district.links(agreement, rf".*/parter/{ONE}/")
    for n, party in enumerate(parties):
        district.fill(
            party, signs="on", signer_name="Siv Ahlgren", signer_email=f"part{n}@example.org"
        )
    move = "/samverkan/gor/agreement/" + agreement.split("/")[3]
    district.fill(f"{move}/send_for_comment/", **day("comment_by", SOON))
    district.fill(f"{move}/ask_signatures/", **day("valid_from", SOON))
    district.fill(
        f"{parties[0]}papper/", name="Siv Ahlgren", scan=picture(), **day("on", date.today())
    )
    page = district.get(agreement)
    shown = district.post(f"{parties[1]}lank/", page=page).text
    guest, paths = _by_link(
        district, shown, r"/samverkan/lank/[^/\s\"<]+/", "/samverkan/lank/oppnad/"
    )
    return guest, [*paths, "/samverkan/lank/tack/"]


def a_term_planned(district: Visitor) -> None:
    """The coming term's meetings, not called yet."""
    today = date.today()
    term = f"{today.year + 1}-1" if today.month > 6 else f"{today.year}-2"
    district.fill(f"/samverkan/forum/plan/?termin={term}")


def a_post_in_the_team(manager: Visitor) -> None:
    where = "/samverkan/medel/teamen/ny/"
    offered = Links(manager.get(where).text).offered
    manager.fill(
        where,
        profession="Skolsocionom",
        employer=offered["employer"][0],
        fte="1",
        **day("since", date.today()),
    )


def something_to_read(keeper: Visitor) -> None:
    """A guide with a file, to be read by whoever is new."""
    where = "/samverkan/material/nytt/"
    kind = Links(keeper.get(where).text).offered["kind"][0]
    publish = keeper.fill(
        where,
        title="Läs först",
        kind=kind,
        about="För den som är ny",
        for_newcomers="on",
        roles=["receiver"],
    )
    keeper.fill(publish, text="Läs det här först.", file=picture())
