"""Every public name in Python has a docstring, and an example on its page that is run with the other examples."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

import onelook
from onelook.classifier import Classifier, Prediction
from onelook.data.dataset import Dataset
from onelook.data.part import NamedPart, Sample
from onelook.runs.run import Run

PAGE = Path(__file__).parents[2] / "docs" / "python.md"
# The class of each variable in the examples: its name on the page says what it is.
CLASSES: dict[str, type] = {
    "data": Dataset,
    "train": NamedPart,
    "sample": Sample,
    "run": Run,
    "classifier": Classifier,
    "prediction": Prediction,
}


def used_names() -> set[tuple[str, str]]:
    """Every `variable.name` in the page's examples."""
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    nodes = (node for block in blocks for node in ast.walk(ast.parse(block)))
    return {
        (node.value.id, node.attr)
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }


def public_names(kind: type) -> set[str]:
    """The methods, properties and fields of a class that are for its users."""
    names = {*vars(kind), *vars(kind).get("__annotations__", {})}
    return {name for name in names if not name.startswith("_")}


def test_the_classes_have_the_names_that_users_rely_on() -> None:
    """So that the tests below read what they are meant to read."""
    assert {"class_names", "counts", "parts", "notes"} <= public_names(Dataset)
    assert {"counts", "labels", "class_names"} <= public_names(NamedPart)
    assert public_names(Sample) == {"picture", "label", "id"}
    assert {"history", "evaluation", "classifier", "report", "path"} <= public_names(Run)
    assert {"predict", "predict_proba", "evaluate", "class_names"} <= public_names(Classifier)
    assert {"class_name", "label", "probability", "top"} <= public_names(Prediction)


@pytest.mark.parametrize("name", sorted(onelook.__all__))
def test_a_public_name_has_a_docstring_and_an_example(name: str) -> None:
    thing = getattr(onelook, name)
    assert isinstance(thing, str) or inspect.getdoc(thing)
    assert ("ol", name) in used_names() or f"`ol.{name}`" in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("variable", CLASSES)
def test_each_name_of_a_class_has_an_example(variable: str) -> None:
    shown = {name for owner, name in used_names() if owner == variable}
    assert sorted(public_names(CLASSES[variable]) - shown) == []
    assert sorted(shown - public_names(CLASSES[variable])) == []


@pytest.mark.parametrize("kind", CLASSES.values(), ids=lambda kind: kind.__name__)
def test_each_class_method_and_property_has_a_docstring(kind: type) -> None:
    members = {name: value for name, value in vars(kind).items() if not name.startswith("_")}
    described = {name: value for name, value in members.items() if callable(value) or hasattr(value, "__get__")}
    assert inspect.getdoc(kind)
    assert [name for name, value in described.items() if not inspect.getdoc(value)] == []
