"""Pictures of the gallery: whatever comes in, a JPEG of reasonable size without anything but the picture goes out.

Position, time, camera and comments stand in the file beside the pixels; the pixels alone are written anew, so nothing
of them is left.
"""

import io
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from accounts.errors import DomainError, Reason
from accounts.uploads import IMAGES, checked_content_type, reading_picture

#: Longest side in pixels: enough for a page of A4, and for a small picture on a sharp screen.
LONGEST, LONGEST_SMALL = 2000, 480
_QUALITY, _QUALITY_SMALL = 85, 75


@dataclass(frozen=True)
class Picture:
    """A picture ready to be kept."""

    image: ContentFile
    thumbnail: ContentFile
    width: int
    height: int


def prepared(upload) -> Picture:
    """Check an uploaded JPEG or PNG, turn it upright, shrink it and drop everything but its pixels.

    Raises DomainError for a file that is missing, too large, of another kind or damaged.
    """
    if not upload:
        raise DomainError(Reason(text=_("Choose a picture.")))
    checked_content_type(upload, IMAGES)
    with reading_picture(upload.name), Image.open(upload) as opened:
        opened.draft("RGB", (LONGEST, LONGEST))  # a large JPEG is read at a fraction of its size
        picture = _plain(opened)
    small = picture.copy()
    small.thumbnail((LONGEST_SMALL, LONGEST_SMALL))
    return Picture(
        image=_jpeg(picture, _QUALITY),
        thumbnail=_jpeg(small, _QUALITY_SMALL),
        width=picture.width,
        height=picture.height,
    )


def _plain(opened: Image.Image) -> Image.Image:
    """The pixels alone, upright, at most LONGEST to a side, on white where the picture lets it shine through."""
    opened.thumbnail((LONGEST, LONGEST))
    upright = ImageOps.exif_transpose(opened)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        upright = upright.convert("RGBA")
        ground = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(ground, upright)
    picture = Image.new("RGB", upright.size)
    picture.paste(upright.convert("RGB"))
    return picture


def _jpeg(picture: Image.Image, quality: int) -> ContentFile:
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality, optimize=True, progressive=True)
    return ContentFile(stream.getvalue(), name="photo.jpg")
