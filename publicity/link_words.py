"""What came of looking at a link, in words."""

from django.utils.translation import gettext as _

from publicity import links

_GONE = (404, 410)


def words_of(status: int | None, note: str) -> str:
    """One look at a link in words: its status, or why no answer came."""
    if status is None:
        return _NO_ANSWER[note]() if note in _NO_ANSWER else _("No answer came.")
    if note == links.TOO_LARGE:
        return _("The page is larger than 5 MB.")
    if 200 <= status < 300:
        return _("Opens.")
    if status in _GONE:
        return _("The page is gone (%(status)s): the outlet has taken it off or moved it.") % {
            "status": status
        }
    if status in (401, 403, 429):
        return _("The page answers and lets no program in (%(status)s): open it yourself.") % {
            "status": status
        }
    if status >= 500:
        return _("The outlet's server has trouble (%(status)s).") % {"status": status}
    return _("The outlet's server answered with %(status)s.") % {"status": status}


_NO_ANSWER = {
    links.FORBIDDEN: lambda: _("This server may not look at this address: it lies in an internal network."),
    links.NO_NAME: lambda: _("The name of the outlet's server is not known any more."),
    links.NO_LINE: lambda: _("The outlet's server takes no connection."),
    links.TIMEOUT: lambda: _("The outlet's server did not answer in time."),
    links.REDIRECTS: lambda: _("The link leads on and on, and never to a page."),
    links.UNSAFE: lambda: _("No secure connection came about: the outlet's certificate does not hold."),
    links.ODD: lambda: _("The page could not be opened: the outlet's server gave no proper answer."),
    links.BROKEN: lambda: _("The outlet's server broke off in the middle."),
}
