"""Writing a referral in short steps; every step is saved as it is sent."""

from __future__ import annotations

from functools import partial
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts import clock, personnummer, school_days
from accounts.http import Request
from accounts.models import Role
from history.door import begin, edit, perform, together
from history.reading import reads, seen
from history.views.saving import move_of, saved
from referrals import names
from referrals.choices import Need, OtherPlan, Tried
from referrals.forms.base import MoveForm
from referrals.forms.new import AbsenceFields
from referrals.forms.referral import (
    LANGUAGES,
    STEPS,
    FindPupilForm,
    GuardianForm,
    ProtectionForm,
    PupilForm,
)
from referrals.models import Absence, Guardian, Pupil, Referral, sight
from referrals.views.showing import show
from vault import sealing

# A number that waits between two pages lies sealed in the session, never in clear in a table.
IN_SESSION = "session.new_pupil"
# The steps in order: (slug, what it is called). The pupil comes first, the check last.
ORDER = (
    ("svar", _("Svar till teamet")),
    ("familj", _("Vårdnadshavare")),
    ("oro", _("Vad som oroar er")),
    ("provat", _("Vad ni har provat")),
    ("franvaro", _("Frånvaro")),
    ("familjen", _("Vad familjen vet")),
    ("vart", _("Vart remissen ska")),
)


# What a writer takes along from a referral on the wrong pupil to the right one.
MOVED = (
    "needs",
    "worry",
    "tried",
    "measures",
    "investigation_began",
    "other_plans",
    "other_plans_note",
    "pupil_knows",
    "guardians_know",
    "programme",
    "team",
)
# School days a referral's absence is proposed to be measured over.
LATELY = 20
# What a form carries besides what somebody typed.
NOT_TYPED = {"csrfmiddlewaretoken", "version", "key", "later", "auto", "sure", "forget"}


def order_of(referral: Referral) -> list[tuple[str, Any]]:
    """The steps of this referral: the team is answered only when it has asked something."""
    asked = referral.status == "returned" and referral.return_code != "needs_protection"
    return [step for step in ORDER if asked or step[0] != "svar"]


def _writes(request: Request) -> None:
    if request.actor.role not in (Role.SCHOOL, Role.PRINCIPAL):
        raise Http404


@require_http_methods(["GET", "POST"])
def protection(request: Request) -> HttpResponse:
    """Before anything else: does the child need protection now?"""
    _writes(request)
    form = ProtectionForm(request.POST or None)
    if form.is_valid():
        if form.cleaned_data["needed"] == "yes":
            return redirect("referrals:new_concern")
        request.session["protection_asked"] = True
        return redirect("referrals:find_pupil")
    return render(request, "referrals/protection.html", {"form": form})


@require_http_methods(["GET", "POST"])
@reads("pupil.find")
def find_pupil(request: Request) -> HttpResponse:
    """Search among the school's own pupils before anybody is registered twice."""
    _writes(request)
    if not request.session.get("protection_asked"):
        return redirect("referrals:protection")
    form = FindPupilForm(request.POST if "number" in request.POST else None)
    own = Pupil.objects.visible_to(request.actor).filter(school=request.actor.organisation)
    if chosen := request.POST.get("pupil", ""):
        return _referral_for(request, get_object_or_404(own, uuid=_uuid(chosen)))
    found: list[Pupil] | None = None
    if form.is_valid():
        given = form.cleaned_data["number"]
        if isinstance(given, str):
            found = list(own.named(given).order_by("pk")[:20])
            for pupil in found:
                seen(pupil.uuid, "own")
        else:
            return _by_number(request, given.text)
    return render(request, "referrals/find_pupil.html", {"form": form, "found": found})


def _by_number(request: Request, number: str) -> HttpResponse:
    pupil = _found(request, number)
    if pupil is not None:
        return _referral_for(request, pupil)
    request.session["new_pupil"] = sealing.seal(number, IN_SESSION)
    return redirect("referrals:new_pupil")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


