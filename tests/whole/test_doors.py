"""Who gets through which door: every view, asked by every kind of person about an object of 湘潭县.

A view that is not in the table fails the test, so no new page goes without somebody deciding who may see it.
"""

import copy
import datetime
import uuid
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from accounts import clock
from accounts.enums import Role
from accounts.services import create_token
from applications.models import Application, ScannedPage, Seal
from applications.services import accept, add_batch, submit
from assessments.models import Assessment, Review, RevocationLetter, RevocationProposal
from assessments.services import add_evidence, assign_assessor, open_assessment
from notices.models import Job
from notices.services import notify
from notices.services.absences import enter_absence
from notices.services.jobs import run_job, start_job
from publicity.pieces import Piece
from publicity.services.cases import add_case_photo, take_case_step, write_case
from publicity.services.coverage import record_coverage
from publicity.services.plans import plan_coverage
from publicity.services.stories import offer_story, write_story
from sites.imports.services import CHECK_TASK
from sites.models import Fund, Photo
from sites.services import add_entry, appoint_liaison, register_plaque
from supervision.models import ReminderLetter, SupervisionGroup, Talk
from supervision.services import join_group, plan_visit, record_finding
from supervision.services.desk_visits import record_at_desk
from supervision.services.meetings import add_papers, plan_meeting
from supervision.services.tasks import report_progress
from tests.applications.conftest import draft, fill, png  # noqa: F401 - fixtures
from tests.applications.sealing import authority
from tests.sites.life import values_of
from tests.supervision.field_work import picture

EVERYBODY = [
    "anonymous",
    "county",
    "neighbour",
    "office",
    "leader",
    "assessor",
    "supervisor",
    "liaison",
    "auditor",
    "system_admin",
    "security_admin",
    "other_city",
    "other_county",
    "nobody",
]
SIGNED_IN = tuple(EVERYBODY[1:])
SITE_READERS = ("county", "office", "leader", "supervisor")
#: A reminder letter that is not sealed yet is the sender's.
LETTER_READERS = ("office", "leader", "supervisor")
#: Who sees a site and what hangs on it alone; what is worked out across sites is not a liaison's.
SITE_SEERS = (*SITE_READERS, "liaison")
READERS = ("county", "office", "leader", "supervisor", "assessor")
TABLE_READERS = ("county", "neighbour", "office", "leader")
#: Whoever holds a role in the city sees that there is this year.
IN_THE_CITY = (*READERS, "liaison", "neighbour", "auditor", "system_admin", "security_admin")

