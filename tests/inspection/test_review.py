"""What a person is asked to look at, in which order, and what becomes of a mark."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.report.conftest import build_run
from tests.report.test_folds_page import FOUND

from onelook.checks.finding import Finding
from onelook.commands.inspect import inspect_data
from onelook.commands.review import is_run, review_run
from onelook.data.dataset import Dataset
from onelook.data.fixes.find_pictures import picture_content
from onelook.data.fixes.fixes_file import read_fixes
from onelook.data.fixes.marks_file import Mark, MarksOnDisk
from onelook.data.open import open_dataset
from onelook.errors import ConfigError, DataError
from onelook.evaluation.pictures.further_errors import FurtherError, FurtherErrors
from onelook.evaluation.pictures.thumbnails import PIXEL_ART_SIDE
from onelook.files import json_text
from onelook.inspection.review import Review
from onelook.inspection.review_queue import A_PAGE, Pile, QueuedPicture, cut_into_pages, piles_of_data, piles_of_run
from onelook.report.results import Results, read_results

NAMES = ("cat", "dog", "<b>fox</b>")
SUSPECTS = (
    "id,split,label,suggested,probability,score,action,class_name,content\n"
    "test/9,all,dog,cat,0.9731,0.9802,,cat,7d44\n"
    "elsewhere.jpg,all,cat,dog,0.8,0.75,,dog,\n"
)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Three errors: two dogs taken for cats, and a fox taken for a dog."""
    return read_results(build_run(tmp_path_factory.mktemp("runs") / "a", names=NAMES, pictures=True))


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    images = np.random.default_rng(0).integers(0, 256, (4, 6, 6), dtype=np.uint8)
    return open_dataset((images, np.array([0, 0, 1, 1])))


def review(path: Path, dataset: Dataset | None = None, **changes: object) -> Review:
    pictures = tuple(QueuedPicture(str(at), "0", "1", 0.9) for at in (1, 2, 9))
    values = {"contents": {"9": "kept"}, **changes}
    return Review(
        "run", (Pile("Errors", "3 errors", "", pictures),), ("0", "1"), MarksOnDisk(path), "", dataset, **values
    )


def test_doubtful_labels_come_before_errors_and_none_twice(results: Results, tmp_path: Path) -> None:
    path = tmp_path / "suspects.csv"
    path.write_text(SUSPECTS, encoding="utf-8")
    doubted, errors = piles_of_run(results, path)
    assert [(one.id, one.label, one.guess, one.p_guess) for one in doubted.pictures] == [
        ("test/9", "dog", "cat", 0.9731),
        ("elsewhere.jpg", "cat", "dog", 0.8),
    ]
    assert doubted.pictures[0].p_label == pytest.approx(1 - 0.9802)
    assert doubted.title == "2 labels look wrong"
    assert [one.id for one in errors.pictures] == ["test/10", "test/16"]
    assert errors.title.startswith("2 errors")
    assert [pile.topic for pile in piles_of_run(results, tmp_path / "none.csv")] == ["Errors"]


def test_all_pictures_are_shown_so_many_on_a_page(results: Results, tmp_path: Path) -> None:
    path = tmp_path / "suspects.csv"
    head, row, _ = SUSPECTS.splitlines()
    more = (row.replace("test/9", f"{at}.jpg") for at in range(A_PAGE + 5))
    path.write_text("\n".join([head, *more]), encoding="utf-8")
    piles = piles_of_run(results, path)
    assert [(len(pile.pictures), pile.left_out) for pile in piles] == [(A_PAGE + 5, 0), (3, 0)]
    assert [[len(pile.pictures) for pile in page] for page in cut_into_pages(piles)] == [[A_PAGE], [5, 3]]


def test_a_pile_goes_on_on_the_next_page_and_no_picture_is_lost() -> None:
    piles = [
        Pile(name, "", "", tuple(QueuedPicture(f"{name}{at}", "0") for at in range(count)), left_out=7)
        for name, count in (("a", 2), ("b", 5), ("c", 1), ("d", 3))
    ]
    pages = cut_into_pages(piles, most=3)
    shown = [[(pile.topic, [one.id for one in pile.pictures]) for pile in page] for page in pages]
    assert shown == [
        [("a", ["a0", "a1"]), ("b", ["b0"])],
        [("b", ["b1", "b2", "b3"])],
        [("b", ["b4"]), ("c", ["c0"]), ("d", ["d0"])],
        [("d", ["d1", "d2"])],
    ]
    # What no page shows is said where the pile ends.
    assert [[pile.left_out for pile in page] for page in pages] == [[7, 0], [0], [7, 7, 0], [7]]
    assert [len(page) for page in cut_into_pages(piles[:1], most=2)] == [1]
    full = [[pile.topic for pile in page] for page in cut_into_pages([piles[0], piles[2]], most=2)]
    assert full == [["a"], ["c"]]  # a page that is full does not begin the next pile


