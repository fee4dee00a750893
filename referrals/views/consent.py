"""The asking side: asking the family, following the answers, noting what came another way."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

import vault.files
import vault.uploads
from accounts import links, working_days
from accounts.http import Request
from history import legal
from history.door import begin, perform
from history.reading import only_opened, reads, subject
from history.views.saving import saved
from referrals import invitations
from referrals.choices import Category, ConsentStatus, LineStatus, NoCode, Purpose
from referrals.consent_texts import LANGUAGES
from referrals.forms.consent import AnswerForm, AskForm
from referrals.forms.offers import offers
from referrals.models import Case, Consent, Guardian, Pupil, Referral, SignatureLine
from referrals.timeline import timeline, told_of
from referrals.views.acting import page_of
from referrals.views.showing import show
from vault.models import State, StoredFile

# A referral that is not sent, or has ended without a case, gives nothing to consent to.
NOT_ASKED = ("draft", "declined", "withdrawn")


@require_http_methods(["GET", "POST"])
@reads("consent.ask")
def ask(request: Request, reference: str, purpose: str) -> HttpResponse:
    """Ask pupil and guardians; who may ask depends on how the path began."""
    if purpose not in Purpose.values:
        raise Http404
    matter = _matter(request, reference, purpose)
    form = AskForm(request.POST or None, matter=matter, actor=request.actor, purpose=purpose)
    context = {
        "form": form,
        "matter": matter,
        "who": show(matter, request.actor),
        "purpose": Purpose(purpose),
        "demand": form.demand,
        "back": page_of(matter),
        "now": Consent.objects.active().filter(_of(matter), purpose=purpose).first(),
    }
    if form.is_valid():
        given = form.cleaned_data
        referral = matter if isinstance(matter, Referral) else matter.referral
        consent = Consent(
            referral=referral,
            case=None if referral else matter,
            pupil=matter.pupil,
            purpose=purpose,
            categories=" ".join(given.get("categories") or []),
            names_team=_team(matter, purpose),
            names_school=_school(matter),
            names_receiver=given.get("receiver"),
            valid_to=given["valid_to"],
            asked_by=request.actor,
            responsible=request.actor,
            deputy=given["deputy"],
            exception=given.get("exception", ""),
            exception_reason=given.get("exception_reason", ""),
        )
        try:
            event = begin(consent, by=request.actor, key=given["key"], signatories=form.chosen())
        except ValidationError as error:
            form.blame(error)
        except IntegrityError:
            form.add_error(None, _("Familjen har redan fått den här frågan."))
        else:
            if given.get("send_links"):
                request.session["made_links"] = send_to_all(event.obj)
            return redirect("referrals:consent", event.obj.uuid)
    return render(request, "referrals/consent_ask.html", context)


def _of(matter: Any) -> Q:
    """The consents asked for this matter."""
    if isinstance(matter, Referral):
        return Q(referral=matter)
    return Q(referral=matter.referral) if matter.referral else Q(case=matter)


def _matter(request: Request, reference: str, purpose: str) -> Any:
    """What consent is asked for: the asker's own referral, or a case open to them."""
    referral = Referral.objects.visible_in_full(request.actor).filter(reference=reference).first()
    if referral is not None and purpose != Purpose.TRANSFER:
        case = _case(referral)
        if referral.status in NOT_ASKED or referral.team is None or (case and not case.is_open):
            raise Http404
        return referral
    cases = Case.objects.open_to(request.actor)
    known = Pupil.objects.visible_to(request.actor)  # the form names who is asked
    direct = Case.objects.visible_to(request.actor).filter(referral=None, pupil__in=known)
    return get_object_or_404((cases | direct).exclude(status="closed"), reference=reference)


def _case(matter: Any) -> Case | None:
    return matter if isinstance(matter, Case) else getattr(matter, "case", None)


def _team(matter: Any, purpose: str) -> Any:
    """The team that is to read: the one taking over, where the unit managers are changing team."""
    case = _case(matter)
    if case is not None and case.next_team is not None and purpose == Purpose.SUPPORT:
        return case.next_team
    return (case or matter).team


def _school(matter: Any) -> Any:
    """The school the pupil goes to now."""
    return (_case(matter) or matter).school


def send_to_all(consent: Consent) -> list[dict[str, Any]]:
    """A link on its way to each who has not answered and can be reached; what to say by voice, and
    who is still to be asked another way."""
    waiting = consent.lines.filter(status=LineStatus.WAITING)
    lines = waiting.select_related("guardian", "consent__pupil").order_by("pk")
    return [_sent(line) for line in lines]


def _sent(line: SignatureLine) -> dict[str, Any]:
    """Who is told of it and the code to say; `missed` when nothing can be sent to them."""
    if not invitations.reaches(line):
        return {"name": line.person.name, "missed": True}
    return {"name": line.person.name, "code": invitations.send(line)}


def _theirs(request: Request, consent: Consent) -> bool:
    """Whether the reader is on the asking side and may know who the pupil is.

    Only they see who has answered what: a name stands beside each answer.
    """
    asks = consent.asker is not None and consent.asker.pk == request.actor.organisation_id
    known = Pupil.objects.visible_to(request.actor).filter(pk=consent.pupil_id)
    return asks and known.exists()


