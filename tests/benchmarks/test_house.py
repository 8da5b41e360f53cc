"""What is counted in the source, on a package small enough to count by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

FILES = {
    "settings/train.py": """
class OptimizerSettings(Settings):
    name: str = "adam"
class JobSettings(Settings):
    epochs: int = 1
class TrainSettings(JobSettings):
    seed: int = setting(0, "Start.", excluded_by=("epochs", "val"))
    val: float = 0.1
    test: str | None = None
    optimizer: OptimizerSettings = OptimizerSettings()
""",
    "data/one.py": "from onelook.data.two import b\na: dict[str, Any] = {}\n",
    "data/two.py": "def b():\n    from .three import c\n",
    "data/three.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from onelook.data import one\n",
    "data/four.py": "from onelook.data import one\n" + "\n" * 50,
    "training/loop.py": "def fit(): ...\ndef again():\n    fit()\n",
    "workflow/fitting.py": "from onelook.training.loop import fit\ndef fit_model():\n    fit()\n",
    "workflow/folds.py": """
from onelook.workflow.fitting import fit_model
def fold(estimator, time_limit):
    for _ in range(2):
        fit_model()
    return time_limit * 0.5
def other(estimator):
    estimator.fit()
""",
    "workflow/rates.py": """
from onelook.workflow.fitting import fit_model
from onelook.workflow.stages import run_stages
def hands_over():
    return run_stages("plan", partial(fit_model, quiet=True))
def hands_on():
    return someone(fit_model)
def both():
    fit_model()
    return run_stages("plan", fit_model)
""",
    "workflow/trial.py": """
def trial():
    def inner():
        from onelook.training.loop import fit
        return fit()
    return inner()
def words(limit, time_limit):
    return f"{limit} " + "s", limit > 3
""",
    "workflow/lists.py": """
KEPT = frozenset({*("epochs", "seed"), "optimizer.name"})
PARTS = ("test", "val")
MIXED = ("epochs", "elsewhere")
TABLE = {"seed": 1, "epochs": 2}
def three(given):
    if {"epochs", "seed", "val"} & given:
        return {"epochs": 1, "seed": 2, "val": 3}
    return {"epochs", "seed"} & given
""",
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "src" / "onelook" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "src" / "onelook" / "data" / "__init__.py").write_text("")
    return tmp_path


def test_each_figure_as_counted_by_hand(checkout: Path) -> None:
    import house

    source = house.Source(checkout)
    counted = {
        house.circles: ("data/one.py ↔ data/three.py ↔ data/two.py",),
        house.largest_room: ("data: 5", "workflow: 5", "settings: 1"),
        house.compositions: (
            "workflow/folds.py: fold",
            "workflow/rates.py: both",
            "workflow/rates.py: hands_on",
            "workflow/trial.py: trial",
        ),
        house.time_arithmetic: ("workflow/folds.py",),
        house.setting_lists: (
            "workflow/lists.py:2: optimizer.name, epochs, seed",
            "workflow/lists.py:5: seed, epochs",
            "workflow/lists.py:7: epochs, seed, val",
        ),
        house.untyped: ("data/one.py: 1",),
    }
    for count, expected in counted.items():
        figure = count(source)
        assert sorted(figure.found) == sorted(expected), figure.measure
        assert figure.count == (5 if count is house.largest_room else len(expected)), figure.measure
    assert "data/four.py" not in house.small_files(source).found
    assert house.small_files(source).count == len(FILES) - 1  # and the empty __init__ is not counted


def test_the_table_shows_what_was_before(
    checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import house

    before, after = tmp_path / "before.json", tmp_path / "after.json"
    before.write_text(json.dumps({"figures": [{"measure": "circles between files", "count": 7}]}))
    words = ["house.py", "--checkout", str(checkout), "--before", str(before), "--json", str(after)]
    monkeypatch.setattr("sys.argv", words)
    house.main()
    assert capsys.readouterr().out.splitlines()[0].split() == ["circles", "between", "files", "7", "1"]
    written = json.loads(after.read_text())
    assert (written["figures"][0]["count"], written["before"]["figures"][0]["count"]) == (1, 7)

    # The written file serves as the one before, too: the figures before stay what they were.
    monkeypatch.setattr("sys.argv", [*words[:4], str(after), "--json", str(after)])
    house.main()
    assert capsys.readouterr().out.splitlines()[0].split() == ["circles", "between", "files", "7", "1"]
    assert json.loads(after.read_text())["before"] == written["before"]
