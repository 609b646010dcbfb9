"""Site liaisons: accounts that may add to the ledgers of single sites, appointed by the county."""

from django.db import transaction
from django.utils.translation import gettext as _
from guardian.shortcuts import assign_perm, remove_perm

from accounts import clock
from accounts.enums import Role
from accounts.errors import DomainError, Reason, require
from accounts.models import User
from accounts.services import end_role, grant_role, record
from sites.life_rules import why_not_appoint, why_not_end_liaison
from sites.models import Site, SiteLiaison
from sites.services.common import lock_site


@transaction.atomic
def appoint_liaison(*, actor, site: Site, user: User) -> SiteLiaison:
    """Let a person add to the ledgers of a site from today on; he or she sees this site and no other.

    The role of a liaison at the site's area comes with the first appointment. Raises DomainError for other than the
    county staff of the area, a closed account or one from outside the area, and a person who is its liaison already.
    """
    locked = lock_site(site)
    require(why_not_appoint(actor, locked, user))
    if SiteLiaison.objects.filter(site=locked, user=user, valid_to=None).exists():
        raise DomainError(Reason(text=_("%(user)s is the site's liaison already.") % {"user": user}))
    liaison = SiteLiaison.objects.create(site=locked, user=user, valid_from=clock.today(), appointed_by=actor)
    grant_role(actor=None, user=user, role=Role.LIAISON, unit=locked.area)
    assign_perm("sites.keep_site", user, locked)
    record(action="liaison.appoint", actor=actor, obj=locked, unit=locked.area, member=user.audit_label)
    return liaison


@transaction.atomic
def end_liaison(*, actor, liaison: SiteLiaison) -> None:
    """End an appointment today, and with a person's last one the role that came with it.

    What the person proposed stays for the county to decide on. Raises DomainError for other than the county staff of
    the area, and for an appointment that has ended.
    """
    site = lock_site(liaison.site)
    liaison = SiteLiaison.objects.select_for_update(of=("self",)).select_related("user").get(pk=liaison.pk)
    require(why_not_end_liaison(actor, liaison))
    liaison.valid_to = max(liaison.valid_from, clock.today())
    liaison.save(update_fields=["valid_to"])
    remove_perm("sites.keep_site", liaison.user, site)
    _end_role_without_site(liaison.user)
    record(action="liaison.end", actor=actor, obj=site, unit=site.area, member=liaison.user.audit_label)


def _end_role_without_site(user: User) -> None:
    """End the roles that came with appointments once none is left; one given by a person stays."""
    if SiteLiaison.objects.filter(user=user, valid_to=None).exists():
        return
    for assignment in user.role_assignments.filter(role=Role.LIAISON, valid_to=None, granted_by=None):
        end_role(actor=None, assignment=assignment)
