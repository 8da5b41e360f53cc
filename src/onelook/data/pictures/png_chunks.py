"""PNG files without the chunks that hold no pixels: texts and colour profiles of any size."""

from __future__ import annotations

import struct

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"

# Of PNG's third edition, section 11.3: what a viewer of pixels can do without, and Pillow refuses where it is large.
_METADATA = frozenset((b"tEXt", b"zTXt", b"iTXt", b"iCCP"))
_AROUND = 12  # bytes of a chunk beside its data: length, kind and checksum


def without_metadata(content: bytes) -> bytes:
    """Return the file without its texts and its colour profile; what is no PNG comes back unchanged.

    What comes after the last whole chunk is kept, so that a file that is cut short stays so.

    Example:
        >>> end = struct.pack(">I4sI", 0, b"IEND", 0xAE426082)
        >>> without_metadata(PNG_SIGNATURE + struct.pack(">I4s2sI", 2, b"tEXt", b"a", 0) + end) == PNG_SIGNATURE + end
        True
    """
    if not content.startswith(PNG_SIGNATURE):
        return content
    kept, position = [PNG_SIGNATURE], len(PNG_SIGNATURE)
    while position + _AROUND <= len(content):
        length, kind = struct.unpack_from(">I4s", content, position)
        after = position + _AROUND + length
        if after > len(content):
            break
        if kind not in _METADATA:
            kept.append(content[position:after])
        position = after
    return b"".join((*kept, content[position:]))
