"""In a demonstration the worker lives on the day the pages show; anywhere else on the real one."""

import datetime

from accounts import clock
from accounts.services import move_demo_clock
from config.celery import play_on_the_demo_day


def test_the_worker_plays_on_the_day_of_the_demonstration(db, settings):
    move_demo_clock(day=datetime.date(2017, 8, 20))
    clock.set_today(None)
    play_on_the_demo_day()
    assert clock.today() != datetime.date(2017, 8, 20)
    settings.DEMO = True
    play_on_the_demo_day()
    assert clock.today() == datetime.date(2017, 8, 20)
