"""What may be uploaded: size stopped while it arrives, kind told by content and never by the name alone."""

import struct
import zlib
from contextlib import contextmanager
from pathlib import PurePosixPath

import filetype
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.utils.translation import gettext as _
from PIL import Image, ImageFile

from accounts.errors import DomainError, Reason
from accounts.words import lazy_list

#: Content type by file extension, to be combined by whoever asks for an upload.
IMAGES = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png"}
PDF = {"pdf": "application/pdf"}
OFFICE = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
#: What a paper may come back as: scanned or photographed.
SCANS = PDF | IMAGES
#: What Pillow raises for damaged pictures, depending on where they are damaged.
UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    TypeError,
    KeyError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)
#: A picture of more pixels is refused unread: a small file may unpack to gigabytes.
MOST_PIXELS = 100_000_000


class SizeGuardUploadHandler(FileUploadHandler):
    """Stops keeping a file once it passes the limit, so that 300 MB never reach memory or disk.

    The view finds the file's name in `request.oversized_upload` and says so in the form.
    """

    def __init__(self, request=None):
        super().__init__(request)
        self.received = 0  # over all files of the request: many small ones fill a disk as well

    def receive_data_chunk(self, raw_data, start):
        self.received += len(raw_data)
        if self.received > settings.UPLOAD_MAX_MEGABYTES * 1024 * 1024:
            self.request.oversized_upload = self.file_name
            raise SkipFile
        return raw_data

    def file_complete(self, file_size):
        return None


def checked_content_type(upload: UploadedFile, allowed: dict[str, str]) -> str:
    """The content type of an upload, told from its first bytes; `allowed` maps extensions to content types.

    Raises DomainError with what is allowed when size, extension or content do not fit.
    """
    extension = PurePosixPath(upload.name).suffix.lower().lstrip(".")
    if upload.size == 0:
        raise DomainError(Reason(text=_("The file “%(name)s” is empty.") % {"name": upload.name}))
    if upload.size > settings.UPLOAD_MAX_MEGABYTES * 1024 * 1024:
        raise too_large(upload.name)
    found = _content_type(upload)
    if extension not in allowed or found != allowed[extension]:
        raise DomainError(
            Reason(
                text=_("“%(name)s” is not a file of an allowed kind, or its content does not fit its name.")
                % {"name": upload.name},
                remedy=_("Allowed here: %(kinds)s.") % {"kinds": lazy_list(sorted(allowed))},
            )
        )
    if found.startswith("image/"):
        _check_picture(upload)
    return found


def chosen_file(request, field: str) -> UploadedFile | None:
    """The file chosen in a form field, or None. Raises DomainError when it was stopped for its size."""
    if stopped := stopped_upload(request):
        raise stopped
    return request.FILES.get(field)


def chosen_files(request, field: str) -> list[UploadedFile]:
    """The files chosen in a form field that takes several. Raises DomainError when together they were too large."""
    files = request.FILES.getlist(field)  # reads the request: only now is it known what was stopped
    if stopped_upload(request):
        raise DomainError(
            Reason(
                text=_("The files together are larger than %(limit)s MB.")
                % {"limit": settings.UPLOAD_MAX_MEGABYTES},
                remedy=_("Add them in several goes, or scan with 200–300 dpi."),
            )
        )
    return files


def stopped_upload(request) -> DomainError | None:
    """The refusal of a file that was stopped for its size; its field arrives empty."""
    name = getattr(request, "oversized_upload", None)
    return too_large(name) if name else None


def too_large(name: str) -> DomainError:
    return DomainError(
        Reason(
            text=_("“%(name)s” is larger than %(limit)s MB.")
            % {"name": name, "limit": settings.UPLOAD_MAX_MEGABYTES},
            remedy=_("Scan with 200–300 dpi in grey or colour, or split the file."),
        )
    )


def _content_type(upload: UploadedFile) -> str | None:
    upload.seek(0)
    found = filetype.guess_mime(upload.read(8192))
    upload.seek(0)
    return found


@contextmanager
def reading_picture(name: str):
    """Within this block a picture is unpacked. Raises DomainError where it turns out to be damaged."""
    # WeasyPrint lets the whole process take pictures that were cut off; what is uploaded has to be whole.
    lenient, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        yield
    except UNREADABLE as error:
        raise DomainError(
            Reason(
                text=_("The picture “%(name)s” cannot be read.") % {"name": name},
                remedy=_("Save or photograph it again and add the new file."),
            )
        ) from error
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = lenient


def _check_picture(upload: UploadedFile) -> None:
    try:
        with reading_picture(upload.name), Image.open(upload) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise DomainError(
                    Reason(text=_("The picture “%(name)s” has too many pixels.") % {"name": upload.name})
                )
            picture.verify()
    finally:
        upload.seek(0)
