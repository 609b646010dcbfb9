"""What the pages say comes next, what is asked of the form, and what happens once the last day is over."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.selectors import log_rows
from applications.content import field_labels
from applications.deadlines import last_day_for
from applications.models import Application
from applications.progress import decision, what_next
from applications.selectors import papers_wanted
from applications.services import (
    accept,
    conclude,
    grant_extension,
    refuse,
    return_for_correction,
    submit,
    withdraw,
)
from assessments.services import open_assessment
from notices.models import Message
from sites.services import set_figures


@pytest.fixture
def page_of():
    """page_of(user, "applications:edit", application, language="en"): the text of the page."""

    def do(user, name, obj, language="zh-hans"):
        client = Client()
        client.force_login(user)
        client.cookies["django_language"] = language
        return client.get(reverse(name, args=[obj.pk])).content.decode()

    return do


@pytest.fixture
def filed(draft, fill, people):
    return lambda: submit(actor=people.county, application=fill(draft(), people.county))


def outlook(application):
    """(what is next, by when, what was written with the decision), in English."""
    application = Application.objects.get(pk=application.pk)
    with translation.override("en"):
        upcoming = what_next(application, last_day_for(application))
        return (
            upcoming and str(upcoming),
            upcoming and upcoming.due and upcoming.due.isoformat(),
            decision(application, log_rows(application)),
        )


def test_a_draft_is_finished_by_the_last_day(draft, xiangtan):
    assert outlook(draft()) == ("County staff: Finish the form and submit it", "2017-05-31", "")


def test_a_submitted_form_lies_with_the_office(filed):
    assert outlook(filed()) == ("Leadership office: Check the papers", None, "")


def test_a_returned_form_is_corrected_by_its_own_day_with_the_reason(filed, people, on_day):
    application = filed()
    on_day(2017, 5, 31)
    return_for_correction(actor=people.office, application=application, reason="请补充活动台账")
    # Ten working days from 1 June on: 1, 2, 5 to 9, 12 to 14 June.
    assert outlook(application) == (
        "County staff: Correct the form and submit it again",
        "2017-06-14",
        "请补充活动台账",
    )


def test_an_accepted_form_goes_on_to_its_assessment(filed, people):
    application = filed()
    accept(actor=people.office, application=application)
    assert outlook(application) == ("Leadership office: Open the assessment", None, "")


@pytest.mark.parametrize("end", [refuse, withdraw])
def test_an_end_gives_its_reason_and_nothing_more_to_do(end, filed, people):
    application = filed()
    actor = people.county if end is withdraw else people.office
    end(actor=actor, application=application, reason="条件不符")
    assert outlook(application) == (None, None, "条件不符")


@pytest.mark.parametrize(("awarded", "reason"), [(True, "潭同社〔2017〕1号"), (False, "考核未通过")])
def test_the_end_of_the_assessment_gives_number_or_reason(awarded, reason, filed, people, page_of):
    application = filed()
    accept(actor=people.office, application=application)
    conclude(actor=people.office, application=application, awarded=awarded, reason=reason)
    assert outlook(application) == (None, None, reason)
    line = page_of(people.county, "applications:detail", application).split('class="next-line"')[1]
    line = line.split("</p>")[0]
    assert reason in line
    assert (reverse("sites:detail", args=[application.site_id]) in line) == awarded


def test_the_page_of_an_application_shows_where_its_assessment_stands(filed, people, page_of):
    application = filed()
    accept(actor=people.office, application=application)
    assessment = open_assessment(actor=people.office, application=application)
    text = page_of(people.county, "applications:detail", application, "en")
    line = text.split('class="next-line"')[1].split("</p>")[0]
    assert "Leadership office: Assign assessors" in line
    assert "by 30 November 2017" in line
    assert reverse("assessments:detail", args=[assessment.pk]) in line


def test_the_stamped_form_lies_beside_the_printed_one(filed, people, page_of):
    application = filed()
    scan = application.attachments.get()
    head = page_of(people.office, "applications:detail", application).split('<div class="columns">')[0]
    assert reverse("applications:attachment", args=[scan.pk]) in head


# --- the form as the programme file describes it ------------------------------------------------------------


def test_the_form_says_what_must_not_be_written(draft, people, page_of):
    application = draft()
    page = page_of(people.county, "applications:edit", application)
    assert "涉密信息不得填写或上传；请勿填写个人宗教信仰、民族等敏感个人信息" in page
    assert "示范点照片" in page
    assert "下级授牌文件、制度、台账等。" in page
    page = page_of(people.county, "applications:edit", application, "en")
    assert "No state secrets. Do not enter the faith, ethnicity" in page
    assert "Application Form for Four Tongxin Demonstration Sites" in page
    assert "Papers of the plaque below, rules, ledgers." in page
    page = page_of(people.county, "applications:submit", application, "en")
    assert "Scan of the stamped form" in page
    assert "Print the present version, have it stamped, scan it." in page


def test_a_file_without_a_word_on_papers_still_asks_for_the_stamped_form(draft):
    application = draft()
    application.cycle.form = {"title": "表", "sections": []}
    assert set(papers_wanted(application)) == {"photo", "proof", "stamped"}
    application.cycle.form = {
        "title": "表",
        "sections": [],
        "attachments": [{"kind": "photo", "label": "照片"}],
    }
    wanted = papers_wanted(application)
    assert set(wanted) == {"photo", "stamped"}
    assert wanted["photo"] == {"label": "照片", "help": "", "accept": ".jpg,.jpeg,.png"}


def test_labels_and_figures_follow_the_language(draft, people, page_of):
    application = draft()
    with translation.override("en"):
        labels = field_labels(application)
    assert (labels["fields.plan"], labels["figures.members"]) == ("Next steps", "United front members")
    set_figures(site=application.site, year=2017, values={"members": 120})
    assert "统战成员（人）" in page_of(people.county, "sites:detail", application.site)
    page = page_of(people.county, "sites:detail", application.site, "en")
    assert "United front members (persons)" in page


# --- after the last day -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["applications:edit", "applications:submit", "applications:detail"])
def test_after_the_last_day_the_pages_say_so_once_and_what_would_help(name, draft, people, page_of, on_day):
    application = draft()
    on_day(2017, 5, 31)
    assert "申报截止日期为" not in page_of(people.county, name, application)
    on_day(2017, 6, 1)
    _before, after = page_of(people.county, name, application).split("申报截止日期为2017年5月31日")
    assert "潭市统通〔2017〕5号" in after[:200]
    assert "领导小组办公室可以批准延期" in after[:400]


def test_each_reader_gets_days_in_the_own_language(people, xiangtan):
    people.county.language = "en"
    people.county.save()
    grant_extension(
        actor=people.office,
        cycle=xiangtan.cycle,
        area=xiangtan.areas["湘潭县"],
        until=datetime.date(2017, 6, 9),
        reason="洪灾",
    )
    message = Message.objects.get(recipient=people.county)
    assert message.subject == "The last day for filing is now 9 June 2017."
    people.county.language = "zh-hans"
    people.county.save()
    grant_extension(
        actor=people.office,
        cycle=xiangtan.cycle,
        area=xiangtan.areas["湘潭县"],
        until=datetime.date(2017, 6, 12),
        reason="洪灾未退",
    )
    assert "2017年6月12日" in Message.objects.filter(recipient=people.county).latest("id").subject


def test_a_year_reads_as_a_year_of_its_programme(xiangtan):
    with translation.override("en"):
        assert str(xiangtan.cycle) == "2017 Four Tongxin Demonstration Sites"
