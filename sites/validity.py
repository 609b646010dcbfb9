"""How long a plaque holds, by the period its level sets."""

import datetime

from dateutil.relativedelta import relativedelta


def valid_until(level, awarded_on: datetime.date) -> datetime.date | None:
    """The last day of validity of a plaque awarded on a day; None where the level sets no period.

    The period ends on the day before the award's day so many months on: awarded on 29 February for twelve months, it
    holds until 27 February; of a month without that day the last one counts.
    """
    if level.validity_months is None:
        return None
    return awarded_on + relativedelta(months=level.validity_months, days=-1)
