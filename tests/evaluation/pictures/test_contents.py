"""Contents of the shown pictures: the same digests that fixes compare, as many as the time is enough for."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from onelook.data.dataset import Dataset, ImageSet
from onelook.data.fixes.find_pictures import picture_content
from onelook.data.open import open_dataset
from onelook.evaluation.pictures import contents as module
from onelook.evaluation.pictures.contents import CONTENTS, read_contents, write_contents
from onelook.evaluation.pictures.index import (
    FINDINGS,
    FURTHER_ERRORS,
    INDEX,
    ClassSamples,
    FindingPictures,
    FindingsIndex,
    FoundPicture,
    FurtherErrors,
    PredictedPicture,
    ReportPictures,
    SamplePicture,
    write_index,
)
from onelook.evaluation.pictures.report_pictures import write_report_pictures

COUNT = 60


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    images = np.random.default_rng(0).integers(0, 256, (COUNT, 6, 6), dtype=np.uint8)
    return open_dataset((images, np.arange(COUNT) % 2))


def test_contents_are_those_that_fixes_compare(dataset: Dataset) -> None:
    part = dataset.parts["all"]
    ids = [part.ids[7], "no such picture", part.ids[0]]
    found = read_contents(dataset, ids)
    assert found == {part.ids[row]: picture_content(part.pictures, row) for row in (7, 0)}
    assert len(set(found.values())) == 2


def test_reading_ends_when_its_time_is_over(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(np.arange(0.0, 100.0, 0.75))
    monkeypatch.setattr(module.time, "perf_counter", lambda: next(ticks))
    found = read_contents(dataset, dataset.parts["all"].ids, seconds=2.0)  # looks at 0.75, 1.5 and 2.25
    assert list(found) == list(dataset.parts["all"].ids[:32])


def test_all_shown_pictures_of_a_run_have_a_content(dataset: Dataset, tmp_path: Path) -> None:
    part = dataset.parts["all"]
    images = np.stack([part.pictures.original(row) for row in range(COUNT)])
    pictures = ImageSet(images, np.arange(COUNT), part.ids, np.arange(COUNT) % 2)
    wrong = np.full((COUNT, 2), 0.5, np.float32)
    wrong[np.arange(COUNT), 1 - np.arange(COUNT) % 2] = 0.6
    wrong[:20] = np.eye(2, dtype=np.float32)[np.arange(20) % 2]  # these are right
    write_report_pictures(tmp_path, wrong, pictures, dataset.class_names, train_samples=None, seed=0)
    write_contents(tmp_path, dataset)
    found = json.loads((tmp_path / CONTENTS).read_text(encoding="utf-8"))["contents"]
    assert {*part.ids[20:]} <= found.keys()  # worst errors, and those after them
    assert found[part.ids[-1]] == picture_content(part.pictures, COUNT - 1)


def test_without_time_no_file_is_written(dataset: Dataset, tmp_path: Path) -> None:
    write_contents(tmp_path, dataset, seconds=0.0)
    assert list(tmp_path.iterdir()) == []


def test_contents_are_read_in_the_order_in_which_pictures_matter(tmp_path: Path) -> None:
    def shown(name: str) -> PredictedPicture:
        return PredictedPicture(file="f", id=name, label="a", predicted="b", p_label=0.1, p_predicted=0.9)

    def found(name: str, file: str | None = "f") -> FoundPicture:
        return FoundPicture(file=file, id=name)

    samples = (ClassSamples(class_name="a", pictures=(SamplePicture(file="f", id="sample"),)),)
    kept = ReportPictures(errors=1, worst_errors=(shown("worst"),), random=(shown("random"),), samples=samples)
    write_index(tmp_path / INDEX, kept)
    pairs = ((found("one"), found("other", None)),)
    named = FindingPictures(check="c", split="s", pictures=(found("found"), found("damaged", None)), pairs=pairs)
    (tmp_path / FINDINGS).mkdir()
    write_index(tmp_path / FINDINGS / INDEX, FindingsIndex(findings=(named,)))
    entry = {"label": 0, "predicted": 0, "p_label": 0.1, "p_predicted": 0.9}
    errors = [{"id": "drawn", "picture": "eA==", **entry}, {"id": "listed", **entry}]
    write_index(tmp_path / FURTHER_ERRORS, FurtherErrors.model_validate({"class_names": ("a",), "errors": errors}))
    assert list(module._shown_ids(tmp_path)) == ["worst", "found", "one", "random", "drawn", "sample"]
    (tmp_path / INDEX).unlink()
    assert list(module._shown_ids(tmp_path)) == ["drawn"]