#: view: (method, argument names, who gets through). Everybody else gets 404, strangers the login page. A step on an
#: object (POST) lets through whoever sees the object; whether it may be taken is the service's to say, in words.
DOORS = {
    "dashboard:inbox": ("get", (), SIGNED_IN),
    "dashboard:overview": (
        "get",
        (),
        ("county", "neighbour", "office", "leader", "other_city", "other_county"),
    ),
    "dashboard:map": ("get", (), ("county", "neighbour", "office", "leader", "other_city", "other_county")),
    "dashboard:wall": ("get", (), ("county", "neighbour", "office", "leader", "other_city", "other_county")),
    "dashboard:rows": ("get", ("rows_code",), ("county", "neighbour", "office", "leader")),
    "dashboard:briefing_pdf": ("get", (), ("county", "neighbour", "office", "leader")),
    "dashboard:briefing_docx": ("get", (), ("county", "neighbour", "office", "leader")),
    "dashboard:search": ("get", (), (*READERS, "liaison", "neighbour", "other_city", "other_county")),
    "dashboard:site_warnings": ("get", ("site",), SITE_READERS),
    "accounts:password": ("get", (), SIGNED_IN),
    "accounts:users": ("get", (), ("system_admin", "security_admin")),
    "accounts:new_user": ("get", (), ("system_admin",)),
    "accounts:user": ("get", ("user",), ("system_admin", "security_admin")),
    "accounts:unlock": ("post", ("user",), ("system_admin",)),
    "accounts:role_end": ("post", ("role",), ("security_admin",)),
    "accounts:audit": ("get", (), ("auditor",)),
    "accounts:tokens": ("get", (), ("security_admin",)),
    "accounts:new_token": ("get", (), ("security_admin",)),
    "accounts:end_token": ("post", ("token",), ("security_admin",)),
    "notices:list": ("get", (), SIGNED_IN),
    "notices:open": ("get", ("message",), ("county",)),
    "notices:read_all": ("post", (), SIGNED_IN),
    "notices:job": ("get", ("job",), ("county",)),
    "notices:job_progress": ("get", ("job",), ("county",)),
    "notices:job_cancel": ("post", ("job",), ("county",)),
    "notices:job_output": ("get", ("job",), ("county",)),
    "notices:calendar": ("get", (), ("office", "system_admin", "other_city")),
    "notices:calendar_remove": ("post", (), ()),
    "notices:calendar_fill": ("post", (), ()),
    "notices:channels": ("get", (), SIGNED_IN),
    "notices:channel": ("post", ("channel",), SIGNED_IN),
    "notices:channel_test": ("post", ("channel",), SIGNED_IN),
    "notices:channel_forget": ("post", ("channel",), SIGNED_IN),
    "notices:feed_make": ("post", (), SIGNED_IN),
    "notices:feed_revoke": ("post", (), SIGNED_IN),
    "notices:deliveries": ("get", (), ("office", "system_admin", "other_city")),
    "notices:delivery_again": ("post", ("delivery",), ("office", "system_admin")),
    "notices:deliveries_again": ("post", (), ("office", "system_admin", "other_city")),
    "notices:reminders": ("get", (), SIGNED_IN),
    "notices:reminder_ledger": ("get", (), ("office", "other_city")),
    "notices:absences": ("get", (), SIGNED_IN),
    "notices:absence_end": ("post", ("absence",), ("county", "office")),
    "programmes:rehearsal": ("get", (), ("office", "system_admin", "other_city")),
    "programmes:rehearse": ("post", ("cycle",), ("office", "system_admin")),
    "sites:list": ("get", (), SIGNED_IN),
    "sites:choose": ("get", (), SIGNED_IN),
    "sites:new": ("get", (), ("county", "neighbour")),
    "sites:import": ("get", (), ("county", "neighbour", "office")),
    "sites:import_kind": ("get", ("import_kind",), ("county", "neighbour")),
    "sites:import_template": ("get", ("import_kind",), ("county", "neighbour")),
    "sites:import_result": ("get", ("import_job",), ("county",)),
    "sites:import_write": ("post", ("import_job",), ("county",)),
    "sites:detail": ("get", ("site",), SITE_SEERS),
    "sites:activities": ("get", ("site",), SITE_SEERS),
    "sites:life": ("get", ("site", "ledger"), SITE_SEERS),
    "sites:entry": ("get", ("ledger", "entry"), SITE_SEERS),
    "sites:entry_step": ("post", ("ledger", "entry"), ()),
    "sites:entry_change": ("get", ("ledger", "entry"), SITE_SEERS),
    "sites:waiting": ("get", (), ("county", "neighbour", "liaison", "other_county")),
    "sites:photo": ("get", ("photo",), SITE_SEERS),
    "sites:thumbnail": ("get", ("photo",), SITE_SEERS),
    "sites:liaisons": ("get", ("site",), SITE_SEERS),
    "sites:liaison_end": ("post", ("appointment",), SITE_SEERS),
    "sites:edit": ("get", ("site",), ("county",)),
    "sites:close": ("post", ("site",), SITE_SEERS),
    "sites:reopen": ("post", ("site",), SITE_SEERS),
    "sites:plaque_award": ("get", ("site",), ("county",)),
    "sites:plaque_register": ("get", ("site",), ("county", "office")),
    "sites:plaque": ("post", ("plaque",), ()),
    "sites:plaque_paper": ("get", ("plaque",), SITE_SEERS),
    "sites:plaque_add_paper": ("post", ("plaque",), SITE_SEERS),
    "sites:plaques": ("get", (), SIGNED_IN),
    "sites:change": ("get", ("site",), ("office",)),
    "sites:plaque_handling": ("post", ("plaque",), SITE_SEERS),
    "sites:handling_file": ("get", ("handling",), SITE_SEERS),
    "sites:plaque_ledger": ("get", ("programme",), TABLE_READERS),
    "sites:area_figures": (
        "get",
        (),
        ("county", "neighbour", "office", "leader", "other_city", "other_county"),
    ),
    "sites:area_figures_of": (
        "get",
        ("programme", "area", "year"),
        ("county", "office", "leader", "supervisor"),
    ),
    "applications:list": ("get", (), SIGNED_IN),
    "applications:start": ("post", ("site", "level"), SITE_SEERS),
    "applications:detail": ("get", ("application",), READERS),
    "applications:edit": ("get", ("application",), READERS),
    "applications:autosave": ("post", ("application",), READERS),
    "applications:attach": ("post", ("application",), ()),
    "applications:attachment": ("get", ("attachment",), READERS),
    "applications:attachment_remove": ("post", ("attachment",), READERS),
    "applications:preview": ("get", ("application",), READERS),
    "applications:seals": ("get", (), ("security_admin",)),
    "applications:seal_new": ("get", (), ()),
    "applications:seal_many": ("post", (), ()),
    "applications:seal_revoke": ("post", ("seal",), (*SITE_READERS, "security_admin")),
    "applications:seal_picture": ("get", ("seal",), (*SITE_READERS, "security_admin")),
    "applications:seal_form": ("get", ("version", "box"), READERS),
    "applications:sealed_pdf": ("get", ("sealing",), ()),
    "applications:check_pdf": ("get", (), SIGNED_IN),
    "applications:submit": ("get", ("application",), READERS),
    "applications:withdraw": ("post", ("application",), READERS),
    "applications:scan_add": ("post", ("application",), READERS),
    "applications:scan_batches": ("get", (), ("office", "other_city")),
    "applications:scan_batch": ("get", ("scan_batch",), ("office",)),
    "applications:scan_page": ("get", ("scan_page",), READERS),
    "applications:scan_overrule": ("post", ("scan_page",), READERS),
    "applications:handle": ("post", ("application",), ()),
    "applications:print": ("post", ("application",), READERS),
    "applications:compare": ("get", ("application",), READERS),
    "applications:version_pdf": ("get", ("version",), READERS),
    "applications:version_word": ("get", ("version",), READERS),
    "check_paper": ("get", ("number", "digest"), READERS),
    "applications:eligibility": ("get", (), TABLE_READERS),
    "applications:cycle": ("get", (), SIGNED_IN),
    "applications:next_cycle": ("get", ("cycle",), ("office",)),
    "applications:summary_table": ("get", ("cycle",), TABLE_READERS),
    "applications:quota": ("get", ("cycle",), ("office",)),
    "assessments:list": ("get", (), SIGNED_IN),
    "assessments:ranking": ("get", (), ("office", "leader")),
    "assessments:review_table": ("get", ("cycle",), TABLE_READERS),
    "assessments:reviews": ("get", (), SIGNED_IN),
    "assessments:review_draw": ("get", ("cycle",), ("office",)),
    "assessments:review": ("get", ("review",), SITE_READERS),
    "assessments:review_form": ("get", ("review",), SITE_READERS),
    "assessments:review_return": ("post", ("review",), SITE_READERS),
    "assessments:review_visit": ("post", ("review",), SITE_READERS),
    "assessments:review_result": ("post", ("review",), SITE_READERS),
    "assessments:review_rectification": ("post", ("review",), SITE_READERS),
    "assessments:review_drop": ("post", ("review",), SITE_READERS),
    "assessments:review_visit_file": ("get", ("visit",), SITE_READERS),
    "assessments:propose": ("get", ("plaque",), SITE_SEERS),
    "assessments:letter": ("get", ("lettered",), SITE_READERS),
    "assessments:proposal": ("get", ("proposal",), SITE_READERS),
    "assessments:proposal_decide": ("post", ("proposal",), SITE_READERS),
    "assessments:proposal_answer": ("post", ("proposal",), SITE_READERS),
    "assessments:proposal_withdraw": ("post", ("proposal",), SITE_READERS),
    "assessments:indicators": ("get", (), ("office", "leader", "other_city")),
    "assessments:indicators_start": ("get", ("category",), ("office",)),
    "assessments:indicators_version": ("get", ("indicator_set",), ("office", "leader")),
    "assessments:indicators_compare": ("get", ("indicator_set",), ("office", "leader")),
    "assessments:indicators_edit": ("get", ("indicator_set",), ("office",)),
    "assessments:indicators_publish": ("get", ("indicator_set",), ("office",)),
    "assessments:indicators_sums": ("get", ("indicator_set",), ("office",)),
    "assessments:indicators_line_new": ("get", ("indicator_set",), ("office",)),
    "assessments:indicators_line": ("get", ("indicator_set", "indicator"), ("office",)),
    "assessments:indicators_line_move": ("post", ("indicator_set", "indicator"), ("office", "leader")),
    "assessments:indicators_line_delete": ("post", ("indicator_set", "indicator"), ("office", "leader")),
    "assessments:indicators_delete": ("post", ("indicator_set",), ("office", "leader")),
    "assessments:start": ("post", ("application",), READERS),
    "assessments:detail": ("get", ("assessment",), READERS),
    "assessments:application_dossier": ("post", ("application",), ("county", "office", "leader")),
    "assessments:site_dossier": ("post", ("site",), ("county", "office", "leader")),
    "assessments:assign": ("post", ("assessment",), READERS),
    "assessments:close": ("post", ("assessment",), READERS),
    "assessments:deliberate": ("post", ("assessment",), READERS),
    "assessments:ranking_table": ("get", (), ("office", "leader")),
    "assessments:answers": ("get", ("cycle", "recommended_level"), ("office", "leader")),
    "assessments:meeting": ("get", ("cycle",), ("office", "leader")),
    "assessments:minutes": ("get", ("assessment",), ()),
    "assessments:assign_cycle": ("get", ("cycle",), ("office",)),
    "assessments:assign_automatic": ("get", ("assessment",), ("office",)),
    "assessments:conflict": ("post", ("assessment",), ("office",)),
    "assessments:discuss": ("post", ("assessment",), READERS),
    "assessments:score_table": ("get", ("assessment", "table_kind"), ("office", "leader")),
    "assessments:step_back": ("get", ("sheet",), ("assessor",)),
    "assessments:send_back": ("post", ("sheet",), ("office",)),
    "assessments:evidence": ("get", ("evidence",), ("assessor", "office", "leader")),
    "assessments:evidence_remove": ("post", ("evidence",), ("assessor", "office", "leader")),
    "assessments:answer": ("post", ("assessment",), READERS),
    "assessments:notice": ("post", ("assessment",), READERS),
    "assessments:objection": ("post", ("assessment",), READERS),
    "assessments:objections": ("get", (), ("office", "other_city")),
    "assessments:objection_decide": ("post", ("objection",), ()),
    "assessments:decline": ("post", ("assessment",), READERS),
    "assessments:award": ("post", ("assessment",), READERS),
    "assessments:sheet": ("get", ("sheet",), ("assessor", "office", "leader")),
    "assessments:hand_in": ("post", ("sheet",), ("assessor", "office", "leader")),
    "assessments:unassign": ("post", ("sheet",), ("office",)),
    # The quarterly evaluation: Xiangtan's scheme has none, so nobody finds any of it.
    "assessments:evaluation": ("get", (), ()),
    "assessments:evaluation_quarter": ("get", ("quarter",), ()),
    "assessments:evaluation_score": ("get", ("quarter", "duty"), ()),
    "assessments:evaluation_send": ("post", ("quarter",), ()),
    "assessments:evaluation_close": ("post", ("quarter",), ()),
    "assessments:evaluation_ranking": ("get", ("quarter",), ()),
    "assessments:evaluation_unit": ("get", ("quarter",), ()),
    "assessments:evaluation_report": ("get", ("quarter", "duty"), ()),
    "assessments:evaluation_confirm": ("post", ("quarter",), ()),
    "assessments:evaluation_object": ("post", ("quarter",), ()),
    "assessments:evaluation_decide": ("get", ("quarter",), ()),
    "assessments:evaluation_file": ("get", ("quarter",), ()),
    "assessments:evaluation_year": ("get", ("cycle",), ()),
    "assessments:evaluation_classes": ("get", ("cycle",), ()),
    "assessments:evaluation_talks": ("get", ("cycle",), ()),
    "assessments:evaluation_talk_decide": ("post", ("quarter",), ()),
    "assessments:evaluation_talk_hold": ("post", ("quarter",), ()),
    "supervision:list": ("get", (), SIGNED_IN),
    "supervision:detail": ("get", ("group",), ("county", "office", "leader", "supervisor")),
    "supervision:join": ("post", ("group",), SITE_READERS),
    "supervision:leave": ("post", ("membership",), SITE_READERS),
    "supervision:edit": ("post", ("group",), SITE_READERS),
    "supervision:area": ("post", ("group",), SITE_READERS),
    "supervision:area_end": ("post", ("group_area",), SITE_READERS),
    "supervision:plan": ("get", (), SIGNED_IN),
    "supervision:plan_calendar": ("get", (), SIGNED_IN),
    "supervision:unvisited": ("get", (), IN_THE_CITY),
    "supervision:plan_year": ("post", ("group",), SITE_READERS),
    "supervision:visit_new": ("get", ("group",), ("office", "supervisor")),
    "supervision:visit": ("get", ("planned_visit",), SITE_READERS),
    "supervision:visit_move": ("post", ("planned_visit",), SITE_READERS),
    "supervision:visit_cancel": ("post", ("planned_visit",), SITE_READERS),
    "supervision:inspections": ("get", (), SIGNED_IN),
    "supervision:inspection_new": ("get", ("group",), ("office", "supervisor")),
    "supervision:inspection": ("get", ("inspection",), SITE_READERS),
    "supervision:inspection_void": ("post", ("inspection",), SITE_READERS),
    "supervision:inspection_photo": ("get", ("inspection_photo",), SITE_READERS),
    "supervision:meetings": ("get", (), SIGNED_IN),
    # Which kind and whose is asked for in the address; without them there is nothing to plan.
    "supervision:meeting_plan": ("get", ("cycle",), ()),
    "supervision:meeting": ("get", ("meeting",), SITE_READERS),
    "supervision:meeting_change": ("get", ("meeting",), SITE_READERS),
    "supervision:meeting_move": ("post", ("meeting",), SITE_READERS),
    "supervision:meeting_hold": ("post", ("meeting",), SITE_READERS),
    "supervision:meeting_cancel": ("post", ("meeting",), SITE_READERS),
    "supervision:meeting_papers": ("post", ("meeting",), SITE_READERS),
    "supervision:meeting_agenda": ("get", ("meeting",), SITE_READERS),
    "supervision:meeting_file": ("get", ("meeting_file",), SITE_READERS),
    "supervision:tasks": ("get", (), SIGNED_IN),
    "supervision:task_ledger": ("get", (), IN_THE_CITY),
    "supervision:task_give": ("get", ("cycle",), ("office",)),
    "supervision:task_take_over": ("post", ("cycle",), IN_THE_CITY),
    "supervision:task": ("get", ("task",), SITE_READERS),
    "supervision:task_break_down": ("get", ("task",), SITE_READERS),
    "supervision:task_report": ("post", ("task",), SITE_READERS),
    "supervision:task_confirm": ("post", ("task",), SITE_READERS),
    "supervision:task_return": ("post", ("task",), SITE_READERS),
    "supervision:task_move": ("post", ("task",), SITE_READERS),
    "supervision:task_cancel": ("post", ("task",), SITE_READERS),
    "supervision:task_file": ("get", ("task_file",), SITE_READERS),
    "supervision:field": ("get", (), ("office", "supervisor")),
    "supervision:findings": ("get", (), SIGNED_IN),
    "supervision:finding": ("get", ("finding",), SITE_READERS),
    "supervision:finding_step": ("post", ("finding", "finding_step"), SITE_READERS),
    "supervision:finding_file": ("get", ("finding_file",), SITE_READERS),
    "supervision:talk_file": ("get", ("talk",), SITE_READERS),
    # Not sealed yet, so not for the county. Also for the keeper of the department's seal:
    # tests/supervision/test_finding_letters.py.
    "supervision:letter": ("get", ("letter",), LETTER_READERS),
    "supervision:letter_progress": ("get", ("letter",), LETTER_READERS),
    "supervision:letter_pdf": ("get", ("letter",), LETTER_READERS),
    "supervision:letter_seal": ("post", ("letter",), LETTER_READERS),
    "supervision:letter_stamp": ("post", ("letter",), LETTER_READERS),
    # Also for the keeper of the issuing unit's seal: tests/publicity/test_certificates.py.
    "publicity:plaque_certificates": ("get", ("plaque",), SITE_SEERS),
    "publicity:certificate": ("get", ("certificate",), SITE_SEERS),
    "publicity:certificate_progress": ("get", ("certificate",), SITE_SEERS),
    "publicity:certificate_pdf": ("get", ("certificate",), SITE_SEERS),
    "publicity:certificate_seal": ("post", ("certificate",), SITE_SEERS),
    "publicity:certificate_stamp": ("post", ("certificate",), SITE_SEERS),
    "publicity:coverage": ("get", (), SIGNED_IN),
    "publicity:coverage_new": ("get", (), ("county", "neighbour", "office")),
    "publicity:coverage_entry": ("get", ("coverage",), SITE_READERS),
    "publicity:coverage_change": ("get", ("coverage",), SITE_READERS),
    "publicity:coverage_withdraw": ("post", ("coverage",), SITE_READERS),
    "publicity:coverage_reprint": ("post", ("coverage",), SITE_READERS),
    "publicity:coverage_fetch": ("post", ("coverage",), SITE_READERS),
    "publicity:coverage_file": ("get", ("coverage",), SITE_READERS),
    "publicity:coverage_page": ("get", ("coverage",), SITE_READERS),
    "publicity:matrix": ("get", (), IN_THE_CITY),
    "publicity:plan": ("get", (), SIGNED_IN),
    "publicity:planned_new": ("get", (), ("county", "neighbour", "office")),
    "publicity:planned": ("get", ("planned",), SITE_READERS),
    "publicity:planned_change": ("get", ("planned",), SITE_READERS),
    "publicity:planned_drop": ("post", ("planned",), SITE_READERS),
    "publicity:cases": ("get", (), SIGNED_IN),
    "publicity:case_new": ("get", (), ("county", "neighbour")),
    "publicity:case": ("get", ("case",), SITE_READERS),
    "publicity:case_edit": ("get", ("case",), SITE_READERS),
    # Which step is asked for in the form; without it there is none.
    "publicity:case_step": ("post", ("case",), ()),
    "publicity:case_photo_add": ("post", ("case",), SITE_READERS),
    "publicity:case_photo": ("get", ("case_photo",), SITE_READERS),
    "publicity:case_thumbnail": ("get", ("case_photo",), SITE_READERS),
    "publicity:case_photo_remove": ("post", ("case_photo",), SITE_READERS),
    "publicity:story_of_case": ("get", ("case",), SITE_READERS),
    "publicity:stories": ("get", (), SIGNED_IN),
    "publicity:story_of_site": ("get", ("site",), SITE_SEERS),
    "publicity:story": ("get", ("story",), SITE_READERS),
    "publicity:story_preview": ("get", ("story",), SITE_READERS),
    "publicity:story_edit": ("get", ("story",), SITE_READERS),
    "publicity:story_step": ("post", ("story",), ()),
    "publicity:story_release": ("post", ("story",), ()),
    "publicity:story_photo": ("get", ("story_photo",), SITE_READERS),
    "publicity:story_thumbnail": ("get", ("story_photo",), SITE_READERS),
}
#: Doors anybody may pass without signing in.
PUBLIC = {
    "robots",
    "publicity:portal",
    "publicity:portal_sites",
    "publicity:portal_site",
    "publicity:portal_cases",
    "publicity:portal_case",
    "publicity:portal_photo",
    "publicity:portal_thumbnail",
    "publicity:portal_figures",
    "publicity:portal_language",
    "publicity:portal_feed",
    "publicity:portal_calendar",
    "publicity:ledger_csv",
    "publicity:ledger_json",
    "publicity:sitemap",
    "accounts:login",
    "accounts:logout",
    "accounts:language",
    "accounts:alive",
    "dashboard:feed",
    "publicity:plaque_check",
    "publicity:plaque",
    "check_plaque",
    "api:api-root",
    "api:openapi",
    "publicity:taken_back",
    "publicity:notices",
    "publicity:object",
    "publicity:outcome",
    "publicity:objection_received",
    # No more than the names of files; the page itself asks who is there.
    "supervision:field_worker",
    "supervision:field_manifest",
}
#: Devices are answered in JSON, also that nobody is signed in (401); tested in tests/supervision/test_field_api.py.
FOR_DEVICES = {"supervision:field_pack", "supervision:field_visit", "supervision:field_photo"}
#: Opened by a token instead of a person, answered in JSON: tests/api.
FOR_SYSTEMS = {
    "api:sites",
    "api:site",
    "api:plaques",
    "api:plaque",
    "api:applications",
    "api:application",
    "api:coverage",
}
#: Exists only in a demonstration; tested there.
DEMO_ONLY = {"accounts:demo_day"}


