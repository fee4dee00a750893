"""What school and social services have agreed on, whom the schools call, and how the forums went.

Half of the districts keep what they have promised: Rinkeby-Kista, Enskede-Årsta-Vantör, Skarpnäck and
Skärholmen. In Farsta school staff stay away, the independent school does not come, a post is empty and
few reports of concern are answered. Hässelby-Vällingby has let its agreement grow old and its steering
group rest. Spånga-Tensta's managers have not met and few have read the material. Älvsjö has no
agreement, no forum and a school nobody was named for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts import clock, working_days
from accounts.models import Membership, Organisation, Role, Signatory
from collaboration import parties, terms
from collaboration.choices import Level, MeetingKind, Seat
from collaboration.models import (
    Agreement,
    ContactAssignment,
    Forum,
    ForumAction,
    ForumMeeting,
    Invitee,
)
from collaboration.texts.agreement import SECTIONS
from config.demo.municipality import Town
from history.door import begin, perform
from history.models import Trail
from referrals.models import ConcernReport

ZONE = ZoneInfo("Europe/Stockholm")
# How many days ago each district's agreement came into force; none: it has no agreement.
AGREED: dict[str, int | None] = {
    "Rinkeby-Kista": 250,
    "Farsta": 340,
    "Hässelby-Vällingby": 420,
    "Enskede-Årsta-Vantör": 120,
    "Skarpnäck": 200,
    "Skärholmen": 60,
    "Spånga-Tensta": 310,
    "Älvsjö": None,
}
# The districts that do all they have promised.
KEEPS = ("Rinkeby-Kista", "Enskede-Årsta-Vantör", "Skarpnäck", "Skärholmen")
# The school that stays away, but says so.
SAYS_SO = "Gubbängsskolan"
# Where what was promised at the forums is written down too; the first does it in time.
PROMISES = ("Rinkeby-Kista", "Farsta")
# Held last week, and not written up yet; the school two people are called from.
WAITS = ("Rinkeby-Kista", Level.TRANSITION_FORUM)
SENDS_TWO = "Akalla grundskola"
MINUTES = "Läget gicks igenom. Skolorna vill ha tidigare besked om byten."
DECISIONS = ["Byten av kontaktperson meddelas samma dag."]
# In Farsta the post at this school is empty, and nobody was named at that one.
VACANT, NEVER = "Hökarängsskolan", "Sjöängsskolan"
HOURS = "Vardagar 8–16. Vi ringer upp senast nästa dag."
HELPS = "Råd om frånvaro och oro, utan att ni säger vem eleven är. Vägen in till teamet."
FORUMS = (
    (Level.STEERING_GROUP, "Styrgruppen"),
    (Level.MANAGER_FORUM, "Samverkansforum för chefer"),
    (Level.TRANSITION_FORUM, "Övergången förskola–skola"),
    (Level.LOCAL_FORUM, "Lokalt samverkansforum"),
)
AGENDA = {
    MeetingKind.MEETING: "Läget på skolorna.\nKontaktpersoner.\nFrågor från skolorna.",
    MeetingKind.EVALUATION: "Årets utvärdering av överenskommelsen.\nVad behöver ändras?",
    MeetingKind.LECTURE: "Föreläsning om skolfrånvaro och samverkan.\nSamtal i grupper.",
}


@contextmanager
def on(day: date, hour: int = 9) -> Iterator[None]:
    """Live on a day that has been, never later than now."""
    moment = datetime.combine(day, time(hour), ZONE)
    with clock.at(min(moment, datetime.now(ZONE))):
        yield


def ago(days: int) -> date:
    """A working day so long ago."""
    day = clock.today() - timedelta(days=days)
    while not working_days.is_working_day(day):
        day -= timedelta(days=1)
    return day


def tell(town: Town) -> None:
    """Everything, at the time it happened."""
    for name, days in AGREED.items():
        if days is not None:
            agree(town, town.districts[name], days)
    revise(town, town.districts["Hässelby-Vällingby"])
    for school in town.schools.values():
        if school.name != NEVER:
            name_contacts(town, school)
    change_contact(town, town.schools["Akalla grundskola"])
    for name in KEEPS:
        meet(town, town.districts[name], lambda who: True, dict(FORUMS))
    waiting: dict[str, str] = {
        level: name for level, name in FORUMS if level != Level.MANAGER_FORUM
    }
    meet(town, town.districts["Spånga-Tensta"], lambda who: True, waiting)
    meet(town, town.districts["Farsta"], stays_away_in_farsta, dict(FORUMS))
    reports(town, town.schools["Akalla grundskola"], made=6, answered=6)
    reports(town, town.schools["Farsta grundskola"], made=7, answered=2)
    resting: dict[str, str] = {Level.LOCAL_FORUM: "Lokalt samverkansforum"}
    meet(town, town.districts["Hässelby-Vällingby"], lambda who: True, resting)


def stays_away_in_farsta(who: Organisation) -> bool:
    return not who.independent and who.name not in (SAYS_SO, VACANT)


def leader(town: Town, place: Organisation) -> Membership:
    return town.one(place, Role.DISTRICT, Role.MANAGER)


def agree(town: Town, district: Organisation, days: int) -> Agreement:
    """From draft to force: everybody in the district, commented on and signed."""
    boss, first = leader(town, district), ago(days)
    signer = {"signer_name": "Siv Ahlgren", "signer_email": "direktor@example.org"}
    bound = [parties.row_for(one) for one in parties.candidates(district)]
    bound = [row | (signer if row["signature"] == "waiting" else {}) for row in bound]
    agreement = Agreement(
        district=district, title=f"Överenskommelse om samverkan i {district}", responsible=boss
    )
    with on(ago(days + 70)):
        text = [tuple(section) for section in SECTIONS]
        agreement = begin(agreement, by=boss, sections=text, parties=bound).obj
    with on(ago(days + 60)):
        last = clock.today() + timedelta(days=30)
        agreement = perform(agreement.send_for_comment, by=boss, comment_by=last).obj
        agreement = perform(
            agreement.comment,
            by=boss,
            text="Skriv ut hur de fristående skolorna bjuds in.",
            organisation=district,
            author=boss.name,
        ).obj
    with on(ago(days + 25)):
        agreement = perform(agreement.ask_signatures, by=boss, valid_from=first).obj
    with on(ago(days + 10)):
        for row in agreement.parties.filter(signature="waiting"):
            link = Signatory.objects.create(opens=agreement.uuid, line=row.uuid)
            agreement = perform(agreement.sign, by=link, party=row, how="link").obj
    with on(ago(days)):
        published: Agreement = perform(agreement.publish, by=boss).obj
    return published


def revise(town: Town, district: Organisation) -> None:
    """Its year has gone: it waits to be looked over, and a new version is being written."""
    boss = leader(town, district)
    old = Agreement.objects.get(district=district)
    with on(ago(50)):
        old = perform(old.call_review, by=boss).obj
    with on(ago(9)):
        text = [(row.key, row.title, row.body) for row in old.sections.all()]
        bound = [
            {
                "organisation": row.organisation,
                "signature": row.signature.replace("signed", "waiting"),
            }
            for row in old.parties.select_related("organisation")
        ]
        new = Agreement(
            district=district, title=old.title, number=2, replaces=old, responsible=boss
        )
        new = begin(new, by=boss, sections=text, parties=bound).obj
        section = new.sections.get(key="independent")
        body = (
            "Fristående förskolor och skolor deltar på samma villkor som kommunala. "
            "Varje fristående skola och dess huvudman kallas till alla forum, och den som inte "
            "kan komma får ett samtal samma vecka."
        )
        perform(new.write_section, by=boss, section=section, title=section.title, body=body)


def name_contacts(town: Town, school: Organisation) -> None:
    """One contact and one deputy from the district's team, confirmed by the school."""
    team = next(t for t in town.teams.values() if t.parent_id == school.parent_id)
    boss = town.one(team, Role.MANAGER)
    people = {"contact": town.one(team, Role.TEAM), "deputy": boss}
    for post, person in people.items():
        with on(ago(230)):
            new = ContactAssignment(
                school=school,
                team=team,
                post=post,
                person=person,
                phone="08-508 00 000",
                email=person.user.email,
                hours=HOURS,
                helps_with=HELPS,
            )
            row = begin(new, by=boss).obj
        with on(ago(228)):
            row = perform(row.confirm, by=town.one(school, Role.PRINCIPAL)).obj
    if school.name == VACANT:
        with on(ago(8)):
            row = ContactAssignment.objects.now().get(school=school, post="contact")
            perform(row.vacate, by=boss, gone="left")


