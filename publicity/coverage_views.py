"""The register of coverage on the web: the list, one entry and its steps, the page kept behind its link."""

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.errors import StaleForm
from accounts.forms import ReasonForm
from accounts.lists import Listing, respond
from accounts.selectors import Event, log_rows
from accounts.uploads import chosen_file
from accounts.web import get_visible, tell
from publicity.coverage_forms import AreaForm, CoverageForm
from publicity.coverage_lists import ORDERINGS, CoverageFilter
from publicity.coverage_resources import CoverageResource
from publicity.coverage_rules import keeps_a_register, why_not_change
from publicity.coverage_selectors import (
    coverage_for_list,
    likely_original,
    offline_since,
    registers_of,
    with_names,
)
from publicity.enums import CoverageState
from publicity.link_words import words_of
from publicity.models import Coverage, PlannedCoverage
from publicity.schemes import scheme_in, schemes_of
from publicity.services import coverage as services
from publicity.services.links import fetch_again
from sites.choosing import SiteChoice
from sites.models import Site

#: What a kept page may do when it is opened: nothing but show itself.
_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
_KINDS = {
    ".html": "text/html; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".pdf": "application/pdf",
}


def coverage_list(request):
    keeps = keeps_a_register(request.user)

    def context(listed: Listing) -> dict:
        chosen = listed.filter.form.is_valid() and listed.filter.form.cleaned_data
        return {
            "rows": with_names(listed.page),
            "keeps": keeps,
            "of_site": (chosen or {}).get("site"),
            "offline_since": offline_since() if keeps else None,
        }

    return respond(
        request,
        coverage_for_list(request.user),
        template="publicity/coverage/list.html",
        filterset=CoverageFilter,
        orderings=ORDERINGS,
        resource=CoverageResource,
        title=_("Coverage register"),
        action="coverage.export",
        context=context,
    )


def new(request):
    """Record a piece: of ?site=, for a line of the plan (?planned=), or of an area (?area=)."""
    registers = registers_of(request.user)
    if not registers:
        raise Http404
    programme, area, initial = _asked_for(request, registers)
    if area is None:
        areas = [area for _programme, areas in registers for area in areas]
        return render(request, "publicity/coverage/area.html", {"form": AreaForm(areas=areas)})
    form = _form(request, programme, area, initial=initial)
    known = {}
    if request.method == "POST" and form.is_valid():
        with tell(request, success=_("The piece is in the register."), action="coverage.record") as outcome:
            entry = services.record_coverage(
                actor=request.user,
                programme=programme,
                area=area,
                piece=form.piece(),
                file=chosen_file(request, "file"),
                is_reprint=form.is_reprint(),
            )
        if outcome.done:
            return redirect("publicity:coverage_entry", entry.pk)
        known = _known(request, form, outcome.error)
    return render(request, "publicity/coverage/form.html", {"form": form, "area": area, **known})


def _known(request, form: CoverageForm, error) -> dict:
    """The entry a refusal speaks of: the `original` that is asked about, or the one that has the link. Another county's
    is named and not linked."""
    if original := getattr(error, "original", None):
        form.ask_reprint()
        return {"original": original, "is_seen": _is_seen(request, original)}
    earlier = getattr(error, "earlier", None)
    return {"earlier": earlier} if earlier and _is_seen(request, earlier) else {}


def _is_seen(request, entry: Coverage) -> bool:
    return Coverage.objects.visible_to(request.user).filter(pk=entry.pk).exists()


def _asked_for(request, registers):
    """The programme and area something is recorded for, and what the form begins with."""
    places = {area.pk: (programme, area) for programme, areas in reversed(registers) for area in areas}
    initial, area_id = {}, _number(request.GET.get("area", ""))
    if site := _visible(Site, request, "site"):
        area_id, initial = site.area_id, {"site": site.pk}
    if line := _visible(PlannedCoverage, request, "planned"):
        area_id = line.area_id
        initial = {"planned": line.pk, "medium": line.medium, "site": line.site_id}
    if area_id is None and len(places) == 1:
        area_id = next(iter(places))
    if area_id is not None and area_id not in places:
        raise Http404
    programme, area = places.get(area_id, (None, None))
    return programme, area, initial


def _visible(model, request, name: str):
    pk = _number(request.GET.get(name, ""))
    return None if pk is None else model.objects.visible_to(request.user).filter(pk=pk).first()


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _form(request, programme, area, *, initial, entry=None) -> CoverageForm:
    sent = request.method == "POST"
    return CoverageForm(
        request.POST if sent else None,
        request.FILES if sent else None,
        programme=programme,
        area=area,
        user=request.user,
        entry=entry,
        initial=initial,
    )


def entry(request, pk: int):
    return _page(request, _entry(request, pk), ReasonForm(auto_id="withdraw_%s"))


def change(request, pk: int):
    obj = _entry(request, pk)
    if why_not_change(request.user, obj) is not None:
        return redirect("publicity:coverage_entry", pk)
    initial = CoverageForm.initial_of(obj)
    form = _form(request, obj.programme, obj.area, initial=initial, entry=obj)
    known, now_there = {}, []
    if request.method == "POST" and form.is_valid():
        with tell(request, success=_("Saved."), action="coverage.change", obj=obj) as outcome:
            services.change_coverage(
                actor=request.user,
                coverage=obj,
                revision=form.cleaned_data["revision"] or 0,
                piece=form.piece(),
                file=chosen_file(request, "file"),
                is_reprint=form.is_reprint(),
            )
        if outcome.done:
            return redirect("publicity:coverage_entry", pk)
        known = _known(request, form, outcome.error)
        if isinstance(outcome.error, StaleForm):
            form, now_there = _taken_on(request, form, obj)
    context = {"form": form, "entry": obj, "area": obj.area, "now_there": now_there, **known}
    return render(request, "publicity/coverage/form.html", context)


