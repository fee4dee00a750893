"""The demo municipality: a real weekday, told through the door, with nothing out of step."""

from __future__ import annotations

import re

import pytest
from django.core.management import call_command

from accounts.models import Organisation, User
from config.demo.municipality import PASSWORD, SIGN_IN
from referrals.choices import CaseStatus, ReferralStatus
from referrals.models import Case, Pupil, Referral, Screening
from tests.test_commands import said
from workflows.models import Turn

# Birth numbers Skatteverket keeps for tests: 980–999 and 238–239.
TEST_NUMBER = re.compile(r"\d{8}-?(9[89]\d|23[89])\d")


@pytest.mark.slow
def test_the_demo_shows_every_status_and_programme_and_is_in_step(db, client):
    call_command("demo")
    for command in (("check_flows",), ("check_invariants",), ("history", "verify")):
        assert said(*command) == 0
    assert set(Case.objects.values_list("status", flat=True)) == set(CaseStatus.values)
    assert set(Referral.objects.values_list("status", flat=True)) == set(ReferralStatus.values)
    programmes = set(Case.objects.values_list("programme__programme__key", flat=True))
    assert programmes == {"sst", "ppss", "skolfam"}
    assert 60 <= Pupil.objects.count() <= 70
    numbers = [pupil.number.open() for pupil in Pupil.objects.all()]
    assert all(TEST_NUMBER.fullmatch(number) for number in numbers), numbers
    in_service = Organisation.objects.in_service()
    assert in_service.filter(kind="district").count() == 8
    assert Organisation.objects.filter(kind="school", independent=True).count() == 2
    # Some are late and most are not, as on any weekday.
    late, all_turns = Turn.objects.open().filter(due__lt=_today()).count(), Turn.objects.open()
    assert 3 <= late <= all_turns.count() // 3
    assert Case.objects.filter(follows__isnull=False).count() == 1
    assert list(Screening.objects.order_by("on").values_list("status", flat=True)) == [
        "held",
        "planned",
    ]
    assert Referral.objects.filter(withdraw_code="duplicate").exclude(duplicate_of=None).exists()
    for username in SIGN_IN:
        user = User.objects.get(username=username)
        assert user.check_password(PASSWORD)
    assert client.login(username="team", password=PASSWORD)
    mine = Case.objects.filter(responsible__user__username="team").values_list("status", flat=True)
    assert {"mapping", "planning", "support", "review", "closing"} <= set(mine)


def _today():
    from accounts import clock

    return clock.today()
