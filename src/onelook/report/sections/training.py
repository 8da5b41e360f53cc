"""Loss, accuracy and learning rate by epoch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from onelook.report.charts.lines import LineChart, Series, line_chart
from onelook.report.facts import Epoch
from onelook.report.page import Section
from onelook.report.page_wording import duration, percent, tick_percent
from onelook.report.results import Results
from onelook.wording import number, translate


@dataclass(frozen=True)
class EpochRow:
    """A line of the table."""

    epoch: int
    best: bool
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Training:
    """The content of the section."""

    remarks: tuple[str, ...]
    notes: tuple[str, ...]  # messages during training
    charts: tuple[LineChart, ...]
    rows: tuple[EpochRow, ...]


def build_section(results: Results) -> Section:
    """Build the section with three charts that mark the kept epoch, and their figures."""
    history = results.history
    if not history:
        return Section(
            translate("Training"), translate("How training went"), missing=translate("No epoch was finished.")
        )
    if results.run.model.learnt:
        return _fitted(results, history[-1])
    return Section(
        topic=translate("Training"),
        title=training_title(results),
        template="training.html",
        view=Training(
            remarks=tuple(_remarks(results)),
            notes=tuple(_sentence(note) for note in results.run.notes),
            charts=charts_of(results),
            rows=tuple(_row(epoch, results.run.best_epoch) for epoch in history),
        ),
    )


def charts_of(results: Results) -> tuple[LineChart, ...]:
    """Return the curves of accuracy, loss and learning rate; none for a model that was fitted at once."""
    if not results.history or results.run.model.learnt:
        return ()
    return tuple(chart for chart in _charts(results.history, results.run.best_epoch) if chart is not None)


@dataclass(frozen=True)
class FittedModel:
    """The content of the section for a classical model, which is fitted at once."""

    notes: tuple[str, ...]
    gap: str  # a sentence on the difference of the two accuracies
    rows: tuple[tuple[str, str, str], ...]  # set, accuracy, loss


def _fitted(results: Results, only: Epoch) -> Section:
    seconds = "" if only.seconds is None else translate(" in {seconds}", seconds=duration(only.seconds))
    return Section(
        topic=translate("Training"),
        title=translate("Fitted{seconds}", seconds=seconds),
        template="fitted.html",
        view=FittedModel(
            notes=tuple(_sentence(note) for note in results.run.notes),
            gap=_gap(only),
            rows=tuple(
                (
                    name,
                    "–" if accuracy is None else percent(accuracy, 2),
                    "–" if loss is None else f"{loss:.4f}",
                )
                for name, accuracy, loss in (
                    (
                        translate("training pictures (some of those that it was fitted on)"),
                        only.train_accuracy,
                        only.train_loss,
                    ),
                    (translate("validation pictures (it was not fitted on these)"), only.val_accuracy, only.val_loss),
                )
            ),
        ),
    )


def _gap(only: Epoch) -> str:
    """Return a sentence on the accuracy that is only memory; empty if there is none."""
    if only.train_accuracy is None or only.val_accuracy is None or only.train_accuracy <= only.val_accuracy:
        return ""
    return translate(
        "The model is right on {train_accuracy} of pictures that it was fitted on, and on {val_accuracy} "
        "of others. The difference is memory: only the second figure says how well the model does on new "
        "pictures.",
        train_accuracy=percent(only.train_accuracy),
        val_accuracy=percent(only.val_accuracy),
    )


def training_title(results: Results) -> str:
    """Return which epoch was kept, as a sentence."""
    run, best = results.run, results.best_epoch
    if best is None:
        return translate("How training went")
    kept = translate("Epoch {epoch} of {last} was kept", epoch=best.epoch, last=results.history[-1].epoch)
    if best.val_accuracy is None:
        return kept
    monitor = run.settings.get("keep_best", "val_accuracy")
    if monitor == "val_loss" and best.val_loss is not None:
        return translate("{kept}, with a validation loss of {val_loss}", kept=kept, val_loss=number(best.val_loss))
    reason = translate(
        ", with {val_accuracy} of the validation pictures right", val_accuracy=percent(best.val_accuracy)
    )
    return kept + (reason if monitor == "val_accuracy" else "")


def _remarks(results: Results) -> list[str]:
    run, best = results.run, results.best_epoch
    remarks = []
    if run.stopped_early:
        remarks.append(
            translate("Training ended before the last epoch that was planned, because it had stopped getting better.")
        )
    if run.resumed_from_epoch is not None:
        remarks.append(
            translate(
                "The run was interrupted and resumed after epoch {resumed_from_epoch}.",
                resumed_from_epoch=run.resumed_from_epoch,
            )
        )
    gap = best.val_accuracy - best.train_accuracy if best and best.val_accuracy and best.train_accuracy else 0.0
    if gap > 0:
        remarks.append(
            translate(
                "The training figures are measured while the weights still change, and on augmented pictures and "
                "with dropout where these are on. This is why they can be below the validation figures."
            )
        )
    return remarks


def _sentence(note: str) -> str:
    """Return a note with a capital at its start."""
    return note[:1].upper() + note[1:]


def _charts(history: Sequence[Epoch], best_epoch: int | None) -> list[LineChart | None]:
    epochs = [epoch.epoch for epoch in history]
    train_loss, val_loss = [e.train_loss for e in history], [e.val_loss for e in history]
    train_accuracy, val_accuracy = [e.train_accuracy for e in history], [e.val_accuracy for e in history]
    rates = [e.learning_rate for e in history]
    return [
        line_chart(
            translate("Accuracy"),
            epochs,
            [
                Series(translate("validation"), val_accuracy, main=True),
                Series(translate("training"), train_accuracy, main=False),
            ],
            best_epoch=best_epoch,
            label=tick_percent,
            summary=translate(
                "Accuracy by epoch. {course}", course=_course(translate("Validation"), val_accuracy, percent)
            ),
            highest=1.0,
        ),
        line_chart(
            translate("Loss"),
            epochs,
            [
                Series(translate("validation"), val_loss, main=True),
                Series(translate("training"), train_loss, main=False),
            ],
            best_epoch=best_epoch,
            label=lambda value: f"{value:g}",
            summary=translate("Loss by epoch. {course}", course=_course(translate("Validation"), val_loss, number)),
        ),
        line_chart(
            translate("Learning rate"),
            epochs,
            [Series(translate("learning rate"), rates, main=True)],
            best_epoch=best_epoch,
            label=lambda value: f"{value:g}",
            summary=translate("Learning rate by epoch. {course}", course=_course(translate("It"), rates, number)),
        ),
    ]


def _course(who: str, values: Sequence[float | None], in_words: Callable[[float], str]) -> str:
    """Return a sentence that says where a curve starts and ends."""
    there = [value for value in values if value is not None]
    return (
        translate("{who} goes from {first} to {last}.", who=who, first=in_words(there[0]), last=in_words(there[-1]))
        if there
        else ""
    )


def _row(epoch: Epoch, best_epoch: int | None) -> EpochRow:
    def shown(value: float | None) -> str:
        return "–" if value is None else f"{value:.4f}"

    return EpochRow(
        epoch=epoch.epoch,
        best=epoch.epoch == best_epoch,
        cells=(
            shown(epoch.train_loss),
            shown(epoch.val_loss),
            "–" if epoch.train_accuracy is None else percent(epoch.train_accuracy, 2),
            "–" if epoch.val_accuracy is None else percent(epoch.val_accuracy, 2),
            "–" if epoch.learning_rate is None else f"{epoch.learning_rate:.3g}",
            "–" if epoch.seconds is None else duration(epoch.seconds),
        ),
    )
