"""The section on what the model learned: filters, maps of pictures after each block, similar training pictures."""

from __future__ import annotations

from dataclasses import dataclass

from onelook.evaluation.learned.index import Filters, Importances, Learned, Neighbours, TreePath
from onelook.report.page import Section
from onelook.report.page_wording import class_in_words, in_sight
from onelook.report.pictures import Thumbnails
from onelook.report.results import Results
from onelook.wording import agree, counted, marked, translate

_TOPIC = marked("What it learned")
_LARGE_TILE = 8  # values a side; a tile of as many is a picture by itself


@dataclass(frozen=True)
class Shown:
    """A picture with its words."""

    address: str | None
    words: str
    caption: str = ""


@dataclass(frozen=True)
class FilterPicture:
    """The first layer's weights."""

    heading: str
    says: str
    picture: Shown
    names: tuple[str, ...]
    width: int  # rem


@dataclass(frozen=True)
class MapRow:
    """A picture, and the maps after each block."""

    class_name: str
    picture: Shown
    maps: tuple[Shown, ...]


@dataclass(frozen=True)
class Similar:
    """An error, and similar training pictures."""

    error: Shown
    nearest: tuple[tuple[Shown, bool], ...]  # and whether it has the class that the model said
    label: str
    said: str


@dataclass(frozen=True)
class Path:
    """A tree's questions about one picture."""

    picture: Shown
    heading: str
    questions: tuple[str, ...]
    answer: str


@dataclass(frozen=True)
class LearnedView:
    """The content of the section."""

    filters: FilterPicture | None
    blocks: tuple[str, ...]
    rows: tuple[MapRow, ...]
    importances: Shown | None
    path: Path | None
    similar: tuple[Similar, ...]
    compared: str


def build_section(results: Results) -> Section:
    """Build the section. Its parts are folded; what does not suit the model is left out."""
    learned, pictures = results.learned, results.learned_pictures
    if learned is None or pictures is None:
        return Section(
            translate(_TOPIC),
            translate("What the model learned"),
            missing=translate("This was not kept with this run."),
        )
    view = LearnedView(
        filters=None if learned.filters is None else _filters(learned.filters, pictures),
        blocks=tuple(
            translate(
                "{maps} of {height}×{width}, {count} shown",
                maps=counted(block.maps, "map"),
                height=block.height,
                width=block.width,
                count=min(8, block.maps),
            )
            for block in learned.blocks
        ),
        rows=_rows(learned, pictures),
        importances=None if learned.importances is None else _importances(learned.importances, pictures),
        path=None if learned.path is None else _path(learned.path, pictures),
        similar=tuple(_similar(one, pictures) for one in learned.neighbours),
        compared=_compared(results, learned),
    )
    if not (view.filters or view.rows or view.importances or view.similar):
        return Section(
            translate(_TOPIC),
            translate("What the model learned"),
            missing=translate("Nothing of this model can be drawn."),
        )
    return Section(translate(_TOPIC), _title(learned), template="learned.html", view=view)


def _title(learned: Learned) -> str:
    """Return the finding: whether the worst errors look like training pictures of the class that was said."""
    errors = len(learned.neighbours)
    if not errors:
        return translate("What the model learned")
    alike = sum(_of_said_class(one) > len(one.nearest) / 2 for one in learned.neighbours)
    if not alike:
        those = agree(errors, translate("The one error does"), translate("The worst errors do"))
        return translate("{those} not look like the training pictures of the class that was said", those=those)
    several = (
        translate("All {errors} worst errors look", errors=errors)
        if alike == errors
        else translate("{alike} of the {errors} worst errors look", alike=alike, errors=errors)
    )
    return translate(
        "{those} like training pictures of the class that was said",
        those=agree(errors, translate("The one error looks"), several),
    )


def _of_said_class(one: Neighbours) -> int:
    return sum(near.label == one.predicted for near in one.nearest)


