"""What the demonstration tells the public: texts of some sites and of a case, with pictures that are plainly drawn."""

import datetime
import io
from functools import cache
from pathlib import Path

import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

from accounts import clock
from programmes.demo_papers import demo_font
from publicity.enums import CaseAction
from publicity.services.cases import add_case_photo, take_case_step, write_case
from publicity.services.stories import offer_story, release_story, write_story
from sites.models import Photo, Site
from sites.services import add_entry

DATA = Path(__file__).parent / "data" / "xiangtan-2017-stories-demo.yaml"
_WIDTH, _HEIGHT = 960, 640
_SKY, _HILLS, _GROUND, _WALL, _ROOF = "#dbe7ee", "#9db8a4", "#c9d3b4", "#f3ead9", "#9b2226"


def make_stories(stage) -> int:
    """Write, hand in and release the texts of the data; returns how many texts and cases were made."""
    data = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    for row in data["stories"]:
        _story(stage, row, data)
    for row in data["cases"]:
        _case(stage, row, data)
    return len(data["stories"]) + len(data["cases"])


def _story(stage, row: dict, data: dict) -> None:
    site = _site(stage, row)
    with clock.travel(data["written_on"]):
        photos = [_gallery_photo(stage, site, one, data["written_on"]) for one in row["photos"]]
        story = write_story(actor=stage.staff(site.area), site=site, photos=photos, **_words(row))
        offer_story(actor=stage.staff(site.area), story=story)
    if row["until"] == "released":
        with clock.travel(data["released_on"]):
            release_story(actor=stage.office, story=story, revision=story.revision)


def _case(stage, row: dict, data: dict) -> None:
    site = _site(stage, row)
    staff = stage.staff(site.area)
    with clock.travel(data["written_on"]):
        case = write_case(actor=staff, cycle=stage.cycle, area=site.area, site=site, **_words(row))
        for one in row["photos"]:
            add_case_photo(
                actor=staff, case=case, picture=drawn(one["scene"]), caption=one["name"], alt=one["alt"]
            )
        take_case_step(actor=staff, case=case, action=CaseAction.NOMINATE)
    if row["until"] != "selected":
        return
    with clock.travel(data["released_on"]):
        case = take_case_step(actor=stage.office, case=case, action=CaseAction.SELECT)
        if row["story"]:
            story = write_story(actor=staff, case=case, photos=case.photos.all(), **_words(row))
            offer_story(actor=staff, story=story)
            release_story(actor=stage.office, story=story, revision=story.revision)


def _site(stage, row: dict) -> Site:
    return Site.objects.select_related("area", "programme").get(
        programme=stage.cycle.programme, name=row["site"]
    )


def _words(row: dict) -> dict[str, str]:
    return {name: row[name] for name in ("title", "summary", "text")}


def _gallery_photo(stage, site: Site, row: dict, day: datetime.date) -> Photo:
    return add_entry(
        actor=stage.staff(site.area),
        site=site,
        model=Photo,
        name=row["name"],
        alt=row["alt"],
        taken_on=day,
        picture=drawn(row["scene"]),
    )


def drawn(scene: str) -> SimpleUploadedFile:
    """A drawn picture of a scene that says across itself that it is one, as an upload."""
    return SimpleUploadedFile(f"{scene}.png", _drawing(scene), "image/png")


@cache
def _drawing(scene: str) -> bytes:
    picture = Image.new("RGB", (_WIDTH, _HEIGHT), _SKY)
    pen = ImageDraw.Draw(picture)
    pen.polygon([(0, 430), (260, 190), (520, 430)], fill=_HILLS)
    pen.polygon([(380, 430), (690, 140), (960, 400), (960, 430)], fill="#86a692")
    pen.rectangle((0, 420, _WIDTH, _HEIGHT), fill=_GROUND)
    _SCENES[scene](pen)
    font = demo_font(44) or ImageFont.load_default(44)
    words = "演示图片 非真实照片" if demo_font(44) else "DEMO"
    pen.text((_WIDTH / 2, 585), words, fill=_ROOF, font=font, anchor="mm")
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def _house(pen: ImageDraw.ImageDraw, left: int, top: int, width: int = 150, height: int = 120) -> None:
    bottom = top + height
    pen.rectangle((left, top, left + width, bottom), fill=_WALL, outline="#6b6257", width=3)
    pen.polygon(
        [(left - 18, top), (left + width / 2, top - height * 0.55), (left + width + 18, top)], fill=_ROOF
    )
    pen.rectangle((left + width * 0.4, bottom - 60, left + width * 0.6, bottom), fill="#6b6257")


def _tree(pen: ImageDraw.ImageDraw, left: int, top: int) -> None:
    pen.rectangle((left + 18, top + 50, left + 28, top + 90), fill="#6b5138")
    pen.ellipse((left, top, left + 46, top + 60), fill="#3f7a52")


def _tower(pen: ImageDraw.ImageDraw, left: int, top: int, width: int) -> None:
    pen.rectangle((left, top, left + width, 500), fill="#e4e1da", outline="#6b6257", width=3)
    for row in range(top + 20, 470, 44):
        for column in range(left + 16, left + width - 24, 40):
            pen.rectangle((column, row, column + 22, row + 24), fill="#8fb0c4")


def _village(pen) -> None:
    for left, top in ((120, 380), (330, 400), (640, 390)):
        _house(pen, left, top)
    for left in (70, 520, 590, 840):
        _tree(pen, left, 420)


def _orchard(pen) -> None:
    for row in range(3):
        for column in range(9):
            _tree(pen, 40 + column * 104 + row * 20, 350 + row * 55)


def _town(pen) -> None:
    for left, top, width in ((90, 250, 170), (300, 320, 200), (560, 220, 160), (760, 300, 150)):
        _tower(pen, left, top, width)
    for left in (270, 510, 725):
        _tree(pen, left, 425)


def _park(pen) -> None:
    _tower(pen, 120, 230, 200)
    for left in (370, 540, 710):
        _house(pen, left, 380, 140, 120)


def _reading_room(pen) -> None:
    _house(pen, 250, 300, 460, 220)
    for column in range(300, 430, 26):
        pen.rectangle((column, 360, column + 16, 430), fill="#1f5684")


_SCENES = {
    "village": _village,
    "orchard": _orchard,
    "town": _town,
    "park": _park,
    "house": _reading_room,
}
