"""The first screen of the inspect page: what the data is, whether it is sound, and what to look at."""

from __future__ import annotations

from dataclasses import dataclass

from onelook.checks import CHECKS
from onelook.report.inspected_data import Inspected
from onelook.report.page_wording import PART_IN_WORDS
from onelook.report.section import Section
from onelook.report.sections.findings import anchor, check_in_words, where_in_words
from onelook.report.sections.samples import Sample
from onelook.report.sections.sizes import size_in_words
from onelook.report.soundness import by_check, is_serious
from onelook.wording import agree, counted, listed, spread

_HERO_PICTURES = 10  # of one shape they fill the strip; of many shapes the last may not find room
_LISTED = 6  # checks that found something


@dataclass(frozen=True)
class Fact:
    """A figure with its name and what it means."""

    name: str
    value: str
    meaning: str


@dataclass(frozen=True)
class Pointer:
    """What a check found, in a line."""

    anchor: str
    serious: bool
    count: str
    title: str
    where: str


@dataclass(frozen=True)
class Overview:
    """What the first screen shows."""

    what: str
    judgement: str
    is_sound: bool
    refusal: str
    hero: tuple[Sample, ...]
    is_even: bool  # its pictures have one shape
    facts: tuple[Fact, ...]
    pointers: tuple[Pointer, ...]
    more_findings: int
    command: str


def build_section(seen: Inspected) -> Section:
    """One sentence that judges the data, a strip of its pictures, five figures and the way on."""
    what, judgement, is_sound = _what(seen), *_judgement(seen)
    groups = by_check(seen.findings)
    return Section(
        topic="Overview",
        title=f"{what}. {judgement}",
        template="overview.html",
        view=Overview(
            what=what,
            judgement=judgement,
            is_sound=is_sound,
            refusal=seen.next_step.refusal,
            hero=_hero(seen),
            is_even=len(seen.sizes) == 1,
            facts=tuple(_facts(seen)),
            pointers=tuple(
                Pointer(
                    anchor(group[0].check),
                    any(map(is_serious, group)),
                    f"{sum(finding.count for finding in group):,}",
                    check_in_words(group[0].check),
                    where_in_words(group),
                )
                for group in groups[:_LISTED]
            ),
            more_findings=max(0, len(groups) - _LISTED),
            command=seen.next_step.command,
        ),
    )


def _what(seen: Inspected) -> str:
    pictures = counted(sum(seen.rows.values()), "picture")
    if not seen.data.class_names:
        return f"{pictures} without labels"
    return f"{pictures} of {counted(len(seen.data.class_names), 'class')}"


def _judgement(seen: Inspected) -> tuple[str, bool]:
    """The judgement in a sentence, and whether it is a good one."""
    groups = by_check(seen.findings)
    serious = sum(any(map(is_serious, group)) for group in groups)
    if seen.next_step.refusal:
        return "As it is, it cannot be trained on.", False
    if serious:
        things = agree(serious, "One thing", f"{serious:,} things")
        return f"{things} to settle before a score can be believed.", False
    if groups:
        things = agree(len(groups), "one thing", f"{len(groups)} things")
        return f"Sound enough to begin with; {things} to know.", True
    return "Sound, as far as the checks can tell.", True


def _hero(seen: Inspected) -> tuple[Sample, ...]:
    """The first sample of each class; where there are few classes, then the second of each, and so on."""
    deepest = max((len(one.pictures) for one in seen.samples), default=0)
    drawn = [
        (one.class_name, one.pictures[depth])
        for depth in range(deepest)
        for one in seen.samples
        if depth < len(one.pictures)
    ]
    return tuple(
        Sample(seen.pictures.data_uri(picture.file), class_name or f"Picture {picture.id}")
        for class_name, picture in drawn[:_HERO_PICTURES]
    )


def _facts(seen: Inspected) -> list[Fact]:
    data = seen.data
    parts = listed([f"{rows:,} {PART_IN_WORDS.get(name, name)}" for name, rows in seen.rows.items() if name != "all"])
    facts = [
        Fact("Pictures", f"{sum(seen.rows.values()):,}", parts or "not parted yet: training takes some to tune on")
    ]
    if data.class_names:
        totals = [sum(counts.get(name, 0) for counts in data.class_counts.values()) for name in data.class_names]
        low, high = min(totals), max(totals)
        each = f"{counted(low, 'picture')} each" if low == high else f"{spread(low, high)} pictures"
        facts.append(Fact("Classes", f"{len(data.class_names):,}", f"of {each}"))
    facts.append(Fact("Size", *size_in_words(seen.sizes)))
    facts.append(Fact("Colour", "grey" if data.channels == 1 else "colour", _grey(seen)))
    groups = by_check(seen.findings)
    facts.append(
        Fact(
            "Checks",
            f"{len(groups):,}" if groups else "nothing",
            f"found by {len(CHECKS)} checks" if not groups else f"of {len(CHECKS)} found something",
        )
    )
    return facts


def _grey(seen: Inspected) -> str:
    if seen.data.channels == 1:
        return "one channel"
    return (
        f"three channels; {seen.grey:,} {agree(seen.grey, 'holds', 'hold')} no colour"
        if seen.grey
        else "three channels"
    )
