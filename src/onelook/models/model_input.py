"""What a model family may look at when it chooses a network."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelInput:
    """The facts of the data that a network is made for."""

    height: int  # of every picture, in pixels
    width: int
    channels: int  # 1 grey, 3 colour; arrays of the user's own may have others
    num_classes: int
    rows: int  # training pictures

    @property
    def shape(self) -> tuple[int, int, int]:
        """(channels, height, width), as networks take it."""
        return (self.channels, self.height, self.width)
