"""What an application leaves on paper: form versions, attachments, scanned pages."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from applications.enums import AttachmentKind, PageVerdict
from applications.models.filings import Application, kept_unit_ids, own_area_ids
from notices.models import Job
from sites.storage import paper_path


class FormVersionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Versions of the applications a person may see: the filed ones, and for its own county all."""
        seen = self.filter(application__in=Application.objects.visible_to(user))
        own = [*own_area_ids(user), *kept_unit_ids(user)]
        return seen.filter(Q(filed_at__isnull=False) | Q(application__area_id__in=own))

    def filed(self):
        return self.filter(filed_at__isnull=False)


class FormVersion(models.Model):
    """What the form said when it was printed or handed in. Its content never changes; a changed form is a new one.

    The PDF is printed once, on first demand, and kept: seals are added to exactly these bytes.
    """

    application = models.ForeignKey(Application, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    #: When it was handed in; a version only printed so far has none.
    filed_at = models.DateTimeField(null=True)
    pdf = models.FileField(upload_to=paper_path, blank=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    pages = models.PositiveSmallIntegerField(default=0)
    #: Where each opinion box wants its seal: {code: {"page": 2, "left": 131.0, "top": 190.5}}, in millimetres from
    #: the page's upper left corner to that of the 42 mm place.
    places = models.JSONField(default=dict)

    objects = FormVersionQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["application", "number"], name="form_version_once")]

    def __str__(self) -> str:
        return f"{self.application.number} v{self.number}"


class AttachmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Files of the applications a person may see; removed ones only for the county's own staff."""
        files = self.filter(application__in=Application.objects.visible_to(user))
        return files.filter(Q(removed_at=None) | Q(application__area_id__in=own_area_ids(user)))

    def present(self):
        return self.filter(removed_at=None)


class Attachment(models.Model):
    """A photo, a proof or the stamped scan. Removing hides it; a submitted version may still refer to it."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="attachments")
    kind = models.CharField(_("kind"), max_length=10, choices=AttachmentKind)
    file = models.FileField(_("file"), upload_to=paper_path)
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    #: For a stamped form confirmed by hand: the hash of the form it was printed from, and why no code could be read.
    form_hash = models.CharField(max_length=64, blank=True)
    note = models.TextField(blank=True)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=AttachmentKind.values), name="attachment_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name


class ScanUpload(models.Model):
    """A file of scanned or photographed pages as it came in: evidence, kept whole."""

    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="scans")
    #: The application on whose page it was added; empty for the office's mixed batches.
    application = models.ForeignKey(Application, models.PROTECT, null=True, related_name="scan_uploads")
    file = models.FileField(_("file"), upload_to=paper_path)
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class ScannedPageQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Pages filed to the applications a person may see, and those of his or her own uploads."""
        return self.filter(
            Q(application__in=Application.objects.visible_to(user)) | Q(upload__uploaded_by=user)
        )

    def present(self):
        return self.filter(replaced_at=None)


class ScannedPage(models.Model):
    """One page of a scan: which page of which form version it is, told by its QR code, and whether the seal is seen."""

    upload = models.ForeignKey(ScanUpload, models.PROTECT, related_name="pages")
    #: Place in the uploaded file, from 1.
    position = models.PositiveSmallIntegerField()
    verdict = models.CharField(_("result"), max_length=20, choices=PageVerdict)
    application = models.ForeignKey(Application, models.PROTECT, null=True, related_name="scanned_pages")
    version = models.ForeignKey(FormVersion, models.PROTECT, null=True, related_name="scanned_pages")
    page = models.PositiveSmallIntegerField(null=True)
    #: The page set upright, as JPEG.
    image = models.FileField(upload_to=paper_path, blank=True)
    #: Whether red was found where the seal belongs: {box code: true or false}.
    seals = models.JSONField(default=dict)
    #: Who says that the page is in order although no red seal was found, and why.
    overruled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    overruled_at = models.DateTimeField(null=True)
    overrule_reason = models.TextField(blank=True)
    replaced_at = models.DateTimeField(null=True)

    objects = ScannedPageQuerySet.as_manager()

    class Meta:
        ordering = ["upload_id", "position"]
        indexes = [models.Index(fields=["application", "version", "page"])]
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=PageVerdict.values), name="page_verdict_known"),
            models.UniqueConstraint(fields=["upload", "position"], name="scanned_page_once"),
            models.UniqueConstraint(
                fields=["version", "page"],
                condition=Q(verdict="filed", replaced_at=None),
                name="one_present_page",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.upload} {self.position}"
