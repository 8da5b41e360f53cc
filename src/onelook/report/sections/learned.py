"""The section on what the model learned: filters, maps of pictures after each block, similar training pictures."""

from __future__ import annotations

from dataclasses import dataclass

from onelook.evaluation.learned.index import Filters, Importances, Learned, Neighbours, TreePath
from onelook.report.page import Section
from onelook.report.page_wording import class_in_words, in_sight
from onelook.report.pictures import Thumbnails
from onelook.report.results import Results
from onelook.wording import agree, counted, definite

_TOPIC = "What it learned"
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
        return Section(_TOPIC, "What the model learned", missing="This was not kept with this run.")
    view = LearnedView(
        filters=None if learned.filters is None else _filters(learned.filters, pictures),
        blocks=tuple(
            f"{counted(block.maps, 'map')} of {block.height}×{block.width}, {min(8, block.maps)} shown"
            for block in learned.blocks
        ),
        rows=_rows(learned, pictures),
        importances=None if learned.importances is None else _importances(learned.importances, pictures),
        path=None if learned.path is None else _path(learned.path, pictures),
        similar=tuple(_similar(one, pictures) for one in learned.neighbours),
        compared=_compared(results, learned),
    )
    if not (view.filters or view.rows or view.importances or view.similar):
        return Section(_TOPIC, "What the model learned", missing="Nothing of this model can be drawn.")
    return Section(_TOPIC, _title(learned), template="learned.html", view=view)


def _title(learned: Learned) -> str:
    """Return the finding: whether the worst errors look like training pictures of the class that was said."""
    errors = len(learned.neighbours)
    if not errors:
        return "What the model learned"
    alike = sum(_of_said_class(one) > len(one.nearest) / 2 for one in learned.neighbours)
    if not alike:
        those = agree(errors, "The one error does", "The worst errors do")
        return f"{those} not look like the training pictures of the class that was said"
    several = f"All {errors} worst errors look" if alike == errors else f"{alike} of the {errors} worst errors look"
    return f"{agree(errors, 'The one error looks', several)} like training pictures of the class that was said"


def _of_said_class(one: Neighbours) -> int:
    return sum(near.label == one.predicted for near in one.nearest)


def _filters(filters: Filters, pictures: Thumbnails) -> FilterPicture:
    size = f"{filters.tile[0]}×{filters.tile[1]}"
    heading, says = {
        "kernels": (
            f"{definite(filters.count, 'filter', before='The')} of the first layer",
            f"Each tile is a filter of {size} values that the first layer moves over the picture.",
        ),
        "measured": (
            f"{definite(filters.count, 'filter', before='The')} of the first layer",
            f"Each tile is a filter of {size} values. They were measured on the training pictures, not trained: they "
            "make neighbouring pixels independent of each other.",
        ),
        "units": (
            f"{definite(filters.count, 'unit', before='The')} of the first layer",
            f"Each tile is a unit of the first layer: its weight for each of {size} places.",
        ),
        "classes": ("The weights of each class", f"Each tile is a class: its weight for each of {size} places."),
    }[filters.kind]
    colours = "A colour is what a filter answers to, and grey a weight of zero."
    greys = "Light is a positive weight, dark a negative one, and the middle grey is zero."
    left_out = f" The {filters.shown} with the largest weights are shown." if filters.shown < filters.count else ""
    is_small = max(filters.tile) < _LARGE_TILE
    return FilterPicture(
        heading=heading,
        says=f"{says} {colours if filters.is_colour else greys}{left_out}",
        picture=Shown(pictures.data_uri(filters.file), f"{heading}, {filters.shown} tiles of {size}"),
        names=tuple(class_in_words(name) for name in filters.names),
        width=(2 if is_small else 5) * filters.columns,
    )


def _rows(learned: Learned, pictures: Thumbnails) -> tuple[MapRow, ...]:
    return tuple(
        MapRow(
            class_name=class_in_words(one.class_name),
            picture=Shown(
                pictures.data_uri(one.picture.file), f"Picture {in_sight(one.picture.id)}", in_sight(one.picture.id)
            ),
            maps=tuple(
                Shown(pictures.data_uri(file), f"{class_in_words(one.class_name)} after block {number}")
                for number, file in enumerate(one.files, 1)
            ),
        )
        for one in learned.maps
    )


def _importances(importances: Importances, pictures: Thumbnails) -> Shown:
    row, column = importances.strongest
    words = f"A map of the picture's places: row {row}, column {column} counts most"
    return Shown(pictures.data_uri(importances.file), words, f"Row {row}, column {column} counts most.")


def _path(path: TreePath, pictures: Thumbnails) -> Path:
    which = agree(path.trees, "The tree", f"The first of {path.trees:,} trees")
    label = class_in_words(path.label)
    return Path(
        picture=Shown(pictures.data_uri(path.picture.file), f"Picture {in_sight(path.picture.id)}, labelled {label}"),
        heading=f"{which} asks {counted(len(path.questions), 'question')} about this picture, labelled {label}",
        questions=path.questions,
        answer=class_in_words(path.answer),
    )


def _similar(one: Neighbours, pictures: Thumbnails) -> Similar:
    label, said = class_in_words(one.label), class_in_words(one.predicted)
    nearest = tuple(
        (
            Shown(
                pictures.data_uri(near.picture.file),
                f"Training picture {in_sight(near.picture.id)}, labelled {class_in_words(near.label)}",
                class_in_words(near.label),
            ),
            near.label == one.predicted,
        )
        for near in one.nearest
    )
    identifier = in_sight(one.picture.id)
    words = f"Picture {identifier}: labelled {label}, taken for {said}"
    error = Shown(pictures.data_uri(one.picture.file), words, identifier)
    return Similar(error, nearest, label, said)


def _compared(results: Results, learned: Learned) -> str:
    """Return by what pictures were compared, and how many of them."""
    in_all = results.run.split.train or learned.searched
    rows = f"{learned.searched:,} of {in_all:,}" if learned.searched < in_all else f"All {in_all:,}"
    by = "what the model's last layer sees of them" if learned.compared_by == "features" else "their pixels"
    return f"{rows} training pictures were compared by {by}"
