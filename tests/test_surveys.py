"""Surveys: from link to suppressed result, and no way back from an answer to a person."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.db import models
from django.test import Client

from accounts import clock
from collaboration import answering, questions, results
from collaboration.models import SurveyMark, SurveyRound, SurveyToken, SurveyWords
from history import outbox
from history.door import begin, perform
from tests.conftest import told
from workflows import deadlines

pytestmark = pytest.mark.django_db
HOME = "/samverkan/enkater/"
ASPECTS = {
    "Strukturer": ["Struktur för samverkan", "Gemensamma rutiner", "Regelbundna möten"],
    "Samsyn": ["Samsyn problematik", "Diskutera aktualisering"],
    "Kunskap och tillit": ["Kunskap om mandat", "Tillit"],
    "Hänvisning": ["Biståndsbedömda insatser", "Samverkan med BUP"],
    "Relationer": ["Goda relationer", "Tid att bygga relationer"],
    "Personbundenhet": ["Rutin för minskad personbundenhet", "Drivs av flera"],
}
# A changed word is a new version: what was answered last year must be what is asked this year.
FINGERPRINTS = {
    ("collaboration", 1): "865387e2817171e2",
    ("entry", 1): "100a3337df25852e",
    ("pulse", 1): "2adc77c138da9d2c",
}


def later(days):
    return datetime.combine(
        clock.today() + timedelta(days=days), datetime.min.time(), ZoneInfo("Europe/Stockholm")
    ) + timedelta(hours=9)


@pytest.fixture
def survey(cast):
    """A collaboration survey to the school's, the team's and the district's people, by address."""
    addresses = "\n".join(f"person{n}@example.org" for n in range(7))
    new = SurveyRound(
        kind="collaboration", title="Hösten", addresses=addresses, responsible=cast.cecilia
    )
    return begin(new, by=cast.cecilia).obj


def words(answer):
    """What the page says, without its tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


def open_up(survey, cast):
    """Opened, and the path of each link that was mailed, by address."""
    survey = perform(survey.open, by=cast.cecilia).obj
    return survey, links()


def keep_promises():
    for pk in outbox.waiting(clock.now()):
        assert outbox.send(pk)


def links():
    """The last link mailed to each address, as its path."""
    found = {}
    keep_promises()
    for message in mail.outbox:
        if match := re.search(r"/samverkan/enkat/[^/\s]+/", str(message.body)):
            found[message.to[0]] = match[0]
    return found


def fill(path, **more):
    """Answer by a browser that is nobody's."""
    return Client().post(path, {"side": "school", "structure__today": "4"} | more)


def test_there_are_exactly_thirteen_aspects_in_six_groups():
    asked = questions.asked("collaboration", 1).questions
    aspects = [one for one in asked if one.form == "aspect"]
    grouped: dict[str, list[str]] = {}
    for one in aspects:
        grouped.setdefault(one.group, []).append(one.name)
    assert grouped == ASPECTS
    assert all(one.today and one.before for one in aspects)


def test_the_pupils_survey_has_four_open_and_five_closed_questions():
    forms = [one.form for one in questions.asked("entry", 1).questions]
    assert (forms.count("open"), forms.count("choice")) == (4, 5)


@pytest.mark.parametrize(("kind", "version"), FINGERPRINTS)
def test_a_version_of_the_questions_is_never_changed(kind, version):
    assert questions.asked(kind, version).fingerprint[:16] == FINGERPRINTS[kind, version]


