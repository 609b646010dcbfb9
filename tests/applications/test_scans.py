"""The round trip of the paper: printed, stamped, scanned, added, filed to the right application and version."""

import io
import random

import pytest
from django.utils import translation
from PIL import Image

from accounts.errors import DomainError
from accounts.models import AuditEvent
from applications.models import Application, ScannedPage, ScanUpload
from applications.paper import word_copy
from applications.paper_state import paper_state, stray_pages
from applications.rules import why_not_submit
from applications.services import (
    add_attachment,
    add_batch,
    add_scans,
    confirm_by_hand,
    freeze,
    overrule_seal,
    save_form,
    start_application,
    submit,
)
from applications.tasks import read_scans
from notices.models import Job
from sites.services import award_own_plaque
from tests.applications.conftest import confirm, png
from tests.applications.paper import (
    as_pdf,
    jpeg,
    photographed,
    print_form,
    scanned,
    sheets_of,
    stamped,
    upload,
)

TEXT = "组织健全，活动经常。"


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def filled(draft, people):
    """filled("名称"): a draft whose every field is typed, of three pages, and nothing on paper yet."""

    def make(name="同心社区甲", text=TEXT * 20, actor=None):
        application = draft(name)
        fields = application.cycle.form["sections"]
        codes = [field["code"] for section in fields for field in section["fields"]]
        return save_form(
            actor=actor or people.county,
            application=application,
            revision=application.revision,
            data=dict.fromkeys(codes, text),
        )

    return make


def retype(application, actor, **data):
    application.refresh_from_db()
    return save_form(actor=actor, application=application, revision=application.revision, data=data)


def scans(sheets, turns=(180, 0, 90, 270), **bad) -> list:
    """One JPEG for each page, each the wrong way round in its own way."""
    return [
        upload(scanned(sheet, turns[place % len(turns)], 1.5, **bad), f"scan{place + 1}.jpg")
        for place, sheet in enumerate(sheets)
    ]


def verdicts(pages) -> list[tuple]:
    return [(str(page.verdict), page.page, page.seals) for page in pages]


def state_of(application):
    return paper_state(Application.objects.get(pk=application.pk))


def reasons(application) -> list[str]:
    return [reason.text for reason in why_not_submit(Application.objects.get(pk=application.pk))]


NO_PAPER = "The stamped form is missing."


# --- one paper ----------------------------------------------------------------------------------------------------


def test_shuffled_and_turned_pages_make_the_paper_complete(filled, people):
    application = filled()
    assert reasons(application) == [NO_PAPER]
    version = print_form(people.county, application)
    assert version.pages == 4
    first, second, third, fourth = stamped(version)
    found = add_scans(
        actor=people.county,
        application=application,
        uploads=[upload(as_pdf([third, first]), "scan.pdf"), *scans([fourth, second], grain=8)],
    )
    seals = {"county": True, "city": False}
    assert verdicts(found) == [("filed", 3, {}), ("filed", 1, {}), ("filed", 4, seals), ("filed", 2, {})]
    state = state_of(application)
    assert state.words() == ["All pages are there (4)."]
    assert (state.missing, state.complete, state.warnings) == ([], True, [])
    assert reasons(application) == []
    submit(actor=people.county, application=application)
    assert Application.objects.get(pk=application.pk).state == "submitted"
    # The files are kept as they came; each page also upright, at most 2400 pixels long.
    assert [scan.name for scan in ScanUpload.objects.all()] == ["scan.pdf", "scan1.jpg", "scan2.jpg"]
    kept = ScanUpload.objects.first()
    assert kept.size == len(kept.file.read()) > 10_000
    with Image.open(found[2].image) as picture:
        assert picture.format == "JPEG"
        assert picture.height > picture.width
        assert picture.height <= 2400
    assert AuditEvent.objects.filter(action="scan.add", actor=people.county).count() == 1


def test_a_missing_page_is_named_and_added_later(filled, people):
    application = filled()
    sheets = stamped(print_form(people.county, application))
    add_scans(actor=people.county, application=application, uploads=scans([sheets[0], *sheets[2:]]))
    assert state_of(application).words() == ["Page 2 is missing."]
    assert reasons(application) == ["The stamped form is not complete: Page 2 is missing."]
    with pytest.raises(DomainError):
        submit(actor=people.county, application=application)
    add_scans(
        actor=people.county, application=application, uploads=[upload(photographed(sheets[1]), "a.jpg")]
    )
    assert state_of(application).complete
    assert reasons(application) == []


