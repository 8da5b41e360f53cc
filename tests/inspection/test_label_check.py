"""`inspect --labels`: quick networks that have not seen a picture judge its label, or say that they cannot."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.drawn_sides import draw_sides

from onelook.cli import main
from onelook.commands.inspect import inspect_data, judge_labels
from onelook.errors import DataError
from onelook.inspection import out_of_fold as module
from onelook.inspection.inspection import Inspection
from onelook.inspection.label_check import LOWEST_KAPPA
from onelook.planning import quick_networks
from onelook.planning.quick_networks import plan_quick_networks
from onelook.training import loop

ROWS, WRONG = 120, (5, 40, 77)


def planted(rows: int = ROWS, wrong: tuple[int, ...] = WRONG) -> tuple[np.ndarray, np.ndarray]:
    """Pictures that anyone can tell apart, some of them under the other label."""
    images, labels = draw_sides(rows)
    for row in wrong:
        labels[row] = "right" if labels[row] == "left" else "left"
    return images, labels


@pytest.fixture(scope="module", autouse=True)
def _quick() -> Iterator[None]:
    """A tenth of the training: these pictures need no more."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quick_networks, "_STEPS_ENOUGH", 48)
        patch.setattr(quick_networks, "_MOST_EPOCHS", 12)
        yield


@pytest.fixture(scope="module")
def judged() -> Inspection:
    test = draw_sides(30, seed=1)
    test[1][4] = "right"  # a picture of the left
    return judge_labels(inspect_data({"train": planted(), "test": test}))


def test_planted_errors_are_the_suspects_of_their_part(judged: Inspection) -> None:
    check = judged.label_check
    assert check is not None
    assert check.is_reliable
    assert {each.id for each in check.listed if each.split == "train"} == {f"train/{row + 1}" for row in WRONG}
    assert {each.id for each in check.listed if each.split == "test"} == {"test/5"}
    assert all(each.label != each.suggested for each in check.listed)
    scores = [each.score for each in check.listed]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_every_picture_is_ranked(judged: Inspection) -> None:
    assert judged.label_check is not None
    order = judged.label_check.rankings["train"].order
    assert sorted(order.tolist()) == list(range(ROWS))
    assert set(order[: len(WRONG)].tolist()) == set(WRONG)


def test_the_check_is_among_the_findings_and_the_facts_in_the_document(judged: Inspection) -> None:
    findings = {finding.split: finding for finding in judged.findings if finding.check == "label-errors"}
    assert findings["train"].count == 3
    document = json.loads(json.dumps(judged.to_dict()))["labels"]
    assert document["reliable"] is True
    assert document["suspects"][0].keys() == {"id", "split", "label", "suggested", "probability", "score"}
    assert "labels" not in inspect_data(draw_sides(12)).to_dict()


def test_a_second_look_trains_nothing(monkeypatch: pytest.MonkeyPatch, judged: Inspection) -> None:
    monkeypatch.setattr(loop, "fit", None)
    again = judge_labels(judged)
    assert again.label_check is not None
    assert judged.label_check is not None
    assert again.label_check.listed == judged.label_check.listed


def test_other_labels_are_judged_anew(monkeypatch: pytest.MonkeyPatch, judged: Inspection) -> None:
    monkeypatch.setattr(loop, "fit", None)
    with pytest.raises(TypeError):
        judge_labels(inspect_data({"train": planted(wrong=(5, 40)), "test": draw_sides(30, seed=1)}))


def test_networks_that_know_nothing_list_nothing_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    images, labels = draw_sides(60, seed=3)
    said = np.random.default_rng(0).dirichlet([1, 1], 60).astype(np.float32)  # sure of something, at random
    answers = module.OutOfFold({"all": said}, "all", folds=5, epochs=2)
    monkeypatch.setattr("onelook.inspection.label_check.out_of_fold", lambda *_: answers)
    found = judge_labels(inspect_data((images, labels)))
    check = found.label_check
    assert check is not None
    assert check.kappa < LOWEST_KAPPA
    assert (check.listed, dict(check.suspects)) == ((), {})
    assert not any(finding.check == "label-errors" for finding in found.findings)
    assert "That is too little to judge labels, so none is listed" in str(check)
    assert check.to_dict()["reliable"] is False


