"""A visit recorded at the desk: the record and its photos come in one go, kept whole or not at all."""

import hashlib
import uuid
from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.uploads import IMAGES, checked_content_type, reading_picture
from supervision.models import Inspection
from supervision.services.inspections import receive_inspection, receive_photo, without_position


@transaction.atomic
def record_at_desk(*, actor, uid: uuid.UUID, uploads: Sequence[UploadedFile] = (), **record) -> Inspection:
    """Take in a visit with its photos; `record` is what `receive_inspection` takes beside `photos`.

    Photos lose what says where and with what they were taken. The same form sent twice is one record.
    Raises DomainError as `receive_inspection` and `receive_photo`, and for files that are no JPEG or PNG.
    """
    photos = []
    for number, upload in enumerate(uploads):
        checked_content_type(upload, IMAGES)
        with reading_picture(upload.name):
            content = without_position(upload.read())
        photos.append((uuid.uuid5(uid, f"photo {number}"), content))
    announced = [
        {"uid": photo, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        for photo, content in photos
    ]
    inspection = receive_inspection(actor=actor, uid=uid, photos=announced, **record)
    for photo, content in photos:
        receive_photo(actor=actor, inspection=inspection, uid=photo, content=content)
    inspection.refresh_from_db()
    return inspection
