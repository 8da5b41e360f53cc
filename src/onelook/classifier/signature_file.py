"""`signature.safetensors`: what the training pictures of a model look like, in at most 64 KiB."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.classifier.card import ModelCard
from onelook.classifier.tensors import checked_version, from_safetensors, to_safetensors
from onelook.errors import ModelError
from onelook.models.shapes import head_of, plan_network
from onelook.signature.pixel_statistics import STATISTICS
from onelook.signature.signature import Signature, feature_count
from onelook.signature.spread import Spread
from onelook.wording import listed

SIGNATURE_VERSION = 1  # the newest version of the file that this code reads
_LOOK, _FEATURES = "look", "features"  # the beginnings of the names of a spread's tensors


def signature_bytes(signature: Signature) -> bytes:
    """Return the content of `signature.safetensors`."""
    tensors: dict[str, NDArray[Any]] = {
        "version": np.array([SIGNATURE_VERSION], np.int32),
        "usual": signature.usual,
        "deviations": signature.deviations,
        **_tensors(_LOOK, signature.look, signature.look_limit),
    }
    if signature.sizes is not None:
        tensors["sizes"] = signature.sizes
    if signature.features is not None:
        tensors |= _tensors(_FEATURES, signature.features, signature.feature_limit)
    return to_safetensors(tensors)


def read_signature(content: bytes, card: ModelCard, where: str) -> Signature:
    """Return the signature in the content of `signature.safetensors`.

    Raises:
        ModelError: the content is damaged, of a newer version, or of another model.
    """
    tensors = from_safetensors(content, where)
    checked_version(tensors.pop("version", None), SIGNATURE_VERSION, where, what="the signature")
    sizes = tensors.pop("sizes", None)
    has_features = any(name.startswith(_FEATURES) for name in tensors)
    kinds = (_LOOK, _FEATURES) if has_features else (_LOOK,)
    wanted = {"usual", "deviations", *(f"{kind}.{name}" for kind in kinds for name in _PARTS)}
    if set(tensors) != wanted:
        raise ModelError(f"{where}: holds {listed(sorted(tensors))}; expected {listed(sorted(wanted))}.")
    count = len(STATISTICS)
    _check(tensors, "usual", (3, count), np.float32, where)
    _check(tensors, "deviations", (count,), np.float32, where)
    (look, look_limit), *others = (_read_spread(tensors, kind, where) for kind in kinds)
    if look.mean.shape != (count,) or not (tensors["deviations"] > 0).all():
        raise ModelError(f"{where}: it has not the {count} statistics of pictures. Copy the model again.")
    features, feature_limit = others[0] if others else (None, 1.0)
    made = count_features(card)
    if features is not None and len(features.mean) != feature_count(made):
        raise ModelError(
            f"{where}: it is of {len(features.mean)} features, and the network makes {made}. The files belong to "
            "different models: copy the model again."
        )
    if sizes is not None:
        _check({"sizes": sizes}, "sizes", (3, 2), np.int32, where)
        if (sizes < 1).any():
            raise ModelError(f"{where}: a size is below 1. The file is damaged: copy the model again.")
    return Signature(tensors["usual"], tensors["deviations"], look, look_limit, features, feature_limit, sizes)


def count_features(card: ModelCard) -> int:
    """Return the number of features that the network's last dense layer gets; 0 if the model has no such layer."""
    if card.network is None or card.classical is not None:
        return 0
    height, width, channels = card.input_shape
    plan = plan_network(card.network, (channels, height, width), len(card.class_names))
    head = head_of(plan)
    return plan[head].input_shape[0] if head else 0


_PARTS = ("mean", "directions", "variances", "centres", "rest_and_limit")


def _tensors(kind: str, spread: Spread, limit: float) -> dict[str, NDArray[Any]]:
    return {
        f"{kind}.mean": spread.mean,
        f"{kind}.directions": spread.directions.astype(np.float16),
        f"{kind}.variances": spread.variances,
        f"{kind}.centres": spread.centres.astype(np.float16),
        f"{kind}.rest_and_limit": np.array([spread.rest, limit], np.float64),
    }


def _read_spread(tensors: dict[str, NDArray[Any]], kind: str, where: str) -> tuple[Spread, float]:
    values, directions = _length(tensors[f"{kind}.mean"]), _length(tensors[f"{kind}.variances"])
    classes = _length(tensors[f"{kind}.centres"])
    _check(tensors, f"{kind}.mean", (values,), np.float32, where)
    _check(tensors, f"{kind}.directions", (directions, values), np.float16, where)
    _check(tensors, f"{kind}.variances", (directions,), np.float32, where)
    _check(tensors, f"{kind}.centres", (classes, directions), np.float16, where)
    _check(tensors, f"{kind}.rest_and_limit", (2,), np.float64, where)
    rest, limit = tensors[f"{kind}.rest_and_limit"].tolist()
    if not min(values, directions, classes) or min(rest, limit) <= 0 or not (tensors[f"{kind}.variances"] > 0).all():
        raise ModelError(f"{where}: the spread of {kind} is not above 0. The file is damaged: copy the model again.")
    spread = Spread(
        tensors[f"{kind}.mean"],
        tensors[f"{kind}.directions"].astype(np.float32),
        tensors[f"{kind}.variances"],
        rest,
        tensors[f"{kind}.centres"].astype(np.float32),
    )
    return spread, limit


def _length(tensor: NDArray[Any]) -> int:
    return len(tensor) if tensor.ndim else 0


def _check(tensors: dict[str, NDArray[Any]], name: str, shape: tuple[int, ...], dtype: Any, where: str) -> None:
    tensor = tensors[name]
    if tensor.shape != shape or tensor.dtype != dtype or not np.isfinite(tensor).all():
        raise ModelError(
            f"{where}: {name} are {tensor.dtype} {tensor.shape}; expected finite {np.dtype(dtype)} {shape}. "
            "The file is damaged: copy the model again."
        )
