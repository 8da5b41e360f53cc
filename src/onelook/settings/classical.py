"""Classical models: what they look at in a picture, how they are fitted, and what a fitted one is."""

from __future__ import annotations

from typing import ClassVar

from pydantic import ConfigDict, Field, JsonValue

from onelook.settings.base import Settings, setting


class FeatureSettings(Settings):
    """What a classical model (a random forest, an SVM …) is given of each picture.

    `pixels` are the picture's values as `[preprocess]` leaves them, [0, 1] by default; `hog` are histograms of oriented
    gradients of these (Dalal and Triggs 2005); any other name is a pretrained network's, whose features they are.
    These settings are named in full, as `features.pca`.
    """

    short_names: ClassVar[bool] = False  # `name` and `pca` alone would not tell whose

    name: str = setting("pixels", "pixels, hog, or a pretrained network such as efficientnet-lite0.")
    pca: int | None = setting(None, "Only so many principal components of them.", ge=1)
    hog_cell: int | None = setting(None, "Side of HOG's cells in pixels; picked from the pictures' size.", ge=2)


class ClassicalSettings(Settings):
    """How a classical model is fitted. Any parameter of scikit-learn's own is set as `classical.<name>`.

    Parameters that are not named have scikit-learn's defaults. `onelook train DATA --model NAME --set classical.x=1`
    lists the names that a model has. These settings are named in full, as `classical.n_estimators`.
    """

    model_config = ConfigDict(frozen=True, extra="allow", validate_default=True, allow_inf_nan=False)
    short_names: ClassVar[bool] = False
    open_names: ClassVar[bool] = True  # what else is set is the estimator's, which alone knows its parameters

    __pydantic_extra__: dict[str, JsonValue] = Field(init=False)

    rows: int | None = setting(None, "Fits on so many training pictures alone, drawn class by class.", ge=2)

    @property
    def parameters(self) -> dict[str, JsonValue]:
        """What is set of the estimator's own parameters, by scikit-learn's names."""
        return dict(self.__pydantic_extra__ or {})


class FittedClassical(Settings):
    """A fitted classical model but for its numbers, which are in `model.skops`: what the model's card says of it."""

    name: str = setting(..., "Which model: `random-forest`, `svc` …")
    features: FeatureSettings = setting(FeatureSettings(), "What it is given of each picture, nothing left to pick.")
    # A model that has decision values and no probabilities: softmax of these, times this.
    temperature: float | None = setting(None, "Decision values are multiplied by it before softmax.", gt=0)
    rows: int = setting(..., "Pictures that it was fitted on.", ge=1)
    size: int = setting(..., "Numbers that it learnt.", ge=0)
    learnt: str = setting(..., "What it is made of, in words.", max_length=200)
