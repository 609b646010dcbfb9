"""What checked tables bring, written many rows at once.

Every function runs in the caller's transaction and raises DomainError where somebody changed one of the records since
the table was judged; then nothing of the table is written.
"""

from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.db.models import F, Model
from django.utils.translation import gettext as _

from accounts.errors import DomainError, Reason
from sites.enums import PlaqueState
from sites.models import Activity, Plaque, Site, SiteFigure
from sites.rules import why_not_active
from sites.services.records import keep_figures, keep_records

#: Rows of one statement; databases limit its parameters.
BATCH = 500


def write_sites(*, new: list[Site], changed: list[Site], fields: tuple[str, ...]) -> None:
    """Register new sites, and write these fields of registered ones as they were changed since they were read."""
    _hold_sites({site.pk: site.revision for site in changed})
    for site in changed:
        site.revision += 1
    _put(Site, new, changed, [*fields, "revision"])
    keep_records([site.pk for site in changed], new=new)


def write_activities(*, new: list[Activity], changed: list[Activity], fields: tuple[str, ...]) -> None:
    """Add entries to the ledgers of activities, and write these fields of entries that are there."""
    _hold_sites(dict.fromkeys(row.site_id for row in [*new, *changed]))
    _put(Activity, new, changed, [*fields, "recorded_by", "recorded_at"])


def write_figures(*, figures: list[SiteFigure]) -> None:
    """Write counts of sites by year, over what was reported of the same year before."""
    sites = sorted({figure.site_id for figure in figures})
    _hold_sites(dict.fromkeys(sites))
    SiteFigure.objects.bulk_create(
        figures,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["site", "year", "code"],
        update_fields=["value"],
    )
    keep_figures(sites)
    # A form opened before shows the old figures; saving it must not bring them back unseen.
    for start in range(0, len(sites), BATCH):
        Site.objects.filter(pk__in=sites[start : start + BATCH]).update(revision=F("revision") + 1)


def write_claims(*, new: list[Plaque], changed: list[Plaque], fields: tuple[str, ...]) -> None:
    """Enter claims of earlier plaques, and write these fields of claims that still wait for their paper."""
    sites = {plaque.site_id for plaque in [*new, *changed]}
    _hold_sites(dict.fromkeys(sites))
    with unless_changed():
        Plaque.objects.bulk_create(new, batch_size=BATCH)
    for plaque in changed:
        values = {name: getattr(plaque, name) for name in (*fields, "valid_until")}
        waiting = Plaque.objects.filter(pk=plaque.pk, state=PlaqueState.CLAIMED, paper="")
        if not waiting.update(**values):
            raise changed_meanwhile()
    keep_records(sorted(sites))


def changed_meanwhile() -> DomainError:
    """What to raise where a record is no longer as it was when the table was judged."""
    return DomainError(
        Reason(
            text=_("Somebody changed one of these records while the table was being imported."),
            remedy=_("Nothing was imported. Check the file again."),
        )
    )


@contextmanager
def unless_changed():
    """Tell a clash with rows that somebody else wrote meanwhile in words."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise changed_meanwhile() from error


def _put(model: type[Model], new: list, changed: list, fields: list[str]) -> None:
    """Write new rows whole, and these fields of rows that are there."""
    with unless_changed():
        model.objects.bulk_create(new, batch_size=BATCH)
        model.objects.bulk_create(
            changed, batch_size=BATCH, update_conflicts=True, unique_fields=["id"], update_fields=fields
        )


def _hold_sites(sites: dict[int, int | None]) -> None:
    """Lock sites until the end of the transaction. `sites` maps ids to the revision judged by (None: any)."""
    keys = sorted(sites)
    for start in range(0, len(keys), BATCH):
        rows = (
            Site.objects.select_for_update(no_key=True)
            .filter(pk__in=keys[start : start + BATCH])
            .order_by("pk")
        )
        for site in rows.only("pk", "revision", "state"):
            expected = sites[site.pk]
            if why_not_active(site) or (expected is not None and site.revision != expected):
                raise changed_meanwhile()
