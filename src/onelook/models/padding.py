"""The positions of a kernel or a pooling window on a picture: strides, pads and the size of the output.

`same` follows TensorFlow: the output's size is the input's divided by the stride, rounded up. Where the pad is odd,
the extra row or column lies at the bottom or right. PyTorch and ONNX receive these pads as plain numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

from onelook.settings.network import Padding, Pair


@dataclass(frozen=True)
class Windows:
    """The windows of a kernel on a picture; every pair is (vertical, horizontal), in pixels."""

    kernel: tuple[int, int]
    stride: tuple[int, int]
    pads: tuple[tuple[int, int], tuple[int, int]]  # ((top, bottom), (left, right))
    output: tuple[int, int]  # (height, width); below 1 if the kernel does not fit
    dilation: tuple[int, int] = (1, 1)  # distance between the kernel's values

    @property
    def is_symmetric(self) -> bool:
        """Whether the pads at both ends of each axis are equal."""
        return all(before == after for before, after in self.pads)


# The windows of layers that look at one value at a time.
POINTWISE = Windows(kernel=(1, 1), stride=(1, 1), pads=((0, 0), (0, 0)), output=(1, 1))


def pair(value: Pair) -> tuple[int, int]:
    """Return (vertical, horizontal) from two numbers, or from one that counts for both axes.

    Example:
        >>> pair(3), pair((3, 5))
        ((3, 3), (3, 5))
    """
    return (value, value) if isinstance(value, int) else value


def windows_over(size: tuple[int, int], kernel: Pair, stride: Pair, padding: Padding, dilation: Pair = 1) -> Windows:
    """Return the windows of a kernel on a picture of `size` (height, width).

    Example:
        >>> windows_over((28, 28), 3, 2, "same").pads
        ((0, 1), (0, 1))
        >>> windows_over((28, 28), 5, 1, "valid").output
        (24, 24)
    """
    kernel, stride, dilation = pair(kernel), pair(stride), pair(dilation)
    vertical = _along_axis(size[0], (kernel[0] - 1) * dilation[0] + 1, stride[0], padding)
    horizontal = _along_axis(size[1], (kernel[1] - 1) * dilation[1] + 1, stride[1], padding)
    return Windows(kernel, stride, (vertical[1], horizontal[1]), (vertical[0], horizontal[0]), dilation)


def _along_axis(size: int, kernel: int, stride: int, padding: Padding) -> tuple[int, tuple[int, int]]:
    """Return (number of windows, (pad before, pad after)) along one axis."""
    if padding == "same":
        count = -(-size // stride)
        total = max((count - 1) * stride + kernel - size, 0)
        return count, (total // 2, total - total // 2)
    pad = 0 if padding == "valid" else padding
    return (size + 2 * pad - kernel) // stride + 1, (pad, pad)


def shares_on_picture(windows: Windows, size: tuple[int, ...]) -> tuple[tuple[float, ...], ...]:
    """Return the share of each window that lies on a picture of `size` (height, width) and not on padding, row by row.

    Example:
        >>> shares_on_picture(windows_over((2, 4), (1, 2), (1, 2), 0), (2, 4))
        ((1.0, 1.0), (1.0, 1.0))
        >>> shares_on_picture(windows_over((1, 3), (1, 2), 2, "same"), (1, 3))
        ((1.0, 0.5),)
    """
    down, across = (_shares_along(windows, size, axis) for axis in (0, 1))
    return tuple(tuple(one * other for other in across) for one in down)


def _shares_along(windows: Windows, size: tuple[int, ...], axis: int) -> list[float]:
    kernel, (before, _) = windows.kernel[axis], windows.pads[axis]
    starts = [number * windows.stride[axis] - before for number in range(windows.output[axis])]
    return [(min(start + kernel, size[axis]) - max(start, 0)) / kernel for start in starts]
