"""Train only the head of a network: on features that the frozen layers below compute once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING

from onelook.data.ids import take_ids
from onelook.errors import ConfigError
from onelook.models.pretrained.backbone import feature_layers
from onelook.runs.begin import BegunRun
from onelook.runs.fitting.feature_precision import in_words, settle_features
from onelook.runs.stages import STATISTICS_BATCH
from onelook.settings import NetworkSettings, PreprocessSettings
from onelook.settings.network import Dense, Dropout, Flatten
from onelook.wording import counted, duration

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from onelook.data.dataset import ImageSet
    from onelook.data.pictures.protocol import OnProgress
    from onelook.predictors.embedding import FeatureNetwork
    from onelook.predictors.features_in_8_bits import FeatureTimes
    from onelook.runs.stages import ReadyNetwork
    from onelook.transforms.preprocess.steps import ChannelAffine

    Weights = dict[str, NDArray[np.float32]]

# Features are standardised channel by channel, like pictures of one pixel. The learning rates were measured this way.
_STANDARDIZE = PreprocessSettings(scale="none", featurewise_center=True, featurewise_std_normalization=True)
_UNUSED_RANGE = (0.0, 1.0)  # required as an argument, but nothing is scaled by it

# Under a time limit, features are computed in so many parts of the training pictures, unless all take this share of the
# time at most by the speed of the first part.
_PARTS, _SURE_SHARE = 10, 0.5


def on_features(
    ready: ReadyNetwork, begun: BegunRun, on_progress: OnProgress | None, *, seconds: float | None = None
) -> ReadyNetwork:
    """Return the same training on features: only the head is trained, on the output of the layers below.

    The standardisation of the features becomes part of the head's own weights.

    Args:
        ready: the network before its first step, on pictures.
        begun: the run.
        on_progress: called with the computed features.
        seconds: the time for the features of the training pictures. Those for which it is not enough are left out, at
            random. A resumed run has the same pictures as before. None sets no limit.

    Raises:
        ConfigError: the head has no dense layer that could contain the standardisation.
        DataError: the cache cannot be written.
    """
    import torch

    from onelook.models.layers.build import build_network
    from onelook.planning.pretrained_choice import seconds_to_embed
    from onelook.predictors.embedding import FeatureNetwork
    from onelook.runtime import choose_device
    from onelook.transforms.preprocess.fit import fit_preprocess
    from onelook.transforms.preprocess.in_torch import Preprocess
    from onelook.transforms.preprocess.steps import preprocess_steps

    network, data = begun.own_network, begun.data
    layers = feature_layers(network)
    whole = {name: tensor.numpy() for name, tensor in ready.network.state_dict().items()}
    backbone = FeatureNetwork(network, layers, whole | ready.extra_weights, ready.preprocess, _shape_of(data.planes))
    began, rows = perf_counter(), len(ready.inputs.train) + len(ready.inputs.val)
    times = settle_features(begun, ready.inputs.train, rows, backbone)
    source = _Source(backbone, times)
    if seconds is not None:
        seconds -= perf_counter() - began
    heard = _FeatureProgress(on_progress, rows)
    train = _embedded_in_time(ready.inputs.train, source, heard, seconds, begun)
    val = _embedded(ready.inputs.val, source, heard)
    heard.rows = len(train) + len(val)
    fitted, _ = fit_preprocess(_STANDARDIZE, train.batches(STATISTICS_BATCH), _UNUSED_RANGE)
    scaling = preprocess_steps(fitted).first
    head = NetworkSettings(layers=(Flatten(), *network.layers[layers:]), initializer=network.initializer)
    dense = _dense_after(network, layers)
    module = build_network(head, (backbone.count, 1, 1), data.num_classes, is_loaded=True)
    # The head may be trained already: its weights are converted to standardised features.
    own = _renumbered(whole, layers, to_head=True)
    own |= _for_plain_features(own, f"{dense - layers + 1}", scaling, undo=True)
    module.load_state_dict({name: torch.tensor(array) for name, array in own.items()})
    inputs = replace(
        ready.inputs, train=train, val=val, preprocess=Preprocess(fitted), augment=None, device=choose_device("cpu")
    )

    def joined(trained: Weights) -> Weights:
        folded = trained | _for_plain_features(trained, f"{dense - layers + 1}", scaling, undo=False)
        return whole | _renumbered(folded, layers, to_head=False)

    return replace(
        ready,
        network=module,
        inputs=inputs,
        whole_weights=joined,
        words=heard.words if times is None else f"{heard.words}; {in_words(times)}",
        # Scores are computed in float32.
        scoring_seconds=heard.seconds_each * (1.0 if times is None else times.gain)
        or seconds_to_embed(1, backbone.multiply_adds),
        left_out=len(ready.inputs.train) - len(train),
    )


@dataclass(frozen=True)
class _Source:
    """The network that makes the features, and by which times in 8 bits, if it does."""

    backbone: FeatureNetwork
    times: FeatureTimes | None


class _FeatureProgress:
    """Forward progress, and count the computed features and the seconds that they took.

    Args:
        on_progress: as for `embed`.
        rows: how many pictures are used in all.

    Attributes:
        rows: the same, which a time limit may lower.
    """

    def __init__(self, on_progress: OnProgress | None, rows: int) -> None:
        self._on_progress = on_progress
        self.rows = rows
        self._began = perf_counter()
        self._before, self._done = 0, 0  # pictures of the sets before, and of this one

    def __call__(self, done: int, total: int) -> None:
        self._before += self._done if done == 0 else 0
        self._done = done
        if self._on_progress is not None:
            self._on_progress(done, total)

    @property
    def seconds_each(self) -> float:
        """The seconds that the features of a picture took; 0 if all were in the cache."""
        count = self._before + self._done
        return (perf_counter() - self._began) / count if count else 0.0

    @property
    def words(self) -> str:
        """A sentence for the user: how many features were computed, and how fast."""
        count, seconds = self._before + self._done, perf_counter() - self._began
        if not count:
            return "of all pictures: from an earlier run's cache"
        pace = f"{duration(seconds)}, {count / seconds:,.0f} a second"
        known = max(self.rows - count, 0)
        others = f"; those of {known:,} others are from earlier runs' cache" if known else "; kept for other runs"
        return f"of {counted(count, 'picture')} in {pace}{others}"


def _dense_after(network: NetworkSettings, layers: int) -> int:
    """Return the position of the head's first layer with weights. It must be dense and have a bias.

    Raises:
        ConfigError: it is another layer.
    """
    for position, layer in enumerate(network.layers[layers:], layers):
        if isinstance(layer, Dense) and layer.bias:
            return position
        if not isinstance(layer, Dropout | Flatten):
            break
    raise ConfigError(
        "--tune head: the network's global pool is not followed by a dense layer with a bias. Expected that of a "
        "pretrained network; use --tune full."
    )


def _embedded(side: ImageSet, source: _Source, on_progress: OnProgress | None) -> ImageSet:
    """Return the features as pictures of one pixel: (rows, 1, 1, features)."""
    import numpy as np

    from onelook.predictors.embedding import embed

    features = embed(side, source.backbone, in_8_bits=source.times is not None, on_progress=on_progress)
    return replace(side, images=features[:, np.newaxis, np.newaxis], rows=np.arange(len(features)))


def _embedded_in_time(
    train: ImageSet, source: _Source, on_progress: OnProgress, seconds: float | None, begun: BegunRun
) -> ImageSet:
    """Return the features of as many training pictures as there is time for, in their order; at least a part of them.

    Args:
        train: the training pictures.
        source: the network that makes the features.
        on_progress: as for `embed`.
        seconds: the time; None computes all.
        begun: its seed draws the pictures. `run.json` keeps their number, so that a resumed run has the same.
    """
    import numpy as np

    recorded = begun.own_folder.read_run().get("feature_rows") if begun.resume else None
    if (seconds is None and recorded is None) or begun.processes.count > 1:
        return _embedded(train, source, on_progress)
    parts = np.array_split(np.random.default_rng(begun.settings.seed).permutation(len(train)), _PARTS)
    done: list[ImageSet] = []
    began = perf_counter()
    for part in parts:
        if recorded is not None and sum(map(len, done)) >= recorded:
            break
        if recorded is None and seconds is not None and done:
            of_part = (perf_counter() - began) / len(done)
            if len(done) == 1 and of_part * len(parts) <= _SURE_SHARE * seconds:
                return _embedded(train, source, on_progress)  # in one piece, which other runs find in the cache
            if of_part * (len(done) + 1) > seconds:
                break
        done.append(_embedded(_rows_of(train, part), source, on_progress))
    positions = np.concatenate(parts[: len(done)])
    features, in_order = np.concatenate([part.images for part in done]), np.argsort(positions)
    begun.record(feature_rows=len(positions))
    return replace(_rows_of(train, positions[in_order]), images=features[in_order], rows=np.arange(len(positions)))


def _rows_of(pictures: ImageSet, positions: NDArray[np.int64]) -> ImageSet:
    """Return the pictures at these positions, as a set of their own."""
    labels = None if pictures.labels is None else pictures.labels[positions]
    ids = take_ids(pictures.ids, positions)
    return replace(pictures, rows=pictures.rows[positions], ids=ids, labels=labels)


def _renumbered(weights: Weights, layers: int, *, to_head: bool) -> Weights:
    """Return the head's weights by the names of the head's own module, or by those of the whole network.

    The head's own module has a `flatten` instead of the layers below.
    """
    shift = 1 - layers if to_head else layers - 1
    renumbered: Weights = {}
    for name, array in weights.items():
        position, _, rest = name.partition(".")
        if position.isdecimal() and (not to_head or int(position) >= layers):
            renumbered[f"{int(position) + shift}.{rest}"] = array
    return renumbered


def _for_plain_features(weights: Weights, dense: str, scaling: ChannelAffine, *, undo: bool) -> Weights:
    """Convert the dense layer's weights from standardised features to plain ones (or back), with the same logits.

    With `standardised = feature * m + o`: W (f * m + o) + b = (W * m) f + (b + W o).
    """
    import numpy as np

    weight, bias = weights[f"{dense}.weight"].astype(np.float64), weights[f"{dense}.bias"].astype(np.float64)
    if undo:
        weight = weight / scaling.multiplier
        bias = bias - weight @ np.broadcast_to(scaling.offset, weight.shape[1:])
    else:
        bias = bias + weight @ np.broadcast_to(scaling.offset, weight.shape[1:])
        weight = weight * scaling.multiplier
    return {f"{dense}.weight": weight.astype(np.float32), f"{dense}.bias": bias.astype(np.float32)}


def _shape_of(planes: tuple[int, int, int]) -> tuple[int, int, int]:
    """Return (height, width, channels)."""
    channels, height, width = planes
    return height, width, channels
