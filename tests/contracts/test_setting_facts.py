"""What is true of a setting stands on its field: all of it, as training shows it, and nowhere else."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from pydantic import ValidationError
from tests.contracts.test_settings import ELSEWHERE, EXAMPLES, paths
from tests.parsed_sources import PACKAGE, source_files, tree_of

from onelook.errors import ConfigError
from onelook.planning.request import Request, silent
from onelook.run_folder import RunFolder
from onelook.runs.begin import begin_run
from onelook.runs.prepare import prepare_training
from onelook.settings import TrainSettings
from onelook.settings.base import Settings, facts_of, section_of
from onelook.settings.merge import build_settings, merge
from onelook.settings.parse import parse_set
from onelook.settings.queries import all_facts
from onelook.settings.setting_facts import PartFacts, SettingFacts
from onelook.training.checkpoints.fixed_settings import check_same_settings, fixed_settings

# What a run with another value of it is: refused by the checkpoint and by the command, which compares with run.json;
# refused by the command alone; or the same run. `EXAMPLES` are shown to change the training, by training.
BOTH, COMMAND, NEITHER = "both", "command", "neither"
PICTURES = {"val", "image_size", "resize"}  # examples that change what is trained on, which run.json keeps
OTHERS: dict[str, tuple[str, str]] = {
    "models": ("cnn,mlp", COMMAND),
    "recipe": ("mnist-tutorial", BOTH),
    "test": ("there", COMMAND),
    "limit": ("3", COMMAND),
    "class_names": ("cat,dog", COMMAND),
    "layout": ("idx", COMMAND),
    "label_column": ("kind", COMMAND),
    "label_from": ("folder:2", COMMAND),
    "pictures_in": ("there", COMMAND),
    "ignore_groups": ("true", COMMAND),
    "fixes": ("there.csv", COMMAND),
    "time_limit_seconds": ("90s", NEITHER),
    "device": ("cpu", NEITHER),
    "split": ("there.csv", COMMAND),
    "from_model": ("there", BOTH),
    "force": ("true", COMMAND),
    "weights": ("there", BOTH),
    "tune": ("gradual", BOTH),
    "strict": ("true", COMMAND),
    "folds": ("3", COMMAND),
    "log": ("tensorboard", NEITHER),
    "omit_picture_list": ("true", NEITHER),
    "features.name": ("hog", COMMAND),
    "features.pca": ("3", COMMAND),
    "features.hog_cell": ("4", COMMAND),
    "classical.rows": ("10", COMMAND),
    "compile": ("true", BOTH),
    "auto_batch_size": ("true", BOTH),
    "views.horizontal_flip": ("true", COMMAND),
    "views.shift": ("1", COMMAND),
}
BASE = ("epochs=2", "time_limit_seconds=60s")


def changes() -> Iterator[tuple[str, tuple[str, ...], str, str]]:
    """Every setting: what else is set, another value, and who refuses that on a resume."""
    for path in paths(TrainSettings):
        if path in EXAMPLES:
            needed, value = EXAMPLES[path]
            yield path, (*BASE, *needed), value, COMMAND if path in PICTURES else BOTH
        else:
            value, refused = OTHERS[path]
            yield path, BASE, value, refused


CHANGES = {path: (begun, value, refused) for path, begun, value, refused in changes() if path != "epochs"}


def changed(path: str) -> tuple[TrainSettings, TrainSettings]:
    """The settings that a run was begun with, and the same with another value of one."""
    begun, value, _ = CHANGES[path]
    return tuple(build_settings(parse_set(pairs), "here") for pairs in (begun, [*begun, f"{path}={value}"]))  # type: ignore[return-value]


def test_every_setting_declares_its_facts() -> None:
    names = all_facts()
    for name, facts in names.items():
        assert {*facts.excluded_by} <= names.keys() - {name}, name
        is_switch = TrainSettings.model_fields[name].annotation is bool
        assert (facts.metavar is None) == (facts.flag is None or is_switch), name
        section = section_of(TrainSettings.model_fields[name].annotation)
        for part, field in section.model_fields.items() if section else ():
            readers = facts_of(field, PartFacts).read_under
            assert not readers or {*readers} <= {*get_args(section.model_fields["name"].annotation)}, part
    for asked_by in ("flag", "keyword"):
        said = [getattr(facts, asked_by) for facts in names.values() if getattr(facts, asked_by)]
        assert len({*said}) == len(said)
    assert not {facts.keyword for facts in names.values()} & names.keys()


@pytest.mark.parametrize("missing", ["changes", "read_by"])
def test_a_setting_cannot_leave_out_what_depends_on_it_or_what_reads_it(missing: str) -> None:
    facts = {"changes": "weights", "read_by": "networks"}
    SettingFacts.model_validate(facts)
    del facts[missing]
    with pytest.raises(ValidationError, match=missing):
        SettingFacts.model_validate(facts)


def test_here_is_another_value_of_every_setting() -> None:
    assert OTHERS.keys() == ELSEWHERE.keys()
    assert {*EXAMPLES} >= PICTURES
    for path in CHANGES:
        begun, now = changed(path)
        assert begun != now, path


@pytest.mark.parametrize("path", CHANGES)
def test_a_checkpoint_refuses_what_decides_the_weights_and_nothing_else(path: str) -> None:
    before, now = (fixed_settings(settings, train_rows=30, val_rows=10) for settings in changed(path))
    if CHANGES[path][2] == BOTH:
        with pytest.raises(ConfigError, match=rf"{path} was .*, now "):
            check_same_settings(before, now)
    else:
        check_same_settings(before, now)


@pytest.mark.parametrize("path", [path for path, (_, _, refused) in CHANGES.items() if refused != NEITHER])
def test_a_resume_refuses_what_makes_another_run(path: str, tmp_path: Path) -> None:
    begun, value, _ = CHANGES[path]
    folder = RunFolder(tmp_path)
    folder.update_run(settings=changed(path)[0].model_dump(mode="json"))
    with pytest.raises(ConfigError, match=rf"keeps the settings that it began with.*[( ]{path} was .*, asked "):
        prepare_training(Request(_pictures(), parse_set([*begun, f"{path}={value}"]), resumed=folder))


def test_a_resume_takes_everything_else(tmp_path: Path) -> None:
    asked = parse_set([*BASE, "model=mlp"])
    plan, data = prepare_training(Request(_pictures(), asked))
    folder = begin_run(plan, data, out=tmp_path / "run", resumed=None, command=None, say=silent).folder
    free = {path: value for path, (_, value, refused) in CHANGES.items() if refused == NEITHER} | {"epochs": "3"}
    assert free.keys() == {"epochs", "time_limit_seconds", "device", "log", "omit_picture_list"}
    for path, value in free.items():
        now = parse_set([f"{path}={value}"])
        again = prepare_training(Request(_pictures(), now, resumed=folder))[0].settings
        assert again == build_settings(merge(plan.settings.model_dump(mode="json"), now), "here") != plan.settings


def _pictures() -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(0)
    return draw.integers(0, 255, (40, 8, 8), dtype=np.uint8), np.arange(40) % 2


def _all_paths(settings: type[Settings], prefix: str = "") -> Iterator[str]:
    """Every setting, dotted, the sections themselves included."""
    for name, field in settings.model_fields.items():
        yield prefix + name
        if section := section_of(field.annotation):
            yield from _all_paths(section, f"{name}.")


NAMES = {name for path in _all_paths(TrainSettings) for name in (path, path.rpartition(".")[2])}

# Lists of setting names that are no facts about settings; say why beside the names.
ALLOWED: frozenset[tuple[str, ...]] = frozenset(
    {("split", "folds", "test")}  # words in the names of files that list pictures, in layouts/manifests/mat_tables.py
)


def lists_of_settings(tree: ast.Module) -> list[tuple[str, ...]]:
    """The literal lists, tuples, sets and tables in a module that name three settings or more.

    A table that is settings itself, such as `{"name": "sgd", "momentum": 0.9}`, gives values and is none; tables
    within functions are documents and values throughout, and are not looked at.
    """
    at_the_top = [
        inner for each in tree.body if isinstance(each, ast.Assign | ast.AnnAssign) for inner in ast.walk(each)
    ]
    found = [names for node in ast.walk(tree) if (names := _names_in(_members(node)))]
    for table in at_the_top:
        if isinstance(table, ast.Dict) and (names := _names_in(table.keys)) and not _is_settings(table):
            found.append(names)
    return found


def _members(node: ast.AST) -> Sequence[ast.expr | None]:
    """What a literal list holds, with what is unpacked into it."""
    if isinstance(node, ast.Starred):
        return _members(node.value)
    if isinstance(node, ast.MatchOr):
        return [pattern.value for pattern in node.patterns if isinstance(pattern, ast.MatchValue)]
    if not isinstance(node, ast.List | ast.Tuple | ast.Set):
        return []
    return [member for each in node.elts for member in (_members(each) if isinstance(each, ast.Starred) else [each])]


def _names_in(members: Sequence[ast.expr | None]) -> tuple[str, ...]:
    """The names of settings among them; none where they are fewer than three."""
    texts = [member.value for member in members if isinstance(member, ast.Constant)]
    named = tuple(text for text in texts if isinstance(text, str) and text in NAMES)
    return named if len({*named}) >= 3 else ()


def _is_settings(table: ast.Dict) -> bool:
    try:
        values: Mapping[str, Any] = ast.literal_eval(table)
    except ValueError:
        return False
    sections = [section_of(field.annotation) for field in TrainSettings.model_fields.values()]
    return any(_takes(kind, values) for kind in (TrainSettings, *filter(None, sections)))


def _takes(kind: type[Settings], values: Mapping[str, Any]) -> bool:
    try:
        kind.model_validate(values)
    except ValidationError:
        return False
    return not kind.open_names


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ('_PLANNED = {"epochs", "seed", "mix"}', 1),
        ('_PLANNED = frozenset({*("epochs", "seed"), "mix"})', 1),
        ('def f(name):\n    return name in ("optimizer.name", "seed", "loss.label_smoothing")', 1),
        ('def f(name):\n    match name:\n        case "epochs" | "seed" | "mix":\n            return 1', 1),
        ('_FLAGS = {"epochs": "--epochs", "seed": "--seed", "val": "--val"}', 1),
        ('_RULE = {"name": "sgd", "momentum": 0.9, "nesterov": True}', 0),
        ('_SETS = ("train", "val", "test")', 0),
    ],
)
def test_the_scan_finds_lists_of_settings_and_nothing_else(source: str, count: int) -> None:
    assert len(lists_of_settings(ast.parse(source))) == count


def test_no_module_keeps_a_list_of_settings() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}: {', '.join(names)}"
        for path in source_files()
        if path.parent.name != "settings"
        for names in lists_of_settings(tree_of(path))
        if names not in ALLOWED
    ]
    assert not found, "a fact about a setting stands on its field; ask `settings.queries` for: " + "; ".join(found)