def test_several_missing_pages_are_named_together(filled, people):
    application = filled()
    sheets = stamped(print_form(people.county, application))
    add_scans(actor=people.county, application=application, uploads=scans(sheets[:1]))
    assert state_of(application).words() == ["Pages 2, 3, 4 are missing."]


def test_the_same_page_again_replaces_the_earlier_one(filled, people):
    application = filled()
    version = print_form(people.county, application)
    add_scans(actor=people.county, application=application, uploads=scans(sheets_of(version)))
    assert len(state_of(application).open_warnings) == 1
    again = add_scans(actor=people.county, application=application, uploads=scans(stamped(version)[3:]))
    assert verdicts(again) == [("filed", 4, {"county": True, "city": False})]
    assert state_of(application).words() == ["All pages are there (4)."]
    pages = [(page.page, page.replaced_at is None) for page in ScannedPage.objects.order_by("id")]
    assert pages == [(1, True), (2, True), (3, True), (4, False), (4, True)]


def test_a_page_of_another_application_of_ones_own_is_filed_there(filled, people):
    one, other = filled("甲"), filled("乙")
    sheets = stamped(print_form(people.county, one))
    strange = stamped(print_form(people.county, other))[1]
    found = add_scans(actor=people.county, application=one, uploads=scans([sheets[0], strange]))
    assert [(page.application, page.page, str(page.verdict)) for page in found] == [
        (one, 1, "filed"),
        (other, 2, "filed"),
    ]
    assert state_of(one).missing == [2, 3, 4]
    assert state_of(other).missing == [1, 3, 4]
    assert stray_pages(one) == [found[1]]


def test_a_page_of_the_neighbour_is_not_filed_and_says_nothing(filled, people, make_site, xiangtan):
    site = make_site("邻", area="韶山市")
    award_own_plaque(actor=people.neighbour, site=site, level=xiangtan.levels["county"], reason="文件")
    theirs = start_application(actor=people.neighbour, site=site, rule=xiangtan.rules["city"])
    sheet = stamped(print_form(people.neighbour, theirs))[0]
    own = filled()
    (page,) = add_scans(actor=people.county, application=own, uploads=scans([sheet]))
    assert verdicts([page]) == [("not_yours", None, {})]
    assert (page.application, page.version) == (None, None)
    assert not ScannedPage.objects.visible_to(people.neighbour).exists()
    assert state_of(theirs).filed == {}
    assert stray_pages(own)[0].remedy == "Hand the paper on to whom it belongs."


def test_a_page_of_an_application_already_handed_in_is_not_touched(filled, people):
    handed_in, own = filled("甲"), filled("乙")
    sheet = stamped(print_form(people.county, handed_in))[0]
    confirm(people.county, handed_in)
    submit(actor=people.county, application=handed_in)
    (page,) = add_scans(actor=people.county, application=own, uploads=scans([sheet]))
    assert verdicts([page]) == [("other", 1, {})]
    assert state_of(handed_in).filed == {}
    with pytest.raises(DomainError):  # and its own page takes none, though this one was opened before
        add_scans(actor=people.county, application=handed_in, uploads=scans([sheet]))


def test_pages_of_an_older_version_name_what_was_changed(filled, people):
    application = filled()
    sheets = stamped(print_form(people.county, application))
    retype(application, people.county, creation=TEXT * 19 + "活动十二次。")
    found = add_scans(actor=people.county, application=application, uploads=scans(sheets))
    assert {str(page.verdict) for page in found} == {"older"}
    state = state_of(application)
    assert state.words() == [
        "No page of the present form is there.",
        "Pages of an earlier version; changed since: What has been built.",
    ]
    assert reasons(application) == [
        "The form was changed after the stamped paper was printed: What has been built."
    ]
    # Changed back, the paper is right again.
    retype(application, people.county, creation=TEXT * 20)
    assert state_of(application).words() == ["All pages are there (4)."]
    assert reasons(application) == []


def test_a_change_after_filing_makes_the_paper_old(filled, people):
    application = filled()
    sheets = stamped(print_form(people.county, application))
    add_scans(actor=people.county, application=application, uploads=scans(sheets))
    assert reasons(application) == []
    retype(application, people.county, creation="活动十二次。")
    assert reasons(application) == [
        "The form was changed after the stamped paper was printed: What has been built."
    ]
    # The present version's pages take the place of the old ones, page by page.
    new = stamped(print_form(people.county, application))
    add_scans(actor=people.county, application=application, uploads=scans(new[:1]))
    assert [page.page for page in state_of(application).older] == [2, 3, 4]


