"""What looks like a private person's particulars in a text that others will read."""

import re
import unicodedata

from accounts.hidden import without_hidden

#: Identity card and mobile numbers, landlines, e-mail and messenger addresses, accounts of a bank; with the spaces and
#: dashes people put into them.
_PATTERNS = (
    r"(?<!\d)\d{6}[\s-]?(?:19|20)\d{6}[\s-]?\d{3}[\dXx](?!\d)",
    r"(?<!\d)1[3-9]\d[\s.·-]?\d{4}[\s.·-]?\d{4}(?!\d)",
    r"(?<!\d)0\d{2,3}[\s-]?\d{7,8}(?!\d)",
    r"(?<!\d)\d(?:[\s-]?\d){15,18}(?!\d)",
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    r"(?:微信|QQ|qq|WeChat|wechat)号?\s*[:：]?\s*[A-Za-z0-9_-]{5,}",
)
_PARTICULARS = re.compile("|".join(_PATTERNS))


def particulars_in(*texts: str) -> list[str]:
    """What in some texts looks like a telephone, identity, account or e-mail of somebody, each once, as it stands
    there in half-width digits."""
    found = (
        match.group().strip()
        for text in texts
        for match in _PARTICULARS.finditer(unicodedata.normalize("NFKC", without_hidden(text)))
    )
    return list(dict.fromkeys(found))