def _taken_on(request, form: CoverageForm, obj: Coverage):
    """The form as it was typed, about the entry as it is now, and what differs: saving again is then deliberate."""
    now = CoverageForm.initial_of(obj)
    differing = [
        (field.label, _shown(form, name, now[name]))
        for name, field in form.fields.items()
        if name in now and name != "revision" and str(form[name].value() or "") != str(now[name] or "")
    ]
    data = request.POST.copy()
    data["revision"] = obj.revision
    fresh = CoverageForm(data, programme=obj.programme, area=obj.area, user=request.user, entry=obj)
    fresh.is_valid()
    return fresh, differing


def _shown(form: CoverageForm, name: str, value) -> str:
    field = form.fields[name]
    if isinstance(field, SiteChoice):
        return str(field.site_of(value) or _("The area in general"))
    choices = getattr(field, "choices", None)
    if choices is None:
        return str(value or "–")
    return str({str(key): label for key, label in choices}.get(str(value or ""), value or "–"))


@require_POST
def withdraw(request, pk: int):
    obj, form = _entry(request, pk), ReasonForm(request.POST, auto_id="withdraw_%s")
    if form.is_valid():
        with tell(request, success=_("Taken back."), action="coverage.withdraw", obj=obj) as outcome:
            services.withdraw_coverage(actor=request.user, coverage=obj, **form.cleaned_data)
        if outcome.done:
            return redirect("publicity:coverage_entry", pk)
    return _page(request, _entry(request, pk), form)


@require_POST
def reprint(request, pk: int):
    """Say that an entry is a reprint of `original`, or without one an article of its own."""
    obj = _entry(request, pk)
    number = _number(request.POST.get("original", ""))
    original = _original(request, obj, number) if number else None
    with tell(request, success=_("Recorded."), action="coverage.same", obj=obj):
        services.decide_reprint(actor=request.user, coverage=obj, original=original)
    return redirect("publicity:coverage_entry", pk)


def _original(request, obj: Coverage, pk: int) -> Coverage:
    """The entry said to be the original: the one the page asked about, whoever keeps it, or one the person sees."""
    likely = _likely(obj)
    if likely and likely.pk == pk:
        return likely
    return get_visible(Coverage, request.user, pk=pk)


def _likely(obj: Coverage) -> Coverage | None:
    scheme = scheme_in(schemes_of(obj.programme), obj.published_on.year)
    return likely_original(obj, scheme.reprint_days) if scheme else None


@require_POST
def fetch(request, pk: int):
    """Try once more to keep the page."""
    obj = _entry(request, pk)
    said = _("The page is being fetched. Look again in a minute.")
    with tell(request, success=said, action="coverage.keep", obj=obj):
        fetch_again(actor=request.user, coverage=obj)
    return redirect("publicity:coverage_entry", pk)


def file(request, pk: int):
    """The file of an entry, for those who may see it."""
    obj = get_visible(Coverage, request.user, pk=pk)
    if not obj.file:
        raise Http404
    return FileResponse(obj.file.open(), as_attachment=True, filename=obj.file_name)


def snapshot(request, pk: int):
    """The page kept: shown by itself and shut in, so that nothing in it runs, loads or is taken for ours."""
    obj = get_visible(Coverage, request.user, pk=pk)
    if not obj.snapshot:
        messages.info(request, _("Nothing was kept of this page."))
        return redirect("publicity:coverage_entry", pk)
    ending = obj.snapshot.name[obj.snapshot.name.rindex(".") :]
    response = FileResponse(
        obj.snapshot.open(),
        content_type=_KINDS.get(ending, "text/plain; charset=utf-8"),
        as_attachment=ending == ".pdf",
        filename=f"{obj.title}{ending}",
    )
    response["Content-Security-Policy"] = _SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _entry(request, pk: int) -> Coverage:
    rows = coverage_for_list(request.user).select_related("programme__owner", "area", "recorded_by")
    return get_visible(rows, request.user, pk=pk)


def _page(request, obj: Coverage, form: ReasonForm):
    may_change = why_not_change(request.user, obj) is None
    likely = None
    if may_change and obj.same_as is None and not obj.kept_reprints:
        likely = _likely(obj)
    looks = list(obj.link_checks.all()[:10])
    for look in looks:
        look.words = words_of(look.status, look.note)
    context = {
        "entry": with_names([obj])[0],
        "may_change": may_change,
        "likely": likely,
        "sees_original": obj.same_as is not None and _is_seen(request, obj.same_as),
        "looks": looks,
        "is_gone": obj.state == CoverageState.WITHDRAWN,
        "asks_for_file": bool(obj.url and obj.snapshot_at and not obj.snapshot and not obj.file),
        "withdraw_form": form if may_change else None,
        "log": [Event(obj.recorded_at, _("Recorded"), obj.recorded_by), *log_rows(obj)],
    }
    return render(request, "publicity/coverage/detail.html", context)
