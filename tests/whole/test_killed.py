"""A worker killed (SIGKILL) where a job would end: nothing is half done, and the next worker does it all."""
# ruff: noqa: F811 - fixtures are imported by name

import datetime
import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings
from django.utils import timezone

from applications.models import ScannedPage
from applications.services import add_batch
from applications.tasks import read_scans
from assessments.services import order_dossier
from assessments.tasks import build_dossier
from notices.models import Job
from notices.services.jobs import STOPPED_AFTER, resume_stopped
from tests.applications.conftest import draft, fill  # noqa: F401 - fixtures
from tests.applications.paper import as_pdf, print_form, stamped, upload
from tests.sites.test_import_killed import database_url

pytestmark = pytest.mark.django_db(transaction=True)

WORKER = """
import os, signal, sys
import django
django.setup()
from django.conf import settings
settings.MEDIA_ROOT = sys.argv[3]
from notices.services.jobs import Run
from importlib import import_module
def die(self, **result):
    os.kill(os.getpid(), signal.SIGKILL)
Run.finish = die
module, name = sys.argv[2].rsplit(".", 1)
getattr(import_module(module), name)(int(sys.argv[1]))
"""


def killed(job: Job) -> None:
    """Have a worker begin a job and die at its end; afterwards it is found stopped and handed out again."""
    done = subprocess.run(
        [sys.executable, "-c", WORKER, str(job.pk), job.task, str(settings.MEDIA_ROOT)],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings.testing"},
        timeout=120,
    )
    assert done.returncode == -signal.SIGKILL
    assert Job.objects.get(pk=job.pk).state == "running"
    assert resume_stopped() == 0
    before = timezone.now() - STOPPED_AFTER - datetime.timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(alive_at=before)
    assert resume_stopped() == 1
    assert Job.objects.get(pk=job.pk).state == "waiting"


def test_scans_are_filed_by_the_next_worker(draft, people):
    application = draft()
    sheets = stamped(print_form(people.county, application))
    job = add_batch(actor=people.office, uploads=[upload(as_pdf(sheets), "scan.pdf")])
    killed(job)
    assert ScannedPage.objects.count() == 0
    read_scans(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["counts"]) == ("done", {"filed": len(sheets)})
    assert ScannedPage.objects.present().count() == len(sheets)


def test_a_dossier_is_built_by_the_next_worker(draft, people):
    job = order_dossier(actor=people.county, subject=draft(), form="pdf")
    killed(job)
    build_dossier(job.pk)
    job.refresh_from_db()
    assert (job.state, bool(job.output)) == ("done", True)
