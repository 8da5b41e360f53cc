"""A model.skops from a stranger: what is damaged, swells, names another type or contradicts itself is refused."""

from __future__ import annotations

import hashlib
import io
import json
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from onelook.classical.fit import ClassicalFit
from onelook.classifier import Classifier, load
from onelook.classifier.card import read_card, write_card
from onelook.cli import main
from onelook.errors import ModelError
from onelook.predictors.check_estimator import known_types, refuse_unsound
from onelook.predictors.skops_file import from_skops, to_skops


def rewritten(content: bytes, change: Callable[[dict[str, Any]], None], **members: bytes) -> bytes:
    """The file with another schema, and with other members."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        schema = json.loads(archive.read("schema.json"))
        change(schema)
        files = {name: archive.read(name) for name in archive.namelist()} | members
    files["schema.json"] = json.dumps(schema).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, each in files.items():
            archive.writestr(name, each)
    return buffer.getvalue()


def first(schema: Any, **wanted: str) -> dict[str, Any]:
    """The first table of a schema that has these values."""
    if isinstance(schema, dict):
        if all(schema.get(key) == value for key, value in wanted.items()):
            return schema
        schema = list(schema.values())
    for inner in schema if isinstance(schema, list) else []:
        if found := first(inner, **wanted):
            return found
    return {}


def npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def nothing(_: dict[str, Any]) -> None:
    """Leaves the schema as it is."""


def test_a_schema_of_megabytes_is_that_of_a_large_forest(tree: bytes) -> None:
    """A forest of a hundred deep trees has some; here spaces stand for them."""

    def grow(schema: dict[str, Any]) -> None:
        schema["content"]["notes"] = [f"{number:07d}" for number in range(200_000)]

    large = rewritten(tree, grow)
    with zipfile.ZipFile(io.BytesIO(large)) as archive:
        assert archive.getinfo("schema.json").file_size > 2 << 20
    assert from_skops(large, known_types("decision-tree")).tree_.node_count > 1


@pytest.fixture
def tree(fitted: Callable[..., ClassicalFit]) -> bytes:
    return fitted("decision-tree").content


def test_an_object_of_another_type_is_refused(tree: bytes) -> None:
    def forge(schema: dict[str, Any]) -> None:
        schema["content"]["content"]["class_weight"] = {
            "__class__": "Popen",
            "__module__": "subprocess",
            "__loader__": "ObjectNode",
            "content": {"__class__": "dict", "__module__": "builtins", "__loader__": "DictNode", "content": {}},
        }

    with pytest.raises(ModelError, match="holds an object of the type 'subprocess.Popen'"):
        from_skops(rewritten(tree, forge), known_types("decision-tree"))


def test_a_trusted_estimator_of_another_kind_is_refused(fitted: Callable[..., ClassicalFit]) -> None:
    forest = fitted("random-forest").content
    with pytest.raises(ModelError, match="RandomForestClassifier'"):
        from_skops(forest, known_types("svc"))


def test_a_known_type_by_another_loader_is_refused(tree: bytes) -> None:
    def forge(schema: dict[str, Any]) -> None:
        first(schema, __loader__="NdArrayNode")["__loader__"] = "FunctionNode"

    with pytest.raises(ModelError, match="'numpy.ndarray'"):
        from_skops(rewritten(tree, forge), known_types("decision-tree"))


@pytest.mark.parametrize("end", [0, 1, 100, -1, -200])
def test_a_file_that_ends_early_is_refused(tree: bytes, end: int) -> None:
    with pytest.raises(ModelError, match="model.skops"):
        from_skops(tree[:end], known_types("decision-tree"))


def test_changed_bytes_end_in_words_and_nothing_else(tree: bytes) -> None:
    draw = np.random.default_rng(0)
    for _ in range(150):
        content = bytearray(tree)
        for position in draw.integers(0, len(content), 3):
            content[position] ^= int(draw.integers(1, 256))
        try:
            estimator = from_skops(bytes(content), known_types("decision-tree"))
            refuse_unsound("decision-tree", estimator, 64, 10)
        except ModelError:
            continue
        assert estimator.predict_proba(np.zeros((2, 64), np.float32)).shape == (2, 10)


def test_a_zip_bomb_is_refused(tree: bytes) -> None:
    zeros = np.zeros(200 << 20, np.uint8)
    with pytest.raises(ModelError, match="a model does not compress like that"):
        from_skops(rewritten(tree, nothing, **{"bomb.npy": npy(zeros)}), known_types("decision-tree"))


def test_an_archive_with_one_name_twice_is_refused(tree: bytes) -> None:
    """Readers differ in which of the two they take: what was checked is not what would be built."""
    for name in ("schema.json", "0.npy"):
        buffer = io.BytesIO(tree)
        with zipfile.ZipFile(buffer, "a") as archive, warnings.catch_warnings(action="ignore"):
            archive.writestr(name, archive.read(name))
        with pytest.raises(ModelError, match="not a skops file as onelook writes it"):
            from_skops(buffer.getvalue(), known_types("decision-tree"))


def test_an_array_that_says_to_be_larger_than_it_is_is_refused(tree: bytes) -> None:
    small = npy(np.zeros(10, np.uint8))
    large = small.replace(b"(10,), }" + b" " * 10, b"(10000000000,), }" + b" ")
    assert len(large) == len(small)
    with pytest.raises(ModelError, match="not readable as a skops file"):
        from_skops(rewritten(tree, nothing, **{"0.npy": large}), known_types("decision-tree"))


def test_a_schema_nested_without_end_is_refused(tree: bytes) -> None:
    deep = rewritten(tree, nothing, **{"schema.json": b""})
    with zipfile.ZipFile(io.BytesIO(deep)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, each in files.items():
            archive.writestr(name, b"[" * 100_000 if name == "schema.json" else each)
    with pytest.raises(ModelError, match="not readable as a skops file"):
        from_skops(buffer.getvalue(), known_types("decision-tree"))


@pytest.mark.parametrize(("key", "value"), [("node_count", "1000000"), ("node_count", "0")])
def test_a_tree_that_counts_other_nodes_than_it_has_is_refused_before_it_is_built(
    tree: bytes, key: str, value: str
) -> None:
    def forge(schema: dict[str, Any]) -> None:
        first(schema, __loader__="TreeNode")["content"]["content"][key]["content"] = value

    with pytest.raises(ModelError, match="contradicts itself"):
        from_skops(rewritten(tree, forge), known_types("decision-tree"))


def test_a_tree_whose_values_are_no_table_a_node_is_refused_before_it_is_built(tree: bytes) -> None:
    def name_of_values(schema: dict[str, Any]) -> None:
        names.append(first(schema, __loader__="TreeNode")["content"]["content"]["values"]["file"])

    names: list[str] = []
    rewritten(tree, name_of_values)
    with zipfile.ZipFile(io.BytesIO(tree)) as archive:
        values = np.load(io.BytesIO(archive.read(names[0])))
    flat = npy(values.reshape(len(values), -1))
    with pytest.raises(ModelError, match="contradicts itself"):
        from_skops(rewritten(tree, nothing, **{names[0]: flat}), known_types("decision-tree"))


def test_a_tree_of_a_billion_outputs_is_refused_before_it_is_built(tree: bytes) -> None:
    def forge(schema: dict[str, Any]) -> None:
        first(schema, __loader__="TreeNode")["__reduce__"]["args"]["content"][2]["content"] = "1000000000"

    with pytest.raises(ModelError, match="contradicts itself"):
        from_skops(rewritten(tree, forge), known_types("decision-tree"))


@pytest.mark.parametrize(
    ("field", "value"),
    [("left_child", 0), ("right_child", 10**6), ("left_child", -2), ("feature", 64), ("feature", -5)],
)
def test_a_tree_whose_branches_lead_nowhere_is_refused(tree: bytes, field: str, value: int) -> None:
    """A branch back to the root would be followed for ever, one past the end would read another's memory."""
    with zipfile.ZipFile(io.BytesIO(tree)) as archive:
        schema = json.loads(archive.read("schema.json"))
        name = first(schema, __loader__="TreeNode")["content"]["content"]["nodes"]["file"]
        nodes = np.load(io.BytesIO(archive.read(name)))
    nodes[field][0] = value
    estimator = from_skops(rewritten(tree, nothing, **{name: npy(nodes)}), known_types("decision-tree"))
    with pytest.raises(ModelError, match="does not fit together"):
        refuse_unsound("decision-tree", estimator, 64, 10)


