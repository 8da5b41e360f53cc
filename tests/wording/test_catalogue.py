"""The catalogue of each language has every text, no other, and only the values that each text gives."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from importlib.resources import files

import pytest
from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit
from tests.wording.messages import messages

from onelook.report.page_wording import date as day_of
from onelook.wording import LANGUAGES, catalogue, duration, in_language, large_number, number, percent, places
from onelook.wording.language import ENGLISH, entries

OTHERS = [name for name in LANGUAGES if name != ENGLISH]
# A particle whose form depends on the last letter before it, after a value that may be anything.
_PARTICLE = re.compile(
    r"{(\w*name|label|predicted|guess|lowest|highest|first|second)}’?(?:[을를은는이가과와]|으?로)(?![가-힣])"
)


@pytest.fixture(scope="module")
def names() -> dict[str, set[str]]:
    """The names of the values of each text."""
    found: dict[str, set[str]] = defaultdict(set)
    for message in messages():
        found[message.text] |= message.names
    return found


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated(language: str, names: dict[str, set[str]]) -> None:
    known = catalogue(language)
    missing = [f'msgid "{text}"' for text in names if text not in known]
    assert not missing, f"write their translations into src/onelook/wording/{language}.po"


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_left_over(language: str, names: dict[str, set[str]]) -> None:
    unused = [entry.english for entry in entries(language) if not entry.is_stored and entry.english not in names]
    assert not unused, f"take them out of src/onelook/wording/{language}.po"


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_only_the_values_of_its_text(language: str, names: dict[str, set[str]]) -> None:
    for entry in entries(language):
        given = names.get(entry.english, set()) | places(entry.english)
        assert places(entry.translation) <= given, entry.english
        assert [*re.findall(r"</?\w+", entry.english)] == [*re.findall(r"</?\w+", entry.translation)], entry.english


def test_no_korean_particle_follows_a_name() -> None:
    found = [entry.translation for entry in entries("ko") if _PARTICLE.search(entry.translation)]
    assert not found, "write it without a particle: ‘cat’ 이미지 3장"


def test_the_search_for_particles_finds_one() -> None:
    assert _PARTICLE.search("{label}을 찾았습니다")
    assert _PARTICLE.search("‘{class_name}’로 예측")
    assert not _PARTICLE.search("{label} 이미지")


@pytest.mark.parametrize("language", OTHERS)
def test_the_catalogue_is_what_gettext_reads(language: str) -> None:
    with (files("onelook.wording") / f"{language}.po").open("rb") as file:
        read = read_po(file, locale=language, abort_invalid=True)
    found = {}
    for message in read:
        if message.id and message.string:
            one, *more = message.id if isinstance(message.id, tuple) else (message.id,)
            translation = message.string[0] if isinstance(message.string, tuple) else message.string
            found |= dict.fromkeys((one, *more), translation)
    assert dict(catalogue(language)) == found
    assert not read.obsolete


def test_numbers_and_dates_are_as_cldr_has_them() -> None:
    with in_language("ko"):
        assert day_of("2026-11-03T08:00:00") == format_date(date(2026, 11, 3), "long", locale="ko")
        assert number(1234567) == format_decimal(1234567, locale="ko")
        assert percent(0.982) == format_percent(0.982, "#,##0.0%", locale="ko")
        units = [("hour", 1, 3600), ("minute", 3, 180), ("second", 12, 12)]
        for unit, count, seconds in units:
            assert duration(seconds) == format_unit(count, f"duration-{unit}", locale="ko")
        assert large_number(12_942_786) == "1,294만"
        assert large_number(3.14e9) == "31억"
