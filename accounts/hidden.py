"""Characters nobody sees. They come along with pasted text, or on purpose: they turn a line around, make two names look
the same, hide a telephone number from whoever looks for one; and some of them no feed and no Word file can hold."""

#: Without width, marks of direction, and tags. What chooses the shape of a rare character stays.
HIDDEN = dict.fromkeys(
    [
        *(0x00AD, 0x061C, 0x180E, 0xFEFF, 0xFFFE, 0xFFFF),
        *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xE0000, 0xE0080),
    ]
)  # fmt: skip
#: Control characters, but for tabs and ends of lines; NUL is left to be refused. Word's own ends of lines become such.
_CONTROL = {
    **dict.fromkeys([*range(0x01, 0x09), *range(0x0E, 0x20), *range(0x7F, 0x85), *range(0x86, 0xA0)]),
    **dict.fromkeys([0x0B, 0x0C, 0x85, 0x2028, 0x2029], "\n"),
}
_UNSEEN = HIDDEN | _CONTROL


def without_hidden(text: str) -> str:
    """A text as it is seen."""
    return text if text.isprintable() else text.translate(_UNSEEN)
