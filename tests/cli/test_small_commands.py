"""What the small commands print, whole, as text and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from onelook.cli import main
from onelook.cli import run_command as run_module
from onelook.commands.predict import Predicted
from onelook.evaluation.evaluate import evaluate
from onelook.evaluation.prediction.batch import PredictedBatch, PredictionOptions, PredictionTally
from onelook.export.target import Exported
from onelook.models import MODELS


@pytest.fixture(autouse=True)
def _eighty_columns(in_tmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[str, str]:
    assert main([*words]) == 0
    found = capsys.readouterr()
    return found.out, found.err


def document(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    out, err = printed(capsys, *words, "--json")
    assert err == ""
    return json.loads(out)


def test_names_are_listed_with_what_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    models = document(capsys, "models")
    assert [one["name"] for one in models][:2] == ["cnn", "cnn-small"]
    assert {*MODELS, "svc", "lda"} <= {one["name"] for one in models}
    assert models[-1] == {"name": "lda", "description": "linear discriminants: fast, and good on networks' features"}
    recipes = document(capsys, "recipes")
    assert {"name": "cifar10-cnn", "description": "three small convolutions for CIFAR-10"} in recipes
    assert [one["name"] for one in document(capsys, "datasets")] == ["digits", "mnist", "fashion_mnist", "cifar10"]
    out, err = printed(capsys, "datasets")
    assert err == ""
    assert out.splitlines()[:2] == [
        "name           what it is",
        "digits         1,797 handwritten digits, 8×8 grey; comes with scikit-learn",
    ]


def test_a_network_is_printed_as_a_file_that_can_be_trained(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("models", "--toml", "mlp", "--input", "4x5x3", "--classes", "7")
    out, _ = printed(capsys, *words)
    assert out.startswith("# The network mlp for pictures of 4×5×3.")
    assert out.endswith("\n")
    assert not out.endswith("\n\n")
    assert document(capsys, *words) == {"name": "mlp", "toml": out}
    Path("mine.toml").write_text(out, encoding="utf-8")
    found = document(capsys, "summary", "mine.toml", "--input", "4x5x3", "--classes", "7")
    assert [found["layers"][at]["output_shape"] for at in (0, -1)] == [[60], [7]]


def test_an_exported_file_is_named_with_its_size_and_classes(
    brightness_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, _ = printed(capsys, "export", str(brightness_model), "--to", "onnx", "--out", "b.onnx")
    size = Path("b.onnx").stat().st_size
    first, _, second = " ".join(out.split()).partition(", on 16 golden pictures and 256 random ones ")
    assert first.startswith(f"b.onnx, {size / 1000:.1f} kB: its probabilities differ from the model's by at most ")
    assert second == "classes, in the order of the probabilities: dark, light"
    found = document(capsys, "export", str(brightness_model), "--to", "onnx", "--out", "c.onnx")
    assert (found["path"], found["size_bytes"], found["class_names"]) == ("c.onnx", size, ["dark", "light"])
    assert 0 <= found["difference"] <= 1e-4


def test_classes_of_an_exported_file_are_in_the_order_of_its_probabilities(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    written = Exported(Path("m.onnx"), 3_550_000, 16, 256, difference=0.0000123, class_names=("b", "a", "c"))
    asked: list[Any] = []
    monkeypatch.setattr(
        "onelook.commands.export.export_model", lambda *given, int8: asked.append((*given, int8)) or written
    )
    out, err = printed(capsys, "export", "runs/a", "--to", "onnx")
    assert (" ".join(out.split()), err) == (
        "m.onnx, 3.5 MB: its probabilities differ from the model's by at most 1.2e-05, on 16 golden pictures "
        "and 256 random ones classes, in the order of the probabilities: b, a, c",
        "",
    )
    assert asked == [("runs/a", "onnx", None, None)]


def test_a_verified_model_names_each_engine_with_its_difference(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    differences = {"torch": 0.0, "onnx": 0.0000123}
    result = SimpleNamespace(files=("a", "b", "c"), differences=differences, golden_pictures=16, tolerance=0.0001)
    monkeypatch.setattr("onelook.commands.verify.verify_model", lambda model: result)
    out, _ = printed(capsys, "verify", "runs/a")
    assert " ".join(out.split()) == (
        "3 files are unchanged since the model was saved "
        "16 golden pictures predicted with torch: largest difference 0 (allowed: 0.0001) "
        "16 golden pictures predicted with onnx: largest difference 1.2e-05 (allowed: 0.0001)"
    )
    result.files, result.golden_pictures = ("a",), 1
    out, _ = printed(capsys, "verify", "runs/a")
    assert out.startswith("1 file is unchanged since the model was saved\n1 golden picture predicted with torch")


def test_a_score_is_printed_below_the_data_that_it_is_of(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Data:
        def __str__(self) -> str:
            return "the data"

    asked: list[Any] = []

    def evaluate_model(*given: Any, decoding: Any, opening: Any, on_progress: Any) -> Any:
        asked.append((*given, decoding.invert, opening.layout, on_progress is not None))
        return SimpleNamespace(evaluation=scored, dataset=Data(), to_dict=scored.to_dict)

    scored = evaluate(np.eye(2)[[0, 0, 1]], np.array([0, 1, 1]), ("a", "b"), "test")
    monkeypatch.setattr("onelook.commands.evaluate.evaluate_model", evaluate_model)
    out, err = printed(capsys, "evaluate", "m", "photos", "--layout", "class-folders")
    assert out.startswith("the data\n\n3 pictures\naccuracy")
    assert err.startswith("warning: ")
    assert document(capsys, "evaluate", "m", "photos", "--invert") == json.loads(json.dumps(scored.to_dict()))
    assert asked == [("m", "photos", None, "class-folders", True), ("m", "photos", True, None, True)]


def test_a_report_says_where_it_lies(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, Path | None]] = []

    def rebuild(run: str, out: Path | None) -> Path:
        asked.append((run, out))
        return out or Path(run) / "report.html"

    monkeypatch.setattr("onelook.commands.report.rebuild_report", rebuild)
    assert printed(capsys, "report", "runs/a") == ("report: runs/a/report.html\n", "")
    assert document(capsys, "report", "runs/a", "--out", "page.html") == {"report": "page.html"}
    assert asked == [("runs/a", None), ("runs/a", Path("page.html"))]


def predictions(rows: int, unreadable: dict[str, str], out: Path | None = None, top: int = 1) -> Predicted:
    probabilities = np.tile(np.array([0.25, 0.625, 0.125], np.float32), (rows, 1))
    probabilities[::4] = [1.0, 0.0, 0.0]
    dataset: Any = SimpleNamespace(notes=("two sizes",), layout="drawn", __str__=lambda: "drawn")
    ids = [f"{row}.png" for row in range(rows)]
    for name in unreadable:
        probabilities[ids.index(name)] = np.nan
    reasons = {ids.index(name): reason for name, reason in unreadable.items()}
    batch = PredictedBatch(ids, probabilities, ("cat", "dog", "eel"), unreadable=reasons)
    tally = PredictionTally(batch.class_names)
    tally.add(batch)
    return Predicted(out, dataset, batch, PredictionOptions(top=top), tally, "so", ("seen before",))


def test_predictions_on_the_screen(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    found = predictions(22, {"2.png": "cut short"}, top=3)
    monkeypatch.setattr("onelook.commands.predict.predict", lambda *_, **__: found)
    out, err = printed(capsys, "predict", "m", "d", "--top", "3")
    lines = out.splitlines()
    assert lines[:5] == [
        "note: two sizes",
        "picture  predicted class  confidence  then",
        "0.png    cat                100 %     dog 0 %, eel 0 %",
        "1.png    dog               62.5 %     cat 25.0 %, eel 12.5 %",
        "2.png    cannot be read",
    ]
    assert len(lines) == 2 + 20 + 1
    assert lines[-1] == "… and 2 more pictures; --out FILE.csv writes them all"
    assert err.splitlines() == ["warning: 2.png cannot be read: cut short", "warning: seen before"]
    few = predictions(20, {})
    monkeypatch.setattr("onelook.commands.predict.predict", lambda *_, **__: few)
    out, _ = printed(capsys, "predict", "m", "d")
    assert out.splitlines()[1] == "picture  predicted class  confidence"
    assert "more picture" not in out


def test_many_classes_of_a_picture_are_a_row_each(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = predictions(2, {}, top=4)
    monkeypatch.setattr("onelook.commands.predict.predict", lambda *_, **__: found)
    out, _ = printed(capsys, "predict", "m", "d", "--top", "4")
    assert [line.split() for line in out.splitlines()[1:]] == [
        ["picture", "predicted", "class", "confidence"],
        *(["0.png", "cat", "100", "%"], ["dog", "0", "%"], ["eel", "0", "%"]),
        *(["1.png", "dog", "62.5", "%"], ["cat", "25.0", "%"], ["eel", "12.5", "%"]),
    ]


def test_predictions_in_a_file(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    bad = {f"{row}.png": f"broken {row}" for row in (1, 2, 3, 5, 6, 7, 9)}
    found = predictions(12, bad, Path("out.csv"))
    assert found.class_counts == {"cat": 3, "dog": 2, "eel": 0}  # every class, and none that cannot be read
    monkeypatch.setattr("onelook.commands.predict.predict", lambda *_, **__: found)
    out, err = printed(capsys, "predict", "m", "d", "--out", "out.csv")
    assert err.splitlines() == [
        *(f"warning: {row}.png cannot be read: broken {row}" for row in (1, 2, 3, 5, 6)),
        "warning: 2 more pictures cannot be read; --json lists them all",
        "warning: seen before",
    ]
    lines = out.splitlines()
    assert lines[-6:] == [
        "predicted class  pictures",
        "cat                     3",
        "dog                     2",
        "",
        "12 rows: out.csv",
        "so",
    ]
    five = predictions(12, dict(list(bad.items())[:5]), Path("out.csv"))
    monkeypatch.setattr("onelook.commands.predict.predict", lambda *_, **__: five)
    _, err = printed(capsys, "predict", "m", "d", "--out", "out.csv", "--quiet")
    assert "more picture" not in err
    assert len(err.splitlines()) == 6


@pytest.mark.parametrize(("rank", "prefix"), [(0, ""), (2, "process 2 of 4: ")])
def test_another_process_than_the_first_says_which_it_is(
    rank: int, prefix: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("onelook.runtime.launch", lambda: SimpleNamespace(rank=rank, count=4))
    assert run_module.run(["report", "nowhere"]) == 2
    assert capsys.readouterr().err.startswith(f"error: {prefix}nowhere: ")


def test_a_comparison_says_where_its_page_lies(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = SimpleNamespace(to_dict=lambda: {"best": "a"}, warnings=("a has seen 3.", "b has seen 2."))
    monkeypatch.setattr("onelook.commands.compare.compare_runs", lambda runs, say: say(f"compare {[*runs]}") or found)
    monkeypatch.setattr("onelook.cli.compare.print_comparison", lambda say, _: say("a table"), raising=False)
    monkeypatch.setattr("onelook.commands.compare.comparison_page", lambda _: "<page>")
    out, err = printed(capsys, "compare", "a", "b", "--html", "page.html")
    assert out == "compare ['a', 'b']\n\na table\n\npage  page.html\n"
    assert err == "warning: a has seen 3.\nwarning: b has seen 2.\n"
    assert Path("page.html").read_text(encoding="utf-8") == "<page>"
    assert main(["compare", "a", "b", "--json"]) == 0
    found_text = capsys.readouterr()
    assert json.loads(found_text.out) == {"best": "a"}
    assert found_text.err == "compare ['a', 'b']\n"
