"""Check a request for a pretrained network, and return what the model records about its weights."""

from __future__ import annotations

from onelook.errors import ConfigError
from onelook.files import checksum
from onelook.models.pretrained.backbone import Backbone
from onelook.models.pretrained.registry import backbone_named, is_backbone
from onelook.models.pretrained.weights import FROM_SCRATCH, find_weights
from onelook.settings import TrainSettings
from onelook.settings.merge import Overrides
from onelook.settings.queries import settings_that
from onelook.wording import agree, listed


def against_features(asked: Overrides) -> list[str]:
    """Return the given settings that have no effect on features, because features are computed once."""
    return [name for name in settings_that(lambda facts: facts.varies_pictures) if asked.get(name)]


def is_pretrained(settings: Overrides) -> bool:
    """Return whether a run begins with the published weights of a network, or with a trained copy of them."""
    return is_backbone(settings.get("model")) and settings.get("weights") != FROM_SCRATCH


def backbone_of(settings: TrainSettings) -> Backbone | None:
    """Return the backbone whose published weights a run begins with; None if it begins with other weights."""
    if not is_pretrained({"model": settings.model, "weights": settings.weights}) or settings.from_model is not None:
        return None
    return beginning_backbone(settings.model, settings.weights)


def pretrained_record(settings: TrainSettings) -> dict[str, object] | None:
    """Return the record of the published weights that a run begins with; None if it begins with other weights."""
    backbone = backbone_of(settings)
    if backbone is None:
        return None
    path = find_weights(backbone, settings.weights)
    return {
        "name": backbone.name,
        "file": path.name,
        "checksum": checksum(path),
        "trained_on": backbone.trained_on,
        "source": backbone.source,
        "licence": backbone.licence,
        "image_size": backbone.image_size,
        "mean": backbone.mean[0] if len(backbone.mean) == 1 else list(backbone.mean),
        "std": backbone.std[0] if len(backbone.std) == 1 else list(backbone.std),
        "crop": backbone.crop,
        "tuned": settings.tune,
    }


def check_transfer(asked: Overrides) -> Overrides:
    """Check the request, and return its settings without `tune = auto`, which is the default.

    Raises:
        ConfigError: the weights are missing, or an option has no effect on a frozen network's features.
    """
    asked = {key: value for key, value in asked.items() if not (key == "tune" and value == "auto")}
    if not is_backbone(asked.get("model")):
        return asked
    if not is_pretrained(asked):
        if asked.get("tune") in ("head", "gradual"):
            raise ConfigError(
                f"--tune {asked['tune']} and --weights {FROM_SCRATCH}: without pretrained weights there is nothing "
                "that could stay frozen. Leave one of them out."
            )
        return asked
    if asked.get("from_model") is None:
        find_weights(backbone_named(str(asked["model"])), asked.get("weights"))
        if "preprocess" in asked:
            raise ConfigError(
                f"{asked['model']} prepares pictures as its weights were trained with; expected no preprocess "
                f"settings. Leave them out, or train it from scratch with --weights {FROM_SCRATCH}."
            )
    if asked.get("tune") == "head" and (found := against_features(asked)):
        raise ConfigError(
            f"--tune head looks at each picture once, so that {listed(found)} cannot change it from epoch to "
            "epoch. Leave that out, or use --tune full."
        )
    return asked


def without_unread(asked: Overrides) -> Overrides:
    """Return the given settings without those that `unread_by_network` reports."""
    if not unread_by_network(asked):
        return asked
    return {key: value for key, value in asked.items() if key not in _of_pretrained()}


def unread_by_network(asked: Overrides) -> tuple[str, ...]:
    """Return a sentence that names the settings which a network without pretrained weights does not read, if any."""
    model = asked.get("model")
    if is_backbone(model) or asked.get("from_model") is not None:
        return ()
    # Without a named network, `--weights none` excludes the pretrained ones.
    read = (None, FROM_SCRATCH) if model is None else (None,)
    unread = [f"--{name} {asked[name]}" for name in _of_pretrained() if asked.get(name) not in read]
    change = agree(len(unread), "changes", "change")
    words = f"{model or 'the network'} has no pretrained weights: {listed(unread)} {change} nothing"
    return (words,) if unread else ()


def _of_pretrained() -> tuple[str, ...]:
    return settings_that(lambda facts: facts.read_by == "pretrained")


def beginning_backbone(model: str, weights: str | None) -> Backbone:
    """Return the backbone with the weights that a run begins with: the published ones, or those of a file."""
    backbone = backbone_named(model)
    return backbone if weights is None else backbone.with_file(find_weights(backbone, weights).name)
