"""What the record's pages meet: two askings for an extract, and paths whose time is over."""

from __future__ import annotations

from datetime import timedelta

from accounts import clock
from config.demo.municipality import Town
from config.demo.stories import Teller
from history.door import begin, perform
from referrals.models import Case, Guardian
from workflows.models import Extract

# Longer ago than the shipped time for what has been enrolled.
LONG_AGO = timedelta(days=6 * 366)


def tell(town: Town) -> None:
    _ask_for_extracts(town)
    old = Teller(town, seed=2020)
    old.today -= LONG_AGO
    old.now, old.born = old.today, 300
    for number in (0, 3, 6):
        school, team, programme = old.place(number, first=True)
        old.set_out(number, school, team, programme)
        old.tell("closed", 20, number)


def _ask_for_extracts(town: Town) -> None:
    staff = town.people["skola"]
    cases = Case.objects.filter(school=staff.organisation, referral__author=staff)
    for nth, case in enumerate(cases.filter(pupil__protection="none").order_by("pk")[:2]):
        asked = Extract(
            kind="register" if nth else "looks",
            organisation=staff.organisation,
            pupil=case.pupil,
            guardian=Guardian.objects.filter(pupil=case.pupil).order_by("pk").first(),
            asked_by=staff,
            asked_on=clock.today() - timedelta(days=6 + nth),
        )
        extract = begin(asked, by=staff).obj
        if nth:
            perform(extract.examine, by=staff, whose=staff, hidden={})
