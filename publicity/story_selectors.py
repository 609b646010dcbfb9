"""Reading texts for the public inside the office: lists, what they may be made of, what waits for whom."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.scope import units_with_role
from notices.todo import Todo
from publicity.enums import StoryAction, StoryState
from publicity.models import ExemplaryCase, Story, StoryLog
from sites.models import Photo, Site


def stories_for_list(user):
    """The texts a person sees, with what a row shows; a fixed number of queries."""
    return Story.objects.visible_to(user).prefetch_related("area", "site__area", "case").order_by("-id")


def photos_to_choose(*, site: Site | None, case: ExemplaryCase | None):
    """What a text may be illustrated with: the confirmed photos of the site's gallery, or those of the case."""
    return Photo.objects.confirmed().filter(site=site) if site is not None else case.photos.all()


def begun_story(*, site: Site | None = None, case: ExemplaryCase | None = None) -> Story | None:
    """The text of a site or case that is being written or waits for its release."""
    begun = (StoryState.DRAFT, StoryState.OFFERED)
    return Story.objects.filter(site=site, case=case, state__in=begun).first()


def released_story(*, site: Site | None = None, case: ExemplaryCase | None = None) -> Story | None:
    """The text of a site or case the public reads now."""
    return Story.objects.released().filter(site=site, case=case).first()


def first_words(*, site: Site | None, case: ExemplaryCase | None) -> dict:
    """What the form of a new text begins with: what is released, else the words of the case, else the site's name.

    `photos` are the ids, among those to choose from, of the photos the released text has (of a case: all).
    """
    released = released_story(site=site, case=case)
    choice = photos_to_choose(site=site, case=case)
    if released is not None:
        return _words_of(released) | {"photos": same_photos(released, choice)}
    if case is not None:
        return _words_of(case) | {"photos": list(choice.values_list("pk", flat=True))}
    return {"title": site.name, "photos": []}


def same_photos(story: Story, choice) -> list[int]:
    """The ids of those photos to choose from that a story shows."""
    files = story.photos.values_list("image", flat=True)
    return list(choice.filter(image__in=list(files)).values_list("pk", flat=True))


def waiting_for(user) -> list[Todo]:
    """Handed-in texts for the office, those sent back for the county; one query each, none for others."""
    todos = []
    if owners := units_with_role(user, (Role.OFFICE,)):
        offered = Story.objects.filter(state=StoryState.OFFERED)
        rows = offered.filter(site__programme__owner__in=owners) | offered.filter(
            case__cycle__programme__owner__in=owners
        )
        todos += [_todo(story, _("Look at and release the text: %(title)s")) for story in _shown(rows)]
    if areas := units_with_role(user, (Role.UNIT_STAFF,)):
        sent_back = StoryLog.objects.filter(action=StoryAction.SEND_BACK).values("subject")
        own = Q(site=None, area__in=areas) | Q(site__area__in=areas)
        rows = Story.objects.filter(own, state=StoryState.DRAFT, pk__in=sent_back)
        todos += [_todo(story, _("Correct the text for the public: %(title)s")) for story in _shown(rows)]
    return todos


def _words_of(source) -> dict[str, str]:
    return {name: getattr(source, name) for name in ("title", "summary", "text")}


def _shown(rows):
    return rows.select_related("area", "site__area").order_by("id")


def _todo(story: Story, words: str) -> Todo:
    return Todo(
        text=words % {"title": story.title},
        url=reverse("publicity:story", args=[story.pk]),
        detail=str(story.present_area),
    )
