"""`model.json`: the description of a model as data. Reading it runs no code."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, model_validator
from pydantic_core import from_json

from onelook.errors import ConfigError, ModelError, shown
from onelook.files import json_text
from onelook.settings import DecodeSettings, FittedPreprocess, NetworkSettings, ViewSettings
from onelook.settings.classical import FittedClassical
from onelook.wording import counted, listed

FORMAT_VERSION = 7  # the newest version that this code reads

_FORMAT_WITH_VIEWS = 2
_FORMAT_WITH_CLASSICAL = 3
_FORMAT_WITH_GROUND = 4  # and with the range of deep pictures
_DECODE_FIELDS_OF_GROUND = {"ground", "deep_range"}
_FORMAT_WITH_TEMPERATURE = 5
_FORMAT_WITH_CHANGED_PIXELS = 6
_DECODE_FIELDS_OF_CHANGED_PIXELS = {"invert", "crop_to_content"}
_FORMAT_WITH_MERGES = 7  # and with the other layers that models of Keras have

CARD = "model.json"
WEIGHTS = "weights.safetensors"
GRAPH = "model.onnx"
GOLDEN = "golden.safetensors"
ESTIMATOR = "model.skops"
PICTURE_LIST = "picture_list.safetensors"
SIGNATURE = "signature.safetensors"
# The files with a checksum in the card:
NETWORK_FILES = (WEIGHTS, GRAPH, GOLDEN)  # of a network
CLASSICAL_FILES = (ESTIMATOR, GOLDEN)  # of a classical model; with a pretrained network's features also GRAPH
LISTED_FILES = (WEIGHTS, GRAPH, GOLDEN, ESTIMATOR, PICTURE_LIST, SIGNATURE)  # of any model

_VERSION = re.compile(r"\d{1,4}(\.\d{1,4}){0,3}((a|b|rc|\.dev|\.post)\d{1,4})?", re.ASCII)

# A card with a thousand classes and a hundred layers has 50 kB.
_MAXIMUM_CARD_BYTES = 16 << 20

Engine = Literal["onnx", "torch", "sklearn"]
Dtype = Literal[
    "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "float16", "float32", "float64"
]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class ModelCard(BaseModel):
    """Everything that is known of a model except its weights: the content of `model.json`.

    `checksum` and `files` are filled when the model is saved.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    format_version: int = 1  # see `format_of`
    # SHA-256 of this file with this field blank. The field comes before all free text: see `_blanked`.
    checksum: Sha256 | Literal[""] = ""
    class_names: Annotated[tuple[str, ...], Field(min_length=2)]  # in the order of the probabilities
    decode: DecodeSettings  # height, width and channels of the input, and the way to resize a picture to them
    dtype: Dtype  # of the input; its value range is in `preprocess`
    preprocess: FittedPreprocess
    views: ViewSettings = ViewSettings()  # the views of a picture that the network gets; a prediction is their mean
    network: NetworkSettings | None = None  # with `classical`: the network of its features, if any
    classical: FittedClassical | None = None  # a scikit-learn model, instead of a network that classifies
    # It divides the logits before softmax, or the logarithms of a classical model's probabilities. Above 1 the answers
    # are less sure (Guo et al. 2017, arXiv:1706.04599).
    temperature: Annotated[float, Field(gt=0)] = 1.0
    training: dict[str, JsonValue] = {}  # its provenance: data, split, recipe, epochs, seed, versions
    metrics: dict[str, JsonValue] = {}
    golden_engine: Engine = "onnx"  # the engine of the probabilities in `golden.safetensors`
    # The largest difference between two engines on the golden pictures, where both were installed.
    engine_difference: float | None = None
    files: dict[str, Sha256] = {}

    @model_validator(mode="after")
    def _class_names_differ(self) -> ModelCard:
        if len(set(self.class_names)) < len(self.class_names):
            raise ValueError("two classes have the same name")
        return self

    @model_validator(mode="after")
    def _views_can_be_had(self) -> ModelCard:
        if self.format_version < format_of(self.views):
            raise ValueError(f"several views of a picture came with format {_FORMAT_WITH_VIEWS}")
        if not self.views.fits(self.decode.height, self.decode.width):
            raise ValueError(f"pictures of {self.decode.height}×{self.decode.width} cannot be moved so far")
        return self

    @model_validator(mode="after")
    def _is_one_kind_of_model(self) -> ModelCard:
        plain = self.classical is not None and self.classical.features.name in ("pixels", "hog")
        if (self.network is None) != plain:
            raise ValueError("a model is a network, a classical one on plain features, or one on a network's")
        if self.format_version < format_of(self.views, is_classical=self.classical is not None):
            raise ValueError(f"classical models came with format {_FORMAT_WITH_CLASSICAL}")
        return self

    @model_validator(mode="after")
    def _is_decoded_as_it_says(self) -> ModelCard:
        if self.format_version < _FORMAT_WITH_GROUND and not self.decode.is_of_first_format:
            raise ValueError(f"other grounds and deep ranges came with format {_FORMAT_WITH_GROUND}")
        if self.format_version < _FORMAT_WITH_CHANGED_PIXELS and self.decode.changes_pixels:
            raise ValueError(f"inverted and cropped pictures came with format {_FORMAT_WITH_CHANGED_PIXELS}")
        return self

    @model_validator(mode="after")
    def _has_layers_of_its_format(self) -> ModelCard:
        if self.format_version < _FORMAT_WITH_MERGES and self.network is not None and self.network.has_new_layers:
            raise ValueError(f"merges, dilation and resizing layers came with format {_FORMAT_WITH_MERGES}")
        return self

    @model_validator(mode="after")
    def _is_as_sure_as_it_says(self) -> ModelCard:
        if self.format_version < _FORMAT_WITH_TEMPERATURE and self.temperature != 1.0:
            raise ValueError(f"temperatures came with format {_FORMAT_WITH_TEMPERATURE}")
        return self

    def __repr__(self) -> str:
        # Without the layers and checksums: a notebook would show all of them.
        size = "×".join(map(str, self.input_shape))
        return f"ModelCard({counted(len(self.class_names), 'class')}, pictures of {size}, {self.dtype})"

    def with_temperature(self, temperature: float) -> ModelCard:
        """Return the card with another temperature, and the oldest format that has all of it."""
        return self.model_copy(update={"temperature": temperature})._in_oldest_format()

    def with_decode(self, decode: DecodeSettings) -> ModelCard:
        """Return the card with other decode settings, and the oldest format that has all of it."""
        return self.model_copy(update={"decode": decode})._in_oldest_format()

    def _in_oldest_format(self) -> ModelCard:
        version = format_of(
            self.views,
            is_classical=self.classical is not None,
            decode=self.decode,
            temperature=self.temperature,
            network=self.network,
        )
        return self.model_copy(update={"format_version": version})

    @property
    def listed_files(self) -> tuple[str, ...]:
        """The names of the files in this model's folder, without the card."""
        # Models of earlier versions have neither, and a flag leaves the list out.
        on_pictures = tuple(name for name in (PICTURE_LIST, SIGNATURE) if name in self.files)
        if self.classical is None:
            return (*NETWORK_FILES, *on_pictures)
        return (*(CLASSICAL_FILES if self.network is None else (GRAPH, *CLASSICAL_FILES)), *on_pictures)

    def need_network(self, purpose: str) -> NetworkSettings:
        """Return the layers of the network that classifies.

        Args:
            purpose: what needs them, as the beginning of a sentence.

        Raises:
            ConfigError: the model has no such layers.
        """
        if self.network is None or self.classical is not None:
            name = "of scikit-learn" if self.classical is None else f"a {self.classical.name} of scikit-learn"
            raise ConfigError(f"{purpose} needs a network, and this model is {name}, which has no layers.")
        return self.network

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """(height, width, channels) of a picture."""
        return self.decode.height, self.decode.width, self.decode.channels

    @property
    def value_range(self) -> tuple[float, float]:
        """The lowest and the highest value that the input can have."""
        return self.preprocess.value_range


