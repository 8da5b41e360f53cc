"""`train --from`: training goes on from a model, and what it has learnt does not judge it unawares."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.drawn_sides import Arrays, draw_sides

import onelook
from onelook.commands.train import train
from onelook.errors import ConfigError, DataError, ModelError
from onelook.planning.options import gather_overrides
from onelook.runs.run import Run

pytestmark = pytest.mark.usefixtures("score_alone")  # but for runs that a module shares

QUICK: dict[str, Any] = {"epochs": 1, "batch_size": 16, "quiet": True}
STILL = ["optimizer.learning_rate=0.000000001", "optimizer.name=sgd"]  # a rate at which nothing moves


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A model of the drawn sides, whose pictures are whitened, with its run."""
    sets = ["zca_whitening=true", "zca_epsilon=0.1"]
    return train(
        draw_sides(64), model="mlp", out=tmp_path_factory.mktemp("parent") / "run", sets=sets, **{**QUICK, "epochs": 3}
    )


@pytest.fixture
def older(parent: Run, in_tmp: Path) -> Path:
    """The same run, whose model has no list of its pictures, as those of earlier versions."""
    shutil.copytree(parent.folder.path, "older")
    onelook.load("older").save("older/model", picture_list=False)
    return Path("older")


def origin_of(run: Run) -> dict[str, Any]:
    record: dict[str, Any] = run.folder.read_run()["from"]
    assert onelook.load(run.folder.path).card.training["from"] == record
    return record


def sides_of(run: Run) -> dict[str, str]:
    with run.folder.split_csv.open(newline="") as file:
        return {row["id"]: row["split"] for row in csv.DictReader(file)}


def test_weights_network_and_preparation_are_taken_over(parent: Run, sides: Arrays, in_tmp: Path) -> None:
    run = train(sides, from_model=parent.folder.path, out="run", sets=STILL, **QUICK)
    before, after = (onelook.load(each.folder.path) for each in (parent, run))
    assert after.card.network == before.card.network
    assert after.card.preprocess == before.card.preprocess
    assert after.weights.keys() == before.weights.keys()
    for name, array in before.weights.items():
        if "running" not in name:  # what batch-norm measures moves at any rate
            assert after.weights[name] == pytest.approx(array, abs=1e-5), name


def test_the_run_s_split_is_kept_by_itself(parent: Run, sides: Arrays, in_tmp: Path) -> None:
    run = train(sides, from_model=parent.folder.path, out="run", seed=9, **QUICK)
    assert run.folder.split_csv.read_bytes() == parent.folder.split_csv.read_bytes()
    assert origin_of(run) == {
        "model": str(parent.folder.path),
        "checksum": parent.classifier().card.checksum,
        "data": "arrays",
        "data_fingerprint": parent.folder.read_run()["data"]["fingerprint"],
        "split_fingerprint": parent.folder.read_run()["split"]["fingerprint"],
        "clean": True,
        "why": "it was trained with the same split",
        "learnt": {"val": 0, "test": 0},
        "forced": False,
    }
    choice = next(choice for choice in run.folder.read_run()["choices"] if choice.startswith("the split of"))
    assert choice.endswith("nothing that the model was trained on judges it")


@pytest.mark.parametrize("where", ["run", "model"])
def test_another_split_is_refused_with_the_count(where: str, parent: Run, sides: Arrays, in_tmp: Path) -> None:
    learnt = {each for each, side in sides_of(parent).items() if side == "train"}
    path = parent.folder.path if where == "run" else parent.folder.model
    forced = train(sides, from_model=path, out="forced", val=0.5, force=True, **QUICK)
    again = [each for each, side in sides_of(forced).items() if side == "val" and each in learnt]
    with pytest.raises(ConfigError) as caught:
        train(sides, from_model=path, out="run", val=0.5, **QUICK)
    message = str(caught.value)
    assert f"it was trained on {len(again)} of the 32 pictures that would validate ('{again[0]}', " in message
    assert f"--split {parent.folder.path}" in message
    assert not (in_tmp / "run").exists()
    assert (origin_of(forced)["clean"], origin_of(forced)["forced"]) == (False, True)
    assert origin_of(forced)["learnt"] == {"val": len(again), "test": 0}


def test_test_pictures_that_were_learnt_before_are_counted_and_scored_apart(
    parent: Run, sides: Arrays, in_tmp: Path
) -> None:
    now = {str(row): "train" if row <= 24 else "val" if row <= 40 else "test" for row in range(1, 65)}
    (in_tmp / "split.csv").write_text("id,split\n" + "".join(f"{each},{side}\n" for each, side in now.items()))
    run = train(sides, from_model=parent.folder.path, out="run", split="split.csv", force=True, **QUICK)
    learnt = [each for each, side in sides_of(parent).items() if side == "train" and now[each] == "test"]
    assert run.evaluation.set_name == "test"
    assert run.evaluation.leaked == {"exact": 0, "near": 0, "before": len(learnt)}
    assert run.evaluation.without_leaks is not None
    assert run.evaluation.without_leaks.rows == 24 - len(learnt)


