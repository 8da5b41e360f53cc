"""The training of a network: train and validate each epoch, and return the weights of the best one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from torch import nn

from onelook.settings import TrainSettings
from onelook.training.inputs.training_inputs import TrainingInputs
from onelook.training.interrupt import ctrl_c_between_batches
from onelook.training.listeners import Listener, Listeners
from onelook.training.parallel import ALONE, Processes
from onelook.training.result import FitResult
from onelook.training.timetable import Course
from onelook.training.torch_settings import tuned_for_training
from onelook.training.trainer import Trainer
from onelook.training.training_run import TrainingRun


def fit(
    network: nn.Module,
    inputs: TrainingInputs,
    settings: TrainSettings,
    *,
    checkpoint_folder: Path | None = None,
    resume: bool = False,
    course: Course | None = None,
    listeners: Sequence[Listener] = (),
    class_names: Sequence[str] = (),
    processes: Processes = ALONE,
) -> FitResult:
    """Train `network` in place and return the weights of its best epoch.

    The same seed, data, settings and machine give the same weights, bit for bit, on a CPU; so does a run that was
    interrupted or killed and then resumed. Ctrl-C ends the run after the present batch; a second one ends it at once.

    Args:
        network: a module from prepared pictures to logits, as `Trainer` takes it.
        inputs: the pictures, their preparation, and the device.
        settings: the settings of the run; those that say how to train are read.
        checkpoint_folder: the folder of the checkpoint, which is written after each epoch and within long ones; None
            writes none.
        resume: continue from the checkpoint in that folder, or begin if there is none.
        course: the course of the run through its time limit; None sets no limit. It decides the number of epochs and
            the position of the learning rate's schedule, and may cut the last epoch short.
        listeners: called at the start, after each batch and each epoch, with each note, and at the end.
        class_names: the names of the classes in notes; without them classes have numbers.
        processes: the processes that train this network together. Each calls with the same arguments; the first one
            writes the checkpoint, and all get the same result.

    Returns:
        The kept weights and the history. Early stopping decides which epoch is kept if it restores the best one;
        otherwise `settings.keep_best` does.

    Raises:
        ConfigError: the first epoch diverged (a loss is not a number), or a resumed run's settings have changed.
        DataError: there are no pictures, or they have no labels.
        ModelError: the checkpoint is damaged, or belongs to another network.
        OnelookError: the checkpoint cannot be written, or another of the processes has ended.
    """
    with tuned_for_training(inputs.device), ctrl_c_between_batches() as interrupt:
        trainer = Trainer(network, inputs, settings, processes)
        run = TrainingRun(
            trainer,
            settings,
            checkpoint_folder=checkpoint_folder,
            course=course,
            listener=Listeners(listeners),
            interrupt=interrupt,
            class_names=class_names,
        )
        try:
            if resume and checkpoint_folder is not None:
                run.restore(checkpoint_folder)
            run.start()
            while not run.is_over:
                run.do_epoch()
                run.check_interrupt_and_clock()
            return run.finish()
        finally:
            run.listener.close()