@require_GET
@reads("consent")
def detail(request: Request, uuid: UUID) -> HttpResponse:
    """How far the question has come; for the asking side with each line, else only how many."""
    consent = get_object_or_404(Consent.objects.visible_to(request.actor), uuid=uuid)
    subject(consent.uuid)
    theirs = _theirs(request, consent)
    lines = list(consent.lines.select_related("guardian", "consent__pupil").order_by("pk"))
    for line in lines:
        line.spoken = dict(LANGUAGES).get(line.language, line.language)  # type: ignore[attr-defined]  # for the page
    sent = request.session.pop("made_links", [])
    context = {
        "consent": consent,
        "matter": consent.matter,
        "back": page_of(consent.matter),
        "who": show(consent.matter, request.actor),
        "theirs": theirs,
        "lines": lines if theirs else [],
        "signed": sum(line.status == LineStatus.SIGNED for line in lines),
        "of": len(lines),
        "categories": [Category(name).label for name in consent.category_list],
        "offers": [o for o in offers(consent, request.actor) if theirs or o[0] == "withdraw"],
        "events": timeline(told_of(consent.trail_id, [Consent.objects.filter(pk=consent.pk)])),
        "link": request.session.pop("made_link", None),
        "sent": sent,
        "codes": any(one.get("code") for one in sent),
        "contacts": _contacts(consent, request.actor),
        "due": _lapses(consent),
    }
    return render(request, "referrals/consent.html", context)


def _lapses(consent: Consent) -> date | None:
    """The last day the question is waited for, once the second reminder has gone."""
    if not consent.is_open or consent.reminders < 2 or consent.reminded is None:
        return None
    return working_days.add(consent.reminded, legal.limit("consent.lapse"))


def _contacts(consent: Consent, actor: Any) -> list[Guardian]:
    """Whom a consent to contact has opened for this reader: name, number and language."""
    if consent.purpose != Purpose.CONTACT or consent.status != ConsentStatus.ACTIVE:
        return []
    signed = consent.lines.filter(status=LineStatus.SIGNED).values("guardian")
    return list(Guardian.objects.visible_to(actor).filter(pk__in=signed))


def _line(request: Request, uuid: UUID, line: UUID) -> Any:
    consent = get_object_or_404(Consent.objects.visible_to(request.actor), uuid=uuid)
    if not _theirs(request, consent):
        raise Http404
    if consent.pupil.protected:
        only_opened(consent.pupil.uuid)
    return get_object_or_404(consent.lines.select_related("guardian", "consent__pupil"), uuid=line)


@require_http_methods(["POST"])
@reads("consent.link")
def make_link(request: Request, uuid: UUID, line: UUID) -> HttpResponse:
    """A new one-time link for one person; shown once, to be handed over or printed."""
    row = _line(request, uuid, line)
    if row.guardian is not None and not row.guardian.may_be_asked():
        raise PermissionDenied  # of a protected pupil a holder decides first
    _signatory, token, code = links.make(opens=row.consent.uuid, line=row.uuid, purpose="consent")
    url = request.build_absolute_uri(f"/s/{token}/")
    request.session["made_link"] = {
        "url": url,
        "code": code,
        "name": row.person.name,
        "token": token,
    }
    return redirect("referrals:consent", uuid)


@require_http_methods(["POST"])
@reads("consent.send")
def send_link(request: Request, uuid: UUID, line: UUID) -> HttpResponse:
    """Send a link to what is on file; the code goes the other way, or is told by voice."""
    row = _line(request, uuid, line)
    show(row.consent.matter, request.actor)
    if invitations.reaches(row):
        request.session["made_links"] = [_sent(row)]
    return redirect("referrals:consent", uuid)


@require_GET
@reads("consent.form")
def form_file(request: Request, uuid: UUID, line: UUID) -> HttpResponse:
    """The signed paper as it was scanned, to the side that keeps it."""
    row = _line(request, uuid, line)
    stored = get_object_or_404(StoredFile, uuid=row.file, state=State.CLEAN)
    subject(row.consent.uuid)
    show(row.consent.matter, request.actor)
    ending = {"application/pdf": "pdf", "image/png": "png"}.get(stored.media_type, "jpg")
    name = f"samtycke-{row.consent.matter.reference}.{ending}"
    return HttpResponse(
        vault.files.read(stored),
        content_type=stored.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


@require_http_methods(["GET", "POST"])
@reads("consent.answer")
def answer(request: Request, uuid: UUID, line: UUID) -> HttpResponse:
    """Note an answer that came on paper, by voice with a witness, or by phone."""
    row = _line(request, uuid, line)
    consent = row.consent
    given = (request.POST or None, request.FILES or None)
    form = AnswerForm(*given, obj=consent, actor=request.actor, line=row)
    context = {
        "form": form,
        "consent": consent,
        "line": row,
        "who": show(consent.matter, request.actor),
        "back": f"/samtycken/{consent.uuid}/",
    }
    if form.is_valid():
        save = partial(_note, request, consent, row, form.cleaned_data)
        if answer := saved(request, form, save, context):
            return answer
    return render(request, "referrals/consent_answer.html", context)


def _note(request: Request, consent: Consent, line: SignatureLine, given: dict[str, Any]) -> None:
    """Take the answer down; a scan whose answer was refused is not left behind."""
    no = given["answer"] == "no"
    more = {"code": given["code"] or NoCode.NOT_SAID} if no else {}
    file = _kept(given.get("form_file"))
    try:
        perform(
            consent.refuse if no else consent.sign,
            by=request.actor,
            version=given["version"],
            key=given["key"],
            line=line,
            how=given["how"],
            language=given["language"],
            witness=given["witness"],
            note=given["note"],
            file=file.uuid if file else None,
            **more,
        )
    except BaseException:
        if file:
            vault.files.remove(file)
        raise


def _kept(upload: Any) -> StoredFile | None:
    """Check and keep the scanned form; a refusal stands beside the file field."""
    if not upload:
        return None
    try:
        return vault.uploads.keep(upload)
    except ValidationError as error:
        raise ValidationError({"form_file": error.messages}) from error