def names(resolver, prefix=""):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from names(pattern, f"{pattern.namespace}:" if pattern.namespace else prefix)
        else:
            yield f"{prefix}{pattern.name}"


def test_every_view_is_in_the_table():
    assert sorted(names(get_resolver())) == sorted(
        DOORS.keys() | PUBLIC | FOR_DEVICES | FOR_SYSTEMS | DEMO_ONLY
    )


@pytest.fixture
def scene(xiangtan, people, make_user, draft, fill):  # noqa: F811
    """湘潭县's site with an accepted application under assessment, and one person of every kind."""
    application = submit(actor=people.county, application=fill(draft(), people.county))
    accept(actor=people.office, application=application)
    assessment = open_assessment(actor=people.office, application=application)
    sheet = assign_assessor(actor=people.office, assessment=assessment, assessor=people.assessor)
    plaque = register_plaque(
        actor=people.county, site=application.site, level=xiangtan.levels["city"], number="旧1号",
        awarded_on=datetime.date(2015, 1, 1), paper=png(),
    )  # fmt: skip
    supervisor = make_user("supervisor", None, xiangtan.city)
    group = SupervisionGroup.objects.get(areas__area=application.area)
    membership = join_group(actor=people.office, group=group, user=supervisor)
    message = notify(recipients=[people.county], subject="消息", url="/")[0]
    seal = Seal.objects.create(
        unit=application.area, name="印章", picture=png(), valid_from=datetime.date(2015, 1, 1),
        valid_until=datetime.date(2040, 1, 1), fingerprint="0" * 64, registered_at=clock.now(),
        certificate=authority().pem.decode(),
    )  # fmt: skip
    job = start_job(actor=people.county, task="none", title="工作", params={})
    run_job(job.pk, lambda run: run.finish(output=ContentFile(b"-"), output_name="结果.zip"))
    batch = add_batch(actor=people.office, uploads=[png()])
    scan = ScannedPage.objects.create(
        upload=batch.scans.get(), position=1, verdict="filed", application=application,
        version=application.versions.get(), page=1, image=png(),
    )  # fmt: skip
    reviewed = _reviewed(xiangtan.cycle, application.site, plaque, people.office)
    liaison = make_user("liaison", None, application.area)
    return SimpleNamespace(
        **reviewed,
        **_kept(application.site, people.county, liaison),
        **_published(application.site, application.cycle, people.county),
        **_covered(application.site, application.cycle, people.county),
        people=SimpleNamespace(**vars(people), supervisor=supervisor, liaison=liaison),
        scan_batch=batch.pk,
        scan_page=scan.pk,
        user=people.county.pk,
        role=people.county.role_assignments.get().pk,
        message=message.pk,
        channel="wecom",
        delivery=message.deliveries.create(channel="email", state="failed").pk,
        import_kind="sites",
        rows_code="taken",
        import_job=_checked_table(people.county, xiangtan.programme),
        job=job.pk,
        site=application.site_id,
        level=application.level_id,
        plaque=plaque.pk,
        certificate=plaque.certificates.create(
            issued_on=clock.today(), made_at=clock.now(), pdf=png("1.pdf"), content={"number": "旧1号"}
        ).pk,
        token=create_token(
            actor=people.security_admin,
            unit=application.area,
            name="-",
            scopes=["sites"],
            expires_on=clock.today(),
        )[0].pk,
        handling=plaque.handlings.create(
            kind="hung", done_on=plaque.awarded_on, recorded_at=clock.now(), file=png(), file_name="照片.png"
        ).pk,
        application=application.pk,
        attachment=application.attachments.first().pk,
        version=application.versions.get().pk,
        seal=seal.pk,
        box="county",
        sealing=999_999,
        number=application.number,
        digest="0" * 16,
        programme=application.cycle.programme_id,
        area=application.area_id,
        year=2017,
        cycle=application.cycle_id,
        category=application.site.category_id,
        indicator_set=assessment.indicator_set_id,
        indicator=assessment.indicator_set.indicators.get(code="1.1").pk,
        assessment=assessment.pk,
        objection=999_999,
        quarter=999_999,
        duty=999_999,
        sheet=sheet.pk,
        table_kind="xlsx",
        recommended_level=xiangtan.levels["province"].pk,
        evidence=add_evidence(
            actor=people.assessor,
            sheet=sheet,
            indicator=assessment.indicator_set.indicators.get(code="1.1"),
            upload=png(),
        ).pk,
        group=group.pk,
        membership=membership.pk,
        absence=enter_absence(
            actor=people.county,
            person=people.county,
            deputy=people.office,
            from_day=clock.today(),
            to_day=clock.today(),
        ).pk,
        **_met_and_tasked(application.cycle, application.area, people.county),
        **_found(application.cycle, group, application.site, supervisor),
        **_visited(application.cycle, group, application.site, supervisor),
    )


