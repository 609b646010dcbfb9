"""What the tests of visits share: pictures, records, and a person of a group."""

import hashlib
import uuid
from io import BytesIO

from PIL import Image, ImageDraw

from supervision.models import SupervisionGroup
from supervision.services import join_group


def picture(seed: int = 1, size=(320, 240), kind="JPEG", quality=85, exif=None) -> bytes:
    """A picture with fields of light and dark that differ by `seed`."""
    image = Image.new("RGB", (320, 240), "white")
    draw = ImageDraw.Draw(image)
    for number in range(12):
        left, top = (number * 83 * seed) % 300, (number * 47 * seed) % 220
        shade = (number * 61 * seed) % 256
        draw.rectangle([left, top, left + 70, top + 60], fill=(shade, shade // 2, 255 - shade))
    out = BytesIO()
    extra = {"exif": exif} if exif is not None else {}
    image.resize(size).save(out, kind, quality=quality, **extra)
    return out.getvalue()


def with_place(content: bytes) -> bytes:
    """The same picture with the notes of a camera: 27.8300° north, 112.9400° east, 22 May 2017."""
    exif = Image.Exif()
    exif[0x010F] = "Camera"
    exif.get_ifd(0x8769)[0x9003] = "2017:05:22 09:30:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (27.0, 49.0, 48.0), 3: "E", 4: (112.0, 56.0, 24.0)})
    out = BytesIO()
    with Image.open(BytesIO(content)) as image:
        image.save(out, "JPEG", quality=85, exif=exif)
    return out.getvalue()


def announced(content: bytes, **fields) -> dict:
    """The row that announces a photo."""
    row = {"uid": uuid.uuid4(), "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    return row | fields


def finding(**fields) -> dict:
    row = {"uid": uuid.uuid4(), "kind": "defect", "severity": "minor", "text": "台账未更新", "remedy": "补齐"}
    return row | fields


def group_of(area: str) -> SupervisionGroup:
    return SupervisionGroup.objects.get(areas__area__name=area)


def member_of(area: str, make_user, people, xiangtan, name="member"):
    """A member of the group that looks after an area."""
    person = make_user(name, None, xiangtan.city)
    join_group(actor=people.office, group=group_of(area), user=person)
    return person
