"""Nothing private leaves by a public address: every private text field holds a marker of its own, every file that is
not released marked bytes, and every public address is read in both languages without signing in."""

import html
import re
from itertools import count
from urllib.parse import unquote, urlsplit

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Cast, Concat
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts import clock
from accounts.models import AuditEvent, Unit, User
from applications.models import Application, Cycle
from assessments.models import Assessment, Objection, PublicNotice
from publicity.models import CasePhoto, Story, StoryPhoto
from publicity.services.cases import add_case_photo, take_case_step, write_case
from publicity.services.stories import offer_story, release_story, withdraw_story, write_story
from sites.models import Photo, Plaque, Site
from sites.services import add_entry, award_plaque, close_site
from supervision.models import InspectionPhoto
from tests.applications.conftest import draft, fill  # noqa: F401 - fixtures
from tests.publicity.columns import KEYS, PRIVATE, PUBLIC
from tests.sites.life import photo_file, values_of
from tests.whole.test_doors import PUBLIC as PUBLIC_DOORS
from tests.whole.test_doors import scene  # noqa: F401 - fixture

_TEXTS = (models.CharField, models.TextField, models.JSONField, models.FileField)
OURS = {
    "accounts", "notices", "sites", "applications", "assessments", "supervision", "publicity", "dashboard",
    "programmes",
}  # fmt: skip
#: Chains and trails that refuse to be changed: a row of their own holds the markers.
_ONLY_ADDED = (AuditEvent,)
_MARKER = re.compile(r"zq\d{3}z")
_FILE = b"ZQFILEQZ"


def text_fields(model) -> set[str]:
    """The fields of a model that hold words or files; a choice of an enumeration is not one."""
    return {f.name for f in model._meta.concrete_fields if isinstance(f, _TEXTS) and not f.choices}


def ours() -> list:
    return [model for model in apps.get_models() if model._meta.app_label in OURS]


def test_every_text_field_is_in_one_column():
    found = {model._meta.label_lower: text_fields(model) for model in ours() if text_fields(model)}
    columns = (PUBLIC, PRIVATE, KEYS)
    listed = {label: [n for column in columns for n in column.get(label, "").split()] for label in found}
    assert {label: sorted(names) for label, names in listed.items()} == {
        label: sorted(names) for label, names in found.items()
    }
    assert set().union(*columns) == set(found)


# --- the scene --------------------------------------------------------------------------------------------------


def words(name: str) -> dict[str, str]:
    return {"title": f"题目{name}", "summary": f"摘要{name}", "text": f"正文{name}"}


def hidden(name: str) -> dict[str, str]:
    """Words of a story or case the public must not read."""
    return {key: f"zq999z{value}" for key, value in words(name).items()}


@pytest.fixture
def world(scene, people, xiangtan, make_site):  # noqa: F811
    """Beside the scene of all doors: stories and cases in every state, an objection, and one published site."""
    told = make_site(name="公开示范点")
    county, office = people.county, people.office
    shown = add_entry(actor=county, site=told, model=Photo, **values_of(Photo))
    taken_out = add_entry(
        actor=county, site=told, model=Photo, **values_of(Photo, name="撤下", picture=photo_file())
    )
    award_plaque(
        actor=office, site=told, level=xiangtan.levels["city"], awarded_on=clock.today(), reason="依据"
    )
    _release(people, site=told, **hidden("旧"))
    _release(people, site=told, photos=[shown, taken_out], **words("公开"))
    Photo.objects.filter(pk=taken_out.pk).update(state="withdrawn")
    write_story(actor=county, site=told, photos=[shown], **hidden("草稿"))
    gone = make_site(name="zq998z撤下的点")
    withdraw_story(
        actor=office,
        story=_release(people, site=gone, photos=_photo(county, gone), **hidden("撤")),
        reason="-",
    )
    closed = make_site(name="zq997z撤销的点")
    _release(people, site=closed, photos=_photo(county, closed), **hidden("关"))
    close_site(actor=county, site=closed, reason="-")
    _cases(people, xiangtan, told)
    _objection(scene, people)
    return told


def _photo(actor, site) -> list[Photo]:
    return [add_entry(actor=actor, site=site, model=Photo, **values_of(Photo, picture=photo_file()))]


def _release(people, **story):
    made = write_story(actor=people.county, **story)
    offer_story(actor=people.county, story=made)
    return release_story(actor=people.office, story=made, revision=made.revision)


def _cases(people, xiangtan, site) -> None:
    """A case whose text is public beside its inner one, and one that is only nominated."""
    for name in ("入选", "提名"):
        case = write_case(
            actor=people.county, cycle=xiangtan.cycle, area=site.area, site=site, **hidden(name)
        )
        add_case_photo(actor=people.county, case=case, picture=photo_file(), caption="-", alt="-")
        take_case_step(actor=people.county, case=case, action="nominate")
        if name == "入选":
            case = take_case_step(actor=people.office, case=case, action="select")
            _release(people, case=case, photos=case.photos.all(), **words("案例"))


def _objection(scene, people) -> None:  # noqa: F811
    """A running notice with an objection."""
    assessment = Assessment.objects.get(pk=scene.assessment)
    Assessment.objects.filter(pk=assessment.pk).update(state="noticed", score="80")
    notice = PublicNotice.objects.create(
        site_name=assessment.application.site.name, assessment=assessment, starts_on="2017-05-22",
        ends_on="2017-05-26", working_days=5, published_by=people.office,
    )  # fmt: skip
    Objection.objects.create(notice=notice, text="-", objector="-", contact="-", received_on="2017-05-22")


def notice_time():
    return User.objects.first().date_joined