def _visited(cycle, group, site, member) -> dict[str, int]:
    """A visit of the plan to the site, and one that was recorded, with a photo."""
    planned = plan_visit(actor=member, group=group, cycle=cycle, target=site, from_day=clock.today())
    photo = picture(1)
    inspection = record_at_desk(
        actor=member, uid=uuid.uuid4(), group=group, target=site, visited_on=clock.today(),
        uploads=[SimpleUploadedFile("1.jpg", photo, "image/jpeg")],
    )  # fmt: skip
    return {
        "planned_visit": planned.pk,
        "inspection": inspection.pk,
        "inspection_photo": inspection.photos.get().pk,
        "group_area": group.areas.get().pk,
    }


def _found(cycle, group, site, member) -> dict[str, object]:
    """A finding on the site, with evidence, reminder letter and the record of a talk."""
    finding = record_finding(
        actor=member, group=group, cycle=cycle, kind="defect", severity="minor", text="-", owner=site.area,
        unit=site.unit, area=site.area, site=site,
    )  # fmt: skip
    made = {"made_at": clock.now(), "ordered_by": member}
    letter = ReminderLetter.objects.create(
        finding=finding,
        number="1",
        issued_on=clock.today(),
        answer_by=clock.today(),
        pdf=png("1.pdf"),
        **made,
    )
    talk = Talk.objects.create(
        finding=finding, held_on=clock.today(), led_by="-", with_whom="-", minutes="-", file=png(),
        file_name="记录.png", recorded_by=member, recorded_at=clock.now(),
    )  # fmt: skip
    file = finding.files.create(file=png(), name="1.png", added_by=member, added_at=clock.now())
    return {
        "finding": finding.pk,
        "finding_step": "drop",
        "finding_file": file.pk,
        "letter": letter.pk,
        "talk": talk.pk,
    }