def test_the_first_page_with_an_unmarked_picture_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Review, "pages", property(lambda asked: cut_into_pages(asked.piles, most=2)))
    asked = review(tmp_path / "fixes.csv")
    pile = asked.piles[0]
    asked = replace(
        asked, piles=(replace(pile, pictures=tuple(replace(one, encoded="eA==") for one in pile.pictures)),)
    )

    def shown(number: int | None = None) -> list[str]:
        page = asked.page("t0ken", number)
        assert page is not None
        return re.findall(r"picture/(\d)", page)

    assert shown() == ["0", "1"]
    asked.mark("1", "keep", "")
    assert shown() == ["0", "1"]
    asked.mark("2", "keep", "")
    assert shown() == ["2"]  # the numbers are those of all pictures
    assert shown(1) == ["0", "1"]
    asked.mark("9", "keep", "")
    assert shown() == ["0", "1"]  # all are marked: from the beginning
    assert [asked.page("t0ken", number) for number in (0, 3, -1)] == [None] * 3
    first, second = asked.page("t0ken", 1), asked.page("t0ken", 2)
    assert 'href="?token=t0ken&amp;page=2" rel="next"' in str(first)
    assert "Page 1 of 2" in str(first)
    assert 'rel="prev"' not in str(first)
    assert 'href="?token=t0ken&amp;page=1" rel="prev"' in str(second)
    assert 'rel="next"' not in str(second)


def test_a_mark_is_on_the_disk_with_the_content_of_the_picture(tmp_path: Path, dataset: Dataset) -> None:
    asked = review(tmp_path / "fixes.csv", dataset)
    asked.mark("2", "relabel", "1")
    asked.mark("9", "drop", "1")  # not in the data any more: the run kept its content
    relabel, drop = read_fixes(tmp_path / "fixes.csv").fixes
    assert (relabel.id, relabel.decision, relabel.content) == (
        "2",
        ("relabel", "1"),
        picture_content(dataset.parts["all"].pictures, 1),
    )
    assert (drop.id, drop.decision, drop.content) == ("9", ("drop", ""), "kept")
    asked.mark("2", "", "")
    assert [fix.id for fix in read_fixes(tmp_path / "fixes.csv").fixes] == ["9"]


def test_only_what_is_shown_can_be_marked_and_only_with_known_classes(tmp_path: Path) -> None:
    asked = review(tmp_path / "fixes.csv")
    for identifier, action, name, said in (
        ("3", "drop", "", "no picture '3'"),
        ("1", "delete", "", "'delete' is no action. Expected relabel, drop or keep"),
        ("1", "relabel", "fox", "no class 'fox'"),
    ):
        with pytest.raises(DataError, match=said):
            asked.mark(identifier, action, name)
    assert not (tmp_path / "fixes.csv").exists()


def test_a_new_class_of_an_earlier_decision_can_come_back(tmp_path: Path) -> None:
    asked = review(tmp_path / "fixes.csv")
    asked.marks.set("other.jpg", Mark("other.jpg", "relabel", "new:fox"))
    assert asked.mark("1", "relabel", "new:fox")["1"].class_name == "new:fox"


def test_to_agree_with_a_corrected_label_keeps_the_correction(tmp_path: Path) -> None:
    behind = {"1": Mark("1", "relabel", "0", "c")}  # the label that is shown is the one of this fix
    asked = review(tmp_path / "fixes.csv", behind=behind)
    assert asked.mark("1", "keep", "")["1"] == behind["1"]
    assert asked.mark("2", "keep", "")["2"].action == "keep"


def test_to_agree_with_a_picture_that_a_fix_drops_keeps_the_picture(tmp_path: Path) -> None:
    asked = review(tmp_path / "fixes.csv", behind={"1": Mark("1", "drop", "", "c")})
    assert asked.mark("1", "keep", "")["1"].action == "keep"


