from sites.models import Plaque


def plaque_in_force(site, level, day=None) -> Plaque | None:
    """The site's plaque of a level that is in force now or was on a day."""
    return Plaque.objects.in_force(day).filter(site=site, level=level).first()