def _met_and_tasked(cycle, area, staff) -> dict[str, int]:
    """A joint conference of the county with a paper, and its task with a report."""
    meeting = plan_meeting(
        actor=staff, cycle=cycle, kind="joint_conference", unit=area, title="会", planned_on=clock.today()
    )
    add_papers(actor=staff, meeting=meeting, files=[png()])
    task = area.tasks.get(code="plan")
    report = report_progress(actor=staff, task=task, progress=10, text="-", files=[png()])
    return {
        "meeting": meeting.pk,
        "meeting_file": meeting.files.get().pk,
        "task": task.pk,
        "task_file": report.files.get().pk,
    }


def _kept(site, county, liaison) -> dict:
    """The site's liaison, and an entry and a photo of its ledgers."""
    appointment = appoint_liaison(actor=county, site=site, user=liaison)
    entry = add_entry(actor=county, site=site, model=Fund, **values_of(Fund))
    photo = add_entry(actor=county, site=site, model=Photo, **values_of(Photo))
    return {"appointment": appointment.pk, "ledger": "funds", "entry": entry.pk, "photo": photo.pk}


def _covered(site, cycle, county) -> dict:
    """An entry of the register with a file, and a line of the publicity plan."""
    told = {"medium": "press", "outlet_level": "city", "outlet": "某市日报", "title": "同心"}
    entry = record_coverage(
        actor=county,
        programme=site.programme,
        area=site.area,
        piece=Piece(**told, published_on=datetime.date(2017, 4, 18), place="第3版", site=site),
        file=png(),
    )
    line = plan_coverage(
        actor=county,
        cycle=cycle,
        area=site.area,
        medium="tv",
        topic="同心",
        due_on=datetime.date(cycle.year, 9, 1),
    )
    return {"coverage": entry.pk, "planned": line.pk}


