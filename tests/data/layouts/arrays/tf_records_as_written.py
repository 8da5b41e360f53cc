"""Write TensorFlow's records without TensorFlow."""

from __future__ import annotations

import struct
from pathlib import Path

Value = bytes | int | list[int] | float


def number(value: int) -> bytes:
    value &= (1 << 64) - 1
    parts = []
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


def message(field: int, content: bytes) -> bytes:
    return number(field << 3 | 2) + number(len(content)) + content


def example(**features: Value) -> bytes:
    """One `tf.train.Example`; whole numbers are packed, as TensorFlow writes them."""
    entries = b""
    for name, value in features.items():
        if isinstance(value, bytes):
            kind = message(1, message(1, value))
        elif isinstance(value, float):
            kind = message(2, message(1, struct.pack("<f", value)))
        else:
            numbers = value if isinstance(value, list) else [value]
            kind = message(3, message(1, b"".join(map(number, numbers))))
        entries += message(1, message(1, name.replace("__", "/").encode()) + message(2, kind))
    return message(1, entries)


def checksum(content: bytes) -> int:
    """Castagnoli's CRC by its definition, a bit at a time, masked as TensorFlow does."""
    crc = 0xFFFF_FFFF
    for byte in content:
        for bit in range(8):
            mixed = (crc ^ byte >> bit) & 1
            crc = crc >> 1 ^ mixed * 0x82F6_3B78
    crc ^= 0xFFFF_FFFF
    return ((crc >> 15 | crc << 17) + 0xA282_EAD8) & 0xFFFF_FFFF


def framed(*records: bytes) -> bytes:
    content = b""
    for record in records:
        length = struct.pack("<Q", len(record))
        content += length + struct.pack("<I", checksum(length)) + record + struct.pack("<I", checksum(record))
    return content


def write(path: Path, *records: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(framed(*records))
