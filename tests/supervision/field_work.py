"""A group with a member, sites in its area, visits of the plan and visits recorded."""

import datetime
import hashlib
import io
import uuid
from types import SimpleNamespace

import pytest
from PIL import Image, ImageDraw

from accounts.models import User
from supervision.models import PlannedVisit, SupervisionGroup
from supervision.services import join_group, plan_visit
from supervision.services.inspections import receive_inspection, receive_photo


@pytest.fixture
def team(xiangtan, people, make_user) -> SimpleNamespace:
    """The groups of 湘潭县 and of 韶山市 with a member each."""
    found = {}
    for name, key in (("湘潭县", "own"), ("韶山市", "other")):
        group = SupervisionGroup.objects.get(areas__area=xiangtan.areas[name])
        user = make_user(f"member_{key}", None, xiangtan.city)
        join_group(actor=people.office, group=group, user=user)
        found |= {f"{key}_group": group, key: User.objects.get(pk=user.pk)}
    return SimpleNamespace(**found)


@pytest.fixture
def planned(team, xiangtan):
    """planned(site, 2017-06-01): a visit of the plan of 湘潭县's group."""

    def make(target, first: datetime.date, last: datetime.date | None = None, **fields) -> PlannedVisit:
        return plan_visit(
            actor=team.own, group=team.own_group, cycle=xiangtan.cycle, target=target, from_day=first,
            to_day=last, **fields,
        )  # fmt: skip

    return make


@pytest.fixture
def recorded(team):
    """recorded(site, day, pictures=[1]): a visit of 湘潭县's group, whole, with drawn photos."""

    def make(target, day: datetime.date, pictures=(), **fields):
        photos = [(uuid.uuid4(), picture(number)) for number in pictures]
        inspection = receive_inspection(
            actor=team.own,
            uid=uuid.uuid4(),
            group=team.own_group,
            target=target,
            visited_on=day,
            photos=[
                {"uid": uid, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
                for uid, content in photos
            ],
            **fields,
        )
        for uid, content in photos:
            receive_photo(actor=team.own, inspection=inspection, uid=uid, content=content)
        inspection.refresh_from_db()
        return inspection

    return make


def picture(number: int, size=(180, 160)) -> bytes:
    """A JPEG that looks different for every number."""
    image = Image.new("RGB", size, (240, 240, 240))
    pen = ImageDraw.Draw(image)
    for bit in range(12):
        if (number * 2654435761 >> bit) & 1:
            left, top = bit % 4 * size[0] // 4, bit // 4 * size[1] // 3
            pen.rectangle((left, top, left + size[0] // 5, top + size[1] // 4), fill=(20 * bit, 30, 60))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=90)
    return file.getvalue()