def _published(site, cycle, county) -> dict[str, int]:
    """A nominated case of the site with a photo, and a text for the public that waits for its release."""
    words = {"title": "题", "summary": "摘要", "text": "正文"}
    case = write_case(actor=county, cycle=cycle, area=site.area, site=site, **words)
    case_photo = add_case_photo(actor=county, case=case, picture=png(), caption="-", alt="-")
    take_case_step(actor=county, case=case, action="nominate")
    story = write_story(actor=county, site=site, photos=site.photos.confirmed(), **words)
    offer_story(actor=county, story=story)
    return {
        "case": case.pk,
        "case_photo": case_photo.pk,
        "story": story.pk,
        "story_photo": story.photos.get().pk,
    }


def _reviewed(cycle, site, plaque, office) -> dict[str, int]:
    """A review of the site with a visit, a proposal on its plaque, and the letter on it."""
    day = datetime.date(2017, 8, 1)
    review = Review.objects.create(cycle=cycle, site=site, area=site.area, opened_at=clock.now())
    visit = review.visits.create(
        visited_on=day, group="组", findings="-", opinion="pass", file=png(), file_name="照片.png",
        recorded_by=office, recorded_at=clock.now(),
    )  # fmt: skip
    proposal = RevocationProposal.objects.create(plaque=plaque, reason="-", proposed_at=clock.now())
    RevocationLetter.objects.create(
        plaque=plaque, number="1", issued_on=day, pdf=png("1.pdf"), made_at=clock.now()
    )
    return {"review": review.pk, "visit": visit.pk, "proposal": proposal.pk, "lettered": plaque.pk}


