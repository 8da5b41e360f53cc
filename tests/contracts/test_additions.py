"""What the next maintainer adds touches as few files as docs/architecture.md says: one of each, in a scratch copy.

(`test_new_score.py` does the same for a score, and looks into every place that shows scores.)
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from tests.contracts.conftest import RunIn
from tests.copies import needs_copies

import onelook

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "architecture.md"

pytestmark = needs_copies


@dataclass(frozen=True)
class Addition:
    """Files that are new, lines that go before a line of a file that is there, and pages that describe them.

    Attributes:
        new: path in the package -> content.
        lines: path in the package -> (the beginning of a line, what is inserted before it, perhaps another two).
        pages: in docs/, that a test asks to be written.
    """

    new: dict[str, str] = field(default_factory=dict)
    lines: dict[str, tuple[str, ...]] = field(default_factory=dict)
    pages: tuple[str, ...] = ()

    @property
    def files(self) -> int:
        return len(self.new) + len(self.lines) + len(self.pages)


LAYOUT = """
import numpy as np
from onelook.data.layouts.array_dataset import array_dataset
from onelook.data.layouts.layout import Candidate, LabelSource

class Toy:
    def recognise(self, location):
        return Candidate("it holds toy.bin", LabelSource.FORMAT) if "toy.bin" in location.entries() else None

    def open(self, location, options):
        with location.open("toy.bin") as file:
            rows = np.frombuffer(file.read(), np.uint8).reshape(-1, 65)
        images, labels = rows[:, 1:].reshape(-1, 8, 8, 1), rows[:, 0].astype(np.int64)
        parts = {"all": (images, labels)}
        return array_dataset(parts, name=location.name, layout="toy", why="toy.bin", class_names=("dark", "light"))
"""
CHECK = """
from onelook.checks.finding import Finding

def check(evidence):
    name = next(iter(evidence.splits))
    return [Finding("toy", name, 1, (), "A toy was found.")]
"""
NETWORK = """
from onelook.settings import NetworkSettings
from onelook.settings.network import Dense, Flatten

def build(facts):
    return NetworkSettings(layers=(Flatten(), Dense(units="classes")))
"""
SECTION = """
from onelook.report.page import (Section)

def build_section(results):
    return Section("Toy", "What a toy says", "toy.html", "a toy was here")
"""
ENDING_STEP = """
from onelook.files import write_text
from onelook.runs.ending.step import Cost, EndingStep

def _run(ending):
    write_text(ending.folder.evidence / "toy.txt", f"{ending.scored.evaluation.rows} scored")
    return ending

STEP = EndingStep(_run, writes=("evidence/toy.txt",), cost=lambda facts: Cost(len(facts.scored), 0.1))
"""
RECIPE = """
model = "mlp"
epochs = 1
batch_size = 128
val = 0.25

[recipe]
description = "a toy"
data = "anything"
published = "none"
"""
ADDITIONS = {
    "a data layout": Addition(
        new={"data/layouts/arrays/toy.py": LAYOUT},
        lines={
            "data/layouts/registry.py": (
                '    "npz": LayoutEntry(',
                '    "toy": LayoutEntry("onelook.data.layouts.arrays.toy:Toy", "a toy"),\n',
            )
        },
        pages=("layouts.md",),
    ),
    "a data check": Addition(
        new={"checks/pictures/toy.py": CHECK},
        lines={
            "checks/__init__.py": (
                '        "blank": (',
                '        "toy": ("onelook.checks.pictures.toy:check", "a toy"),\n',
            )
        },
        pages=("checks.md",),
    ),
    "a network": Addition(
        new={"models/families/toy.py": NETWORK},
        lines={
            "models/__init__.py": (
                '        "mlp": (',
                '        "toy": ("onelook.models.families.toy:build", "a toy"),\n',
            )
        },
    ),
    "a report section": Addition(
        new={
            "report/sections/toy.py": SECTION,
            "report/templates/sections/toy.html": "<p>{{ view }}</p>\n",
        },
        lines={
            "report/sections/__init__.py": (
                '        "errors": (',
                '        "toy": ("onelook.report.sections.toy:build_section", "a toy"),\n',
            )
        },
    ),
    "a step after training": Addition(
        new={"runs/ending/toy.py": ENDING_STEP},
        lines={
            "runs/ending/__init__.py": (
                "    },",
                '        "toy": ("onelook.runs.ending.toy:STEP", "says how many were scored"),\n',
            )
        },
    ),
    "a recipe": Addition(new={"recipes/toy.toml": RECIPE}),
    "a training trick and its setting": Addition(
        lines={
            "settings/optimization.py": (
                "    label_smoothing: float = setting(",
                '    toy_scale: float = setting(1.0, "A toy that scales the loss.", ge=0)\n',
            ),
            "training/loss.py": (
                "    return CrossEntropy(settings.label_smoothing, weights),",
                "    if settings.toy_scale != 1.0:\n"
                "        smoothed = CrossEntropy(settings.label_smoothing, weights)\n"
                "        scaled = type('Scaled', (), {'__call__': lambda _, *a: smoothed(*a) * settings.toy_scale})()\n"
                "        return scaled, CrossEntropy(settings.label_smoothing)\n",
            ),
        },
        pages=("settings.md",),
    ),
}

FIELD = """
    toy_note: str | None = setting(
        None,
        "A toy that is noted.",
        SettingFacts(changes="data", read_by="all", flag="--toy-note", metavar="TEXT", also_of=("inspect", "predict")),
    )
