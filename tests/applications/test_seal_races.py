"""Two keepers, or one with two clicks, at the same moment: exactly one seal in a box, and nothing lost."""
# ruff: noqa: F811 - fixtures are imported by name

import pytest

from applications.models import Sealing
from applications.sealing.validation import examine
from applications.services import revoke_seal
from tests.applications.sealing import (  # noqa: F401 - fixtures
    content,
    keepers,
    province_draft,
    put,
    roots,
    seals,
    version,
)
from tests.whole.test_races import at_once, refusals

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_double_click_seals_once(version, seals, keepers):
    results = at_once(*[lambda: put(keepers.county, version, "county")] * 4)
    assert refusals(results) == 3
    (sealing,) = Sealing.objects.all()
    assert [(one.field, one.flaw) for one in examine(content(sealing.pdf)).signatures] == [("county", None)]


def test_a_seal_revoked_meanwhile_seals_nothing_more(version, seals, keepers):
    results = at_once(
        lambda: revoke_seal(actor=keepers.county, seal=seals.county, reason="停用"),
        lambda: put(keepers.county, version, "county"),
    )
    assert refusals(results) in (0, 1)
    seals.county.refresh_from_db()
    assert seals.county.state == "revoked"
    for sealing in Sealing.objects.all():
        assert sealing.sealed_at <= seals.county.revoked_at
