"""The editor for indicator sets: the office writes the next version, leaders read."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.enums import Role
from accounts.errors import StaleForm
from accounts.scope import units_with_role
from accounts.web import get_visible, tell
from assessments import indicator_page as page
from assessments.indicator_content import LINE_FIELDS, SET_FIELDS
from assessments.indicator_forms import LineForm, PublishForm, StartForm, VersionForm
from assessments.indicator_rules import first_free_year, may_edit_indicators, why_not_edit
from assessments.models import Indicator, IndicatorSet
from assessments.services import indicators as services
from sites.models import Category


def version_list(request):
    """All categories with their versions."""
    if not units_with_role(request.user, (Role.OFFICE, Role.LEADER)):
        raise Http404
    return render(request, "assessments/indicators/list.html", {"rows": page.categories_shown(request.user)})


def start(request, pk: int):
    """Make the next version of a category's set."""
    owners = units_with_role(request.user, (Role.OFFICE,))
    category = get_object_or_404(Category, pk=pk, programme__owner__in=owners)
    year = first_free_year(category)
    form = StartForm(request.POST or None, initial={"from_year": year, "version": f"{year}.1"})
    if request.method == "POST" and form.is_valid():
        done = _("The draft is there; it says what the newest version says.")
        with tell(request, success=done, action="indicatorset.start", obj=category) as outcome:
            draft = services.start_version(actor=request.user, category=category, **form.cleaned_data)
        if outcome.done:
            return redirect("assessments:indicators_version", draft.pk)
    return render(
        request, "assessments/indicators/start.html", {"form": form, "category": category, "year": year}
    )


def version(request, pk: int):
    """One version: its lines, sums and checks; while it is a draft with everything to change it."""
    found = _visible(request, pk)
    may_edit = why_not_edit(request.user, found) is None
    context = {
        "set": found,
        "may_edit": may_edit,
        "others": _others(found),
        "log": found.log.select_related("actor"),
        **page.table(found),
    }
    return render(request, "assessments/indicators/version.html", context)


def edit(request, pk: int):
    """What a draft says apart from its lines."""
    found = _editable(request, pk)
    if found.state != "draft":
        return _frozen(request, found)
    form = VersionForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("version", "from_year", *SET_FIELDS)}
        with tell(request, success=_("Saved."), action="indicatorset.save", obj=found) as outcome:
            services.save_version(
                actor=request.user,
                indicator_set=found,
                revision=form.cleaned_data["revision"],
                **values,
            )
        if outcome.done:
            return redirect("assessments:indicators_version", pk)
        form = _keep(request, outcome, lambda data: VersionForm(data, instance=_fresh(found))) or form
    return render(request, "assessments/indicators/edit.html", {"form": form, "set": found})


def line(request, pk: int, line_pk: int | None = None):
    """One section or line of a draft: a new one without `line_pk`."""
    found = _editable(request, pk)
    if found.state != "draft":
        return _frozen(request, found)
    row = get_object_or_404(found.indicators, pk=line_pk) if line_pk else None
    form = _line_form(request.POST or None, found, row, request.GET)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in (*LINE_FIELDS, "code", "parent", "revision")}
        with tell(request, success=_("Saved."), action="indicatorset.save", obj=found) as outcome:
            services.save_line(actor=request.user, indicator_set=found, line=row, **values)
        if outcome.done:
            return redirect(f"{reverse('assessments:indicators_version', args=[pk])}#line-{values['code']}")
        form = _keep(request, outcome, lambda data: _line_form(data, _fresh(found), row, {})) or form
    context = {
        "form": form,
        "set": found,
        "line": row,
        "stored": row and Indicator.objects.filter(pk=row.pk).first(),
        "stale": form.is_bound and form.data.get("revision") != request.POST.get("revision"),
    }
    return render(request, "assessments/indicators/line.html", context)


@require_POST
def line_move(request, pk: int, line_pk: int):
    """Move a line up or down inside its section."""
    found = _visible(request, pk)
    row = get_object_or_404(found.indicators, pk=line_pk)
    with tell(request, success=None, action="indicatorset.save", obj=found):
        services.move_line(
            actor=request.user,
            indicator_set=found,
            revision=_number(request.POST.get("revision")),
            line=row,
            up="up" in request.POST,
        )
    return redirect(f"{reverse('assessments:indicators_version', args=[pk])}#line-{row.code}")


@require_POST
def line_delete(request, pk: int, line_pk: int):
    """Take a line out of a draft."""
    found = _visible(request, pk)
    row = get_object_or_404(found.indicators, pk=line_pk)
    with tell(request, success=_("The line was deleted."), action="indicatorset.save", obj=found):
        services.delete_line(
            actor=request.user,
            indicator_set=found,
            revision=_number(request.POST.get("revision")),
            line=row,
        )
    return redirect("assessments:indicators_version", pk)