def _checked_table(person, programme) -> int:
    """A table of 湘潭县 that was checked and waits to be imported."""
    counts = {"total": 1, "new": 1, "changed": 0, "unchanged": 0, "refused": 0}
    job = start_job(
        actor=person,
        task=CHECK_TASK,
        title="x",
        params={"kind": "sites", "programme": programme.pk},
        upload=ContentFile(b"x", name="x.xlsx"),
    )
    Job.objects.filter(pk=job.pk).update(state="done", finished_at=job.created_at, result={"counts": counts})
    return job.pk


#: The views in eight handfuls: one scene serves many doors, each asked in a savepoint of its own.
HANDFULS = [list(DOORS)[start::8] for start in range(8)]


@pytest.mark.parametrize("views", HANDFULS, ids=range(8))
def test_only_those_get_through(views, scene):
    visitors = {name: visitor(scene, name) for name in EVERYBODY}
    found = {view: who_gets_through(view, scene, visitors) for view in views}
    assert found == {view: set(DOORS[view][2]) for view in views}


def visitor(scene, name: str) -> Client:
    """Somebody's browser, signed in unless anonymous."""
    client = Client()
    if name != "anonymous":
        client.force_login(getattr(scene.people, name))
    return client


def who_gets_through(view: str, scene, visitors: dict[str, Client]) -> set[str]:
    """The kinds of people a view answers; strangers must be sent to the login page, all others get 404."""
    method, arguments, _through = DOORS[view]
    url = reverse(view, args=[getattr(scene, name) for name in arguments])
    answers = {}
    for name, client in visitors.items():
        # Nobody is signed out, renewed or counted by what was asked before.
        cookies = copy.deepcopy(client.cookies)
        point = transaction.savepoint()
        answers[name] = getattr(client, method)(url)
        transaction.savepoint_rollback(point)
        client.cookies = cookies
    stranger = answers.pop("anonymous")
    assert (stranger.status_code, stranger.url.startswith(reverse("accounts:login"))) == (302, True), view
    got = {name for name, answer in answers.items() if answer.status_code in (200, 302)}
    assert {answers[name].status_code for name in SIGNED_IN if name not in got} <= {404}, view
    return got


