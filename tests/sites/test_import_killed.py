"""A worker killed (SIGKILL) at the worst moment: all rows are written, the transaction is not yet at its end."""

import os
import signal
import subprocess
import sys

from django.conf import settings
from django.db import connection

from accounts.models import AuditEvent
from notices.models import Job
from sites.imports.services import start_import
from sites.models import Site, TallyMovement
from sites.tasks import write_import
from tests.sites.tables import Desk, counts

ROWS = 600
#: What the worker runs: the task as it is, and the kill where the job would end.
WORKER = """
import os, signal, sys
import django
django.setup()
from django.conf import settings
settings.MEDIA_ROOT = sys.argv[2]
from notices.services.jobs import Run
from sites.models import Site
from sites.tasks import write_import
def die(self, **result):
    sys.stdout.write(str(Site.objects.count()))
    sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGKILL)
Run.finish = die
write_import(int(sys.argv[1]))
"""


def database_url() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    login = f"{database['USER']}:{database['PASSWORD']}".rstrip(":")
    host = database["HOST"].replace("/", "%2F")
    return f"postgres://{login}@{host}:{database['PORT']}/{database['NAME']}"


def test_a_killed_worker_leaves_nothing_and_the_next_one_does_it_all(transactional_db, xiangtan, people):
    desk = Desk(people.county, xiangtan.programme)
    rows = [
        ["湘潭县", "同心社区", f"社区{number}", None, "某路1号", "主任", None, None, None, None]
        for number in range(ROWS)
    ]
    check = desk.check(desk.table(*rows))
    job = start_import(actor=people.county, check=check, take_good=False)
    done = subprocess.run(
        [sys.executable, "-c", WORKER, str(job.pk), str(settings.MEDIA_ROOT)],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings.testing"},
        stdout=subprocess.PIPE,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, str(ROWS))
    assert Site.objects.count() == 0
    assert TallyMovement.objects.count() == 0
    assert AuditEvent.objects.filter(action="site.import").count() == 0
    assert Job.objects.get(pk=job.pk).state == "running"
    # What notices.services.jobs.resume_stopped does some minutes later.
    Job.objects.filter(pk=job.pk).update(state="waiting")
    write_import(job.pk)
    assert counts(Job.objects.get(pk=job.pk)) == (ROWS, 0, 0, 0)
    assert Site.objects.count() == ROWS
