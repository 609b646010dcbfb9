"""Forms and papers as a county has them: a filled form, a stamped scan."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from applications.content import form_fields
from applications.enums import AttachmentKind
from applications.services import add_attachment, save_form, start_application
from sites.services import award_own_plaque


def png(name="scan.png", colour=(200, 30, 30), size=(40, 40)) -> SimpleUploadedFile:
    """A real picture, small."""
    stream = io.BytesIO()
    Image.new("RGB", size, colour).save(stream, "PNG")
    return SimpleUploadedFile(name, stream.getvalue(), "image/png")


def confirm(actor, application, name="scan.png"):
    """Say by hand that a file is the stamped form, the quick way to a form that may be submitted."""
    return add_attachment(
        actor=actor,
        application=application,
        kind=AttachmentKind.STAMPED,
        upload=png(name),
        note="页脚破损，二维码无法识别",
    )


@pytest.fixture
def fill():
    """Fill every field of a draft and confirm a stamped scan by hand, so that it could be submitted."""

    def do(application, actor, text="组织健全，活动经常。"):
        application = save_form(
            actor=actor,
            application=application,
            revision=application.revision,
            data={field["code"]: text for field in form_fields(application)},
        )
        confirm(actor, application)
        return application

    return do


@pytest.fixture
def draft(xiangtan, people, make_site):
    """A draft of a city application of 湘潭县, whose site holds the county plaque."""

    def make(name="同心社区甲", **fields):
        site = make_site(name, **fields)
        award_own_plaque(
            actor=people.county, site=site, level=xiangtan.levels["county"], reason="县委统战部文件"
        )
        return start_application(actor=people.county, site=site, rule=xiangtan.rules["city"])

    return make
