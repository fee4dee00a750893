"""What the collaboration sends to those who may have no account: links, never content.

Every effect is promised in the transaction that causes it and kept by the outbox.
"""

from __future__ import annotations

from datetime import date
from typing import cast
from uuid import uuid5

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import links, sms
from collaboration import answering, calling
from collaboration.choices import AgreementStatus, ContactStatus, RoundStatus, Signature
from collaboration.models import AgreementParty, ContactAssignment, SurveyRound, SurveyToken
from history import outbox
from history.models import Outgoing

# What a link is for.
AGREEMENT, CONTACT = "agreement", "contact"


def mail(promise: Outgoing, to: str, subject: str, body: str) -> None:
    """One mail; its id is the promise's, so that a second sending is known for the same."""
    headers = {"Message-ID": f"<{promise.uuid}@bryggan>"}
    EmailMessage(subject=subject, body=body, to=[to], headers=headers).send()


def agreement_link(party: AgreementParty) -> tuple[str, str]:
    """A fresh address to read, comment and sign by, and its code; earlier ones stop working."""
    agreement = party.agreement
    _signatory, token, code = links.make(opens=agreement.uuid, line=party.uuid, purpose=AGREEMENT)
    return f"{settings.BASE_URL}/samverkan/lank/{token}/", code


@outbox.handler("agreement.link")
def send_agreement_link(promise: Outgoing) -> None:
    """Mail the link; the code goes to the mobile, else to the organisation's own address.

    With neither, whoever keeps the agreement gives the code by voice from the party's page.
    """
    party = (
        AgreementParty.objects.select_related(
            "agreement__district", "agreement__responsible__user", "organisation"
        )
        .filter(uuid=promise.payload["party"], signature=Signature.WAITING)
        .first()
    )
    if party is None or party.agreement.status != AgreementStatus.IN_REVIEW:
        return
    url, code = agreement_link(party)
    with translation.override(settings.LANGUAGE_CODE):
        agreement = party.agreement
        said = {
            "who": agreement.responsible.name,
            "district": agreement.district,
            "title": agreement.title,
            "party": party.organisation,
            "url": url,
        }
        if agreement.open_for_comments():
            subject = _("Läs och tyck till: %s") % agreement.title
            said["day"] = date_format(cast(date, agreement.comment_by), "j F Y")
            words = _(
                "%(who)s, %(district)s, ber %(party)s läsa %(title)s och skriva vad ni tycker, "
                "senast %(day)s.\n\nÖppna länken och skriv koden som du får på annat sätt:\n\n%(url)s\n"
            )
        else:
            subject = _("Skriv under: %s") % agreement.title
            said["day"] = date_format(cast(date, agreement.valid_from), "j F Y")
            words = _(
                "%(who)s, %(district)s, ber dig skriva under %(title)s för %(party)s. Den ska gälla "
                "från %(day)s.\n\nÖppna länken och skriv koden som du får på annat sätt:\n\n%(url)s\n"
            )
        if agreement.reminded_on:
            subject = _("Påminnelse: %s") % subject
        mail(promise, party.signer_email, subject, words % said)
        told = _("Din kod: %s") % code
        if party.signer_phone:
            sms.adapter().send(party.signer_phone, told)
        elif elsewhere := party.other_address:
            about = _("Koden till en länk som %s har fått") % party.signer_name
            EmailMessage(subject=about, body=told, to=[elsewhere]).send()


def _tell_signer(promise: Outgoing, subject: str, words: str) -> None:
    """What has become of what somebody signed, and where it is read."""
    party = AgreementParty.objects.select_related("agreement", "organisation").get(
        uuid=promise.payload["party"]
    )
    agreement = party.agreement
    said = {
        "title": agreement.title,
        "from": date_format(agreement.valid_from, "j F Y") if agreement.valid_from else "",
        "ended": date_format(agreement.ended_on, "j F Y") if agreement.ended_on else "",
        "party": party.organisation,
        "url": f"{settings.BASE_URL}/samverkan/overenskommelser/{agreement.uuid}/",
    }
    mail(promise, party.signer_email, subject % said, words % said)


@outbox.handler("agreement.holds")
def tell_that_it_holds(promise: Outgoing) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        words = _("%(title)s gäller från %(from)s. Den binder %(party)s.\n\n%(url)s\n")
        _tell_signer(promise, _("Överenskommelsen gäller: %(title)s"), words)


@outbox.handler("agreement.ended")
def tell_that_it_has_ended(promise: Outgoing) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        words = _("%(title)s upphörde %(ended)s. Den binder inte längre %(party)s.\n\n%(url)s\n")
        _tell_signer(promise, _("Överenskommelsen har upphört: %(title)s"), words)


def _reach(token: SurveyToken) -> tuple[str, str]:
    """Address and language of whom a survey's link was made for; ("", "") when nobody's."""
    if token.membership is not None:
        return token.membership.user.email, token.membership.user.language
    return token.email, settings.LANGUAGE_CODE


