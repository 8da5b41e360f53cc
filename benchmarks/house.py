"""Measure how the source is built: the table of figures that the plan for the rooms has to come to.

    python benchmarks/house.py                               # this checkout
    python benchmarks/house.py --checkout ../old             # another one
    python benchmarks/house.py --before benchmarks/results/house.json   # with the figures of then beside them
    python benchmarks/house.py --json FILE                   # also write the figures, with what was counted

`results/house.json` holds both: the figures before the rooms were rebuilt, counted in a checkout of commit 472ce20, and
those after. `--before` reads the former, and `--json` writes them again beside the new ones.

Everything is read from the syntax tree; nothing of the checkout is imported or run. Each figure is counted by a rule
that stands in the function that counts it, so that two checkouts can be compared; none of them is a proof of quality.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[1]
_FEWEST_LINES = 40


@dataclass(frozen=True)
class Figure:
    """One row of the table: how many, and which."""

    measure: str
    count: int
    found: tuple[str, ...]


class Source:
    """The package's files and their syntax trees.

    Args:
        checkout: the folder that holds `src/onelook`.
    """

    def __init__(self, checkout: Path) -> None:
        self.root = checkout / "src" / "onelook"
        self.files = {str(path.relative_to(self.root)): path for path in sorted(self.root.rglob("*.py"))}
        if not self.files:
            raise SystemExit(f"{self.root}: no Python files. Give the folder of a checkout, which holds src/onelook.")

    @cached_property
    def texts(self) -> dict[str, str]:
        """The text of each file."""
        return {name: path.read_text(encoding="utf-8") for name, path in self.files.items()}

    @cached_property
    def trees(self) -> dict[str, ast.Module]:
        """The syntax tree of each file."""
        return {name: ast.parse(text) for name, text in self.texts.items()}

    @cached_property
    def modules(self) -> dict[str, str]:
        """Module name to file name, such as `onelook.data.open` to `data/open.py`."""
        return {_module_of(name): name for name in self.files}

    def imports(self, name: str) -> Iterator[tuple[str, str | None, bool]]:
        """Yield each (file, name in it or None for the file itself, only for type checking) that a file imports."""
        for node, is_for_types in _import_nodes(self.trees[name]):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.name in self.modules:
                        yield self.modules[alias.name], None, is_for_types
                continue
            base = node.module or ""
            if node.level:
                package = _module_of(name).split(".")[: -node.level if not name.endswith("__init__.py") else None]
                base = ".".join([*package, *filter(None, [node.module])])
            for alias in node.names:
                if f"{base}.{alias.name}" in self.modules:
                    yield self.modules[f"{base}.{alias.name}"], None, is_for_types
                elif base in self.modules:
                    yield self.modules[base], alias.name, is_for_types


def circles(source: Source) -> Figure:
    """Sets of files that import each other in a circle, imports within functions and for types included."""
    graph = {name: {file for file, _, _ in source.imports(name)} - {name} for name in source.files}
    found = [" ↔ ".join(sorted(each)) for each in _strongly_connected(graph) if len(each) > 1]
    return Figure("circles between files", len(found), tuple(sorted(found)))


def largest_room(source: Source) -> Figure:
    """Python files directly in the folder that has the most of them."""
    counts = Counter(name.rpartition("/")[0] or "." for name in source.files)
    largest = counts.most_common(3)
    return Figure("files in the largest room", largest[0][1], tuple(f"{room}: {count}" for room, count in largest))


# Where training happens; what calls it composes a run. The names before and after the moves.
_FITTING_STAGE = re.compile(
    r"(workflow|runs)/(fitting|fitting_classical|fit_network|fit_classical)\.py|(runs/fitting|training|classical)/.*"
)
_FITTING = frozenset({"fit", "fit_model", "fit_network", "fit_classical", "sweep_rates", "sweep_network"})
_COMPOSES = "run_stages"  # begins, fits and finishes: what hands it something that fits composes nothing by itself


def compositions(source: Source) -> Figure:
    """Functions outside the fitting stage that call it, or hand it on: each composes open → fit by its own hand.

    It must be the imported function itself (`fit(…)`); methods called `fit` are scikit-learn's. Not counted: a function
    that hands it to the one that composes the stages for all.
    """
    found = []
    for name, tree in source.trees.items():
        if _FITTING_STAGE.fullmatch(name):
            continue
        imported = {what for _, what, is_for_types in source.imports(name) if what in _FITTING and not is_for_types}
        for function in _outermost_functions(tree):
            handed_over = {node for call in _calls(function, _COMPOSES) for node in ast.walk(call)}
            used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and node not in handed_over}
            if used & imported:
                found.append(f"{name}: {function.name}")
    return Figure("functions that compose open → finish", len(found), tuple(found))


_TIMES = re.compile(
    r"_?(limit|limit_seconds|time_limit|time_limit_seconds|budget|budget_seconds|deadline)|_SHARE_OF_LIMIT"
)
_OF_TIME = re.compile(r"time_limit|budget_seconds|deadline|_SHARE_OF_LIMIT")


def time_arithmetic(source: Source) -> Figure:
    """Files that add, subtract, multiply or divide a time limit or what is left of it (not its comparison, not words).

    A name is a time's if it is called limit, time_limit(_seconds), budget(_seconds), deadline or _SHARE_OF_LIMIT, in a
    file that speaks of a time limit or budget at all.
    """
    found = []
    for name, tree in source.trees.items():
        if not _OF_TIME.search(source.texts[name]):
            continue
        if any(isinstance(node, ast.BinOp) and _is_number(node) and any(_times_in(node)) for node in ast.walk(tree)):
            found.append(name)
    return Figure("files that do arithmetic on a time limit", len(found), tuple(found))


_PARTS = {"train", "val", "test", "all"}  # of a data set, which are called like settings


def setting_lists(source: Source) -> Figure:
    """Statements that list names of training settings, outside the settings' own classes.

    Counted: a tuple, list or set of literal texts, and at module level the keys of a dict, of which every one is the
    name of a field (also with a dot, such as optimizer.name); two or more at module level, three within functions.
    What a plan gives its settings (a dict within a function) is no list of names, and neither is what a field says of
    itself (`name: type = setting(…)`), such as the settings that it cannot be asked for with.
    """
    names = _setting_names(source)
    found = []
    for name, tree in source.trees.items():
        for statement, is_at_module_level in _simple_statements(tree):
            if _declares_a_setting(statement):
                continue
            words = [
                word
                for node in ast.walk(statement)
                if (texts := _texts_of(node, with_keys=is_at_module_level)) and all(text in names for text in texts)
                for word in texts
            ]
            if len({*words}) >= (2 if is_at_module_level else 3) and not {*words} <= _PARTS:
                found.append(f"{name}:{statement.lineno}: {', '.join(words[:6])}")
    return Figure("hand-kept lists of setting names", len(found), tuple(found))


def small_files(source: Source) -> Figure:
    """Files under 40 lines, `__init__` aside."""
    found = [
        name
        for name, text in source.texts.items()
        if text.count("\n") < _FEWEST_LINES and not name.endswith("__init__.py")
    ]
    return Figure(f"files under {_FEWEST_LINES} lines, __init__ aside", len(found), tuple(found))


def untyped(source: Source) -> Figure:
    """Places that say `dict[str, Any]`."""
    counts = {name: text.count("dict[str, Any]") for name, text in source.texts.items()}
    found = sorted(
        (f"{name}: {count}" for name, count in counts.items() if count), key=lambda each: -int(each.split()[-1])
    )
    return Figure("dict[str, Any] in src", sum(counts.values()), tuple(found))


def _naming(measure: str, pattern: str) -> Callable[[Source], Figure]:
    def count(source: Source) -> Figure:
        found = tuple(name for name, text in source.texts.items() if re.search(rf"\b({pattern})\b", text))
        return Figure(measure, len(found), found)

    return count


# A thing that is there already stands for the next one of its kind: the files that name it, its own included.
metric = _naming("files that name a metric (macro_f1)", "macro_f1|MacroF1|macro F1")
trick = _naming("files that name a training trick (label_smoothing)", "label_smoothing")
layout = _naming("files that name a layout (four_csv)", "four_csv|FourCsv|four-csv")

FIGURES = (
    circles,
    largest_room,
    compositions,
    time_arithmetic,
    setting_lists,
    metric,
    trick,
    layout,
    small_files,
    untyped,
)


def main() -> None:
    """Print the table, and write it where it is wanted."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--checkout", type=Path, default=HERE, help="the folder that holds src/onelook")
    parser.add_argument("--before", type=Path, help="figures that were written before, shown beside these")
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--found", action="store_true", help="say below each figure what was counted")
    options = parser.parse_args()
    source = Source(options.checkout)
    figures = [count(source) for count in FIGURES]
    then = json.loads(options.before.read_text()) if options.before else {}
    then = then.get("before", then)
    before = {figure["measure"]: figure["count"] for figure in then.get("figures", [])}
    for figure in figures:
        was = f"{before.get(figure.measure, '–'):>8}" if before else ""
        print(f"{figure.measure:<50}{was}{figure.count:>8}")
        if options.found:
            print("".join(f"    {each}\n" for each in figure.found), end="")
    if options.json:
        words = "--before FILE --json FILE" if then else "--json FILE"
        record: dict[str, Any] = {"commit": _commit(options.checkout), "command": f"python benchmarks/house.py {words}"}
        record |= {"figures": [asdict(each) for each in figures]}
        if then:
            record |= {"before": {"commit": then.get("commit"), "figures": then["figures"]}}
        options.json.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n")


