"""The first stage of a run: open the data, plan the training, decode, split and check the pictures."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onelook.data.class_names import names_as_in
from onelook.data.decode_settings import note_choices, note_given
from onelook.data.limit import limited
from onelook.data.splits.given import GivenSplit, read_split
from onelook.errors import DataError
from onelook.notebook import short_interrupts
from onelook.planning.classical_request import is_classical
from onelook.planning.facts import DataFacts, facts_of
from onelook.planning.plan import Plan, decode_settings, make_plan
from onelook.planning.request import Request
from onelook.planning.starting_point import StartingPoint
from onelook.planning.time_budget import TimeBudget, budget_of
from onelook.runs.learnt_before import LearntBefore, refuse_unless_forced, what_it_learnt
from onelook.runs.resumed import present_fixes, read_starting_model, refuse_other_data, settings_to_resume
from onelook.runs.stages import TrainingData
from onelook.runtime import choose_device, command_name
from onelook.settings import TrainSettings
from onelook.settings.merge import build_settings, merge
from onelook.settings.opening import OpeningOptions
from onelook.settings.queries import all_facts, excluded_by
from onelook.training.logs import require_logs
from onelook.wording import listed

if TYPE_CHECKING:
    from onelook.checks.finding import Finding
    from onelook.data.dataset import Dataset
    from onelook.data.prepare import Prepared
    from onelook.data.splits.split import Split
    from onelook.run_folder import RunFolder


@dataclass(frozen=True)
class PreparedData:
    """A data set that is decoded, split and checked."""

    dataset: Dataset
    prepared: Prepared  # every readable picture, and the split
    findings: tuple[Finding, ...]
    learnt: LearntBefore | None = None  # validation and test pictures that the model to continue from has learnt

    @property
    def split(self) -> Split:
        """The sides of the split."""
        return self.prepared.split

    @property
    def value_range(self) -> tuple[float, float]:
        """The lowest and highest value that the training pictures can have."""
        return self.dataset.pool.pictures.facts().value_range

    @property
    def training_data(self) -> TrainingData:
        """The pictures for one training."""
        split = self.split
        return TrainingData(split.train, split.val, self.value_range, self.dataset.class_names, split.test)


@short_interrupts("before the training began. Pictures that were read are kept: the same call reads the others.")
def prepare_training(request: Request) -> tuple[Plan, PreparedData]:
    """Open the data, plan the training, decode, split and check the pictures, and print the findings.

    Raises:
        ConfigError: a resumed run was given other settings; or the model to continue from has learnt validation or
            test pictures.
        DataError: the data is wrong, has no labels, or is not what the resumed run was trained on; or a given split,
            or the model to continue from, does not fit it.
        ModelError: the model to continue from is damaged.
    """
    from onelook.data.prepare import prepare
    from onelook.training.progress.choose import picture_bar
    from onelook.wording import entry

    asked, resumed, say = request.asked, request.resumed, request.say
    recorded = settings_to_resume(resumed, asked) if resumed else None
    settings = recorded or build_settings(asked, "the options")
    device = _refuse_missing(settings)
    given, start = _given_split(settings, resumed), read_starting_model(settings, resumed)
    splits_anew = bool({"split", *excluded_by("split")} & asked.keys())
    if start is not None and recorded is None:
        asked = start.settings_with(asked)
        settings = build_settings(asked, "the options")
    fixes = settings.fixes if resumed is None else present_fixes(settings.fixes, [resumed])
    dataset = open_labelled(request.data, settings.model_copy(update={"fixes": fixes}))
    if resumed is not None:
        dataset = names_as_in(dataset, resumed.read_run().get("data", {}).get("class_names", ()))
    dataset = note_choices(dataset) if start is None else note_given(start.name_classes(dataset), start.card.decode)
    say(str(dataset))
    facts, budget = facts_of(dataset), TimeBudget()
    if recorded is not None and resumed is not None:
        plan = _plan_of_resumed(recorded, resumed, facts, start)
    else:
        budget = budget_of(asked, request.matmul_speed)
        plan = make_plan(facts, asked, budget, device=device, start=start)
    if plan.tip:
        say("\n".join(entry("tip", plan.tip)))
    own_split = None if start is None or splits_anew or recorded else start.split_of(dataset)
    if own_split is not None:
        given, asked = read_split(own_split), merge(asked, {"split": str(own_split)})
    # The command brings a bar of its own.
    with picture_bar("reading pictures", quiet=request.quiet or request.on_progress is not None) as on_progress:
        prepared = prepare(
            dataset,
            plan.decode,
            val=settings.val if isinstance(settings.val, float) else 0.0,
            seed=settings.seed,
            strict=settings.strict,
            given=given,
            folds=settings.folds,
            on_progress=request.on_progress or on_progress,
        )
    split = prepared.split
    if recorded is not None and resumed is not None:
        refuse_other_data(resumed, dataset.fingerprint, split.fingerprint)
    else:
        plan = make_plan(replace(facts, train_rows=len(split.train)), asked, budget, device=device, start=start)
        plan = plan.with_choice(*_split_choice(plan.settings, prepared, is_asked=own_split is None))
    learnt = None if start is None else _what_it_learnt(start, dataset, prepared, force=plan.settings.force)
    data = PreparedData(dataset, prepared, _find_problems(prepared), learnt)
    _say_findings(data, request, plan.settings.limit)
    return plan, data


def open_labelled(data: Any, settings: TrainSettings) -> Dataset:
    """Open the training data, with the test and validation pictures and class names that the settings name.

    Raises:
        ConfigError: fewer pictures are asked for than there are classes.
        DataError: it is wrong or missing, or has no labels.
    """
    from onelook.data.open import open_with

    val = settings.val if isinstance(settings.val, str) else None
    dataset = open_with(data, settings, test=settings.test, val=val)
    if not dataset.class_names:
        notes = "".join(f" {note}" for note in dataset.notes)
        raise DataError(
            f"{dataset.name}: the pictures have no labels ({dataset.layout}: {dataset.why}). Training needs labels; "
            f"to label pictures with a trained model use `{command_name()} predict`.{notes}"
        )
    return dataset if settings.limit is None else limited(dataset, settings.limit, settings.seed)


def with_split(data: PreparedData, split: Split) -> PreparedData:
    """Return the same pictures with another split, checked again."""
    prepared = replace(data.prepared, split=split)
    return replace(data, prepared=prepared, findings=_find_problems(prepared))


def _refuse_missing(settings: TrainSettings) -> str:
    """Return the type of the training device. Check it and the packages of the logs before any data is read.

    Raises:
        ConfigError: the device or the package of a log is missing.
    """
    if is_classical(settings.model):
        return "cpu"
    require_logs(settings.log)
    return choose_device(settings.device).type


def _plan_of_resumed(recorded: TrainSettings, run: RunFolder, facts: DataFacts, start: StartingPoint | None) -> Plan:
    """Return the plan that the run began with, including the ground and the range of deep values."""
    record = run.read_run()
    if start is not None:
        decode = start.card.decode
    else:
        decoding = {name: value for name, value in record.get("data", {}).items() if name in ("ground", "deep_range")}
        # Runs of earlier versions record neither, because there was only one ground and one range.
        facts = replace(facts, **{"ground": "white", "deep_range": None, **decoding})
        decode = decode_settings(facts, recorded)
    return Plan(recorded, decode, tuple(record.get("choices", ())), start=start)


def _given_split(settings: TrainSettings, resumed: RunFolder | None) -> GivenSplit | None:
    """Return the given split. A resumed run reads its own copy, because the original file may be gone."""
    if settings.split is None:
        return None
    return read_split(Path(settings.split) if resumed is None else resumed.split_csv)


def _what_it_learnt(start: StartingPoint, dataset: Dataset, prepared: Prepared, *, force: bool) -> LearntBefore:
    train = prepared.split.train
    start.refuse_other_values(str(train.images.dtype), dataset.pool.pictures.facts().value_range)
    learnt = what_it_learnt(start, dataset, prepared.split)
    refuse_unless_forced(start, learnt, prepared.split, force=force)
    return learnt


def _split_choice(settings: TrainSettings, prepared: Prepared, *, is_asked: bool) -> tuple[str, ...]:
    """Return a sentence on the origin of a split that was not drawn; empty for a drawn one."""
    if settings.split is None:
        return ()
    split, changes = prepared.split, prepared.reading.changes
    counts = [f"{len(split.train):,} to train on", f"{len(split.val):,} to validate"]
    counts += [] if split.test is None else [f"{len(split.test):,} to test"]
    why = "" if is_asked else "; nothing that the model was trained on judges it"
    changed = "" if changes is None else changes.in_words()
    return (f"the split of {settings.split}: {listed(counts, last='')}{changed}{why}",)


def _find_problems(prepared: Prepared) -> tuple[Finding, ...]:
    """Return the findings: as `inspect` counts them, unless the user gave a split."""
    from onelook.checks.evidence import Evidence
    from onelook.checks.find_problems import find_problems, find_problems_after_split

    if any(part.given_side is not None for part in prepared.reading.parts.values()):
        return tuple(find_problems(Evidence.of_prepared(prepared)))
    of_split = Evidence.of_prepared(prepared, measured=False)
    return tuple(find_problems_after_split(Evidence.of_reading(prepared.reading), of_split))


def data_words(request: Request) -> list[str]:
    """Return the words that name the data, and how to read it, on a command line; empty for arrays and tables."""
    if not isinstance(request.data, str | os.PathLike):
        return []
    flags = {"test": "--test", **{name: all_facts()[name].flag or "" for name in OpeningOptions.model_fields}}
    given = [(flags[name], request.asked[name]) for name in flags if request.asked.get(name)]
    texts = [(flag, ",".join(value) if isinstance(value, tuple | list) else value) for flag, value in given]
    return [
        str(request.data),
        *(word for flag, value in texts for word in ((flag,) if value is True else (flag, str(value)))),
    ]


def _say_findings(data: PreparedData, request: Request, limit: int | None) -> None:
    from onelook.checks.find_problems import finding_lines
    from onelook.wording import entry

    words = data_words(request)
    if limit is not None:
        # `inspect` would show the findings of all pictures.
        findings = finding_lines(data.findings, [*words, "--limit", str(limit)] if words else (), has_page=True)
        findings += ["  shown in the run's report"] if data.findings else []
    else:
        findings = finding_lines(data.findings, words)
    request.say("\n".join([*entry("ledger", data.prepared.ledger.in_words()), *findings]))
