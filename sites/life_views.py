"""The pages of a site's ledgers: lists with a form, single entries with their steps, what waits, the gallery."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from accounts import clock
from accounts.enums import Role
from accounts.forms import ReasonForm
from accounts.lists import PER_PAGE, download, listing
from accounts.scope import units_with_role
from accounts.selectors import log_rows
from accounts.services import record
from accounts.uploads import stopped_upload
from accounts.web import get_visible, tell
from sites import services
from sites.life_content import content_fields
from sites.life_enums import ENTRY_TRANSITIONS, EntryAction, EntryState
from sites.life_forms import FORMS, EntryFilter
from sites.life_kinds import Kind, find_kind, heading, kind_of, plain, shown
from sites.life_rules import (
    is_county,
    liaison_site_ids,
    why_not_add,
    why_not_change,
    why_not_entry_action,
)
from sites.life_selectors import (
    chosen_entries,
    entries_of,
    fetched,
    figures_by_year,
    fund_sums,
    waiting_entries,
)
from sites.models import Entry, FigureReport, Fund, Photo, Plan, PlanGoal, Site

ORDERINGS: dict[str, tuple[str, ...]] = {}


def ledger(request, pk: int, kind: str):
    """One ledger of a site, filtered by year and state, exported as shown, and the form that adds an entry."""
    site = get_visible(Site.objects.select_related("area", "programme"), request.user, pk=pk)
    found = _kind(kind)
    rows = entries_of(site, found)
    if request.GET.get("export") == "xlsx":
        return _export(request, site, found, rows)
    form = _form(request, found, site)
    if request.method == "POST" and form.is_valid():
        with tell(
            request, success=_said(request.user, site), action=_code(found, "record"), obj=site
        ) as outcome:
            entry = services.add_entry(actor=request.user, site=site, model=found.model, **form.values())
        if outcome.done:
            return redirect(_after(entry, request))
    shown_rows = listing(request, rows, filterset=EntryFilter, orderings=ORDERINGS, exportable=True)
    heads = [(heading(found, column), column.is_number) for column in found.columns]
    context = {
        "site": site,
        "kind": found,
        "form": form,
        "listing": shown_rows,
        "page": shown_rows.page,
        "heads": heads,
        "rows": [(entry, _cells(found, heads, entry)) for entry in shown_rows.page],
        "may_add": why_not_add(request.user, site) is None,
        "proposes": not is_county(request.user, site),
        **_beside(found, site, shown_rows),
    }
    return render(request, "sites/life/ledger.html", context)


def entry(request, kind: str, pk: int):
    """One entry: what it says, where it stands, what happens next, and the steps this person may take."""
    obj = _entry(request, kind, pk)
    found, user = kind_of(obj), request.user
    context = {
        "entry": obj,
        "kind": found,
        "site": obj.site,
        "facts": _facts(found, obj),
        "log": log_rows(obj),
        "newer": type(obj).objects.filter(supersedes=obj).order_by("-pk").first(),
        "may_change": why_not_change(user, obj) is None,
        "may_add_photos": kind == "activities" and why_not_add(user, obj.site) is None,
        "proposes": not is_county(user, obj.site),
        "steps": {action.value: _may(user, obj, action) for action in EntryAction},
        "confirm_refusal": _why_not_confirm(user, obj),
        "reason_form": ReasonForm(),
        **(_plan_page(user, obj) if isinstance(obj, Plan) else {}),
    }
    return render(request, "sites/life/entry.html", context)


@require_POST
def step(request, kind: str, pk: int):
    """Confirm, do not confirm, or take back one entry."""
    obj = _entry(request, kind, pk)
    taken = _STEPS.get(request.POST.get("action"))
    if taken is None:
        raise Http404
    service, success = taken
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    with tell(request, success=success, action=_code(kind_of(obj), request.POST["action"]), obj=obj):
        service(request.user, obj, reason)
    return redirect("sites:entry", kind, pk)


_STEPS = {
    EntryAction.CONFIRM: (
        lambda actor, entry, reason: services.confirm_entry(actor=actor, entry=entry),
        gettext_lazy("The entry is confirmed: it counts from now on."),
    ),
    EntryAction.REFUSE: (
        lambda actor, entry, reason: services.refuse_entry(actor=actor, entry=entry, reason=reason),
        gettext_lazy("The entry is not confirmed; who proposed it reads why."),
    ),
    EntryAction.WITHDRAW: (
        lambda actor, entry, reason: services.withdraw_entry(actor=actor, entry=entry, reason=reason),
        gettext_lazy("The entry is taken back."),
    ),
}


def change(request, kind: str, pk: int):
    """Write a newer entry in the place of one: the form starts with what stands."""
    obj = _entry(request, kind, pk)
    if (refusal := why_not_change(request.user, obj)) is not None:
        messages.error(request, str(refusal))
        return redirect("sites:entry", kind, pk)
    found = kind_of(obj)
    form = FORMS[found.model](request.POST or None, instance=obj, site=obj.site)
    if request.method == "POST" and form.is_valid():
        success = _said(request.user, obj.site)
        with tell(request, success=success, action=_code(found, "record"), obj=obj) as outcome:
            newer = services.change_entry(actor=request.user, entry=obj, **form.values())
        if outcome.done:
            return redirect("sites:entry", kind, newer.pk)
    context = {
        "entry": obj,
        "kind": found,
        "site": obj.site,
        "form": form,
        "proposes": not is_county(request.user, obj.site),
    }
    return render(request, "sites/life/change.html", context)


def waiting(request):
    """What waits for confirmation: the county ticks and confirms, a liaison sees what he or she proposed."""
    user = request.user
    decides = bool(units_with_role(user, (Role.UNIT_STAFF,)))
    if not decides and not liaison_site_ids(user):
        raise Http404
    if request.method == "POST":
        _confirm_ticked(request)
        return redirect("sites:waiting")
    page = Paginator(waiting_entries(user), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(one, kind_of(one), _facts(kind_of(one), one)) for one in fetched(page)],
        "decides": decides,
    }
    return render(request, "sites/life/waiting.html", context)


def photo(request, pk: int):
    """A picture of the gallery."""
    return _picture(get_visible(Photo, request.user, pk=pk).image)


def thumbnail(request, pk: int):
    """A picture of the gallery, small."""
    return _picture(get_visible(Photo, request.user, pk=pk).thumbnail)


# --- parts of the pages -----------------------------------------------------------------------------------------


def _kind(code: str) -> Kind:
    found = find_kind(code)
    if found is None:
        raise Http404
    return found


def _entry(request, code: str, pk: int) -> Entry:
    kind = _kind(code)
    related = ("site__area", "site__programme", "recorded_by", "decided_by", "supersedes", *kind.related)
    return get_visible(kind.model.objects.select_related(*related), request.user, pk=pk)


def _code(kind: Kind, step: str) -> str:
    return f"{kind.model._meta.model_name}.{step}"


def _form(request, kind: Kind, site: Site):
    initial = {}
    if "plan" in request.GET and kind.model is PlanGoal:
        initial["plan"] = request.GET["plan"]
    for name in ("held_on", "taken_on", "year", "from_year"):
        initial[name] = clock.today() if name.endswith("_on") else clock.today().year
    extra = {"stopped": stopped_upload(request)} if kind.model is Photo and request.method == "POST" else {}
    return FORMS[kind.model](request.POST or None, request.FILES or None, site=site, initial=initial, **extra)


def _said(user, site: Site) -> str:
    if is_county(user, site):
        return _("The entry is in the ledger.")
    return _("Proposed. The county staff of %(unit)s confirms it.") % {"unit": site.area}


def _after(obj: Entry, request) -> str:
    """Where one goes on: from a goal to its plan; the county from the quick form to the page of the site, else to the
    ledger; a liaison to the entry, which says what it waits for."""
    kind = kind_of(obj)
    if isinstance(obj, PlanGoal):
        return reverse("sites:entry", args=["plans", obj.plan_id])
    if obj.state == EntryState.PROPOSED:
        return reverse("sites:entry", args=[kind.code, obj.pk])
    if kind.code == "activities":
        return reverse("sites:detail", args=[obj.site_id])
    return reverse("sites:life", args=[obj.site_id, kind.code])


def _cells(kind: Kind, heads: list[tuple[str, bool]], obj: Entry) -> list[tuple[str, str, bool]]:
    """An entry's row: each cell with its heading before it and whether it is a number."""
    return [
        (label, shown(column.value(obj), column.places), is_number)
        for column, (label, is_number) in zip(kind.columns, heads, strict=True)
    ]


