"""Nothing stands in the package that nothing uses, and no package is named that nothing imports."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.parsed_sources import PACKAGE, nodes_of, source_files, tree_of

ROOT = Path(__file__).parents[1]

# What only tests call: the two steps that the package takes apart, as one.
FOR_TESTS = {"group_copies", "add_pictures"}  # the second also for benchmarks/known_pictures.py


def modules() -> dict[str, Path]:
    """Every file of the package, by its module's name."""
    files = {path: path.relative_to(PACKAGE.parent).with_suffix("").parts for path in source_files()}
    return {".".join(parts).removesuffix(".__init__"): path for path, parts in files.items()}


def texts(file: Path) -> list[str]:
    return [node.value for node in nodes_of(file) if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def defined(tree: ast.Module) -> Iterator[str]:
    """The names that a module gives to something at its top level."""
    for node in tree.body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.Assign(targets=targets):
                yield from (target.id for target in targets if isinstance(target, ast.Name))


def test_every_name_at_a_module_s_top_is_used():
    files = modules()
    taken: defaultdict[str, set[str]] = defaultdict(set)  # from a module, by an import or a registry
    attributes: set[str] = set()
    for file in files.values():
        for node in nodes_of(file):
            if isinstance(node, ast.ImportFrom) and node.module:
                taken[node.module] |= {alias.name for alias in node.names}
            elif isinstance(node, ast.Attribute):
                attributes.add(node.attr)
        for text in texts(file):
            for module, name in re.findall(r"(onelook[\w.]*):(\w+)", text):
                taken[module].add(name)
    public = {word for text in texts(files["onelook"]) for word in re.findall(r"\w+", text)}
    unused = []
    for module, file in files.items():
        here = {node.id for node in nodes_of(file) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        # A name in quotes is an annotation that is read late.
        here |= {word for text in texts(file) if " " not in text for word in re.findall(r"\w+", text)}
        used = here | taken[module] | attributes | public | FOR_TESTS
        unused += [
            f"{module}:{name}" for name in defined(tree_of(file)) if not name.startswith("__") and name not in used
        ]
    assert unused == []


def test_every_package_that_the_type_checker_is_told_of_is_imported():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    told = {name.removesuffix(".*") for each in project["tool"]["mypy"]["overrides"] for name in each["module"]}
    imported = set()
    for file in source_files():
        for node in nodes_of(file):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            imported |= {name.partition(".")[0] for name in names}
    assert told - imported == set()


def test_the_page_of_dependencies_has_the_packages_of_each_extra():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    required = {"onelook": project["dependencies"]}
    required |= {f"onelook[{extra}]": packages for extra, packages in project["optional-dependencies"].items()}
    del required["onelook[dev]"]  # which stands there in prose
    for section in page.split("\n## ")[1:]:
        heading, _, body = section.partition("\n")
        extras = [extra for extra in re.findall(r"`(onelook(?:\[[\w-]+\])?)`", heading) if extra in required]
        cells = re.findall(r"^\| (?!package)([\w., -]+) \|", body, re.MULTILINE)
        named = {name.casefold() for cell in cells for name in cell.split(", ")}
        expected = {re.split(r"[^\w-]", text)[0].casefold() for extra in extras for text in required.pop(extra)} - {
            "onelook"
        }  # one extra may bring another
        # Three packages of weights share a cell.
        assert {name for name in named if "lite" not in name} == {name for name in expected if "lite" not in name}
    assert required == {}
