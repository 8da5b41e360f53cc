"""Summarize a network: layers with shapes, parameters and multiply-adds, as `onelook summary` prints them. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO
from math import prod

from pydantic import JsonValue
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from onelook.models.describe import describe_layer
from onelook.models.shapes import PlannedLayer, count_parameters, leaves, plan_network
from onelook.settings.network import Dense, NetworkSettings
from onelook.wording import wrapped

_TEXT_COLUMNS = 80


@dataclass(frozen=True)
class LayerSummary:
    """One layer, a line of the summary."""

    name: str  # type and number from 1: "conv_1"; "conv_5.2" inside "residual_5"
    description: str  # "conv 3x3, same, relu"
    output_shape: tuple[int, ...]  # (height, width, channels) of a picture, (values,) once it is flat
    parameters: int
    multiply_adds: int  # for one picture; only convolutions and dense layers count


@dataclass(frozen=True)
class NetworkSummary:
    """A whole network. `print` shows a table of at most 80 columns; rich shows it in colour."""

    layers: tuple[LayerSummary, ...]
    total: int  # parameters with batch-norm's moving statistics, as Keras counts
    trainable: int
    multiply_adds: int  # for one view of a picture
    views: int = 1  # the number of views that a trained model has of each picture
    pretrained: str = ""  # a sentence about the weights that it comes with

    def to_dict(self) -> dict[str, JsonValue]:
        """Return the JSON document of `onelook summary --json`."""
        layers: list[JsonValue] = [
            {
                "name": layer.name,
                "description": layer.description,
                "output_shape": list(layer.output_shape),
                "parameters": layer.parameters,
                "multiply_adds": layer.multiply_adds,
            }
            for layer in self.layers
        ]
        parameters: JsonValue = {"total": self.total, "trainable": self.trainable}
        return {
            "layers": layers,
            "parameters": parameters,
            "multiply_adds": self.multiply_adds,
            "views": self.views,
            "pretrained": self.pretrained or None,
        }

    def table(self) -> Table:
        """Return the table of the layers, with the totals in its last row."""
        fixed = self.total - self.trainable
        notes = [f"{self.trainable:,} trained; {fixed:,} are measured (moving statistics, whitening)"] if fixed else []
        if self.views > 1:
            in_all = self.views * self.multiply_adds
            notes.append(f"a prediction is the mean of {self.views} views: {in_all:,} multiply-adds in all")
        notes += wrapped(self.pretrained, _TEXT_COLUMNS - 2)
        caption = "\n".join(notes) or None
        table = Table(box=SIMPLE_HEAD, show_footer=True, pad_edge=False, caption=caption, caption_justify="right")
        table.add_column("#", justify="right", style="dim")
        table.add_column("layer", footer="total")
        table.add_column("output", style="cyan")
        table.add_column("parameters", f"{self.total:,}", justify="right")
        table.add_column("multiply-adds", f"{self.multiply_adds:,}", justify="right")
        for layer in self.layers:
            table.add_row(
                layer.name.rpartition("_")[2],
                layer.description,
                " × ".join(map(str, layer.output_shape)),
                f"{layer.parameters:,}" if layer.parameters else "",
                f"{layer.multiply_adds:,}" if layer.multiply_adds else "",
            )
        return table

    def __rich__(self) -> Table:
        return self.table()

    def __str__(self) -> str:
        console = Console(file=StringIO(), width=_TEXT_COLUMNS, color_system=None)
        with console.capture() as captured:
            console.print(self.table())
        return "\n".join(line.rstrip() for line in captured.get().strip("\n").splitlines()).strip("\n")


def summarize(network: NetworkSettings, input_shape: tuple[int, int, int], num_classes: int) -> NetworkSummary:
    """Return the output, the parameters and the work of each layer.

    Args:
        network: the layers.
        input_shape: (channels, height, width) of a picture.
        num_classes: number of logits.

    Raises:
        ConfigError: a layer's shape cannot work; see `plan_network`.

    Example:
        >>> from onelook.settings.network import Conv, Dense, Flatten
        >>> layers = (Conv(filters=32, activation="relu"), Flatten(), Dense(units="classes"))
        >>> summary = summarize(NetworkSettings(layers=layers), (1, 28, 28), 10)
        >>> summary.total
        216650
        >>> summary.layers[0].name, summary.layers[0].output_shape
        ('conv_1', (26, 26, 32))
    """
    plan = plan_network(network, input_shape, num_classes)
    lines = tuple(map(_summarize_layer, leaves(plan)))
    total, trainable = count_parameters(plan)
    return NetworkSummary(lines, total, trainable, sum(line.multiply_adds for line in lines))


def _summarize_layer(planned: PlannedLayer) -> LayerSummary:
    channels_first = planned.output_shape
    layer = planned.layer
    if isinstance(layer, Dense):  # so that it reads "dense 10" instead of "dense classes"
        layer = layer.model_copy(update={"units": channels_first[0]})
    return LayerSummary(
        name=f"{planned.layer.type}_{planned.number}",
        description=describe_layer(layer),
        output_shape=(*channels_first[1:], channels_first[0]),
        parameters=sum(prod(shape) for shape in planned.weights.values()),
        multiply_adds=planned.multiply_adds,
    )