def _filters(filters: Filters, pictures: Thumbnails) -> FilterPicture:
    size = f"{filters.tile[0]}×{filters.tile[1]}"
    filter_count = translate("The {count} filters of the first layer", count=filters.count)
    unit_count = translate("The {count} units of the first layer", count=filters.count)
    filters_heading = agree(filters.count, translate("The filter of the first layer"), filter_count)
    units_heading = agree(filters.count, translate("The unit of the first layer"), unit_count)
    heading, says = {
        "kernels": (
            filters_heading,
            translate("Each tile is a filter of {size} values that the first layer moves over the picture.", size=size),
        ),
        "measured": (
            filters_heading,
            translate(
                "Each tile is a filter of {size} values. They were measured on the training pictures, not trained: "
                "they make neighbouring pixels independent of each other.",
                size=size,
            ),
        ),
        "units": (
            units_heading,
            translate("Each tile is a unit of the first layer: its weight for each of {size} places.", size=size),
        ),
        "classes": (
            translate("The weights of each class"),
            translate("Each tile is a class: its weight for each of {size} places.", size=size),
        ),
    }[filters.kind]
    colours = translate("A colour is what a filter answers to, and grey a weight of zero.")
    greys = translate("Light is a positive weight, dark a negative one, and the middle grey is zero.")
    left_out = (
        translate(" The {shown} with the largest weights are shown.", shown=filters.shown)
        if filters.shown < filters.count
        else ""
    )
    is_small = max(filters.tile) < _LARGE_TILE
    return FilterPicture(
        heading=heading,
        says=f"{says} {colours if filters.is_colour else greys}{left_out}",
        picture=Shown(
            pictures.data_uri(filters.file),
            translate("{heading}, {shown} tiles of {size}", heading=heading, shown=filters.shown, size=size),
        ),
        names=tuple(class_in_words(name) for name in filters.names),
        width=(2 if is_small else 5) * filters.columns,
    )


def _rows(learned: Learned, pictures: Thumbnails) -> tuple[MapRow, ...]:
    return tuple(
        MapRow(
            class_name=class_in_words(one.class_name),
            picture=Shown(
                pictures.data_uri(one.picture.file),
                translate("Picture {id}", id=in_sight(one.picture.id)),
                in_sight(one.picture.id),
            ),
            maps=tuple(
                Shown(
                    pictures.data_uri(file),
                    translate(
                        "{class_name} after block {number}", class_name=class_in_words(one.class_name), number=number
                    ),
                )
                for number, file in enumerate(one.files, 1)
            ),
        )
        for one in learned.maps
    )


def _importances(importances: Importances, pictures: Thumbnails) -> Shown:
    row, column = importances.strongest
    words = translate("A map of the picture's places: row {row}, column {column} counts most", row=row, column=column)
    return Shown(
        pictures.data_uri(importances.file),
        words,
        translate("Row {row}, column {column} counts most.", row=row, column=column),
    )


def _path(path: TreePath, pictures: Thumbnails) -> Path:
    which = agree(path.trees, translate("The tree"), translate("The first of {trees} trees", trees=f"{path.trees:,}"))
    label = class_in_words(path.label)
    return Path(
        picture=Shown(
            pictures.data_uri(path.picture.file),
            translate("Picture {id}, labelled {label}", id=in_sight(path.picture.id), label=label),
        ),
        heading=translate(
            "{which} asks {questions} about this picture, labelled {label}",
            which=which,
            questions=counted(len(path.questions), "question"),
            label=label,
        ),
        questions=path.questions,
        answer=class_in_words(path.answer),
    )


def _similar(one: Neighbours, pictures: Thumbnails) -> Similar:
    label, said = class_in_words(one.label), class_in_words(one.predicted)
    nearest = tuple(
        (
            Shown(
                pictures.data_uri(near.picture.file),
                translate(
                    "Training picture {id}, labelled {label}",
                    id=in_sight(near.picture.id),
                    label=class_in_words(near.label),
                ),
                class_in_words(near.label),
            ),
            near.label == one.predicted,
        )
        for near in one.nearest
    )
    identifier = in_sight(one.picture.id)
    words = translate(
        "Picture {identifier}: labelled {label}, taken for {said}", identifier=identifier, label=label, said=said
    )
    error = Shown(pictures.data_uri(one.picture.file), words, identifier)
    return Similar(error, nearest, label, said)


def _compared(results: Results, learned: Learned) -> str:
    """Return by what pictures were compared, and how many of them."""
    in_all = results.run.split.train or learned.searched
    rows = (
        translate("{searched} of {in_all}", searched=f"{learned.searched:,}", in_all=f"{in_all:,}")
        if learned.searched < in_all
        else translate("All {in_all}", in_all=f"{in_all:,}")
    )
    by = (
        translate("what the model's last layer sees of them")
        if learned.compared_by == "features"
        else translate("their pixels")
    )
    return translate("{rows} training pictures were compared by {by}", rows=rows, by=by)
