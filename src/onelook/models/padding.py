"""How a kernel or a pooling window goes over a picture: sizes and pads, axis by axis.

`same` follows TensorFlow: the output is the input over the stride, rounded up, and where the pad is odd the
extra row or column goes to the bottom or right. PyTorch and ONNX are given these pads as plain numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

from onelook.settings.network import Padding, Pair


@dataclass(frozen=True)
class Windows:
    """A kernel's way over a picture; every pair is (vertical, horizontal), in pixels."""

    kernel: tuple[int, int]
    stride: tuple[int, int]
    pads: tuple[tuple[int, int], tuple[int, int]]  # ((top, bottom), (left, right))
    output: tuple[int, int]  # (height, width); below 1 where the kernel does not fit

    @property
    def is_symmetric(self) -> bool:
        """Whether both sides of each axis are padded alike."""
        return all(before == after for before, after in self.pads)


# Of the layers that look at one value at a time.
POINTWISE = Windows(kernel=(1, 1), stride=(1, 1), pads=((0, 0), (0, 0)), output=(1, 1))


def pair(value: Pair) -> tuple[int, int]:
    """A number meant for both axes, or the two numbers given, as (vertical, horizontal).

    Example:
        >>> pair(3), pair((3, 5))
        ((3, 3), (3, 5))
    """
    return (value, value) if isinstance(value, int) else value


def windows_over(size: tuple[int, int], kernel: Pair, stride: Pair, padding: Padding) -> Windows:
    """The windows of a kernel over a picture of `size` (height, width).

    Example:
        >>> windows_over((28, 28), 3, 2, "same").pads
        ((0, 1), (0, 1))
        >>> windows_over((28, 28), 5, 1, "valid").output
        (24, 24)
    """
    kernel, stride = pair(kernel), pair(stride)
    vertical = _along_axis(size[0], kernel[0], stride[0], padding)
    horizontal = _along_axis(size[1], kernel[1], stride[1], padding)
    return Windows(kernel, stride, (vertical[1], horizontal[1]), (vertical[0], horizontal[0]))


def _along_axis(size: int, kernel: int, stride: int, padding: Padding) -> tuple[int, tuple[int, int]]:
    """(number of windows, (pad before, pad after)) along one axis."""
    if padding == "same":
        count = -(-size // stride)
        total = max((count - 1) * stride + kernel - size, 0)
        return count, (total // 2, total - total // 2)
    pad = 0 if padding == "valid" else padding
    return (size + 2 * pad - kernel) // stride + 1, (pad, pad)
