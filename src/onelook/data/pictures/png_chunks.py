"""Remove the chunks without pixels from PNG files: texts and colour profiles of any size."""

from __future__ import annotations

import struct

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"

# PNG, third edition, section 11.3: chunks that are not needed for the pixels, and that Pillow refuses if they are
# large.
_METADATA = frozenset((b"tEXt", b"zTXt", b"iTXt", b"iCCP"))
_AROUND = 12  # bytes of a chunk besides its data: length, kind and checksum


def without_metadata(content: bytes) -> bytes:
    """Return the file without its texts and its colour profile; a file that is not a PNG is returned unchanged.

    Bytes after the last whole chunk are kept, so that a truncated file stays truncated.

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
