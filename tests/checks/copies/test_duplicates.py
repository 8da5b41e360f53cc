"""Exact and near copies within a split."""

from __future__ import annotations

from dataclasses import replace

from tests.checks.conftest import MakeEvidence

from onelook.checks.copies.duplicates import check_exact, check_near
from onelook.data.duplicates.near.pairs import NearPair


def test_copies_are_counted_without_their_originals(evidence: MakeEvidence) -> None:
    (found,) = check_exact(evidence(train=("ccccd", [1, 1, 1, 2, 3]), test=("c", [1])))
    assert (found.split, found.count, found.ids) == ("train", 2, ("train/2", "train/3"))
    assert found.pairs == (("train/1", "train/2"), ("train/1", "train/3"))
    assert found.message == (
        "2 pictures in the training set are exact copies of another there with the same label (train/2, train/3). "
        "Each picture is used once."
    )


def test_copies_under_another_label_or_in_another_split_are_not_its_business(evidence: MakeEvidence) -> None:
    assert check_exact(evidence(train=("cd", [1, 1]), test=("c", [1]))) == []


def test_many_ids_are_kept_and_few_are_shown(evidence: MakeEvidence) -> None:
    (found,) = check_exact(evidence(all=("c" * 9, [1] * 9)))
    assert found.count == len(found.ids) == 8
    assert "8 pictures in the data are" in found.message
    assert "(all/2, all/3, all/4 and 5 more)" in found.message


def test_the_later_of_each_pair_counts_once(evidence: MakeEvidence) -> None:
    made = evidence(train=("ccccd", [1, 2, 3, 4, 5]), val=("cc", [6, 7]), test=("cc", [8, 9]))
    near = (
        NearPair("train", 2, "train", 1),
        NearPair("train", 0, "train", 2),
        NearPair("train", 0, "train", 3),
        NearPair("train", 4, "test", 0),
        NearPair("test", 0, "test", 1),
    )
    (found,) = check_near(replace(made, near_pairs=near))
    assert (found.split, found.count, found.severity) == ("train", 2, "note")
    assert found.ids == ("train/3", "train/4")
    assert found.pairs == (("train/2", "train/3"), ("train/1", "train/4"))
    assert found.message == (
        "2 pictures in the training set are near copies of another there: the same but for brightness, a shift, a "
        "crop, noise or compression (train/3, train/4). All are used, and the split keeps them on one side."
    )


def test_the_validation_pictures_have_a_finding_of_their_own(evidence: MakeEvidence) -> None:
    made = evidence(train=("cc", [1, 2]), val=("ccc", [3, 4, 5]))
    near = (NearPair("val", 2, "val", 0), NearPair("train", 0, "train", 1), NearPair("val", 0, "train", 0))
    found = check_near(replace(made, near_pairs=near))
    assert [(one.split, one.ids, one.pairs) for one in found] == [
        ("train", ("train/2",), (("train/1", "train/2"),)),
        ("val", ("val/3",), (("val/1", "val/3"),)),
    ]


def test_of_several_near_copies_the_surest_is_shown(evidence: MakeEvidence) -> None:
    near = (NearPair("all", 1, "all", 2), NearPair("all", 0, "all", 2))
    (found,) = check_near(replace(evidence(all=("ccc", [1, 2, 3])), near_pairs=near))
    assert found.pairs == (("all/2", "all/3"),)


def test_near_copies_under_two_labels_are_pointed_out(evidence: MakeEvidence) -> None:
    made = evidence(all=("ccd", [1, 2, 3]))
    (found,) = check_near(replace(made, near_pairs=(NearPair("all", 0, "all", 1), NearPair("all", 0, "all", 2))))
    assert found.message.endswith(" 1 of them has another label than the first copy (all/3): one label may be wrong.")


def test_of_exact_copies_one_stands_for_all(evidence: MakeEvidence) -> None:
    made = evidence(train=("cccd", [1, 1, 2, 2]), val=("cc", [2, 7]))
    # train/3 stands for val/1, with which train/1 is not within one split; of its own split it counts once.
    (found,) = check_near(replace(made, near_pairs=(NearPair("train", 0, "train", 2),)))
    assert found.ids == ("train/3",)


def test_unlabelled_pictures_and_sound_ones(evidence: MakeEvidence) -> None:
    made = evidence(all=(None, [1, 2]))
    assert check_near(made) == []
    assert check_near(replace(made, near_pairs=(NearPair("all", 0, "all", 1),)))[0].count == 1
