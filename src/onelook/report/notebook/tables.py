"""The outputs for several trainings, as tables: folds, lists of models, searches, comparisons; and for a found rate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from onelook.evaluation.result import Evaluation
from onelook.report.charts.lines import LineChart
from onelook.report.notebook.cell import render_cell
from onelook.report.page_wording import duration, percent
from onelook.report.rate_page import chart_of, rate_rows
from onelook.wording import counted

if TYPE_CHECKING:
    from onelook.commands.find_rate import FoundRate
    from onelook.comparison.result import ComparedRun, Comparison
    from onelook.runs.fold_scores import CrossValidation
    from onelook.runs.model_list import TrainedModels
    from onelook.tuning.search_result import SearchResult, TrialRow

_MOST_ROWS = 15


@dataclass(frozen=True)
class Row:
    """A line of the table: its name, its cells, and whether it is the best or kept."""

    name: str
    cells: tuple[str, ...]
    best: bool = False


@dataclass(frozen=True)
class Table:
    """The content of the output."""

    title: str
    heads: tuple[str, ...] = ()  # of the first column and of the cells
    rows: tuple[Row, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    note: str = ""
    chart: LineChart | None = None


def folds_html(found: CrossValidation) -> str:
    """Return the HTML that a notebook shows for folds.

    Raises:
        ConfigError: Jinja2 is not installed.
    """
    mean, test = found.accuracy, found.test_accuracy
    rows = tuple(
        Row(
            f"{fold.number}" if fold.status == "complete" else f"{fold.number} ({fold.status})",
            (f"{fold.evaluation.rows:,}", _accuracy(fold.evaluation), _accuracy(fold.test)),
        )
        for fold in found.folds
    )
    title = f"{len(found.complete)} of {counted(found.count, 'fold')}"
    if mean is not None:
        title += f": {percent(mean.mean, 2)} on average"
    means = [(name, each) for name, each in (("mean", mean), ("on test pictures", test)) if each is not None]
    facts = [(name, f"{percent(each.mean, 2)}, 95 % t interval {_interval(each.interval, 2)}") for name, each in means]
    report = found.path / "report.html"
    facts += [("report", str(report))] if report.is_file() else []
    return _render(Table(title, ("fold", "pictures", "accuracy", "on test pictures"), rows, tuple(facts)))


def models_html(found: TrainedModels) -> str:
    """Return the HTML that a notebook shows for a list of models.

    Raises:
        ConfigError: Jinja2 is not installed.
    """
    if found.comparison is not None:
        failed = tuple((model.model, f"could not be trained: {model.error}") for model in found.failed)
        return comparison_html(found.comparison, failed)
    rows = tuple(
        Row(model.model, (_accuracy(model.evaluation), model.error or model.status, str(model.run.path)))
        for model in found.models
    )
    return _render(Table(counted(len(rows), "model"), ("model", "accuracy", "status", "run"), rows))


def comparison_html(found: Comparison, more: Iterable[tuple[str, str]] = ()) -> str:
    """Return the HTML that a notebook shows for a comparison of runs.

    Args:
        found: the comparison.
        more: further facts below the table.

    Raises:
        ConfigError: Jinja2 is not installed.
    """
    rows = tuple(Row(run.label, _compared(run), at == found.best) for at, run in enumerate(found.runs))
    heads = ("run", "accuracy", "95 % interval", "one picture", "training", "folder")
    title = f"{counted(len(rows), 'run')} on {found.data}: {found.runs[found.best].label} is the most accurate"
    return _render(Table(title, heads, rows, tuple(more), note=found.advice))


def search_html(found: SearchResult) -> str:
    """Return the HTML that a notebook shows for a search: its trials, the best first.

    Raises:
        ConfigError: Jinja2 is not installed.
    """
    rows = tuple(Row(str(row.number), _trial(row), row.number == found.best) for row in found.ranked[:_MOST_ROWS])
    title = f"{counted(len(found.trials), 'trial')}, {found.status}"
    if found.run is not None:
        title = f"Trial {found.best} of {len(found.trials)} is the best: {found.run}"
    left = len(found.trials) - len(rows)
    note = f"And {counted(left, 'more trial')} in {found.path / 'trials.csv'}." if left else ""
    facts = () if found.run is None else (("run", str(found.run.path)),)
    return _render(Table(title, ("trial", "validation", "settings", "epochs", "time"), rows, facts, note))


def history_html(epochs: Sequence[Mapping[str, object]]) -> str:
    """Return the HTML that a notebook shows for the epochs of a run: the latest, with rounded numbers.

    Raises:
        ConfigError: Jinja2 is not installed.
    """
    names = [name for name in (epochs[0] if epochs else {}) if name != "epoch"]
    rows = tuple(
        Row(str(epoch.get("epoch", "")), tuple(_short(epoch.get(name)) for name in names))
        for epoch in epochs[-_MOST_ROWS:]
    )
    left = len(epochs) - len(rows)
    note = f"And {counted(left, 'earlier epoch')}." if left else ""
    heads = ("epoch", *(name.replace("_", " ") for name in names))
    return _render(Table(counted(len(epochs), "epoch"), heads, rows, note=note))


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def rate_html(found: FoundRate) -> str:
    """Return the HTML that a notebook shows for a found learning rate.

    Raises:
        ConfigError: Jinja2 is not installed.
    """
    facts = (*rate_rows(found.sweep), *found.facts())
    title = f"A learning rate of {found.suggestion:g} suits this data"
    return _render(Table(title, facts=facts, note=found.sweep.why, chart=chart_of(found.sweep)))


def _render(table: Table) -> str:
    return render_cell("table.html", table)


def _accuracy(evaluation: Evaluation | None) -> str:
    return "–" if evaluation is None else percent(evaluation.accuracy, 2)


def _interval(bounds: tuple[float, float], decimals: int = 1) -> str:
    return " to ".join(percent(bound, decimals) for bound in bounds)


def _compared(run: ComparedRun) -> tuple[str, ...]:
    one = "–" if run.one_thread is None else f"{run.one_thread.latency_ms:.3g} ms"
    trained = "–" if run.train_seconds is None else duration(run.train_seconds)
    return percent(run.accuracy, 2), _interval(run.accuracy_interval), one, trained, run.run


def _trial(row: TrialRow) -> tuple[str, ...]:
    settings = ", ".join(
        f"{name.rpartition('.')[2]} {value:.3g}" if isinstance(value, float) else f"{name.rpartition('.')[2]} {value}"
        for name, value in row.settings.items()
    )
    accuracy = row.state if row.val_accuracy is None else percent(row.val_accuracy, 2)
    stopped = " (stopped)" if row.state == "pruned" else ""
    return f"{accuracy}{stopped}", row.note or settings, str(row.epochs), duration(row.seconds)