def test_public_doors_need_no_account(db):
    client = Client()
    for view in ("accounts:login", "accounts:alive", "publicity:plaque_check", "publicity:notices"):
        assert client.get(reverse(view)).status_code == 200
    assert client.get(reverse("publicity:outcome")).status_code == 200


def test_the_demo_day_cannot_be_moved_outside_a_demonstration(people):
    client = Client()
    client.force_login(people.office)
    assert client.post(reverse("accounts:demo_day"), {"day": "2030-01-01"}).status_code == 404


def test_a_second_citys_office_cannot_act_on_this_citys_things(scene, xiangtan, make_user):
    """The strongest neighbour: every office role, but at another city of the same province."""
    from accounts.models import Unit

    elsewhere = Unit.objects.get(code="430200")
    for role in (Role.OFFICE, Role.LEADER, Role.UNIT_STAFF, Role.ASSESSOR, Role.AUDITOR, Role.SECURITY_ADMIN):
        client = Client()
        client.force_login(make_user(f"elsewhere_{role}", role, elsewhere))
        for view, (method, arguments, through) in DOORS.items():
            # What everybody may do is done to one's own things.
            if arguments and through != SIGNED_IN:
                url = reverse(view, args=[getattr(scene, name) for name in arguments])
                assert getattr(client, method)(url).status_code == 404, (role, view)


def test_a_province_reads_its_cities_but_cannot_decide_for_them(scene, xiangtan, make_user):
    client = Client()
    client.force_login(make_user("province", Role.LEADER, xiangtan.city.parent))
    assert client.get(reverse("sites:detail", args=[scene.site])).status_code == 200
    assert client.get(reverse("applications:detail", args=[scene.application])).status_code == 200
    client.post(reverse("assessments:close", args=[scene.assessment]))
    client.post(reverse("assessments:award", args=[scene.assessment]), {"awarded_on": "2017-05-22"})
    client.post(reverse("applications:withdraw", args=[scene.application]), {"reason": "-"})
    assert Assessment.objects.get().state == "scoring"
    assert Application.objects.get().state == "accepted"