def format_of(
    views: ViewSettings,
    *,
    is_classical: bool = False,
    decode: DecodeSettings | None = None,
    temperature: float = 1.0,
    network: NetworkSettings | None = None,
) -> int:
    """Return the oldest format for the model, so that an older onelook reads every model that it can run."""
    if network is not None and network.has_new_layers:
        return _FORMAT_WITH_MERGES
    if decode is not None and decode.changes_pixels:
        return _FORMAT_WITH_CHANGED_PIXELS
    if temperature != 1.0:
        return _FORMAT_WITH_TEMPERATURE
    if decode is not None and not decode.is_of_first_format:
        return _FORMAT_WITH_GROUND
    if is_classical:
        return _FORMAT_WITH_CLASSICAL
    return _FORMAT_WITH_VIEWS if views.is_active else 1


def write_card(card: ModelCard, path: Path) -> None:
    """Write the card, with its own checksum filled in."""
    unknown_fields: dict[str, Any] = {}
    if card.format_version < _FORMAT_WITH_VIEWS:
        unknown_fields["views"] = True
    if card.format_version < _FORMAT_WITH_CLASSICAL:
        unknown_fields["classical"] = True
    if card.format_version < _FORMAT_WITH_GROUND:
        unknown_fields["decode"] = _DECODE_FIELDS_OF_GROUND | _DECODE_FIELDS_OF_CHANGED_PIXELS
    elif card.format_version < _FORMAT_WITH_CHANGED_PIXELS:
        unknown_fields["decode"] = _DECODE_FIELDS_OF_CHANGED_PIXELS
    if card.format_version < _FORMAT_WITH_TEMPERATURE:
        unknown_fields["temperature"] = True
    if card.network is None:
        unknown_fields["network"] = True
    blank = json_text(card.model_copy(update={"checksum": ""}).model_dump(mode="json", exclude=unknown_fields)) + "\n"
    digest = hashlib.sha256(blank.encode()).hexdigest()
    path.write_text(blank.replace('"checksum": ""', f'"checksum": "{digest}"', 1), encoding="utf-8", newline="\n")


