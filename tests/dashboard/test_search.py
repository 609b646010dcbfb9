"""One box for sites, applications, findings, coverage and cases: what is found, by what, and by whom."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from accounts import clock
from accounts.enums import Role
from accounts.wanted import wanted
from applications.models import ApplicationUserObjectPermission
from dashboard.search import search
from publicity.models import Coverage, ExemplaryCase
from sites.models import Plaque, Site
from sites.services import appoint_liaison
from supervision.models import Escalation, Finding, SupervisionGroup

SEARCH = reverse("dashboard:search")


def found(user, text: str) -> dict[str, list[str]]:
    """What a person finds: names by group, the marked part in brackets."""
    return {
        group.code: [
            "".join(f"[{part.text}]" if part.hit else part.text for part in hit.title) for hit in group.hits
        ]
        for group in search(user, wanted(text))
    }


def why(user, text: str) -> list[tuple[str, str]]:
    """By what the hits whose name does not show it were found."""
    return [
        (str(hit.label), "".join(f"[{part.text}]" if part.hit else part.text for part in hit.found))
        for group in search(user, wanted(text))
        for hit in group.hits
        if hit.found
    ]


@pytest.fixture
def scene(xiangtan, people, make_site, file):
    """同心示范社区 (湘潭县) with a plaque, an application, a finding, coverage and a case; 同心园区 (韶山市) alone."""
    site, other = make_site("同心示范社区"), make_site("同心园区", area="韶山市", category="park")
    Plaque.objects.create(
        site=site,
        level=xiangtan.levels["city"],
        number="潭同社〔2016〕12号",
        awarded_on="2016-11-20",
        origin="awarded",
    )
    application = file(site, "province", "submitted")
    add_finding(xiangtan.cycle, people, site, "2017-F-007", "会议室的活动记录不全，须补齐上半年全部签到。")
    add_piece(site, "乡村书屋开放了")
    ExemplaryCase.objects.create(
        cycle=xiangtan.cycle, area=site.area, site=site, title="书屋里的议事会", initials="swldysh",
        summary="每周一次", text="…", state="nominated", written_at=timezone.now(),
    )  # fmt: skip
    return site, other, application


def add_finding(cycle, people, site, number: str, text: str) -> Finding:
    finding = Finding.objects.create(
        number=number, group=SupervisionGroup.objects.get(areas__area=site.area), cycle=cycle, area=site.area,
        unit=site.unit, site=site, owner=site.area, kind="defect", severity="major", severity_name="较重", text=text,
        due_on="2017-06-06", first_due_on="2017-06-06", recorded_by=people.office, recorded_at=timezone.now(),
    )  # fmt: skip
    Escalation.objects.create(finding=finding)
    return finding


def add_piece(site, title: str, **fields) -> Coverage:
    values = {
        "title": title,
        "initials": "xcswkfl",
        "outlet": "某日报",
        "medium": "press",
        "outlet_level": "city",
    }
    return Coverage.objects.create(
        programme=site.programme, area=site.area, site=site, published_on="2017-05-02", fingerprint=title,
        recorded_at=timezone.now(), **values | fields,
    )  # fmt: skip


# --- what is found --------------------------------------------------------------------------------------------


def test_chinese_text_is_found_in_all_groups(scene, people):
    assert found(people.office, "同心") == {
        "sites": ["[同心]园区", "[同心]示范社区"],
        "applications": ["[同心]示范社区"],
        "findings": ["[同心]示范社区"],
        "coverage": ["乡村书屋开放了"],
        "cases": ["书屋里的议事会"],
    }
    assert why(people.office, "同心") == [(gettext("Site"), "[同心]示范社区")] * 2


def test_one_chinese_character_is_enough_and_one_letter_is_not(scene, people):
    assert found(people.office, "园") == {"sites": ["同心[园]区"]}
    assert found(people.office, "t") == {}
    assert found(people.office, "7") == {}


def test_initials_at_the_beginning_and_inside(scene, people):
    assert found(people.office, "txsf")["sites"] == ["[同心示范]社区"]
    assert found(people.office, "SFSQ")["sites"] == ["同心[示范社区]"]
    assert found(people.office, "swkf") == {"coverage": ["乡村[书屋开放]了"]}
    assert found(people.office, "ｓｗｌｄ") == {"cases": ["[书屋里的]议事会"]}


def test_whoever_types_the_whole_name_finds_it_first(people, make_site):
    make_site("同心社区")
    for number in range(7):
        make_site(f"新同心社区{number}")
    make_site("同心社区东片")
    assert found(people.office, "同心社区")["sites"][:2] == ["[同心社区]", "[同心社区]东片"]


@pytest.mark.parametrize(
    "typed",
    [
        "潭同社〔2016〕12号",
        "潭同社[2016]12号",
        "潭同社（2016）12号",
        "潭同社【2016】 12号",
        "〔２０１６〕１２",
        "潭同社2016-12",
        "潭同社字201612",
        "第2016 12号",
    ],
)
def test_a_plaque_number_with_any_brackets_and_digits(scene, people, typed):
    assert found(people.office, typed) == {"sites": ["同心示范社区"]}
    assert [text.count("[") for _label, text in why(people.office, typed)] == [1]


@pytest.mark.parametrize(
    "typed", ["潭同社〔2016〕2号", "潭同社〔2015〕12号", "201612", "612号", "同社[2016]21"]
)
def test_another_number_is_not_found(scene, people, typed):
    assert found(people.office, typed) == {}


@pytest.mark.parametrize(
    "kept", ["潭同[2016]3号", "潭同（２０１６）３号", "潭同字2016第3号", "潭同〔2016〕3"]
)
def test_a_number_is_found_however_the_ledger_has_it(scene, people, kept):
    Plaque.objects.filter(number="潭同社〔2016〕12号").update(number=kept)
    assert found(people.office, "潭同[2016]3") == {"sites": ["同心示范社区"]}


def test_numbers_of_applications_and_findings(scene, people):
    assert found(people.office, scene[2].number) == {"applications": ["同心示范社区"]}
    assert found(people.office, "2017-f-007") == {"findings": ["同心示范社区"]}
    assert why(people.office, "F-007")[0][1] == "2017-[F-007]"


def test_several_words_must_all_fit(scene, people):
    assert found(people.office, "同心 社区")["sites"] == ["[同心]示范社区"]
    assert found(people.office, "示范 园区") == {}


def test_a_long_text_is_shown_around_what_was_found(scene, people):
    assert why(people.office, "签到")[0][1] == "…的活动记录不全，须补齐上半年全部[签到]。"


@pytest.mark.parametrize("typed", ["%", "_", "同%区", "__", "'", "\\", '同心"; DROP'])
def test_signs_are_literal(scene, people, typed):
    assert found(people.office, typed) == {}


def test_what_is_too_long_is_cut_politely(scene, people, client_of):
    asked = wanted("同心" * 500)
    assert (len(asked.text), asked.was_cut) == (60, True)
    page = client_of(people.office).get(SEARCH, {"q": "同心\x00 " * 300})
    assert "only the beginning, up to 60 characters" in page.content.decode()


def test_what_was_taken_back_is_not_found(scene, people):
    Coverage.objects.update(state="withdrawn")
    assert found(people.office, "书屋") == {"cases": ["[书屋]里的议事会"]}


# --- who finds it ---------------------------------------------------------------------------------------------


def test_everybody_finds_only_what_he_or_she_may_see(scene, people, make_user, xiangtan):
    site, _other, application = scene
    liaison = make_user("liaison", None, xiangtan.areas["湘潭县"])
    appoint_liaison(actor=people.county, site=site, user=liaison)
    codename = ApplicationUserObjectPermission._meta.get_field("permission").related_model.objects.get(
        codename="assess_application"
    )
    ApplicationUserObjectPermission.objects.create(
        user=people.assessor, content_object=application, permission=codename
    )
    seen = {
        name: sorted(found(getattr(people, name), "同心")) for name in vars(people) if name != "assessor2"
    }
    everything = ["applications", "cases", "coverage", "findings", "sites"]
    assert {name: codes for name, codes in seen.items() if codes} == {
        "county": everything,
        "office": everything,
        "leader": everything,
        "neighbour": ["sites"],
        "assessor": ["applications"],
    }
    assert found(people.neighbour, "同心") == {"sites": ["[同心]园区"]}
    assert found(_again(liaison), "同心") == {"sites": ["[同心]示范社区"]}


def _again(user):
    return type(user).objects.get(pk=user.pk)


def test_a_draft_is_the_countys_own(scene, people, file, make_site):
    file(make_site("草稿社区"), "city", "draft")
    assert sorted(found(people.county, "草稿")) == ["applications", "sites"]
    assert sorted(found(people.office, "草稿")) == ["sites"]


def test_who_reads_nothing_has_no_box_and_no_page(scene, people, client_of, make_user, xiangtan):
    keeper = make_user("keeper", Role.SEAL_KEEPER, xiangtan.areas["湘潭县"])
    for user, status in (
        (people.county, 200), (people.assessor, 200), (keeper, 200), (people.auditor, 404),
        (people.system_admin, 404), (people.security_admin, 404), (people.nobody, 404),
    ):  # fmt: skip
        client = client_of(user)
        box = "search-all" in client.get(reverse("dashboard:inbox")).content.decode()
        assert (client.get(SEARCH).status_code, box) == (status, status == 200)


# --- the page -------------------------------------------------------------------------------------------------


def test_five_of_each_and_the_list_has_them_all(people, make_site, client_of):
    for number in range(7):
        make_site(f"同心社区{number}")
    page = client_of(people.office).get(SEARCH, {"q": "同心"})
    group = page.context["groups"][0]
    assert (group.count, len(group.hits)) == (7, 5)
    listed = client_of(people.office).get(group.list_url).context["listing"].page.paginator.count
    assert listed == 7


@pytest.mark.parametrize("typed", ["同心", "swkf", "2017", "2016〕12", "书屋", "活动记录"])
def test_every_list_holds_what_was_counted(scene, people, client_of, typed):
    for group in search(people.office, wanted(typed)):
        page = client_of(people.office).get(group.list_url)
        assert (group.code, page.context["listing"].page.paginator.count) == (group.code, group.count)


def test_beyond_a_hundred_it_says_more(people, xiangtan, make_site):
    site = make_site("同心社区")
    Site.objects.bulk_create(
        Site(
            programme=site.programme, category=site.category, area=site.area, unit=site.unit, name=f"同心{number}",
            registered_at=clock.now(),
        )
        for number in range(101)
    )  # fmt: skip
    group = search(people.office, wanted("同心"))[0]
    assert (group.count, group.words, group.is_more) == (101, "100+", True)


def test_nothing_found_says_what_can_be_typed(scene, people, client_of):
    text = client_of(people.office).get(SEARCH, {"q": "没有这个"}).content.decode()
    assert "Nothing found for “没有这个”" in text
    assert "Pinyin initials" in text


def test_markup_is_shown_and_never_obeyed(people, make_site, client_of):
    make_site("<script>alert(1)</script>社区")
    text = client_of(people.office).get(SEARCH, {"q": "<script>"}).content.decode()
    assert "<mark>&lt;script&gt;</mark>alert(1)&lt;/script&gt;社区" in text
    assert "<script>" not in text.replace("<script src", "")


def test_one_row_costs_as_much_as_thirty(scene, people, xiangtan, file, make_site):
    def queries() -> int:
        user = _again(people.office)
        with CaptureQueriesContext(connection) as counted:
            assert len(search(user, wanted("同心"))) == 5
        return len(counted)

    assert queries() == 13
    for number in range(29):
        site = make_site(f"同心社区{number}")
        file(site, "city", "submitted")
        add_finding(xiangtan.cycle, people, site, f"n-{number}", "同心")
        add_piece(site, f"同心{number}")
    assert queries() == 13
