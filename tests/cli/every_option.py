"""Every option of every command with a value other than its default, and what the command's callees then get."""

from __future__ import annotations

from pathlib import Path

from tests.cli.option_rows import (
    ABSENT,
    FIXES,
    OF_OPENING,
    Asked,
    Row,
    arguments_of,
    decoding_rows,
    opening_rows,
    output_rows,
    setting_rows,
)
from tests.cli.recorded_calls import Listener, Shown
from tests.recorded import StopError

from onelook.commands.decoding_flags import DecodingFlags
from onelook.commands.export import Int8Request
from onelook.data.fixes.fixes_file import Fix
from onelook.inspection.training_preview import PageRequest
from onelook.server.heads import LimitedHeads
from onelook.settings.opening import OpeningOptions

_INSPECTED = Shown(dataset=Shown(), label_check=None, to_dict=lambda: {})
_JUDGED = Shown(dataset=Shown(), label_check=Shown(is_reliable=True), to_dict=lambda: {})
_REVIEW = Shown(marks=Shown(all=list, path=Path("m.csv")), pictures=())
_LISTENS = {
    "onelook.cli.serve.listening": Listener(),
    "uvicorn.Config": Shown(),
    "uvicorn.Server": StopError,
}
_EIGHT = ("--int8", "--calibrate", "some photos")
_PAGE = {"write_page.found": "Shown", "write_page.request": PageRequest(Path("look.html"), ("photos",))}
_LABELS = {
    **{"judge_labels.found": "Shown", "judge_labels.on_progress": True, "print_label_check.say": "Printer"},
    **{"print_label_check.check": "Shown", "print_label_check.path": None, "print_label_check.data": ("photos",)},
}

