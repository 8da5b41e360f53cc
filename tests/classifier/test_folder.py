"""A model folder loads to the same bits, and anything wrong with it is told before it is used."""

from __future__ import annotations

import hashlib
import json
import pickle
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from onelook.classifier import Classifier, folder, load, verify
from onelook.classifier.card import write_card
from onelook.classifier.engines import _largest_pad
from onelook.errors import ConfigError, ModelError
from onelook.settings import NetworkSettings
from onelook.settings.network import Conv, Dense, Flatten

FILES = ["golden.safetensors", "model.json", "model.onnx", "weights.safetensors"]


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def zip_of(folder: Path, archive: Path, prefix: str = "") -> Path:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for path in sorted(folder.rglob("*")):
            opened.write(path, f"{prefix}{path.relative_to(folder).as_posix()}")
    return archive


def forge(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Changes model.json and makes all checksums right again, as an attacker would."""
    path = folder / "model.json"
    values = json.loads(path.read_text())
    values["checksum"] = ""
    values["files"] = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in values["files"]}
    change(values)
    blank = json.dumps(values)
    digest = hashlib.sha256(blank.encode()).hexdigest()
    path.write_text(blank.replace('"checksum": ""', f'"checksum": "{digest}"', 1))


def unchanged(_values: dict[str, Any]) -> None:
    pass


class TestSaveAndLoad:
    def test_the_folder_holds_four_files(self, saved: Path) -> None:
        assert names_in(saved) == FILES

    @pytest.mark.parametrize("engine", ["onnx", "torch"])
    def test_the_same_engine_gives_the_same_bits(
        self, classifier: Classifier, saved: Path, images: np.ndarray, engine: Any
    ) -> None:
        loaded = load(saved, engine)
        assert loaded.engine == engine
        again = load(loaded.save(saved.parent / "again"), engine)
        assert np.array_equal(loaded.probabilities(images), again.probabilities(images))
        if engine == classifier.engine:
            assert np.array_equal(loaded.probabilities(images), classifier.probabilities(images))

    def test_engines_agree(self, saved: Path, images: np.ndarray) -> None:
        difference = load(saved, "onnx").probabilities(images) - load(saved, "torch").probabilities(images)
        assert 0 < np.abs(difference).max() < 1e-4

    def test_saving_again_gives_the_same_files(self, saved: Path) -> None:
        again = load(saved).save(saved.parent / "again")
        for name in FILES:
            assert (again / name).read_bytes() == (saved / name).read_bytes()

    def test_what_is_known_of_the_model_comes_back(self, classifier: Classifier, saved: Path) -> None:
        loaded = load(saved)
        assert loaded.class_names == ("cat", "dog", "eel")
        assert loaded.card.training == {"data": "drawn", "epochs": 3}
        assert loaded.card.metrics == {"accuracy": 0.5}
        ours = classifier.card.model_dump(exclude={"checksum", "files"})
        assert loaded.card.model_dump(exclude={"checksum", "files"}) == ours

    def test_floats_in_the_card_keep_every_bit(
        self, make_classifier: Callable[..., Classifier], tmp_path: Path
    ) -> None:
        value_range = (-1 / 3, 2**0.5)
        saved = make_classifier(dtype="float64", value_range=value_range).save(tmp_path / "model")
        assert load(saved).card.value_range == value_range

    @pytest.mark.parametrize("prefix", ["", "model/", "mnist-001/", "mnist-001/model/"])
    def test_a_zip_of_it_loads(self, saved: Path, images: np.ndarray, prefix: str) -> None:
        archive = zip_of(saved, saved.parent / "m.zip", prefix)
        assert np.array_equal(load(archive).probabilities(images), load(saved).probabilities(images))

    def test_a_zip_that_a_mac_packed_loads(self, saved: Path, images: np.ndarray) -> None:
        archive = zip_of(saved, saved.parent / "m.zip", "mnist-001/model/")
        with zipfile.ZipFile(archive, "a") as opened:
            opened.writestr("__MACOSX/mnist-001/._model", b"resource fork")
            opened.writestr(".DS_Store", b"finder")
        assert np.array_equal(load(archive).probabilities(images), load(saved).probabilities(images))

    def test_a_run_folder_loads(self, saved: Path, tmp_path: Path) -> None:
        (tmp_path / "run.json").write_text("{}")
        assert load(tmp_path).class_names == load(saved).class_names
        assert load(str(zip_of(tmp_path, tmp_path.parent / f"{tmp_path.name}.ZIP"))).class_names == (
            "cat",
            "dog",
            "eel",
        )

    def test_the_current_folder_loads(self, saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(saved)
        assert load(".").class_names == ("cat", "dog", "eel")

    def test_class_names_of_any_script_and_kind_survive(
        self, make_classifier: Callable[..., Classifier], tmp_path: Path
    ) -> None:
        names = ("猫", 'a "quoted" \\ name', '"checksum": ""')
        assert load(make_classifier(class_names=names).save(tmp_path / "model")).class_names == names


class TestSavingOverSomething:
    def test_a_model_is_replaced(self, make_classifier: Callable[..., Classifier], saved: Path) -> None:
        make_classifier(class_names=("x", "y")).save(saved)
        assert load(saved).class_names == ("x", "y")
        assert names_in(saved) == FILES
        assert names_in(saved.parent) == ["model"]

    def test_a_crash_leaves_the_old_model(
        self, make_classifier: Callable[..., Classifier], saved: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def crash(*_arguments: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("onelook.classifier.folder.write_card", crash)
        with pytest.raises(KeyboardInterrupt):
            make_classifier(class_names=("x", "y")).save(saved)
        assert load(saved).class_names == ("cat", "dog", "eel")
        assert names_in(saved.parent) == ["model"]

    def test_the_file_that_finder_leaves_in_a_folder_is_no_reason_not_to_save(
        self, classifier: Classifier, saved: Path
    ) -> None:
        (saved / ".DS_Store").write_bytes(b"where the window was")
        assert load(classifier.save(saved)).class_names == classifier.class_names
        assert ".DS_Store" not in names_in(saved)

    def test_the_readme_of_an_older_model_is_replaced_but_a_user_s_own_is_kept(
        self, classifier: Classifier, saved: Path
    ) -> None:
        (saved / "README.md").write_text("---\nlibrary_name: onelook\npipeline_tag: image-classification\n---\n")
        classifier.save(saved)
        assert "README.md" not in names_in(saved)
        (saved / "README.md").write_text("# my model\n\n---\nlibrary_name: onelook\n")
        with pytest.raises(ConfigError, match=r"holds README\.md, which saving a model there would remove"):
            classifier.save(saved)

    def test_what_is_not_a_model_is_never_removed(self, classifier: Classifier, saved: Path) -> None:
        (saved / "thesis.txt").write_text("three years")
        with pytest.raises(ConfigError, match=r"holds thesis\.txt, which saving a model there would remove"):
            classifier.save(saved)
        with pytest.raises(ConfigError, match="holds model, which"):
            classifier.save(saved.parent)
        with pytest.raises(ConfigError, match="is a file"):
            classifier.save(saved / "thesis.txt")
        assert (saved / "thesis.txt").read_text() == "three years"


class TestWrongPath:
    def test_nothing_there(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match=r"nothing at this path. Expected a run folder, its model/, or a \.zip"):
            load(tmp_path / "absent")

    def test_a_name_of_a_run_is_recognised(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "runs" / "mnist-001").mkdir(parents=True)
        monkeypatch.chdir(tmp_path)
        with pytest.raises(ModelError, match=r"Did you mean runs/mnist-001\?"):
            load("mnist-001")
        with pytest.raises(ModelError, match="nothing at this path") as refused:
            load("resnet50")
        assert "Did you mean" not in str(refused.value)

    @pytest.mark.parametrize("name", ["x" * 5000, "a\0b"])
    def test_a_name_that_no_file_can_have(self, name: str) -> None:
        with pytest.raises(ModelError):
            load(name)

    def test_a_file(self, tmp_path: Path) -> None:
        (tmp_path / "model.h5").touch()
        with pytest.raises(ModelError, match="a file, not a model"):
            load(tmp_path / "model.h5")

    def test_another_folder(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match=r"no model\.json in it; found nothing"):
            load(tmp_path)
        (tmp_path / "cat.jpg").touch()
        with pytest.raises(ModelError, match=r"found cat\.jpg"):
            load(tmp_path)

    def test_another_zip(self, tmp_path: Path) -> None:
        (tmp_path / "x").mkdir()
        (tmp_path / "x" / "cat.jpg").touch()
        archive = zip_of(tmp_path / "x", tmp_path / "m.zip")
        with pytest.raises(ModelError, match=r"m\.zip: no model\.json in it; found cat\.jpg"):
            load(archive)
        archive.write_bytes(b"PK")
        with pytest.raises(ModelError, match="not a readable zip"):
            load(archive)

    def test_a_zip_that_leaves_its_folder(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "m.zip", "w") as archive:
            archive.writestr("../model.json", "{}")
        with pytest.raises(ModelError, match="outside itself"):
            load(tmp_path / "m.zip")

    def test_a_run_without_a_model_yet(self, tmp_path: Path) -> None:
        (tmp_path / "run.json").write_text("{}")
        with pytest.raises(ModelError, match="a run that has no model yet"):
            load(tmp_path)

    def test_a_folder_of_runs_names_them_and_offers_each(self, tmp_path: Path) -> None:
        for name in ("b-2", "a-1", "notes", ".hidden", *(f"c-{number}" for number in range(5))):
            (tmp_path / name).mkdir()
            if name != "notes":
                (tmp_path / name / "run.json").write_text("{}")
        with pytest.raises(ModelError) as refused:
            load(tmp_path)
        assert str(refused.value) == (
            f"{tmp_path}: a folder of several runs. Name one of them: a-1, b-2, c-0, c-1, c-2 and 2 more. "
            f"All, with their scores:\n  onelook runs {tmp_path}"
        )
        runs = ("a-1", "b-2", "c-0", "c-1", "c-2", "c-3", "c-4")
        assert [*refused.value.options] == [str(tmp_path / name) for name in runs]

    def test_five_runs_are_all_named_without_a_word_on_more(self, tmp_path: Path) -> None:
        for number in range(5):
            (tmp_path / f"c-{number}").mkdir()
            (tmp_path / f"c-{number}" / "run.json").write_text("{}")
        with pytest.raises(ModelError) as refused:
            load(tmp_path)
        assert str(refused.value) == (
            f"{tmp_path}: a folder of several runs. Name one of them: c-0, c-1, c-2, c-3 and c-4."
        )

    def test_a_model_alone_in_a_folder_is_to_be_named_itself(self, saved: Path, tmp_path: Path) -> None:
        shutil.copytree(saved, tmp_path / "kept" / "mine")
        with pytest.raises(ModelError, match=r"kept: no model\.json in it; found mine\."):
            load(tmp_path / "kept")

    def test_an_unknown_engine(self, saved: Path) -> None:
        with pytest.raises(ConfigError, match="unknown engine 'onxx'. Did you mean 'onnx'"):
            load(saved, "onxx")  # type: ignore[arg-type]


@pytest.mark.parametrize("use", [load, verify])
class TestDamage:
    @pytest.mark.parametrize("name", FILES)
    def test_a_missing_file_is_named(self, saved: Path, name: str, use: Any) -> None:
        (saved / name).unlink()
        with pytest.raises(ModelError, match=f"{name}: missing"):
            use(saved)

    @pytest.mark.parametrize("name", FILES)
    @pytest.mark.parametrize("place", [0.2, 0.5, 0.8])
    def test_an_altered_file_is_named(self, saved: Path, name: str, place: float, use: Any) -> None:
        content = bytearray((saved / name).read_bytes())
        content[int(len(content) * place)] ^= 1
        (saved / name).write_bytes(content)
        with pytest.raises(ModelError, match=name):
            use(saved)

    @pytest.mark.parametrize("name", FILES)
    def test_a_truncated_file_is_named(self, saved: Path, name: str, use: Any) -> None:
        content = (saved / name).read_bytes()
        (saved / name).write_bytes(content[: len(content) // 2])
        with pytest.raises(ModelError, match=name):
            use(saved)

    def test_a_changed_class_name_is_noticed(self, saved: Path, use: Any) -> None:
        card = saved / "model.json"
        card.write_text(card.read_text().replace('"cat"', '"cow"'))
        with pytest.raises(ModelError, match=r"model\.json: altered since it was saved"):
            use(saved)

    @pytest.mark.parametrize("content", ["", "not JSON", "[]", "3", "[" * 100_000, '{"format_version": 1}', "{}"])
    def test_a_card_that_is_none(self, saved: Path, content: str, use: Any) -> None:
        (saved / "model.json").write_text(content)
        with pytest.raises(ModelError, match=r"model\.json"):
            use(saved)

    def test_a_card_of_many_megabytes_is_not_read(self, saved: Path, use: Any) -> None:
        with (saved / "model.json").open("wb") as file:
            file.truncate(1 << 30)
        with pytest.raises(ModelError, match="1,073,741,824 bytes, expected at most"):
            use(saved)

    def test_a_newer_format_says_to_update(self, saved: Path, use: Any) -> None:
        forge(saved, lambda values: values.update(format_version=8, what_is_this="new"))
        with pytest.raises(ModelError, match="written in format 8; this onelook reads up to format 7. Update it"):
            use(saved)

    @pytest.mark.parametrize(
        ("version", "named"),
        [("0.4.0", "'onelook>=0.4.0'"), ("1.2rc1", "'onelook>=1.2rc1'"), ("1; rm -rf ~", "onelook"), (3, "onelook")],
    )
    def test_a_newer_format_names_the_version_to_install(
        self, saved: Path, use: Any, version: object, named: str
    ) -> None:
        new = {"format_version": 99, "training": {"versions": {"onelook": version}}}
        forge(saved, lambda values: values.update(new))
        with pytest.raises(ModelError, match=rf"Update it: pip install -U {re.escape(named)}$"):
            use(saved)

    def test_a_file_without_a_checksum_is_not_trusted(self, saved: Path, use: Any) -> None:
        forge(saved, lambda values: values["files"].pop("model.onnx"))
        with pytest.raises(ModelError, match=r"has no checksum of model\.onnx"):
            use(saved)

    def test_files_of_two_models_do_not_mix(
        self, saved: Path, use: Any, make_classifier: Callable[..., Classifier], tmp_path: Path
    ) -> None:
        other = make_classifier(channels=1).save(tmp_path / "other")
        for name in ("model.onnx", "weights.safetensors", "golden.safetensors"):
            mixed = tmp_path / f"mixed-{name}"
            shutil.copytree(saved, mixed)
            shutil.copy(other / name, mixed / name)
            forge(mixed, unchanged)
            with pytest.raises(ModelError, match=name):
                use(mixed)

    def test_a_graph_of_other_classes_is_that_of_another_model(
        self, saved: Path, use: Any, make_classifier: Callable[..., Classifier], tmp_path: Path
    ) -> None:
        other = make_classifier(class_names=("cat", "dog", "eel", "fox")).save(tmp_path / "other")
        shutil.copy(other / "model.onnx", saved / "model.onnx")
        forge(saved, unchanged)
        with pytest.raises(ModelError, match=r"model\.onnx takes uint8 pictures of \(6, 5, 3\) and has 4 classes"):
            use(saved)

    def test_a_version_that_is_no_number_is_none(self, saved: Path, use: Any) -> None:
        for version in (True, "1", 1.0, 0, None):
            forge(saved, lambda values, version=version: values.update(format_version=version))
            with pytest.raises(ModelError, match=r"format_version is .*, expected a number from 1"):
                use(saved)


class TestForgery:
    """What a model folder from a stranger may hold: every checksum is right."""

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (lambda card: card.update(novelty=1), "novelty"),
            (lambda card: card.pop("dtype"), "dtype"),
            (lambda card: card.update(dtype="object"), "dtype"),
            (lambda card: card.update(class_names=["a", "a", "b"]), "two classes have the same name"),
            (lambda card: card.update(class_names=["a", "b"]), "gave 3 probabilities a picture, model.json names 2"),
            (lambda card: card.update(class_names="abc"), "class_names"),
            (lambda card: card["decode"].update(height=7), "golden.safetensors: pictures are uint8"),
            (lambda card: card["decode"].update(height=10**9), "decode.height"),
            (lambda card: card["network"]["layers"].pop(2), "network does not work"),
            (lambda card: card["network"]["layers"][0].update(kernel=5), "expected float32 4×3×5×5"),
            (lambda card: card["network"]["layers"][0].update(type="lambda"), "network.layers.0"),
            (lambda card: card["preprocess"].update(value_range=[0, "x"]), "preprocess.value_range"),
            (lambda card: card["preprocess"]["settings"].update(zca_whitening=True), "zca_matrix' is missing"),
        ],
    )
    def test_a_card_that_does_not_fit_is_refused(
        self, saved: Path, change: Callable[[dict[str, Any]], object], message: str
    ) -> None:
        forge(saved, change)
        with pytest.raises(ModelError) as refused:
            load(saved)
        assert message in str(refused.value)

    @pytest.mark.parametrize(
        "body",
        [
            [{"type": "conv", "filters": 10**12}, {"type": "flatten"}],
            [{"type": "flatten"}, {"type": "dense", "units": 10**15}],
            [{"type": "conv", "filters": 4, "kernel": 10**9, "padding": 10**9}, {"type": "flatten"}],
            [{"type": "max_pool", "size": 10**9, "padding": "same"}, {"type": "flatten"}],
            [{"type": "activation", "function": "relu"}] * 5_000 + [{"type": "flatten"}],
        ],
    )
    def test_a_huge_architecture_is_refused_at_once(self, saved: Path, body: list[dict[str, Any]]) -> None:
        layers = [*body, {"type": "dense", "units": "classes"}]
        forge(saved, lambda card: card.update(network={"layers": layers}))
        start = time.process_time()
        with pytest.raises(ModelError, match="expected at most|expected less|do not fit|does not work"):
            load(saved, "torch")
        assert time.process_time() - start < 5

    def test_a_residual_within_residuals_without_end_is_refused(self, saved: Path) -> None:
        flatten, depth = '{\n        "type": "flatten"\n      }', 5_000
        text = (saved / "model.json").read_text()
        assert flatten in text
        nested = '{"type": "residual", "layers": [' * depth + flatten + "]}" * depth
        (saved / "model.json").write_text(text.replace(flatten, nested))
        with pytest.raises(ModelError, match="not readable as JSON"):
            load(saved)

    def test_tensors_that_do_not_fit_are_listed(self, saved: Path) -> None:
        weights = load_file(saved / "weights.safetensors")
        weights["0.weight"] = weights["0.weight"][:2]
        weights["1.bias"] = weights["1.bias"].astype("f8")
        weights["extra"] = np.zeros(3, "f4")
        del weights["3.bias"]
        save_file(weights, saved / "weights.safetensors")
        forge(saved, unchanged)
        with pytest.raises(ModelError) as refused:
            load(saved)
        for part in (
            "'3.bias' is missing, expected 3",
            "'extra' is 3, the architecture has no such tensor",
            "'0.weight' is float32 2×3×3×3, expected float32 4×3×3×3",
            "and 1 more",
        ):
            assert part in str(refused.value)

    def test_a_header_that_promises_more_than_the_file_holds_is_refused(self, saved: Path) -> None:
        header = json.dumps({"0.weight": {"dtype": "F32", "shape": [10**12], "data_offsets": [0, 4 * 10**12]}}).encode()
        (saved / "weights.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + bytes(8))
        forge(saved, unchanged)
        with pytest.raises(ModelError, match="not readable as safetensors"):
            load(saved)

    @pytest.mark.parametrize("name", ["weights.safetensors", "model.onnx", "golden.safetensors"])
    def test_a_pickle_is_never_opened(self, saved: Path, tmp_path: Path, name: str) -> None:
        proof = tmp_path / "executed"

        class Payload:
            def __reduce__(self) -> tuple[object, tuple[object, ...]]:
                return Path.touch, (proof,)

        (saved / name).write_bytes(pickle.dumps(Payload()))
        forge(saved, unchanged)
        with pytest.raises(ModelError):
            load(saved)
        assert not proof.exists()

    def test_a_link_to_a_device_is_not_read(self, saved: Path) -> None:
        (saved / "weights.safetensors").unlink()
        (saved / "weights.safetensors").symlink_to("/dev/zero")
        with pytest.raises(ModelError, match=r"weights\.safetensors: missing"):
            load(saved)

    def test_golden_probabilities_that_are_no_numbers_are_refused(self, saved: Path) -> None:
        golden = load_file(saved / "golden.safetensors")
        golden["probabilities"][3, 1] = np.nan
        save_file(golden, saved / "golden.safetensors")
        forge(saved, unchanged)
        with pytest.raises(ModelError, match="expected finite float32"):
            load(saved)


class TestCardFile:
    def test_its_checksum_is_that_of_the_file_with_the_field_blank(self, saved: Path) -> None:
        text = (saved / "model.json").read_text(encoding="utf-8")
        stated = json.loads(text)["checksum"]
        assert hashlib.sha256(text.replace(stated, "", 1).encode()).hexdigest() == stated

    def test_the_checksums_of_the_others_are_theirs(self, saved: Path) -> None:
        stated = json.loads((saved / "model.json").read_text())["files"]
        assert stated == {
            name: hashlib.sha256((saved / name).read_bytes()).hexdigest() for name in FILES if name != "model.json"
        }

    def test_a_field_named_checksum_in_the_provenance_does_no_harm(
        self, make_classifier: Callable[..., Classifier], tmp_path: Path
    ) -> None:
        classifier = make_classifier(provenance={"checksum": "", "nested": {"checksum": ""}})
        assert load(classifier.save(tmp_path / "model")).card.training == classifier.card.training

    def test_writing_an_old_card_anew_keeps_it_readable(self, saved: Path) -> None:
        card = load(saved).card
        write_card(card, saved / "model.json")
        assert load(saved).card == card


@pytest.mark.parametrize("name", ["weights.safetensors", "model.onnx", "golden.safetensors"])
def test_a_file_that_claims_a_terabyte_is_refused_unread(saved: Path, name: str) -> None:
    with (saved / name).open("r+b") as file:
        file.truncate(1 << 40)
    with pytest.raises(ModelError, match=f"{name}: 1,099,511,627,776 bytes, expected at most 4,294,967,296"):
        load(saved)


def test_a_large_file_that_is_another_is_not_held_in_memory(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "_READ_AT_ONCE", 100)
    load(saved)  # what is right is read
    with (saved / "model.onnx").open("ab") as file:
        file.write(b"x")
    read: list[str] = []
    monkeypatch.setattr(Path, "read_bytes", _noting(read, Path.read_bytes))
    with pytest.raises(ModelError, match=r"model.onnx: altered since it was saved"):
        load(saved)
    assert "model.json" in read
    assert "model.onnx" not in read


def _noting(names: list[str], read: Callable[[Path], bytes]) -> Callable[[Path], bytes]:
    def noted(path: Path) -> bytes:
        names.append(path.name)
        return read(path)

    return noted


def test_no_torch_and_no_onnx_package_are_needed(saved: Path, images: np.ndarray) -> None:
    code = f"""
import sys
sys.modules["torch"] = sys.modules["onnx"] = sys.modules["sklearn"] = sys.modules["pyarrow"] = None
import onelook, numpy as np
classifier = onelook.load({str(saved)!r})
assert len(classifier.predict(np.zeros((3, 6, 5, 3), np.uint8))) == 3
assert onelook.verify({str(saved)!r}).passed
assert onelook.load(classifier.save({str(saved.parent / "again")!r})).class_names == ("cat", "dog", "eel")
"""
    result = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr


def test_importing_and_loading_does_not_import_torch(saved: Path) -> None:
    code = f"""
import sys, onelook.classifier
onelook.classifier.load({str(saved)!r})
assert "torch" not in sys.modules and "onnx" not in sys.modules
"""
    result = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr


def test_the_largest_pad_of_a_network_is_that_of_its_widest_side(make_classifier: Callable[..., Classifier]) -> None:
    def pad(*layers: Any) -> int:
        return _largest_pad(
            make_classifier().card, NetworkSettings(layers=(*layers, Flatten(), Dense(units="classes")))
        )

    assert pad(Conv(filters=2, kernel=3, padding="same")) == 1
    assert pad(Conv(filters=2, kernel=4, padding="same")) == 2  # one before, two behind
    assert pad(Conv(filters=2, kernel=3)) == 0
