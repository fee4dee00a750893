"""What a page says comes next: the step of whoever reads, which thing it is about, and by when."""

from __future__ import annotations

import re

from django.utils import formats

from accounts import clock, working_days
from history.door import edit, perform
from referrals.forms.referral import whom
from referrals.models import ProgrammeVersion
from tests.test_case_work import text
from workflows.models import Turn


def card(answer) -> str:
    """The card of the next step, without its tags."""
    found = re.search(r'<section class="card card-next.*?</section>', text(answer), re.S)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def page(client, url: str):
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer


def test_the_school_is_led_from_its_accepted_referral_to_asking_and_then_to_the_answers(
    as_, path, cast
):
    case = path.accepted().case
    url = f"/remisser/{case.referral.reference}/"
    assert "Fråga om samtycke" in card(page(as_(cast.sara), url))
    consent = path.ask(case.referral)
    led = page(as_(cast.sara), url)
    assert f'href="/samtycken/{consent.uuid}/">Se vilka som har svarat</a>' in text(led)
    assert "Fråga om samtycke" not in card(led)
    assert "Se vilka som har svarat" not in card(page(as_(cast.tuva), url))


def test_the_team_is_not_led_to_close_a_case_while_the_family_is_asked(as_, path, cast):
    referral = path.accepted()
    url = f"/arenden/{referral.case.reference}/"
    told = "Skolan frågar familjen. Du behöver inte göra något nu."
    for _asked in (False, True):
        seen = card(page(as_(cast.tuva), url))
        before, _more, under_more = seen.partition("Fler val")
        assert (told in before, "Föreslå avslut" in before) == (True, False)
        assert "Föreslå avslut" in under_more
        consent = referral.consents.first() or path.ask(referral)
    perform(consent.lapse, by=cast.sara, code="not_needed")
    before = card(page(as_(cast.tuva), url)).partition("Fler val")[0]
    assert (told in before, "Föreslå avslut" in before) == (False, True)


def test_a_move_on_one_of_several_names_it_and_a_text_is_saved(as_, path, cast):
    case, client = path.mapping(), as_(cast.tuva)
    section = case.sections.get(key="home")
    asked = text(page(client, f"/gor/section/{section.uuid}/write/"))
    assert "<h1>Fyll i: Hemmet</h1>" in asked
    assert '<button class="btn">Spara</button>' in asked


def test_a_need_found_while_mapping_leads_back_to_the_mapping_and_awaits_its_goal(as_, path, cast):
    case, client = path.mapping(), as_(cast.tuva)
    url = f"/arenden/{case.reference}/ny/behov/"
    key = page(client, url).context["form"]["key"].value()
    led = client.post(url, {"key": key, "text": "Trygga raster"})
    assert led.headers["Location"] == f"/arenden/{case.reference}/kartlaggning/"
    form = page(client, f"/arenden/{case.reference}/ny/mal/").context["form"]
    assert (form["need"].value(), form["start"].value(), form["target"].value()) == (
        case.needs.get().pk,
        None,
        None,
    )


def test_sent_says_by_when_the_team_answers(as_, path, cast):
    referral = path.submitted()
    due = Turn.objects.open().get(object_uuid=referral.uuid).due
    said = text(page(as_(cast.sara), f"/remisser/{referral.reference}/skickad/"))
    assert f"svarar dig senast {formats.date_format(due, 'j F')}" in said


def test_the_only_team_is_chosen_and_each_programme_says_whom_it_is_for(as_, path, cast):
    referral = path.draft(team=None)
    form = page(as_(cast.sara), f"/remisser/{referral.reference}/steg/vart/").context["form"]
    assert form["team"].value() == cast.team.pk
    version = ProgrammeVersion(grade_from=4, grade_to=9, absence_max=20)
    assert whom(version) == "årskurs 4–9, frånvaro högst 20 procent"
    assert whom(ProgrammeVersion()) == ""


