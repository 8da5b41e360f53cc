"""`Dataset.show()`: some pictures of each class, to look at in a notebook and to save as a picture or a page."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from onelook.data.dataset import Dataset
from onelook.data.part import NamedPart, Sample
from onelook.errors import ConfigError, unknown_name
from onelook.evaluation.pictures.thumbnails import guess_value_range, thumbnail
from onelook.files import write_bytes, write_text
from onelook.notebook import html_of
from onelook.report.notebook.cell import render_cell
from onelook.report.notebook.draw_samples import DrawnClass, DrawnPicture, draw_samples, shown_part
from onelook.report.theme import LIGHT
from onelook.wording import counted

_MOST_CLASSES = 20  # without a choice
_MOST_PICTURES = 1000  # 8 MB of a notebook
_SECONDS = 60.0
_LONGEST_SIDE = 160  # pixels
_FEW_CLASSES, _PART_PICTURES, _PART_SECONDS = 12, 40, 3.0  # of the output for a part
# In pixels of the saved picture:
_SIDE, _GAP, _MARGIN, _TITLE_HEIGHT, _TITLE_SIZE = 112, 8, 24, 34, 19


@dataclass(frozen=True, repr=False)
class PictureGrid:
    """Pictures of each class, a row a class. A notebook shows it where it is the last line of a cell."""

    title: str
    classes: tuple[DrawnClass, ...]
    more_classes: int  # that are not in it

    def save(self, path: str | Path) -> Path:
        """Write the grid as a picture (.png, .jpg) or as a page (.html), and return the path.

        Raises:
            ConfigError: the file has another suffix, or cannot be written.
        """
        path = Path(path)
        suffix = path.suffix.lower()
        if suffix in (".html", ".htm"):
            write_text(path, f'<!doctype html>\n<meta charset="utf-8">\n<title>onelook</title>\n{grid_html(self)}')
        elif suffix in (".png", ".jpg", ".jpeg"):
            encoded = io.BytesIO()
            self.as_picture().save(encoded, "PNG" if suffix == ".png" else "JPEG", quality=90)
            write_bytes(path, encoded.getvalue())
        else:
            raise ConfigError(f"{path}: a grid of pictures is saved as .png, .jpg or .html. Expected one of these.")
        return path

    def as_picture(self) -> Image.Image:
        """Return the grid as a Pillow picture, in RGB."""
        widest = max(len(one.pictures) for one in self.classes)
        size = (
            max(360, 2 * _MARGIN + widest * (_SIDE + _GAP) - _GAP),
            2 * _MARGIN - _GAP + len(self.classes) * (_TITLE_HEIGHT + _SIDE + _GAP),
        )
        grid = Image.new("RGB", size, LIGHT.paper)
        draw, font = ImageDraw.Draw(grid), ImageFont.load_default(_TITLE_SIZE)
        top = _MARGIN
        for one in self.classes:
            draw.text((_MARGIN, top), f"{one.class_name or 'not labelled'}  {one.count:,}", LIGHT.ink, font)
            top += _TITLE_HEIGHT
            for at, drawn in enumerate(one.pictures):
                left = _MARGIN + at * (_SIDE + _GAP)
                draw.rounded_rectangle((left, top, left + _SIDE - 1, top + _SIDE - 1), 4, LIGHT.mat)
                if drawn.content:
                    picture = _fitted(Image.open(io.BytesIO(drawn.content)).convert("RGB"))
                    place = left + (_SIDE - picture.width) // 2, top + (_SIDE - picture.height) // 2
                    grid.paste(picture, place)
            top += _SIDE + _GAP
        return grid

    def __repr__(self) -> str:
        pictures = sum(len(one.pictures) for one in self.classes)
        return f"<PictureGrid: {self.title}, {counted(pictures, 'picture')}; .save('pictures.png') writes them>"

    def _repr_html_(self) -> str | None:
        """Return what a notebook shows."""
        return html_of("onelook.report.notebook.picture_grid:grid_html", self)


@dataclass(frozen=True)
class ShownSample:
    """One picture of a data set."""

    drawn: DrawnPicture
    label: str | None
    size: str


def grid_html(grid: PictureGrid) -> str:
    """Return the HTML of a grid.

    Raises:
        ConfigError: Jinja2 is not installed.
    """
    return render_cell("grid.html", grid)


def picture_grid(
    dataset: Dataset, part: str | None, each: int, class_names: Sequence[str] | None, seed: int
) -> PictureGrid:
    """Return random pictures of each class of a part, as `Dataset.show` does.

    Raises:
        ConfigError: there is no such part or class, or `each` is no possible number of pictures.
    """
    shown = shown_part(dataset) if part is None else dataset[part].part
    for name in class_names or ():
        if name not in dataset.class_names:
            raise unknown_name("class", name, dataset.class_names)
    names = dataset.class_names[:_MOST_CLASSES] if class_names is None else tuple(class_names)
    most = _MOST_PICTURES // max(1, len(names))
    if not 1 <= each <= most:
        raise ConfigError(
            f"show(each={each}): expected 1 to {most} pictures of each of {counted(len(names), 'class')}."
        )
    drawn = draw_samples(shown, dataset.class_names, names, each, seed=seed, longest=_LONGEST_SIDE, seconds=_SECONDS)
    more = len(dataset.class_names) - len(names) if class_names is None and shown.labels is not None else 0
    return PictureGrid(f"{dataset.name}, {shown.name}", drawn, more)


def part_html(part: NamedPart) -> str:
    """Return the HTML that a notebook shows for a part: some pictures of its first classes.

    Raises:
        ConfigError: Jinja2 is not installed.
    """
    names = part.class_names
    few = names[: len(names) if len(names) <= _FEW_CLASSES else _FEW_CLASSES - 2]
    each = _PART_PICTURES // max(1, len(few))
    drawn = draw_samples(part.part, names, few, each, seed=0, longest=_LONGEST_SIDE, seconds=_PART_SECONDS)
    more = len(names) - len(few) if part.part.labels is not None else 0
    return grid_html(PictureGrid(f"{part.name}: {counted(len(part), 'picture')}", drawn, more))


def sample_html(sample: Sample) -> str:
    """Return the HTML that a notebook shows for a sample: its picture, label and id.

    Raises:
        ConfigError: Jinja2 is not installed.
    """
    values = guess_value_range(sample.picture)
    content, suffix = thumbnail(sample.picture, values, longest=2 * _LONGEST_SIDE)
    size = "×".join(map(str, sample.picture.shape))
    shown = ShownSample(DrawnPicture(sample.id, content, suffix), sample.label, f"{size}, {sample.picture.dtype}")
    return render_cell("sample.html", shown)


def _fitted(picture: Image.Image) -> Image.Image:
    """Return the picture at the size of its place: pixel art enlarged by a whole factor, a photograph shrunk."""
    longest = max(picture.size)
    if longest <= _SIDE:
        factor = _SIDE // longest
        return picture.resize((picture.width * factor, picture.height * factor), Image.Resampling.NEAREST)
    picture.thumbnail((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    return picture
