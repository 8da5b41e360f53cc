"""Read TIFF files with bands besides grey or colour and alpha if those show nothing, or else refuse the files."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image

from onelook.errors import DataError
from onelook.wording import agree, counted

# Tags and values of TIFF 6.0, section 8, and of its supplement for the kinds of extra samples.
_BITS, _PHOTOMETRIC, _SAMPLES, _EXTRA_SAMPLES, _SAMPLE_FORMAT = 258, 262, 277, 338, 339
_COLOURS = {2: 3, 5: 4, 6: 3, 8: 3}  # colours by photometric kind: RGB, CMYK, YCbCr, CIELab; others have one
_ALPHA = (1, 2)  # associated, unassociated; 0 is unspecified
_KINDS = {2: "signed ", 3: "floating-point ", 6: "complex "}
_WITH_ALPHA, _FOUR = 2, 4  # bands that are read if they are grey or colours, and alpha
_WHAT_TO_DO = "Save the bands that matter as grey (one) or as RGB (three)"


def refuse_unsaid_bands(image: Image.Image, content: bytes) -> None:
    """Refuse a TIFF with bands that are neither colour nor alpha, unless it is one band with one value.

    Pillow silently drops such bands. In aerial pictures the fourth band is near infrared, and the classes may differ
    only in it. In scans it is often an undeclared alpha that is opaque everywhere.

    Args:
        image: the opened picture, not loaded.
        content: the bytes of its file, which are read again for the additional band.

    Raises:
        DataError: it has such bands.
    """
    tags = getattr(image, "tag_v2", None)
    if tags is None:
        return
    samples, extra = tags.get(_SAMPLES, 1), tags.get(_EXTRA_SAMPLES, ())
    colours = _COLOURS.get(tags.get(_PHOTOMETRIC), 1)
    unsaid = samples - colours - sum(kind in _ALPHA for kind in extra[:1])
    if unsaid > 0 and not (unsaid == 1 and _last_is_constant(content)):
        last = agree(unsaid, "the last", f"the last {unsaid}")
        raise DataError(
            f"{counted(samples, 'band')}, and the file does not say what {last} {agree(unsaid, 'shows', 'show')} "
            f"(near infrared?). {_WHAT_TO_DO}"
        )


def _last_is_constant(content: bytes) -> bool:
    """Return whether the undeclared band after colour or grey has one value everywhere."""
    with Image.open(io.BytesIO(content), formats=["TIFF"]) as image:
        tiles: list[Any] = image.tile
        stored = tiles[0].args[0]
        if stored.partition(";")[0] not in ("RGBX", "LX"):
            return False
        image._mode = stored.partition("X")[0] + "A"
        image.tile = [each._replace(args=(stored.replace("X", "A"), *each.args[1:])) for each in tiles]
        last = np.asarray(image)[..., -1]
    return bool((last == last.flat[0]).all())


def why_no_tiff(start: bytes, content: bytes) -> str:
    """Return the reason why Pillow cannot read a TIFF: its bands, bits and kind of numbers."""
    from PIL import TiffImagePlugin  # imported here, because few data sets need it

    try:
        directory = TiffImagePlugin.ImageFileDirectory_v2(start[:8])
        file = io.BytesIO(content)
        file.seek(directory.next)
        directory.load(file)
        if not directory:
            return "a TIFF that is damaged or cut short: its description is not there"
        samples, bits = directory.get(_SAMPLES, 1), directory.get(_BITS, (1,))
        kind = _KINDS.get(directory.get(_SAMPLE_FORMAT, (1,))[0], "")
    except Exception:  # broken tags raise anything
        return "a TIFF whose description cannot be read"
    if samples in (_WITH_ALPHA, _FOUR) and not kind:
        return (
            f"a TIFF of {samples} bands of {bits[0]} bits that does not call them colours, so what each shows is not "
            f"known (near infrared?). {_WHAT_TO_DO}"
        )
    if samples not in (1, 3):
        return f"a TIFF of {counted(samples, 'band')} of {bits[0]} bits, where one to four are read. {_WHAT_TO_DO}"
    return (
        f"a TIFF of {counted(samples, 'band')} of {kind}numbers of {bits[0]} bits, which cannot be read. "
        f"Save it {'as float32, or ' if samples == 1 else ''}with 8 or 16 bits"
    )