def test_a_model_without_its_run_and_its_list_tells_the_same_split_and_nothing_more(
    older: Path, sides: Arrays, in_tmp: Path
) -> None:
    shutil.make_archive("alone", "zip", older, "model")
    same = train(sides, from_model="alone.zip", out="same", **QUICK)
    assert origin_of(same)["clean"] is True
    with pytest.raises(
        ConfigError,
        match=r"it is not known which of its pictures are validation or test pictures here.*its run, or keep",
    ):
        train(sides, from_model="alone.zip", out="run", seed=1, **QUICK)
    forced = train(sides, from_model="alone.zip", out="forced", seed=1, force=True, **QUICK)
    assert origin_of(forced)["learnt"] == {"val": None, "test": None}


def test_a_model_without_its_run_finds_its_pictures_by_its_list(parent: Run, sides: Arrays, in_tmp: Path) -> None:
    images, labels = sides
    order = np.random.default_rng(0).permutation(64)  # other data: other ids, another fingerprint
    with pytest.raises(ConfigError, match=r"it was trained on \d of the 6 pictures that would validate"):
        train((images[order], labels[order]), from_model=parent.folder.model, out="run", **QUICK)


def test_a_test_set_added_later_does_not_make_it_other_data(parent: Run, sides: Arrays, in_tmp: Path) -> None:
    images, labels = sides
    table = np.column_stack([(labels == "right").astype(int), images.reshape(len(images), -1)])
    header = ",".join(["label", *(f"pixel{number}" for number in range(144))])
    for name, rows in (("data", table), ("later", table[:9][:, np.r_[0, 144:0:-1]])):
        np.savetxt(f"{name}.csv", rows, fmt="%d", delimiter=",", header=header, comments="")
    first = train("data.csv", model="mlp", out="first", **QUICK)
    with pytest.raises(ConfigError, match=r"it was trained on \d+ of the 32 pictures that would validate"):
        train("data.csv", test="later.csv", from_model="first", out="run", val=0.5, **QUICK)
    kept = train("data.csv", test="later.csv", from_model="first", out="run", split="first", **QUICK)
    assert origin_of(kept)["clean"] is True
    with pytest.raises(ConfigError, match="it was trained on 58 of the 64 pictures that would test"):
        train("later.csv", test="data.csv", from_model="first", out="other", **QUICK)
    onelook.load("first").save("first/model", picture_list=False)
    with pytest.raises(ConfigError, match="it was trained on the very data that would judge here"):
        train("later.csv", test="data.csv", from_model="first", out="other", **QUICK)
    assert first.evaluation.set_name == "val"


def test_other_data_is_clean_where_the_list_has_none_of_it(parent: Run, in_tmp: Path) -> None:
    run = train(draw_sides(64, seed=3), from_model=parent.folder.path, out="run", **QUICK)
    assert (origin_of(run)["clean"], origin_of(run)["why"]) == (True, "none of its training pictures judges here")
    assert len(run.classifier().pictures or ()) == 128  # those that the first model had learnt, too
    assert not any("Training continued" in warning for warning in run.evaluation.warnings)


def test_other_data_is_another_matter_without_a_list(older: Path, in_tmp: Path) -> None:
    run = train(draw_sides(64, seed=3), from_model=older, out="run", **QUICK)
    assert (origin_of(run)["clean"], origin_of(run)["why"]) == (None, "it was trained on other data (arrays)")
    onwards = train(draw_sides(64, seed=3), from_model="run", out="onwards", **QUICK)
    assert origin_of(onwards)["clean"] is None


def test_what_was_forced_once_stays_unclean(parent: Run, sides: Arrays, in_tmp: Path) -> None:
    train(sides, from_model=parent.folder.path, out="forced", val=0.5, force=True, **QUICK)
    with pytest.raises(ConfigError, match="its own validation was not clean, because it was trained with --force"):
        train(sides, from_model="forced", out="run", **QUICK)


def test_other_classes_are_refused_with_what_differs(parent: Run, in_tmp: Path) -> None:
    images, labels = draw_sides(64)
    with pytest.raises(DataError, match=r"the classes differ: the data has no left, and the model does not know up\."):
        train((images, np.where(labels == "left", "up", labels)), from_model=parent.folder.path, **QUICK)
    three = labels.copy()
    three[:8] = "up"
    with pytest.raises(DataError, match=r"the classes differ: the model does not know up\. Expected those of the mod"):
        train((images, three), from_model=parent.folder.path, **QUICK)