def test_pictures_come_from_the_data_else_from_the_run(tmp_path: Path, dataset: Dataset, results: Results) -> None:
    asked = review(tmp_path / "fixes.csv", dataset)
    found = asked.picture(0)
    assert found is not None
    assert found.media_type == "image/png"
    assert asked.picture(2) is None  # neither has it
    assert asked.picture(3) is None
    assert asked.picture(-1) is None
    page = asked.page("t0ken")
    assert page is not None
    assert re.findall(r"picture/(\d)", page) == ["0", "1"]
    assert page.count('class="no-picture"') == 1  # said, instead of a picture that fails to load
    kept = Review("a", piles_of_run(results, tmp_path / "no"), NAMES, asked.marks, "", None, results.pictures)
    assert all(kept.picture(at) for at in range(3))


def opened(path: Path, **options: object) -> Review:
    given = {"data": None, "out": None, "find_data": lambda _: None, "warn": lambda _: None, **options}
    return review_run(path, **given)  # type: ignore[arg-type]


def test_a_run_without_its_data_shows_what_it_kept_and_says_so(tmp_path: Path) -> None:
    run = build_run(tmp_path / "run", names=NAMES, pictures=True)
    said: list[str] = []
    asked = opened(run.path, warn=said.append)
    assert len(said) == 1
    assert "--data" in said[0]
    assert asked.marks.path == run.path / "fixes.csv"
    assert asked.command.endswith(f"train 'my shirts' --epochs 3 --fixes {run.path / 'fixes.csv'}")
    assert len(asked.pictures) == 3
    page = asked.page("t0ken")
    assert "picture/0?token=t0ken" in page
    assert "<b>fox" not in page


def test_the_fixes_that_a_run_began_with_are_not_written_to(tmp_path: Path) -> None:
    run = build_run(tmp_path / "run", names=NAMES, pictures=True, settings={"fixes": "mine.csv"})
    run.fixes.write_text("id,action,class_name\ntest/1,relabel,cat\n", encoding="utf-8")
    before = run.fixes.read_bytes()
    asked = opened(run.path)
    asked.mark("test/9", "keep", "")
    assert run.fixes.read_bytes() == before
    assert asked.marks.path == run.path / "reviewed-fixes.csv"
    assert [fix.id for fix in read_fixes(asked.marks.path).fixes] == ["test/1", "test/9"]


@pytest.mark.parametrize(("given", "grey"), [(None, 10), ("new.npz", 200)])
def test_the_data_that_is_named_is_read_before_the_data_of_the_run(
    given: str | None, grey: int, tmp_path: Path
) -> None:
    labels = {"y_train": np.arange(4) % 2, "y_test": np.arange(20) % 2}
    for name, level in (("old.npz", 10), ("new.npz", 200)):
        pictures = {"x_train": np.zeros((4, 6, 6), np.uint8), "x_test": np.full((20, 6, 6), level, np.uint8)}
        np.savez(tmp_path / name, **pictures, **labels)
    run = build_run(tmp_path / "run", names=NAMES, pictures=True)
    data = None if given is None else str(tmp_path / given)
    found = opened(run.path, data=data, find_data=lambda _: str(tmp_path / "old.npz")).picture(0)
    assert found is not None
    assert np.asarray(Image.open(io.BytesIO(found.content)).convert("L")).max() == grey


def test_each_answer_has_its_own_probability(tmp_path: Path) -> None:
    pictures = (
        QueuedPicture("a.jpg", "cat", "dog", 0.9, 0.04),
        QueuedPicture("b.jpg", "dog", "", 0.0, 0.25),
        QueuedPicture("c.jpg", "dog", "cat", 0.75),  # nothing is known of its label
    )
    page = Review("run", (Pile("Errors", "", "", pictures),), ("cat", "dog"), MarksOnDisk(tmp_path / "f"), "").page("t")
    answers = [re.findall(r"<b>(\w+)</b></span> <span>(.*?)</span>", figure) for figure in page.split("<figure")[1:]]
    assert [[(name, share.replace("\u202f", " ")) for name, share in each] for each in answers] == [
        [("cat", "4.0 %"), ("dog", "90.0 %")],
        [("dog", "25.0 %")],
        [("dog", ""), ("cat", "75.0 %")],
    ]


