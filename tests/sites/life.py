"""Entries for tests: values that fit each ledger of a site."""

import datetime
import io
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from sites.models import (
    Activity,
    CoBuilder,
    FigureReport,
    Fund,
    OfficeHolder,
    Photo,
    Plan,
    PlanGoal,
    Secondment,
    Venue,
)

DAY = datetime.date

#: Values by model; a goal needs a plan and a photo a picture besides.
VALUES = {
    Activity: {"held_on": DAY(2017, 5, 4), "name": "法律咨询", "participants": 60},
    Venue: {"name": "同心书屋", "kind": "书屋", "area": Decimal("45.50"), "since": DAY(2016, 6, 18)},
    CoBuilder: {"name": "县工商联", "supports": "创业指导", "begins_on": DAY(2016, 7, 1)},
    OfficeHolder: {
        "role": "patron", "name": "副部长", "unit_name": "县委统战部", "begins_on": DAY(2016, 7, 1),
    },
    Secondment: {"number": 2, "name": "县委组织部", "begins_on": DAY(2017, 1, 1)},
    Fund: {"name": "县级财政", "amount": Decimal("50000.05"), "purpose": "修缮", "year": 2017},
    FigureReport: {"year": 2016, "values": {"members": "507", "investment": "36.50"}},
    Plan: {"name": "三年规划", "from_year": 2016, "to_year": 2018},
    PlanGoal: {"year": 2017, "name": "帮扶困难家庭", "target": Decimal(40), "reached": Decimal(18)},
    Photo: {"name": "同心讲堂", "taken_on": DAY(2017, 3, 10), "alt": "居民听宣讲"},
}  # fmt: skip

_POSITION, _CAMERA = 0x8825, 0x010F


def photo_file(
    name: str = "照片.jpg", size=(640, 480), color="#9b2226", position: bool = True
) -> SimpleUploadedFile:
    """A JPEG as a phone writes it: with a camera and, unless told otherwise, where it was taken."""
    picture, file = Image.new("RGB", size, color), io.BytesIO()
    exif = Image.Exif()
    exif[_CAMERA] = "Phone 1"
    if position:
        exif[_POSITION] = {1: "N", 2: (27.0, 49.0, 46.0), 3: "E", 4: (112.0, 54.0, 59.0)}
    picture.save(file, "JPEG", exif=exif, comment=b"somebody's phone")
    return SimpleUploadedFile(name, file.getvalue(), "image/jpeg")


def values_of(model, **more) -> dict:
    """Values for a service that adds an entry."""
    values = VALUES[model] | more
    if model is Photo and "picture" not in values:
        values["picture"] = photo_file()
    return values