def test_no_path_leads_from_a_link_to_an_answer():
    """Read from the schema: what holds answers has no key, no time and no counter of its own."""
    for model in (SurveyMark, SurveyWords):
        kinds = {field.name: type(field) for field in model._meta.get_fields()}
        assert [n for n, k in kinds.items() if issubclass(k, models.ForeignKey)] == []
        assert [n for n, k in kinds.items() if issubclass(k, models.DateField)] == []
        assert [n for n, k in kinds.items() if issubclass(k, models.AutoField)] == []
    pointing = [
        (model.__name__, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model in (SurveyMark, SurveyWords)
    ]
    assert pointing == []
    of_words, of_marks, of_links = (
        {field.name for field in model._meta.fields if not field.primary_key}
        for model in (SurveyWords, SurveyMark, SurveyToken)
    )
    assert of_links & of_marks == set()
    # Nor do words meet marks anywhere but in the box and the question.
    assert of_words & of_marks == {"box", "question"}


def test_from_link_to_a_result_of_many(survey, cast, as_):
    survey, sent = open_up(survey, cast)
    assert len(sent) == 7
    page = Client().get(sent["person0@example.org"])
    assert "Socialtjänsten och skolan har gemensamma strukturer" in page.content.decode()
    for n, (now, start) in enumerate([(5, 2), (4, 2), (4, 4), (3, 3), (4, 1)]):
        answer = fill(
            sent[f"person{n}@example.org"],
            structure__today=str(now),
            structure__before=str(start),
            bup__today="unknown" if n < 2 else "",
        )
        thanks = f"/samverkan/enkat/tack/{survey.uuid}/"
        assert (answer.status_code, answer["Location"]) == (302, thanks)
    survey = perform(survey.close, by=cast.cecilia).obj
    survey = perform(survey.report, by=cast.cecilia).obj
    keep_promises()
    result = results.of(survey, words=False)
    rows = {row.question.key: row for _group, rows in result.groups for row in rows}
    structure = rows["structure"]
    assert (result.asked, result.answered, result.rate) == (7, 5, 71)
    assert (structure.n, structure.today, structure.before) == (5, 4.0, 2.4)
    assert (round(structure.change, 2), structure.unknown) == (1.6, 0)
    # Whoever left a question out has not said that they do not know.
    assert (rows["bup"].n, rows["bup"].today, rows["bup"].unknown) == (0, None, 2)
    assert rows["trust"].unknown == 0
    shown = as_(cast.dag).get(f"{HOME}{survey.uuid}/").content.decode()
    assert "Struktur för samverkan" not in shown  # no share of five, so nothing came furthest
    back = mail.outbox[-1].body
    assert f"/samverkan/enkat/resultat/{survey.uuid}/" in back
    public = Client().get(f"/samverkan/enkat/resultat/{survey.uuid}/")
    assert "5 av 7 har svarat" in public.content.decode()
    assert told(survey) == ["draft", "open", "close", "report"]


def test_a_link_works_once_and_an_unknown_one_answers_with_the_same_page(survey, cast):
    survey, sent = open_up(survey, cast)
    path = sent["person1@example.org"]
    assert fill(path).status_code == 302
    again, unknown = Client().get(path), Client().get("/samverkan/enkat/finns-inte/")
    assert (again.status_code, again.content) == (404, unknown.content)
    assert survey.sheets() == 1


def test_a_double_click_is_one_sheet(survey, cast):
    survey, sent = open_up(survey, cast)
    token = answering.by_secret(sent["person1@example.org"].split("/")[3])
    assert answering.answer(token, {}) is True
    assert answering.answer(token, {}) is False
    assert survey.sheets() == 1


def test_what_is_used_is_nobodys_any_more(survey, cast):
    survey, sent = open_up(survey, cast)
    fill(sent["person3@example.org"])
    used = survey.tokens.filter(used=True).values_list("membership", "email", "token_hash")
    assert list(used) == [(None, "", None)]
    assert sorted(survey.tokens.filter(used=False).values_list("email", flat=True)) == [
        f"person{n}@example.org" for n in (0, 1, 2, 4, 5, 6)
    ]


def test_a_sheet_with_nothing_on_it_is_refused_and_the_link_still_works(survey, cast):
    survey, sent = open_up(survey, cast)
    path = sent["person1@example.org"]
    refused = Client().post(path, {"side": "school"})
    said = "Svara på minst en fråga. Inget är skickat än."
    assert refused.context["form"].errors == {"overall__today": [said]}
    assert f'<a href="#id_overall__today_0">{said}</a>' in refused.content.decode()
    assert (survey.sheets(), survey.answered()) == (0, 0)
    assert fill(path, structure__today="unknown").status_code == 302
    assert (survey.sheets(), survey.answered()) == (1, 1)


@pytest.mark.parametrize("kind", ["collaboration", "pulse", "entry"])
def test_nothing_is_chosen_in_advance(kind, survey, cast):
    new = SurveyRound(kind=kind, title="Ny", addresses="a@example.org", responsible=cast.cecilia)
    perform(begin(new, by=cast.cecilia).obj.open, by=cast.cecilia)
    page = Client().get(links()["a@example.org"]).content.decode()
    assert page.count('value="unknown"') == page.count("Vet inte") > 0
    assert "checked" not in page


def test_what_was_marked_is_still_there_when_something_is_wrong(survey, cast):
    _survey, sent = open_up(survey, cast)
    wrong = {"trust__today": "2", "bup__today": "9", "bup__before": "unknown"}
    page = Client().post(sent["person0@example.org"], wrong)
    assert page.context["form"].errors == {"bup__today": ["Välj ett av alternativen."]}
    checked = re.findall(r'name="(\w+)" value="(\w+)"[^>]* checked', page.content.decode())
    assert checked == [("trust__today", "2"), ("bup__before", "unknown")]


def test_at_closing_the_answers_lose_their_order(survey, cast):
    survey, sent = open_up(survey, cast)
    for n in range(6):
        fill(sent[f"person{n}@example.org"])
    before = set(SurveyMark.objects.values_list("sheet", flat=True))
    survey = perform(survey.close, by=cast.cecilia).obj
    rows = list(SurveyMark.objects.filter(box=survey.box).values_list("id", "sheet"))
    assert {sheet for _id, sheet in rows} & before == set()
    assert survey.sheets() == 6


def test_at_closing_the_links_left_lose_their_owner_and_all_are_told_the_result(survey, cast):
    """Or whoever is left of those asked would say who has answered."""
    survey, sent = open_up(survey, cast)
    for n in range(5):
        fill(sent[f"person{n}@example.org"])
    survey = perform(survey.close, by=cast.cecilia).obj
    links = survey.tokens.values_list("membership", "email", "token_hash").distinct()
    assert (list(links), survey.tokens.filter(used=False).count()) == ([(None, "", None)], 2)
    mail.outbox.clear()
    perform(survey.report, by=cast.cecilia)
    keep_promises()
    assert [message.to[0] for message in mail.outbox] == [
        f"person{n}@example.org" for n in range(7)
    ]


def test_fewer_than_five_are_told_to_nobody_and_erased(survey, cast, as_):
    survey, sent = open_up(survey, cast)
    for n in range(4):
        fill(sent[f"person{n}@example.org"])
    with clock.at(later(40)):
        deadlines.run()
    survey = SurveyRound.objects.get(pk=survey.pk)
    assert survey.status == "too_few"
    assert SurveyMark.objects.count() == SurveyWords.objects.count() == 0
    public = Client().get(f"/samverkan/enkat/resultat/{survey.uuid}/")
    assert "För få svarade för att något ska kunna visas." in words(public)
    shown = words(as_(cast.cecilia).get(f"{HOME}{survey.uuid}/"))
    assert "raderade" in shown
    assert "Utskickade länkar 7 Har svarat 4 (57 procent)" in shown


def test_a_side_that_is_too_small_hides_the_sides(survey, cast):
    survey, sent = open_up(survey, cast)
    for n in range(6):
        fill(sent[f"person{n}@example.org"], side="team" if n == 0 else "school")
    assert results.of(survey, words=False).sides == []
    fill(sent["person6@example.org"], side="")
    SurveyMark.objects.filter(side="team").update(side="school")
    assert results.of(survey, words=False).sides == [("Skolan", 6)]


def test_reminders_go_to_those_who_have_not_answered_once_each(survey, cast):
    survey, sent = open_up(survey, cast)
    fill(sent["person0@example.org"])
    mail.outbox.clear()
    for day in (6, 7, 7, 8, 20, 20):
        with clock.at(later(day)):
            deadlines.run()
            keep_promises()
    assert {(message.subject, str(message.body).split(".")[0]) for message in mail.outbox} == {
        (
            "Påminnelse: Enkät om samverkan",
            "Vi har inte fått något svar med din förra länk",
        )
    }
    reached = [message.to[0] for message in mail.outbox]
    assert sorted(reached) == sorted([f"person{n}@example.org" for n in range(1, 7)] * 2)
    assert Client().get(sent["person1@example.org"]).status_code == 404
    assert Client().get(links()["person1@example.org"]).status_code == 200


def test_after_the_last_day_the_link_is_over(survey, cast):
    survey, sent = open_up(survey, cast)
    with clock.at(later(22)):
        assert Client().get(sent["person0@example.org"]).status_code == 404


def test_the_team_hands_a_pupil_a_link_that_belongs_to_nobody(cast, as_):
    new = SurveyRound(kind="entry", title="Start", responsible=cast.cecilia)
    survey = perform(begin(new, by=cast.cecilia).obj.open, by=cast.cecilia).obj
    client, page = as_(cast.tuva), f"{HOME}{survey.uuid}/lamna/"
    form = client.get(page).context["form"]
    given = client.post(page, {"version": form["version"].value(), "key": form["key"].value()})
    path = given.context["url"].partition("//")[2].partition("/")[2]
    answer = Client().post(f"/{path}", {"enjoy__choice": "quite", "hard__text": "Det är högt."})
    assert answer.status_code == 302
    written = SurveyWords.objects.get()
    assert (written.question, written.text.open()) == ("hard", "Det är högt.")
    # A pupil has no address that the result could be sent to.
    thanks = words(Client().get(answer["Location"]))
    result = f"/samverkan/enkat/resultat/{survey.uuid}/"
    assert f"{settings.BASE_URL}{result}" in thanks
    assert "Resultatet är inte klart än." in words(Client().get(result))
    assert list(survey.tokens.values_list("membership", "email")) == [(None, "")]
    assert as_(cast.sara).get(page).status_code == 404


def test_shares_are_told_of_ten_beside_the_citys_own(cast, as_):
    new = SurveyRound(kind="entry", title="Start", responsible=cast.cecilia)
    survey = perform(begin(new, by=cast.cecilia).obj.open, by=cast.cecilia).obj
    client = as_(cast.cecilia)
    form = client.get(f"{HOME}staden/").context["form"]
    pasted = "enjoy;very;2024;41,5\nenjoy;quite;2024;44"
    sent = {"key": form["key"].value(), "source": "Stockholmsenkäten 2024", "rows": pasted}
    assert client.post(f"{HOME}staden/", sent).status_code == 302
    for n in range(10):
        token = survey.invite()
        answering.answer(token, {"enjoy": {"choice": "very" if n < 3 else "quite"}})
        if n == 8:
            few = results.of(survey, words=False).groups[0][1][0]
            assert [option["percent"] for option in few.options] == [None] * 4
    row = results.of(survey, words=False).groups[0][1][0]
    shown = [(o["name"], o["percent"], o["city"] and str(o["city"].percent)) for o in row.options]
    assert shown == [
        ("Mycket bra", 30, "41.5"),
        ("Ganska bra", 70, "44.0"),
        ("Inte så bra", 0, None),
        ("Inte alls", 0, None),
    ]


def test_whoever_is_not_central_makes_none_and_reads_what_is_reported(survey, cast, as_):
    assert as_(cast.dag).get(f"{HOME}ny/").status_code == 404
    for person in (cast.sara, cast.tuva, cast.rut, cast.gun):
        assert as_(person).get(f"{HOME}{survey.uuid}/").status_code == 404
        assert as_(person).get(HOME).status_code == 200


def test_a_new_round_is_made_and_opened_on_the_screen(cast, as_):
    client = as_(cast.cecilia)
    cast.tuva.user.email = "tuva@example.org"
    cast.tuva.user.save()
    form = client.get(f"{HOME}ny/").context["form"]
    wrong = client.post(f"{HOME}ny/", {"key": form["key"].value(), "kind": "pulse", "title": "P"})
    assert wrong.context["form"].errors == {"roles": ["Välj vilka som ska få enkäten."]}
    sent = {"key": form["key"].value(), "kind": "pulse", "title": "P", "roles": ["team"]}
    page = client.post(f"{HOME}ny/", sent)["Location"]
    survey = SurveyRound.objects.get()
    act = f"/samverkan/gor/surveyround/{survey.uuid}/open/"
    form = client.get(act).context["form"]
    client.post(act, {"version": form["version"].value(), "key": form["key"].value()})
    assert list(links()) == ["tuva@example.org"]
    assert "Öppen till och med" in client.get(page).content.decode()
