"""Groups of layers are trained at their own rates, and in gradual tuning from the head down."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from onelook.models.layers.build import build_network, layer_groups
from onelook.settings import NetworkSettings, OptimizerSettings
from onelook.settings.network import BatchNorm, Conv, Dense, Flatten, GlobalPool
from onelook.settings.training_job import Tune
from onelook.training.layer_groups import LayerGroups, first_trained_group
from onelook.training.optimizers.build import GroupedOptimizer, build_optimizer

NETWORK = NetworkSettings(
    layers=(
        Conv(filters=2, kernel=3, padding="same"),  # 8×8
        BatchNorm(),
        Conv(filters=3, kernel=3, stride=2, padding="same"),  # 4×4
        BatchNorm(),
        GlobalPool(type="global_average_pool"),
        Dense(units="classes"),
    )
)


def small_network() -> torch.nn.Module:
    torch.manual_seed(0)
    return build_network(NETWORK, (1, 8, 8), 2)


def a_step(network: torch.nn.Module, optimizer: object, rate: float = 0.1) -> dict[str, bool]:
    """Takes one step on drawn pictures; which weights it has moved."""
    before = {name: weight.detach().clone() for name, weight in network.named_parameters()}
    pictures = torch.from_numpy(np.random.default_rng(0).normal(size=(6, 1, 8, 8)).astype(np.float32))
    torch.nn.functional.cross_entropy(network(pictures), torch.tensor([0, 1] * 3)).backward()
    optimizer.step(rate)  # type: ignore[attr-defined]
    optimizer.zero_grad()  # type: ignore[attr-defined]
    return {name: not torch.equal(weight, before[name]) for name, weight in network.named_parameters()}


def test_layers_that_give_pictures_of_one_size_are_a_group() -> None:
    network = small_network()
    children = list(network.children())
    assert layer_groups(network) == [children[:2], children[2:4], children[4:]]
    assert layer_groups(torch.nn.Linear(2, 2))[0][0].in_features == 2
    assert len(layer_groups(network[:3])) == 1
    flat = NetworkSettings(layers=(Flatten(), Dense(units="classes")))
    assert len(layer_groups(build_network(flat, (1, 2, 2), 2))) == 1


def test_the_first_epoch_trains_the_head_and_the_second_half_everything() -> None:
    assert [first_trained_group(epoch, 6, 3) for epoch in range(1, 7)] == [2, 2, 1, 0, 0, 0]
    assert first_trained_group(1, 1, 3) == 2
    assert all(first_trained_group(epoch, 10, 6) == 0 for epoch in range(6, 11))


def test_gradual_tuning_moves_what_is_trained_and_nothing_else() -> None:
    network = small_network()
    tuning = LayerGroups(network, "gradual", epochs=6)
    optimizer = tuning.build_optimizer(OptimizerSettings(name="adam"))
    network.train()
    tuning.begin_epoch(1)
    assert a_step(network, optimizer) == {name: name.startswith("5.") for name, _ in network.named_parameters()}
    assert torch.equal(network.get_submodule("1").running_mean, torch.zeros(2))  # frozen statistics stay
    network.train()
    tuning.begin_epoch(3)
    moved = a_step(network, optimizer)
    assert {name for name, has in moved.items() if not has} == {"0.weight", "0.bias", "1.weight", "1.bias"}
    network.train()
    tuning.begin_epoch(4)
    assert a_step(network, optimizer)["0.weight"]
    assert not torch.equal(network.get_submodule("1").running_mean, torch.zeros(2))


@pytest.mark.parametrize(
    ("tune", "layer_decay", "is_grouped"),
    [("full", 1.0, False), ("full", 0.5, True), ("gradual", 1.0, True), ("gradual", 0.5, True), ("head", 1.0, False)],
)
def test_groups_have_optimizers_of_their_own_where_they_differ_in_rate_or_in_time(
    tune: Tune, layer_decay: float, is_grouped: bool
) -> None:
    settings = OptimizerSettings(name="adam", layer_decay=layer_decay)
    found = LayerGroups(small_network(), tune, epochs=6).build_optimizer(settings)
    assert isinstance(found, GroupedOptimizer) == is_grouped


def test_a_group_that_began_late_goes_on_with_its_own_count_of_steps() -> None:
    # Adam's correction of its first steps depends on the count: the head has done five, the lower group two.
    whole, resumed = (torch.nn.ParameterList([torch.ones(2), torch.ones(3)]) for _ in range(2))
    settings = OptimizerSettings(name="adam", layer_decay=0.5)
    optimizer = GroupedOptimizer([[weight] for weight in whole], settings)

    def step(weights: torch.nn.ParameterList, moved: GroupedOptimizer, at: int) -> None:
        for number, weight in enumerate(weights):
            weight.grad = torch.full_like(weight, 0.1 * at) if number or at > 3 else None
        moved.step(0.1)

    for at in range(1, 6):
        step(whole, optimizer, at)
    resumed.load_state_dict(whole.state_dict())
    again = GroupedOptimizer([[weight] for weight in resumed], settings)
    again.load({name: tensor.clone() for name, tensor in optimizer.tensors().items()}, optimizer.steps_done)
    step(whole, optimizer, 6)
    step(resumed, again, 6)
    assert again.steps_done == 6
    assert all(torch.equal(one, other) for one, other in zip(whole, resumed, strict=True))


def test_lower_groups_move_at_their_share_of_the_rate() -> None:
    moved = {}
    for share in (1.0, 0.5):
        network = small_network().train()
        settings = OptimizerSettings(name="sgd", layer_decay=share)
        before = {name: weight.detach().clone() for name, weight in network.named_parameters()}
        a_step(network, LayerGroups(network, "auto", epochs=10).build_optimizer(settings))
        moved[share] = {name: weight.detach() - before[name] for name, weight in network.named_parameters()}
    for name, factor in (("5.weight", 1.0), ("2.weight", 0.5), ("0.weight", 0.25)):
        torch.testing.assert_close(moved[0.5][name], factor * moved[1.0][name], rtol=1e-4, atol=1e-7)


def test_without_shares_there_is_one_rule_for_all() -> None:
    tuning = LayerGroups(small_network(), "full", epochs=10)
    assert not isinstance(tuning.build_optimizer(OptimizerSettings()), GroupedOptimizer)


def test_gradients_are_cut_by_their_length_over_all_groups() -> None:
    moved = []
    for decay in (1.0, 1 - 1e-9):
        network = small_network().train()
        settings = OptimizerSettings(name="sgd", clip_norm=0.01, layer_decay=decay)
        a_step(network, LayerGroups(network, "auto", epochs=10).build_optimizer(settings))
        moved.append(network.state_dict()["0.weight"])
    torch.testing.assert_close(moved[0], moved[1])


@pytest.mark.parametrize("name", ["sgd", "adam", "adamw"])
def test_what_is_loaded_goes_on_as_if_it_had_never_stopped(name: str) -> None:
    settings = OptimizerSettings(name=name, layer_decay=0.5)
    whole, first, second = small_network().train(), small_network().train(), small_network().train()
    optimizer = LayerGroups(whole, "gradual", epochs=2).build_optimizer(settings)
    for _ in range(3):
        a_step(whole, optimizer)
    begun = LayerGroups(first, "gradual", epochs=2).build_optimizer(settings)
    for _ in range(2):
        a_step(first, begun)
    second.load_state_dict(first.state_dict())
    resumed = LayerGroups(second, "gradual", epochs=2).build_optimizer(settings)
    resumed.load({key: tensor.clone() for key, tensor in begun.tensors().items()}, begun.steps_done)
    a_step(second, resumed)
    assert resumed.steps_done == 3
    for key, tensor in whole.state_dict().items():
        assert torch.equal(tensor, second.state_dict()[key]), key


def test_a_group_that_joins_late_begins_its_running_means_there() -> None:
    late, fresh = small_network().train(), small_network().train()
    settings = OptimizerSettings(name="adam", layer_decay=0.999999)
    tuning = LayerGroups(late, "gradual", epochs=2)
    optimizer = tuning.build_optimizer(settings)
    optimizer.steps_done = 1_000  # of the head
    a_step(late, optimizer, rate=0.1)
    a_step(fresh, build_optimizer(OptimizerSettings(name="adam"), fresh.parameters()), rate=0.1)
    torch.testing.assert_close(late.state_dict()["2.weight"], fresh.state_dict()["2.weight"], rtol=1e-3, atol=1e-4)