# --- the seal -----------------------------------------------------------------------------------------------------


def test_a_forgotten_seal_is_warned_of_and_overruled_with_a_reason(filled, people):
    application = filled()
    sheets = sheets_of(print_form(people.county, application))
    # As a real paper comes back: signed in blue over the place, a red line under a sentence.
    sheets[3].paste((40, 60, 170), (760, 720, 900, 726))
    sheets[3].paste((210, 40, 40), (300, 300, 700, 306))
    found = add_scans(actor=people.county, application=application, uploads=scans(sheets, grain=8))
    assert verdicts(found)[3] == ("filed", 4, {"county": False, "city": False})
    words = "Page 4: no red seal found in “Opinion of the county or park”."
    assert state_of(application).words() == ["All pages are there (4).", words]
    assert reasons(application) == []  # never a block
    for person in (people.neighbour, people.office, people.other_county, people.nobody):
        with pytest.raises(DomainError):
            overrule_seal(actor=person, page=found[3], reason="已盖章")
    with pytest.raises(DomainError):
        overrule_seal(actor=people.county, page=found[3], reason=" ")
    with pytest.raises(DomainError):
        overrule_seal(actor=people.county, page=found[0], reason="此页无章")
    overrule_seal(actor=people.county, page=found[3], reason="印章颜色浅，已核对原件")
    state = state_of(application)
    assert state.words() == ["All pages are there (4)."]
    (warning,) = state.warnings
    assert (warning.overruled, warning.page.overrule_reason) == (True, "印章颜色浅，已核对原件")
    assert warning.page.overruled_by == people.county
    with pytest.raises(DomainError):
        overrule_seal(actor=people.county, page=found[3], reason="再次")
    event = AuditEvent.objects.get(action="scan.overrule")
    assert (event.actor, event.reason) == (people.county, "印章颜色浅，已核对原件")


def test_a_grey_scan_is_told_from_a_forgotten_seal(filled, people):
    application = filled()
    sheets = [sheet.convert("L") for sheet in stamped(print_form(people.county, application))]
    found = add_scans(
        actor=people.county,
        application=application,
        uploads=[upload(jpeg(sheet), f"{place}.jpg") for place, sheet in enumerate(sheets)],
    )
    assert found[3].seals == {"county": None, "city": None}
    assert state_of(application).words() == [
        "All pages are there (4).",
        "Page 4 holds no colour: the seal in “Opinion of the county or park” cannot be seen.",
    ]


# --- pages that are none, and files that are none ----------------------------------------------------------------


def test_unknown_and_unreadable_pages_are_kept_and_told(filled, people, draft):
    application = filled()
    version = print_form(people.county, application)
    sheet = sheets_of(version)[0]
    Application.objects.filter(pk=application.pk).update(number="xiangtan-2017-9999")
    torn = sheet.crop((0, 0, 1240, 1500))
    found = add_scans(
        actor=people.county, application=application, uploads=[*scans([sheet, torn]), png("blank.png")]
    )
    assert [str(page.verdict) for page in found] == ["unknown", "unreadable", "unreadable"]
    assert all(page.image for page in found)
    assert [page.verdict for page in stray_pages(application)] == ["unknown", "unreadable", "unreadable"]
    assert state_of(application).words() == ["No page of the present form is there."]
    assert reasons(application) == [NO_PAPER]


def test_a_printed_word_copy_cannot_be_handed_in(filled, people):
    application = filled()
    version = freeze(actor=people.county, application=application)
    with io.BytesIO(word_copy(version)) as document:
        from docx import Document

        parts = Document(document).part.package.iter_parts()
        pictures = [Image.open(io.BytesIO(part.blob)) for part in parts if part.content_type == "image/png"]
    sheet = Image.new("RGB", (1240, 1754), "white")
    sheet.paste(pictures[0].convert("RGB").resize((118, 118)), (165, 1560))
    (page,) = add_scans(actor=people.county, application=application, uploads=scans([sheet]))
    assert verdicts([page]) == [("unknown", None, {})]
    assert stray_pages(application)[0].remedy == (
        "The page of an editable Word copy cannot be handed in: print the PDF."
    )


