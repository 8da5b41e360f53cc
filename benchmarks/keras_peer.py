"""The same network and optimizer in Keras, built from our own settings, so that both sides do the same work."""

from __future__ import annotations

from typing import Any

from onelook.settings.network import BatchNorm, Conv, Dense, Dropout, Flatten, Layer, NetworkSettings, Pool
from onelook.settings.optimizer import OptimizerSettings


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
