"""The page of `review`: piles of pictures to look at, each of which can be marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

from onelook.report.marking import Marking, mark_attribute
from onelook.report.page import Masthead, Section, render_page
from onelook.report.page_wording import class_in_words, in_sight, short_probability
from onelook.wording import counted, for_page, translate


class Picture(Protocol):
    """A picture to look at."""

    @property
    def id(self) -> str:
        """The id that the data gives it."""
        ...

    @property
    def label(self) -> str:
        """Its class."""
        ...

    @property
    def guess(self) -> str:
        """The class that a model takes it for."""
        ...

    @property
    def p_guess(self) -> float:
        """The probability of this class, in [0, 1]."""
        ...

    @property
    def p_label(self) -> float | None:
        """The probability of the label; None if it is not known."""
        ...


class Pile(Protocol):
    """Pictures that are looked at for one reason."""

    @property
    def topic(self) -> str:
        """A word or two."""
        ...

    @property
    def title(self) -> str:
        """A sentence on what they are."""
        ...

    @property
    def lead(self) -> str:
        """Why to look at them."""
        ...

    @property
    def pictures(self) -> Sequence[Picture]:
        """The pictures, the most doubtful first."""
        ...

    @property
    def left_out(self) -> int:
        """The number of pictures that no page shows."""
        ...


@dataclass(frozen=True)
class Shown:
    """A picture on the page."""

    address: str  # empty if there is no picture to show
    words: str
    id: str
    label: str
    guess: str
    sure: str
    label_sure: str
    mark: str


@dataclass(frozen=True)
class ShownPile:
    """The content of a section."""

    lead: str
    pictures: tuple[Shown, ...]
    unseen: str  # a sentence on pictures that are not shown; empty if all are
    is_pixel_art: bool
    pages: tuple[PageLink, ...] = ()  # before the first pile of a page, and after its last one


@dataclass(frozen=True)
class PageLink:
    """A link to another page, or the name of this one."""

    address: str  # empty for this page
    words: str
    rel: str = ""


@for_page
def render_review(
    name: str,
    piles: Sequence[Pile],
    marking: Marking,
    *,
    page: int,
    pages: int,
    places: Mapping[str, int],
    version: str,
    is_pixel_art: bool,
) -> str:
    """Return the page as one HTML document, whose pictures the server has.

    Args:
        name: of the run or the data.
        piles: the pictures.
        marking: takes the marks; it says where they are saved.
        page, pages: the number of this page, from 1, and of all.
        places: the number under which the server knows a picture, by id; one that it cannot show is missing.
        version: of onelook.
        is_pixel_art: whether the pictures are so small that each pixel is shown as a square.
    """
    token = quote(marking.saved.token) if marking.saved else ""
    links = tuple(_links(page, pages, token))
    sections = {
        f"pile-{number}": Section(
            pile.topic,
            pile.title,
            "review.html",
            ShownPile(
                pile.lead,
                tuple(_shown(one, _address(places.get(one.id), token)) for one in pile.pictures),
                translate("And {pictures}, which no page shows.", pictures=counted(pile.left_out, "more picture"))
                * bool(pile.left_out),
                is_pixel_art,
                links,
            ),
        )
        for number, pile in enumerate(piles, start=1)
    }
    return render_page(sections, Masthead(name, translate("Pictures to look at"), "", version), marking)


def _address(place: int | None, token: str) -> str:
    return "" if place is None else f"picture/{place}?token={token}"


def _links(page: int, pages: int, token: str) -> Iterator[PageLink]:
    """Yield the links to the pages around this one; none where there is one page."""
    if pages == 1:
        return
    if page > 1:
        yield PageLink(f"?token={token}&page={page - 1}", translate("Previous page"), "prev")
    yield PageLink("", translate("Page {page} of {pages}", page=f"{page:,}", pages=f"{pages:,}"))
    if page < pages:
        yield PageLink(f"?token={token}&page={page + 1}", translate("Next page"), "next")


def _shown(one: Picture, address: str) -> Shown:
    label, guess = class_in_words(one.label), class_in_words(one.guess)
    return Shown(
        address=address,
        words=translate("Picture {id}: labelled {label}", id=in_sight(one.id), label=label)
        + (translate(", taken for {guess}", guess=guess) if one.guess else ""),
        id=one.id,
        label=label,
        guess=guess if one.guess else "",
        sure=short_probability(one.p_guess),
        label_sure="" if one.p_label is None else short_probability(one.p_label),
        mark=mark_attribute(one.id, one.label, one.guess, ""),
    )
