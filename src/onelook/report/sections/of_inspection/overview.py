"""The first screen of the inspect page: what the data is, whether it is sound, and what to look at."""

from __future__ import annotations

from dataclasses import dataclass

from onelook.checks import CHECKS
from onelook.report.inspected_data import InspectedData
from onelook.report.page import Section
from onelook.report.page_wording import part_in_words
from onelook.report.sections.findings import anchor, by_check, check_in_words, where_in_words
from onelook.report.sections.of_inspection.sizes import size_in_words
from onelook.report.sections.samples import Sample
from onelook.wording import agree, counted, listed, spread, translate

_HERO_PICTURES = 10  # ten pictures of one shape fill the strip; with many shapes the last may not fit
_LISTED = 6  # checks with findings in the list


@dataclass(frozen=True)
class Fact:
    """A figure with its name and what it means."""

    name: str
    value: str
    meaning: str


@dataclass(frozen=True)
class Pointer:
    """The findings of a check in one line."""

    anchor: str
    serious: bool
    count: str
    title: str
    where: str


@dataclass(frozen=True)
class Overview:
    """The content of the first screen."""

    what: str
    judgement: str
    is_sound: bool
    refusal: str
    hero: tuple[Sample, ...]
    is_even: bool  # whether these pictures have one shape
    facts: tuple[Fact, ...]
    pointers: tuple[Pointer, ...]
    more_findings: int
    command: str


def build_section(inspected: InspectedData) -> Section:
    """Build the section with a judgement of the data, a strip of pictures, five figures and the next command."""
    what, judgement, is_sound = _what(inspected), *_judgement(inspected)
    groups = by_check(inspected.findings)
    return Section(
        topic=translate("Overview"),
        title=f"{what}. {judgement}",
        template="overview.html",
        view=Overview(
            what=what,
            judgement=judgement,
            is_sound=is_sound,
            refusal=inspected.next_step.refusal,
            hero=_hero(inspected),
            is_even=len(inspected.sizes) == 1,
            facts=tuple(_facts(inspected)),
            pointers=tuple(
                Pointer(
                    anchor(group[0].check),
                    any(each.is_serious for each in group),
                    f"{sum(finding.count for finding in group):,}",
                    check_in_words(group[0].check),
                    where_in_words(group),
                )
                for group in groups[:_LISTED]
            ),
            more_findings=max(0, len(groups) - _LISTED),
            command=inspected.next_step.command,
        ),
    )


def _what(inspected: InspectedData) -> str:
    pictures = counted(sum(inspected.rows.values()), "picture")
    if not inspected.data.class_names:
        return translate("{pictures} without labels", pictures=pictures)
    return translate(
        "{pictures} of {classes}", pictures=pictures, classes=counted(len(inspected.data.class_names), "class")
    )


def _judgement(inspected: InspectedData) -> tuple[str, bool]:
    """Return the judgement as a sentence, and whether it is good."""
    groups = by_check(inspected.findings)
    serious = sum(any(each.is_serious for each in group) for group in groups)
    if inspected.next_step.refusal:
        return translate("It cannot be trained on yet."), False
    if serious:
        things = agree(serious, translate("One thing"), translate("{serious} things", serious=f"{serious:,}"))
        return translate("{things} to settle before a score can be believed.", things=things), False
    if groups:
        things = agree(len(groups), translate("one thing"), translate("{count} things", count=len(groups)))
        return translate("Sound enough to begin with; {things} to know.", things=things), True
    return translate("Sound, as far as the checks can tell."), True


def _hero(inspected: InspectedData) -> tuple[Sample, ...]:
    """Return the first sample of each class, then, with few classes, the second of each, and so on."""
    deepest = max((len(one.pictures) for one in inspected.samples), default=0)
    drawn = [
        (one.class_name, one.pictures[depth])
        for depth in range(deepest)
        for one in inspected.samples
        if depth < len(one.pictures)
    ]
    return tuple(
        Sample(inspected.pictures.data_uri(picture.file), class_name or translate("Picture {id}", id=picture.id))
        for class_name, picture in drawn[:_HERO_PICTURES]
    )


def _facts(inspected: InspectedData) -> list[Fact]:
    data = inspected.data
    parts = listed(
        translate("{total} {part}", total=f"{count:,}", part=part_in_words(part))
        for part, count in inspected.rows.items()
        if part != "all"
    )
    facts = [
        Fact(
            translate("Pictures"),
            f"{sum(inspected.rows.values()):,}",
            parts or translate("not split yet: training takes some for validation"),
        )
    ]
    if data.class_names:
        totals = [sum(counts.get(name, 0) for counts in data.class_counts.values()) for name in data.class_names]
        low, high = min(totals), max(totals)
        each = (
            translate("{pictures} each", pictures=counted(low, "picture"))
            if low == high
            else translate("{low} pictures", low=spread(low, high))
        )
        facts.append(Fact(translate("Classes"), f"{len(data.class_names):,}", translate("of {each}", each=each)))
    facts.append(Fact(translate("Size"), *size_in_words(inspected.sizes, sum(inspected.rows.values()))))
    facts.append(
        Fact(translate("Colour"), translate("grey") if data.channels == 1 else translate("colour"), _grey(inspected))
    )
    groups = by_check(inspected.findings)
    facts.append(
        Fact(
            translate("Checks"),
            f"{len(groups):,}" if groups else translate("nothing"),
            translate("found by {count} checks", count=len(CHECKS))
            if not groups
            else translate("of {count} found something", count=len(CHECKS)),
        )
    )
    return facts


def _grey(inspected: InspectedData) -> str:
    if inspected.data.channels == 1:
        return translate("one channel")
    return (
        translate(
            "three channels; {grey} {hold} no colour",
            grey=f"{inspected.grey:,}",
            hold=agree(inspected.grey, "holds", "hold"),
        )
        if inspected.grey
        else translate("three channels")
    )