def sums(request, pk: int):
    """What the section and the set come to with the line as it stands in the form now (htmx)."""
    found = _editable(request, pk)
    form = _line_form(request.GET, found, None, {})
    form.full_clean()
    typed = form.cleaned_data
    parent = typed.get("parent")
    context = page.what_if(
        found,
        _number(request.GET.get("line")) or None,
        parent and parent.pk,
        typed.get("kind", ""),
        typed.get("points"),
    )
    return render(request, "assessments/indicators/parts/sums.html", context)


def compare(request, pk: int):
    """Two versions of a category, line by line: what was added, removed, changed from what to what."""
    newer = _visible(request, pk)
    others = _others(newer)
    chosen = _number(request.GET.get("with"))
    older = next((other for other in others if other.pk == chosen), None) or _before(newer, others)
    context = {
        "set": newer,
        "older": older,
        "others": others,
        "changes": page.changes_between(older, newer) if older else [],
    }
    return render(request, "assessments/indicators/compare.html", context)


def publish(request, pk: int):
    """The last look before a draft is published and frozen."""
    found = _editable(request, pk)
    if found.state != "draft":
        return _frozen(request, found)
    initial = {"revision": found.revision, "total": page.expected_total(found)}
    form = PublishForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        done = _("The version is published and holds from %(year)s.") % {"year": found.from_year}
        with tell(request, success=done, action="indicatorset.publish", obj=found) as outcome:
            services.publish_version(actor=request.user, indicator_set=found, **form.cleaned_data)
        if outcome.done:
            return redirect("assessments:indicators_version", pk)
        form = _keep(request, outcome, PublishForm) or form
    older = found.based_on
    context = {
        "set": found,
        "form": form,
        "older": older,
        "changes": page.changes_between(older, found) if older else [],
        **page.table(found),
    }
    return render(request, "assessments/indicators/publish.html", context)


@require_POST
def delete(request, pk: int):
    """Throw a draft away."""
    found = _visible(request, pk)
    with tell(
        request, success=_("The draft was deleted."), action="indicatorset.delete", obj=found
    ) as outcome:
        services.delete_version(
            actor=request.user, indicator_set=found, revision=_number(request.POST.get("revision"))
        )
    if outcome.done:
        return redirect("assessments:indicators")
    return redirect("assessments:indicators_version", pk)


def _visible(request, pk: int) -> IndicatorSet:
    sets = IndicatorSet.objects.select_related("category", "programme__owner", "based_on", "published_by")
    return get_visible(sets, request.user, pk=pk)


def _editable(request, pk: int) -> IndicatorSet:
    """A set this person may see and would write, published or not; leaders get no form at all."""
    found = _visible(request, pk)
    if not may_edit_indicators(request.user, found.programme):
        raise Http404
    return found


def _frozen(request, found: IndicatorSet):
    messages.error(request, str(why_not_edit(request.user, found)))
    return redirect("assessments:indicators_version", found.pk)


def _line_form(data, found: IndicatorSet, row: Indicator | None, initial) -> LineForm:
    start = {} if row else {"parent": initial.get("parent"), "kind": initial.get("kind") or "scored"}
    return LineForm(data, indicator_set=found, instance=row, initial=start)


def _keep(request, outcome, form_of):
    """After another window saved: the form with what was typed, ready to be saved over what stands there now."""
    if not isinstance(outcome.error, StaleForm):
        return None
    data = request.POST.copy()
    found = IndicatorSet.objects.filter(pk=request.resolver_match.kwargs["pk"]).first()
    data["revision"] = str(found.revision) if found else data.get("revision", "")
    return form_of(data)


def _fresh(found: IndicatorSet) -> IndicatorSet:
    return IndicatorSet.objects.filter(pk=found.pk).first() or found


def _others(found: IndicatorSet) -> list[IndicatorSet]:
    sets = IndicatorSet.objects.filter(category=found.category).exclude(pk=found.pk)
    return list(sets.order_by("-from_year", "-id"))


def _before(found: IndicatorSet, others: list[IndicatorSet]) -> IndicatorSet | None:
    """The version to compare with first: the one it was made from, else the one that held before it."""
    made_from = next((other for other in others if other.pk == found.based_on_id), None)
    earlier = [other for other in others if other.from_year < found.from_year]
    return made_from or (earlier or others or [None])[0]


def _number(text: str | None) -> int:
    """A number as sent back; 0, which nothing has, for anything else."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0
