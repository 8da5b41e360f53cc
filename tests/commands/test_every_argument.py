"""Each argument of the functions behind the commands reaches what they call, with a value other than its default."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.recorded import StopError, record

from onelook.classifier import Classifier
from onelook.commands.decoding_flags import DecodingFlags
from onelook.commands.evaluate import evaluate_model
from onelook.commands.export import Int8Request, export_model
from onelook.commands.find_rate import find_learning_rate
from onelook.commands.import_keras import import_keras, import_model
from onelook.commands.inspect import inspect_data, judge_labels
from onelook.commands.predict import predict
from onelook.commands.train import cross_validate, train_models
from onelook.commands.tune import tune
from onelook.data.open import open_dataset
from onelook.errors import OnelookError
from onelook.estimator import ImageClassifier
from onelook.evaluation.prediction.batch import PredictionOptions
from onelook.runs.run import Run, run_plan
from onelook.runs.train_request import train_request
from onelook.settings.opening import OpeningOptions
from onelook.training.parallel import ALONE

OPENING = OpeningOptions(layout="idx", label_column="y")
FLAGS = DecodingFlags(invert=True, crop_to_content=False, keep_as=Path("kept"))
OPTIONS = PredictionOptions(probabilities=True, embeddings=True, top=2, reject_below=0.75)
CONFIG = "c.toml"  # in the folder of the test: batch_size = 7


def hear(done: int, total: int) -> None:
    """A function that reports progress."""


def tell(text: str) -> None:
    """A function that prints."""


@dataclass(frozen=True)
class Handed:
    """A call of a function, and what its callees have to get.

    Attributes:
        function: the function, or the method of an object.
        given: its arguments; each has another value than its default.
        callees: dotted name -> result, as `record` takes them.
        expected: callee -> arguments that it has to get; others are not looked at.
        elsewhere: parameters that another test looks at.
    """

    function: Callable[..., Any]
    given: Mapping[str, Any]
    callees: Mapping[str, Any]
    expected: Mapping[str, Mapping[str, Any]]
    elsewhere: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)  # of `**`


class AnyModel:
    """Stands for a model where only its name is handed on."""

    feature_count = 3
    class_names = ("a", "b")
    pictures = None
    decode = None


MODEL: Any = AnyModel()
DATA: Any = SimpleNamespace(
    rows=4,
    parts={},
    class_names=("a", "b"),
    no_classes="",
    notes=(),
)
ASKED = {"batch_size": 7, "seed": 4, "epochs": 3}
CASES = {
    "cross_validate": Handed(
        cross_validate,
        {"data": "photos", "folds": 3},
        {"onelook.commands.train.train": StopError},
        {"train": {"data": "photos", "folds": 3, "out": "new", "epochs": 2}},
        settings={"out": "new", "epochs": 2},
    ),
    "train_models": Handed(
        train_models,
        {"data": "photos", "models": "mlp,cnn"},
        {"onelook.commands.train.train": StopError},
        {"train": {"data": "photos", "models": "mlp,cnn", "out": "new", "epochs": 2}},
        settings={"out": "new", "epochs": 2},
    ),
    "find_learning_rate": Handed(
        find_learning_rate,
        {
            **{"data": "photos", "out": "new", "config": CONFIG, "sets": ("seed=4",)},
            **{"say": tell, "on_progress": hear},
        },
        {
            "onelook.commands.find_rate.prepare_training": (
                "the plan",
                SimpleNamespace(training_data="pictures"),
            ),
            "onelook.commands.find_rate.run_stages": StopError,
        },
        {
            "prepare_training": {
                "request.data": "photos",
                "request.asked": ASKED,
                "request.quiet": False,
                "request.say": tell,
                "request.on_progress": hear,
            },
            "run_stages": {
                **{"plan": "the plan", "data": "pictures"},
                **{"fit.keywords": {"quiet": False, "say": tell}},
            },
        },
        elsewhere=("quiet",),  # a row of its own below
        settings={"epochs": 3},
    ),
    "find_learning_rate, quiet": Handed(
        find_learning_rate,
        {"data": "photos", "quiet": True},
        {
            "onelook.commands.find_rate.prepare_training": ("the plan", SimpleNamespace(training_data="pictures")),
            "onelook.commands.find_rate.run_stages": StopError,
        },
        {"prepare_training": {"request.quiet": True, "request.on_progress": None}, "run_stages": {}},
        elsewhere=("out", "config", "sets", "say", "on_progress"),
    ),
    "tune": Handed(
        tune,
        {
            **{"data": "photos", "trials": 5, "out": "new", "resume": True, "config": CONFIG, "sets": ("seed=4",)},
            **{"say": tell, "on_progress": hear},
        },
        {
            "onelook.commands.tune.require_optuna": None,
            "onelook.commands.tune.find_run_to_resume": None,
            "onelook.commands.tune.refuse_place": None,
            "onelook.commands.tune.prepare_training": StopError,
        },
        {
            "find_run_to_resume": {"data": "photos", "out": "new"},
            "refuse_place": {"out": "new", "resumed": None},
            "prepare_training": {
                "request.data": "photos",
                "request.asked": ASKED,
                "request.quiet": False,
                "request.say": tell,
                "request.on_progress": hear,
            },
        },
        elsewhere=("trials", "on", "command", "quiet"),  # tests/commands/test_hand_overs.py
        settings={"epochs": 3},
    ),
    "evaluate_model": Handed(
        evaluate_model,
        {"model": "m", "data": "photos", "decoding": FLAGS, "opening": OPENING, "on_progress": hear},
        {
            "onelook.commands.evaluate.load": MODEL,
            "onelook.commands.decoding_flags.DecodingFlags.applied_to": MODEL,
            "onelook.commands.evaluate.evaluate_classifier": StopError,
        },
        {
            "load": {"path": "m"},
            "applied_to": {"self": FLAGS, "classifier": MODEL},
            "evaluate_classifier": {"classifier": MODEL, "data": "photos", "opening": OPENING, "on_progress": hear},
        },
    ),
    "predict": Handed(
        predict,
        {
            **{"model": "m", "data": "photos", "out": "o.parquet", "resume": True},
            **{"decoding": FLAGS, "opening": OPENING, "on_progress": hear},
        },
        {
            "onelook.commands.predict.load": MODEL,
            "onelook.commands.decoding_flags.DecodingFlags.applied_to": MODEL,
            "onelook.commands.predict.open_with": DATA,
            "onelook.commands.predict.with_size_note": DATA,
            "onelook.commands.predict.note_given": DATA,
            "onelook.commands.predict.no_predictions": "none",
            "onelook.commands.predict._about": {"model": "m"},
            "onelook.commands.predict.PredictionFile": SimpleNamespace(rows=3),
            "onelook.commands.predict.PredictionStream": StopError,
        },
        {
            "load": {"path": "m"},
            "applied_to": {"self": FLAGS},
            "open_with": {"data": "photos", "opening": OPENING, "for_training": False, "needs_labels": False},
            "PredictionFile": {
                **{"path": Path("o.parquet"), "options": OPTIONS, "empty": "none", "about": {"model": "m"}},
                "resume": True,
            },
            "PredictionStream": {
                **{"classifier": MODEL, "dataset": DATA, "options": OPTIONS, "on_progress": hear, "start": 3},
            },
        },
        # tests/commands/test_predict.py, tests/end_to_end/test_predict_on_ray.py
        elsewhere=("like", "keep", "on", "ray_address", "workers", "say"),
        settings={"probabilities": True, "embeddings": True, "top": 2, "reject_below": 0.75},
    ),
    "export_model": Handed(
        export_model,
        {"model": "m", "file_format": "onnx", "out": "o.onnx", "int8": Int8Request("photos", 9.0, hear)},
        {
            "onelook.commands.export.load": SimpleNamespace(card=SimpleNamespace(need_network=lambda _: None)),
            "onelook.commands.export.labelled_pictures": StopError,
        },
        {"load": {"path": "m"}, "labelled_pictures": {"data": "photos", "on_progress": hear}},
        elsewhere=("out",),  # tests/commands/test_model_commands.py
    ),
    "import_model": Handed(
        import_model,
        {"file": "a.keras", "out": "new", "class_names": "b,a", "scale": "signed", "image_size": "64x48"},
        {"onelook.commands.import_keras._read": StopError},
        {"_read": {"file": Path("a.keras"), "class_names": "b,a", "scale": "signed", "image_size": "64x48"}},
        elsewhere=("out",),  # tests/commands/test_import_keras.py
    ),
    "import_keras": Handed(
        import_keras,
        {"file": "a.keras", "class_names": "b,a", "scale": "signed", "image_size": "64x48"},
        {"onelook.commands.import_keras._read": StopError},
        {"_read": {"file": Path("a.keras"), "class_names": "b,a", "scale": "signed", "image_size": "64x48"}},
        elsewhere=("say",),  # tests/commands/test_import_keras.py
    ),
    "inspect_data": Handed(
        inspect_data,
        {
            **{"data": "photos", "test": "t", "opening": OPENING, "strict": True, "asked": {"image_size": "96"}},
            "on_progress": hear,
        },
        {
            "onelook.commands.inspect.open_with": DATA,
            "onelook.commands.inspect.note_choices": DATA,
            "onelook.commands.inspect.facts_of": "facts",
            "onelook.commands.inspect.decode_settings": "no settings",
            "onelook.commands.inspect.plan_inspected": SimpleNamespace(decode="settings"),
            "onelook.commands.inspect.read_dataset": StopError,
        },
        {
            "open_with": {"data": "photos", "opening": OPENING, "test": "t", "for_training": False},
            "plan_inspected": {"facts": "facts", "asked": {"image_size": "96"}, "size_only": True},
            "read_dataset": {"dataset": DATA, "decode": "settings", "strict": True, "on_progress": hear},
        },
    ),
    "judge_labels": Handed(
        judge_labels,
        {"found": SimpleNamespace(dataset="d", reading="r", decode="s"), "on_progress": hear},
        {"onelook.inspection.label_check.check_labels": StopError},
        {"check_labels": {"dataset": "d", "reading": "r", "decode": "s", "on_progress": hear}},
    ),
    "open_dataset": Handed(
        open_dataset,
        {"data": "photos", "test": "t", "val": "v", "for_training": False, "needs_labels": False},
        {"onelook.data.open.open_with": StopError},
        {
            "open_with": {
                **{"data": "photos", "opening": OPENING, "test": "t", "val": "v"},
                **{"for_training": False, "needs_labels": False},
            }
        },
        settings={"layout": "idx", "label_column": "y"},
    ),
    "train_request": Handed(
        train_request,
        {
            **{"data": "photos", "settings": {"epochs": 3}, "processes": ALONE, "out": Path("new"), "resume": True},
            **{"config": Path(CONFIG), "sets": ("seed=4",), "command": "onelook train", "say": tell},
            **{"on_progress": hear, "clock": SimpleNamespace(stage=lambda _: nullcontext()), "quiet": False},
        },
        {
            "onelook.runs.train_request.find_run_to_resume": None,
            "onelook.runs.train_request.refuse_place": None,
            "onelook.runs.train_request.prepare_training": ("the plan", SimpleNamespace(training_data="pictures")),
            "onelook.runs.train_request.run_plan": StopError,
        },
        {
            "find_run_to_resume": {"data": "photos", "out": Path("new")},
            "refuse_place": {"out": Path("new")},
            "prepare_training": {
                **{"request.data": "photos", "request.asked": ASKED, "request.out": Path("new")},
                **{"request.command": "onelook train", "request.quiet": False, "request.say": tell},
                **{"request.on_progress": hear, "request.resumed": None},
            },
            "run_plan": {
                **{"plan": "the plan", "data": "pictures", "sink.out": Path("new"), "sink.command": "onelook train"},
                **{"sink.say": tell, "sink.processes": ALONE, "quiet": False, "say": tell, "sink.resumed": None},
            },
        },
    ),
    "run_plan, a network": Handed(
        run_plan,
        {
            **{"plan": "p", "data": "d", "sink": "sink", "clock": "clock", "quiet": False, "say": tell},
            "listeners": ("a listener",),
        },
        {"onelook.runs.run.run_stages": StopError},
        {
            "run_stages": {
                **{"plan": "p", "data": "d", "sink": "sink", "clock": "clock"},
                "fit.keywords": {"quiet": False, "say": tell, "listeners": ("a listener",)},
            }
        },
    ),
    "ImageClassifier.evaluate": Handed(
        Classifier.evaluate,
        {"self": MODEL, "data": "photos"},
        {"onelook.commands.evaluate.evaluate_classifier": StopError},
        {"evaluate_classifier": {"classifier": MODEL, "data": "photos", "opening": OPENING}},
        settings={"layout": "idx", "label_column": "y"},
    ),
    "Run.plot_worst": Handed(
        Run.plot_worst,
        {"self": SimpleNamespace(folder="a folder"), "count": 3},
        {"onelook.report.plots.plot_worst": StopError},
        {"plot_worst": {"folder": "a folder", "count": 3}},
    ),
}


@pytest.fixture(autouse=True)
def _config(in_tmp: Path) -> None:
    Path(CONFIG).write_text("batch_size = 7\n", encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_every_argument_reaches_what_is_called(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = CASES[name]
    signature = inspect.signature(case.function)
    named = {each for each, facts in signature.parameters.items() if facts.kind is not facts.VAR_KEYWORD}
    assert {*case.given, *case.elsewhere} >= named, "a new parameter needs a value here"
    calls = record(monkeypatch, case.callees)
    with pytest.raises((StopError, OnelookError)) as stopped:
        case.function(**case.given, **case.settings)
    assert stopped.type is StopError, stopped.value
    found = {callee: _spread(arguments) for callee, arguments in calls}
    assert {*case.expected} <= {*found}
    assert {
        callee: {key: found[callee][key] for key in arguments} for callee, arguments in case.expected.items()
    } == case.expected


def _spread(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments, with the fields of those that are objects."""
    spread: dict[str, Any] = {}
    for key, value in arguments.items():
        spread[key] = value
        if is_dataclass(value):
            spread |= {f"{key}.{each.name}": getattr(value, each.name) for each in fields(value)}
        if hasattr(value, "keywords"):
            spread[f"{key}.keywords"] = value.keywords
    return spread


