"""The demonstration's seals: usable in 2017 and today, plain about what they are, and nowhere near real data."""

import io
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from PIL import Image

from accounts import startup
from applications.models import Seal
from applications.sealing.provider import provider
from applications.sealing.rules import why_not_use
from applications.sealing.trust import roots
from programmes import demo
from programmes.demo_seals import make_authority, seal_picture, trust


def test_every_area_the_city_and_the_province_have_a_seal_that_opens(demonstration, on_day):
    seals = list(Seal.objects.select_related("unit"))
    units = {*demonstration.areas.values(), demonstration.city, demonstration.city.parent}
    assert {seal.unit for seal in seals} == units
    assert len(seals) == 10
    for seal in seals:
        assert seal.name.endswith("（演示）")
        provider().open(bytes(seal.store), demo.DEMO_PASSWORD)
    (root,) = roots()
    assert "演示" in root.subject.native["common_name"]
    for day in ((2017, 5, 22), (2026, 12, 31), (2039, 1, 1)):
        on_day(*day)
        assert why_not_use(seals[0]) is None


def test_a_second_load_keeps_seals_and_root(demonstration, settings):
    before = list(Seal.objects.values_list("pk", "fingerprint"))
    root = (Path(settings.SEAL_TRUST_ROOTS) / startup.DEMO_ROOT).read_bytes()
    demo.load()
    assert list(Seal.objects.values_list("pk", "fingerprint")) == before
    assert (Path(settings.SEAL_TRUST_ROOTS) / startup.DEMO_ROOT).read_bytes() == root


def test_the_picture_is_square_red_and_transparent():
    picture = Image.open(io.BytesIO(seal_picture("湘潭市高新技术产业开发区党群工作部（演示）")))
    assert (picture.mode, picture.size) == ("RGBA", (600, 600))
    assert picture.getbbox() == (0, 0, 600, 600)
    assert picture.getpixel((0, 0))[3] == 0
    solid = [pixel for _count, pixel in picture.getcolors(maxcolors=360_000) if pixel[3] == 255]
    assert all(red > 200 and max(green, blue) < 50 for red, green, blue, _alpha in solid)


def test_real_data_is_not_served_beside_the_demonstrations_root(db, settings):
    startup.refuse_demo_accounts()
    trust(make_authority())
    with pytest.raises(ImproperlyConfigured, match=r"demo\.pem"):
        startup.refuse_demo_accounts()
    settings.DEMO = True
    startup.refuse_demo_accounts()
