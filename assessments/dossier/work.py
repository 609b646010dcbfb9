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
from notices.models import Job
from notices.services.jobs import Run
from sites.models import Site

_MODELS = {"application": Application, "site": Site}
_COLLECT = {"application": application_dossier, "site": site_dossier}


def build(run: Run) -> None:
    """Build the dossier a job asks for and end the job with it. Asks anew who may see what: roles end."""
    person, params = run.job.owner, run.job.params
    with translation.override(settings.LANGUAGE_CODE), tempfile.TemporaryDirectory() as folder:
        dossier = _dossier(person, params)
        building = Building(dossier, Path(folder), scope=str(person.unit or person), step=run.step)
        made = building.pdf() if params["form"] == "pdf" else building.zip()
        with made.open("rb") as output, transaction.atomic():
            run.finish(output=File(output), output_name=f"{safe_name(dossier.name)}.{params['form']}")


def may_still_have(job: Job) -> bool:
    """Whether the owner of a finished job may have its dossier today."""
    return _subject(job.owner, job.params) is not None


def _dossier(person, params: dict) -> Dossier:
    subject = _subject(person, params)
    if subject is None:
        raise DomainError(Reason(text=_("You may not see this any more.")))
    return _COLLECT[params["kind"]](person, subject)


def _subject(person, params: dict) -> Application | Site | None:
    """What the dossier is about, if the person may have its dossier."""
    subject = _MODELS[params["kind"]].objects.visible_to(person).filter(pk=params["subject"]).first()
    return subject if subject is not None and may_have_dossier(person, subject.area) else None
