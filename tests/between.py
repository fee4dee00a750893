"""School and social services between themselves: agreements, contacts and forums told move by move."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from accounts import clock
from accounts.models import CLOCK, Kind, Membership, Organisation, Role, Signatory, User
from collaboration import answering, parties, terms
from collaboration.models import (
    Agreement,
    ContactAssignment,
    Forum,
    ForumAction,
    ForumMeeting,
    FundingAnswer,
    FundingApplication,
    Interview,
    SupportMaterial,
    SurveyRound,
)
from history.door import begin, edit, perform
from history.models import Trail


def stand_behind(application: FundingApplication, who: Membership) -> None:
    """The principal of one of its schools says yes."""
    answer = FundingAnswer.objects.exclude(status="lapsed").get(
        application=application, school=who.organisation_id
    )
    perform(answer.join, by=who, who=who)


class Between:
    """Tells what school and social services do together, every step through the door."""

    def __init__(self, cast: SimpleNamespace) -> None:
        self.cast = cast
        self.education = Organisation.objects.create(
            kind=Kind.PROVIDER, name="Utbildningsförvaltningen", function_address="utb@example.org"
        )
        self.provider = Organisation.objects.create(
            kind=Kind.PROVIDER, name="Friskolan AB", independent=True
        )
        self.free_school = Organisation.objects.create(
            kind=Kind.SCHOOL,
            name="Friskolan",
            parent=cast.south,
            independent=True,
            provider=self.provider,
            code="44444444",
            function_address="friskolan@example.org",
        )
        Organisation.objects.filter(pk__in=(cast.school.pk, cast.new_school.pk)).update(
            provider=self.education
        )

    def person(self, name: str, where: Organisation, role: Role) -> Membership:
        user = User.objects.create(username=name, first_name=name.title(), last_name="Test")
        return Membership.objects.create(
            user=user, organisation=where, role=role, since=date(2020, 1, 1)
        )

    def draft(self, **more: Any) -> Agreement:
        """Bound: the district, education, the independent provider and three schools."""
        cast = self.cast
        new = {"district": cast.south, "title": "Samverkan i Söder", "responsible": cast.dag} | more
        rows = [parties.row_for(one) for one in parties.candidates(new["district"])]
        signers = {"signer_name": "Disa Direktör", "signer_email": "disa@example.org"}
        rows = [row | (signers if row["signature"] == "waiting" else {}) for row in rows]
        text = [("purpose", "Syfte", "Tidigt och samtidigt."), ("forums", "Forum", "En gång.")]
        by = new["responsible"]
        return begin(Agreement(**new), by=by, sections=text, parties=rows).obj

    def in_review(self, **more: Any) -> Agreement:
        agreement = self.draft(**more)
        by = agreement.responsible
        last = clock.today() + timedelta(days=20)
        return perform(agreement.send_for_comment, by=by, comment_by=last).obj

    def signing(self, valid_from: date | None = None, **more: Any) -> Agreement:
        agreement = self.in_review(**more)
        by, day = agreement.responsible, valid_from or clock.today()
        return perform(agreement.ask_signatures, by=by, valid_from=day).obj

    def signed(self, **more: Any) -> Agreement:
        agreement = self.signing(**more)
        for party in agreement.parties.filter(signature="waiting"):
            link = Signatory.objects.create(opens=agreement.uuid, line=party.uuid)
            agreement = perform(agreement.sign, by=link, party=party, how="link").obj
        return agreement

    def active(self, **more: Any) -> Agreement:
        agreement = self.signed(**more)
        return perform(agreement.publish, by=agreement.responsible).obj

    def review_due(self, **more: Any) -> Agreement:
        return perform(self.active(**more).call_review, by=CLOCK).obj

    def agreement_in(self, status: str) -> Agreement:
        """An agreement that stands in the given status."""
        dag = self.cast.dag
        if status == "dropped":
            return perform(self.draft().drop, by=dag, why="Det blev inget").obj
        if status == "terminated":
            return perform(self.active().terminate, by=dag, why="Stadsdelen delas").obj
        if status == "superseded":
            return perform(self.active().supersede, by=CLOCK).obj
        return getattr(self, status)()

    def appoint(self, *, post: str = "contact", by: Membership | None = None, **more: Any) -> Any:
        """Tuva is named for Åsö skola, which has been told and has not confirmed yet."""
        new = {
            "school": self.cast.school,
            "team": self.cast.team,
            "person": self.cast.tuva,
            "phone": "08-123",
            "hours": "8–16",
            "helps_with": "Frågor om frånvaro",
        } | more
        begun = begin(ContactAssignment(post=post, **new), by=by or self.cast.mona).obj
        return ContactAssignment.objects.get(pk=begun.pk)

    def contact(self, **more: Any) -> Any:
        row = self.appoint(**more)
        confirmed = perform(row.confirm, by=Signatory.objects.create(opens=row.uuid)).obj
        return ContactAssignment.objects.get(pk=confirmed.pk)

    def contact_in(self, status: str) -> Any:
        """An assignment that stands in the given status; appointed never lasts."""
        if status == "announced":
            return self.appoint()
        if status == "ended":
            return perform(self.appoint().withdraw, by=self.cast.mona, why="Någon annan").obj
        row = self.contact()
        return row if status == "active" else perform(row.vacate, by=self.cast.mona).obj

    def forum(self, level: str = "local_forum", **more: Any) -> Forum:
        """Mona calls; every organisation has an address."""
        cast = self.cast
        for place in Organisation.objects.filter(function_address=""):
            Organisation.objects.filter(pk=place.pk).update(
                function_address=f"org{place.pk}@example.org"
            )
        new = {"district": cast.south, "name": "Lokalt forum", "convener": cast.mona} | more
        return Forum.objects.create(trail=Trail.objects.create(), level=level, **new)

    def meeting(self, forum: Forum | None = None, *, days: int = 30, **more: Any) -> ForumMeeting:
        forum = forum or self.forum()
        starts = clock.now() + timedelta(days=days)
        new = {"starts": starts, "term": str(terms.of(starts.date())), "agenda": "Höstens läge."}
        row = ForumMeeting(forum=forum, convener=forum.convener, **(new | more))
        return begin(row, by=forum.convener).obj

    def invited(self, forum: Forum | None = None, **more: Any) -> ForumMeeting:
        row = self.meeting(forum, **more)
        return perform(row.invite, by=row.convener).obj

    def held(
        self, forum: Forum | None = None, *, away: tuple[str, ...] = (), **more: Any
    ) -> ForumMeeting:
        """Called a month ago and held today; those named in `away` stayed away."""
        with clock.at(clock.now() - timedelta(days=31)):
            row = self.invited(forum, **more)
        said = {
            str(one.uuid): "absent" if one.organisation.name in away else "present"
            for one in row.invitees.select_related("organisation")
        }
        return perform(row.hold, by=row.convener, presence=said).obj

    def minuted(self, forum: Forum | None = None, **more: Any) -> ForumMeeting:
        row = self.held(forum, **more)
        given: dict[str, Any] = {"minutes": "Vi pratade om hösten.", "decisions": ["Mötas oftare"]}
        return perform(row.write_minutes, by=row.convener, **given).obj

    def action(self, meeting: ForumMeeting, **more: Any) -> ForumAction:
        new = {
            "text": "Bjud in fritidsgården",
            "organisation": self.cast.school,
            "responsible": self.cast.petra,
            "due": clock.today() + timedelta(days=20),
        } | more
        return begin(ForumAction(meeting=meeting, **new), by=meeting.convener).obj

    def meeting_in(self, status: str) -> ForumMeeting:
        if status == "planned":
            return self.meeting()
        if status == "cancelled":
            return perform(self.invited().cancel, by=self.cast.mona, why="Sjukdom").obj
        return getattr(self, status)()

    def action_in(self, status: str) -> ForumAction:
        row = self.action(self.held())
        if status == "done":
            return perform(row.finish, by=self.cast.petra).obj
        if status == "dropped":
            return perform(row.drop, by=self.cast.mona, outcome="Behövs inte").obj
        return row

    def survey_in(self, status: str) -> SurveyRound:
        """Asked of seven addresses; five have answered where it is reported."""
        central = self.cast.cecilia
        addresses = "\n".join(f"person{n}@example.org" for n in range(7))
        new = SurveyRound(
            kind="collaboration", title="Hösten", addresses=addresses, responsible=central
        )
        row = begin(new, by=central).obj
        if status == "draft":
            return row
        if status == "dropped":
            return perform(row.drop, by=central).obj
        row = perform(row.open, by=central).obj
        if status == "open":
            return row
        for token in list(row.tokens.all()) if status == "reported" else ():
            answering.answer(token, {"structure": {"today": 4, "before": 2}}, "school")
        row = perform(row.close, by=central).obj
        last = {"reported": row.report, "too_few": row.set_aside}.get(status)
        return perform(last, by=central).obj if last else row

    def material_in(self, status: str) -> SupportMaterial:
        """Dag's guide for the schools' and the teams' people."""
        dag = self.cast.dag
        new = SupportMaterial(
            title="Så samverkar vi",
            kind="guide",
            about="Riktlinjerna på en sida",
            audience=" school team ",
            owner=dag,
        )
        row = begin(new, by=dag).obj
        if status == "draft":
            return row
        row = perform(row.publish, by=dag, text="Ring varandra.").obj
        return row if status == "published" else perform(row.retire, by=dag, why="Nytt kommer").obj

    def funding_in(self, status: str) -> FundingApplication:
        """Söder's application for this year, with Åsö skola; what is reported is last year's."""
        cast, central = self.cast, self.cast.cecilia
        year = clock.today().year - (status == "reported")
        new = FundingApplication(district=cast.south, year=year, responsible=cast.dag)
        row = begin(new, by=cast.dag, schools=[cast.school]).obj
        if status == "draft":
            return row
        if status == "dropped":
            return perform(row.drop, by=cast.dag, why="Fel år").obj
        text: dict[str, Any] = dict.fromkeys(("plan", *row.ANCHORED), "Ett team på plats i skolan.")
        row = edit(row, by=cast.dag, target_pupils=20, amount=900_000, **text).obj
        row = perform(row.ask_principals, by=cast.dag).obj
        stand_behind(row, cast.petra)
        row = perform(row.submit, by=cast.dag).obj
        if status == "submitted":
            return row
        if status == "rejected":
            return perform(row.reject, by=central, decision="1", why="Ramen räckte inte").obj
        row = perform(row.grant, by=central, granted=900_000, decision="1").obj
        if status == "granted":
            return row
        return perform(row.report_finally, by=cast.dag, used=1, text="Det gick bra.").obj

    def answer_in(self, status: str) -> FundingAnswer:
        """Petra's answer to Söder's draft."""
        cast = self.cast
        row = self.funding_in("draft")
        text: dict[str, Any] = dict.fromkeys(("plan", *row.ANCHORED), "Ett team på plats i skolan.")
        row = edit(row, by=cast.dag, target_pupils=20, amount=900_000, **text).obj
        row = perform(row.ask_principals, by=cast.dag).obj
        answer = row.answers.get()
        if status == "joined":
            return perform(answer.join, by=cast.petra, who=cast.petra).obj
        if status == "declined":
            return perform(answer.decline, by=cast.petra, who=cast.petra, why="För lite tid").obj
        if status == "lapsed":
            perform(row.drop, by=cast.dag, why="Fel år")
        return FundingAnswer.objects.get(pk=answer.pk)

    def interview_in(
        self, status: str, *, text: str = "Att ringa först.", **more: Any
    ) -> Interview:
        """Cecilia's talk with staff in Söder; with pupils and parents Tuva asks."""
        cast, central = self.cast, self.cast.cecilia
        new = {
            "subject": "staff",
            "occasion": "start",
            "district": cast.south,
            "on": clock.today(),
            "interviewer": central,
        } | more
        if new["subject"] != "staff":
            new.setdefault("asker", cast.tuva)
        row = begin(Interview(**new), by=central).obj
        if status == "planned":
            return row
        if status == "cancelled":
            return perform(row.cancel, by=central, why="Sjukdom").obj
        if status == "declined":
            return perform(row.decline, by=central).obj
        row = perform(row.permit, by=central, how="spoken", guardian=True).obj
        row = perform(row.hold, by=central, on=clock.today()).obj
        return (
            row
            if status == "held"
            else perform(row.summarise, by=central, themes={"helps": text}).obj
        )
