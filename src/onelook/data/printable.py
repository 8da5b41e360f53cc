"""Names that can be written anywhere."""

from __future__ import annotations


def printable(name: str) -> str:
    r"""The name as text that can be written anywhere: bytes that are no UTF-8, which Linux allows, are spelled out.

    Example:
        >>> printable("caf\udce9.png")
        'caf\\udce9.png'
    """
    return name if name.isascii() else name.encode("utf-8", "backslashreplace").decode()