COMMANDS: dict[str, Asked] = {
    "train": Asked(
        ("train", "photos of mine"),
        {"onelook.commands.train.train": StopError},
        arguments_of(
            "train",
            **{"data": "photos of mine", "out": None, "name": None, "resume": False, "config": None, "sets": ()},
            **{"command": "", "quiet": False, "say": "Printer", "on_progress": True, "summary": False},
        ),
        {
            **setting_rows("train"),
            "--set": Row(("--set", "cutout=0.5", "--set", "seed=4"), {"train.sets": ["cutout=0.5", "seed=4"]}),
            "--config": Row(("--config", "c.toml"), {"train.config": Path("c.toml")}),
            "--out": Row(("--out", "new"), {"train.out": Path("new")}),
            "--name": Row(("--name", "first"), {"train.out": Path("runs/first")}, is_other=True),
            "--resume": Row(("--resume",), {"train.resume": True}),
            **output_rows(
                *("--json", "--quiet", "--debug", "--lang"), when_quiet={"train.quiet": True, "train.on_progress": None}
            ),
        },
        refused=("--find-lr",),
    ),
    "train --find-lr": Asked(
        ("train", "photos of mine", "--find-lr"),
        {"onelook.commands.find_rate.find_learning_rate": StopError},
        arguments_of(
            "find_learning_rate",
            **{"data": "photos of mine", "out": None, "config": None, "sets": (), "quiet": False},
            **{"say": "Printer", "on_progress": True},
        ),
        {
            **setting_rows("find_learning_rate"),
            "--set": Row(("--set", "cutout=0.5"), {"find_learning_rate.sets": ["cutout=0.5"]}),
            "--config": Row(("--config", "c.toml"), {"find_learning_rate.config": Path("c.toml")}),
            "--out": Row(("--out", "new"), {"find_learning_rate.out": Path("new")}),
            "--name": Row(("--name", "first"), {"find_learning_rate.out": Path("runs/first")}, is_other=True),
            **output_rows(
                *("--json", "--quiet", "--debug", "--lang"),
                when_quiet={"find_learning_rate.quiet": True, "find_learning_rate.on_progress": None},
            ),
        },
        refused=("--resume", "--find-lr"),
    ),
    "tune": Asked(
        ("tune", "photos of mine"),
        {"onelook.commands.tune.tune": StopError},
        arguments_of(
            "tune",
            **{"data": "photos of mine", "trials": 30, "on": "here", "out": None, "resume": False, "config": None},
            **{"sets": (), "command": "", "quiet": False, "say": "Printer", "on_progress": True},
        ),
        {
            **setting_rows("tune", "--folds", "--models"),
            "--trials": Row(("--trials", "7"), {"tune.trials": 7}),
            "--on": Row(("--on", "ray"), {"tune.on": "ray"}),
            "--set": Row(("--set", "cutout=0.5"), {"tune.sets": ["cutout=0.5"]}),
            "--config": Row(("--config", "c.toml"), {"tune.config": Path("c.toml")}),
            "--out": Row(("--out", "new"), {"tune.out": Path("new")}),
            "--resume": Row(("--resume",), {"tune.resume": True}),
            **output_rows(
                *("--json", "--quiet", "--debug", "--lang"), when_quiet={"tune.quiet": True, "tune.on_progress": None}
            ),
        },
    ),
    "inspect": Asked(
        ("inspect", "photos"),
        {
            "onelook.planning.options.gather_overrides": {"epochs": 3},
            "onelook.commands.inspect.inspect_data": _INSPECTED,
            "onelook.commands.inspect.judge_labels": _JUDGED,
            "onelook.cli.inspect.print_inspection": None,
            "onelook.cli.inspect.print_label_check": None,
            "onelook.inspection.page.write_page": None,
        },
        {
            **arguments_of("gather_overrides", flags={"recipe": None}, sets=(), config=None),
            **arguments_of(
                "inspect_data",
                **{"data": "photos", "test": None, "opening": OpeningOptions(), "strict": False},
                **{"asked": {"epochs": 3}, "on_progress": True},
            ),
            **arguments_of("print_inspection", say="Printer", found="Shown", data=("photos",), has_page=False),
        },
        {
            "--labels": Row(("--labels",), _LABELS),
            "--suspects": Row(("--suspects", "s.csv"), {**_LABELS, "print_label_check.path": Path("s.csv")}),
            "--html": Row(("--html", "look.html"), {"print_inspection.has_page": True, **_PAGE}),
            "--test": Row(("--test", "my test"), {"inspect_data.test": "my test", ".words": ("--test", "my test")}),
            "--recipe": Row(
                ("--recipe", "cifar10-cnn"),
                {
                    "gather_overrides.flags": {"recipe": "cifar10-cnn"},
                    "write_page.words": ("--recipe", "cifar10-cnn"),
                },
            ),
            "--set": Row(
                ("--set", "a=1", "--set", "b=2"),
                {"gather_overrides.sets": ["a=1", "b=2"], "write_page.words": ("--set", "a=1", "--set", "b=2")},
            ),
            **opening_rows("inspect_data.opening"),
            "--strict": Row(("--strict",), {"inspect_data.strict": True}),
            **output_rows("--json", "--debug", "--lang"),
        },
    ),
    "evaluate": Asked(
        ("evaluate", "m", "photos"),
        {"onelook.commands.evaluate.evaluate_model": StopError},
        arguments_of(
            "evaluate_model",
            **{"model": "m", "data": "photos", "decoding": DecodingFlags(), "opening": OpeningOptions()},
            on_progress=True,
        ),
        {
            **opening_rows("evaluate_model.opening", "--no-groups"),
            **decoding_rows("evaluate_model.decoding"),
            "--keep-as": Row(("--keep-as", "kept"), {"evaluate_model.decoding": {"keep_as": Path("kept")}}),
            **output_rows("--json", "--debug"),
        },
    ),
    "predict": Asked(
        ("predict", "m", "photos"),
        {"onelook.commands.predict.predict": StopError},
        arguments_of(
            "predict",
            **{"model": "m", "data": "photos", "out": None, "like": None, "probabilities": False},
            **{"embeddings": False, "top": 1, "reject_below": 0.0, "decoding": DecodingFlags()},
            **{"opening": OpeningOptions(), "on_progress": True, "resume": False, "keep": 20},
            **{"on": "here", "ray_address": None, "workers": None, "say": "Printer"},
        ),
        {
            "--layout": Row(("--layout", "idx"), {"predict.opening": {"layout": "idx"}}),
            "--out": Row(("--out", "o.csv"), {"predict.out": "o.csv"}),
            "--on": Row(("--on", "ray"), {"predict.on": "ray"}),
            "--ray-address": Row(("--ray-address", "10.0.0.1:6379"), {"predict.ray_address": "10.0.0.1:6379"}),
            "--workers": Row(("--workers", "3"), {"predict.workers": 3}),
            "--like": Row(("--like", "s.csv"), {"predict.like": Path("s.csv")}),
            "--resume": Row(("--resume",), {"predict.resume": True}),
            "--probabilities": Row(("--probabilities",), {"predict.probabilities": True}),
            "--embeddings": Row(("--embeddings",), {"predict.embeddings": True}),
            "--top": Row(("--top", "3"), {"predict.top": 3}),
            "--reject-below": Row(("--reject-below", "0.75"), {"predict.reject_below": 0.75}),
            **decoding_rows("predict.decoding"),
            "--keep-as": Row(("--keep-as", "kept"), {"predict.decoding": {"keep_as": Path("kept")}}),
            **output_rows(
                "--json",
                "--quiet",
                "--debug",
                when_quiet={"predict.on_progress": None},
                when_json={"predict.keep": None},
            ),
        },
    ),
    "review": Asked(
        ("review", "photos"),
        {
            "onelook.commands.inspect.inspect_data": _INSPECTED,
            "onelook.commands.inspect.judge_labels": _JUDGED,
            "onelook.commands.review.review_data": _REVIEW,
            "onelook.cli.review.listening": StopError,
        },
        {
            **arguments_of(
                "inspect_data",
                **{"data": "photos", "test": None, "opening": OpeningOptions(), "strict": False},
                **{"asked": None, "on_progress": True},
            ),
            **arguments_of("judge_labels", found="Shown", on_progress=True),
            **arguments_of("review_data", found="Shown", words=("photos",), fixes=(), out=None),
            **arguments_of("listening", host="127.0.0.1", port=0),
        },
        {
            "--port": Row(("--port", "8123"), {"listening.port": 8123}),
            "--out": Row(("--out", "m.csv"), {"review_data.out": Path("m.csv")}),
            **opening_rows("inspect_data.opening", "--fixes"),
            "--fixes": Row(
                ("--fixes", FIXES),
                {
                    "inspect_data.opening": {"fixes": FIXES},
                    "review_data.fixes": (Fix(2, "cat/1.png", "drop"),),
                    ".words": ("--fixes", FIXES),
                },
            ),
            **output_rows(
                *("--quiet", "--debug", "--lang"),
                when_quiet={"inspect_data.on_progress": None, "judge_labels.on_progress": None},
            ),
        },
        refused=("--data",),
    ),
    "review RUN": Asked(
        ("review", "a run"),
        {
            "onelook.commands.review.review_run": _REVIEW,
            "onelook.cli.review.listening": StopError,
        },
        {
            **arguments_of("review_run", path=Path("a run"), data=None, out=None, find_data=True, warn=True),
            **arguments_of("listening", host="127.0.0.1", port=0),
        },
        {
            "--port": Row(("--port", "8123"), {"listening.port": 8123}),
            "--data": Row(("--data", "moved"), {"review_run.data": "moved"}),
            "--out": Row(("--out", "m.csv"), {"review_run.out": Path("m.csv")}),
            **output_rows("--quiet", "--debug", "--lang"),
        },
        refused=OF_OPENING,
    ),
    "report": Asked(
        ("report", "runs/a"),
        {
            "onelook.commands.report.refuse_figures": None,
            "onelook.commands.report.rebuild_report": Path("r.html"),
            "onelook.commands.report.write_figures": [],
        },
        arguments_of("rebuild_report", run="runs/a", out=None),
        {
            "--out": Row(("--out", "my page.html"), {"rebuild_report.out": Path("my page.html")}),
            "--figures": Row(
                ("--figures", "drawn"),
                {
                    **{"refuse_figures.run": "runs/a", "refuse_figures.folder": Path("drawn")},
                    **{"write_figures.run": "runs/a", "write_figures.folder": Path("drawn")},
                },
            ),
            **output_rows("--json", "--debug", "--lang"),
        },
    ),
    "compare": Asked(
        ("compare", "runs/b", "runs/a"),
        {
            "onelook.report.page.refuse_page": None,
            "onelook.commands.compare.compare_runs": Shown(warnings=(), to_dict=lambda: {}),
            "onelook.commands.compare.comparison_page": "<page>",
            "onelook.files.write_text": None,
            "onelook.cli.compare.print_comparison": None,
        },
        {
            **arguments_of("compare_runs", paths=["runs/b", "runs/a"], say="Printer"),
            **arguments_of("print_comparison", say="Printer", found="Shown"),
        },
        {
            "--html": Row(
                ("--html", "c.html"),
                {
                    **{"refuse_page.path": Path("c.html"), "refuse_page.option": "--html"},
                    **{"comparison_page.comparison": "Shown", "comparison_page.beside": None},
                    **{"write_text.target": Path("c.html"), "write_text.content": "<page>"},
                },
            ),
            **output_rows("--debug", "--lang"),
            "--json": Row(
                ("--json",), {"json": True, "print_comparison.say": ABSENT, "print_comparison.found": ABSENT}
            ),
        },
    ),
    "summary": Asked(
        ("summary", "cnn"),
        {"onelook.commands.summary.summarize_network": StopError},
        arguments_of("summarize_network", what="cnn", input_shape=None, num_classes=None),
        {
            "--input": Row(("--input", "24x32x3"), {"summarize_network.input_shape": (24, 32, 3)}),
            "--classes": Row(("--classes", "7"), {"summarize_network.num_classes": 7}),
            **output_rows("--json", "--debug"),
        },
    ),
    "export": Asked(
        ("export", "m", "--to", "onnx"),
        {"onelook.commands.export.export_model": StopError},
        arguments_of("export_model", model="m", file_format="onnx", out=None, int8=None),
        {
            "--to": Row(("--to", "keras"), {"export_model.file_format": "keras"}),
            "--out": Row(("--out", "o.onnx"), {"export_model.out": Path("o.onnx")}),
            "--int8": Row(_EIGHT, {"export_model.int8": Int8Request("some photos", 1.0, True)}),
            "--calibrate": Row(_EIGHT, {"export_model.int8": Int8Request("some photos", 1.0, True)}),
            "--allow-loss": Row(
                (*_EIGHT, "--allow-loss", "2.5"),
                {"export_model.int8": Int8Request("some photos", 2.5, True)},
            ),
            **output_rows("--json", "--debug"),
        },
    ),
    "import": Asked(
        ("import", "a.keras", "--out", "new"),
        {"onelook.commands.import_keras.import_model": StopError},
        arguments_of(
            "import_model", file=Path("a.keras"), out=Path("new"), class_names=None, scale=None, image_size=None
        ),
        {
            "--out": Row(("--out", "other"), {"import_model.out": Path("other")}),
            "--class-names": Row(("--class-names", "b,a"), {"import_model.class_names": "b,a"}),
            "--scale": Row(("--scale", "signed"), {"import_model.scale": "signed"}),
            "--image-size": Row(("--image-size", "64x48"), {"import_model.image_size": "64x48"}),
            **output_rows("--json", "--debug"),
        },
    ),
    "verify": Asked(
        ("verify", "m"),
        {"onelook.commands.verify.verify_model": StopError},
        arguments_of("verify_model", model="m"),
        output_rows("--json", "--debug"),
    ),
    "serve": Asked(
        ("serve", "b=runs/b", "runs/a"),
        {
            "onelook.commands.serve.load_for_serving": Shown(),
            "onelook.server.app.build_app": Shown(),
            **_LISTENS,
        },
        {
            **arguments_of("load_for_serving", path=Path("runs/a"), flags=DecodingFlags()),
            **arguments_of(
                "build_app",
                **{"models": [("b", "Shown"), ("a", "Shown")], "limits": None, "reject_below": 0.0, "token": ""},
            ),
            **arguments_of("listening", host="127.0.0.1", port=8000),
            **{
                "Config.app": "Shown",
                "Config.http": LimitedHeads,
                "Config.log_level": "info",
                "Config.access_log": True,
            },
            **{"Server.config": "Shown"},
        },
        {
            "--host": Row(("--host", "0.0.0.0"), {"listening.host": "0.0.0.0"}),
            "--port": Row(("--port", "8123"), {"listening.port": 8123}),
            "--reject-below": Row(("--reject-below", "0.75"), {"build_app.reject_below": 0.75}),
            **decoding_rows("load_for_serving.flags"),
            "--token": Row(("--token", "t0k"), {"build_app.token": "t0k"}),
            **output_rows("--quiet", "--debug", when_quiet={"Config.log_level": "warning", "Config.access_log": False}),
        },
    ),
    "runs": Asked(
        ("runs", "some"),
        {"onelook.commands.runs.list_runs": []},
        arguments_of("list_runs", folder="some"),
        output_rows("--json", "--debug"),
    ),
    "models": Asked(
        ("models", "--toml", "cnn"),
        {"onelook.commands.summary.network_file": "a network"},
        arguments_of("network_file", what="cnn", input_shape=None, num_classes=None),
        {
            "--toml": Row(("--toml", "mlp"), {"network_file.what": "mlp"}),
            "--input": Row(("--input", "24x32x3"), {"network_file.input_shape": (24, 32, 3)}),
            "--classes": Row(("--classes", "7"), {"network_file.num_classes": 7}),
            **output_rows("--debug"),
            "--json": Row(("--json",), {"json": True, "quiet": False}),
        },
        prints=False,
    ),
    "recipes": Asked(("recipes",), {}, {}, output_rows("--json", "--debug")),
    "datasets": Asked(("datasets",), {}, {}, output_rows("--json", "--debug")),
}
