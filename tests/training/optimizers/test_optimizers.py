"""Every rule against Keras' own, on the same gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from onelook.errors import ModelError
from onelook.settings import OptimizerSettings
from onelook.training.optimizers.base import Optimizer
from onelook.training.optimizers.build import build_optimizer

SHAPES = [(7, 5), (5,), (4, 1, 3, 3), (6, 4, 1, 1)]  # the last two have ambiguous strides in channels_last
RATES = [0.1, 0.1, 0.1, 0.05, 0.05, 0.02, 0.02, 0.02, 0.01, 0.01]  # as a plateau or a schedule changes them

KERAS_RULES: dict[str, tuple[dict[str, Any], str, dict[str, Any]]] = {
    "sgd": ({"name": "sgd"}, "SGD", {}),
    "sgd-decay": ({"name": "sgd", "weight_decay": 0.1}, "SGD", {"weight_decay": 0.1}),
    "momentum": ({"name": "sgd", "momentum": 0.9}, "SGD", {"momentum": 0.9}),
    "nesterov": (
        {"name": "sgd", "momentum": 0.8, "nesterov": True, "weight_decay": 0.01},
        "SGD",
        {"momentum": 0.8, "nesterov": True, "weight_decay": 0.01},
    ),
    "adagrad": ({"name": "adagrad"}, "Adagrad", {}),
    "adagrad-epsilon": ({"name": "adagrad", "epsilon": 0.05}, "Adagrad", {"epsilon": 0.05}),
    "rmsprop": ({"name": "rmsprop"}, "RMSprop", {}),
    "rmsprop-epsilon": ({"name": "rmsprop", "rho": 0.8, "epsilon": 1e-2}, "RMSprop", {"rho": 0.8, "epsilon": 1e-2}),
    "rmsprop-momentum": ({"name": "rmsprop", "momentum": 0.7}, "RMSprop", {"momentum": 0.7}),
    "rmsprop-rho-0": ({"name": "rmsprop", "rho": 0.0}, "RMSprop", {"rho": 0.0}),
    "adam": ({"name": "adam"}, "Adam", {}),
    "adam-epsilon": (
        {"name": "adam", "epsilon": 1e-2, "beta_1": 0.8, "beta_2": 0.95},
        "Adam",
        {"epsilon": 1e-2, "beta_1": 0.8, "beta_2": 0.95},
    ),
    "adamw": ({"name": "adamw", "weight_decay": 0.1}, "AdamW", {"weight_decay": 0.1}),
}


def draw(seed: int, scale: float = 1.0) -> list[NDArray[np.float32]]:
    random = np.random.default_rng(seed)
    return [(random.standard_normal(shape) * scale).astype(np.float32) for shape in SHAPES]


def as_parameters(arrays: list[NDArray[np.float32]]) -> list[nn.Parameter]:
    return [nn.Parameter(torch.from_numpy(array.copy())) for array in arrays]


def take_steps(optimizer: Optimizer, rates: list[float], first: int = 0, scale: float = 1.0) -> None:
    for step, rate in enumerate(rates, start=first):
        for parameter, gradient in zip(optimizer.parameters, draw(step + 1, scale), strict=True):
            parameter.grad = torch.from_numpy(gradient)
        optimizer.step(rate)
        optimizer.zero_grad()


@pytest.mark.parametrize("gradient_scale", [1.0, 1e-4])  # small ones show where epsilon stands
@pytest.mark.parametrize("rule", KERAS_RULES)
def test_moves_weights_as_keras_does(rule: str, gradient_scale: float, keras: Any) -> None:
    ours, keras_name, keras_arguments = KERAS_RULES[rule]
    optimizer = build_optimizer(OptimizerSettings(**ours), as_parameters(draw(0)))
    peer = getattr(keras.optimizers, keras_name)(**keras_arguments)
    variables = [keras.Variable(array) for array in draw(0)]
    peer.build(variables)

    take_steps(optimizer, RATES, scale=gradient_scale)
    for step, rate in enumerate(RATES):
        peer.learning_rate = rate
        peer.apply([keras.ops.convert_to_tensor(g) for g in draw(step + 1, gradient_scale)], variables)

    for parameter, variable, before in zip(optimizer.parameters, variables, draw(0), strict=True):
        expected = variable.value.detach().numpy()  # Keras' own conversion warns on torch
        np.testing.assert_allclose(parameter.detach().numpy(), expected, rtol=1e-5, atol=1e-5 * np.abs(before).max())
        moved = expected - before
        np.testing.assert_allclose(
            parameter.detach().numpy() - before, moved, rtol=1e-3, atol=1e-5 * np.abs(moved).max() + 2e-7
        )


@pytest.mark.parametrize("rule", KERAS_RULES)
def test_goes_on_from_saved_state_to_the_same_bits(rule: str) -> None:
    settings = OptimizerSettings(**KERAS_RULES[rule][0])
    whole = build_optimizer(settings, as_parameters(draw(0)))
    take_steps(whole, RATES)

    first = build_optimizer(settings, as_parameters(draw(0)))
    take_steps(first, RATES[:4])
    second = build_optimizer(settings, as_parameters([p.detach().numpy() for p in first.parameters]))
    second.load({name: tensor.clone() for name, tensor in first.tensors().items()}, first.steps_done)
    take_steps(second, RATES[4:], first=4)

    for one, other in zip(whole.parameters, second.parameters, strict=True):
        assert torch.equal(one, other)


def test_refuses_the_state_of_another_rule() -> None:
    adam = build_optimizer(OptimizerSettings(name="adam"), as_parameters(draw(0)))
    rmsprop = build_optimizer(OptimizerSettings(name="rmsprop"), as_parameters(draw(0)))
    with pytest.raises(ModelError, match="another optimizer or for another network"):
        rmsprop.load(adam.tensors(), 1)


def test_refuses_the_state_of_weights_with_other_shapes() -> None:
    settings = OptimizerSettings(name="adam")
    small, large = (build_optimizer(settings, as_parameters([np.ones(size, np.float32)])) for size in (1, 3))
    with pytest.raises(ModelError, match="another optimizer or for another network"):
        large.load(small.tensors(), 1)  # which would fit by being repeated
    assert large.steps_done == 0


@pytest.mark.parametrize("rule", KERAS_RULES)
def test_works_on_weights_in_channels_last(rule: str) -> None:
    """Gradients come in the convolution's own memory format; the numbers must not depend on it."""
    settings = OptimizerSettings(**KERAS_RULES[rule][0])
    images = torch.from_numpy(np.random.default_rng(1).standard_normal((3, 1, 6, 6)).astype(np.float32))
    results = []
    for memory_format in (torch.contiguous_format, torch.channels_last):
        torch.manual_seed(0)
        network = nn.Sequential(nn.Conv2d(1, 4, 3), nn.Conv2d(4, 6, 1), nn.Conv2d(6, 2, 3))
        network = network.to(memory_format=memory_format)
        optimizer = build_optimizer(settings, network.parameters())
        for _ in range(3):
            network(images.contiguous(memory_format=memory_format)).square().mean().backward()
            optimizer.step(1e-3)
            optimizer.zero_grad()
        results.append([parameter.detach().contiguous() for parameter in network.parameters()])
    for one, other in zip(*results, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def test_leaves_frozen_and_unused_weights_alone() -> None:
    used, unused, frozen = as_parameters([np.ones(3, np.float32)] * 3)
    frozen.requires_grad_(False)
    optimizer = build_optimizer(OptimizerSettings(name="adam"), [used, unused, frozen])
    (used.sum() + frozen.sum()).backward()
    optimizer.step(0.5)
    assert used.tolist() == pytest.approx([0.5] * 3, abs=1e-5)
    assert unused.tolist() == frozen.tolist() == [1.0] * 3
    assert len(optimizer.parameters) == 2


RULES = {name: rule for name, (rule, _, _) in KERAS_RULES.items()} | {"muon": {"name": "muon", "momentum": 0.6}}


@pytest.mark.parametrize("rule", RULES)
def test_a_weight_without_a_gradient_does_not_change_how_the_one_after_it_moves(rule: str) -> None:
    """The running values stand in a list beside the weights: each weight takes its own, not the next one's."""
    settings = OptimizerSettings(**RULES[rule])
    for shape in range(len(SHAPES)):  # of kernels and of others
        alone = build_optimizer(settings, as_parameters([draw(0)[shape]]))
        pair = build_optimizer(settings, as_parameters([draw(9)[shape], draw(0)[shape]]))
        for step, rate in enumerate(RATES):
            for optimizer in (alone, pair):
                optimizer.parameters[-1].grad = torch.from_numpy(draw(step + 1)[shape])
                if optimizer is pair and step % 3 == 0:  # the first one has a gradient now and then
                    optimizer.parameters[0].grad = torch.from_numpy(draw(step + 20)[shape])
                optimizer.step(rate)
                optimizer.zero_grad()
        assert torch.equal(alone.parameters[0], pair.parameters[1])
        kept, beside = alone.tensors(), pair.tensors()
        for name, tensor in kept.items():
            assert torch.equal(tensor, beside[name.replace(".0", ".1")]), name


def test_long_gradients_are_shortened_together_and_short_ones_left() -> None:
    arrays = [np.zeros(2, np.float32), np.zeros(1, np.float32)]
    optimizer = build_optimizer(OptimizerSettings(name="sgd", clip_norm=1.0), as_parameters(arrays))
    for gradients, moves in ((([3.0, 0.0], [4.0]), ([0.6, 0.0], [0.8])), (([0.3, 0.0], [0.4]), ([0.3, 0.0], [0.4]))):
        before = [parameter.detach().clone() for parameter in optimizer.parameters]
        for parameter, gradient in zip(optimizer.parameters, gradients, strict=True):
            parameter.grad = torch.tensor(gradient)
        optimizer.step(1.0)
        for parameter, old, move in zip(optimizer.parameters, before, moves, strict=True):
            assert torch.allclose(old - parameter, torch.tensor(move), atol=1e-6)


def test_muon_turns_kernels_by_orthogonal_steps_and_moves_the_rest_as_adamw() -> None:
    settings = OptimizerSettings(name="muon", learning_rate=0.5, momentum=0.5, other_rate=0.1, epsilon=1e-8)
    kernel, bias = draw(0)[2], np.zeros(4, np.float32)
    optimizer = build_optimizer(settings, as_parameters([kernel, bias]))
    gradient = draw(1)[2]
    optimizer.parameters[0].grad = torch.from_numpy(gradient.copy())
    optimizer.parameters[1].grad = torch.full((4,), 3.0)
    optimizer.step(0.5)
    # The first step's direction: g + momentum * g. Its singular vectors stay, its singular values become about 1.
    left, _, right = np.linalg.svd(gradient.reshape(4, 9), full_matrices=False)
    scaled = kernel * (2 / np.linalg.norm(kernel))
    move = (scaled - optimizer.parameters[0].detach().numpy()).reshape(4, 9) / 0.5
    strengths = left.T @ move @ right.T
    assert np.abs(strengths - np.diag(np.diag(strengths))).max() < 1e-4
    assert ((np.diag(strengths) > 0.6) & (np.diag(strengths) < 1.3)).all()
    assert np.allclose(optimizer.parameters[1].detach(), -0.05, atol=1e-6)  # Adam's first step: the rate itself


@pytest.mark.parametrize("shape", [(2, 3, 1, 1), (3, 1, 2, 1)])
def test_muon_leaves_a_kernel_finite_whose_gradient_or_weights_are_all_zero(shape: tuple[int, ...]) -> None:
    still, empty = (nn.Parameter(torch.full(shape, value)) for value in (0.5, 0.0))
    optimizer = build_optimizer(OptimizerSettings(name="muon", learning_rate=0.5, momentum=0.5), [still, empty])
    still.grad, empty.grad = torch.zeros(shape), torch.zeros(shape)
    optimizer.step(0.5)
    # A kernel is always brought to the length of the root of its filters.
    torch.testing.assert_close(still.detach(), torch.full(shape, (shape[0] / still.numel()) ** 0.5))
    torch.testing.assert_close(empty.detach(), torch.zeros(shape))


def test_muon_keeps_no_state_that_it_does_not_read() -> None:
    optimizer = build_optimizer(OptimizerSettings(name="muon", momentum=0.6), as_parameters(draw(0)))
    sizes = {name: tensor.numel() for name, tensor in optimizer.tensors().items()}
    assert [sizes[f"kernel_momentum.{position}"] for position in range(4)] == [0, 0, 36, 24]
    assert [sizes[f"velocity.{position}"] for position in range(4)] == [35, 5, 0, 0]


@pytest.mark.parametrize("shape", [(3, 2, 2, 2), (7, 1, 2, 2)], ids=["wide", "tall"])
def test_muon_by_hand_over_several_steps(shape: tuple[int, ...]) -> None:
    def orthogonal(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """Singular value by singular value: Newton and Schulz' polynomial, three times."""
        left, values, right = np.linalg.svd(matrix, full_matrices=False)
        values = values / np.linalg.norm(matrix)
        for _ in range(3):
            values = 3.4445 * values - 4.7750 * values**3 + 2.0315 * values**5
        return left @ np.diag(values) @ right

    random = np.random.default_rng(3)
    kernel, gradients = random.standard_normal(shape), random.standard_normal((4, *shape))
    parameter = nn.Parameter(torch.from_numpy(kernel.astype(np.float32)))
    optimizer = build_optimizer(OptimizerSettings(name="muon", momentum=0.7, weight_decay=0.3), [parameter])
    momentum = np.zeros(shape)
    for gradient, rate in zip(gradients, (0.2, 0.2, 0.1, 0.05), strict=True):
        parameter.grad = torch.from_numpy(gradient.astype(np.float32))
        optimizer.step(rate)
        momentum = 0.7 * momentum + gradient
        kernel *= np.sqrt(len(kernel)) / np.linalg.norm(kernel)  # no decay: that is for what is no kernel
        kernel -= rate * orthogonal((gradient + 0.7 * momentum).reshape(len(kernel), -1)).reshape(shape)
    np.testing.assert_allclose(parameter.detach().numpy(), kernel, rtol=1e-3, atol=1e-4)
