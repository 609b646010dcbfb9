from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from accounts.lists import PER_PAGE
from dashboard import inbox as desk
from dashboard.feed import feed_of
from dashboard.page import headlines_of, sections_of, shown
from dashboard.page_head import heading_of, question_of
from notices.services.feeds import note_reading, person_of_feed

#: How often one address is answered in a minute; a calendar asks a few times a day.
FEED_READS_A_MINUTE = 30


def inbox(request):
    """The first page after signing in."""
    user = request.user
    waiting = desk.waiting(user)
    return render(
        request,
        "dashboard/inbox.html",
        {
            "waiting": waiting,
            "waiting_count": sum(item.todo.count for item in waiting),
            "page": Paginator(waiting, PER_PAGE).get_page(request.GET.get("page")),
            "years": desk.open_years(user),
            "sheets": desk.sheets_handed_in(user),
            "pointers": desk.pointers(user),
            "unread": desk.unread_messages(user),
            "has_any_role": desk.has_any_role(user),
        },
    )


def overview(request):
    """All figures of one cycle over what the person's roles reach, as of a day."""
    question = question_of(request)
    if question is None:
        return render(request, "dashboard/overview.html")
    heading = heading_of(question)
    if heading["is_before"]:
        return render(request, "dashboard/overview.html", heading)
    made = sections_of(question)
    sections = shown(made)
    charts = {table.key: table.chart for one in sections for table in one.tables if table.chart}
    context = heading | {"sections": sections, "charts": charts, "headlines": headlines_of(made)}
    return render(request, "dashboard/overview.html", context)


@login_not_required
@require_safe
def feed(request, token: str):
    """A person's calendar, behind an address only he or she knows; without signing in, as calendars ask for it."""
    user = person_of_feed(token)
    if user is None:
        raise Http404
    if _asked_too_often(f"feed:{user.pk}"):
        return HttpResponse(status=429, headers={"Retry-After": "60"})
    note_reading(user=user)
    response = HttpResponse(feed_of(user), content_type="text/calendar; charset=utf-8")
    patch_cache_control(response, private=True, max_age=900)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Content-Disposition"] = 'inline; filename="calendar.ics"'
    return response


def _asked_too_often(key: str) -> bool:
    cache.add(key, 0, timeout=60)
    try:
        return cache.incr(key) > FEED_READS_A_MINUTE
    except ValueError:  # its minute ended in between
        return False