def _commit(checkout: Path) -> str:
    words = ["git", "-C", str(checkout), "rev-parse", "--short", "HEAD"]
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()


def _module_of(name: str) -> str:
    return ".".join(["onelook", *name.removesuffix(".py").removesuffix("__init__").strip("/").split("/")]).strip(".")


def _import_nodes(tree: ast.AST, *, is_for_types: bool = False) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node, is_for_types
        else:
            guards = isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
            yield from _import_nodes(node, is_for_types=is_for_types or guards)


def _calls(function: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def _outermost_functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Functions and methods; what is defined within one belongs to it."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
        else:
            yield from _outermost_functions(node)


def _simple_statements(tree: ast.AST, *, at_module_level: bool = True) -> Iterator[tuple[ast.AST, bool]]:
    """Statements that hold no others, and the heads of those that do; whether they stand outside any function."""
    for node in ast.iter_child_nodes(tree):
        is_head = isinstance(node, ast.expr) and isinstance(tree, ast.stmt)
        if is_head or (isinstance(node, ast.stmt) and not hasattr(node, "body")):
            yield node, at_module_level
        else:
            inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from _simple_statements(node, at_module_level=at_module_level and not inside)


def _declares_a_setting(statement: ast.AST) -> bool:
    call = statement.value if isinstance(statement, ast.AnnAssign) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "setting"


def _texts_of(node: ast.AST, *, with_keys: bool) -> list[str | None]:
    """The literal texts of a tuple, list or set, and of a dict's keys where they are wanted; None is another value."""
    elements = (node.keys if with_keys else []) if isinstance(node, ast.Dict) else getattr(node, "elts", [])
    values = [getattr(each, "value", None) for each in elements if not isinstance(each, ast.Starred)]
    return [value if isinstance(value, str) else None for value in values]


def _is_number(operation: ast.BinOp) -> bool:
    """Whether it computes: `|` joins types, and texts are put together with + and %."""
    operands = (operation.left, operation.right)
    is_text = any(isinstance(each, ast.JoinedStr) or isinstance(getattr(each, "value", None), str) for each in operands)
    return isinstance(operation.op, ast.Add | ast.Sub | ast.Mult | ast.Div | ast.FloorDiv) and not is_text


def _times_in(operation: ast.BinOp) -> Iterator[bool]:
    for node in ast.walk(operation):
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        if _TIMES.fullmatch(name):
            yield True


def _setting_names(source: Source) -> set[str]:
    """The names of `TrainSettings`' fields, and those of the fields below them with the name in front."""
    fields: dict[str, dict[str, str]] = {}
    bases: dict[str, list[str]] = {}
    for tree in (tree for name, tree in source.trees.items() if name.startswith("settings/")):
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                bases[node.name] = [each.id for each in node.bases if isinstance(each, ast.Name)]
                fields[node.name] = {
                    each.target.id: ast.unparse(each.annotation)
                    for each in node.body
                    if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)
                }
    settings_of_a_run = _with_inherited("TrainSettings", fields, bases)
    names = set(settings_of_a_run)
    for name, annotation in settings_of_a_run.items():
        for settings in fields.keys() & {*re.findall(r"\w+", annotation)}:
            names |= {f"{name}.{inner}" for inner in fields[settings]}
    return names


def _with_inherited(name: str, fields: dict[str, dict[str, str]], bases: dict[str, list[str]]) -> dict[str, str]:
    """The fields of a class and of those that it inherits from."""
    found: dict[str, str] = {}
    for base in bases.get(name, []):
        found |= _with_inherited(base, fields, bases)
    return found | fields.get(name, {})


def _strongly_connected(graph: dict[str, set[str]]) -> list[set[str]]:
    """The sets of nodes that can all be reached from each other: Kosaraju's two passes."""
    order: list[str] = []
    seen: set[str] = set()

    def visit(start: str, edges: dict[str, set[str]], into: list[str]) -> None:
        seen.add(start)
        for following in sorted(edges[start] - seen):
            if following not in seen:
                visit(following, edges, into)
        into.append(start)

    for node in graph:
        if node not in seen:
            visit(node, graph, order)
    backwards: dict[str, set[str]] = {node: set() for node in graph}
    for node, followers in graph.items():
        for follower in followers:
            backwards[follower].add(node)
    seen.clear()
    found: list[set[str]] = []
    for node in reversed(order):
        if node not in seen:
            component: list[str] = []
            visit(node, backwards, component)
            found.append(set(component))
    return found


if __name__ == "__main__":
    main()