def change_contact(town: Town, school: Organisation) -> None:
    """A change under way: the school has been told and has not confirmed yet."""
    boss = town.people["chef"]
    before = ContactAssignment.objects.now().get(school=school, post="contact")
    other = next(
        m
        for m in town.people.values()
        if m.organisation == before.team and m.role == Role.TEAM and m != before.person
    )
    with on(ago(2)):
        new = ContactAssignment(
            school=school,
            team=before.team,
            post="contact",
            person=other,
            why="leave",
            since=clock.today() + timedelta(days=10),
            expected_end=clock.today() + timedelta(days=190),
            phone="08-508 00 001",
            email=other.user.email,
            hours=HOURS,
            helps_with=HELPS,
            handover="Skolan vill ha ett kort möte varannan tisdag. Rektorn nås lättast före nio.",
        )
        begin(new, by=boss)


def meet(
    town: Town,
    district: Organisation,
    comes: Callable[[Organisation], bool],
    forums: dict[str, str],
) -> None:
    """The last two whole terms' meetings, and the coming ones of this term."""
    boss = leader(town, district)
    team = next(t for t in town.teams.values() if t.parent_id == district.pk)
    now = terms.of(clock.today())
    for level, name in forums.items():
        convener = town.one(team, Role.MANAGER) if level == Level.LOCAL_FORUM else boss
        forum = Forum.objects.create(
            trail=Trail.objects.create(),
            district=district,
            level=level,
            name=name,
            convener=convener,
            place="Stadsdelshuset",
        )
        for term in (now.before.before, now.before):
            kinds = terms.wanted(level, term)
            for kind, day in zip(kinds, terms.days(term, len(kinds)), strict=True):
                held(forum, term, kind, day, comes, promises=district.name in PROMISES)
        if (district.name, level) == WAITS:
            day = ago(5)
            came(forum, terms.of(day), MeetingKind.MEETING, day, comes)
        to_come(forum, now)