@outbox.handler("survey.invite")
def send_survey_link(promise: Outgoing) -> None:
    """Mail a link that can be used once; whoever has answered meanwhile is not asked again."""
    token = (
        SurveyToken.objects.select_related("round", "membership__user")
        .filter(uuid=promise.payload["token"], used=False, round__status=RoundStatus.OPEN)
        .first()
    )
    if token is None or token.round.closes is None:
        return
    to, language = _reach(token)
    if not to:
        return
    url = settings.BASE_URL + answering.address(token)
    with translation.override(language):
        said = {"day": date_format(token.round.closes, "j F Y"), "url": url}
        title = token.round.questions.title
        if promise.payload.get("again"):
            title = _("Påminnelse: %s") % title
            words = _(
                "Vi har inte fått något svar med din förra länk. Den gäller inte längre. "
                "Här är en ny.\n\n"
                "Svara senast %(day)s. Ingen kan se vem som har svarat vad.\n\n%(url)s\n"
            )
        else:
            words = _("Svara senast %(day)s. Ingen kan se vem som har svarat vad.\n\n%(url)s\n")
        mail(promise, to, title, words % said)


@outbox.handler("survey.report")
def send_survey_report(promise: Outgoing) -> None:
    """Back to all who were asked: whoever has answered is known no more, so to the roles asked."""
    survey = SurveyRound.objects.get(uuid=promise.payload["round"])
    url = f"{settings.BASE_URL}/samverkan/enkat/resultat/{survey.uuid}/"
    members, others = survey.reached()
    people = {one.user.email: one.user.language for one in members}
    for to, language in sorted((dict.fromkeys(others, settings.LANGUAGE_CODE) | people).items()):
        with translation.override(language):
            words = _("Så här svarade ni tillsammans:\n\n%s\n") % url
            mail(promise, to, _("Resultatet av %s") % survey.questions.title, words)


def _assignment(promise: Outgoing) -> tuple[ContactAssignment, str] | None:
    """The assignment a letter is about and the address it goes to, as both are now."""
    row = (
        ContactAssignment.objects.select_related("school", "team", "person__user")
        .filter(uuid=promise.payload["assignment"])
        .first()
    )
    addresses = row.tells() if row else []
    number = promise.payload["address"]
    return (row, addresses[number]) if row and number < len(addresses) else None


@outbox.handler("contact.named")
def tell_who_is_named(promise: Outgoing) -> None:
    """Who it is, from when, and a link by which a school without accounts confirms."""
    found = _assignment(promise)
    if found is None:
        return
    row, to = found
    if row.status != ContactStatus.ANNOUNCED or row.person is None:
        return
    _signatory, token, _code = links.make(opens=row.uuid, line=uuid5(row.uuid, to), purpose=CONTACT)
    said = {
        "who": row.person.name,
        "post": row.get_post_display().lower(),
        "school": row.school,
        "day": date_format(row.since, "j F Y"),
        "phone": row.phone,
        "hours": row.hours,
        "url": f"{settings.BASE_URL}/samverkan/lank/kontakt/{token}/",
    }
    with translation.override(settings.LANGUAGE_CODE):
        body = _(
            "Från %(day)s är %(who)s %(post)s i socialtjänsten för %(school)s.\n\n"
            "Ring: %(phone)s\nSvarar: %(hours)s\n\n"
            "Bekräfta att ni har fått veta det:\n%(url)s\n"
        )
        mail(promise, to, _("Ny kontaktperson i socialtjänsten"), body % said)


@outbox.handler("contact.vacant")
def tell_of_vacancy(promise: Outgoing) -> None:
    """That the post is empty, and whom the school calls meanwhile."""
    found = _assignment(promise)
    if found is None or found[0].status != ContactStatus.VACANT:
        return
    row, to = found
    cover = calling.cover_of(row)
    said = {
        "school": row.school,
        "who": ", ".join(filter(None, [cover.who, str(cover.team)])),
        "post": row.get_post_display().lower(),
    }
    with translation.override(settings.LANGUAGE_CODE):
        body = _("%(school)s har just nu ingen %(post)s. Ring %(who)s så länge.\n")
        lines = [body % said]
        if cover.phone:
            lines.append(_("Ring: %s") % cover.phone)
        if cover.email:
            lines.append(_("E-post: %s") % cover.email)
        if cover.hours:
            lines.append(_("Svarar: %s") % cover.hours)
        mail(promise, to, _("Ändrad kontakt i socialtjänsten"), "\n".join(lines) + "\n")


@outbox.handler("contact.withdrawn")
def tell_that_it_was_not_to_be(promise: Outgoing) -> None:
    found = _assignment(promise)
    if found is None:
        return
    row, to = found
    if row.person is None:
        return
    said = {"who": row.person.name, "school": row.school}
    with translation.override(settings.LANGUAGE_CODE):
        body = _("%(who)s blir inte kontakt för %(school)s. Ni får besked om vem det blir.\n")
        mail(promise, to, _("Ändrad kontakt i socialtjänsten"), body % said)
