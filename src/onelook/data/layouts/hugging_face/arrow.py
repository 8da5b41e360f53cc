"""The layout `hf-arrow`: Arrow files of Hugging Face's `save_to_disk`, with encoded pictures and their labels."""

from __future__ import annotations

from collections.abc import Sequence

from onelook.data.dataset import Dataset
from onelook.data.layouts.hugging_face.encoded_tables import open_tables, recognise_tables
from onelook.data.layouts.layout import Candidate, LayoutOptions
from onelook.data.layouts.tables.arrow_files import ArrowFile, read_arrow
from onelook.data.storage.location import Location
from onelook.data.storage.pictures_in_files import PlacedPictures


class HfArrow:
    """The layout `hf-arrow`, and its format."""

    layout, kind, suffix = "hf-arrow", "Arrow", ".arrow"

    def recognise(self, location: Location) -> Candidate | None:
        """Say why these are pictures in Arrow, by the schema of the first file; None if no column has pictures."""
        return recognise_tables(location, self)

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open the data set. Its pictures stay in the files.

        Raises:
            DataError, ConfigError: as `open_tables`.
        """
        return open_tables(location, options, self)

    def read(self, location: Location, entry: str) -> ArrowFile:
        """Return a file's columns."""
        return read_arrow(location, entry)

    def pictures(self, location: Location, tables: Sequence[ArrowFile], column: str) -> PlacedPictures:
        """Return the pictures of one part by row."""
        return PlacedPictures(location, [place for table in tables for place in table.places(column)])
