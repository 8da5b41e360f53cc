"""The findings of the checks, with pictures. This section is on the report and on the inspect page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from onelook.checks import CHECKS
from onelook.evaluation.pictures.index import FindingPictures, FoundPicture
from onelook.report.facts import FindingFacts
from onelook.report.marking import mark_attribute
from onelook.report.page import Section
from onelook.report.page_wording import part_in_words
from onelook.report.pictures import Thumbnails
from onelook.report.shown_data import ShownData
from onelook.wording import counted, listed, marked, sentence, translate

# What is shown before the reader unfolds the rest: pictures and pairs fill one row on a usual screen.
_SINGLES_OPEN = 6  # pictures of a finding
_PAIRS_OPEN = 3  # pairs of pictures
_REASONS_OPEN = 5  # unreadable pictures, each with its reason
_CHECKS_OPEN = 8  # checks with findings
_CLASS_CHECKS = frozenset({"missing-class", "imbalance"})  # these checks count classes, not pictures
_SIZE_CHECKS = (
    "size",
    "aspect",
)  # pictures of a check with such a word in its name are shown with their size


@dataclass(frozen=True)
class Found:
    """A picture that a finding names."""

    address: str | None
    id: str
    label: str
    note: str  # its size, where the finding is about sizes; else a remark of the check
    words: str
    mark: str  # the attribute of a picture that can be marked


@dataclass(frozen=True)
class Unreadable:
    """A picture without a thumbnail, with the reason."""

    id: str
    reason: str


@dataclass(frozen=True)
class Shown:
    """A finding on the page. At most one of pictures, pairs and reasons is not empty."""

    message: str
    pictures: tuple[Found, ...]
    more_pictures: tuple[Found, ...]
    pairs: tuple[tuple[Found, Found], ...]
    more_pairs: tuple[tuple[Found, Found], ...]
    reasons: tuple[Unreadable, ...]
    more_reasons: tuple[Unreadable, ...]
    unseen: str  # a sentence on what is not shown at all; empty if all is shown


@dataclass(frozen=True)
class Checked:
    """All findings of one check, one for each split."""

    anchor: str
    serious: bool
    folded: bool
    count: str
    unit: str
    title: str
    where: str
    findings: tuple[Shown, ...]


@dataclass(frozen=True)
class Findings:
    """The content of the section."""

    checks: tuple[Checked, ...]


def build_section(source: ShownData) -> Section:
    """Build the section check by check, the serious ones first, with up to a dozen pictures or pairs a finding."""
    groups = by_check(source.findings)
    if not groups:
        return Section(translate("Findings"), translate("The checks found nothing"), missing=_nothing())
    drawn = {(one.check, one.split): one for one in source.found}
    pictures = _Pictures(source.found_pictures, source.contents)
    checked = tuple(
        _checked(
            position,
            group,
            tuple(_shown(one, drawn.get((one.check, one.split)), pictures) for one in group),
        )
        for position, group in enumerate(groups, start=1)
    )
    return Section(translate("Findings"), _title(groups), "findings.html", Findings(checked))


def by_check(findings: Iterable[FindingFacts]) -> tuple[tuple[FindingFacts, ...], ...]:
    """Group the findings by check, the checks with a serious finding first, otherwise in their order."""
    groups: dict[str, list[FindingFacts]] = {}
    for finding in findings:
        groups.setdefault(finding.check, []).append(finding)
    return tuple(map(tuple, sorted(groups.values(), key=lambda group: not any(each.is_serious for each in group))))


def anchor(check: str) -> str:
    """Return the address of a check's findings on the page."""
    return f"found-{check}"


def _nothing() -> str:
    return translate(
        "The checks look for: {checks}.", checks="; ".join(translate(CHECKS.describe(name)) for name in CHECKS)
    )