def test_a_file_that_cannot_be_taken_keeps_the_others_out_too(filled, people):
    application = filled()
    sheet = sheets_of(print_form(people.county, application))[0]
    with pytest.raises(DomainError) as refused:
        add_scans(
            actor=people.county,
            application=application,
            uploads=[*scans([sheet]), upload(b"%PDF-1.7 damaged", "b.pdf")],
        )
    assert refused.value.reason.text == "The PDF “b.pdf” cannot be read."
    assert not ScanUpload.objects.exists()
    with pytest.raises(DomainError) as refused:
        add_scans(actor=people.county, application=application, uploads=[])
    assert refused.value.reason.text == "Choose a file first."
    with pytest.raises(DomainError) as refused:
        add_scans(actor=people.county, application=application, uploads=[png()] * 61)
    assert refused.value.reason.text == "61 files are too many: at most 60 in one go."


def test_only_the_countys_own_staff_adds_scans(filled, people):
    application = filled()
    sheet = sheets_of(print_form(people.county, application))[0]
    for person in (people.neighbour, people.office, people.leader, people.other_county, people.nobody):
        with pytest.raises(DomainError):
            add_scans(actor=person, application=application, uploads=scans([sheet]))
    assert not ScanUpload.objects.exists()


def test_by_hand_a_code_that_can_be_read_is_believed_before_the_person(filled, people):
    application = filled()
    old = print_form(people.county, application)
    sheets = sheets_of(old)

    def by_hand(pages):
        note = "页脚破损"
        file = upload(as_pdf(pages), "盖章.pdf")
        return confirm_by_hand(actor=people.county, application=application, upload=file, note=note)

    # A page of the present version may be among them: others may be torn.
    assert by_hand([*sheets[:1], Image.new("L", sheets[0].size, "white")]).note == "页脚破损"
    retype(application, people.county, plan="新的计划")
    with pytest.raises(DomainError, match=r"Page 2 carries the code of another paper: .*, version 1\."):
        by_hand([Image.new("L", sheets[0].size, "white"), sheets[1]])
    other = filled("同心社区乙")
    foreign = sheets_of(print_form(people.county, other))
    with pytest.raises(DomainError, match="Page 1 carries the code of another paper"):
        by_hand(foreign[:1])
    assert application.attachments.count() == 1


def test_a_paper_without_codes_is_confirmed_by_hand_with_a_reason(filled, people):
    application = filled()
    with pytest.raises(DomainError) as refused:
        add_attachment(actor=people.county, application=application, kind="stamped", upload=png())
    assert refused.value.reason.text == "Write why the codes on the pages cannot be read."
    scan = confirm(people.county, application)
    state = state_of(application)
    assert (state.by_hand, state.by_hand.note) == (scan, "页脚破损，二维码无法识别")
    assert state.words() == ["No page of the present form is there.", "Confirmed by hand."]
    assert reasons(application) == []
    retype(application, people.county, creation="活动十二次。")
    state = state_of(application)
    assert (state.by_hand, state.stale_by_hand) == (None, scan)
    assert reasons(application) == [
        "The form was changed after the stamped scan “scan.png” was added.",
    ]


# --- many pages ----------------------------------------------------------------------------------------------------


def test_many_pages_of_one_application_are_read_by_a_worker(filled, people):
    application = filled()
    sheets = stamped(print_form(people.county, application))
    file = upload(as_pdf([*sheets, *[sheet.rotate(180) for sheet in sheets], *sheets, sheets[0]]), "scan.pdf")
    job = add_scans(actor=people.county, application=application, uploads=[file])
    assert isinstance(job, Job)
    assert job.task == read_scans.name
    assert (job.params, job.url) == ({"pages": 13}, f"/applications/{application.pk}/submit/")
    assert not ScannedPage.objects.exists()
    read_scans(job.pk)
    read_scans(job.pk)  # a second message for the same work
    job.refresh_from_db()
    assert (job.state, job.result["counts"]) == ("done", {"filed": 13})
    assert ScannedPage.objects.count() == 13
    assert ScannedPage.objects.present().count() == 4
    assert state_of(application).complete