def _lose_a_vector(model: Any) -> None:
    model._n_support = model._n_support + 1


def _go_round(model: Any) -> None:
    model._predictors[0][0].nodes["left"][0] = 0


def _unknown_label(model: Any) -> None:
    model._y = model._y + 100


def _other_shape(model: Any) -> None:
    model.coef_ = model.coef_[:, :-1]


def _other_class(model: Any) -> None:
    model.classes_ = model.classes_ + 5


def _other_tree(model: Any) -> None:
    model.estimators_[1] = model.estimators_[0].tree_


@pytest.mark.parametrize(
    ("name", "forge"),
    [
        ("svc", _lose_a_vector),
        ("hist-gradient-boosting", _go_round),
        ("knn", _unknown_label),
        ("logistic", _other_shape),
        ("lda", _other_shape),
        ("lda", _other_class),
        ("random-forest", _other_tree),
    ],
)
def test_parts_that_contradict_each_other_are_refused(
    name: str, forge: Callable[[Any], None], fitted: Callable[..., ClassicalFit]
) -> None:
    estimator = from_skops(fitted(name).content, known_types(name))
    refuse_unsound(name, estimator, 64, 10)
    forge(estimator)
    again = from_skops(to_skops(estimator), known_types(name))
    with pytest.raises(ModelError, match="does not fit together"):
        refuse_unsound(name, again, 64, 10)


