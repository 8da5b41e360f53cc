"""Names of folders that hold a share of the pictures, by when or how they came: they are no classes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from onelook.data.part_words import NUMBERED_SHARES, SHARE_WORDS, plain, plain_words

_PART_OF_A_WHOLE = frozenset({"part", "parts", "batch", "chunk", "shard", "fold", "archive", "subset"})
# A day, or a month with a sign between; years alone may be classes, and six digits a patient.
_DAY = re.compile(
    r"(?:19|20)\d\d([-_.]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])|(?:19|20)\d\d[-_.](?:0[1-9]|1[0-2])"
    r"|(?:0[1-9]|[12]\d|3[01])([-_.])(?:0[1-9]|1[0-2])\2(?:19|20)\d\d"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
# Google Drive packs a large folder into several zips: `Birds-20210504T101112Z-001.zip`; others write `birds_1_of_3`.
_PIECE_OF_DOWNLOAD = re.compile(r".*\d{8}T\d{6}Z(?:-\d+){1,2}|.*?\d+[ _-]?of[ _-]?\d+", re.I)
# The first three letters of the months in English, German, French, Spanish, Portuguese and Italian, without accents.
_MONTH_BEGINNINGS = (
    *("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "mai", "okt", "dez", "fev"),
    *("avr", "jui", "aou", "ene", "abr", "ago", "dic", "set", "out", "gen", "mag", "giu", "lug", "ott"),
)
_MONTH = re.compile(
    rf"(?:0?[1-9]|1[0-2])[月월]?|(?:(?:0?[1-9]|1[0-2])[-_. ]*)?(?:{'|'.join(_MONTH_BEGINNINGS)})[a-z]*", re.I
)
_DATE = re.compile(r"(?:19|20)\d\d(?:[\W_]?\d\d){0,2}")


def names_a_share(folder: str) -> bool:
    """Return whether a folder is called after how pictures came, such as `images`, `part_2` or `2019`: it is no class.

    Example:
        >>> names_a_share("imgs_part_1"), names_a_share("2019-05"), names_a_share("7"), names_a_share("partridge")
        (True, True, False, False)
    """
    words = plain_words(folder)
    is_share = any(word in SHARE_WORDS for word in words) and all(w in SHARE_WORDS or w.isdigit() for w in words)
    return is_share or _DATE.fullmatch(folder) is not None


def number_shares(folders: Iterable[str]) -> bool:
    """Return whether folders only number shares of the pictures, as `fold1`, `cam1` or days do: they are no classes.

    Example:
        >>> number_shares(["fold1", "fold2"]), number_shares(["batch_1", "batch_2"]), number_shares(["1", "2"])
        (True, True, False)
        >>> number_shares(["2021-05-11", "2021-05-12"]), number_shares(["cam1", "cam2"])
        (True, True)
        >>> number_shares(["HAM10000_part_1", "HAM10000_part_2"]), number_shares(["image_class_1", "image_class_2"])
        (True, False)
        >>> number_shares(["day 1", "day 2"]), number_shares(["fold1", "blight"])
        (False, False)
        >>> number_shares(["Birds-20210504T101112Z-001", "Birds-20210504T101112Z-002"])
        True
    """
    folders = set(folders)
    if are_days(folders) or (len(folders) > 1 and all(map(_PIECE_OF_DOWNLOAD.fullmatch, folders))):
        return True
    split = [plain_words(folder) for folder in folders]
    common = set(split[0]).intersection(*split[1:]) if len(split) > 1 else set()
    if common & _PART_OF_A_WHOLE:  # words before `part` are those of the whole
        split = [[word for word in words if word in NUMBERED_SHARES or word not in common] for words in split]
    return len(split) > 1 and all(
        any(word.isdigit() for word in words)
        and any(word in NUMBERED_SHARES for word in words)
        and all(word.isdigit() or word in NUMBERED_SHARES for word in words)
        for words in split
    )


def are_days(folders: Iterable[str]) -> bool:
    """Return whether folders are called after days or months; years may be what is to be learnt.

    Example:
        >>> are_days(["2021-05-11", "2021-05-12"]), are_days(["20210511", "20210699"]), are_days(["2019", "2020"])
        (True, False, False)
    """
    distinct = set(folders)
    return len(distinct) > 1 and all(map(_DAY.fullmatch, distinct))


def are_years_and_months(pairs: Iterable[tuple[str, str]]) -> bool:
    """Return whether folders are years, and those in them months: both are when pictures came.

    Years alone may be what is to be learnt.

    Example:
        >>> are_years_and_months([("2021", "01_January"), ("2022", "07_July")]), are_years_and_months([("2021", "5월")])
        (True, True)
        >>> are_years_and_months([("2021", "cat"), ("2021", "dog")])
        False
    """
    found = set(pairs)
    return bool(found) and all(_YEAR.fullmatch(year) and _MONTH.fullmatch(plain(month)) for year, month in found)
