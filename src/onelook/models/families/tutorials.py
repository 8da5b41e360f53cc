"""The tutorials' networks, layer by layer as published in Keras."""

from __future__ import annotations

from onelook.models import ModelInput
from onelook.settings.network import BatchNorm, Conv, Dense, Dropout, Flatten, Layer, NetworkSettings, Pool

_HALVE = Pool(type="max_pool", size=2)
_CLASSES = Dense(units="classes")


def digit_recognizer(facts: ModelInput) -> NetworkSettings:
    """Return the network of Kaggle's Digit Recognizer, for 28×28 grey pictures (887,530 parameters)."""
    wide = Conv(filters=32, kernel=5, padding="same", activation="relu")
    narrow = Conv(filters=64, kernel=3, padding="same", activation="relu")
    return _network(
        *(wide, wide, _HALVE, Dropout(rate=0.25)),
        *(narrow, narrow, Pool(type="max_pool", size=2, stride=2), Dropout(rate=0.25)),
        *(Flatten(), Dense(units=256, activation="relu"), Dropout(rate=0.5), _CLASSES),
    )


def mnist_tutorial(facts: ModelInput) -> NetworkSettings:
    """Return two convolutions and two dense layers, for 28×28 grey pictures (600,810 parameters)."""
    conv = Conv(filters=32, kernel=3, activation="relu")
    return _network(
        *(conv, conv, _HALVE, Dropout(rate=0.25)),
        *(Flatten(), Dense(units=128, activation="relu"), Dropout(rate=0.5), _CLASSES),
    )


def digits_minimal(facts: ModelInput) -> NetworkSettings:
    """Return one convolution and one dense layer, for 28×28 grey pictures (216,650 parameters)."""
    return _network(Conv(filters=32, kernel=3, activation="relu"), Flatten(), _CLASSES)


def dogs_vs_cats(facts: ModelInput) -> NetworkSettings:
    """Return three blocks and a wide dense layer, for 128×128 colour pictures (12,942,786 parameters)."""
    return _network(
        *_blocks_with_batch_norm(dropout=0.25),
        *(Flatten(), Dense(units=512, activation="relu"), BatchNorm(), Dropout(rate=0.5), _CLASSES),
    )


def fashion_cnn_bn(facts: ModelInput) -> NetworkSettings:
    """Return three blocks with batch-norm, for 28×28 grey pictures (102,730 parameters)."""
    return _network(
        *_blocks_with_batch_norm(dropout=0.2),
        *(Flatten(), Dense(units=64, activation="relu"), BatchNorm(), Dropout(rate=0.5), _CLASSES),
    )


def fashion_mlp(facts: ModelInput) -> NetworkSettings:
    """Return seven dense layers, for 28×28 grey pictures (181,226 parameters)."""
    before, after = (
        [Dense(units=units, activation="relu") for units in row] for row in ((128, 256, 128), (64, 64, 32))
    )
    return _network(Flatten(), *before, Dropout(rate=0.2), *after, _CLASSES)


def fashion_cnn_small(facts: ModelInput) -> NetworkSettings:
    """Return one small convolution and two dense layers, for 28×28 grey pictures (86,970 parameters)."""
    return _network(
        *(Conv(filters=16, kernel=2, activation="relu"), _HALVE),
        *(Flatten(), Dense(units=32, activation="relu"), _CLASSES),
    )


def cifar10_cnn(facts: ModelInput) -> NetworkSettings:
    """Return three small convolutions, for 32×32 colour pictures (11,082 parameters)."""
    return _network(
        *(Conv(filters=16, kernel=3, padding="same", activation="relu"), _HALVE),
        *(Conv(filters=16, kernel=2, padding="same", activation="relu"), _HALVE),
        *(Conv(filters=16, kernel=2, padding="same", activation="relu"), _HALVE),
        *(Flatten(), Dense(units=32, activation="relu"), _CLASSES),
    )


def _blocks_with_batch_norm(dropout: float) -> list[Layer]:
    """Return three times convolution, batch-norm, pool, dropout; batch-norm after relu, as published."""
    return [
        layer
        for filters in (32, 64, 128)
        for layer in (
            Conv(filters=filters, kernel=3, activation="relu"),
            BatchNorm(),
            _HALVE,
            Dropout(rate=dropout),
        )
    ]


def _network(*layers: Layer) -> NetworkSettings:
    return NetworkSettings(layers=layers)