def came(
    forum: Forum, term: terms.Term, kind: str, day: date, comes: Callable[[Organisation], bool]
) -> ForumMeeting:
    """Called a month before, and held."""

    def said(who: Organisation) -> str:
        away = "excused" if who.name == SAYS_SO else "absent"
        return "present" if comes(who) else away

    meeting, by = _planned(forum, term, kind, day), forum.convener
    with on(day - timedelta(days=30)):
        meeting = begin(meeting, by=by).obj
        meeting = perform(meeting.invite, by=by).obj
    with on(day, 16):
        rows = meeting.invitees.select_related("organisation")
        there = {str(row.uuid): said(row.organisation) for row in rows}
        held: ForumMeeting = perform(meeting.hold, by=by, presence=there).obj
    return held


def held(
    forum: Forum,
    term: terms.Term,
    kind: str,
    day: date,
    comes: Callable[[Organisation], bool],
    *,
    promises: bool,
) -> None:
    """Called, held, written up, and in some districts with something promised."""
    meeting, by = came(forum, term, kind, day, comes), forum.convener
    if not promises:
        with on(day + timedelta(days=5)):
            perform(meeting.write_minutes, by=by, minutes=MINUTES, decisions=DECISIONS)
        return
    with on(day + timedelta(days=5)):
        row = meeting.invitees.select_related("organisation").latest("pk")
        promised = ForumAction(
            meeting=meeting,
            text="Ta med frågan om frånvaro på fredagar till elevhälsan",
            organisation=row.organisation,
            due=day + timedelta(days=60),
        )
        promised = begin(promised, by=by).obj
        perform(meeting.write_minutes, by=by, minutes=MINUTES, decisions=DECISIONS)
    if forum.district.name in KEEPS or term != terms.of(clock.today()).before:
        with on(day + timedelta(days=50)):
            perform(promised.finish, by=by, outcome="Elevhälsan har tagit upp det.")


def to_come(forum: Forum, term: terms.Term) -> None:
    """What is left of this term: one meeting called, two weeks from now."""
    day = working_days.add(clock.today() + timedelta(days=14), 0)
    meeting = _planned(forum, terms.of(day), "meeting", day)
    with on(ago(3)):
        meeting = begin(meeting, by=forum.convener).obj
        if school := meeting.invitees.filter(organisation__name=SENDS_TWO).first():
            meeting = perform(
                meeting.set_invitee,
                by=forum.convener,
                invitee=Invitee(organisation=school.organisation),
                name="Siri Lund",
                role=Seat.HEALTH,
                email="elevhalsan@example.org",
            ).obj
        perform(meeting.invite, by=forum.convener)


def _planned(forum: Forum, term: terms.Term, kind: str, day: date) -> ForumMeeting:
    return ForumMeeting(
        forum=forum,
        term=str(term),
        kind=kind,
        convener=forum.convener,
        starts=datetime.combine(day, time(13), ZONE),
        length=240 if kind == MeetingKind.LECTURE else 120,
        place=forum.place,
        agenda=AGENDA[MeetingKind(kind)],
    )


def reports(town: Town, school: Organisation, *, made: int, answered: int) -> None:
    """Reports of concern of the last year, and how many of them the school heard back about."""
    staff, principal = town.one(school, Role.SCHOOL), town.one(school, Role.PRINCIPAL)
    for number in range(made):
        with on(ago(330 - 40 * number)):
            report = ConcernReport(
                reporter=staff, reporters=school, deputy=principal, made_on=clock.today()
            )
            report = begin(report, by=staff).obj
            report = perform(report.receive, by=staff, on=clock.today()).obj
        with on(ago(321 - 40 * number)):
            if number < answered:
                perform(report.give_feedback, by=staff, on=clock.today(), feedback="opened")
            else:
                perform(report.give_up, by=staff)
