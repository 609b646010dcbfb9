"""The pages of administrators and auditors."""

import ast
import io

import pytest
from django.conf import settings
from django.urls import reverse
from openpyxl import load_workbook

from accounts.enums import Role
from accounts.errors import DomainError
from accounts.models import AuditEvent, RoleAssignment, User
from accounts.services import end_role, grant_role, record
from accounts.vocabulary import action_label, actions_by_app
from applications.enums import APPLICATION_TRANSITIONS, CYCLE_TRANSITIONS
from assessments.enums import ASSESSMENT_TRANSITIONS
from sites.enums import PLAQUE_TRANSITIONS, SITE_TRANSITIONS
from tests.conftest import PASSWORD

FLOORS = [
    "accounts",
    "notices",
    "sites",
    "applications",
    "assessments",
    "supervision",
    "publicity",
    "programmes",
]


@pytest.fixture(autouse=True)
def _english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def as_(client, people):
    def sign_in(who):
        client.force_login(getattr(people, who))
        return client

    return sign_in


def page(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def sheet(response) -> list[list]:
    workbook = load_workbook(io.BytesIO(response.getvalue()))
    return [[cell.value for cell in row] for row in workbook.active.iter_rows()]


# --- who may ------------------------------------------------------------------------------------------------

ADMINS = {"system_admin", "security_admin"}


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("accounts:users", ADMINS),
        ("accounts:user", ADMINS),
        ("accounts:new_user", {"system_admin"}),
        ("accounts:audit", {"auditor"}),
    ],
)
def test_who_opens_a_page(client, people, name, allowed):
    address = reverse(name, args=[people.county.pk] if name == "accounts:user" else [])
    opened = set()
    for who, person in vars(people).items():
        client.force_login(person)
        if client.get(address).status_code != 404:
            opened.add(who)
    assert opened == allowed


@pytest.mark.parametrize("who", sorted(ADMINS))
def test_accounts_of_another_city_are_not_there(as_, people, who):
    client = as_(who)
    assert client.get(reverse("accounts:user", args=[people.other_city.pk])).status_code == 404
    assert "othercity" not in page(client.get(reverse("accounts:users")))


# --- accounts -----------------------------------------------------------------------------------------------


def new_account(client, **fields):
    values = {"username": "li", "title": "科员", "password": PASSWORD} | fields
    return client.post(reverse("accounts:new_user"), values)


def test_a_system_administrator_opens_an_account(as_, people):
    response = new_account(as_("system_admin"), unit=people.county.unit_id)
    person = User.objects.get(username="li")
    assert response.url == reverse("accounts:user", args=[person.pk])
    assert (person.unit, person.must_change_password) == (people.county.unit, True)
    assert person.check_password(PASSWORD)
    event = AuditEvent.objects.get(object_id=person.pk, action="user.create")
    assert (event.actor, event.object_label, event.unit) == (
        people.system_admin,
        "科员 (li)",
        people.county.unit,
    )


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("username", "county", "This user name is taken."),
        ("username", "COUNTY", "This user name is taken."),
        ("username", "with space", "Enter a valid username."),
        ("password", "simple", "Use at least 3 of"),
        ("password", "Short1!", "This password is too short."),
        ("email", "nowhere", "Enter a valid email address."),
    ],
)
def test_a_wrong_field_is_told_and_the_rest_kept(as_, people, field, value, words):
    content = page(new_account(as_("system_admin"), unit=people.county.unit_id, **{field: value}))
    assert words in content
    assert "科员" in content
    assert not User.objects.filter(title="科员").exists()


def test_no_account_is_opened_in_another_city(as_, people):
    content = page(new_account(as_("system_admin"), unit=people.other_city.unit_id))
    assert "Select a valid choice" in content
    assert not User.objects.filter(username="li").exists()


# --- roles --------------------------------------------------------------------------------------------------


def test_a_security_administrator_gives_and_ends_a_role(as_, people, xiangtan):
    client = as_("security_admin")
    address = reverse("accounts:user", args=[people.nobody.pk])
    client.post(address, {"role": "leader", "unit": xiangtan.city.pk})
    assignment = people.nobody.role_assignments.get()
    assert (assignment.role, assignment.unit, assignment.granted_by) == (
        "leader",
        xiangtan.city,
        people.security_admin,
    )
    assert AuditEvent.objects.get(action="role.grant", actor=people.security_admin).detail == {
        "role": "leader"
    }
    client.post(reverse("accounts:role_end", args=[assignment.pk]))
    assert not RoleAssignment.objects.on(assignment.valid_from).filter(pk=assignment.pk).exists()
    content = page(client.get(address))
    assert "Earlier roles" in content
    assert "No role: the person can sign in but sees nothing." in content


