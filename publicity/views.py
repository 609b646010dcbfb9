from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import clock
from accounts.lists import PER_PAGE
from publicity.selectors import (
    contact_of,
    plaques_taken_back,
    public_notices,
)


@login_not_required
@require_safe
def taken_back(request):
    """The plaques that were taken back: site, level, number and day, no persons."""
    page = Paginator(plaques_taken_back(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "publicity/taken_back.html", {"page": page})


@login_not_required
@require_safe
def notices(request):
    """Public notices before awards: those running now, on which anybody may object, and the past ones."""
    today = clock.today()
    page = Paginator(public_notices(today), PER_PAGE).get_page(request.GET.get("page"))
    for notice in page:
        notice.contact = contact_of(notice)
    context = {
        "page": page,
        "running": [notice for notice in page if notice.ends_on >= today],
        "past": [notice for notice in page if notice.ends_on < today],
    }
    return render(request, "publicity/notices.html", context)
