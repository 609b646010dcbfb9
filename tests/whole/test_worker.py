"""A real Celery worker, in a process of its own, over the broker this run was given."""

import hashlib
import os
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection

from assessments.models import RevocationLetter
from assessments.services import decide_proposal, propose_revocation
from assessments.tasks import make_letters
from config.celery import app
from notices.models import Message
from notices.tasks import send_reminders
from tests.assessments.reviewing import plaque_of  # noqa: F401 - fixture


def test_every_scheduled_task_exists():
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled == {
        "assessments.tasks.draw_reviews",
        "assessments.tasks.make_letters",
        "assessments.tasks.forget_objectors",
        "assessments.tasks.lapse_evaluations",
        "sites.tasks.expire_plaques",
        "notices.tasks.keep_jobs_going",
        "notices.tasks.send_reminders",
        "notices.tasks.send_deliveries",
        "publicity.tasks.make_certificates",
        "publicity.tasks.check_links",
        "publicity.tasks.keep_pages",
        "dashboard.tasks.watch_sites",
        "sites.tasks.close_tallies",
        "supervision.tasks.make_letters",
        "supervision.tasks.climb_overdue",
    }
    assert scheduled <= set(app.tasks)


@pytest.fixture
def worker(transactional_db, tmp_path):
    """A worker that reads the test database; stopped and its log shown when the test fails."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        login = f"{database['USER']}:{database['PASSWORD']}".rstrip(":")
        host = database["HOST"].replace("/", "%2F")
        url = f"postgres://{login}@{host}:{database['PORT']}/{database['NAME']}"
    log = (tmp_path / "worker.log").open("w+")
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "config",
            "worker",
            "--pool",
            "solo",
            "-Q",
            "test",
            "-l",
            "INFO",
        ],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.testing"},
        stdout=log,
        stderr=log,
    )
    yield log
    process.terminate()
    process.wait(timeout=30)
    log.seek(0)
    print(log.read())


def test_a_worker_takes_the_task_and_the_office_hears_who_is_late(xiangtan, people, worker):
    """The worker lives in the real year, long after 31 May 2017: everybody is late, and the office is told once."""
    for _round in range(2):
        send_reminders.apply_async(queue="test")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not Message.objects.filter(recipient=people.office).exists():
        time.sleep(0.3)
    time.sleep(1)
    digest = Message.objects.get(recipient=people.office).body
    assert [area for area in xiangtan.areas if area in digest] == list(xiangtan.areas)


def test_a_worker_makes_the_letter_of_a_plaque_taken_back(worker, people, plaque_of):  # noqa: F811
    """What follows a leader's decision: the letter is there, its bytes as their hash says."""
    proposal = propose_revocation(actor=people.office, plaque=plaque_of("甲社区", 2014), reason="阵地已关闭")
    decide_proposal(
        actor=people.leader, proposal=proposal, approved=True, minutes_number="15号", opinion="同意"
    )
    for _round in range(2):
        make_letters.apply_async(queue="test")
    deadline = time.monotonic() + 60
    made = RevocationLetter.objects.exclude(pdf="")
    while time.monotonic() < deadline and not made.exists():
        time.sleep(0.3)
    letter = made.get()
    kept = (settings.DATA_DIR / "media" / letter.pdf.name).read_bytes()
    assert (letter.plaque, letter.pdf_sha256) == (proposal.plaque, hashlib.sha256(kept).hexdigest())