def test_a_system_administrator_gives_no_role(as_, people, xiangtan):
    client = as_("system_admin")
    address = reverse("accounts:user", args=[people.nobody.pk])
    assert "Give a role" not in page(client.get(address))
    client.post(address, {"role": "leader", "unit": xiangtan.city.pk})
    assert people.nobody.role_assignments.count() == 0
    assert (
        client.post(reverse("accounts:role_end", args=[people.county.role_assignments.get().pk])).status_code
        == 404
    )


def test_nobody_gives_a_role_to_himself(as_, people, xiangtan):
    client = as_("security_admin")
    address = reverse("accounts:user", args=[people.security_admin.pk])
    assert "Give a role" not in page(client.get(address))
    content = client.post(
        address, {"role": "auditor", "unit": xiangtan.city.pk}, follow=True
    ).content.decode()
    assert "Nobody may give a role to himself or herself." in content
    refusal = AuditEvent.objects.get(action="role.grant", result="refused")
    assert refusal.reason == "Nobody may give a role to himself or herself."


def test_an_ended_role_keeps_its_day(people, on_day):
    assignment = people.county.role_assignments.get()
    on_day(2017, 6, 1)
    end_role(actor=people.security_admin, assignment=assignment)
    on_day(2017, 7, 1)
    with pytest.raises(DomainError):
        end_role(actor=people.security_admin, assignment=assignment)
    assert str(RoleAssignment.objects.get(pk=assignment.pk).valid_to) == "2017-06-01"


def test_roles_of_another_city_cannot_be_ended(as_, people):
    assignment = people.other_city.role_assignments.get()
    client = as_("security_admin")
    assert client.post(reverse("accounts:role_end", args=[assignment.pk])).status_code == 404
    assert client.get(reverse("accounts:role_end", args=[assignment.pk])).status_code == 302


# --- the list of accounts -----------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [0, 30])
def test_the_list_of_accounts_takes_the_same_queries(
    as_, make_user, xiangtan, django_assert_num_queries, more
):
    for number in range(more):
        make_user(f"extra{number}", Role.LEADER, xiangtan.city)
    client = as_("system_admin")
    client.get(reverse("accounts:users"))
    with django_assert_num_queries(9):
        client.get(reverse("accounts:users"))


def test_the_list_filters_by_role_held_today(as_, people):
    client = as_("system_admin")
    content = page(client.get(reverse("accounts:users"), {"role": "auditor"}))
    assert "1 entry" in content
    end_role(actor=None, assignment=people.auditor.role_assignments.get())
    assert "No account fits." in page(client.get(reverse("accounts:users"), {"role": "auditor"}))


def test_the_list_of_accounts_exports_what_it_shows(as_, people):
    response = as_("system_admin").get(
        reverse("accounts:users"), {"q": "assessor", "export": "xlsx", "sort": "-username"}
    )
    assert sheet(response) == [
        ["User name", "Office title", "Unit", "Roles", "State", "Last sign-in"],
        ["assessor2", "assessor2", "Xiangtan", "Assessor · Xiangtan", "Open", None],
        ["assessor", "assessor", "Xiangtan", "Assessor · Xiangtan", "Open", None],
    ]
    assert AuditEvent.objects.filter(action="user.export", actor=people.system_admin).count() == 1


# --- the audit trail ----------------------------------------------------------------------------------------


def test_the_trail_reads_as_words(as_, people, on_day):
    record(action="site.close", actor=people.county, obj=people.county.unit, reason="搬迁 <b>")
    record(action="role.grant", actor=people.security_admin, obj=people.county, role="office")
    record(action="plaque.revoke", actor=people.county, reason="not yours", result="refused")
    content = page(as_("auditor").get(reverse("accounts:audit")))
    for words in (
        "Close a site",
        "搬迁 &lt;b&gt;",
        "湘潭县",
        "Role: Leadership office",
        "Refused",
        "not yours",
    ):
        assert words in content


