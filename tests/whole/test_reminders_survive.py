"""Reminders that cannot be missed or doubled: 2,000 people, killed workers, days without a scheduler, an empty Redis.

What counts is what a mail server and a robots' host of the test's own have taken. The workers are real processes over
a broker of their own: Redis where this run has one (it is killed and comes back empty), else the embedded one.
"""

import datetime
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack, closing
from pathlib import Path

import kombu
import pytest
from django.conf import settings
from django.utils import timezone

from accounts import clock
from accounts.enums import Role, UnitKind
from accounts.models import RoleAssignment, Unit, User
from notices.enums import Channel
from notices.models import ChannelAddress, Delivery, Digest, Reminder
from notices.services.planning import plan
from notices.tasks import send_deliveries, send_reminders
from supervision.models import Task
from tests.notices.sinks import MailServer, RobotHost, listening
from tests.sites.test_import_killed import database_url

ON_REDIS = settings.CELERY_BROKER_URL.startswith("redis")
#: How many people owe something; the embedded database gets fewer, for the time it takes.
PEOPLE = 2000 if ON_REDIS else 400
#: Who has done it before the first reminder goes out, and who before the second one.
DONE_FIRST, DONE_LATER = PEOPLE // 20, PEOPLE * 3 // 4
DUE = datetime.date(2017, 6, 30)
WORKER = """
import datetime, pathlib, sys
import django
django.setup()
from celery.signals import task_prerun
from accounts import clock
from config.celery import app
@task_prerun.connect
def play_on_the_day(**kwargs):
    clock.set_today(datetime.date.fromisoformat(pathlib.Path(sys.argv[2]).read_text()))
app.worker_main(["worker", "--pool", "solo", "-Q", sys.argv[1], "-l", "WARNING", "--without-mingle",
    "--without-gossip"])
"""