def test_without_errors_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    run = build_run(tmp_path / "run", names=NAMES, confusion=np.diag([3, 3, 3]).tolist(), pictures=True)
    with pytest.raises(ConfigError, match="nothing to look at"):
        opened(run.path)
    assert is_run(run.path)
    assert not is_run(run.evidence)


def test_the_folds_of_a_cross_validation_are_looked_at_together(tmp_path: Path) -> None:
    folder = tmp_path / "folds"
    for number in (1, 2):
        build_run(folder / f"fold-{number}", names=NAMES, pictures=True, set_name="val")
    (folder / "folds.json").write_text(json_text({**FOUND, "runs": FOUND["runs"][:2]}), encoding="utf-8")
    (folder / "suspects.csv").write_text(SUSPECTS, encoding="utf-8")
    assert is_run(folder)
    asked = opened(folder)
    assert (asked.name, asked.marks.path, asked.class_names) == ("folds", folder / "fixes.csv", NAMES)
    assert next(pile.title for pile in asked.piles) == "2 labels look wrong"
    assert "elsewhere.jpg" in asked.pictures
    assert asked.command.endswith(f"train 'my shirts' --epochs 3 --fixes {folder / 'fixes.csv'}")
    none = {**FOUND, "runs": [{**each, "status": "interrupted"} for each in FOUND["runs"][:2]]}
    (folder / "folds.json").write_text(json_text(none), encoding="utf-8")
    with pytest.raises(ConfigError, match="no fold is complete, so there is nothing to look at yet. Resume it"):
        opened(folder)


def test_the_errors_that_a_run_kept_without_a_page_are_looked_at_too(results: Results, tmp_path: Path) -> None:
    further = FurtherErrors(
        class_names=("cat", "dog"),
        errors=(FurtherError(id="more.png", label=1, predicted=0, p_predicted=0.99, p_label=0.01, picture="cGlj"),),
    )
    (pile,) = piles_of_run(replace(results, further_errors=further), tmp_path / "none.csv")
    assert len(pile.pictures) == 4
    first = pile.pictures[0]  # the model was most sure of it
    assert (first.id, first.label, first.guess, first.encoded, first.file) == ("more.png", "dog", "cat", "cGlj", "")


def test_errors_are_ordered_by_how_much_surer_the_model_was_of_its_answer_than_of_the_label(tmp_path: Path) -> None:
    def worst(*shares: tuple[str, float, float]) -> Any:
        kept = [
            SimpleNamespace(id=name, label="cat", predicted="dog", p_predicted=p, p_label=q, file="")
            for name, p, q in shares
        ]
        return SimpleNamespace(report_pictures=SimpleNamespace(worst_errors=kept), further_errors=None)

    (pile,) = piles_of_run(worst(("a", 0.75, 0.25), ("b", 0.5, 0.5), ("c", 0.625, 0.0)), tmp_path / "none.csv")
    assert [one.id for one in pile.pictures] == ["c", "a", "b"]
    assert [(one.p_guess, one.p_label) for one in pile.pictures] == [(0.625, 0.0), (0.75, 0.25), (0.5, 0.5)]
    assert pile.title == "3 errors, those of which the model was most sure first"
    (pile,) = piles_of_run(worst(("a", 0.75, 0.25)), tmp_path / "none.csv")
    assert pile.title == "One error, those of which the model was most sure first"


def test_of_a_check_so_many_are_shown_and_what_was_not_may_be_shown_by_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("onelook.inspection.review_queue.MOST_OF_A_CHECK", 2)
    labelled = SimpleNamespace(labels=np.array([1, 0, 1, 0, 0]), ids=("a", "b", "c", "d", "e"))
    bare = SimpleNamespace(labels=None, ids=("x",))
    suspect = SimpleNamespace(id="d", label="cat", suggested="dog", probability=0.875, score=0.75)
    findings = (
        Finding("dark", "train", 3, ids=("a", "b", "c"), message="Dark ones."),
        Finding("blurry", "train", 4, ids=("nobody", "c", "a", "d", "x"), message="Blurry ones."),
        Finding("conflicting-labels", "train", 2, ids=("e", "a"), pairs=(("d", "e"),), message="Pairs."),
    )
    found: Any = SimpleNamespace(
        label_check=SimpleNamespace(listed=[suspect]),
        findings=findings,
        reading=SimpleNamespace(class_names=("cat", "dog"), parts={"train": labelled, "test": bare}),
    )
    labels, dark, blurry, pairs = piles_of_data(found)
    assert labels.pictures == (QueuedPicture("d", "cat", "dog", 0.875, 0.25),)
    assert (dark.lead, [(one.id, one.label) for one in dark.pictures], dark.left_out) == (
        *("Dark ones.", [("a", "dog"), ("b", "cat")], 1),
    )
    assert ([(one.id, one.label) for one in blurry.pictures], blurry.left_out) == ([("c", "dog"), ("d", "cat")], 1)
    assert ([one.id for one in pairs.pictures], pairs.left_out) == (["e"], 0)