def test_numbers_get_the_model_s_names(parent: Run, in_tmp: Path) -> None:
    images, labels = draw_sides(64, seed=4)
    run = train((images, (labels == "right").astype(int)), from_model=parent.folder.path, out="run", **QUICK)
    assert run.classifier().class_names == ("left", "right")


def test_numbers_are_spelled_as_the_model_spells_them(sides: Arrays, in_tmp: Path) -> None:
    images, labels = sides
    first = train((images, np.where(labels == "left", 1, 10)), out="first", **QUICK)
    assert first.classifier().class_names == ("1", "10")
    run = train((images, np.where(labels == "left", "001", "010")), from_model="first", out="run", **QUICK)
    assert run.classifier().class_names == ("1", "10")


def test_other_numbers_are_refused(parent: Run, in_tmp: Path) -> None:
    images, labels = draw_sides(64, seed=4)
    with pytest.raises(DataError, match=r"trained on uint8 from 0 to 255; the data holds float32 from 0 to 1"):
        train(((images / 255).astype(np.float32), labels), from_model=parent.folder.path, **QUICK)


def test_pictures_of_another_size_are_brought_to_the_model_s(parent: Run, in_tmp: Path) -> None:
    from PIL import Image

    images, labels = draw_sides(32, seed=4)
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        (in_tmp / "photos" / label).mkdir(parents=True, exist_ok=True)
        Image.fromarray(image[..., 0]).resize((30, 20)).save(in_tmp / "photos" / label / f"{number}.png")
    run = train("photos", from_model=parent.folder.path, out="run", **QUICK)
    assert run.classifier().card.input_shape == (12, 12, 1)
    assert run.folder.read_run()["settings"]["image_size"] == [12, 12]


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"from_model": "m", "model": "cnn"}, r"--from m and --model: the network, the size of pictures and their"),
        ({"from_model": "m", "recipe": "fashion-mlp"}, r"--from m and --recipe"),
        ({"from_model": "m", "image_size": "32"}, r"--from m and --image-size"),
        ({"force": True}, r"--force: it goes with --from, and there is no --from"),
    ],
)
def test_what_the_model_brings_cannot_be_asked_too(flags: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        gather_overrides(flags)
    with pytest.raises(ConfigError, match=r"--from m and preprocess: "):
        gather_overrides({"from_model": "m"}, ["preprocess.scale=symmetric"])


def test_what_is_no_model_is_said_before_the_data_is_read(in_tmp: Path) -> None:
    with pytest.raises(ModelError, match="there is nothing at this path"):
        train("no-such-data.csv", from_model="nothing", **QUICK)


def test_a_recipe_s_training_goes_on_as_it_was(in_tmp: Path) -> None:
    data = draw_sides(40)
    first = train(data, recipe="digits-minimal", out="first", epochs=1, quiet=True)
    run = train(data, from_model="first", out="run", epochs=1, quiet=True)
    settings = [each.folder.read_run()["settings"] for each in (first, run)]
    for name in ("recipe", "optimizer", "augment", "batch_size", "loss", "model", "preprocess"):
        assert settings[0][name] == settings[1][name], name


def test_what_a_model_brings_stands_above_its_recipe(in_tmp: Path) -> None:
    # The recipe says 128 pixels, and 32 were asked for.
    data = draw_sides(40)
    train(data, recipe="dogs-vs-cats", image_size=32, out="first", epochs=1, quiet=True)
    run = train(data, from_model="first", out="run", epochs=1, quiet=True)
    settings = run.folder.read_run()["settings"]
    assert (settings["recipe"], settings["image_size"]) == ("dogs-vs-cats", [32, 32])


def test_weights_that_are_good_are_moved_at_a_lower_rate(parent: Run, sides: Arrays, in_tmp: Path) -> None:
    fresh = train(sides, model="cnn", out="fresh", **QUICK)
    on = train(sides, from_model="fresh", out="on", **QUICK)
    rates = [run.folder.read_run()["settings"]["optimizer"]["learning_rate"] for run in (fresh, on)]
    assert rates == [0.004, 0.001]


def test_a_resumed_run_wants_the_model_that_it_was_begun_with(sides: Arrays, in_tmp: Path) -> None:
    train(sides, model="mlp", out="first", **QUICK)
    run = train(sides, from_model="first", out="run", **QUICK)
    train(sides, out="run", resume=True, epochs=2, quiet=True)
    assert [line["epoch"] for line in run.folder.read_history()] == [1, 2]
    other = train(sides, model="mlp", out="other", seed=1, **QUICK)
    shutil.rmtree("first/model")
    shutil.copytree(other.folder.model, "first/model")
    with pytest.raises(ConfigError, match="another model than this run was begun with"):
        train(sides, out="run", resume=True, epochs=3, quiet=True)
    assert json.loads((in_tmp / "run" / "run.json").read_text())["status"] == "complete"
