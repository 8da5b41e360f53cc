"""The tutorials' networks, layer by layer as they were published in Keras."""

from __future__ import annotations

from onelook.models import ModelInput
from onelook.settings.network import BatchNorm, Conv, Dense, Dropout, Flatten, Layer, NetworkSettings, Pool

_HALVE = Pool(type="max_pool", size=2)
_CLASSES = Dense(units="classes")


def digit_recognizer(facts: ModelInput) -> NetworkSettings:
    """Kaggle's Digit Recognizer, for 28×28 grey; 887,530 parameters there."""
    wide = Conv(filters=32, kernel=5, padding="same", activation="relu")
    narrow = Conv(filters=64, kernel=3, padding="same", activation="relu")
    return _network(
        *(wide, wide, _HALVE, Dropout(rate=0.25)),
        *(narrow, narrow, Pool(type="max_pool", size=2, stride=2), Dropout(rate=0.25)),
        *(Flatten(), Dense(units=256, activation="relu"), Dropout(rate=0.5), _CLASSES),
    )


def mnist_tutorial(facts: ModelInput) -> NetworkSettings:
    """For 28×28 grey; 600,810 parameters there."""
    conv = Conv(filters=32, kernel=3, activation="relu")
    return _network(
        *(conv, conv, _HALVE, Dropout(rate=0.25)),
        *(Flatten(), Dense(units=128, activation="relu"), Dropout(rate=0.5), _CLASSES),
    )


def digits_minimal(facts: ModelInput) -> NetworkSettings:
    """For 28×28 grey; 216,650 parameters there."""
    return _network(Conv(filters=32, kernel=3, activation="relu"), Flatten(), _CLASSES)


def dogs_vs_cats(facts: ModelInput) -> NetworkSettings:
    """For 128×128 colour; 12,942,786 parameters there, with two classes."""
    return _network(
        *_blocks_with_batch_norm(dropout=0.25),
        *(Flatten(), Dense(units=512, activation="relu"), BatchNorm(), Dropout(rate=0.5), _CLASSES),
    )


def fashion_cnn_bn(facts: ModelInput) -> NetworkSettings:
    """For 28×28 grey; 102,730 parameters there."""
    return _network(
        *_blocks_with_batch_norm(dropout=0.2),
        *(Flatten(), Dense(units=64, activation="relu"), BatchNorm(), Dropout(rate=0.5), _CLASSES),
    )


def fashion_mlp(facts: ModelInput) -> NetworkSettings:
    """For 28×28 grey; 181,226 parameters there."""
    before, after = (
        [Dense(units=units, activation="relu") for units in row] for row in ((128, 256, 128), (64, 64, 32))
    )
    return _network(Flatten(), *before, Dropout(rate=0.2), *after, _CLASSES)


def fashion_cnn_small(facts: ModelInput) -> NetworkSettings:
    """For 28×28 grey; 86,970 parameters there."""
    return _network(
        *(Conv(filters=16, kernel=2, activation="relu"), _HALVE),
        *(Flatten(), Dense(units=32, activation="relu"), _CLASSES),
    )


def cifar10_cnn(facts: ModelInput) -> NetworkSettings:
    """For 32×32 colour; 11,082 parameters there."""
    return _network(
        *(Conv(filters=16, kernel=3, padding="same", activation="relu"), _HALVE),
        *(Conv(filters=16, kernel=2, padding="same", activation="relu"), _HALVE),
        *(Conv(filters=16, kernel=2, padding="same", activation="relu"), _HALVE),
        *(Flatten(), Dense(units=32, activation="relu"), _CLASSES),
    )


def _blocks_with_batch_norm(dropout: float) -> list[Layer]:
    """Three times convolution, batch-norm, pool, dropout; batch-norm after relu, as published."""
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
