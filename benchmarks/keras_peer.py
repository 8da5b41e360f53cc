"""The same training in Keras on TensorFlow, built from our own settings, so that both sides do the same work."""

from __future__ import annotations

import os
import time
from typing import Any

from onelook.settings.network import BatchNorm, Conv, Dense, Dropout, Flatten, Layer, NetworkSettings, Pool
from onelook.settings.optimization import OptimizerSettings
from onelook.settings.train import TrainSettings


def import_keras() -> Any:
    """Keras on TensorFlow, which says nothing of its own. To be called before anything else imports Keras."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import keras

    return keras


def build_compiled(
    network: NetworkSettings, settings: TrainSettings, input_shape: tuple[int, int, int], num_classes: int
) -> Any:
    """The network with the settings' optimizer, cross-entropy over integer labels, and accuracy."""
    model = build_keras(network, input_shape, num_classes)
    optimizer = build_keras_optimizer(settings.optimizer)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def build_keras(network: NetworkSettings, input_shape: tuple[int, int, int], num_classes: int) -> Any:
    """An uncompiled `keras.Sequential` for pictures of (height, width, channels), ending in softmax."""
    import keras

    layers = [keras.layers.Input(input_shape), *(_layer(layer, num_classes) for layer in network.layers)]
    return keras.Sequential([*layers, keras.layers.Softmax()])


def build_keras_optimizer(settings: OptimizerSettings) -> Any:
    """Keras' optimizer of that name."""
    import keras

    if settings.name == "rmsprop":
        return keras.optimizers.RMSprop(settings.learning_rate, rho=settings.rho, epsilon=settings.epsilon)
    if settings.name == "adam":
        return keras.optimizers.Adam(settings.learning_rate, epsilon=settings.epsilon)
    raise ValueError(f"no recipe of the tutorials uses {settings.name}")


def build_callbacks(settings: TrainSettings) -> list[Any]:
    """Keras' own, as the tutorials call them: early stopping leaves the last weights, which is its default."""
    from keras import callbacks

    built: list[Any] = []
    if stopping := settings.early_stopping:
        built.append(callbacks.EarlyStopping(stopping.monitor, patience=stopping.patience))
    if plateau := settings.reduce_on_plateau:
        built.append(
            callbacks.ReduceLROnPlateau(
                plateau.monitor, factor=plateau.factor, patience=plateau.patience, min_lr=plateau.min_learning_rate
            )
        )
    return built


def fit_data(settings: TrainSettings, pictures: Any, labels: Any) -> dict[str, Any]:
    """What `fit` takes: the arrays, or an `ImageDataGenerator` over them where the settings augment.

    Args:
        settings: of which the batch size and the augmentation count.
        pictures: (rows, height, width, channels), float32 in [0, 1].
        labels: (rows,), integers.
    """
    if not settings.augment.is_active:
        return {"x": pictures, "y": labels, "batch_size": settings.batch_size}
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    quiet = type(settings.augment)()
    changed = {name: value for name, value in settings.augment if value != getattr(quiet, name)}
    return {"x": ImageDataGenerator(**changed).flow(pictures, labels, batch_size=settings.batch_size)}


def build_stopwatch() -> Any:
    """A callback whose `seconds` are those of each epoch, validation included."""
    from keras.callbacks import Callback

    class Stopwatch(Callback):
        seconds: list[float]

        def on_train_begin(self, logs: Any = None) -> None:
            self.seconds = []

        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.start = time.perf_counter()

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.seconds.append(time.perf_counter() - self.start)

    return Stopwatch()


def _layer(layer: Layer, num_classes: int) -> Any:
    from keras import layers

    match layer:
        case Conv():
            activation = None if layer.activation == "linear" else layer.activation
            return layers.Conv2D(
                layer.filters, layer.kernel, layer.stride, padding=layer.padding, activation=activation
            )
        case BatchNorm():
            return layers.BatchNormalization(momentum=layer.momentum, epsilon=layer.epsilon)
        case Pool(type="max_pool"):
            return layers.MaxPooling2D(layer.size, layer.stride, padding=layer.padding)
        case Dropout():
            return layers.Dropout(layer.rate)
        case Flatten():
            return layers.Flatten()
        case Dense():
            units = num_classes if layer.units == "classes" else layer.units
            activation = None if layer.activation == "linear" else layer.activation
            return layers.Dense(units, activation=activation)
    raise ValueError(f"no network of the tutorials has a layer {layer.type}")
