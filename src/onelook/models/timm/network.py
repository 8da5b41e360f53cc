"""Networks of timm as lists of layers: created, translated, compared with the original, and stored in the cache.

A model that was trained from such a network does not need timm. Later commands read the stored translation, and import
neither timm nor torchvision, which would take seconds.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import JsonValue

from onelook.errors import ConfigError, in_words, missing_extra
from onelook.files import json_text, write_text
from onelook.models.pretrained.backbone import NOT_STATED, TIMM, Backbone
from onelook.optional_packages import require_torch
from onelook.runtime import cache_folder
from onelook.settings.network import Dense, Dropout, NetworkSettings
from onelook.wording import listed

if TYPE_CHECKING:
    from torch import nn

    from onelook.models.timm.translate import Translation

_VERSION = 1  # of the translation; translations of another version are not read
_DROPOUT = 0.2  # before the new last layer, as in EfficientNet
_LISTED = 5  # names in an error message
_WORKING = "resnet, resnext, seresnet, regnet, vgg, mobilenet, efficientnet and convnext"


@dataclass(frozen=True)
class TimmNetwork:
    """A network of timm, translated: its layers, and what is known of its published weights."""

    backbone: Backbone
    network: NetworkSettings


def timm_network(name: str) -> TimmNetwork:
    """Return the network with that name: "timm:resnet18", or with the tag of its weights "timm:resnet18.a1_in1k".

    Raises:
        ConfigError: timm is not installed, cannot be imported, or has no such network; or an operation of the network
            is none of our layers.
    """
    path = _find_stored(name)
    network = _read(path) if path is not None else None
    if network is None:
        network = _translate(name)
        write_text(_cache_file(name, version("timm")), json_text(_to_json(network)))
    return network


def _translate(name: str) -> TimmNetwork:
    from onelook.models.timm.compare import check_translation
    from onelook.models.timm.module_layers import NotLayers
    from onelook.models.timm.translate import translate

    module, published = _create(name)
    try:
        translation = translate(module)
        network = _with_head(translation)
        check_translation(module, network, translation.names)
    except NotLayers as found:
        raise ConfigError(
            f"{name}: it has {found}, which is none of onelook's layers. Here a network is a list of layers, so that "
            f"a model loads without the code that made it. That works for timm's {_WORKING}, among others."
        ) from found
    return TimmNetwork(_backbone(name, published, translation), network)


def _with_head(translation: Translation) -> NetworkSettings:
    head = (Dropout(rate=_DROPOUT), Dense(units="classes"))
    return NetworkSettings(layers=(*translation.layers, *head), initializer="he_normal")


def _create(name: str) -> tuple[nn.Module, Mapping[str, Any]]:
    """Return the module without its classifier, with random weights, and timm's facts about its published weights."""
    timm = _import_timm(name)
    own = name.removeprefix(TIMM)
    architecture, _, tag = own.partition(".")
    if not timm.is_model(architecture):
        known = timm.list_models()
        near = difflib.get_close_matches(architecture, known, n=_LISTED) or known[:_LISTED]
        raise ConfigError(
            f"{name}: timm {timm.__version__} has no such network. Near it: {listed(near)}.",
            options=[f"timm:{each}" for each in near],
        )
    tags = [found.partition(".")[2] for found in timm.list_pretrained(f"{architecture}.*")]
    if tag and tag not in tags:
        known = listed(tags, last="") or "none, so leave it out"
        raise ConfigError(
            f"{name}: timm has no weights with that tag. Expected one of: {known}.",
            options=[f"timm:{architecture}.{each}" for each in tags],
        )
    with _own_random_numbers():
        module = timm.create_model(own, pretrained=False, num_classes=0)
    published = dict(module.pretrained_cfg)
    if type(module).__name__ == "VGG":
        # Two dense layers above the convolutions take only pictures of 224 px: here they are a part of the head.
        from torch import nn

        module.pre_logits = nn.Identity()
        published["classifier"] = (published["classifier"], "pre_logits")
    return module, published


@contextmanager
def _own_random_numbers() -> Iterator[None]:
    """Restore torch's random numbers afterwards, so that a run gives the same result whether or not it translates."""
    import torch

    with torch.random.fork_rng(devices=[]):
        yield


def _import_timm(name: str) -> Any:
    require_torch(name)
    try:
        import timm
    except ModuleNotFoundError as error:
        raise missing_extra(str(error.name), "timm", name) from error
    except (RuntimeError, OSError, ImportError, AttributeError) as error:
        # A torchvision that was built for another torch lacks an operator or a library.
        import torch

        raise ConfigError(
            f"{name}: timm cannot be imported ({in_words(error)}). It needs the torchvision that was built for the "
            f"torch that is installed, {torch.__version__}: install the two together, from the same place."
        ) from error
    return timm


def _backbone(name: str, published: Mapping[str, Any], translation: Translation) -> Backbone:
    tag = published.get("tag") or ""
    hub, url = published.get("hf_hub_id"), published.get("url")
    classifiers = published.get("classifier") or ()
    return Backbone(
        name=name,
        image_size=int(published["input_size"][-1]),
        mean=tuple(map(float, published["mean"])),
        std=tuple(map(float, published["std"])),
        crop=float(published.get("crop_pct") or 1.0),
        licence=str(published.get("license") or NOT_STATED),
        trained_on=f"timm's {published.get('architecture', name.removeprefix(TIMM))}{f'.{tag}' if tag else ''}",
        source=f"https://huggingface.co/{hub}" if hub else str(url or "no published weights"),
        file_names=dict(translation.names),
        classifier=(classifiers,) if isinstance(classifiers, str) else tuple(classifiers),
        hub=str(hub) if hub else None,
        hub_file=published.get("hf_hub_filename"),
        url=str(url) if url else None,
    )


def _cache_file(name: str, timm_version: str) -> Path:
    safe = re.sub(r"[^\w.-]", "_", name.removeprefix(TIMM))
    return cache_folder() / "timm" / f"{safe}--{timm_version}--{_VERSION}.json"


def _find_stored(name: str) -> Path | None:
    """Return the file of an earlier translation by the installed timm; without timm, by the newest version of it."""
    try:
        path = _cache_file(name, version("timm"))
        return path if path.is_file() else None
    except PackageNotFoundError:
        pattern = _cache_file(name, "*")
        return max(pattern.parent.glob(pattern.name), key=_version_in, default=None)


def _version_in(path: Path) -> list[int]:
    """Return the numbers of timm's version in the name of a stored file; as texts, 1.0.10 would come before 1.0.9."""
    return [int(number) for number in re.findall(r"\d+", path.name.rsplit("--", 2)[1])]


def _to_json(network: TimmNetwork) -> dict[str, JsonValue]:
    return {"backbone": asdict(network.backbone), "network": network.network.model_dump(mode="json")}


def _read(path: Path) -> TimmNetwork | None:
    """Return the stored translation; None if the file is damaged, so that it is made again."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        facts = content["backbone"]
        facts |= {name: tuple(facts[name]) for name in ("mean", "std", "classifier")}
        return TimmNetwork(Backbone(**facts), NetworkSettings.model_validate(content["network"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
