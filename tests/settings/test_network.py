"""A network as data: changes that reach every layer."""

from __future__ import annotations

from onelook.settings.network import Dense, Dropout, Flatten, Gate, Layer, NetworkSettings, Residual, with_dropout


def test_a_new_dropout_rate_reaches_every_branch_and_shortcut() -> None:
    def layers(rate: float) -> tuple[Layer, ...]:
        def drop() -> Dropout:
            return Dropout(rate=rate)

        residual = Residual(layers=(drop(), Gate(layers=(drop(),))), shortcut=(drop(),))
        return drop(), residual, Residual(layers=(drop(),)), Flatten(), drop(), Dense(units="classes")

    changed = with_dropout(NetworkSettings(layers=layers(0.5), initializer="he_normal"), 0.1)
    assert changed == NetworkSettings(layers=layers(0.1), initializer="he_normal")
