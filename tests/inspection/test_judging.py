"""How predictions become judgements, without any training: by part, copy and score."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from onelook.data.layouts.arrays.from_python import open_arrays
from onelook.data.open import open_dataset
from onelook.data.reading import read_dataset
from onelook.errors import ConfigError, DataError
from onelook.inspection import label_check, page
from onelook.inspection import out_of_fold as module
from onelook.inspection.out_of_fold import OutOfFold, _FoldNetworks
from onelook.report.page import refuse_page
from onelook.settings import DecodeSettings

DECODE = DecodeSettings(height=8, width=8, channels=1)


def pictures(rows: int, first: int = 0) -> np.ndarray:
    images = np.random.default_rng(first).integers(0, 255, (rows, 8, 8), dtype=np.uint8)
    images[:, 0, 0] = np.arange(first, first + rows)
    return images


def test_suspects_of_all_parts_stand_together_the_worst_first(monkeypatch: pytest.MonkeyPatch) -> None:
    labels = np.array(["a", "b", "c"])[np.arange(30) % 3]
    dataset = open_arrays({"train": (pictures(30), labels), "test": (pictures(18, 50), labels[:18])})
    reading = read_dataset(dataset, DECODE)

    def sure(part: str, wrong: dict[int, tuple[int, float]]) -> np.ndarray:
        own = np.asarray(reading.parts[part].labels)
        found = np.full((len(own), 3), 0.15)
        found[np.arange(len(own)), own] = 0.7
        for row, (other, probability) in wrong.items():
            found[row] = (1 - probability) / 3
            found[row, other] = probability
        return found.astype(np.float32)

    probabilities = {
        "train": sure("train", {3: (2, 0.9), 7: (0, 0.97)}),
        "test": sure("test", {4: (2, 0.94)}),
    }
    monkeypatch.setattr(label_check, "out_of_fold", lambda *_: OutOfFold(probabilities, "train", 5, 8))
    found = label_check.check_labels(dataset, reading, DECODE)
    assert [(each.id, each.split, each.label, each.suggested) for each in found.listed] == [
        ("train/8", "train", "b", "a"),
        ("test/5", "test", "b", "c"),
        ("train/4", "train", "a", "c"),
    ]
    assert [round(each.probability, 2) for each in found.listed] == [0.97, 0.94, 0.9]
    assert found.accuracy == pytest.approx(28 / 30)  # of the training pictures alone
    assert (found.folds, found.epochs) == (5, 8)
    confirmed = replace(dataset, confirmed=frozenset({"train/8"}))
    kept = label_check.check_labels(confirmed, reading, DECODE)
    assert [each.id for each in kept.listed] == ["test/5", "train/4"]
    assert [each.row for each in kept.suspects["train"]] == [3]


def test_the_file_of_suspects_is_a_fixes_file_once_its_actions_are_filled_in(tmp_path: Path) -> None:
    labels = ["a", "b", "c"] * 4
    dataset = open_arrays((pictures(12), labels))
    suspects = (
        label_check.SuspectPicture("2", "all", "b", "c", probability=0.75, score=0.9),
        label_check.SuspectPicture("4", "all", "a", "b", probability=0.5, score=0.8),
        label_check.SuspectPicture("6", "all", "c", "a", probability=0.5, score=0.8),
        label_check.SuspectPicture("9", "all", "c", "a", probability=0.5, score=0.7),
    )
    check = label_check.LabelCheck(0.9, 0.9, 5, 8, {}, {}, suspects, dataset)
    check.write(tmp_path / "wrong.csv")
    header, *lines = (tmp_path / "wrong.csv").read_text().splitlines()
    assert header.split(",") == [
        *("id", "split", "label", "suggested", "probability", "score"),
        *("action", "class_name", "content"),
    ]
    with pytest.raises(DataError, match="none of its 4 rows has an action"):
        open_dataset((pictures(12), labels), fixes=str(tmp_path / "wrong.csv"))
    filled = [
        line.replace(",,", f",{action},") for line, action in zip(lines, ("relabel", "drop", "keep", ""), strict=True)
    ]
    (tmp_path / "fixes.csv").write_text("\n".join((header, *filled)))
    # The pictures have moved by a row.
    fixed = open_dataset((pictures(12)[1:], labels[1:]), fixes=str(tmp_path / "fixes.csv"))
    assert fixed["all"].labels == ["c", "c", "b", "c", "a", "b", "c", "a", "b", "c"]
    assert ({*fixed.relabelled}, {*fixed.dropped}, fixed.confirmed) == ({"1"}, {"3"}, {"5"})


class TestOfPools:
    def part(self, **changes: Any) -> Any:
        fields = {"labels": np.array([1, 0, 1, 0]), "copy_of": np.array([-1, -1, 0, -1])}
        return SimpleNamespace(**{**fields, **changes})

    def test_a_mean_is_over_those_that_answered_and_a_copy_has_its_original_s(self) -> None:
        totals = np.array([[0.4, 1.6], [0.9, 0.1], [0.0, 0.0], [0.0, 0.0]], np.float32)
        counts = np.array([2, 1, 0, 0])
        found = _FoldNetworks._mean(None, self.part(), totals, counts)  # type: ignore[arg-type]
        # Nobody could judge the last one: its label is taken as right.
        assert found.tolist() == np.array([[0.2, 0.8], [0.9, 0.1], [0.2, 0.8], [1.0, 0.0]], np.float32).tolist()

    def test_all_that_decides_is_in_the_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def key(part: Any, fold_of: tuple[int, ...] = (0, 1, 0, 1), torch: str = "1") -> str:
            monkeypatch.setattr(module, "versions", lambda: {"torch": torch})
            dump: Callable[[], str] = lambda: "{}"  # noqa: E731
            plan = SimpleNamespace(network=None, settings=SimpleNamespace(model_dump_json=dump))
            dataset: Any = SimpleNamespace(fingerprint="of the data")
            quick: Any = SimpleNamespace(plan=plan)
            return module._key(dataset, {"train": part}, DECODE, quick, np.array(fold_of))

        plain = self.part(near_groups=None)
        keys = {
            key(plain),
            key(self.part(near_groups=None, labels=np.array([0, 0, 1, 0]))),
            key(self.part(near_groups=None, copy_of=np.array([-1, -1, 1, -1]))),
            key(self.part(near_groups=np.array([0, 0, 1, 2]))),
            key(plain, fold_of=(1, 0, 1, 0)),
            key(plain, torch="2"),
        }
        assert len(keys) == 6
        assert key(self.part(near_groups=None)) in keys


class TestOfThePage:
    def found(self, parts: dict[str, Any], class_names: tuple[str, ...] = ("a", "b")) -> Any:
        return SimpleNamespace(
            reading=SimpleNamespace(parts=parts),
            dataset=SimpleNamespace(class_names=class_names),
            decode=SimpleNamespace(resize="crop"),
        )

    def test_samples_come_from_the_part_that_is_trained_on_wherever_it_stands(self) -> None:
        labelled, bare = SimpleNamespace(labels=np.zeros(3)), SimpleNamespace(labels=None)
        train = SimpleNamespace(labels=np.zeros(3))
        assert page._pool(self.found({"test": labelled, "train": train})) is train
        assert page._pool(self.found({"test": labelled, "train": bare})) is labelled
        assert page._pool(self.found({"test": bare})) is bare

    def test_pictures_without_colour_are_counted_over_all_parts(self) -> None:
        one, other = (SimpleNamespace(grey=np.array(grey)) for grey in ([True, False], [True, True]))
        unknown = SimpleNamespace(grey=None)
        assert page._grey(self.found({"train": one, "val": unknown, "test": other})) == 3
        assert page._grey(self.found({"train": unknown})) is None

    def test_the_picture_that_is_augmented_is_one_that_is_trained_on(self) -> None:
        images = np.arange(40).reshape(10, 2, 2, 1)
        pool: Any = SimpleNamespace(images=images, used=np.array([7, 9]))
        drawn = {int(page._one_picture(pool, np.random.default_rng(seed))[0, 0, 0]) for seed in range(20)}
        assert drawn == {28, 36}

    @pytest.mark.parametrize(
        ("classes", "each", "side"),
        [
            *((0, 32, 160), (2, 16, 160), (6, 16, 160), (7, 8, 160), (20, 8, 160), (21, 8, 128), (40, 8, 128)),
            *((41, 4, 128), (83, 4, 96), (120, 4, 96), (121, 2, 128), (300, 2, 96), (301, 1, 128), (1_000, 1, 96)),
            (1_001, 1, 96),  # the first thousand
        ],
    )
    def test_more_classes_get_fewer_and_smaller_pictures(
        self, classes: int, each: int, side: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[tuple[int, int, int]] = []

        def draw(pictures: Any, names: Any, most: int, *, writer: Any, **_: Any) -> tuple[()]:
            asked.append((len(names), most, writer.longest))
            return ()

        monkeypatch.setattr(page, "draw_samples", draw)
        rows = np.arange(5)
        pool: Any = SimpleNamespace(
            images=np.zeros((5, 1, 1, 1)), used=rows, ids=tuple("abcde"), labels=rows if classes else None, sizes=None
        )
        names = tuple(f"c{number}" for number in range(classes))
        writer = page.ThumbnailWriter({}.__setitem__, (0.0, 255.0))
        page._samples(self.found({}, names), pool, np.random.default_rng(0), writer)
        assert asked == [(min(max(1, classes), 1_000), each, side)]

    def test_a_doubted_label_is_remarked_on_with_the_suggestion_and_its_probability(self) -> None:
        suspects = (
            label_check.SuspectPicture("a.png", "train", "cat", "dog", probability=0.75, score=0.9),
            label_check.SuspectPicture("b.png", "test", "dog", "eel", probability=0.99999, score=1.0),
        )
        found: Any = SimpleNamespace(label_check=SimpleNamespace(listed=suspects))
        remarks = {key: text.replace("\u202f", " ") for key, text in page._remarks(found)["label-errors"].items()}
        assert remarks == {"a.png": "looks like dog (75.0 %)", "b.png": "looks like eel (above 99.9 %)"}
        assert page._remarks(SimpleNamespace(label_check=None)) == {}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "may_be_replaced"),
    [
        (None, True),  # no such file
        (b"", True),
        (b"<!doctype html>\n<html>", True),
        (b"<!DOCTYPE HTML>", True),
        (b"<html lang='en'>", True),
        (b"<HTML>", True),
        (b"\xef\xbb\xbf<!doctype html>", True),
        (b"\r\n\t <!DOCTYPE html>", True),
        (b"mine", False),
        (b"id,label\n1,<html>\n", False),
        (b"<!-- <html> -->", False),
        (b"\xff\xd8\xff\xe0", False),
        (b"\n", False),
    ],
)
def test_only_a_page_or_an_empty_file_may_become_the_page(
    content: bytes | None, may_be_replaced: bool, tmp_path: Any
) -> None:
    path = tmp_path / "look.html"
    if content is not None:
        path.write_bytes(content)
    if may_be_replaced:
        refuse_page(path, "--html")
    else:
        with pytest.raises(ConfigError, match="this file exists and is not an HTML page; it would be lost"):
            refuse_page(path, "--html")
    assert not path.exists() if content is None else path.read_bytes() == content
