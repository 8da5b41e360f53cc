"""What may happen when a drawn data set is opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.contracts.public_layouts.drawing import Place

Draw = Callable[[Place], None]


@dataclass(frozen=True)
class Opens:
    """The data set opens without a question."""

    classes: Sequence[str]
    rows: Mapping[str, int]  # pictures with labels, by part
    unlabelled: Mapping[str, int] = field(default_factory=dict)  # pictures of parts without labels
    says: tuple[str, ...] = ()  # patterns that a note or a finding has to match
    groups: int = 0  # of two pictures or more, in the part to train on
    left_out: int = 0  # pictures that belong to no part or cannot be read, in the ledger
    is_bright_at_top: bool = False  # the pictures were drawn so, and must not be turned
    shows_difference: bool = False  # what sets the two classes apart is still there after decoding
    keeps_small_classes: bool = False  # every class is trained on, however small
    file: str = ""  # what is opened, if it is not the folder


@dataclass(frozen=True)
class Asks:
    """The data has two meanings: a question names them."""

    offers: tuple[str, ...]  # patterns in the question
    file: str = ""


@dataclass(frozen=True)
class Refuses:
    """The data is no classification, or cannot be read: the error says why."""

    says: tuple[str, ...]
    file: str = ""
