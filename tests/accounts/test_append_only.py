"""The audit trail and the logs of the staircase: what is written stays, and a change by force shows."""

import pytest
from django.db import DatabaseError, connection, transaction

from accounts import append_only
from accounts.errors import DomainError
from accounts.models import AuditEvent
from accounts.services import record
from accounts.staircase import broken_rows, row_hash
from sites.models import SiteLog
from sites.services import close_site, reopen_site

CHANGE = "UPDATE accounts_auditevent SET reason = 'changed'"
EMPTY = "DELETE FROM accounts_auditevent"


@pytest.fixture
def event(db):
    record(action="user.create", actor=None, reason="as written")
    return AuditEvent.objects.get()


@pytest.fixture
def _guarded(db):
    """The guards as an installation has them; the test database goes without one of them (see conftest)."""
    append_only.install(connection)
    yield
    append_only.remove_delete_guard(connection)


def test_migrations_leave_the_update_guard(event):
    """Also proves that no later migration rebuilt the table without putting its guard back."""
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEvent.objects.update(reason="changed")
    assert AuditEvent.objects.get().reason == "as written"


@pytest.mark.usefixtures("_guarded")
@pytest.mark.parametrize("statement", [CHANGE, EMPTY])
def test_raw_sql_is_refused(event, statement):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    assert list(AuditEvent.objects.values_list("reason", flat=True)) == ["as written"]


@pytest.mark.usefixtures("_guarded")
@pytest.mark.parametrize(
    "attempt",
    [
        lambda rows: rows.update(reason="changed"),
        lambda rows: rows.delete(),
        lambda rows: rows.bulk_update([rows.model(pk=rows.get().pk, reason="changed")], ["reason"]),
    ],
)
def test_querysets_are_refused(event, attempt):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        attempt(AuditEvent.objects.all())
    assert list(AuditEvent.objects.values_list("reason", flat=True)) == ["as written"]


@pytest.mark.usefixtures("_guarded")
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
def test_truncate_is_refused(event):
    connection.check_constraints()  # else PostgreSQL refuses for the foreign keys still to be checked
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute("TRUNCATE accounts_auditevent")
    assert AuditEvent.objects.count() == 1


def test_the_model_refuses_in_words(event):
    event.reason = "changed"
    with pytest.raises(DomainError):
        event.save()
    with pytest.raises(DomainError):
        event.delete()
    assert AuditEvent.objects.get().reason == "as written"


def test_guards_can_be_installed_twice_and_taken_off(event):
    append_only.install(connection)
    append_only.install(connection)
    append_only.remove(connection)
    assert AuditEvent.objects.update(reason="changed") == 1
    append_only.install(connection)
    append_only.remove_delete_guard(connection)


@pytest.fixture
def closed_and_reopened(make_site, people):
    site = make_site()
    close_site(actor=people.county, site=site, reason="moved")
    reopen_site(actor=people.office, site=site, reason="moved back")
    return site


def test_an_untouched_log_is_whole(closed_and_reopened):
    assert [row.to_state for row in closed_and_reopened.log.all()] == ["closed", "active"]
    assert broken_rows(SiteLog, closed_and_reopened) == []


@pytest.mark.parametrize(
    "change",
    [{"reason": "something else"}, {"to_state": "active"}, {"content_hash": "0"}, {"actor_id": None}],
)
def test_a_changed_row_shows(closed_and_reopened, change):
    first, _second = closed_and_reopened.log.order_by("id")
    SiteLog.objects.filter(pk=first.pk).update(**change)
    assert broken_rows(SiteLog, closed_and_reopened) == [first]


def test_a_missing_row_shows(closed_and_reopened):
    first, second = closed_and_reopened.log.order_by("id")
    SiteLog.objects.filter(pk=first.pk).delete()
    assert broken_rows(SiteLog, closed_and_reopened) == [second]


def test_a_row_hashed_anew_breaks_the_next(closed_and_reopened):
    first, second = closed_and_reopened.log.order_by("id")
    first.reason = "forged"
    first.row_hash = row_hash(first)
    first.save()
    assert broken_rows(SiteLog, closed_and_reopened) == [second]
