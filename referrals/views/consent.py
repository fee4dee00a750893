"""The asking side: asking the family, following the answers, noting what came another way."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

import vault.uploads
from accounts import links
from accounts.http import Request
from history.door import Conflict, begin, perform
from history.reading import only_opened, reads, subject
from referrals.choices import Category, LineStatus, Purpose
from referrals.forms.consent import AnswerForm, AskForm
from referrals.forms.moves import offers
from referrals.models import Case, Consent, Pupil, Referral
from referrals.timeline import timeline
from referrals.views.showing import show

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
        "back": request.GET.get("fran", ""),
    }
    if form.is_valid():
        given = form.cleaned_data
        referral = matter if isinstance(matter, Referral) else matter.referral
        consent = Consent(
            referral=referral,
            case=None if referral else matter,
            pupil=matter.pupil,
            purpose=purpose,
            categories=" ".join(given.get("categories") or [Category.REFERRAL]),
            names_team=matter.team,
            names_school=matter.school,
            names_receiver=given.get("receiver"),
            valid_to=given["valid_to"],
            asked_by=request.actor,
            responsible=request.actor,
            deputy=given["deputy"],
        )
        try:
            event = begin(consent, by=request.actor, key=given["key"], signatories=form.chosen())
        except ValidationError as error:
            form.blame(error)
        except IntegrityError:
            form.add_error(None, _("Familjen har redan fått den här frågan."))
        else:
            return redirect("referrals:consent", event.obj.uuid)
    return render(request, "referrals/consent_ask.html", context)


def _matter(request: Request, reference: str, purpose: str) -> Any:
    """What consent is asked for: the asker's own referral, or a case open to them."""
    referral = Referral.objects.visible_in_full(request.actor).filter(reference=reference).first()
    if referral is not None and purpose != Purpose.TRANSFER:
        if referral.status in NOT_ASKED or referral.team is None:
            raise Http404
        return referral
    cases = Case.objects.open_to(request.actor)
    known = Pupil.objects.visible_to(request.actor)  # the form names who is asked
    direct = Case.objects.visible_to(request.actor).filter(referral=None, pupil__in=known)
    return get_object_or_404(cases | direct, reference=reference)


def _theirs(request: Request, consent: Consent) -> bool:
    """Whether the reader is on the asking side, who alone sees who has answered what."""
    return consent.asker is not None and consent.asker.pk == request.actor.organisation_id  # type: ignore[union-attr]


@require_GET
@reads("consent")
def detail(request: Request, uuid: UUID) -> HttpResponse:
    """How far the question has come; for the asking side with each line, else only how many."""
    consent = get_object_or_404(Consent.objects.visible_to(request.actor), uuid=uuid)
    subject(consent.uuid)
    theirs = _theirs(request, consent)
    lines = list(consent.lines.select_related("guardian", "consent__pupil").order_by("pk"))
    context = {
        "consent": consent,
        "matter": consent.matter,
        "who": show(consent.matter, request.actor),
        "theirs": theirs,
        "lines": lines if theirs else [],
        "signed": sum(line.status == LineStatus.SIGNED for line in lines),
        "of": len(lines),
        "categories": [Category(name).label for name in consent.category_list],
        "offers": [o for o in offers(consent, request.actor) if theirs or o[0] == "withdraw"],
        "events": timeline(consent.trail_id, [Consent.objects.filter(pk=consent.pk)]),
        "link": request.session.pop("made_link", None),
    }
    return render(request, "referrals/consent.html", context)


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


@require_http_methods(["GET", "POST"])
@reads("consent.answer")
def answer(request: Request, uuid: UUID, line: UUID) -> HttpResponse:
    """Note an answer that came on paper, by voice with a witness, or by phone."""
    row = _line(request, uuid, line)
    consent = row.consent
    form = AnswerForm(request.POST or None, request.FILES or None, obj=consent, actor=request.actor)
    context = {
        "form": form,
        "consent": consent,
        "line": row,
        "who": show(consent.matter, request.actor),
    }
    if form.is_valid():
        given = form.cleaned_data
        try:
            file = _kept(given.get("form_file"))
            move = consent.sign if given["answer"] == "yes" else consent.refuse
            perform(
                move,
                by=request.actor,
                version=given["version"],
                key=given["key"],
                line=row,
                how=given["how"],
                witness=given["witness"],
                note=given["note"],
                file=file,
            )
        except Conflict as conflict:
            context |= {"now": conflict.obj, "back": f"/samtycken/{consent.uuid}/"}
            return render(request, "referrals/conflict.html", context, status=409)
        except ValidationError as error:
            form.blame(error)
        else:
            return redirect("referrals:consent", consent.uuid)
    return render(request, "referrals/consent_answer.html", context)


def _kept(upload: Any) -> UUID | None:
    """Check and keep the scanned form; a refusal stands beside the file field."""
    if not upload:
        return None
    try:
        return vault.uploads.keep(upload).uuid
    except ValidationError as error:
        raise ValidationError({"form_file": error.messages}) from error