def test_refused_log_ins_are_found(as_, client, people):
    client.post(
        reverse("accounts:login"), {"username": "leader", "password": "Wrong-1!"}, REMOTE_ADDR="10.1.2.3"
    )
    content = page(as_("auditor").get(reverse("accounts:audit"), {"action": "login", "result": "refused"}))
    assert "1 entry" in content
    for words in ("leader", "10.1.2.3", "Wrong user name or password."):
        assert words in content


def test_an_auditor_reads_nothing_of_another_city(as_, people, make_user):
    record(action="site.close", actor=people.other_city, reason="secret of the neighbours")
    assert "secret of the neighbours" not in page(as_("auditor").get(reverse("accounts:audit")))
    people.neighbours_auditor = make_user("otheraudit", Role.AUDITOR, people.other_city.unit)
    assert "secret of the neighbours" in page(as_("neighbours_auditor").get(reverse("accounts:audit")))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, 2),
        ({"q": "moved away"}, 1),
        ({"action": "site.close"}, 1),
        ({"result": "refused"}, 1),
        ({"since": "2018-06-02"}, 1),
        ({"until": "2018-06-01"}, 1),
    ],
)
def test_the_trail_filters(as_, people, on_day, query, found):
    on_day(2018, 6, 1)
    record(action="site.close", actor=people.county, reason="moved away")
    on_day(2018, 6, 2)
    record(action="site.reopen", actor=people.county, reason="too early", result="refused")
    content = page(as_("auditor").get(reverse("accounts:audit"), query))
    assert content.count('<time datetime="2018-06') == found


def test_a_day_that_does_not_exist_is_told(as_):
    content = page(as_("auditor").get(reverse("accounts:audit"), {"since": "2017-02-31"}))
    assert "Enter a valid date." in content


@pytest.mark.parametrize("more", [0, 30])
def test_the_trail_takes_the_same_queries(as_, people, django_assert_num_queries, more):
    for _ in range(more):
        record(action="site.close", actor=people.county, obj=people.county.unit)
    client = as_("auditor")
    client.get(reverse("accounts:audit"))
    with django_assert_num_queries(8):
        client.get(reverse("accounts:audit"))


def test_the_trail_exports_what_it_shows(as_, people, on_day):
    record(action="site.close", actor=people.county, reason="=1+1", obj=people.county.unit)
    response = as_("auditor").get(reverse("accounts:audit"), {"action": "site.close", "export": "xlsx"})
    head, row = sheet(response)
    assert head == ["Time", "Person", "Action", "Result", "Object", "Details", "Reason", "Address"]
    assert row[0].startswith("2017-05-22 ")
    assert row[1:] == ["county", "Close a site", "Done", "湘潭县", None, "=1+1", None]
    assert AuditEvent.objects.filter(action="audit.export").count() == 1


def recorded_codes():
    """Every literal action code the program puts on the trail, and every move of a transition table."""
    for app in FLOORS:
        for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("record", "tell"):
                    for keyword in node.keywords:
                        if keyword.arg == "action" and isinstance(keyword.value, ast.Constant):
                            yield keyword.value.value
    for model, table in [
        ("application", APPLICATION_TRANSITIONS),
        ("cycle", CYCLE_TRANSITIONS),
        ("assessment", ASSESSMENT_TRANSITIONS),
        ("plaque", PLAQUE_TRANSITIONS),
        ("site", SITE_TRANSITIONS),
    ]:
        yield from (f"{model}.{action}" for _state, action in table)


def test_every_action_has_words():
    known = {code for _app, actions in actions_by_app() for code in actions}
    assert sorted(set(recorded_codes()) - known) == []


def test_a_code_nobody_explains_is_shown_as_it_is():
    assert action_label("old.step") == "old.step"


def test_a_role_at_a_county_reaches_only_the_county(people, xiangtan, make_user, client):
    """An administrator of one county neither sees nor opens accounts of the city."""
    admin = make_user("countyadmin", Role.SYSTEM_ADMIN, xiangtan.areas["湘潭县"])
    client.force_login(admin)
    content = page(client.get(reverse("accounts:users")))
    assert "county" in content
    assert "leader" not in content.split("<tbody>")[1]
    page(new_account(client, unit=xiangtan.city.pk))
    assert not User.objects.filter(username="li").exists()
    with pytest.raises(DomainError):
        grant_role(actor=None, user=admin, role=Role.LEADER, unit=xiangtan.city)