"""
ADDITIONS["an option of opening"] = Addition(
    lines={
        "settings/opening.py": (
            "    ignore_groups: bool = setting(",
            FIELD.removeprefix("\n"),
            "    class_names: Sequence[str] | None",
            "    toy_note: str | None\n",
        ),
        "data/open.py": (
            "    if opening.ignore_groups:",
            "    if opening.toy_note is not None:\n"
            '        dataset = replace(dataset, notes=(*dataset.notes, f"Toy: {opening.toy_note}."))\n',
        ),
    },
    pages=("settings.md",),
)

COMMANDS = """
import contextlib, io, json
from onelook.cli import main

printed = {}
for name, words in commands.items():
    with contextlib.redirect_stdout(io.StringIO()) as out:
        code = main(words)
    assert code == 0, (name, code, out.getvalue())
    printed[name] = out.getvalue()
print(json.dumps(printed))
"""
QUICK = ["--epochs", "1", "--batch-size", "32", "--quiet"]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the package that has one more of each, in `src`, and a data set of the new layout."""
    place = tmp_path_factory.mktemp("scratch")
    package = place / "src" / "onelook"
    shutil.copytree(Path(onelook.__file__).parent, package)  # with what is compiled, which Python checks by its age
    for addition in ADDITIONS.values():
        for name, text in addition.new.items():
            assert not (package / name).exists()
            (package / name).write_text(text, encoding="utf-8")
        for name, pairs in addition.lines.items():
            lines = (package / name).read_text(encoding="utf-8").splitlines(keepends=True)
            for before, inserted in zip(pairs[::2], pairs[1::2], strict=True):
                (position,) = [position for position, line in enumerate(lines) if line.startswith(before)]
                lines.insert(position, inserted)
            (package / name).write_text("".join(lines), encoding="utf-8")
    rows = np.random.default_rng(0).integers(0, 100, (40, 65), dtype=np.uint8)
    rows[:, 0] = np.arange(40) % 2
    rows[rows[:, 0] == 1, 1:] += 120
    (place / "data").mkdir()
    (place / "data" / "toy.bin").write_bytes(rows.tobytes())
    return place


@pytest.fixture(scope="module")
def printed(place: Path, run_in: RunIn) -> dict[str, str]:
    """What commands printed that need each of the additions."""
    commands = {
        "inspect": ["inspect", "data", "--json"],
        "noted": ["inspect", "data", "--toy-note", "for inspect"],
        "recipe": ["train", "data", "--recipe", "toy", "--out", "by-recipe", "--quiet"],
        "plain": ["train", "data", "--model", "toy", "--out", "plain", "--toy-note", "for train", *QUICK],
        "predicted": ["predict", "plain", "data", "--out", "predicted.csv", "--toy-note", "for predict"],
        "trick": ["train", "data", "--model", "toy", "--set", "toy_scale=3", "--out", "trick", *QUICK],
        "models": ["models"],
        "recipes": ["recipes"],
    }
    found: dict[str, str] = json.loads(run_in(place, f"commands = {commands!r}\n{COMMANDS}"))
    return found


def test_a_layout_a_check_a_network_a_section_and_a_recipe_are_there(place: Path, printed: dict[str, str]) -> None:
    inspected = json.loads(printed["inspect"])
    assert (inspected["layout"], inspected["class_counts"]) == ("toy", {"dark": 20, "light": 20})
    assert {"check": "toy", "message": "A toy was found."}.items() <= inspected["findings"][-1].items() or any(
        finding["check"] == "toy" for finding in inspected["findings"]
    )
    assert json.loads((place / "plain" / "run.json").read_text())["model"]["name"] == "toy"
    report = (place / "plain" / "report.html").read_text(encoding="utf-8")
    assert "What a toy says" in report
    assert "A toy was found." in report
    scored = json.loads((place / "plain" / "evaluation.json").read_text())["rows"]
    assert (place / "plain" / "evidence" / "toy.txt").read_text() == f"{scored} scored"
    assert json.loads((place / "by-recipe" / "run.json").read_text())["settings"]["recipe"] == "toy"
    assert "toy" in printed["models"].split()
    assert "toy" in printed["recipes"].split()


def test_a_setting_is_read_recorded_and_decides_the_training(place: Path, printed: dict[str, str]) -> None:
    assert {"plain", "trick"} <= printed.keys()
    settings = {name: json.loads((place / name / "run.json").read_text())["settings"] for name in ("plain", "trick")}
    assert [settings[name]["loss"]["toy_scale"] for name in ("plain", "trick")] == [1.0, 3.0]
    first = {name: json.loads((place / name / "history.jsonl").read_text().splitlines()[0]) for name in settings}
    assert first["trick"]["train_loss"] != first["plain"]["train_loss"]


def test_an_option_of_opening_is_an_option_of_each_command_is_read_and_recorded(
    place: Path, printed: dict[str, str], run_in: RunIn
) -> None:
    assert "Toy: for inspect." in printed["noted"]
    assert "Toy: for predict." in printed["predicted"]
    assert "Toy:" not in printed["inspect"]
    run = json.loads((place / "plain" / "run.json").read_text())
    assert run["settings"]["toy_note"] == "for train"
    assert "Toy: for train." in (place / "plain" / "report.html").read_text(encoding="utf-8")
    program = "import onelook; print(onelook.open_dataset('data', toy_note='for Python').notes)"
    assert "Toy: for Python." in run_in(place, program)


@pytest.mark.parametrize("what", ADDITIONS)
def test_the_page_says_how_many_files_it_takes(what: str) -> None:
    rows = re.findall(rf"^\| {re.escape(what)} \|.*\| (\d+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [str(ADDITIONS[what].files)]
    assert ADDITIONS[what].files <= 3