def test_absence_is_proposed_over_the_last_school_days(as_, path, cast):
    referral = path.draft()
    perform(referral.baseline.mark_in_error, by=cast.sara)
    form = page(as_(cast.sara), f"/remisser/{referral.reference}/steg/franvaro/").context["form"]
    proposed = [form[name].value() for name in ("period_from", "period_to")]
    assert proposed == [working_days.back(clock.today(), days) for days in (20, 1)]


def test_a_worker_is_not_offered_to_take_what_is_theirs(as_, path, cast):
    referral = path.submitted()
    mine, theirs = as_(cast.mona), as_(cast.tuva)
    assert referral.responsible == cast.mona
    assert "Jag tar det" not in text(page(mine, "/"))
    assert "Jag tar det" in text(page(theirs, "/?vems=lediga"))


def test_one_measurement_is_not_told_as_a_change(as_, path, cast):
    case = path.mapping()
    said = text(page(as_(cast.tuva), f"/arenden/{case.reference}/"))
    assert "Frånvaron är mätt en gång: " in said
    assert "och är nu" not in said


def test_who_was_not_sent_a_link_is_said_when_the_family_is_asked(as_, path, cast):
    referral, client = path.accepted(), as_(cast.sara)
    url = f"/samtycke/{referral.reference}/fraga/support/"
    form = page(client, url).context["form"]
    given = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    until = given.pop("valid_to")
    day = {"valid_to_day": until.day, "valid_to_month": until.month, "valid_to_year": until.year}
    asked = client.post(url, given | day | {"send_links": "on"}, follow=True)
    assert "Frågan är ställd" in text(asked)
    assert "ingen länk har gått ut" in text(asked)
    assert "En kod visas bara nu" not in text(asked)


def test_an_answer_is_told_with_its_language_in_words(as_, path, cast):
    referral = path.accepted()
    consent = path.sign(path.ask(referral))
    said = text(page(as_(cast.sara), f"/samtycken/{consent.uuid}/"))
    assert re.search(r"\d\d\.\d\d, Svenska", said)


def test_what_a_closing_case_lacks_is_the_next_step_of_whoever_can_fill_it_in(as_, path, cast):
    case = path.closing()
    url = f"/arenden/{case.reference}/"
    assert card(page(as_(cast.tuva), url)).startswith("Nästa: fyll i det som saknas inför avslutet")
    path.ready_to_close(case)
    assert card(page(as_(cast.tuva), url)).startswith("Nästa: bekräfta avslutet")


def test_the_check_page_says_who_can_be_sent_no_link(as_, path, cast):
    referral = path.draft(path.pupil(guardians=2, by=cast.sara))
    first, second = referral.pupil.guardians.order_by("pk")
    edit(first, by=cast.sara, phone="", email="")
    edit(second, by=cast.sara, phone="0701740600")
    said = text(page(as_(cast.sara), f"/remisser/{referral.reference}/kolla/"))
    assert f"{first.name} (utan mobil och e-post), {second.name}<" in said


def test_a_documented_review_leads_to_deciding(as_, path, cast):
    case = path.review()
    url = f"/arenden/{case.reference}/"
    assert card(page(as_(cast.tuva), url)).startswith("Nästa: dokumentera uppföljningen")
    path.reviewed(case)
    assert card(page(as_(cast.tuva), url)).startswith("Nästa: bestäm hur ni går vidare")


def test_a_number_is_named_in_the_language_of_the_page(as_, path, cast):
    case, client = path.mapping(), as_(cast.tuva)
    for language, names in (("sv", ("Ärende", "Remiss")), ("en", ("Case", "Referral"))):
        client.post("/sprak/", {"language": language, "next": "/"})
        for url, name, number in (
            (f"/arenden/{case.reference}/", names[0], case.reference),
            (f"/remisser/{case.referral.reference}/", names[1], case.referral.reference),
        ):
            assert f"<title>{name} {number} – Bryggan</title>" in text(page(client, url))