def mark_everything() -> dict[str, str]:
    """Write a marker into every private field of every row; returns what each marker stands for."""
    numbers, marked = count(1), {}
    for model in ours():
        label = model._meta.label_lower
        fields = {name: f"zq{next(numbers):03d}z" for name in PRIVATE.get(label, "").split()}
        marked |= {marker: f"{label}.{name}" for name, marker in fields.items()}
        if fields and model in _ONLY_ADDED:
            model.objects.create(at=notice_time(), result="done", **_values(model, fields))
        elif fields:
            _mark(model, fields)
    return marked


def _values(model, fields: dict[str, str]) -> dict:
    made = {}
    for name, marker in fields.items():
        field = model._meta.get_field(name)
        made[name] = {marker: marker} if isinstance(field, models.JSONField) else marker
    return made


def _mark(model, fields: dict[str, str]) -> None:
    changes = {}
    for name, marker in fields.items():
        field = model._meta.get_field(name)
        if isinstance(field, models.FileField):
            continue  # marked by its bytes
        if isinstance(field, models.JSONField):
            changes[name] = {marker: marker} if field.default is dict else [marker]
        elif field.max_length and field.max_length < 12:
            changes[name] = Value(marker[: field.max_length])
        else:
            changes[name] = Concat(Value(marker), Cast(F("pk"), models.CharField()))
    model._base_manager.update(**changes)


def mark_files(told) -> None:
    """Overwrite every stored file but those of the photos the public may see."""
    public = set()
    for photo in StoryPhoto.objects.filter(story__state="released").exclude(caption="撤下"):
        if photo.story.site is None or photo.story.site == told:
            public |= {photo.image.name, photo.thumbnail.name}
    for model in ours():
        for field in (f for f in model._meta.concrete_fields if isinstance(f, models.FileField)):
            for row in model._base_manager.exclude(**{field.name: ""}):
                file = getattr(row, field.name)
                if file.name not in public and file.storage.exists(file.name):
                    file.storage.delete(file.name)
                    file.storage.save(file.name, ContentFile(_FILE))


# --- the walk ---------------------------------------------------------------------------------------------------


def first_addresses() -> set[str]:
    """Every address of the doors nobody guards, with every number there is, and some there are not."""
    # Of all kinds, each at every door, and the numbers after them. PostgreSQL's numbers go on from test to test.
    numbers = {1} | {
        number + more
        for model in (Site, StoryPhoto, CasePhoto, Photo, InspectionPhoto, PublicNotice, Story, Application)
        for number in model.objects.values_list("pk", flat=True)
        for more in (0, 1)
    }
    codes = [*Plaque.objects.values_list("check_code", flat=True), "nothing"]
    found = set()
    for view in PUBLIC_DOORS:
        for arguments in ([], *([number] for number in sorted(numbers)), *([code] for code in codes), ["en"]):
            try:
                found.add(reverse(view, args=arguments))
            except NoReverseMatch:
                continue
    check = reverse("publicity:plaque_check")
    found |= {f"{check}?number={number}" for number in Plaque.objects.values_list("number", flat=True)}
    return found | {f"{reverse('publicity:portal_sites')}?q={name}" for name in ("zq", "示范", "x")}


def walk(language: str) -> dict[str, bytes]:
    """What every address answers, and every address their pages lead to; never an error of the machine."""
    client = Client(headers={"accept-language": language})
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    waiting, answers = first_addresses(), {}
    while waiting:
        address = waiting.pop()
        answer = client.get(address)
        assert answer.status_code < 500 or answer.status_code == 503, address
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        answers[address] = body + str(sorted(answer.items())).encode()
        if "html" in answer.get("Content-Type", "") or "xml" in answer.get("Content-Type", ""):
            waiting |= {link for link in _links(body.decode()) if link not in answers}
    return answers


def _links(page: str) -> set[str]:
    """Addresses of this server a page or sitemap leads to; those of one form with many answers once."""
    found = set()
    for link in re.findall(r'(?:href|src|action)="([^"]+)"|<loc>([^<]+)</loc>', page):
        parts = urlsplit(html.unescape("".join(link)))
        if (
            parts.path.startswith("/")
            and not parts.path.startswith("/static/")
            and "next=" not in parts.query
        ):
            found.add(parts.path + (f"?{parts.query}" if parts.query else ""))
    return found


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_private_word_and_no_unreleased_file_leaves(world, language, settings):
    released = {(photo.pk, small) for photo in StoryPhoto.objects.all() for small in (False, True)}
    mark_files(world)
    marked = mark_everything()
    Unit.objects.filter(pk=world.area_id).update(name="湘潭县")
    answers = walk(language)
    leaked = {
        (address, marker, marked.get(marker, "an unpublished row"))
        for address, body in answers.items()
        for marker in _MARKER.findall(unquote(body.decode("utf-8", "replace")))
        if not address.startswith(f"{reverse('publicity:portal_sites')}?q=zq")
    }
    assert leaked == set()
    assert [address for address, body in answers.items() if _FILE in body] == []
    start = answers["/public/"].decode()
    assert ("题目公开" in start, "题目案例" in start) == (True, True)
    served = {a for a, body in answers.items() if a.startswith("/public/photos/") and b"image/jpeg" in body}
    # The one photo of the site that is still in its gallery, and that of the case; each large and small.
    assert len(served) == 4
    assert len(released) > len(served)


def test_an_address_of_an_unreleased_photo_is_not_there(world, client):
    for photo in StoryPhoto.objects.exclude(story__state="released"):
        assert client.get(reverse("publicity:portal_photo", args=[photo.pk])).status_code == 404
    assert Cycle.objects.exists()
