"""Reads of certificates: for pages of plaques, for the inbox of seal keepers, for the page that checks any PDF."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import clock
from accounts.enums import Role
from accounts.scope import units_with_role
from applications.sealing.papers import SealedPaper
from notices.todo import Todo
from publicity.models import Certificate
from sites.enums import IN_FORCE_STATES

RELATED = (
    "plaque__site__area",
    "plaque__site__category",
    "plaque__site__programme",
    "plaque__level__programme__owner",
)


def certificates_to_print():
    """Certificates that were issued and are not on paper yet, the oldest first; of a plaque whose validity ended in
    between none is printed."""
    return Certificate.objects.filter(pdf="").filter(_in_force()).order_by("id")


def latest_certificates(user, plaque_ids) -> dict[int, Certificate]:
    """The last edition of each plaque's certificate that the person may see, by the plaque's id; one query."""
    rows = Certificate.objects.visible_to(user).filter(plaque__in=plaque_ids).order_by("edition")
    return {row.plaque_id: row for row in rows}


def waiting_for(user) -> list[Todo]:
    """Certificates that wait for a seal this person keeps; one query, none for anybody else."""
    kept = units_with_role(user, (Role.SEAL_KEEPER,))
    if not kept:
        return []
    rows = Certificate.objects.filter(
        Certificate.objects.issued_by(kept), _in_force(), sealed_at=None
    ).exclude(pdf="")
    latest = {row.plaque_id: row for row in rows.select_related(*RELATED).order_by("edition")}
    return [
        Todo(
            text=_("Seal the certificate: %(site)s (%(level)s)")
            % {"site": row.plaque.site.name, "level": row.plaque.level},
            url=reverse("publicity:certificate", args=[row.pk]),
            detail=f"{row.plaque.site.area} · {row.plaque.number}",
        )
        for row in sorted(latest.values(), key=lambda row: row.pk)
    ]


def _in_force() -> Q:
    valid = Q(plaque__valid_until=None) | Q(plaque__valid_until__gte=clock.today())
    return Q(plaque__state__in=IN_FORCE_STATES) & valid


def sealed_certificates(user, hashes) -> list[SealedPaper]:
    """Certificates whose sealed file has one of these SHA-256, for the page that checks any PDF."""
    found = Certificate.objects.filter(sealed_sha256__in=hashes, seal__isnull=False).select_related("plaque")
    rows = list(found)
    if not rows:
        return []
    open_to = set(found.visible_to(user).values_list("pk", flat=True))
    return [
        SealedPaper(
            sha256=row.sealed_sha256,
            sealed_at=row.sealed_at,
            label=_("Certificate %(number)s") % {"number": row.plaque.number},
            url=reverse("publicity:certificate", args=[row.pk]) if row.pk in open_to else "",
        )
        for row in rows
    ]