def test_a_stopped_job_files_nothing(filled, people, settings):
    application = filled()
    sheets = stamped(print_form(people.county, application))
    job = add_batch(actor=people.office, uploads=[upload(as_pdf(sheets), "scan.pdf")])
    Job.objects.filter(pk=job.pk).update(cancel_asked=True)
    read_scans(job.pk)
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert not ScannedPage.objects.exists()
    # Neither rows nor pictures: only the file that came in.
    assert len([path for path in (settings.MEDIA_ROOT / "papers").iterdir() if path.suffix == ".jpg"]) == 0


def test_fifty_mixed_pages_of_twelve_applications_in_one_go(filled, people):
    """All pages of ten applications, one without its second page, one of an older version, and two strangers."""
    papers = [filled(f"点{place:02d}", text=TEXT * (18 + place % 3)) for place in range(12)]
    pile = []
    for place, application in enumerate(papers):
        version = print_form(people.county, application)
        sheets = stamped(version, boxes=() if place == 5 else ("county",), seed=place)
        if place == 3:
            del sheets[1]
        if place == 7:
            retype(application, people.county, plan=TEXT * 5)
        pile += [
            (scanned(sheet, 90 * (number + place), 2 if number == 3 else 0), f"{place:02d}-{number}.jpg")
            for number, sheet in enumerate(sheets)
        ]
    pile.append((pile[0][0], "zwice.jpg"))
    pile.append((jpeg(Image.new("RGB", (1240, 1754), (250, 250, 245))), "blank.jpg"))
    pile.append((pile[-1][0], "blank2.jpg"))
    assert len(pile) == 50
    random.Random(3).shuffle(pile)
    files = [upload(content, name) for content, name in pile]
    job = add_batch(actor=people.office, uploads=[*files, upload(b"%PDF-1.7 damaged", "damaged.pdf")])
    assert job.params == {
        "pages": 50,
        "refused": [
            {
                "name": "damaged.pdf",
                "reason": "The PDF “damaged.pdf” cannot be read. Save or scan it again and add the new file.",
            }
        ],
    }
    read_scans(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done <= 50) == ("done", True)
    assert job.result["counts"] == {"filed": 44, "older": 4, "unreadable": 2}
    assert list(job.result["changed"].values()) == [["下一步计划"]]
    found = [
        (paper["complete"], paper["missing"], paper["warnings"], paper["older"], paper["changed"])
        for paper in job.result["papers"]
    ]
    complete = (True, [], 0, [], [])
    assert found == [
        *[complete] * 3,
        (False, [2], 0, [], []),
        complete,
        (True, [], 1, [], []),
        complete,
        (False, [], 0, [1, 2, 3, 4], ["下一步计划"]),
        *[complete] * 4,
    ]
    assert ScannedPage.objects.present().filter(page__isnull=False).count() == 47
    # The drafts are not the office's to read yet; only what it added itself.
    assert not Application.objects.visible_to(people.office).exists()
    assert ScannedPage.objects.visible_to(people.office).count() == 50
    assert not ScannedPage.objects.visible_to(people.neighbour).exists()
    assert ScannedPage.objects.visible_to(people.county).count() == 48


def test_another_citys_office_files_nothing_here(filled, people):
    sheets = stamped(print_form(people.county, filled()))
    job = add_batch(actor=people.other_city, uploads=scans(sheets[:2]))
    read_scans(job.pk)
    job.refresh_from_db()
    assert job.result == {"counts": {"not_yours": 2}, "papers": [], "changed": {}}
    assert list(ScannedPage.objects.values_list("application", "version", "page")) == [(None, None, None)] * 2
    for person in (people.county, people.leader, people.nobody):
        with pytest.raises(DomainError):
            add_batch(actor=person, uploads=scans(sheets[:1]))
    with pytest.raises(DomainError):
        add_batch(actor=people.office, uploads=[upload(b"%PDF-1.7 damaged", "b.pdf")])


def test_the_office_files_later_seals_on_the_way(filled, people):
    """The paper goes round again for the city's seal: the same page, once more, of the application handed in."""
    application = filled()
    version = print_form(people.county, application)
    add_scans(actor=people.county, application=application, uploads=scans(stamped(version)))
    submit(actor=people.county, application=application)
    twice = stamped(version, boxes=("county", "city"))[3]
    job = add_batch(actor=people.office, uploads=scans([twice]))
    read_scans(job.pk)
    page = ScannedPage.objects.present().get(page=4)
    assert verdicts([page]) == [("filed", 4, {"county": True, "city": True})]
    assert ScannedPage.objects.count() == 5
