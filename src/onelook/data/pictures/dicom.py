"""Read DICOM pictures with pydicom as Pillow images."""

from __future__ import annotations

import io
from importlib.util import find_spec
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from onelook.data.pictures.deep import HIGHEST, WHITE_IS_ZERO, WINDOW
from onelook.errors import DataError, missing_extra

_PIXELS = frozenset({"PixelData", "FloatPixelData", "DoubleFloatPixelData"})
_INT32 = np.iinfo(np.int32)


class DicomPicture(Image.Image):
    """A DICOM file whose header was read. `load` decodes the first frame and rescales its values as the file states."""

    format = "DICOM"
    format_description = "Digital Imaging and Communications in Medicine"

    def __init__(self, dataset: Any) -> None:
        super().__init__()
        self._dataset = dataset
        self._size = (int(dataset.Columns), int(dataset.Rows))
        self._mode = _mode(dataset)
        self.n_frames = int(dataset.get("NumberOfFrames") or 1)
        if self._mode not in ("L", "RGB"):
            self.info = _meaning_of_values(dataset)

    def load(self) -> Any:
        """Decode the pixels once."""
        if self._im is None:
            self.im = _decoded(self._dataset, self.mode).im
        return super().load()


def open_dicom(source: bytes | IO[bytes]) -> DicomPicture:
    """Open a DICOM picture. Only the header of a file is read; bytes can also be loaded.

    Raises:
        DataError: pydicom is not installed, or it cannot read a picture in the file.
    """
    if find_spec("pydicom") is None:
        raise DataError(str(missing_extra("pydicom", "dicom", "a DICOM picture")).rstrip("."))
    import pydicom

    is_whole = isinstance(source, bytes)
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    dataset = pydicom.dcmread(file, stop_before_pixels=not is_whole)
    if "Rows" not in dataset or "Columns" not in dataset or (is_whole and _PIXELS.isdisjoint(dataset.dir("Pixel"))):
        kind = getattr(dataset, "SOPClassUID", None)
        raise DataError(f"a DICOM file without a picture{f' ({kind.name})' if kind else ''}")
    return DicomPicture(dataset)


def _mode(dataset: Any) -> str:
    if dataset.get("SamplesPerPixel", 1) > 1 or dataset.PhotometricInterpretation == "PALETTE COLOR":
        return "RGB"
    slope, intercept = _rescale(dataset)
    if not (slope.is_integer() and intercept.is_integer()) or "BitsStored" not in dataset:  # stored as floats
        return "F"
    is_signed = dataset.get("PixelRepresentation", 0) == 1
    if (slope, intercept) == (1, 0) and not is_signed and dataset.BitsAllocated <= 16:
        return "L" if dataset.BitsStored <= 8 else "I;16"
    low, high = _stored_range(dataset)
    ends = (low * slope + intercept, high * slope + intercept)
    return "I" if _INT32.min <= min(ends) and max(ends) <= _INT32.max else "F"


def _rescale(dataset: Any) -> tuple[float, float]:
    """Return slope and intercept of PS3.3, section C.11.1, which turn stored numbers into measured values."""
    slope, intercept = dataset.get("RescaleSlope"), dataset.get("RescaleIntercept")
    return float(1 if slope is None else slope), float(intercept or 0)


def _stored_range(dataset: Any) -> tuple[int, int]:
    bits = int(dataset.BitsStored)
    if dataset.get("PixelRepresentation", 0) == 1:
        return -(1 << (bits - 1)), (1 << (bits - 1)) - 1
    return 0, (1 << bits) - 1


def _meaning_of_values(dataset: Any) -> dict[str | tuple[int, int], Any]:
    """Return the facts that decide which deep grey is black and white; in MONOCHROME1 the lowest value is white."""
    info: dict[str | tuple[int, int], Any] = {WHITE_IS_ZERO: dataset.PhotometricInterpretation == "MONOCHROME1"}
    window = _window(dataset)
    if window is not None:
        info[WINDOW] = window
    elif _mode(dataset) == "I;16":
        info[HIGHEST] = _stored_range(dataset)[1]
    return info


def _window(dataset: Any) -> tuple[float, float] | None:
    """Return the lowest and highest value of the first display window, by PS3.3, section C.11.2.1.2."""
    centres, widths = (_numbers(dataset.get(name)) for name in ("WindowCenter", "WindowWidth"))
    if not centres or not widths or widths[0] <= 1:
        return None
    centre, reach = centres[0] - 0.5, (widths[0] - 1) / 2
    return centre - reach, centre + reach


def _numbers(value: Any) -> list[float]:
    if value is None or value == "":
        return []
    return [float(each) for each in value] if hasattr(value, "__iter__") else [float(value)]


def _decoded(dataset: Any, mode: str) -> Image.Image:
    from pydicom.pixels.processing import apply_color_lut
    from pydicom.pixels.utils import pixel_array

    try:
        stored = pixel_array(dataset, index=0)
    except Exception as problem:  # each of its decoders raises errors of its own
        packing: Any = getattr(dataset.file_meta, "TransferSyntaxUID", None)
        is_packed = packing is not None and packing.is_encapsulated
        needs = f" (packed as {packing.name}, which may need another decoder of pydicom's)" if is_packed else ""
        raise DataError(f"a DICOM picture whose pixels cannot be read{needs}") from problem
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        stored = _in_eight_bits(apply_color_lut(stored, dataset))
    if mode == "RGB":
        return Image.fromarray(_in_eight_bits(stored, int(dataset.BitsStored)))
    slope, intercept = _rescale(dataset)
    if mode == "L":
        seen = _in_eight_bits(stored, int(dataset.BitsStored))
        return Image.fromarray(255 - seen if dataset.PhotometricInterpretation == "MONOCHROME1" else seen)
    if mode == "I;16":
        return Image.fromarray(stored.astype(np.uint16))
    if mode == "F":
        return Image.fromarray((stored * slope + intercept).astype(np.float32))
    return Image.fromarray((stored.astype(np.int64) * int(slope) + int(intercept)).astype(np.int32))


def _in_eight_bits(stored: NDArray[Any], bits: int = 0) -> NDArray[np.uint8]:
    """Return samples of `bits` bits (by default all bits of their type) as 8 bits."""
    highest = (1 << (bits or 8 * stored.itemsize)) - 1
    pixels: NDArray[np.uint8] = ((stored.astype(np.int64) * 255 + highest // 2) // highest).astype(np.uint8)
    return pixels