def _title(groups: tuple[tuple[FindingFacts, ...], ...]) -> str:
    serious = sum(any(each.is_serious for each in group) for group in groups)
    rest = len(groups) - serious
    if not serious:
        return translate("{things} to know about the data", things=counted(rest, "thing"))
    return translate("{things} to settle", things=counted(serious, "thing")) + (
        translate(", {rest} to know", rest=f"{rest:,}") if rest else ""
    )


def _checked(position: int, group: tuple[FindingFacts, ...], findings: tuple[Shown, ...]) -> Checked:
    check, count = group[0].check, sum(finding.count for finding in group)
    unit = (marked("class"), marked("classes")) if check in _CLASS_CHECKS else (marked("picture"), marked("pictures"))
    return Checked(
        anchor=anchor(check),
        serious=any(each.is_serious for each in group),
        folded=position > _CHECKS_OPEN,
        count=f"{count:,}",
        unit=translate(unit[count != 1]),
        title=check_in_words(check),
        where=where_in_words(group),
        findings=findings,
    )


@dataclass(frozen=True)
class _Pictures:
    """The thumbnails that findings show, and what is known of their originals."""

    thumbnails: Thumbnails
    contents: Mapping[str, str]


def _shown(finding: FindingFacts, drawn: FindingPictures | None, pictures: _Pictures) -> Shown:
    of_shapes = any(word in finding.check for word in _SIZE_CHECKS)
    singles, reasons = [], []
    for one in drawn.pictures if drawn else ():
        if one.file is None and one.note:
            reasons.append(Unreadable(one.id, one.note))
        else:
            singles.append(_found(one, pictures, of_shapes))
    pairs = [
        (_found(one, pictures, of_shapes), _found(other, pictures, of_shapes))
        for one, other in (drawn.pairs if drawn else ())
    ]
    return Shown(
        message=finding.message,
        pictures=tuple(singles[:_SINGLES_OPEN]),
        more_pictures=tuple(singles[_SINGLES_OPEN:]),
        pairs=tuple(pairs[:_PAIRS_OPEN]),
        more_pairs=tuple(pairs[_PAIRS_OPEN:]),
        reasons=tuple(reasons[:_REASONS_OPEN]),
        more_reasons=tuple(reasons[_REASONS_OPEN:]),
        unseen=_unseen(finding, len(singles) + len(reasons), len(pairs)),
    )


def _found(one: FoundPicture, pictures: _Pictures, of_shapes: bool) -> Found:
    return Found(
        address=pictures.thumbnails.data_uri(one.file) if one.file else None,
        id=one.id,
        label=one.label,
        note=f"{one.size[0]:,} × {one.size[1]:,}" if one.size and of_shapes else one.note,
        words=translate("Picture {id}", id=one.id)
        + (translate(", labelled {label}", label=one.label) if one.label else ""),
        mark=mark_attribute(one.id, one.label, "", pictures.contents.get(one.id, "")),
    )


def _unseen(finding: FindingFacts, singles: int, pairs: int) -> str:
    """Return a sentence on the pictures or pairs without a thumbnail; empty if all have one."""
    if pairs and (more := len(finding.pairs) - pairs) > 0:
        return translate("And {pairs} like these.", pairs=counted(more, "more pair"))
    if singles and (more := len(finding.ids) - singles) > 0:
        return translate("And {pictures} like these.", pictures=counted(more, "more picture"))
    return ""


def where_in_words(group: Iterable[FindingFacts]) -> str:
    """Return the splits of the findings, in words; empty if the data is not split."""
    splits = (finding.split for finding in group if finding.split not in ("", "all"))
    return listed([part_in_words(split) for split in splits])


def check_in_words(check: str) -> str:
    """Return what a check looks for, without what is in brackets. An unknown check is called by its name."""
    if check not in CHECKS:
        return sentence(check.replace("-", " ")).removesuffix(".")
    words = translate(CHECKS.describe(check)).partition(" (")[0]
    return sentence(words).removesuffix(".")
