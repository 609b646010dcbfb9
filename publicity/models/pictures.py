"""What the pictures of cases and of texts for the public have in common."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from sites.storage import paper_path


class Picture(models.Model):
    """A picture with its words: shrunk, without what the camera wrote into it."""

    caption = models.CharField(_("caption"), max_length=100)
    alt = models.CharField(_("what is to be seen"), max_length=200)
    image = models.FileField(upload_to=paper_path, editable=False)
    thumbnail = models.FileField(upload_to=paper_path, editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["position", "id"]
        verbose_name = _("photo")

    def __str__(self) -> str:
        return self.caption
