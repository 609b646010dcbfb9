"""Texts for the public inside the office: written by the county, looked at and released by the leadership office."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import StaleForm
from accounts.forms import ReasonForm
from accounts.lists import respond
from accounts.web import get_visible, tell
from publicity import portal
from publicity.case_forms import ReleaseForm, StoryForm
from publicity.case_lists import STORY_ORDERINGS, StoryFilter, StoryResource
from publicity.case_views import history_of, picture_of, sent_back
from publicity.enums import StoryAction, StoryState
from publicity.models import ExemplaryCase, Story, StoryPhoto
from publicity.services import stories as services
from publicity.story_rules import may_take_story, suspected, why_not_change_story, why_not_write_story
from publicity.story_selectors import (
    begun_story,
    first_words,
    photos_to_choose,
    released_story,
    same_photos,
    stories_for_list,
)
from sites.models import Site

#: What the history says of a step, where the state it led to does not tell.
_SAID = {
    StoryAction.SEND_BACK: gettext_lazy("Returned for correction"),
    StoryAction.DROP: gettext_lazy("Dropped"),
}


def story_list(request):
    """The texts a person sees, in all their states."""
    return respond(
        request,
        stories_for_list(request.user),
        template="publicity/stories/list.html",
        filterset=StoryFilter,
        orderings=STORY_ORDERINGS,
        resource=StoryResource,
        title=_("Texts for the public"),
        action="story.export",
    )


def story_of_site(request, pk: int):
    """Write the text of a site, or go on with the one that was begun."""
    site = get_visible(Site.objects.select_related("area", "programme__owner"), request.user, pk=pk)
    return _write(request, site=site)


def story_of_case(request, pk: int):
    """Write the text of a selected case, or go on with the one that was begun."""
    related = ("area", "site", "cycle__programme__owner")
    case = get_visible(ExemplaryCase.objects.select_related(*related), request.user, pk=pk)
    return _write(request, case=case)


def story(request, pk: int):
    """One text: as the public will read it, where it stands, what happens next."""
    return _page(request, _story(request, pk))


@require_safe
def story_preview(request, pk: int):
    """The page exactly as the public will see it, or sees it."""
    obj = _story(request, pk)
    shown = portal.as_it_would_be(obj, "publicity:story_photo", "publicity:story_thumbnail")
    context = {"story": shown, "path": shown.url, "preview_of": pk, "preview_state": obj.state}
    return render(request, "publicity/portal/story.html", context)


def story_edit(request, pk: int):
    """Change a draft and choose its photos."""
    obj = _story(request, pk)
    if why_not_change_story(request.user, obj) is not None:
        return redirect("publicity:story", pk)
    choice, now_there = photos_to_choose(site=obj.site, case=obj.case), []
    form = StoryForm(
        request.POST or None, instance=obj, photos=choice, initial={"photos": same_photos(obj, choice)}
    )
    if request.method == "POST" and form.is_valid():
        with tell(request, success=_("Saved."), action="story.change", obj=obj) as outcome:
            services.change_story(
                actor=request.user,
                story=obj,
                revision=form.cleaned_data["revision"] or 0,
                photos=form.cleaned_data["photos"],
                **form.words(),
            )
        if outcome.done:
            return redirect("publicity:story", pk)
        if isinstance(outcome.error, StaleForm):
            now_there = form.take_on(obj)
    return _form_page(request, form, choice, now_there, story=obj, site=obj.site, case=obj.case)


@require_POST
def story_release(request, pk: int):
    """Release a text, as it was shown."""
    obj, form = _story(request, pk), ReleaseForm(request.POST)
    if not form.is_valid():
        raise Http404
    success = _("Released: the public reads it within a minute.")
    with tell(request, success=success, action="story.release", obj=obj):
        services.release_story(actor=request.user, story=obj, **form.cleaned_data)
    return redirect("publicity:story", pk)


@require_POST
def story_step(request, pk: int):
    """Hand in, drop, send back or take off."""
    taken = _STEPS.get(request.POST.get("action"))
    if taken is None:
        raise Http404
    obj, form = _story(request, pk), ReasonForm(request.POST)
    service, success = taken
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    with tell(request, success=success, action=f"story.{request.POST['action']}", obj=obj):
        service(request.user, obj, reason)
    return redirect("publicity:story", pk)


_STEPS = {
    StoryAction.OFFER: (
        lambda actor, story, reason: services.offer_story(actor=actor, story=story),
        gettext_lazy("Handed in. The leadership office looks at it and releases it."),
    ),
    StoryAction.DROP: (
        lambda actor, story, reason: services.drop_story(actor=actor, story=story),
        gettext_lazy("Dropped: a new text can be begun."),
    ),
    StoryAction.SEND_BACK: (
        lambda actor, story, reason: services.send_story_back(actor=actor, story=story, reason=reason),
        gettext_lazy("Sent back: the county corrects it and hands it in again."),
    ),
    StoryAction.WITHDRAW: (
        lambda actor, story, reason: services.withdraw_story(actor=actor, story=story, reason=reason),
        gettext_lazy("Taken off: within a minute nobody finds it any more."),
    ),
}


def story_photo(request, pk: int):
    """A photo of a text, for those who may see the text."""
    return picture_of(get_visible(StoryPhoto, request.user, pk=pk).image)


def story_thumbnail(request, pk: int):
    """A photo of a text, small."""
    return picture_of(get_visible(StoryPhoto, request.user, pk=pk).thumbnail)


def _write(request, *, site: Site | None = None, case: ExemplaryCase | None = None):
    begun = begun_story(site=site, case=case)
    if begun is not None and Story.objects.visible_to(request.user).filter(pk=begun.pk).exists():
        return redirect("publicity:story", begun.pk)
    if (refusal := why_not_write_story(request.user, site=site, case=case)) is not None:
        messages.error(request, str(refusal))
        return redirect("sites:detail", site.pk) if site else redirect("publicity:case", case.pk)
    choice = photos_to_choose(site=site, case=case)
    form = StoryForm(request.POST or None, photos=choice, initial=first_words(site=site, case=case))
    if request.method == "POST" and form.is_valid():
        with tell(request, success=_("Saved as a draft."), action="story.write", obj=site or case) as outcome:
            story = services.write_story(
                actor=request.user,
                site=site,
                case=case,
                photos=form.cleaned_data["photos"],
                **form.words(),
            )
        if outcome.done:
            return redirect("publicity:story", story.pk)
    return _form_page(request, form, choice, site=site, case=case)


def _form_page(request, form: StoryForm, choice, now_there=(), *, site, case, story: Story | None = None):
    context = {
        "form": form,
        "now_there": now_there,
        "story": story,
        "site": site,
        "case": case,
        "choice": list(choice),
        "ticked": {str(pk) for pk in form["photos"].value() or []},
        "most_photos": services.MOST_PHOTOS,
        "replaces": released_story(site=site, case=case),
    }
    return render(request, "publicity/stories/form.html", context)


def _page(request, obj: Story):
    user, is_released = request.user, obj.state == StoryState.RELEASED
    subject = {"site": obj.site, "case": obj.case}
    log = history_of(obj, _SAID)
    context = {
        "story": obj,
        "photos": list(obj.photos.all()),
        "suspected": suspected(obj) if obj.state in (StoryState.DRAFT, StoryState.OFFERED) else [],
        "may_change": why_not_change_story(user, obj) is None,
        "may_replace": is_released and why_not_write_story(user, **subject) is None,
        "steps": {action.name.lower(): may_take_story(user, obj, action) for action in StoryAction},
        "release_form": ReleaseForm(initial={"revision": obj.revision}),
        "reason_form": ReasonForm(auto_id=False),
        "replaces": None if is_released else released_story(**subject),
        "begun": begun_story(**subject) if is_released else None,
        "log": log,
        "returned": sent_back(obj, log),
    }
    return render(request, "publicity/stories/detail.html", context)


def _story(request, pk: int) -> Story:
    related = (
        *("area", "site__area", "site__category", "site__programme__owner"),
        *("case__area", "case__cycle__programme__owner", "written_by"),
    )
    return get_visible(Story.objects.select_related(*related), request.user, pk=pk)
