"""Pictures of each class. This section is on the report and on the inspect page."""

from __future__ import annotations

from dataclasses import dataclass

from onelook.report.marking import mark_attribute
from onelook.report.page import Section
from onelook.report.shown_data import ShownData
from onelook.wording import counted, translate

_WIDE_UP_TO = 6  # with at most this number of classes, each has the whole width, and pictures keep their shape
_ROWS_UP_TO = 40  # with at most this number of classes, each has a row; with more, each is a small card
_CARDS_OPEN = 60  # cards that are not folded
_SEARCH_FROM = 25  # with at least this number of classes, the reader can search for one


@dataclass(frozen=True)
class Sample:
    """A picture."""

    address: str | None
    words: str
    mark: str = ""  # the attribute of a picture that can be marked


@dataclass(frozen=True)
class ClassPictures:
    """A few pictures of one class."""

    class_name: str
    count: str  # number of all its pictures; empty if it is not known
    pictures: tuple[Sample, ...]


@dataclass(frozen=True)
class Samples:
    """The content of the section."""

    classes: tuple[ClassPictures, ...]
    more_classes: tuple[ClassPictures, ...]  # folded
    arrangement: str  # `wide`, `rows` or `cards`
    searchable: bool
    columns: int  # pictures in the longest row
    hidden_classes: int


def build_section(source: ShownData) -> Section:
    """Build the section with a row of pictures for each class, or, for many classes, with small cards to search."""
    samples = source.samples
    if not samples:
        return Section(
            translate("Samples"),
            translate("Some of the pictures"),
            missing=translate("No pictures were kept to be shown here."),
        )
    as_cards = len(samples) > _ROWS_UP_TO
    totals = _totals(source)
    classes = tuple(
        ClassPictures(
            class_name=one.class_name,
            count=f"{totals[one.class_name]:,}" if one.class_name in totals else "",
            pictures=tuple(
                Sample(
                    source.pictures.data_uri(picture.file),
                    _words(one.class_name, picture.id),
                    mark_attribute(picture.id, one.class_name, "", source.contents.get(picture.id, "")),
                )
                for picture in one.pictures
            ),
        )
        for one in samples
    )
    shown = _CARDS_OPEN if as_cards else len(classes)
    return Section(
        topic=translate("Samples"),
        title=translate("Some of the pictures")
        if len(samples) == 1
        else translate("Some pictures of {classes}", classes=_classes(source)),
        template="samples.html",
        view=Samples(
            classes=classes[:shown],
            more_classes=classes[shown:],
            arrangement="cards" if as_cards else "wide" if len(samples) <= _WIDE_UP_TO else "rows",
            searchable=len(classes) >= _SEARCH_FROM,
            columns=min(8, max((len(one.pictures) for one in samples), default=1)),
            hidden_classes=max(0, len(source.data.class_names) - len(samples)),
        ),
    )


def _classes(source: ShownData) -> str:
    shown, in_all = len(source.samples), max(len(source.samples), len(source.data.class_names))
    return (
        translate("each class")
        if shown == in_all
        else translate("{shown} of {classes}", shown=shown, classes=counted(in_all, "class"))
    )


def _totals(source: ShownData) -> dict[str, int]:
    totals: dict[str, int] = {}
    for counts in source.data.class_counts.values():
        for name, count in counts.items():
            totals[name] = totals.get(name, 0) + count
    return totals


def _words(class_name: str, picture_id: str) -> str:
    return (
        translate("{class_name}: picture {picture_id}", class_name=class_name, picture_id=picture_id)
        if class_name
        else translate("Picture {picture_id}", picture_id=picture_id)
    )
