"""Facts about training: what moves, what is counted, what is kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from tests.training.conftest import Fit, ScaleToUnit, draw_images, jitter, small_network
from torch import Tensor, nn

from onelook.data.dataset import ImageSet
from onelook.errors import ConfigError, DataError
from onelook.models.layers.build import build_network
from onelook.settings import (
    AugmentSettings,
    EarlyStoppingSettings,
    LossSettings,
    MixSettings,
    NetworkSettings,
    OptimizerSettings,
    ReduceOnPlateauSettings,
    ScheduleSettings,
)
from onelook.settings.network import BatchNorm, Conv, Dense, Dropout, Flatten
from onelook.training.listeners import BatchStatus, Listener, TrainingStart
from onelook.training.loss import balanced_weights
from onelook.training.result import EpochRecord, FitResult
from onelook.transforms.augment.augment import Augment
from onelook.transforms.augment.mixing import Mixed

STANDSTILL = OptimizerSettings(name="sgd", learning_rate=1e-30)


def logits_of(network: nn.Module, pictures: ImageSet) -> tuple[Tensor, Tensor]:
    """What the network makes of all pictures at once, in evaluation mode, and the targets."""
    images = torch.from_numpy(pictures.images[pictures.rows]).permute(0, 3, 1, 2).float() / 255
    with torch.no_grad():
        return network.eval()(images), torch.from_numpy(pictures.labels)


def test_every_weight_moves_and_a_frozen_one_does_not(fit_small: Fit) -> None:
    network = small_network()
    network[0].weight.requires_grad_(False)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    fit_small(network, epochs=1)
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, before[name]) == (name == "0.weight"), name


def test_one_batch_is_learnt_by_heart(fit_small: Fit) -> None:
    random = np.random.default_rng(0)
    noise = ImageSet(
        random.integers(0, 256, (16, 8, 8, 1), dtype=np.uint8), np.arange(16), ("",) * 16, random.integers(0, 3, 16)
    )
    result = fit_small(small_network(dropout=0), train=noise, epochs=60)
    assert result.history[-1].train_loss < 0.02
    assert result.history[-1].train_accuracy == 1.0


def test_the_weights_are_those_of_the_kept_epoch(fit_small: Fit, val_set: ImageSet) -> None:
    result = fit_small(epochs=6, keep_best="val_loss")
    network = small_network(seed=9)
    network.load_state_dict({name: torch.from_numpy(array) for name, array in result.weights.items()})
    logits, targets = logits_of(network, val_set)
    assert result.best is not None
    assert result.best_epoch == int(np.argmin([record.val_loss for record in result.history])) + 1
    assert F.cross_entropy(logits, targets).item() == pytest.approx(result.best.val_loss, rel=1e-5)
    assert all(array.dtype == np.float32 for array in result.weights.values())
    assert "2.running_mean" in result.weights


def test_validation_is_without_dropout_and_augmentation_over_exactly_its_rows(
    fit_small: Fit, val_set: ImageSet
) -> None:
    network = small_network(dropout=0.9)
    expected_logits, targets = logits_of(network, val_set)
    for parameter in network[2].buffers():
        parameter.requires_grad_(False)
    network[2].momentum = 0.0  # the moving statistics stay as they are
    record = fit_small(
        network, epochs=1, optimizer=STANDSTILL, augment=lambda images, _: torch.zeros_like(images)
    ).history[0]
    assert record.val_loss == pytest.approx(F.cross_entropy(expected_logits, targets).item(), rel=1e-6)
    assert record.val_accuracy == (expected_logits.argmax(1) == targets).sum().item() / 21


def test_an_uneven_last_batch_weighs_what_it_should(fit_small: Fit, train_set: ImageSet) -> None:
    network = nn.Sequential(nn.Flatten(), nn.Linear(64, 3))
    logits, targets = logits_of(network, train_set)
    record = fit_small(network, epochs=1, optimizer=STANDSTILL).history[0]
    assert record.train_loss == pytest.approx(F.cross_entropy(logits, targets).item(), rel=1e-6)
    assert record.train_accuracy == (logits.argmax(1) == targets).sum().item() / 50


def test_the_loss_is_smoothed_in_training_and_validation_and_weighted_in_training_alone(
    fit_small: Fit, train_set: ImageSet, val_set: ImageSet
) -> None:
    network = nn.Sequential(nn.Flatten(), nn.Linear(64, 3))
    record = fit_small(
        network,
        epochs=1,
        optimizer=STANDSTILL,
        loss=LossSettings(label_smoothing=0.2, class_weights="balanced"),
    ).history[0]
    logits, targets = logits_of(network, train_set)
    each = F.cross_entropy(logits, targets, label_smoothing=0.2, reduction="none")
    weights = torch.from_numpy(balanced_weights(train_set.labels))
    assert record.train_loss == pytest.approx((each * weights[targets]).mean().item(), rel=1e-6)
    logits, targets = logits_of(network, val_set)
    assert record.val_loss == pytest.approx(F.cross_entropy(logits, targets, label_smoothing=0.2).item(), rel=1e-6)


def test_a_last_batch_of_one_picture_goes_through_batch_norm(fit_small: Fit) -> None:
    layers = (Flatten(), Dense(units=4), BatchNorm(), Dense(units="classes"))
    network = build_network(NetworkSettings(layers=layers), (1, 8, 8), 3)
    result = fit_small(network, train=draw_images(17, seed=0))
    assert all(np.isfinite(array).all() for array in result.weights.values())


def test_augmentation_sees_every_training_picture_raw_and_in_float32(fit_small: Fit, train_set: ImageSet) -> None:
    seen: list[Tensor] = []

    def look(images: Tensor, generator: torch.Generator) -> Tensor:
        seen.append(images.clone())
        return images

    fit_small(augment=look, epochs=1)
    assert [len(batch) for batch in seen] == [16, 16, 16, 2]
    pictures = torch.cat(seen)
    assert pictures.dtype == torch.float32
    found = sorted(bytes(picture) for picture in pictures.permute(0, 2, 3, 1).to(torch.uint8).numpy())
    assert found == sorted(bytes(picture) for picture in train_set.images)


def test_the_same_seed_gives_the_same_bits_and_another_does_not(fit_small: Fit) -> None:
    torch.manual_seed(1)
    one = fit_small(seed=3, augment=jitter)
    torch.manual_seed(2)  # what was drawn before does not matter
    same, other = fit_small(seed=3, augment=jitter), fit_small(seed=4, augment=jitter)
    for name, array in one.weights.items():
        assert array.tobytes() == same.weights[name].tobytes()
    assert one.weights["5.weight"].tobytes() != other.weights["5.weight"].tobytes()


def test_bfloat16_learns_with_weights_and_validation_in_float32(fit_small: Fit, val_set: ImageSet) -> None:
    seen: set[tuple[bool, torch.dtype]] = set()

    def look(layer: nn.Module, values: tuple[Tensor, ...]) -> None:
        seen.add((layer.training, values[0].dtype))

    layers = (Conv(filters=4, activation="relu"), BatchNorm(), Dropout(rate=0.3), Flatten(), Dense(units="classes"))
    torch.manual_seed(0)
    network = build_network(NetworkSettings(layers=layers), (1, 8, 8), 3)
    network[-1].register_forward_pre_hook(look)
    result = fit_small(network, precision="bfloat16", epochs=8)
    assert seen == {(True, torch.bfloat16), (False, torch.float32)}
    assert all(parameter.dtype == torch.float32 for parameter in network.parameters())
    assert result.history[-1].train_loss < 0.5 * result.history[0].train_loss
    assert result.best is not None
    network.load_state_dict({name: torch.from_numpy(array) for name, array in result.weights.items()}, strict=False)
    logits, targets = logits_of(network, val_set)
    assert F.cross_entropy(logits, targets).item() == pytest.approx(result.best.val_loss, rel=1e-5)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no CUDA device")
@pytest.mark.parametrize("precision", ["auto", "float32", "bfloat16"])
def test_a_gpu_learns_too(fit_small: Fit, precision: str) -> None:
    layers = (Conv(filters=4, activation="relu"), BatchNorm(), Dropout(rate=0.3), Flatten(), Dense(units="classes"))
    torch.manual_seed(0)
    network = build_network(NetworkSettings(layers=layers), (1, 8, 8), 3)
    augment = Augment(AugmentSettings(rotation_range=5, crop_padding=1), (0, 255))
    result = fit_small(network, device=torch.device("cuda"), precision=precision, augment=augment, epochs=10)
    assert result.history[-1].train_loss < 0.5 * result.history[0].train_loss
    assert all(np.isfinite(array).all() for array in result.weights.values())


def test_leaves_torchs_random_numbers_as_they_were(fit_small: Fit) -> None:
    network = small_network()
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    fit_small(network, epochs=1)
    assert torch.equal(torch.rand(3), expected)


def test_every_epoch_has_an_order_of_its_own(fit_small: Fit) -> None:
    first_pixels: list[float] = []

    def look(images: Tensor, generator: torch.Generator) -> Tensor:
        first_pixels.extend(images[:, 0, 0, 0].tolist())
        return images

    fit_small(augment=look, epochs=2)
    one, two = first_pixels[:50], first_pixels[50:]
    assert one != two
    assert sorted(one) == sorted(two)


def test_the_rate_follows_the_schedule_step_by_step(fit_small: Fit) -> None:
    rates: list[float] = []

    class Rates(Listener):
        def on_batch(self, status: BatchStatus) -> None:
            rates.append(status.learning_rate)

    result = fit_small(schedule=ScheduleSettings(name="one_cycle", warmup_fraction=0.5), listeners=[Rates()])
    assert rates == pytest.approx([0.01 * factor for factor in (0.2, 0.4, 0.6, 0.8, 1.0, 0.75, 0.5, 0.25)])
    assert [record.learning_rate for record in result.history] == [rates[3], rates[7]]


def test_a_plateau_lowers_the_rate_of_the_next_epoch_and_is_noted(fit_small: Fit) -> None:
    plateau = ReduceOnPlateauSettings(monitor="train_accuracy", patience=1, factor=0.5, min_delta=1.0)
    result = fit_small(epochs=4, reduce_on_plateau=plateau, optimizer=OptimizerSettings(learning_rate=0.008))
    assert [record.learning_rate for record in result.history] == [0.008, 0.008, 0.004, 0.002]
    assert "learning rate lowered to 0.004" in result.notes[0]


def test_early_stopping_ends_the_run_and_decides_the_epoch_that_is_kept(fit_small: Fit) -> None:
    stopping = EarlyStoppingSettings(monitor="train_loss", patience=2, min_delta=10.0)
    result = fit_small(epochs=9, early_stopping=stopping)
    assert (len(result.history), result.stopped_early, result.status) == (3, True, "complete")
    assert result.best_epoch == 1  # nothing improved by 10
    assert result.notes[-1].startswith("stopped after epoch 3")

    stopping = stopping.model_copy(update={"restore_best": False})
    result = fit_small(epochs=9, early_stopping=stopping, keep_best="train_loss")
    assert (len(result.history), result.best_epoch) == (3, 3)


def test_the_latest_epoch_is_kept_until_early_stopping_begins_to_watch(fit_small: Fit) -> None:
    result = fit_small(epochs=2, early_stopping=EarlyStoppingSettings(start_from_epoch=5))
    assert (result.best_epoch, result.stopped_early) == (2, False)


def test_a_first_epoch_that_diverges_says_what_to_try(fit_small: Fit) -> None:
    with pytest.raises(ConfigError, match=r"diverged in epoch 1.*learning_rate=1e\+29.*network saw 0 to 0\.8"):
        fit_small(small_network(dropout=0), optimizer=OptimizerSettings(name="sgd", learning_rate=1e30))


@pytest.mark.parametrize("batch_of_doom", [9, 12])  # in the middle of the third epoch, and at its end
def test_a_later_divergence_keeps_the_best_finite_epoch(fit_small: Fit, batch_of_doom: int) -> None:
    batches = 0

    def poison(images: Tensor, generator: torch.Generator) -> Tensor:
        nonlocal batches
        batches += 1
        return images * float("nan") if batches == batch_of_doom else images

    whole = fit_small(epochs=2)
    result = fit_small(epochs=5, augment=poison)
    assert (result.status, result.stopped_early, len(result.history)) == ("complete", True, 2)
    assert result.best_epoch in (1, 2)
    assert all(result.weights[name].tobytes() == array.tobytes() for name, array in whole.weights.items())
    assert "diverged in epoch 3" in result.notes[-1]
    assert f"Epoch {result.best_epoch} is kept." in result.notes[-1]


def test_a_loss_that_is_lost_does_not_run_to_the_end_of_a_long_epoch(fit_small: Fit) -> None:
    steps: list[int] = []

    class Steps(Listener):
        def on_batch(self, status: BatchStatus) -> None:
            steps.append(status.step)

    with pytest.raises(ConfigError, match="diverged"):
        fit_small(train=draw_images(200, 0), batch_size=1, augment=lambda images, _: images / 0, listeners=[Steps()])
    assert len(steps) < 60


def test_listeners_hear_everything_in_order_and_are_closed_whatever_happens(fit_small: Fit, tmp_path: Path) -> None:
    heard: list[str] = []

    class Ear(Listener):
        def on_start(self, start: TrainingStart) -> None:
            heard.append(f"start {start.epochs}x{start.steps_per_epoch} on {start.train_rows}+{start.val_rows}")

        def on_batch(self, status: BatchStatus) -> None:
            heard.append(f"batch {status.epoch}.{status.step} {status.metrics.rows}")

        def on_epoch(self, record: EpochRecord, is_best: bool) -> None:
            assert (tmp_path / "state.safetensors").exists()  # told when it is safe, not before
            heard.append(f"epoch {record.epoch} {is_best}")

        def on_end(self, result: FitResult) -> None:
            heard.append("end")

        def close(self) -> None:
            heard.append("close")

    fit_small(epochs=1, listeners=[Ear()], checkpoint_folder=tmp_path)
    batches = ["batch 1.1 16", "batch 1.2 32", "batch 1.3 48", "batch 1.4 50"]
    assert heard == ["start 1x4 on 50+21", *batches, "epoch 1 True", "end", "close"]

    heard.clear()
    with pytest.raises(ConfigError):
        fit_small(augment=lambda images, _: images / 0, listeners=[Ear()])
    assert heard[-1] == "close"


def test_refuses_pictures_without_labels_and_no_pictures(fit_small: Fit, train_set: ImageSet) -> None:
    unlabelled = ImageSet(train_set.images, train_set.rows, train_set.ids, None)
    with pytest.raises(DataError, match="no labels"):
        fit_small(train=unlabelled)
    empty = ImageSet(train_set.images, train_set.rows[:0], (), train_set.labels[:0])
    with pytest.raises(DataError, match="no pictures"):
        fit_small(val=empty)


def test_preprocess_is_part_of_training_and_validation(fit_small: Fit) -> None:
    class Blind(nn.Module):
        def forward(self, images: Tensor) -> Tensor:
            return torch.zeros_like(ScaleToUnit()(images))

    network = nn.Sequential(nn.Flatten(), nn.Linear(64, 3))
    before = network[1].weight.detach().clone()
    fit_small(network, preprocess=Blind(), epochs=1, optimizer=OptimizerSettings(name="sgd"))
    assert torch.equal(network[1].weight, before)  # blank pictures teach the bias alone


def test_alternating_flip_shows_each_picture_both_ways_in_two_epochs(fit_small: Fit, train_set: ImageSet) -> None:
    seen: list[Tensor] = []

    def watch(images: Tensor, _: torch.Generator) -> Tensor:
        seen.append(images)
        return images

    fit_small(epochs=2, augment_pictures=watch, augment=AugmentSettings(alternating_flip=True))
    first, second = torch.cat(seen[:4]), torch.cat(seen[4:])
    originals = torch.from_numpy(train_set.images).permute(0, 3, 1, 2).float()

    def shown(pictures: Tensor) -> list[set[str]]:
        """For each original, the ways in which it is among the pictures."""
        return [
            {
                way
                for way, turned in (("as it is", original), ("mirrored", original.flip(2)))
                if (pictures == turned).all(dim=(1, 2, 3)).any()
            }
            for original in originals
        ]

    ways = list(zip(shown(first), shown(second), strict=True))
    assert all(len(one) == len(other) == 1 and one != other for one, other in ways)
    assert 10 < sum(one == {"mirrored"} for one, _ in ways) < 40  # half of 50, by chance


@pytest.mark.parametrize(("share", "accuracy"), [(0.9, 0.0), (0.1, 1.0)])
def test_a_mixed_picture_is_of_the_class_that_has_the_larger_share(
    share: float, accuracy: float, fit_small: Fit, train_set: ImageSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def two_labels(images: torch.Tensor, targets: torch.Tensor, *_: object) -> Mixed:
        return Mixed(images, targets, torch.ones_like(targets), share)

    monkeypatch.setattr("onelook.training.trainer.mix", two_labels)
    network = nn.Sequential(nn.Flatten(), nn.Linear(64, 3))
    nn.init.zeros_(network[1].weight)
    nn.init.zeros_(network[1].bias)
    network[1].bias.data[1] = 1.0  # the answer is always class 1, which is the label of the other picture
    zeros = ImageSet(train_set.images[:4], np.arange(4), tuple("1234"), np.zeros(4, np.int64))
    result = fit_small(network, train=zeros, epochs=1, optimizer=STANDSTILL, mix=MixSettings(mixup=1.0))
    assert result.history[0].train_accuracy == accuracy


def test_mixed_pictures_are_judged_by_both_labels(fit_small: Fit, train_set: ImageSet) -> None:
    """A network that stands still on two pictures of two classes: its loss is the mean of both, at each share."""
    pair = ImageSet(train_set.images[:2], np.arange(2), ("1", "2"), np.array([0, 1]))
    network = nn.Sequential(nn.Flatten(), nn.Linear(64, 3))
    nn.init.zeros_(network[1].weight)  # all pictures give the bias alone, mixed or not
    network[1].bias.data = torch.tensor([1.0, 0.0, 0.0])
    result = fit_small(network, train=pair, epochs=4, optimizer=STANDSTILL, mix=MixSettings(mixup=1.0, cutmix=1.0))
    log_sum = float(torch.logsumexp(network[1].bias.detach(), 0))
    for record in result.history:
        assert record.train_loss == pytest.approx(log_sum - 0.5, rel=1e-5)  # over the two, each label weighs one