def test_labels_of_a_class_with_a_handful_of_pictures_are_not_doubted(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = {"many": 40, "more": 40, "five": 5, "four": 4}
    names = sorted(sizes)
    labels = np.repeat(names, [sizes[name] for name in names])
    said = np.full((len(labels), 4), 0.02, np.float32)
    said[np.arange(len(labels)), np.searchsorted(names, labels)] = 0.94
    for name in names:  # one of each class looks like the next class
        row, label = int(np.flatnonzero(labels == name)[0]), names.index(name)
        said[row] = np.roll([0.94, 0.02, 0.02, 0.02], label - 1)
    answers = module.OutOfFold({"all": said}, "all", folds=3, epochs=2)
    monkeypatch.setattr("onelook.inspection.label_check.out_of_fold", lambda *_: answers)
    images = np.random.default_rng(0).integers(0, 255, (len(labels), 12, 12), np.uint8)
    found = judge_labels(inspect_data((images, labels))).label_check
    assert found is not None
    assert sorted((each.label, each.suggested) for each in found.listed) == [
        ("five", "more"),
        ("many", "four"),
        ("more", "many"),
    ]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[set[int], set[int]]]:
    """For each network the pictures that it was trained on and those that it was then asked about, by first pixel."""
    seen: list[tuple[set[int], set[int]]] = []

    def trained_without(self: Any, fold: int, held_out: np.ndarray) -> Any:
        pool = self.parts[self.pool_name]
        trained = pool.images[pool.used[self.fold_of[pool.used] != fold]]
        seen.append((set(trained[:, 0, 0, 0].tolist()), set()))

        def ask(images: np.ndarray) -> np.ndarray:
            seen[-1][1].update(images[:, 0, 0, 0].tolist())
            # The answer tells which network it was, and which picture.
            return np.stack([images[:, 0, 0, 0], np.full(len(images), len(seen) - 1)], axis=1).astype(np.float32)

        return ask

    monkeypatch.setattr(module._FoldNetworks, "_train_without", trained_without)
    return seen


def numbered(first: int, count: int) -> np.ndarray:
    """Pictures of 8×8 whose first pixel is their number."""
    images = np.full((count, 8, 8, 1), 200, np.uint8)
    images[:, 0, 0, 0] = np.arange(first, first + count)
    return images


def test_no_network_is_asked_about_a_picture_that_it_was_trained_on_or_its_copy(
    asked: list[tuple[set[int], set[int]]],
) -> None:
    train, test = numbered(0, 40), numbered(100, 10)
    test[3, 0, 0, 0] = 7  # this one stands in training too
    labels = np.arange(40) % 2
    found = inspect_data({"train": (train, labels), "test": (test, labels[:10])})
    said = module.out_of_fold(found.dataset, found.reading, found.decode)
    assert len(asked) == said.folds == 5
    for trained, questions in asked:
        assert not trained & questions
    own = set(range(40))
    assert sorted(number for _, questions in asked for number in questions & own - {7}) == sorted(own - {7})
    assert said.probabilities["train"][:, 0].tolist() == list(range(40))
    # Every network answers for a test picture, but for the copy the one that has not seen the original.
    assert said.probabilities["test"][0].tolist() == [100, 2]
    (unseen,) = [position for position, (trained, _) in enumerate(asked) if 7 not in trained]
    assert said.probabilities["test"][3].tolist() == [7, unseen]


def test_no_network_is_asked_about_a_near_copy_of_what_it_was_trained_on(
    asked: list[tuple[set[int], set[int]]],
) -> None:
    random = np.random.default_rng(0)
    pictures = random.integers(0, 200, (60, 16, 16, 1), dtype=np.uint8)
    pictures[:, 0, 0, 0] = np.arange(60)
    train, test = pictures[:50], pictures[50:].copy()
    test[3] = train[7] + 6
    test[3, 0, 0, 0] = 107
    labels = np.arange(50) % 2
    found = inspect_data({"train": (train, labels), "test": (test, labels[:10])})
    assert len(found.reading.near_pairs) == 1
    module.out_of_fold(found.dataset, found.reading, found.decode)
    answering = [trained for trained, questions in asked if 107 in questions]
    assert len(answering) == 1
    assert 7 not in answering[0]
    assert all(52 in questions for _, questions in asked)  # about another test picture each is asked


