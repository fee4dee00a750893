"""What school and social services do together in the told town: it belongs to no pupil's path.

Like town.py this touches the product only to tell what has happened; each text holds a canary of
the town's own. The ids are named after what they are and where they stand: `meeting.invited`.
"""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import vault.files
from accounts import clock
from collaboration import answering
from collaboration.models import (
    Agreement,
    FundingApplication,
    SupportMaterial,
    SurveyRound,
    TeamPost,
)
from history.door import begin, edit, perform
from referrals.models import Screening
from tests.between import Between, stand_behind
from tests.oracle.canary import canary, paper

MONEY = {"target_pupils": 20, "amount": 900_000}
# As many as a result needs before anything of it is told.
SHEETS = 5


def says(secret: str) -> str:
    return canary("town", secret)


class Ground(Between):
    """Tells the collaboration, with a canary wherever somebody writes."""

    def __init__(self, cast: SimpleNamespace) -> None:
        super().__init__(cast)
        self.rows: dict[str, Any] = {}

    def draft(self, secret: str = "", **more: Any) -> Agreement:
        """Who signs is a canary, for that is the district's; the text one of the kind given."""
        row, by = super().draft(**more), self.cast.dag
        for section in row.sections.all() if secret else ():
            words: dict[str, Any] = {"title": section.title, "body": says(secret)}
            row = perform(row.write_section, by=by, section=section, **words).obj
        for party in row.parties.filter(signature="waiting"):
            who: dict[str, Any] = {
                "signer_name": says("signer"),
                "signer_email": f"{says('signer')}@example.org",
            }
            row = perform(row.set_party, by=by, party=party, **who).obj
        return row

    def tell(self) -> dict[str, Any]:
        self.tell_agreements()
        self.tell_contacts()
        self.tell_forums()
        self.tell_surveys()
        self.tell_interviews()
        self.tell_materials()
        self.tell_money()
        return self.rows

    def tell_agreements(self) -> None:
        cast = self.cast
        draft = self.draft("draft", programme="sst")
        section = draft.sections.get(key="purpose")
        draft = perform(draft.assign_section, by=cast.dag, section=section, owner=cast.siv).obj
        review = self.in_review(secret="onreview", programme="skolfam")
        comment = {"organisation": cast.school, "author": "Petra Test", "text": says("comment")}
        review = perform(review.comment, by=cast.petra, **comment).obj
        signing = self.signing(secret="onreview", programme="lokalt")
        force = self.active()
        stored = vault.files.store(paper(says("signer")), "application/pdf")
        signed: dict[str, Any] = {
            "party": signing.parties.filter(signature="waiting").first(),
            "how": "paper",
        }
        signing = perform(signing.sign, by=cast.dag, file=stored.uuid, **signed).obj
        revision = Agreement(
            district=cast.south, title="Nästa", number=2, replaces=force, responsible=cast.dag
        )
        text = [("purpose", "Syfte", says("draft"))]
        revision = begin(revision, by=cast.dag, sections=text, parties=[]).obj
        self.rows |= {
            "agreement.draft": draft,
            "section.draft": section,
            "party.draft": draft.parties.first(),
            "agreement.review": review,
            "agreement.signing": signing,
            "party.signed": signing.parties.get(signature="signed"),
            "party.signing": signing.parties.filter(signature="waiting").first(),
            "agreement.force": force,
            "party.force": force.parties.first(),
            "agreement.revision": revision,
        }

    def tell_contacts(self) -> None:
        cast = self.cast
        named = self.appoint(handover=says("handover"))
        held = self.contact(post="deputy", person=cast.tore, handover=says("handover"))
        self.rows |= {"contact.named": named, "contact.active": held}

    def tell_forums(self) -> None:
        cast = self.cast
        forum = self.forum()
        planned = self.meeting(forum, agenda=says("agenda"))
        invited = self.invited(forum, agenda="Höstens läge.")
        held = self.held(forum)
        words: dict[str, Any] = {"minutes": says("minutes"), "decisions": [says("minutes")]}
        minuted = perform(held.write_minutes, by=cast.mona, **words).obj
        self.rows |= {
            "forum": forum,
            "meeting.planned": planned,
            "invitee.planned": planned.invitees.get(organisation=cast.school),
            "meeting.invited": invited,
            "invitee.invited": invited.invitees.get(organisation=cast.school),
            "meeting.held": self.held(forum),
            "meeting.minuted": minuted,
            "action.open": self.action(minuted, text=says("minutes")),
        }

    def tell_surveys(self) -> None:
        """One in each status that shows something: what is written is shown to the analyst only."""
        cast = self.cast

        def survey(kind: str, **more: Any) -> SurveyRound:
            new = SurveyRound(kind=kind, title="Hösten", responsible=cast.cecilia, **more)
            return begin(new, by=cast.cecilia).obj

        def answered() -> SurveyRound:
            row = perform(survey("entry").open, by=cast.cecilia).obj
            asked = [one for one in row.questions.questions if one.form == "open"]
            words = {one.key: {"text": says("words")} for one in asked}
            for _n in range(SHEETS):
                answering.answer(row.invite(), words)
            return row

        closed = perform(answered().close, by=cast.cecilia).obj
        over = perform(answered().close, by=cast.cecilia).obj
        self.rows |= {
            "survey.draft": survey("collaboration", addresses="nagon@example.org"),
            "survey.monthly": survey("pulse", addresses="nagon@example.org", repeats=True),
            "survey.open": answered(),
            "survey.closed": closed,
            "survey.reported": perform(over.report, by=cast.cecilia).obj,
        }

    def tell_interviews(self) -> None:
        """A pupil's, whom Tuva asks, and one with staff that has been summed up by the analyst."""
        summed_up = self.interview_in("summarised", text=says("conversation"))
        self.rows |= {
            "interview.planned": self.interview_in("planned", subject="pupil"),
            "interview.held": self.interview_in("held"),
            "interview.summarised": summed_up,
        }

    def tell_materials(self) -> None:
        cast = self.cast
        new = {"kind": "guide", "audience": " school team ", "owner": cast.dag}
        draft = begin(SupportMaterial(title=says("material"), **new), by=cast.dag).obj
        guide = begin(SupportMaterial(title="Så gör vi", **new), by=cast.dag).obj
        file = vault.files.store(paper(says("material")), "application/pdf").uuid
        guide = perform(guide.publish, by=cast.dag, text=says("material"), file=file).obj
        self.rows |= {"material.draft": draft, "material.published": guide}

    def tell_money(self) -> None:
        cast, year = self.cast, clock.today().year

        def application(year: int) -> FundingApplication:
            new = FundingApplication(district=cast.south, year=year, responsible=cast.dag)
            row = begin(new, by=cast.dag, schools=[cast.school]).obj
            words: dict[str, Any] = dict.fromkeys(
                (*FundingApplication.ANCHORED, "plan"), says("money")
            )
            return edit(row, by=cast.dag, **(MONEY | words)).obj

        def asked(year: int) -> FundingApplication:
            return perform(application(year).ask_principals, by=cast.dag).obj

        sent, draft = asked(year + 1), asked(year)
        stand_behind(sent, cast.petra)
        post = TeamPost.objects.create(
            team=cast.team, profession="Fältare", employer="social", fte=1, since=clock.today()
        )
        self.rows |= {
            "money.draft": draft,
            "money.answer": draft.answers.get(),
            "money.sent": perform(sent.submit, by=cast.dag).obj,
            "post": post,
        }


def tell_screenings(cast: SimpleNamespace) -> dict[str, Any]:
    """One to come with rows of two schools, one that has been with a row of one of them."""

    def meeting(days: int = 5) -> Screening:
        day = clock.today() + timedelta(days=days)
        return begin(Screening(team=cast.team, on=day, responsible=cast.tuva), by=cast.tuva).obj

    def asked(row: Screening, author: Any, secret: str) -> Screening:
        more = {"stage": "7-9", "band": "high", "question": says(secret), "author": author}
        return perform(row.ask, by=author, school=author.organisation, **more).obj

    planned = perform(meeting().list_referrals, by=cast.tuva).obj
    planned = asked(asked(planned, cast.sara, "question"), cast.nina, "another")
    held = asked(meeting(0), cast.sara, "question")
    row = held.rows.get()
    held = perform(held.decide, by=cast.tuva, row=row, outcome="light_support").obj
    return {
        "screening.planned": planned,
        "row.planned": planned.rows.exclude(author=None).first(),
        "screening.held": perform(held.hold, by=cast.tuva).obj,
        "row.held": row,
    }
