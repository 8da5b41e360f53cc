"""Which network a run gets where the user names none: by the size of the pictures, how many there are, and the time."""

from __future__ import annotations

from dataclasses import dataclass

from onelook.models.airbench import SMALLEST_WHITENED

# Pictures with a longer side above this go to `cnn`, whose stem makes them smaller before the work begins.
LARGEST_FOR_AIRBENCH = 64
# Of 2,250 digits `cnn` learnt to 98.8 % and `airbench-small` to 98.5 %; of as many clothes to 87.1 % and 87.7 %.
FEWEST_FOR_AIRBENCH = 5_000

# From wide to narrow, each with the epochs that have to fit into a time limit before it beats the next.
_BY_WIDTH = (("airbench", 3.5), ("airbench-medium", 4.5), ("airbench-small", 0.0))
# Without a limit nobody has said that he will wait: the quickest.
_QUICKEST = "airbench-small"

# Training costs three passes, forward and twice backward, of two operations for each multiply-add, and reaches this
# share of the speed of matrix products (0.55 to 0.8 from the narrow to the wide).
_OPERATIONS_FOR_MULTIPLY_ADD = 6
_SHARE_OF_SPEED = 0.7
# The part of a limit that is left to training after opening, validation, scoring and the report.
_SHARE_OF_LIMIT = 0.85


@dataclass(frozen=True)
class Work:
    """What there is to do.

    Attributes:
        rows: pictures in an epoch.
        height, width: of a picture, in pixels.
        channels: of a picture.
        num_classes: what there is to tell apart.
        operations: floating-point operations that can be done in the time, at the speed of matrix products; None
            where there is no limit.
    """

    rows: int
    height: int
    width: int
    channels: int
    num_classes: int
    operations: float | None


def pick_network(work: Work) -> tuple[str, str]:
    """The network's name, and why it was picked.

    Example:
        >>> from dataclasses import replace
        >>> cifar = Work(rows=45_000, height=32, width=32, channels=3, num_classes=10, operations=None)
        >>> pick_network(cifar)[0]
        'airbench-small'
        >>> an_hour = replace(cifar, operations=3_600 * 180e9)
        >>> pick_network(an_hour)[0]
        'airbench'
    """
    sides = work.height, work.width
    if max(sides) > LARGEST_FOR_AIRBENCH or min(sides) < SMALLEST_WHITENED or work.rows < FEWEST_FOR_AIRBENCH:
        return "cnn", "network cnn: our own fast one, scaled to the pictures"
    if work.operations is None:
        return _QUICKEST, f"network {_QUICKEST}: whitened patches, quick to learn from small pictures"
    for name, least in _BY_WIDTH:
        epochs = _epochs_of(name, work)
        if epochs >= least:
            break
    return name, f"network {name}: the widest that sees small pictures often enough in the time"


def epochs_in_time(operations: float, *, multiply_adds: float, rows: int, share_of_speed: float) -> float:
    """How many epochs fit into a time limit, as far as can be told before the network is built.

    Args:
        operations: that the machine does in the limit, at the speed of matrix products.
        multiply_adds: of a picture, forward.
        rows: pictures in an epoch.
        share_of_speed: of matrix products, that training reaches.
    """
    affordable = operations * _SHARE_OF_LIMIT * share_of_speed
    return affordable / (_OPERATIONS_FOR_MULTIPLY_ADD * multiply_adds * rows)


def _epochs_of(name: str, work: Work) -> float:
    from onelook.models.model_input import ModelInput
    from onelook.models.read import network_named
    from onelook.models.summary import summarize

    facts = ModelInput(work.height, work.width, work.channels, work.num_classes, work.rows)
    cost = summarize(network_named(name, facts), facts.shape, work.num_classes).multiply_adds
    operations = work.operations or 0.0
    return epochs_in_time(operations, multiply_adds=cost, rows=work.rows, share_of_speed=_SHARE_OF_SPEED)
