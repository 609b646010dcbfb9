"""The working calendar: the days that differ from the ordinary week, and the last days that fall on days off."""

import datetime
import re

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts import clock
from accounts.web import tell
from notices.dated import dates_on_days_off
from notices.forms import CalendarDayForm
from notices.models import CalendarDay
from notices.rules import may_edit_calendar
from notices.selectors import calendar_years, unknown_years
from notices.services import fill_calendar, is_published, remove_calendar_day, set_calendar_day


def calendar(request):
    """The working calendar's exceptions of a year, and a form to enter or change one."""
    _only_keepers(request)
    form = CalendarDayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with tell(request, success=_("The calendar is changed."), action="calendar.set") as outcome:
            row = set_calendar_day(actor=request.user, **form.cleaned_data)
        if outcome.done:
            return _to_year(row.day.year)
    this_year = clock.today().year
    year = _year(request.GET.get("year", "")) or this_year
    missing = unknown_years(this_year)
    context = {
        "form": form,
        "year": year,
        "years": sorted({*calendar_years(), this_year, this_year + 1, year}),
        "days": CalendarDay.objects.filter(day__year=year),
        "unknown_years": missing,
        "fillable": is_published(year),
        "days_off": dates_on_days_off(request.user),
    }
    return render(request, "notices/calendar.html", context)


@require_POST
def calendar_remove(request):
    """Take an exception out, so that the rule of its weekday holds again."""
    _only_keepers(request)
    try:
        day = datetime.date.fromisoformat(request.POST.get("day", ""))
    except ValueError as error:
        raise Http404 from error
    with tell(request, success="", action="calendar.remove"):
        if remove_calendar_day(actor=request.user, day=day):
            messages.success(request, _("The day is taken out: the rule of its weekday holds again."))
    return _to_year(day.year)


@require_POST
def calendar_fill(request):
    """Fill a year from the published calendar."""
    _only_keepers(request)
    year = _year(request.POST.get("year", ""))
    if year is None:
        raise Http404
    with tell(request, success="", action="calendar.fill"):
        count = fill_calendar(actor=request.user, year=year)
        words = ngettext("%(count)d day was added.", "%(count)d days were added.", count)
        messages.success(request, words % {"count": count})
    return _to_year(year)


def _only_keepers(request) -> None:
    if not may_edit_calendar(request.user):
        raise Http404


def _to_year(year: int):
    return redirect(f"{reverse('notices:calendar')}?year={year}")


def _year(text: str) -> int | None:
    """A year from 1900 to 2199 as typed into the address, else None."""
    return int(text) if re.fullmatch(r"(19|20|21)[0-9]{2}", text) else None
