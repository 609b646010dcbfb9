"""How parts of a sentence are put together in the language of whoever reads it."""

import datetime
from collections.abc import Collection

from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.translation import gettext as _


def _day(day: datetime.date) -> str:
    return date_format(day, "DATE_FORMAT")


def _listed(words: Collection) -> str:
    return _(", ").join(str(word) for word in words)


#: A day as it stands in a sentence, e.g. unpadded in Chinese. Worded only when it is read, so that a message to
#: several people reads right to each; the same holds for `lazy_list`.
lazy_day = lazy(_day, str)
#: Words one after the other, with the mark between them that the language uses.
lazy_list = lazy(_listed, str)
#: The name of a unit or other thing in the language of whoever reads it.
lazy_name = lazy(str, str)
