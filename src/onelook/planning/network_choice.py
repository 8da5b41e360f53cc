"""Pick a network if the user names none: by the size of the pictures, their number, and the time."""

from __future__ import annotations

from onelook.models.families.airbench import SMALLEST_WHITENED
from onelook.models.shapes import leaves
from onelook.planning.facts import DataFacts
from onelook.planning.precision_choice import expected_gain
from onelook.planning.time_budget import TimeBudget, operations_of_epoch

# Pictures with a longer side above this get `cnn`, whose first layers shrink them before most of the work.
LARGEST_FOR_AIRBENCH = 64
# With 2,250 digits `cnn` reached 98.8 % and `airbench-small` 98.5 %; with as many clothes 87.1 % and 87.7 %.
FEWEST_FOR_AIRBENCH = 5_000

# From wide to narrow, each with the number of epochs that it needs to beat the next one.
_BY_WIDTH = (("airbench", 3.5), ("airbench-medium", 4.5), ("airbench-small", 0.0))
# For a machine on which not even an epoch of the narrowest fits. For other pictures `cnn` comes before them.
_SMALLER = ("cnn-small", "mlp")
# Without a limit the quickest: the user has not agreed to wait.
_QUICKEST = "airbench-small"

# The share of the speed of matrix products that training reaches: 0.55 to 0.8 from the narrow to the wide.
_SHARE_OF_SPEED = 0.7
# Pictures with a shorter side below this are treated as rows of numbers: convolutions find nothing in them.
SMALLEST_SIDE = 6


def pick_network(facts: DataFacts, budget: TimeBudget) -> tuple[str, str]:
    """Return the network's name, and the reason for it.

    Example:
        >>> cifar = DataFacts(45_000, height=32, width=32, channels=3, class_names=tuple("0123456789"))
        >>> pick_network(cifar, TimeBudget())[0]
        'airbench-small'
        >>> pick_network(cifar, TimeBudget(3_600, matmul_speed=180e9))[0]
        'airbench'
    """
    sides = facts.height, facts.width
    if min(sides) < SMALLEST_SIDE:
        return "mlp", "network mlp: a small dense one, as these are rows of numbers rather than pictures"
    if max(sides) > LARGEST_FOR_AIRBENCH or min(sides) < SMALLEST_WHITENED or facts.train_rows < FEWEST_FOR_AIRBENCH:
        return "cnn", "network cnn: our own fast one, scaled to the pictures"
    if budget.operations is None:
        return _QUICKEST, f"network {_QUICKEST}: whitened patches, quick to learn from small pictures"
    for name, fewest_epochs in _BY_WIDTH:
        if _epochs_in_time(name, facts, budget) >= fewest_epochs:
            break
    return name, f"network {name}: the widest that sees small pictures often enough in the time"


def smaller_networks(name: str) -> tuple[str, ...]:
    """Return the networks that can replace a picked one if its epochs turn out not to fit, the largest first.

    Example:
        >>> smaller_networks("airbench-medium"), smaller_networks("cnn")
        (('airbench-small', 'cnn-small', 'mlp'), ('cnn-small', 'mlp'))
    """
    for ladder in ((*(each for each, _ in _BY_WIDTH), *_SMALLER), ("cnn", *_SMALLER)):
        if name in ladder:
            return ladder[ladder.index(name) + 1 :]
    return ()


def fewest_epochs(name: str) -> float:
    """Return the epochs that a network needs to be better than a smaller one."""
    return dict(_BY_WIDTH).get(name, 0.0)


def seconds_of_epoch(multiply_adds: float, *, rows: int, speed: float) -> float:
    """Estimate the seconds of an epoch from the work for a picture and the machine's speed in matrix products."""
    return operations_of_epoch(multiply_adds, rows, _SHARE_OF_SPEED) / speed


def _epochs_in_time(name: str, facts: DataFacts, budget: TimeBudget) -> float:
    from onelook.models import ModelInput
    from onelook.models.find_network import network_named
    from onelook.models.shapes import plan_network

    pictures = ModelInput(facts.height, facts.width, facts.channels, len(facts.class_names), facts.train_rows)
    plan = plan_network(network_named(name, pictures), pictures.shape, pictures.num_classes)
    cost = sum(layer.multiply_adds for layer in leaves(plan))
    share = _SHARE_OF_SPEED * budget.float32_gain * expected_gain(plan, budget.bfloat16_gain)
    return budget.epochs(multiply_adds=cost, rows=facts.train_rows, share_of_speed=share)
