"""Decode pictures in files for the estimator. The settings are chosen when it is fitted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from onelook.data.pictures.decode import decode_picture
from onelook.data.pictures.from_files import names_of
from onelook.data.pictures.headers import read_headers
from onelook.data.pictures.survey import survey_pictures
from onelook.data.pictures.survey_choices import choose_deep_range, choose_ground
from onelook.settings import DecodeSettings


class _Files:
    """A store of files in any folders."""

    root = Path()

    def open(self, name: str) -> BinaryIO:
        return Path(name).open("rb")

    def read(self, name: str) -> bytes:
        return Path(name).read_bytes()

    def fingerprint(self, names: Sequence[str] | None = None) -> str:
        raise NotImplementedError("nothing is kept of files that lie anywhere")

    def path(self, name: str) -> Path | None:
        return Path(name)


def choose_for_files(paths: Sequence[Any], decode: DecodeSettings) -> DecodeSettings:
    """Return the settings with the ground and the range of deep values that suit these files."""
    files, names = _Files(), [str(Path(path)) for path in paths]
    headers, _ = read_headers(files, names)
    survey = survey_pictures(files, names_of(headers, "deep", names), names_of(headers, "clear", names))
    return decode.model_copy(update={"ground": choose_ground(survey), "deep_range": choose_deep_range(survey)})


def decode_files(paths: Sequence[Any], decode: DecodeSettings) -> NDArray[np.uint8]:
    """Return the pictures, (rows, height, width, channels)."""
    return np.stack([decode_picture(Path(path), decode) for path in paths])