def _found(request: Request, number: str) -> Pupil | None:
    """The school's own pupil with this number; a protected one only for whoever may see them."""
    rows = Pupil.objects.filter(status="current").by_number(number, request.actor.organisation)
    return rows.filter(sight.unprotected(request.actor, "")).first()


def _referral_for(request: Request, pupil: Pupil) -> HttpResponse:
    """Open the pupil's open referral if there is one; else begin a draft of theirs."""
    here = Referral.objects.filter(pupil=pupil, status__in=("draft", "submitted", "returned"))
    already = here.first()
    if already is not None:
        if not Referral.objects.visible_to(request.actor).filter(pk=already.pk).exists():
            return render(request, "referrals/already.html", {"principal": True})
        return redirect("referrals:referral", already.reference)
    referral = Referral(
        school=pupil.school, author=request.actor, pupil=pupil, protection_asked=True
    )
    try:
        begun = begin(referral, by=request.actor).obj
    except IntegrityError:  # two clicks at once: the first one's draft is meant
        begun = here.get()
    request.session.pop("new_pupil", None)
    begun = _with_words_of_another(request, begun)
    return redirect("referrals:step", begun.reference, "familj")


@require_http_methods(["POST"])
@reads("referral.copy")
def copy(request: Request, reference: str) -> HttpResponse:
    """It was the wrong pupil: take the words along to a new draft for the right one."""
    _writes(request)
    wrong = get_object_or_404(Referral.objects.visible_to(request.actor), reference=reference)
    show(wrong, request.actor)
    request.session["words_of"] = str(wrong.uuid)
    request.session["protection_asked"] = True
    return redirect("referrals:find_pupil")


def _with_words_of_another(request: Request, draft: Referral) -> Referral:
    """The same words on another pupil, when the writer asked for it; never names or figures."""
    uuid = request.session.pop("words_of", None)
    mine = Referral.objects.visible_to(request.actor).filter(uuid=uuid) if uuid else None
    wrong = mine.exclude(pk=draft.pk).first() if mine is not None else None
    if wrong is None or draft.worry.open():
        return draft
    fields = {name: getattr(wrong, name) for name in MOVED}
    fields = {n: v.open() if hasattr(v, "open") else v for n, v in fields.items()}
    event = edit(draft, by=request.actor, touched=clock.now(), **fields)
    return cast(Referral, event.obj)


@require_http_methods(["GET", "POST"])
def new_pupil(request: Request) -> HttpResponse:
    """Register a pupil the school has not registered before."""
    _writes(request)
    waiting = request.session.get("new_pupil")
    if not waiting:
        return redirect("referrals:find_pupil")
    number = sealing.unseal(waiting, IN_SESSION)
    form = PupilForm(request.POST or None)
    if form.is_valid():
        pupil = Pupil(
            school=request.actor.organisation,
            registered_by=request.actor,
            number=number,
            birth_date=personnummer.read(number).day.isoformat(),
            **form.cleaned_data,
        )
        try:
            pupil = begin(pupil, by=request.actor).obj
        except IntegrityError:
            already = _found(request, number)
            if already is None:
                raise PermissionDenied from None
            pupil = already
        request.session["opened"] = str(pupil.uuid)  # who registers has the reason
        return _referral_for(request, pupil)
    return render(request, "referrals/new_pupil.html", {"form": form, "number": number})


def _draft(request: Request, reference: str) -> Referral:
    referral = get_object_or_404(Referral.objects.visible_to(request.actor), reference=reference)
    _writes(request)
    if not referral.editable:
        raise PermissionDenied
    return referral


