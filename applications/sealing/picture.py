"""The picture of a seal as it is kept: PNG, square, red on nothing."""

import io

from django.utils.translation import gettext as _
from PIL import Image, ImageChops

from accounts.errors import DomainError, Reason
from accounts.uploads import IMAGES, checked_content_type

#: Below, 42 mm on paper would look coarse (500 pixels are 300 dpi); above, nothing is gained.
LEAST_SIDE, KEPT_SIDE = 500, 600
#: Width and height may differ by this much before a round seal looks like an egg.
_MOST_UNEVEN = 0.02
#: A grey or yellowish sheet counts as white from here on (0 to 255); below, it turns solid over this range.
_WHITE, _RANGE = 232, 110
#: Parts of the picture that must, and must not, be covered: else it is an empty or an unmasked picture.
_LEAST_INK, _MOST_INK = 0.005, 0.9


def kept_picture(upload) -> bytes:
    """A seal's picture as PNG with transparency, from an upload (PNG or JPEG); white becomes transparent.

    Raises DomainError in words when it is no picture, not square, too small, empty or a full surface.
    """
    checked_content_type(upload, IMAGES)
    with Image.open(upload) as opened:
        picture = opened.convert("RGBA")
    width, height = picture.size
    if min(width, height) < LEAST_SIDE:
        raise DomainError(
            Reason(
                text=_("The picture of the seal is smaller than %(side)s × %(side)s pixels.")
                % {"side": LEAST_SIDE},
                remedy=_("Scan the seal with at least 300 dpi."),
            )
        )
    if abs(width - height) > _MOST_UNEVEN * max(width, height):
        raise DomainError(
            Reason(
                text=_("The picture of the seal is not square."),
                remedy=_(
                    "Cut it so that the seal touches all four edges: it is printed 42 mm wide and high."
                ),
            )
        )
    side = min(KEPT_SIDE, width, height)
    picture = _without_white(picture.resize((side, side), Image.Resampling.LANCZOS))
    _check_ink(picture)
    stream = io.BytesIO()
    picture.save(stream, "PNG", compress_level=4)
    return stream.getvalue()


def _without_white(picture: Image.Image) -> Image.Image:
    red, green, blue, alpha = picture.split()
    lightest = ImageChops.darker(ImageChops.darker(red, green), blue)
    ink = lightest.point([min(255, max(0, (_WHITE - value) * 255 // _RANGE)) for value in range(256)])
    picture.putalpha(ImageChops.darker(alpha, ink))
    return picture


def _check_ink(picture: Image.Image) -> None:
    alpha = picture.getchannel("A")
    share = sum(alpha.histogram()[128:]) / (picture.width * picture.height)
    if not _LEAST_INK < share < _MOST_INK:
        raise DomainError(
            Reason(
                text=_("No seal can be made out in the picture."),
                remedy=_("It must show the seal alone, on white or transparent ground."),
            )
        )
