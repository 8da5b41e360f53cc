"""Settings of classical models: their input, how they are fitted, and the description of a fitted one."""

from __future__ import annotations

from typing import ClassVar

from pydantic import ConfigDict, Field, JsonValue

from onelook.settings.base import Settings, setting


class FeatureSettings(Settings):
    """The features of each picture that a classical model (a random forest, an SVM …) learns from.

    `pixels` are the picture's values after `[preprocess]`, in [0, 1] by default. `hog` are histograms of oriented
    gradients of these values (Dalal and Triggs 2005). Any other name is a pretrained network, and means its features.
    These settings are named in full, as `features.pca`.
    """

    short_names: ClassVar[bool] = False  # `name` and `pca` alone would not say what they belong to

    name: str = setting("pixels", "pixels, hog, or a pretrained network such as efficientnet-lite0.")
    pca: int | None = setting(None, "Reduce the features to this number of principal components.", ge=1)
    hog_cell: int | None = setting(
        None, "Side of HOG's cells in pixels; by default picked from the pictures' size.", ge=2
    )


class ClassicalSettings(Settings):
    """How a classical model is fitted. `classical.<name>` sets any parameter of scikit-learn's estimator.

    Parameters that you do not set have scikit-learn's defaults. `onelook train DATA --model NAME --set classical.x=1`
    lists the parameters of a model. These settings are named in full, as `classical.n_estimators`.
    """

    model_config = ConfigDict(frozen=True, extra="allow", validate_default=True, allow_inf_nan=False)
    short_names: ClassVar[bool] = False
    open_names: ClassVar[bool] = True  # other names are parameters of the estimator, which alone knows them

    __pydantic_extra__: dict[str, JsonValue] = Field(init=False)

    rows: int | None = setting(None, "Fit on only this number of training pictures, drawn class by class.", ge=2)

    @property
    def parameters(self) -> dict[str, JsonValue]:
        """The parameters of the estimator that are set, by scikit-learn's names."""
        return dict(self.__pydantic_extra__ or {})


class FittedClassical(Settings):
    """A fitted classical model as the model card describes it. Its numbers are in `model.skops`."""

    name: str = setting(..., "The model: `random-forest`, `svc` …")
    features: FeatureSettings = setting(FeatureSettings(), "Its features, with every value picked.")
    # For a model that gives decision values instead of probabilities.
    temperature: float | None = setting(None, "Factor of the decision values before softmax.", gt=0)
    rows: int = setting(..., "Number of pictures that it was fitted on.", ge=1)
    size: int = setting(..., "Number of values that it learnt.", ge=0)
    learnt: str = setting(..., "What it consists of, in words.", max_length=200)
