"""Pictures that a person is asked to look at, and the file that keeps the marks. There is no HTTP in it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from onelook.data.dataset import Dataset
from onelook.data.fixes.find_pictures import picture_content
from onelook.data.fixes.fixes_file import ACTIONS
from onelook.data.fixes.marks_file import Mark, MarksOnDisk
from onelook.errors import DataError
from onelook.evaluation.pictures.thumbnails import PIXEL_ART_SIDE, thumbnail
from onelook.inspection.review_queue import Pile, QueuedPicture, cut_into_pages
from onelook.report.marking import Marking, Saved, identity
from onelook.report.pictures import Thumbnails
from onelook.report.review_page import render_review
from onelook.runtime import versions
from onelook.wording import listed

_LONGEST_SIDE = 640  # pixels of a picture on the page, which shows it in up to 300, on some screens twice as fine


@dataclass(frozen=True)
class Picture:
    """A picture file for the page."""

    content: bytes
    media_type: str


@dataclass(frozen=True)
class Review:
    """Pictures to look at, and where the marks are kept."""

    name: str  # of the run or the data
    piles: tuple[Pile, ...]
    class_names: tuple[str, ...]
    marks: MarksOnDisk
    command: str  # trains with the marks
    dataset: Dataset | None = None  # has the pictures; None if the data is not there any more
    thumbnails: Thumbnails | None = None  # those that the run kept
    contents: Mapping[str, str] = field(default_factory=dict)  # of the pictures by id, where the data is not there
    behind: Mapping[str, Mark] = field(default_factory=dict)  # decisions behind the labels that are shown, by id

    @cached_property
    def pictures(self) -> dict[str, QueuedPicture]:
        """All pictures by id, in their order."""
        return {one.id: one for pile in self.piles for one in pile.pictures}

    @cached_property
    def pages(self) -> list[tuple[Pile, ...]]:
        """The piles of each page."""
        return cut_into_pages(self.piles)

    def page(self, token: str, number: int | None = None) -> str | None:
        """Return a page; None if there is none of this number.

        Args:
            token: by which the server knows it again.
            number: from 1; None for the first page with a picture that nobody has marked.
        """
        number = self._first_unmarked_page() if number is None else number
        if not 1 <= number <= len(self.pages):
            return None
        saved = Saved("marks", token, str(self.marks.path))
        earlier = tuple((one.id, one.action, one.class_name, one.content) for one in self.marks.all().values())
        marking = Marking(identity(self.name), self.class_names, self.command, earlier, saved)
        places = {one.id: number for number, one in enumerate(self.pictures.values()) if self._can_show(one)}
        return render_review(
            self.name,
            self.pages[number - 1],
            marking,
            page=number,
            pages=len(self.pages),
            places=places,
            version=versions()["onelook"],
            is_pixel_art=self._is_pixel_art(),
        )

    def _first_unmarked_page(self) -> int:
        marked = self.marks.all()
        for number, piles in enumerate(self.pages, start=1):
            if any(one.id not in marked for pile in piles for one in pile.pictures):
                return number
        return 1

    def mark(self, identifier: str, action: str, class_name: str) -> Mapping[str, Mark]:
        """Keep what a person decided about a picture, and return all marks.

        Args:
            identifier: the id of the picture.
            action: one of the actions of a fixes file; empty to remove the mark.
            class_name: the class, to relabel.

        Raises:
            DataError: there is no such picture, action or class.
            ConfigError: the file cannot be written, or is not one of marks any more.
        """
        if identifier not in self.pictures:
            raise DataError(f"there is no picture '{identifier}' to mark.")
        if not action:
            return self.marks.set(identifier, None)
        known = next((each for each in ACTIONS if each == action), None)
        if known is None:
            raise DataError(f"'{action}' is no action. Expected {listed(ACTIONS, last='or')}.")
        before = self.marks.all().values()
        if known == "relabel" and class_name not in (*self.class_names, *(each.class_name for each in before)):
            raise DataError(f"there is no class '{class_name}'.")
        behind = self.behind.get(identifier)
        if known == "keep" and behind is not None and behind.action == "relabel":
            return self.marks.set(identifier, behind)  # the label that is shown and agreed with is that of this fix
        return self.marks.set(
            identifier,
            Mark(
                identifier,
                known,
                class_name if known == "relabel" else "",
                self._content(identifier),
                datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            ),
        )

    def picture(self, number: int) -> Picture | None:
        """Return a picture by its number on the page; None if there is none to show."""
        ids = list(self.pictures)
        if not 0 <= number < len(ids):
            return None
        return self._from_data(ids[number]) or self._kept(self.pictures[ids[number]])

    def _can_show(self, one: QueuedPicture) -> bool:
        """Return whether there is a picture file or a thumbnail; a file may still turn out to be damaged."""
        return bool(one.encoded or (one.file and self.thumbnails)) or one.id in self._places

    def _from_data(self, identifier: str) -> Picture | None:
        if self.dataset is None or (place := self._places.get(identifier)) is None:
            return None
        part, row = self.dataset.parts[place[0]], place[1]
        try:
            original = part.pictures.original(row)
        except DataError:
            return None
        content, suffix = thumbnail(original, part.pictures.facts().value_range, longest=_LONGEST_SIDE)
        return Picture(content, "image/png" if suffix == ".png" else "image/jpeg")

    def _kept(self, one: QueuedPicture) -> Picture | None:
        """Return the small picture that the run kept."""
        if one.encoded:
            content = base64.b64decode(one.encoded)
            return Picture(content, "image/png" if content.startswith(b"\x89PNG") else "image/jpeg")
        address = self.thumbnails.data_uri(one.file) if one.file and self.thumbnails else None
        if address is None:
            return None
        head, _, encoded = address.partition(",")
        return Picture(base64.b64decode(encoded), head.removeprefix("data:").removesuffix(";base64"))

    def _content(self, identifier: str) -> str:
        if self.dataset is not None and (place := self._places.get(identifier)) is not None:
            return picture_content(self.dataset.parts[place[0]].pictures, place[1])
        return self.contents.get(identifier, "")

    @cached_property
    def _places(self) -> dict[str, tuple[str, int]]:
        """Part and row of each picture that the data has, by id."""
        if self.dataset is None:
            return {}
        return {
            each: (name, row)
            for name, part in self.dataset.parts.items()
            for row, each in enumerate(part.ids)
            if each in self.pictures
        }

    def _is_pixel_art(self) -> bool:
        if self.dataset is None:
            return False
        sizes = (size for part in self.dataset.parts.values() for size in part.pictures.facts().sizes)
        return all(max(size) <= PIXEL_ART_SIDE for size in sizes)
