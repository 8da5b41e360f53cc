"""Every registered section keeps the contract, and each says what it should."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from onelook.report.page import Section, render_section
from onelook.report.results import Results, read_results
from onelook.report.sections import SECTIONS
from onelook.run_folder import RunFolder


def build(name: str, results: Results) -> Section:
    section = SECTIONS.load(name)(results)
    assert isinstance(section, Section)
    return section


def text_of(section: Section) -> str:
    text = re.sub(r"<[^>]+>", " ", render_section(section))
    return " ".join(text.replace("\u202f", " ").split())


@pytest.fixture
def empty(tmp_path: Path) -> Results:
    folder = RunFolder.create(tmp_path / "empty")
    folder.update_run(status="interrupted")
    return read_results(folder)


@pytest.mark.parametrize("name", list(SECTIONS))
class TestContract:
    """A new section passes this as soon as it is registered."""

    def test_full_data_is_shown(self, name: str, full_results: Results) -> None:
        section = build(name, full_results)
        assert section.topic
        assert section.title
        assert section.missing == ""
        assert len(render_section(section)) > 100

    def test_with_nothing_to_show_it_says_so(self, name: str, empty: Results) -> None:
        section = build(name, empty)
        assert section.title
        assert section.missing.endswith(".") or render_section(section).strip()

    def test_class_names_are_escaped(self, name: str, full_results: Results) -> None:
        html = render_section(build(name, full_results))
        assert "<script" not in html
        assert 'a "quoted"' not in html

    def test_it_is_the_same_each_time(self, name: str, full_results: Results) -> None:
        assert render_section(build(name, full_results)) == render_section(build(name, full_results))

    def test_the_registry_describes_it(self, name: str) -> None:
        assert SECTIONS.describe(name)


def test_the_most_confused_pair_is_said_in_words(make_run: Any) -> None:
    confusion = [[971, 11], [3, 15]]
    section = build("confusion", read_results(make_run(names=("4", "9"), confusion=confusion)))
    assert section.title == "4 is taken for 9 most often: 11 times"
    assert "4 taken for 9 11 times 1.1 % of 4" in text_of(section)
    assert "9 taken for 4 3 times 16.7 % of 9" in text_of(section)


def test_shades_of_errors_are_relative_to_the_most_frequent_one(make_run: Any) -> None:
    confusion = [[96, 4, 0], [0, 98, 2], [0, 0, 100]]
    html = render_section(build("confusion", read_results(make_run(names=("a", "b", "c"), confusion=confusion))))
    cells = dict(re.findall(r'<td class="([a-z]+-\d)" title="(\w taken for \w)', html))
    assert {title: shade for shade, title in cells.items() if "wrong" in shade} == {
        "a taken for b": "wrong-6",
        "b taken for c": "wrong-3",
    }


def test_above_fifty_classes_the_matrix_gives_way_to_groups_and_the_list(make_run: Any) -> None:
    names = tuple(f"class {index}" for index in range(51))
    confusion = [[2 if row == column else 0 for column in range(51)] for row in range(51)]
    confusion[3][8] = 5
    section = build("confusion", read_results(make_run(names=names, confusion=confusion)))
    html = render_section(section)
    assert re.findall(r'<table data-classes="(.*?)">', html) == ["3 8"]
    assert "class 3 taken for class 8" in text_of(section)


def test_a_model_without_errors_is_not_called_wrong(make_run: Any) -> None:
    results = read_results(make_run(names=("a", "b"), confusion=[[5, 0], [0, 5]], pictures=True))
    assert build("confusion", results).title == "No test picture was taken for another class"
    assert build("errors", results).missing == "There are none: every test picture was named correctly."
    assert "100 %" in build("verdict", results).title.replace("\u202f", " ")


def test_the_lowest_f1_comes_first(make_run: Any) -> None:
    html = render_section(build("classes", read_results(make_run(names=("a", "b", "c")))))
    # F1: a 16/18, b 10/13, c 8/9.
    assert re.findall(r'<th scope="row">(\w)', html) == ["b", "a", "c"]
    assert re.findall(r">(0\.\d{3})<", html) == ["0.769", "0.889", "0.889"]


def test_random_pictures_are_counted(make_run: Any) -> None:
    perfect = read_results(make_run(names=("a", "b"), confusion=[[9, 0], [0, 9]], pictures=True))
    assert build("random", perfect).title == "All 12 test pictures drawn at random are right"


def test_the_ledger_adds_up_before_the_readers_eyes(make_run: Any) -> None:
    section = build("data", read_results(make_run()))
    assert section.title == "156 of 158 pictures found can be used"
    text = text_of(section)
    assert "Three folders of pictures." in text
    assert "12 × 10 pixels, colour" in text
    assert re.search(r"158 found = 156 used .* \+ 0 exact copies .* \+ 2 not readable", text)


def test_classes_are_counted_by_part(make_run: Any) -> None:
    section = build("counts", read_results(make_run(names=("a", "b", "c"))))
    assert section.title == "3 classes of 52 pictures each"
    text = text_of(section)
    assert "120 pictures for training, 15 for validation and 21 for test." in text
    assert text.count("40 5 7") == 3


def with_counts(results: Results, counts: dict[str, int]) -> Results:
    changes = {"class_counts": {"train": counts}, "class_names": tuple(counts)}
    data = results.run.data.model_copy(update=changes)
    return Results(**{**vars(results), "run": results.run.model_copy(update={"data": data})})


def test_of_many_classes_the_largest_and_smallest_stand_out_and_all_can_be_unfolded(make_run: Any) -> None:
    results = with_counts(read_results(make_run()), {f"class {index}": index + 1 for index in range(100)})
    section = build("counts", results)
    assert section.title == "100 classes, of 1 to 100 pictures"
    ends, everything = render_section(section).split("<details>")
    names = re.findall(r'<th scope="row">class (\d+)', ends)
    assert names == [str(n) for n in (*range(99, 91, -1), *range(7, -1, -1))]
    assert len(re.findall(r'<th scope="row">', everything)) == 100
    assert "<svg" in ends


def test_two_thousand_classes_are_listed_and_the_rest_is_counted(make_run: Any) -> None:
    results = with_counts(read_results(make_run()), {f"class {index}": 5 for index in range(2_100)})
    html = render_section(build("counts", results))
    assert "All 2,100 classes" in html
    assert "100 smaller ones are not listed" in html
    assert len(html) < 400_000


def test_pairs_of_a_run_stand_side_by_side_with_their_labels(make_run: Any) -> None:
    folder = make_run()
    shown = folder.evidence / "findings"
    shown.mkdir(parents=True)
    for name in ("a.png", "b.png"):
        (shown / name).write_bytes(b"\x89PNG")
    twins = [{"file": "a.png", "id": "test/1", "label": "cat"}, {"file": "b.png", "id": "train/9", "label": "dog"}]
    index = {"findings": [{"check": "leak-exact", "split": "test", "pairs": [twins]}]}
    (shown / "evidence.json").write_text(json.dumps(index), encoding="utf-8")
    html = render_section(build("findings", read_results(folder)))
    assert html.count('<li class="pair">') == 1
    assert re.findall(r'alt="([^"]+)"', html) == ["Picture test/1, labelled cat", "Picture train/9, labelled dog"]
    assert html.count('src="data:image/png;base64,iVBORw=="') == 2


def test_what_one_check_found_in_two_splits_is_one_thing_to_know(make_run: Any) -> None:
    findings = [
        {"check": "dark", "split": split, "count": count, "message": f"{count} dark ones."}
        for split, count in (("train", 5), ("test", 2))
    ]
    section = build("findings", read_results(make_run(findings=findings)))
    assert section.title == "1 thing to know about the data"
    html = render_section(section)
    assert html.count("<article") == 1
    assert "<b>7</b> pictures" in html
    assert "training and test" in html


def test_a_check_that_this_version_does_not_know_has_its_name(make_run: Any) -> None:
    findings = [{"check": "brand-new", "split": "all", "count": 1, "message": "Something."}]
    assert "Brand new" in text_of(build("findings", read_results(make_run(findings=findings))))


def test_a_finding_of_a_run_is_told_with_its_weight(make_run: Any) -> None:
    section = build("findings", read_results(make_run()))
    assert section.title == "1 thing to settle"
    assert "3 pictures" in text_of(section)
    assert "3 test pictures leak." in text_of(section)
    assert 'class="finding serious"' in render_section(section)


def test_what_was_said_while_it_trained_is_shown(make_run: Any) -> None:
    folder = make_run()

    def with_notes(notes: list[str]) -> Results:
        folder.update_run(notes=notes)
        return read_results(folder)

    notes = ["over-fitting: it <learns> by heart. Try --set dropout=0.5.", "learning rate lowered to 1e-4."]
    section = build("training", with_notes(notes))
    assert "Messages during training: Over-fitting: it &lt;learns&gt; by heart. Try --set dropout=0.5" in text_of(
        section
    )
    assert "<code>--set dropout=0.5</code>" in render_section(section)
    assert "Messages during" not in text_of(build("training", with_notes([])))


def test_the_kept_epoch_is_marked_and_gaps_do_not_break_the_chart(make_run: Any) -> None:
    history = [
        {"epoch": 1, "train_loss": 2.0, "val_loss": None, "train_accuracy": 0.5, "val_accuracy": 0.5},
        {"epoch": 2, "train_loss": 1.0, "val_loss": 1.0, "train_accuracy": 0.6, "val_accuracy": 0.7},
    ]
    section = build("training", read_results(make_run(history=history)))
    assert section.title.replace("\u202f", " ") == "Epoch 2 of 2 was kept, with 70.0 % of the validation pictures right"
    html = render_section(section)
    assert "Accuracy by epoch." in html
    assert "Learning rate by epoch." not in html  # no rate was recorded
    assert html.count('class="kept"') >= 1


def test_choices_are_parted_into_what_and_why(make_run: Any) -> None:
    choices = ["8 epochs: 432,000 pictures seen in all", "nothing else"]
    html = render_section(build("choices", read_results(make_run(choices=choices))))
    assert "<dt>8 epochs</dt><dd>432,000 pictures seen in all</dd>" in html
    assert "<dt>nothing else</dt><dd></dd>" in html


def test_changed_settings_come_with_their_meaning(make_run: Any) -> None:
    html = render_section(build("model", read_results(make_run())))
    changed, unchanged = html.split("<details>")
    assert "batch_size" in changed
    assert "Pictures per training step. auto: the fastest size for the GPU." in changed
    assert "optimizer.beta_1" in unchanged
    assert "optimizer.beta_1" not in changed


def test_a_setting_of_another_version_is_shown_without_a_meaning(make_run: Any) -> None:
    html = render_section(build("model", read_results(make_run(settings={"brand_new": {"a": 1}, "epochs": 10}))))
    assert "brand_new" in html.split("<details>")[0]


def test_the_command_can_be_pasted_into_a_shell(make_run: Any) -> None:
    text = text_of(build("repeat", read_results(make_run())))
    assert "onelook train &#39;my shirts&#39; --epochs 3" in text
    assert "3 min 18 s in all" in text
    assert "2.13.0" in text
