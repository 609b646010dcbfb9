"""What the worker does for a dossier that was ordered."""

import tempfile
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.errors import DomainError, Reason
from applications.models import Application
from assessments.dossier.build import Building
from assessments.dossier.collect import application_dossier
from assessments.dossier.parts import Dossier, safe_name
from assessments.dossier.site import site_dossier
from assessments.rules import may_have_dossier
from notices.jobs import Run
from sites.models import Site


def build(run: Run) -> None:
    """Build the dossier a job asks for and end the job with it. Asks anew who may see what: roles end."""
    person, params = run.job.owner, run.job.params
    with translation.override(settings.LANGUAGE_CODE), tempfile.TemporaryDirectory() as folder:
        dossier = _dossier(person, params)
        building = Building(dossier, Path(folder), scope=str(person.unit or person), step=run.step)
        made = building.pdf() if params["form"] == "pdf" else building.zip()
        with made.open("rb") as output, transaction.atomic():
            run.finish(output=File(output), output_name=f"{safe_name(dossier.name)}.{params['form']}")


def _dossier(person, params: dict) -> Dossier:
    model, collect = {"application": (Application, application_dossier), "site": (Site, site_dossier)}[
        params["kind"]
    ]
    subject = model.objects.visible_to(person).filter(pk=params["subject"]).first()
    if subject is None or not may_have_dossier(person, subject.area):
        raise DomainError(Reason(text=_("You may not see this any more.")))
    return collect(person, subject)
