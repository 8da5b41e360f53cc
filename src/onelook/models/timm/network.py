"""Networks of timm as lists of layers: created once, translated, compared with the original, and kept on this disk.

A model that was trained from such a network needs no timm. Nor does what is kept: later commands read it, and import
neither timm nor torchvision, which takes seconds.
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

from onelook.errors import ConfigError, in_words, missing_extra
from onelook.files import json_text, write_text
from onelook.models.pretrained.backbone import NOT_STATED, TIMM, Backbone
from onelook.runtime import cache_folder, require_torch
from onelook.settings.network import Dense, Dropout, NetworkSettings
from onelook.wording import listed

if TYPE_CHECKING:
    from torch import nn

    from onelook.models.timm.translate import Translation

_VERSION = 1  # of the translation: what an older onelook kept is not taken
_DROPOUT = 0.2  # before the new last layer, as in EfficientNet
_LISTED = 5
_WORKING = "resnet, resnext, seresnet, regnet, vgg, mobilenet, efficientnet and convnext"


@dataclass(frozen=True)
class TimmNetwork:
    """A network of timm in our words."""

    backbone: Backbone
    network: NetworkSettings


def timm_network(name: str) -> TimmNetwork:
    """The network of that name, "timm:resnet18" or with the tag of its weights "timm:resnet18.a1_in1k".

    Raises:
        ConfigError: timm is not installed or cannot be imported, knows no such network, or the network does something
            that none of our layers does.
    """
    kept = _kept(name)
    found = _read(kept) if kept is not None else None
    if found is None:
        found = _translated(name)
        write_text(_place(name, version("timm")), json_text(_to_json(found)))
    return found


def _translated(name: str) -> TimmNetwork:
    from onelook.models.timm.compare import check_translation
    from onelook.models.timm.module_layers import NotLayers
    from onelook.models.timm.translate import translate

    module, facts = _created(name)
    try:
        translation = translate(module)
        network = _network(translation)
        check_translation(module, network, translation.names)
    except NotLayers as found:
        raise ConfigError(
            f"{name}: it has {found}, which is none of onelook's layers. A network is kept as a list of layers here, "
            f"so that a model loads without the code that made it; that works for timm's {_WORKING}, among others."
        ) from found
    return TimmNetwork(_backbone(name, facts, translation), network)


def _network(translation: Translation) -> NetworkSettings:
    head = (Dropout(rate=_DROPOUT), Dense(units="classes"))
    return NetworkSettings(layers=(*translation.layers, *head), initializer="he_normal")


def _created(name: str) -> tuple[nn.Module, Mapping[str, Any]]:
    """The module without its classifier, weights drawn at random, and what timm says of its published weights."""
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
    facts = dict(module.pretrained_cfg)
    if type(module).__name__ == "VGG":
        # Two dense layers above the convolutions, which take pictures of 224 px alone: a part of the head, here.
        from torch import nn

        module.pre_logits = nn.Identity()
        facts["classifier"] = (facts["classifier"], "pre_logits")
    return module, facts


@contextmanager
def _own_random_numbers() -> Iterator[None]:
    """Leaves torch's random numbers as they were: a run repeats itself whether or not it had to translate."""
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
        # What a torchvision says that was built for another torch: that it lacks an operator, or a library.
        import torch

        raise ConfigError(
            f"{name}: timm cannot be imported ({in_words(error)}). It needs the torchvision that was built for the "
            f"torch that is installed, {torch.__version__}: install the two together, from the same place."
        ) from error
    return timm


def _backbone(name: str, facts: Mapping[str, Any], translation: Translation) -> Backbone:
    tag = facts.get("tag") or ""
    hub, url = facts.get("hf_hub_id"), facts.get("url")
    classifiers = facts.get("classifier") or ()
    return Backbone(
        name=name,
        image_size=int(facts["input_size"][-1]),
        mean=tuple(map(float, facts["mean"])),
        std=tuple(map(float, facts["std"])),
        crop=float(facts.get("crop_pct") or 1.0),
        licence=str(facts.get("license") or NOT_STATED),
        trained_on=f"timm's {facts.get('architecture', name.removeprefix(TIMM))}{f'.{tag}' if tag else ''}",
        source=f"https://huggingface.co/{hub}" if hub else str(url or "no published weights"),
        file_names=dict(translation.names),
        classifier=(classifiers,) if isinstance(classifiers, str) else tuple(classifiers),
        hub=str(hub) if hub else None,
        hub_file=facts.get("hf_hub_filename"),
        url=str(url) if url else None,
    )


def _place(name: str, timm_version: str) -> Path:
    safe = re.sub(r"[^\w.-]", "_", name.removeprefix(TIMM))
    return cache_folder() / "timm" / f"{safe}--{timm_version}--{_VERSION}.json"


def _kept(name: str) -> Path | None:
    """The file of an earlier translation by the installed timm, or by any where none is installed."""
    try:
        path = _place(name, version("timm"))
        return path if path.is_file() else None
    except PackageNotFoundError:
        pattern = _place(name, "*")
        return max(pattern.parent.glob(pattern.name), default=None)


def _to_json(found: TimmNetwork) -> dict[str, Any]:
    return {"backbone": asdict(found.backbone), "network": found.network.model_dump(mode="json")}


def _read(path: Path) -> TimmNetwork | None:
    """What was kept; None where the file is damaged, and is made again."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        facts = content["backbone"]
        facts |= {name: tuple(facts[name]) for name in ("mean", "std", "classifier")}
        return TimmNetwork(Backbone(**facts), NetworkSettings.model_validate(content["network"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
