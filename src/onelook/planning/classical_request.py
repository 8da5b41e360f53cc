"""Check a request for a classical model before any data is read."""

from __future__ import annotations

from onelook.classical import CLASSICAL
from onelook.errors import ConfigError
from onelook.settings.merge import Overrides, build_settings
from onelook.settings.queries import settings_that
from onelook.wording import listed


def is_classical(model: object) -> bool:
    """Return whether a name is that of a classical model."""
    return model in CLASSICAL


def unread_choice(asked: Overrides) -> tuple[str, ...]:
    """Return a sentence that names the settings which the model does not read, if any."""
    model = asked.get("model")
    own = ("all", "classical") if is_classical(model) else ("all", "networks", "pretrained")
    # They are reported and not refused, so that one request can train a list of models of both kinds.
    unread = [name for name in settings_that(lambda facts: facts.read_by not in own) if asked.get(name)]
    return (f"{model or 'the network'} does not read {listed(unread)}",) if unread else ()


def refuse_wrong_parameters(model: str, asked: Overrides) -> None:
    """Refuse parameters that scikit-learn does not have, before any data is read.

    Raises:
        ConfigError: unknown features, an unknown parameter, a value out of its range, or scikit-learn is not installed.
    """
    from onelook.classical.estimators import build_estimator
    from onelook.predictors.features import refuse_unknown_features

    if asked.get("from_model") is not None:
        raise ConfigError(
            f"--from {asked['from_model']} and --model {model}: training can continue from a network's weights, but "
            f"{model} is always fitted from the start. Leave one of them out."
        )
    settings = build_settings(asked, "the options")
    if settings.preprocess.zca_whitening:
        raise ConfigError(
            f"preprocess.zca_whitening: {model} is not given whitened pictures. Leave it out, or take principal "
            "components of them with features.pca."
        )
    refuse_unknown_features(settings.features)
    build_estimator(model, settings.classical, settings.features, settings.seed)