@require_http_methods(["GET", "POST"])
@reads("referral.write")
def step(request: Request, reference: str, step: str) -> HttpResponse:
    """One step of the draft."""
    referral = _draft(request, reference)
    order = order_of(referral)
    slugs = [slug for slug, _name in order]
    if step == "elev":  # the pupil has pages of their own, for more than the referral
        change = reverse("referrals:change_pupil", args=[referral.whom.uuid])
        return redirect(f"{change}?fran={reference}")
    if step not in slugs:
        raise Http404
    if "auto" in request.POST:
        return _kept_meanwhile(request, referral, step)
    context = {
        "referral": referral,
        "who": show(referral, request.actor),
        "number": slugs.index(step) + 1,
        "of": len(order),
        "title": dict(order)[step],
        "back": _url(referral, slugs, slugs.index(step) - 1),
        "step": step,
    }
    after = _url(referral, slugs, slugs.index(step) + 1)
    if "kolla" in request.GET:
        after = reverse("referrals:check", args=[reference])
    if "later" in request.POST or "forget" in request.POST:
        return _put_aside(request, referral, step)
    if step == "familj":
        return _guardians(request, referral, context, after)
    if step == "franvaro":
        return _absence(request, referral, context, after)
    return _words(request, referral, context, after, step)


def _keep(request: Request, referral: Referral, step: str) -> Referral:
    """Keep what is typed in a step as it was typed, ready or not; '' in all fields keeps nothing."""
    typed = {
        name: request.POST.getlist(name)
        for name in request.POST
        if name not in NOT_TYPED and any(request.POST.getlist(name))
    }
    kept = dict(referral.unfinished.open() or {})
    kept.pop(step, None)
    if typed and "forget" not in request.POST and sum(map(len, map(str, typed.values()))) < 40_000:
        kept[step] = typed
    if kept == (referral.unfinished.open() or {}):
        return referral
    event = edit(referral, by=request.actor, unfinished=kept or None, touched=clock.now())
    return cast(Referral, event.obj)


def _kept_meanwhile(request: Request, referral: Referral, step: str) -> HttpResponse:
    """Asked by the page itself while somebody writes: shows nothing, says which version it is."""
    version = request.POST.get("version", "")
    if version.isdecimal() and int(version) != referral.version:
        return HttpResponse(status=409)
    return JsonResponse({"version": _keep(request, referral, step).version})


def _put_aside(request: Request, referral: Referral, step: str) -> HttpResponse:
    """Go on later: what is typed stays; or forget it and show what was saved before."""
    try:
        _keep(request, referral, step)
    except ValidationError:
        raise SuspiciousOperation("Tecken som inte går att spara.") from None
    if "forget" in request.POST:
        return redirect("referrals:step", referral.reference, step)
    return redirect("referrals:referral", referral.reference)


def _started(referral: Referral, step: str) -> QueryDict | None:
    """What was typed in this step and not made ready, as a form takes it."""
    typed = (referral.unfinished.open() or {}).get(step)
    if not typed:
        return None
    data = QueryDict(mutable=True)
    for name, values in typed.items():
        data.setlist(name, values)
    return data


def _without(referral: Referral, step: str) -> dict[str, Any]:
    """The unfinished of the other steps, as fields to write once this one is ready."""
    kept = dict(referral.unfinished.open() or {})
    return {"unfinished": kept or None} if kept.pop(step, None) else {}


def _drawn(request: Request, form: Any, started: QueryDict | None) -> Any:
    """Show again what was begun, without telling yet what is wrong with it."""
    if request.method == "GET" and started is not None:
        for name in form.fields:
            if name not in ("version", "key"):
                widget = form.fields[name].widget
                form.initial[name] = widget.value_from_datadict(started, {}, name)
    return form


def _url(referral: Referral, slugs: list[str], place: int) -> str:
    if place < 0:
        return reverse("referrals:referral", args=[referral.reference])
    if place >= len(slugs):
        return reverse("referrals:check", args=[referral.reference])
    return reverse("referrals:step", args=[referral.reference, slugs[place]])


