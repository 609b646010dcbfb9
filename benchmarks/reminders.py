"""What it costs to remind 2,000 people: the ledger's rows and one digest each, beside writing as many bare rows.

python -m benchmarks.reminders
"""

import datetime
import json
import subprocess
import sys
import time

from benchmarks.data import programme, scratch
from benchmarks.timing import Line

PEOPLE = 2_000
#: Ten working days before the last day for filing, the first on which anybody is reminded of it.
DAY = datetime.date(2017, 5, 16)


def _staff(scene) -> list:
    """So many people of one county that owes its applications."""
    from accounts.enums import Role
    from accounts.models import RoleAssignment, User

    area, since = scene.areas[0], datetime.date(2017, 1, 1)
    users = User.objects.bulk_create(
        User(username=f"staff{number}", title="经办人", unit=area) for number in range(PEOPLE)
    )
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user=user, role=Role.UNIT_STAFF, unit=area, valid_from=since) for user in users
    )
    return users


def _bare(users) -> float:
    """Seconds to write a message for each and a row that it was sent, and no more."""
    from accounts import clock
    from notices.models import Digest, Message

    start = time.perf_counter()
    now = clock.now()
    messages = Message.objects.bulk_create(
        Message(recipient=user, subject="提醒", body="申报截止日期", url="/", created_at=now)
        for user in users
    )
    Digest.objects.bulk_create(
        Digest(recipient=message.recipient, day=datetime.date(2016, 1, 1), message=message)
        for message in messages
    )
    return time.perf_counter() - start


def _measure() -> list[list]:
    from accounts import clock
    from notices.models import Digest, Reminder
    from notices.services.digests import send_digests
    from notices.services.planning import plan

    users = _staff(programme())
    clock.set_today(DAY)
    floor = _bare(users)
    start = time.perf_counter()
    plan()
    planned = time.perf_counter() - start
    start = time.perf_counter()
    send_digests()
    sent = time.perf_counter() - start
    told = Digest.objects.filter(day=DAY, recipient__in=users).count()
    assert (told, Reminder.objects.filter(recipient__in=users, state="delivered").count()) == (PEOPLE, PEOPLE)
    name = "bare messages and rows"
    return [
        [f"reminders of {PEOPLE:,} people planned", planned, name, floor, ""],
        [f"{PEOPLE:,} digests into the inbox", sent, name, floor, ""],
    ]


def run() -> list[Line]:
    """Measure in a process of its own, for its clock and its database."""
    command = [sys.executable, "-m", "benchmarks.reminders", "--json"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return [Line(*row) for row in json.loads(done.stdout.splitlines()[-1])]


if __name__ == "__main__":
    if "--json" in sys.argv:
        with scratch():
            print(json.dumps(_measure()))
    else:
        for line in run():
            print(
                f"{line.job}: {line.figure:.2f} s, {line.ratio:.1f} x {line.floor_name} ({line.floor:.2f} s)"
            )