def read_card(path: Path) -> ModelCard:
    """Return the checked card.

    Raises:
        ModelError: the file is missing, damaged, altered, has a newer format, or is no card.
    """
    content = _read(path)
    try:
        values = from_json(content)  # unlike the standard library, it refuses deep nesting instead of recursing
    except ValueError as problem:
        raise ModelError(
            f"{path}: not readable as JSON ({str(problem)[:100]}). The file is damaged: copy the model again."
        ) from problem
    if not isinstance(values, dict):
        raise ModelError(f"{path}: holds {shown(values)}, expected a JSON object. This is not a model.")
    _check_version(path, values)
    checksum = values.get("checksum")
    found = hashlib.sha256(_blanked(content, checksum)).hexdigest()
    if checksum != found:
        raise ModelError(
            f"{path}: altered since it was saved: its SHA-256 is {found}, it states {shown(checksum, 70)}. "
            "Copy the model again; to change a model, load and save it."
        )
    try:
        return ModelCard.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        # The names include pydantic's words for a choice of types, such as `constrained-int`.
        where = ".".join(name for step in first["loc"] if (name := str(step)).isidentifier() or name.isdecimal())
        wanted = first["msg"].replace("Input should be", "expected").replace("Value error, ", "")
        raise ModelError(
            f"{path}: {where or 'the whole file'} is {shown(first['input'])}: {wanted}. "
            "This is not a model that onelook wrote."
        ) from error


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise ModelError(f"{path}: missing. Expected the files of a model: {listed((CARD, *NETWORK_FILES))}.")
    if (size := path.stat().st_size) > _MAXIMUM_CARD_BYTES:
        raise ModelError(
            f"{path}: {counted(size, 'byte')}, expected at most {_MAXIMUM_CARD_BYTES:,}. This is not a model."
        )
    return path.read_bytes()


def _check_version(path: Path, values: Mapping[str, object]) -> None:
    version = values.get("format_version")
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise ModelError(f"{path}: format_version is {shown(version)}, expected a number from 1. This is not a model.")
    if version > FORMAT_VERSION:
        raise ModelError(
            f"{path}: written in format {shown(version)}; this onelook reads up to format {FORMAT_VERSION}. "
            f"Update it: pip install -U {_writer(values)}"
        )


def _writer(values: Mapping[str, object]) -> str:
    """Return what to install to read a model of a newer format: the version that wrote it, if the model names it."""
    training = values.get("training")
    versions = training.get("versions") if isinstance(training, dict) else None
    version = versions.get("onelook") if isinstance(versions, dict) else None
    if isinstance(version, str) and _VERSION.fullmatch(version):
        return f"'onelook>={version}'"
    return "onelook"


def _blanked(content: bytes, checksum: object) -> bytes:
    """Return the file's content before its checksum was filled in.

    The checksum covers the bytes, not the values. So a new field with a default leaves old checksums valid.
    """
    return content.replace(f'"checksum": "{checksum}"'.encode(), b'"checksum": ""', 1)


DTYPES: tuple[str, ...] = get_args(Dtype)
