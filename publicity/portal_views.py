"""The public portal: pages anybody reads without signing in. What they hold comes from publicity.portal alone."""

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers, get_conditional_response
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.forms import StyledForm
from accounts.models import Unit
from publicity import portal
from publicity.forms import PlaqueNumberForm
from publicity.portal_cache import Asked, may_be_kept, published
from publicity.portal_figures import figures
from sites.models import Category, Level

PER_PAGE = 12
_NEWEST = 3


class SiteSearch(StyledForm):
    """What the list of published sites is narrowed by."""

    q = forms.CharField(label=_("Name"), max_length=100, required=False)
    area = forms.ModelChoiceField(
        label=_("County or park"), queryset=Unit.objects.none(), required=False, empty_label=_("All")
    )
    category = forms.ModelChoiceField(
        label=_("Category"), queryset=Category.objects.none(), required=False, empty_label=_("All")
    )
    level = forms.ModelChoiceField(
        label=_("Level"), queryset=Level.objects.none(), required=False, empty_label=_("All")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = portal.published_areas()
        self.fields["category"].queryset = portal.published_categories()
        self.fields["level"].queryset = portal.published_levels()

    def stories(self):
        """The stories the search asks for; none for one that cannot be understood."""
        if not self.is_valid():
            return portal.site_stories().none()
        chosen = dict(self.cleaned_data)
        return portal.site_stories(words=chosen.pop("q"), **chosen)


@published("publicity/portal/start.html")
def start(asked: Asked) -> dict:
    """What the programme is, what is new, and where everything else is."""
    return {
        "programmes": portal.programmes(),
        "figures": figures(),
        "sites": portal.told(portal.site_stories()[:_NEWEST]),
        "cases": portal.told(portal.case_stories()[:_NEWEST]),
        "notices": portal.running_notices(),
        "dates": portal.public_dates(),
        "form": PlaqueNumberForm(auto_id="check_%s"),
    }


@published("publicity/portal/sites.html")
def sites(asked: Asked) -> dict:
    """The published sites, by area, category, level and name."""
    search = SiteSearch(asked.query)
    page = Paginator(search.stories(), PER_PAGE).get_page(asked.query.get("page"))
    filtered = any(asked.query.get(name) for name in search.fields)
    return {
        "form": search,
        "page": page,
        "stories": portal.told(page.object_list),
        "query": asked.query_without_page(),
        "filtered": filtered,
    }


@published("publicity/portal/story.html")
def site(asked: Asked, pk: int) -> dict:
    """The page of a published site."""
    return {"story": _found(portal.site_story(pk))}


@published("publicity/portal/cases.html")
def cases(asked: Asked) -> dict:
    """The published exemplary cases."""
    page = Paginator(portal.case_stories(), PER_PAGE).get_page(asked.query.get("page"))
    return {"page": page, "stories": portal.told(page.object_list), "query": asked.query_without_page()}


@published("publicity/portal/story.html")
def case(asked: Asked, pk: int) -> dict:
    """The page of a published case."""
    return {"story": _found(portal.case_story(pk))}


@published("publicity/portal/figures.html")
def statistics(asked: Asked) -> dict:
    """How many sites hold plaques, and how many plaques were awarded and revoked by year."""
    return {"figures": figures()}


@login_not_required
@require_safe
def photo(request, pk: int):
    """A photo of a released story."""
    return _picture(request, pk, small=False)


@login_not_required
@require_safe
def thumbnail(request, pk: int):
    """A photo of a released story, small."""
    return _picture(request, pk, small=True)


@login_not_required
@require_safe
def language(request, code: str):
    """Read the public pages in another language from now on, and go back to ?next=."""
    if code not in dict(settings.LANGUAGES):
        raise Http404
    back = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    response = HttpResponseRedirect(back if is_ours else reverse("publicity:portal"))
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, code, samesite="Lax")
    add_never_cache_headers(response)
    return response


def _picture(request, pk: int, *, small: bool):
    """A stored picture never changes under its name, so the name is what a browser asks with."""
    file = portal.picture_file(pk, small=small)
    try:
        stream = file and file.open()
    except FileNotFoundError:
        stream = None
    if not stream:
        raise Http404
    response = may_be_kept(FileResponse(stream, content_type="image/jpeg"))
    response["ETag"] = f'"{file.name.rpartition("/")[2]}"'
    return get_conditional_response(request, etag=response["ETag"], response=response)


def _found(story):
    if story is None:
        raise Http404
    return story