class Broker:
    """A Redis of this test's own, or the embedded queue in a file of its own; `restart_empty` loses all it holds."""

    def __init__(self, folder: Path):
        self.folder, self.process = folder, None
        if ON_REDIS:
            with closing(socket.socket()) as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
            self.url = f"redis://127.0.0.1:{self.port}/0"
            self._start()
        else:
            self.url = f"sqla+sqlite:///{folder / 'broker.sqlite3'}"

    def restart_empty(self) -> None:
        if ON_REDIS:
            self.stop()
            self._start()
        else:
            with closing(sqlite3.connect(self.folder / "broker.sqlite3", timeout=20)) as file:
                file.execute("delete from kombu_message")
                file.commit()

    def _start(self) -> None:
        command = [shutil.which("redis-server"), "--port", str(self.port), "--bind", "127.0.0.1"]
        self.process = subprocess.Popen(
            [*command, "--save", "", "--appendonly", "no", "--dir", str(self.folder)],
            stdout=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def put(self, task, queue: str) -> None:
        """Hand a task out, as the scheduler does."""
        with kombu.Connection(self.url, transport_options={"max_retries": 50}) as line:
            task.apply_async(queue=queue, connection=line)


class Scene:
    """The workers, the broker between, and the day on which they live."""

    def __init__(self, stack: ExitStack, folder: Path):
        self.folder = folder
        self.mail = stack.enter_context(listening(MailServer()))
        self.robots = stack.enter_context(listening(RobotHost()))
        self.broker = Broker(folder)
        stack.callback(self.broker.stop)
        self.workers: dict[str, subprocess.Popen] = {}
        stack.callback(self._stop)
        self.day(datetime.date(2017, 6, 16))

    def day(self, day: datetime.date) -> None:
        (self.folder / "day").write_text(day.isoformat())
        clock.set_today(day)

    def work(self, name: str) -> None:
        """Start a worker with a queue of its own: who is killed when is known."""
        env = {
            "DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "config.settings.testing",
            "CELERY_BROKER_URL": self.broker.url,
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(self.mail.port),
            "WEBHOOK_HOSTS": f"127.0.0.1:{self.robots.port}",
            "REMINDER_HOURS": "",
        }
        with (self.folder / f"{name}.log").open("w") as log:
            self.workers[name] = subprocess.Popen(
                [sys.executable, "-c", WORKER, name, str(self.folder / "day")],
                cwd=settings.BASE_DIR,
                env=os.environ | env,
                stdout=log,
                stderr=log,
            )

    def kill(self, name: str) -> None:
        os.kill(self.workers[name].pid, signal.SIGKILL)

    def wait_for_death(self, name: str) -> None:
        assert self.workers[name].wait(timeout=300) == -signal.SIGKILL

    def _stop(self) -> None:
        for name, process in self.workers.items():
            process.kill()
            process.wait()
            print(name, (self.folder / f"{name}.log").read_text()[-2000:])

    def taken(self) -> Counter:
        """How many messages each person has got, by both sinks."""
        found = Counter(mail["To"].split("@")[0] for mail in self.mail.received)
        return found + Counter(call["path"].rsplit("/", 1)[1] for call in self.robots.received)


@pytest.fixture
def scene(transactional_db, tmp_path, xiangtan):
    with ExitStack() as stack:
        made = Scene(stack, tmp_path)
        # Their start overlaps with the making of the people; each waits for what is put into its own queue.
        for name in "abcd":
            made.work(name)
        yield made


@pytest.fixture
def owing(scene, xiangtan) -> list[str]:
    """User names of people who owe one task each: every second has e-mail, the others a robot."""
    area = xiangtan.areas["湘潭县"]
    xiangtan.cycle.reminders = {"stages": {"task": [10, 3, 1]}, "overdue_weeks": 0}
    xiangtan.cycle.save()
    first = Unit.objects.latest("id").pk + 1
    units = [
        Unit(
            pk=pk,
            code=f"t{pk}",
            name=f"乡镇{pk}",
            kind=UnitKind.TOWNSHIP,
            parent=area,
            path=f"{area.path}{pk}/",
        )
        for pk in range(first, first + PEOPLE)
    ]
    Unit.objects.bulk_create(units)
    people = User.objects.bulk_create(
        [
            User(username=f"p{n:04}", unit=unit, email=f"p{n:04}@example.cn" if n % 2 else "")
            for n, unit in enumerate(units)
        ]
    )
    since = datetime.date(2010, 1, 1)
    RoleAssignment.objects.bulk_create(
        [RoleAssignment(user=one, role=Role.UNIT_STAFF, unit=one.unit, valid_from=since) for one in people]
    )
    ChannelAddress.objects.bulk_create(
        [
            ChannelAddress(user=one, channel=Channel.WECOM, address=scene.robots.address(one.username))
            for one in people[::2]
        ]
    )
    now = clock.now()
    Task.objects.all().delete()
    Task.objects.bulk_create(
        [
            Task(cycle=xiangtan.cycle, unit=one.unit, title=one.username, due_on=DUE, made_at=now)
            for one in people
        ]
    )
    return [one.username for one in people]


def finish(names: list[str]) -> None:
    Task.objects.filter(title__in=names).update(state="done")


def leave_behind() -> None:
    """Two minutes go by, after which a worker's claims count as left behind."""
    Delivery.objects.filter(state__in=("sending", "handed")).update(
        taken_at=timezone.now() - datetime.timedelta(minutes=3)
    )


def until(is_so, seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, list(Delivery.objects.values_list("state").distinct())
        time.sleep(0.2)


def all_sent(count: int) -> bool:
    return Delivery.objects.filter(state__in=("sent", "unconfirmed")).count() == count


def test_every_reminder_arrives_exactly_once(scene, owing):
    # 16 June 2017, ten working days before: planned for all; then some are done before anything went out.
    assert plan() == PEOPLE
    finish(owing[:DONE_FIRST])
    left = PEOPLE - DONE_FIRST

    # The first worker is killed when the mail server has taken its 300th message and has not answered yet.
    third = 300 * PEOPLE // 2000
    scene.mail.accepted = lambda count: count == third and scene.kill("a")
    scene.broker.put(send_reminders, "a")
    scene.broker.put(send_deliveries, "a")
    scene.wait_for_death("a")
    assert Digest.objects.exclude(message=None).count() == left
    assert len(scene.mail.received) == third

    # The second is killed while it addresses a message, before the text of it.
    leave_behind()
    scene.mail.addressed = lambda count: count == 2 * third and scene.kill("b")
    scene.broker.put(send_deliveries, "b")
    scene.wait_for_death("b")
    assert len(scene.mail.received) == 2 * third
    scene.mail.accepted = scene.mail.addressed = lambda count: None

    # Redis is killed and comes back empty; then two workers run both tasks at once.
    leave_behind()
    scene.broker.restart_empty()
    for task in (send_reminders, send_deliveries):
        for queue in ("c", "d"):
            scene.broker.put(task, queue)
    until(lambda: all_sent(left))
    assert scene.taken() == dict.fromkeys(owing[DONE_FIRST:], 1)
    # What the first worker had handed over when it was killed had arrived, and was not sent again.
    lost = Delivery.objects.select_related("message__recipient").get(state="unconfirmed")
    assert scene.mail.received[third - 1]["To"] == lost.message.recipient.email

    # The scheduler is down from 26 to 28 June, over the stage of three working days before; meanwhile most are done.
    finish(owing[:DONE_LATER])
    scene.day(datetime.date(2017, 6, 29))
    for task in (send_reminders, send_deliveries):
        for queue in ("c", "d"):
            scene.broker.put(task, queue)
    until(lambda: all_sent(left + PEOPLE - DONE_LATER))
    time.sleep(1)
    once, twice = owing[DONE_FIRST:DONE_LATER], owing[DONE_LATER:]
    assert scene.taken() == dict.fromkeys(once, 1) | dict.fromkeys(twice, 2)
    assert sum(scene.taken().values()) == left + len(twice) == (2400 if ON_REDIS else 480)
    assert Counter(Delivery.objects.values_list("state", flat=True)) == {
        "sent": left + len(twice) - 1,
        "unconfirmed": 1,
    }
    assert Counter(Reminder.objects.values_list("stage", "state")) == {
        (10, "dropped"): DONE_FIRST,
        (10, "delivered"): left - 1,
        (10, "sent"): 1,
        (1, "delivered"): len(twice),
    }