def _beside(kind: Kind, site: Site, rows) -> dict:
    """What a ledger shows beside its rows."""
    if kind.model is Fund:
        return {"sums": fund_sums(rows.filter.qs)}
    if kind.model is FigureReport:
        return {"figures": figures_by_year(site)}
    return {}


def _facts(kind: Kind, obj: Entry) -> list[tuple[str, str]]:
    """What an entry says, by the headings of its columns; empty ones are left out. The first is its title."""
    pairs = [(heading(kind, column), shown(column.value(obj), column.places)) for column in kind.columns]
    if "summary" in content_fields(kind.model):
        field = kind.model._meta.get_field("summary")
        pairs.append((str(field.verbose_name).capitalize(), obj.summary))
    return [(label, words) for label, words in pairs if words]


def _may(user, obj: Entry, action: str) -> bool:
    possible = (obj.state, action) in ENTRY_TRANSITIONS and action != EntryAction.REPLACE
    return possible and why_not_entry_action(user, obj, action, "-") is None


def _why_not_confirm(user, obj: Entry) -> list:
    """Why the county cannot confirm a proposal that waits; empty where it can or where it is not its affair."""
    if obj.state != EntryState.PROPOSED or not is_county(user, obj.site):
        return []
    refusal = why_not_entry_action(user, obj, EntryAction.CONFIRM, "")
    return [refusal] if refusal else []