def test_a_mark_says_when_it_was_made_and_pixel_art_is_small_in_all_its_sizes(tmp_path: Path) -> None:
    asked = review(tmp_path / "fixes.csv")
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", asked.mark("1", "drop", "")["1"].marked)

    def is_pixel_art(*sizes: tuple[int, int]) -> bool:
        parts = {
            str(at): SimpleNamespace(pictures=SimpleNamespace(facts=lambda size=size: SimpleNamespace(sizes={size: 1})))
            for at, size in enumerate(sizes)
        }
        return replace(asked, dataset=SimpleNamespace(parts=parts))._is_pixel_art()  # type: ignore[arg-type]

    assert not asked._is_pixel_art()  # no data, so nobody knows
    side = PIXEL_ART_SIDE
    assert is_pixel_art((side, 2), (2, side))
    assert not is_pixel_art((2, 2), (side + 1, 2))
    assert not is_pixel_art((2, side + 1), (2, 2))


def test_labels_that_a_check_doubts_are_in_their_own_pile_alone() -> None:
    images = np.random.default_rng(1).integers(0, 256, (12, 16, 16), dtype=np.uint8)
    found = inspect_data((images, np.arange(12) % 2))
    doubted = Finding("label-errors", "train", 1, ids=("3",), message="One label looks wrong.")
    suspect = SimpleNamespace(id="3", label="0", suggested="1", probability=0.9, score=0.8)
    check: Any = SimpleNamespace(listed=[suspect])
    piles = piles_of_data(replace(found, findings=(doubted,), label_check=check))
    assert [(pile.title, [one.id for one in pile.pictures]) for pile in piles] == [("1 label looks wrong", ["3"])]


def test_of_data_the_findings_of_the_checks_are_shown_and_pairs_stay_together() -> None:
    images = np.random.default_rng(1).integers(0, 256, (12, 16, 16), dtype=np.uint8)
    images[5], images[9] = images[2], images[7]  # copies under another label, and one that is blank
    images[11] = 0
    found = inspect_data((images, np.arange(12) % 2))
    piles = {pile.topic: pile for pile in piles_of_data(found)}
    (conflict,) = (pile for pile in piles.values() if {"3", "6"} <= {one.id for one in pile.pictures})
    assert [(one.id, one.label, one.guess) for one in conflict.pictures[:2]] == [("3", "0", ""), ("6", "1", "")]
    ids = [one.id for pile in piles.values() for one in pile.pictures]
    assert "12" in ids
    assert len(ids) == len(set(ids))
    assert "imbalance" not in {finding.check for finding in found.findings if finding.ids}


def test_a_folder_of_runs_and_a_model_are_named_as_what_they_are(tmp_path: Path) -> None:
    run = build_run(tmp_path / "runs" / "a")
    with pytest.raises(ConfigError, match="it holds the run a: name one of them"):
        is_run(tmp_path / "runs")
    run.model.mkdir()
    (run.model / "model.json").touch()
    with pytest.raises(ConfigError, match="a model on its own"):
        is_run(run.model)


def test_data_that_lacks_the_pictures_is_refused_or_said(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    for kind in NAMES[:2]:
        (folder / kind).mkdir(parents=True)
        for at in range(3):
            pixels = np.random.default_rng(at).integers(0, 256, (6, 6, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / kind / f"{at}.png")
    run = build_run(tmp_path / "run", names=NAMES, pictures=True)
    with pytest.raises(ConfigError, match="has none of the run's pictures, such as 'test/"):
        opened(run.path, data=str(folder))
    said: list[str] = []
    asked = opened(run.path, find_data=lambda _: str(folder), warn=said.append)
    assert said == ["3 of 3 pictures are not in data any more: small ones are shown"]
    assert asked.picture(0) is not None
