"""The steps of a training: gather, augment and prepare a batch, compute the loss and update the weights; validate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice

import torch
from torch import Tensor, nn

from onelook.errors import ConfigError
from onelook.models.layers.shared_batch import share_batches
from onelook.settings import TrainSettings
from onelook.training.compiled import CompiledNetwork, plain_compiler_errors
from onelook.training.inputs.batches import Batch, Batches
from onelook.training.inputs.training_inputs import TrainingInputs
from onelook.training.layer_groups import LayerGroups
from onelook.training.listeners import BatchStatus
from onelook.training.loss import build_losses
from onelook.training.parallel import ALONE, Processes, SharedRows, sum_gradients
from onelook.training.random_state import random_state, restore_random, seed_epoch
from onelook.training.running_metrics import RunningMetrics
from onelook.training.torch_settings import choose_precision
from onelook.training.weight_average import WeightAverage
from onelook.transforms.augment.mixing import mix

# Convolutions, pooling and batch-norm run faster with the channels of a pixel side by side, and flattening in
# Keras' order is then free. Measured with torch 2.13 on one core of an EPYC, forward and backward, against torch's
# default format: digit-recognizer 1.05 times as fast, fashion-cnn-bn 1.35, dogs-vs-cats 1.2, cifar10-cnn 1.6,
# depthwise convolutions 1.35, a small ResNet 1.1; no network was slower.
_MEMORY_FORMAT = torch.channels_last

# Without gradients a batch can be larger. With 2^18 pixels the output of a layer takes some tens of megabytes.
_VALIDATION_PIXELS = 1 << 18

# Reading a loss waits for the device. A sum of losses that is not a number stays so, and the next check finds it.
_STEPS_BETWEEN_CHECKS = 50


@dataclass(frozen=True)
class EpochPosition:
    """The position within an epoch between two batches: what a resume needs besides the network and the optimizer."""

    steps: int  # batches that are done
    tensors: Mapping[str, Tensor]  # the metrics so far, and the states of the random generators


class Trainer:
    """A network with all that trains it for an epoch at a time and validates it.

    Args:
        network: a module from prepared pictures, (batch, channels, height, width) float32, to logits (batch, classes).
            It is moved to the inputs' device and trained in place.
        inputs: the pictures, their preparation, and the device.
        settings: how to train.
        processes: the processes that train together, each with its part of every batch; by default this one alone.

    Raises:
        ConfigError: `compile` is set, and torch cannot compile here, or several processes train together.
    """

    def __init__(
        self,
        network: nn.Module,
        inputs: TrainingInputs,
        settings: TrainSettings,
        processes: Processes = ALONE,
    ) -> None:
        device = inputs.device
        height, width = inputs.train.images.shape[1:3]
        # The partner of a mixed picture may be anywhere in the batch: the whole batch is gathered, mixed, then cut.
        self.train = Batches(inputs.train, settings.batch_size, device, ALONE if settings.mix.is_active else processes)
        val_batch = max(settings.batch_size, _VALIDATION_PIXELS // (height * width)) * processes.count
        self.val = Batches(inputs.val, val_batch, device, processes)
        self.network = network.to(device=device, memory_format=_MEMORY_FORMAT)  # type: ignore[call-overload]
        processes.take_from_first(network.state_dict().values())
        self._layer_groups = LayerGroups(network, settings.tune, settings.epochs)
        self.optimizer = self._layer_groups.build_optimizer(settings.optimizer)
        self.average = WeightAverage(self.network, settings.weight_average) if settings.weight_average else None
        self._preprocess = inputs.preprocess.to(device)
        self._augment = inputs.augment
        self._train_loss, self._val_loss = build_losses(settings.loss, self.train.labels, device)
        self._mix = settings.mix
        self._sampling = settings.sampling
        self._seed = settings.seed
        self.precision = choose_precision(settings.precision, device)
        # The pictures that odd epochs mirror; even epochs mirror the others.
        generator = torch.Generator().manual_seed(settings.seed)
        is_first = torch.rand(self.train.rows, generator=generator) < 0.5
        self._mirrored_first = is_first if settings.augment.alternating_flip else None
        self.device = device
        self.processes = processes
        self._shared = SharedRows(processes)
        if processes.count > 1:
            share_batches(self.network, self._shared)
        self._in_training = self._compiled(settings.batch_size) if settings.compile else self.network
        self._between_batches: tuple[int, RunningMetrics, torch.Generator]  # the last batch, for `position`

    @property
    def kept_network(self) -> nn.Module:
        """The network that is validated and kept: the average where weights are averaged."""
        return self.network if self.average is None else self.average.network

    def train_epoch(
        self,
        epoch: int,
        rate: Callable[[int], float],
        keep_training: Callable[[BatchStatus], bool],
        start: EpochPosition | None = None,
    ) -> RunningMetrics:
        """Train for one pass over the training pictures, in an order of its own.

        Args:
            epoch: the epoch, from 1; with the seed it decides the order, the augmentation and the dropout.
            rate: returns the learning rate of a step, from the number of steps done in the run.
            keep_training: called after each batch; returns whether to train on the next one.
            start: the position from which an interrupted epoch continues; None begins the epoch.

        Returns:
            Loss and accuracy over the batches of the epoch, or over those so far where `keep_training` or a loss that
            is not a number ended the pass early.
        """
        self.network.train()
        self._layer_groups.begin_epoch(epoch)
        metrics = RunningMetrics(self.device)
        order, augmentation = seed_epoch(self._seed, epoch, self.device)
        first = 1 if start is None else start.steps + 1
        draw = self.train.balanced if self._sampling == "balanced" else self.train.shuffled
        batches = draw(order, skip=first - 1)
        if start is not None:
            metrics.restore(start.tensors)
            restore_random(start.tensors, augmentation, self.device)
        for step, batch in enumerate(batches, first):
            learning_rate = rate(self.optimizer.steps_done)
            loss, logits, targets = self._loss(batch, epoch, augmentation)
            if self.processes.count == 1:
                with plain_compiler_errors():
                    torch.autograd.backward(loss)
                metrics.add(loss, logits, targets)
            else:
                self._learn_with_others(loss, logits, targets, metrics)
            self.optimizer.step(learning_rate)
            self.optimizer.zero_grad()
            if self.average is not None:
                self.average.update(self.optimizer.steps_done)
            self._between_batches = (step, metrics, augmentation)
            has_diverged = step % _STEPS_BETWEEN_CHECKS == 0 and not metrics.is_finite()
            if has_diverged or not keep_training(BatchStatus(epoch, step, learning_rate, metrics)):
                break
        return metrics

    def _loss(self, batch: Batch, epoch: int, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Return loss and logits of our rows of a batch after augmentation, and the targets for the accuracy."""
        images, targets = self._augmented(batch, self._mirrored(batch, epoch), generator), batch.targets
        self._shared.first, self._shared.whole = batch.first, batch.whole
        if not self._mix.is_active:
            logits = self._logits(images)
            return self._train_loss(logits, targets), logits, targets
        mixed = mix(images, targets, self._mix, generator)
        own = self.processes.part(batch.whole)
        self._shared.first = own.start
        targets, others = targets[own], mixed.others[own]
        logits = self._logits(mixed.images[own])
        loss = self._train_loss(logits, targets) * mixed.share
        loss = loss + self._train_loss(logits, others) * (1 - mixed.share)
        return loss, logits, targets if mixed.share >= 0.5 else others

    def _logits(self, images: Tensor) -> Tensor:
        """Return the logits of raw pictures, (batch, classes), float32, computed in the precision of the run."""
        prepared = self.prepare(images)
        logits: Tensor
        if self.precision == torch.float32:
            logits = self._in_training(prepared)
            return logits
        with torch.autocast(self.device.type, self.precision):
            logits = self._in_training(prepared)
        return logits.to(torch.float32)

    def _compiled(self, batch_size: int) -> CompiledNetwork:
        if self.processes.count > 1:
            raise ConfigError(
                f"compile in {self.processes.count} processes of torchrun: batch-norm waits for the other processes "
                "there, and torch cannot compile that. Start it without torchrun, or without --set compile=true."
            )
        return CompiledNetwork(self.network, batch_size)

    def _learn_with_others(self, loss: Tensor, logits: Tensor, targets: Tensor, metrics: RunningMetrics) -> None:
        """Compute the gradients of the whole batch and count its metrics. This process may have none of its rows."""
        own, whole = RunningMetrics(self.device), self._shared.whole
        own.add(loss, logits, targets)
        # Without rows the sum of the logits gives gradients of 0, which layers and other processes wait for.
        torch.autograd.backward(loss * (len(targets) / whole) if len(targets) else logits.sum())
        summed = sum_gradients(self.network.parameters(), own.sums(), self.processes)
        metrics.add_counted(summed, whole)

    def _augmented(self, batch: Batch, images: Tensor, generator: torch.Generator) -> Tensor:
        if self._augment is None:
            return images
        if len(images) == batch.whole:
            return self._augment(images, generator)
        return self._augment(images, generator, (batch.first, batch.whole))

    def position(self) -> EpochPosition:
        """Return the position within the present epoch. Call it between two batches."""
        step, metrics, augmentation = self._between_batches
        return EpochPosition(step, {**metrics.state(), **random_state(augmentation, self.device)})

    @torch.inference_mode()
    def validate(self, batches: int | None = None) -> RunningMetrics:
        """Return loss, accuracy and predicted classes on the validation pictures, without augmentation and dropout.

        Args:
            batches: the number of batches, to measure the time; None takes all.
        """
        network = self.kept_network.eval()
        metrics = RunningMetrics(self.device, counts_predictions=True)
        for images, targets, *_ in islice(self.val.in_order(), batches):
            logits = network(self.prepare(images))
            metrics.add(self._val_loss(logits, targets), logits, targets)
        if self.processes.count > 1:
            metrics.sum_over(self.processes)
        return metrics

    def _mirrored(self, batch: Batch, epoch: int) -> Tensor:
        """Return the pictures of a batch: odd epochs mirror one half of all pictures, even epochs the other half.

        By chance, an eighth of the pictures would be shown the same way in four epochs in a row (Jordan 2024,
        arXiv:2404.00498).
        """
        if self._mirrored_first is None:
            return batch.images
        is_mirrored = self._mirrored_first[batch.rows] ^ (epoch % 2 == 0)
        return torch.where(is_mirrored.to(self.device)[:, None, None, None], batch.images.flip(3), batch.images)

    def prepare(self, images: Tensor) -> Tensor:
        """Return raw pictures as the network takes them, both (batch, channels, height, width), float32."""
        prepared: Tensor = self._preprocess(images)
        return prepared.contiguous(memory_format=_MEMORY_FORMAT)

    def wait(self) -> None:
        """Wait until the device has finished its work. A GPU computes while Python runs ahead of it."""
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)

    def range_of_prepared(self) -> tuple[float, float]:
        """Return the lowest and highest prepared value in a batch of validation pictures."""
        lowest, highest = self.prepare(next(self.val.in_order()).images).aminmax()
        return lowest.item(), highest.item()
