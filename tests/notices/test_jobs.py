"""Long work: claimed once, seen while it goes on, stopped when asked, and taken up again after a killed worker."""

import datetime
import threading
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import clock
from accounts.errors import DomainError
from notices.enums import JobState
from notices.models import CalendarDay, Job
from notices.services.jobs import ask_to_cancel, clear_old_files, resume_stopped, run_job, start_job


@pytest.fixture
def job(people):
    return start_job(actor=people.county, task="nobody.does.this", title="导入示范点", params={"kind": "x"})


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def state_of(job) -> str:
    return Job.objects.get(pk=job.pk).state


def test_work_is_done_and_its_result_kept(job):
    def work(run):
        run.step(1, 4)
        run.finish(result={"new": 3}, output=ContentFile(b"table"), output_name="结果.xlsx")

    run_job(job.pk, work)
    done = Job.objects.get()
    assert (done.state, done.done, done.total, done.result) == ("done", 1, 4, {"new": 3})
    assert done.output.read() == b"table"
    run_job(job.pk, lambda _run: pytest.fail("a job that is over is not done again"))


def test_a_refusal_is_told_in_the_persons_words(job):
    def work(_run):
        raise DomainError("第3行：类别“同心广场”不存在。")

    run_job(job.pk, work)
    failed = Job.objects.get()
    assert (failed.state, failed.error) == ("failed", "第3行：类别“同心广场”不存在。")


def test_a_fault_of_the_program_shows_no_details(job):
    run_job(job.pk, lambda _run: 1 / 0)
    failed = Job.objects.get()
    assert failed.state == "failed"
    assert failed.error == "处理时出错，数据没有改动。请重试；仍不成功请告知系统管理员。"


def test_asking_to_stop_ends_the_work_at_its_next_step(job):
    def work(run):
        ask_to_cancel(job=job)
        run.step(1, 2)
        pytest.fail("the step did not stop the work")

    run_job(job.pk, work)
    assert state_of(job) == JobState.CANCELLED


def test_a_job_that_waits_is_stopped_at_once_and_one_that_is_over_stays(job):
    ask_to_cancel(job=job)
    assert state_of(job) == JobState.CANCELLED
    ask_to_cancel(job=job)
    run_job(job.pk, lambda _run: pytest.fail("stopped before it began"))
    assert state_of(job) == JobState.CANCELLED


def test_work_and_end_are_written_together_or_not_at_all(job):
    """What `finish` shares a transaction with goes when the job was taken away meanwhile."""

    def work(run):
        Job.objects.filter(pk=job.pk).update(state=JobState.WAITING)  # as resume_stopped does
        with transaction.atomic():
            CalendarDay.objects.create(day=datetime.date(2017, 3, 1), is_working=False)
            run.finish()

    run_job(job.pk, work)
    assert CalendarDay.objects.filter(day=datetime.date(2017, 3, 1)).count() == 0
    assert state_of(job) == JobState.WAITING


def test_a_stopped_job_is_handed_out_again_three_times_at_most(job):
    long_ago = timezone.now() - datetime.timedelta(minutes=3)
    for attempts, expected in ((1, "waiting"), (2, "waiting"), (3, "failed")):
        Job.objects.update(
            state=JobState.RUNNING, attempts=attempts, alive_at=long_ago, created_at=clock.now()
        )
        assert resume_stopped() == 1
        assert state_of(job) == expected
    assert "多次中途停止" in Job.objects.get().error
    assert resume_stopped() == 0


def test_a_job_with_signs_of_life_is_left_alone(job):
    Job.objects.update(state=JobState.RUNNING, alive_at=timezone.now())
    assert resume_stopped() == 0
    assert state_of(job) == JobState.RUNNING


def test_a_worker_thought_dead_cannot_end_the_job_another_has(job):
    """It comes back after a long pause: the second worker's attempt counts, not its own."""

    def slow(run):
        Job.objects.update(state=JobState.RUNNING, attempts=2)
        run.finish(result={"by": "the first"})

    run_job(job.pk, slow)
    assert Job.objects.get().result == {}


@pytest.mark.django_db(transaction=True)
def test_two_messages_for_one_job_do_it_once(job):
    barrier, done = threading.Barrier(2), []

    def work(run):
        done.append(run.job.pk)
        run.finish()

    def worker():
        barrier.wait()
        run_job(job.pk, work)
        connection.close()

    threads = [threading.Thread(target=worker) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [job.pk]


def test_files_of_old_jobs_go_and_the_rows_stay(job):
    run_job(job.pk, lambda run: run.finish(output=ContentFile(b"x"), output_name="x.zip"))
    assert clear_old_files() == 0
    Job.objects.update(finished_at=clock.now() - datetime.timedelta(days=15))
    path = Job.objects.get().output.path
    assert clear_old_files() == 1
    assert not Job.objects.get().output
    assert not Path(path).exists()


def test_the_page_shows_progress_to_its_owner_alone(job, people):
    url = reverse("notices:job", args=[job.pk])
    Job.objects.update(state=JobState.RUNNING, done=30, total=120)
    page = client_of(people.county).get(url).content.decode()
    assert 'value="25"' in page
    assert "30 / 120" in page
    assert "停止" in page
    for other in (people.neighbour, people.office, people.system_admin):
        assert client_of(other).get(url).status_code == 404


def test_a_done_job_leads_to_its_result(job, people):
    Job.objects.update(state=JobState.DONE, url="/sites/")
    url = reverse("notices:job_progress", args=[job.pk])
    assert client_of(people.county).get(url, headers={"HX-Request": "true"})["HX-Redirect"] == "/sites/"
    assert 'href="/sites/"' in client_of(people.county).get(url).content.decode()


def test_the_button_stops_the_job_and_the_output_is_the_owners(job, people):
    client = client_of(people.county)
    assert client.get(reverse("notices:job_output", args=[job.pk])).status_code == 404
    client.post(reverse("notices:job_cancel", args=[job.pk]))
    assert state_of(job) == JobState.CANCELLED
    done = start_job(actor=people.county, task="x", title="导出", params={})
    run_job(done.pk, lambda run: run.finish(output=ContentFile(b"x"), output_name="卷宗.zip"))
    answer = client.get(reverse("notices:job_output", args=[done.pk]))
    assert b"".join(answer.streaming_content) == b"x"
    assert client_of(people.neighbour).get(answer.wsgi_request.path).status_code == 404