def _words(
    request: Request, referral: Referral, context: Any, after: str, step: str
) -> HttpResponse:
    started = _started(referral, step)
    form = STEPS[step](request.POST or None, obj=referral, actor=request.actor)
    context |= {"form": _drawn(request, form, started), "started": started}
    if form.is_valid():
        details = form.details()
        found = names.in_words(details, referral.pupil)
        if found and "sure" not in request.POST:
            texts = [
                (form.fields[name].label, names.marked(value, referral.pupil))
                for name, value in details.items()
                if isinstance(value, str) and names.in_words({name: value}, referral.pupil)
            ]
            return render(
                request, "referrals/step.html", context | {"found": found, "texts": texts}
            )
        details |= _without(referral, step)
        save = partial(
            edit,
            referral,
            by=request.actor,
            version=form.cleaned_data["version"],
            key=form.cleaned_data["key"],
            touched=clock.now(),
            **details,
        )
        context["back"] = _url(referral, [], -1)
        if answer := saved(request, form, save, context, to=after):
            return answer
    return render(request, "referrals/step.html", context)


def _guardians(request: Request, referral: Referral, context: Any, after: str) -> HttpResponse:
    guardians = list(referral.whom.guardians.filter(status="current").order_by("pk"))
    started = _started(referral, "familj")
    adding = "ny" in request.GET or not guardians or started is not None
    form = GuardianForm(request.POST or None) if adding else None
    context |= {"guardians": guardians, "after": after, "started": started}
    context["form"] = _drawn(request, form, started) if form is not None else None
    if form is not None and form.is_valid():
        guardian = Guardian(pupil=referral.pupil, **form.cleaned_data)
        try:
            with together(referral):
                begin(guardian, by=request.actor)
                _finish(request, referral, "familj")
        except ValidationError as error:
            form.blame(error)
        else:
            return redirect(request.path)
    return render(request, "referrals/guardians.html", context)


def _absence(request: Request, referral: Referral, context: Any, after: str) -> HttpResponse:
    now = referral.baseline
    fields = (
        "period_from",
        "period_to",
        "unit",
        "offered",
        "reported",
        "valid",
        "invalid",
        "source",
    )
    first, last = school_days.before(clock.today(), LATELY)
    lately = {"period_from": first, "period_to": last}
    initial = {name: getattr(now, name) for name in fields} if now else lately
    started = _started(referral, "franvaro")
    context["intro"] = _(
        "Siffrorna finns i skolans frånvarosystem. Bryggan räknar ut andelen. Datumen är de senaste 20 skoldagarna; ändra dem om en annan period visar bättre hur det är."
    )
    form = AbsenceFields(request.POST or None, initial=initial)
    context |= {"form": _drawn(request, form, started), "started": started}
    if form.is_valid():
        same = now and all(getattr(now, name) == form.cleaned_data[name] for name in fields)
        if same:
            _finish(request, referral, "franvaro")
            return redirect(after)
        absence = Absence(referral=referral, purpose="baseline", **form.cleaned_data)
        try:
            with together(referral):
                if now:
                    perform(now.mark_in_error, by=request.actor)
                begin(absence, by=request.actor)
                _finish(request, referral, "franvaro")
        except ValidationError as error:
            form.blame(error)
        else:
            return redirect(after)
    return render(request, "referrals/step.html", context)


def _finish(request: Request, referral: Referral, step: str) -> None:
    """The step is ready: what was begun in it is no longer needed."""
    if rest := _without(referral, step):
        edit(referral, by=request.actor, touched=clock.now(), **rest)