def _plan_page(user, plan: Plan) -> dict:
    """The goals of a plan by year, with how far each year has come."""
    goals = list(plan.goals.standing().order_by("year", "id"))
    years = []
    for year in range(plan.from_year, plan.to_year + 1):
        own = [goal for goal in goals if goal.year == year]
        counted = [goal.progress for goal in own if goal.state == EntryState.CONFIRMED]
        years.append((year, own, sum(counted) // len(counted) if counted else None))
    may_add = plan.state in (EntryState.PROPOSED, EntryState.CONFIRMED) and not why_not_add(user, plan.site)
    return {"years": years, "may_add_goal": may_add, "progress": _whole_progress(goals)}


def _whole_progress(goals: list[PlanGoal]) -> int | None:
    counted = [goal.progress for goal in goals if goal.state == EntryState.CONFIRMED]
    return sum(counted) // len(counted) if counted else None


def _confirm_ticked(request) -> None:
    ticked = chosen_entries(request.user, request.POST.getlist("entry"))
    if not ticked:
        messages.error(request, _("Tick the entries to confirm."))
        return
    done, refusals = services.confirm_entries(actor=request.user, entries=ticked)
    if done:
        words = ngettext("%(n)s entry is confirmed.", "%(n)s entries are confirmed.", done)
        messages.success(request, words % {"n": done})
    for refusal in refusals:
        messages.error(request, refusal)


def _export(request, site: Site, kind: Kind, rows):
    """The entries the filters show, as a workbook."""
    chosen = EntryFilter(request.GET, queryset=rows, request=request).qs
    record(action="ledger.export", actor=request.user, obj=site, unit=site.area)
    heads = [heading(kind, column) for column in kind.columns]
    return download(
        headers=[*heads, _("State"), _("Recorded by"), _("Recorded on")],
        rows=(
            [
                *(plain(column.value(one)) for column in kind.columns),
                one.get_state_display(),
                str(one.recorded_by or ""),
                plain(localdate(one.recorded_at)),
            ]
            for one in chosen
        ),
        title=f"{kind.label} {site.name} {clock.today().isoformat()}"[:120],
    )


def _picture(file) -> FileResponse:
    if not file:
        raise Http404
    return FileResponse(file.open(), content_type="image/jpeg")