def test_an_exact_copy_has_its_originals_answer(asked: list[tuple[set[int], set[int]]]) -> None:
    train = np.concatenate([numbered(0, 30), numbered(0, 2)])
    labels = np.arange(32) % 2
    found = inspect_data((train, labels))
    told: list[tuple[int, int]] = []
    said = module.out_of_fold(found.dataset, found.reading, found.decode, lambda *now: told.append(now))
    assert told[0] == (0, said.epochs * 4 * 30)  # all but a fifth of the originals, five times; nothing is there yet
    assert said.probabilities["all"][30:].tolist() == said.probabilities["all"][:2].tolist()


def test_unlabelled_pictures_are_refused() -> None:
    with pytest.raises(DataError, match="no labels, so no labels can be judged"):
        judge_labels(inspect_data(draw_sides(12)[0]))


def test_pictures_that_are_all_copies_are_refused() -> None:
    images, _ = draw_sides(2)
    with pytest.raises(DataError, match="are one group of copies"):
        judge_labels(inspect_data((np.repeat(images[:1], 6, axis=0), np.array(["a", "b"] * 3))))


def test_an_interrupted_training_interrupts(monkeypatch: pytest.MonkeyPatch) -> None:
    whole_fit = loop.fit
    monkeypatch.setattr(loop, "fit", lambda *parts, **named: replace(whole_fit(*parts, **named), status="interrupted"))
    with pytest.raises(KeyboardInterrupt):
        judge_labels(inspect_data(draw_sides(24, seed=8)))


def test_progress_counts_every_pass_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick_networks, "_STEPS_ENOUGH", 2)
    told: list[tuple[int, int]] = []
    judge_labels(inspect_data(draw_sides(24, seed=9)), lambda done, total: told.append((done, total)))
    done = [each for each, _ in told]
    assert done == sorted(done)
    assert len({total for _, total in told}) == 1
    assert told[-1][0] == told[-1][1]


def test_large_pictures_are_judged_small() -> None:
    from onelook.planning.quick_networks import small_enough

    found = inspect_data((np.zeros((6, 100, 50, 1), np.uint8), np.arange(6) % 2))
    small = small_enough(found.decode)
    assert (small.height, small.width) == (48, 24)


def test_more_pictures_get_fewer_passes() -> None:
    from onelook.settings import DecodeSettings

    names = tuple("0123456789")
    plans = [
        plan_quick_networks(rows, DecodeSettings(height=28, width=28, channels=1), names, 0) for rows in (300, 60_000)
    ]
    assert plans[0].folds > plans[1].folds
    assert plans[0].plan.settings.epochs > plans[1].plan.settings.epochs
    colour = plan_quick_networks(300, DecodeSettings(height=28, width=28, channels=3), ("cat", "dog"), 0)
    assert plans[0].plan.settings.epochs > 3
    assert not plans[0].plan.settings.augment.is_active
    assert colour.plan.settings.epochs >= 8
    assert colour.plan.settings.augment.horizontal_flip
    grey = plan_quick_networks(300, DecodeSettings(height=28, width=28, channels=1), ("left", "right"), 0)
    assert not grey.plan.settings.augment.horizontal_flip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    images, labels = planted(60, wrong=(11,))
    for position, (picture, label) in enumerate(zip(images, labels, strict=True)):
        (tmp_path / "photos" / label).mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture[..., 0]).save(tmp_path / "photos" / label / f"{position}.png")
    return tmp_path / "photos"


def test_the_command_shows_the_suspects_and_lists_them_in_a_file(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", str(folder), "--suspects", str(tmp_path / "wrong.csv"), "--json"]) == 0
    printed = capsys.readouterr()
    assert "looks like" in printed.err
    assert "suspects:" in printed.err
    document = json.loads(printed.out)
    with (tmp_path / "wrong.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["id"], row["split"], row["label"], row["suggested"]) == ("left/11.png", "all", "left", "right")
    assert document["labels"]["suspects"][0]["id"] == "left/11.png"
    assert main(["inspect", str(folder), "--labels"]) == 0
    assert "left/11.png" in capsys.readouterr().out


def test_a_file_that_cannot_be_written_is_refused_before_anything_is_trained(folder: Path) -> None:
    assert main(["inspect", str(folder), "--suspects", str(folder)]) == 2
