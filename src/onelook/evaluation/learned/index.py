"""The index of the folder with what a model learned, as records."""

from __future__ import annotations

from typing import Literal

from onelook.evaluation.pictures.index import Record, SamplePicture

LEARNED = "learned"  # the folder in `evidence/`


class Filters(Record):
    """The weights of a model's first layer, as one picture of many tiles."""

    file: str
    # `kernels` belong to a convolution, `measured` to whitening, `units` to a dense layer, `classes` to a linear model.
    kind: Literal["kernels", "measured", "units", "classes"]
    tile: tuple[int, int]  # height and width of a tile, in values
    is_colour: bool
    count: int
    names: tuple[str, ...] = ()  # of the tiles shown, if each belongs to a class
    shown: int
    columns: int


class Block(Record):
    """The layers of a network that give maps of one size."""

    maps: int
    height: int
    width: int


class ClassMaps(Record):
    """A scored picture, and the maps that it gives after each block."""

    class_name: str
    picture: SamplePicture
    files: tuple[str, ...]  # one for each block: a picture of some of its maps, the same maps for every class


class Importances(Record):
    """How much each place of a picture counts in a forest or a tree, as one picture."""

    file: str
    strongest: tuple[int, int]  # row and column of the place that counts most, from 1


class TreePath(Record):
    """The questions that one tree asks about one picture."""

    picture: SamplePicture
    label: str
    trees: int  # in the model; the questions are those of the first
    questions: tuple[str, ...]
    answer: str


class Neighbour(Record):
    """A training picture that is similar to a scored one."""

    picture: SamplePicture
    label: str


class Neighbours(Record):
    """A picture that the model was wrong about, and the most similar training pictures, the most similar first."""

    picture: SamplePicture
    label: str
    predicted: str
    nearest: tuple[Neighbour, ...]


class Learned(Record):
    """The index of the folder. What suits the model is there, the rest is empty."""

    format_version: int = 1
    filters: Filters | None = None
    blocks: tuple[Block, ...] = ()
    maps: tuple[ClassMaps, ...] = ()
    importances: Importances | None = None
    path: TreePath | None = None
    neighbours: tuple[Neighbours, ...] = ()
    compared_by: Literal["features", "pixels"] = "features"
    searched: int = 0  # training pictures that were compared