def test_another_number_of_features_or_classes_is_refused(fitted: Callable[..., ClassicalFit]) -> None:
    estimator = from_skops(fitted("lda").content, known_types("lda"))
    for features, classes in ((63, 10), (64, 9)):
        with pytest.raises(ModelError, match=r"or not to model\.json"):
            refuse_unsound("lda", estimator, features, classes)


@pytest.fixture
def forged(classifier_of: Callable[..., Classifier], tmp_path: Path) -> Callable[[bytes], Path]:
    """A saved model with another model.skops, all checksums right."""

    def forge(content: bytes) -> Path:
        folder = classifier_of("decision-tree").save(tmp_path / "model")
        (folder / "model.skops").write_bytes(content)
        card = read_card(folder / "model.json")
        files = {**card.files, "model.skops": hashlib.sha256(content).hexdigest()}
        write_card(card.model_copy(update={"files": files}), folder / "model.json")
        return folder

    return forge


def test_the_command_line_ends_with_4_over_a_forged_model(
    tree: bytes, forged: Callable[[bytes], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    def forge(schema: dict[str, Any]) -> None:
        first(schema, __class__="DecisionTreeClassifier").update(__class__="system", __module__="os")

    folder = forged(rewritten(tree, forge))
    assert main(["verify", str(folder)]) == 4
    said = " ".join(capsys.readouterr().err.split())
    assert "'os.system'" in said
    assert "Traceback" not in said


def test_a_file_without_the_right_checksum_is_not_even_opened(
    classifier_of: Callable[..., Classifier], tmp_path: Path
) -> None:
    folder = classifier_of("svc").save(tmp_path / "model")
    (folder / "model.skops").write_bytes(b"something else")
    with pytest.raises(ModelError, match="altered since it was saved"):
        load(folder)
    (folder / "model.skops").unlink()
    with pytest.raises(ModelError, match="missing"):
        load(folder)


def test_a_card_of_both_kinds_is_refused(classifier_of: Callable[..., Classifier]) -> None:
    card = classifier_of("svc").card
    assert card.format_version == 3
    with pytest.raises(ValueError, match="came with format 3"):
        type(card).model_validate({**card.model_dump(), "format_version": 1})
    with pytest.raises(ValueError, match="a model is a network, a classical one"):
        type(card).model_validate({**card.model_dump(), "classical": None})