@require_http_methods(["GET", "POST"])
@reads("referral.check")
def check(request: Request, reference: str) -> HttpResponse:
    """Read it through, see what is missing, send it."""
    referral = _draft(request, reference)
    form = MoveForm(request.POST or None, obj=referral, actor=request.actor)
    missing = referral.what_is_missing()
    context: dict[str, Any] = {
        "referral": referral,
        "who": show(referral, request.actor),
        "guardians": referral.whom.guardians.filter(status="current").order_by("pk"),
        "missing": missing,
        "form": form,
        "answers": answers(referral),
        "outside": [] if missing else referral.outside_target(),
        "begun": [step for step in order_of(referral) if _started(referral, step[0])],
    }
    if request.method == "POST" and form.is_valid():
        save = move_of(form, referral.submit, request.actor)
        context["back"] = _url(referral, [], -1)
        sent = reverse("referrals:sent", args=[reference])
        if answer := saved(request, form, save, context, to=sent):
            return answer
    return render(request, "referrals/check.html", context)


def answers(referral: Referral) -> list[tuple[str, Any, Any]]:
    """What has been written, as (step, label, words), in the order of the steps."""
    guardians = referral.whom.guardians.filter(status="current").order_by("pk")
    baseline = referral.baseline
    measured = ""
    if baseline:
        rate = "" if baseline.rate is None else f"{formats.number_format(baseline.rate)} % "
        measured = _(
            "%(rate)s%(f)s – %(t)s. Erbjudet %(offered)s %(unit)s, giltig frånvaro %(valid)s, ogiltig %(invalid)s. Källa: %(source)s."
        ) % {
            "rate": rate,
            "f": formats.date_format(baseline.period_from, "j F Y"),
            "t": formats.date_format(baseline.period_to, "j F Y"),
            "offered": baseline.offered,
            "unit": str(baseline.get_unit_display()).lower(),
            "valid": baseline.valid,
            "invalid": baseline.invalid,
            "source": baseline.get_source_display(),
        }
    pupil = referral.whom
    languages = dict(LANGUAGES)
    spoken = [str(languages.get(pupil.language, pupil.language))]
    spoken += [str(_("behöver tolk"))] if pupil.interpreter else []
    tried = ", ".join(str(Tried(code).label) for code in referral.tried.split())
    needs = ", ".join(str(Need(code).label) for code in referral.need_codes)
    plans = ", ".join(str(OtherPlan(code).label) for code in referral.other_plans.split())
    reply = [("svar", _("Svar till teamet"), referral.reply.open())]
    return [
        *(reply if referral.status == "returned" else []),
        ("elev", _("Elev"), f"{pupil.name}, {_('åk %s') % pupil.grade}, {', '.join(spoken)}"),
        ("familj", _("Vårdnadshavare"), ", ".join(reached(guardian) for guardian in guardians)),
        ("oro", _("Behov"), needs),
        ("oro", _("Vad som oroar er"), referral.worry.open()),
        ("provat", _("Vad ni har provat"), tried),
        ("provat", _("Hur det gick"), referral.measures.open()),
        (
            "provat",
            _("Skolans utredning om frånvaron"),
            formats.date_format(referral.investigation_began, "j F Y")
            if referral.investigation_began
            else _("Inte påbörjad"),
        ),
        ("provat", _("Andra planer"), plans),
        ("franvaro", _("Frånvaro"), measured),
        ("familjen", _("Vad eleven vet"), referral.pupil_knows.open()),
        ("familjen", _("Vad vårdnadshavarna vet"), referral.guardians_know.open()),
        ("vart", _("Stöd"), referral.programme.programme.name if referral.programme else ""),
        ("vart", _("Team"), referral.team or ""),
    ]


def reached(guardian: Guardian) -> str:
    """The guardian's name, and whether a link can be sent to them."""
    there = guardian.phone.open() or guardian.email.open()
    return guardian.name if there else str(_("%s (utan mobil och e-post)") % guardian.name)


@require_http_methods(["GET"])
@reads("referral.sent")
def sent(request: Request, reference: str) -> HttpResponse:
    """It is sent: its number, and what happens now."""
    referral = get_object_or_404(Referral.objects.visible_to(request.actor), reference=reference)
    return render(
        request, "referrals/sent.html", {"referral": referral, "who": show(referral, request.actor)}
    )
