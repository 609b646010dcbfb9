"""Names in two languages and the pinyin initials people type to find them."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from pypinyin import Style, lazy_pinyin


def initials(text: str) -> str:
    """Pinyin initials of a Chinese text, other characters kept, in small letters: 雨湖区 -> yhq."""
    return "".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).lower()[:100]


def in_english() -> bool:
    return (get_language() or "").startswith("en")


def in_language(item: dict, key: str) -> str:
    """A text of the programme file in the language of the page, Chinese where it gives no English one."""
    return (in_english() and item.get(f"{key}_en")) or item[key]


class TwoLanguageName(models.Model):
    """A name in Chinese and, where the programme file gives one, in English."""

    name = models.CharField(_("name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name_en if self.name_en and in_english() else self.name