def test_an_estimator_hands_on_its_settings_and_its_classes(monkeypatch: pytest.MonkeyPatch) -> None:
    pictures, labels = np.zeros((4, 8, 8), np.uint8), ["dog", "cat", "dog", "cat"]
    given = {
        "model": "efficientnet-lite0",
        "epochs": 2,
        "batch_size": 3,
        "val": 0.5,
        "time_limit": "3m",
        "seed": 4,
        "device": "cpu",
    }
    calls = record(monkeypatch, {"onelook.commands.train.train": StopError})
    with pytest.raises(StopError):
        ImageClassifier(**given, settings={"dropout": 0.25}).fit(pictures, labels)
    ((_, arguments),) = calls
    images, positions = arguments["data"]
    assert (images.shape, positions.tolist()) == ((4, 8, 8, 1), [1, 0, 1, 0])
    assert (arguments["class_names"], arguments["quiet"]) == (("cat", "dog"), True)
    assert {name: arguments[name] for name in (*given, "dropout")} == {**given, "dropout": 0.25}
    calls.clear()
    fitted = record(monkeypatch, {"onelook.estimator.fit_arrays.fit_arrays": StopError})
    with pytest.raises(StopError):
        ImageClassifier(recipe="mnist-tutorial").fit(pictures, labels)
    ((_, asked),) = fitted
    assert {name: value for name, value in asked["settings"].items() if value is not None} == {
        **{"recipe": "mnist-tutorial", "seed": 0, "device": "auto"},
    }
    assert {*given, "recipe", "image_shape", "settings"} == {*inspect.signature(ImageClassifier).parameters}
