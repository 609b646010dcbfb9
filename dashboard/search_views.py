from django.http import Http404
from django.shortcuts import render

from accounts.wanted import MOST_CHARACTERS, wanted
from dashboard.rules import may_search
from dashboard.search import search as search_all


def search(request):
    """Everything a person may see that fits what was typed, in groups; 404 for those who read nothing."""
    if not may_search(request.user):
        raise Http404
    asked = wanted(request.GET.get("q", ""))
    context = {"asked": asked, "groups": search_all(request.user, asked), "most": MOST_CHARACTERS}
    return render(request, "dashboard/search.html", context)
