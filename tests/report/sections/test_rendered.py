"""What the templates make of small views: the words in their order, what is left out, and what is marked."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from tests.report.sections.test_views import TestTraining, finding, page, plain, shown

from onelook.evaluation.pictures.index import (
    ClassSamples,
    FindingPictures,
    FoundPicture,
    PredictedPicture,
    ReportPictures,
    SamplePicture,
)
from onelook.report.facts import Epoch, ModelFacts, RecordedData, RunFacts, SplitFacts
from onelook.report.inspected_data import NextStep
from onelook.report.page import Masthead, Section, render_page, render_section
from onelook.report.sections.choices import Choice, Choices
from onelook.report.sections.leaks import Leaks, ScoreRow

UNEVEN = RecordedData(
    layout="folders",
    why="so",
    class_names=("a", "b"),
    class_counts={"train": {"a": 10, "b": 30}, "test": {"a": 25, "b": 0}},
    ledger={"found": 200, "used": 192, "quarantined": 8, "duplicate": 0},
    notes=("see split.csv",),
)


def words(section: Section) -> str:
    """The texts of a section, with a stroke between those of different tags."""
    html = re.sub(r"<[^>]+>", "|", plain(render_section(section)))
    return " ".join(re.sub(r"(\|\s*)+", " | ", html).split()).strip("| ")


def test_a_refusal_takes_the_place_of_the_next_command() -> None:
    sound = page("overview", findings=(finding("dark"), finding("blank", "train")))
    assert words(sound).endswith(" | What to do next | onelook train photos")
    assert '<span class="right">' in render_section(sound)
    refused = page("overview", next_step=NextStep("onelook train photos", refusal="Too few: see --val."))
    assert words(refused).startswith(
        "102 pictures of 3 classes. | It cannot be trained on yet. | Why training would refuse this data | Too "
        "few: see "
        "| --val | . | Pictures | 102 |"
    )
    assert "onelook train" not in words(refused)
    assert '<span class="wrong">' in render_section(refused)


def test_findings_are_pointed_at_the_serious_ones_marked_and_the_others_counted() -> None:
    findings = (finding("leak-near", "test", severity="error"), *(finding(f"check-{n}") for n in range(7)))
    html = render_section(page("overview", findings=findings))
    pointers = re.findall(r'<li( class="serious")?><b>1</b> <span><a href="#(.*?)">', html)
    assert pointers == [(' class="serious"', "found-leak-near"), *(("", f"found-check-{n}") for n in range(5))]
    assert '<a href="#findings">And 2 more findings.</a>' in html
    assert "more finding" not in render_section(page("overview", findings=findings[:6]))


@pytest.mark.parametrize(("sizes", "is_even"), [({(8, 9): 3}, True), ({(8, 9): 3, (9, 8): 1}, False)])
def test_pictures_of_one_shape_fill_the_strip(sizes: dict[tuple[int, int], int], is_even: bool) -> None:
    samples = (ClassSamples(class_name="", pictures=(SamplePicture(file="1.png", id="7"),)),)
    html = render_section(page("overview", sizes=sizes, samples=samples))
    assert ('<ul class="hero even">' in html, '<ul class="hero">' in html) == (is_even, not is_even)
    assert 'aria-label="Picture 7">no thumbnail</span>' in html


def test_the_first_screen_with_and_without_a_score() -> None:
    section = shown("verdict")
    assert words(section).startswith(
        "82.5 | % | of the 40 test pictures named correctly: 33 right, 7 wrong. They were kept out of training. "
        "| With "
        "40 test pictures, the accuracy on pictures of the same kind is likely between 68.1 % and 91.3 % (95 % "
        "interval). | 40 % | 60 % | 80 % | 100 % | Before you trust the figure | "
    )
    assert " | 2 more scores | Calibration error | " in words(section)
    assert words(section).endswith(
        "Look here first | The most frequent confusion: b is taken for a, 3 times in 24 pictures of b."
    )
    html = render_section(section)
    assert re.findall(r'<li><a href="#(\w+)">', html) == ["confusion"]
    assert 'aria-label="82.5 %, with an interval from 68.1 % to 91.3 %"' in plain(html)
    anchors = re.findall(r'x="([\d.]+)%" y="44" text-anchor="(\w+)"', html)
    assert anchors == [("0.0", "start"), ("33.33", "middle"), ("66.67", "middle"), ("100.0", "end")]
    low, width = re.findall(r'class="band" x="([\d.]+)%" width="([\d.]+)%"', html)[0]
    score = section.view.score
    assert (float(low), float(low) + float(width)) == pytest.approx((score.strip.low, score.strip.high))
    interrupted = shown("verdict", evaluation=None, run=RunFacts(status="interrupted", model=ModelFacts(name="cnn")))
    assert words(interrupted) == (
        "The run was interrupted before its model was scored. | The network cnn was trained. | What to know | "
        "The run "
        "was interrupted before its first epoch was done. To continue it, run the same command with | --resume | ."
    )
    assert words(shown("verdict", evaluation=None)) == "The model was not scored: there is no evaluation.json."


def picture(identifier: str, label: str, predicted: str) -> PredictedPicture:
    return PredictedPicture(
        file=f"{identifier}.png", id=identifier, label=label, predicted=predicted, p_label=0.0001, p_predicted=0.75
    )


def test_only_a_wrong_answer_has_the_label_beside_it() -> None:
    kept = ReportPictures(
        errors=1, worst_errors=(picture("1", "a", "b"),), random=(picture("1", "a", "b"), picture("2", "b", "b"))
    )
    random, errors = shown("random", report_pictures=kept), shown("errors", report_pictures=kept)
    wrong = "said b | 75.0 % | label a | < 0.1 % | 1"
    assert words(random).replace("&lt;", "<").endswith(f"no thumbnail | ✗ {wrong} | no thumbnail | ✓ b | 75.0 % | 2")
    assert re.findall(r'class="answer (\w+)"', render_section(random)) == ["wrong", "right"]
    hint = "Click a picture, or reach it with Tab, to say what it is: training takes what you mark."
    assert words(errors).replace("&lt;", "<").endswith(f"worth correcting. | {hint} | no thumbnail | {wrong}")
    assert 'aria-label="Picture 1: labelled a, taken for b"' in render_section(errors)


def test_pictures_by_class_have_a_mark_for_each_of_several_parts() -> None:
    section = shown("counts", run=RunFacts(data=UNEVEN))
    assert words(section) == (
        "40 pictures for training and 25 for test. | Pictures by class and part | Class | training | test | a | "
        "10 | 25 "
        "| b | 30 | 0"
    )
    html = render_section(section)
    assert re.findall(r'class="swatch (\w+)"', html) == ["train", "test"]
    bars = re.findall(r'<span class="(\w+)" style="width: ([\d.]+)%">', html)
    assert bars == [("train", "28.57"), ("test", "71.43"), ("train", "85.71")]  # none for no picture
    alone = UNEVEN.model_copy(update={"class_counts": {"train": {"a": 10, "b": 30}}})
    assert "swatch" not in render_section(shown("counts", run=RunFacts(data=alone)))


def test_many_classes_are_folded_with_their_number() -> None:
    counts = {"all": {f"c{number}": 2_001 - number for number in range(2_001)}}
    section = shown("counts", run=RunFacts(data=UNEVEN.model_copy(update={"class_counts": counts})))
    text = words(section)
    assert "2,001 in the largest class | 1 in the smallest | The largest | The largest classes | Class |" in text
    assert " | The smallest | The smallest classes | " in text
    assert "| All 2,001 classes | Pictures by class and part | Class | pictures | c0 | 2,001 | c1 | 2,000 |" in text
    assert text.endswith("| c1999 | 2 | The 2,000 largest; 1 smaller one is not listed.")


def test_the_use_of_every_picture_is_a_sum() -> None:
    section = shown("data", run=RunFacts(data=UNEVEN))
    assert words(section) == (
        "So. | 200 | found | = | 192 | used | for training, validation or test | + | 0 | exact copies | within one "
        "split, not trained on twice | + | 8 | not readable | left out | Layout | folders | Notes | see | split.csv"
    )
    html = render_section(section)
    assert re.findall(r'class="term( nil)?"', html) == ["", "", " nil", ""]
    assert re.findall(r'<span class="(\w+)" style="flex-grow: ([\d.]+)">', html) == [
        *(("used", "96.0"), ("quarantined", "4.0")),
    ]


def test_what_does_not_fit_of_a_finding_is_folded_with_its_number() -> None:
    many = tuple(FoundPicture(file=f"{n}.png", id=f"{n}", label="cat", note="odd") for n in range(8))
    lost = tuple(FoundPicture(file=None, id=f"x{n}", note="cut short") for n in range(6))
    twins = ((FoundPicture(file="a.png", id="a", label="cat", note="n"), FoundPicture(file="b.png", id="b")),) * 4
    found = (
        FindingPictures(check="dark", split="train", pictures=many),
        FindingPictures(check="unreadable", split="test", pictures=lost),
        FindingPictures(check="duplicates", split="train", pairs=twins),
    )
    findings = (
        finding("dark", "train", count=9, ids=("1",) * 9, message="See --val."),
        finding("unreadable", "test", count=7, ids=("1",) * 7),
        finding("duplicates", "train", severity="error", ids=("1",), pairs=(("a", "b"),) * 6),
        *(finding(f"check-{n}") for n in range(6)),
    )
    html = plain(render_section(shown("findings", run=RunFacts(findings=findings), found=found)))
    articles = html.split("<article ")[1:]
    folds = [re.findall(r"<summary>(?!<h3)(.*?)</summary>", article) for article in articles]
    assert folds == [
        ["1 more pair shown here"],
        ["2 more pictures shown here"],
        ["1 more picture named here"],
        *[[]] * 6,
    ]
    assert [re.findall(r'<p class="note">(.*?)</p>', article) for article in articles[:3]] == [
        *(["And 2 more pairs like these."], ["And 1 more picture like these."], ["And 1 more picture like these."]),
    ]
    assert [article.partition('"')[2].partition('"')[0] for article in articles[:4]] == [
        *("found-duplicates", "found-dark", "found-unreadable", "found-check-0"),
    ]
    assert ["finding serious" in article for article in articles] == [True, *[False] * 8]
    assert ["<summary><h3" in article for article in articles] == [*[False] * 8, True]
    assert articles[1].count('<span class="remark">odd</span>') == articles[1].count("<figure") == 8
    assert articles[0].count('<span class="label">cat</span>') == 4  # b has no label, and pairs have no remark
    assert "remark" not in articles[0]
    assert re.findall(r'<span class="id">(\w+)</span> cut short', articles[2]) == [f"x{n}" for n in range(6)]
    assert "<p>See <code>--val</code>.</p>" in articles[1]
    assert "<small>training</small>" in articles[1]
    assert "<small>" not in articles[3]


LEAKS = Leaks(
    how="2 pixel for pixel",
    heads=("Macro F1",),
    scores=(
        ScoreRow("all test pictures", 1_200, "80 %", "70 % to 90 %", ("0.8",), honest=False),
        ScoreRow("without the 2 that were seen", 1_198, "79 %", "69 % to 89 %", ("0.7",), honest=True),
    ),
    nothing_left=False,
    decided=", but decided which epoch was kept",
    validation="70 % of the validation pictures",
    memory="",
    has_pairs=False,
)


@pytest.mark.parametrize(
    ("changes", "advice"),
    [
        ({}, ". Believe the second line."),
        (
            {"has_pairs": True},
            ". Believe the second line. | The findings | show some of them beside their copies, with both labels.",
        ),
        (
            {"nothing_left": True},
            ", and there are no others here: keep pictures aside that are in no other part. Until then take 70 % "
            "of the "
            "validation pictures: they were not trained on, but decided which epoch was kept.",
        ),
        (
            {"nothing_left": True, "validation": ""},
            ", and there are no others here: keep pictures aside that are in no other part.",
        ),
        ({"memory": "A tree remembers."}, ". Believe the second line. | A tree remembers."),
    ],
)
def test_what_to_believe_where_pictures_were_seen(changes: dict[str, Any], advice: str) -> None:
    section = Section("Leaks", "", "leaks.html", replace(LEAKS, **changes))
    assert words(section) == (
        "A model can remember a picture that it was trained or tuned on. It has seen: 2 pixel for pixel. Its "
        "predictions "
        f"for them say nothing about new pictures{advice} | The score with and without the pictures that were seen | "
        "Scored on | Pictures | Accuracy | 95 % interval | Macro F1 | all test pictures | 1,200 | 80 % | 70 % to "
        "90 % | "
        "0.8 | without the 2 that were seen | 1,198 | 79 % | 69 % to 89 % | 0.7"
    )
    assert re.findall(r"<b>(.*?)</b>", render_section(section)) == ["79 %"]


def test_the_kept_epoch_is_marked_in_the_table_and_in_each_chart() -> None:
    run = RunFacts(best_epoch=3, notes=("lower --lr",))
    section = shown("training", history=TestTraining.HISTORY, run=run)
    assert " | Messages during training: | Lower | --lr | Accuracy | validation | training | " in words(section)
    assert words(section).endswith(
        "| 2 | 0.5000 | 0.7500 | 70.00 % | 80.00 % | 0.002 | 30 s | 3 | kept | 0.2500 | 1.0000 | 90.00 % | 60.00 % | "
        "0.001 | 31 s"
    )
    html = render_section(section)
    assert [row.strip() for row in re.findall(r"<tr([^>]*)><th scope=\"row\"", html)] == ["", "", 'class="kept"']
    assert re.findall(r'text-anchor="(\w+)">kept<', html) == ["end"] * 3
    first = render_section(shown("training", history=TestTraining.HISTORY, run=RunFacts(best_epoch=1)))
    assert re.findall(r'text-anchor="(\w+)">kept<', first) == ["start"] * 3
    middle = render_section(shown("training", history=TestTraining.HISTORY, run=RunFacts(best_epoch=2)))
    assert re.findall(r'text-anchor="(\w+)">kept<', middle) == ["middle"] * 3
    assert "kept" not in render_section(shown("training", history=TestTraining.HISTORY))
    assert html.count('<circle class="kept"') == 5  # two curves, two, and one
    assert (
        re.findall(r'<span class="key">(.*?)</span></span>', html)
        == [
            '<span class="main">validation</span><span class="other">training',
        ]
        * 2
    )


def test_a_model_s_settings_stand_under_what_they_are() -> None:
    run = RunFacts(model=ModelFacts(name="svc", size_bytes=4_000), settings={"epochs": 3, "seed": 0, "val": 0.1})
    section = shown("model", run=run)
    assert words(section).startswith(
        "Size | 4.0 kB | of the model on disk | Settings that differ from the plain defaults | Settings that "
        "differ from "
        "the defaults | Setting | Value | What it is | epochs | 3 | "
    )
    assert re.findall(r"<summary>(.*?)</summary>", render_section(section)) == ["The 2 settings at their defaults"]
    plainest = render_section(shown("model", run=RunFacts(settings={"seed": 0})))
    assert "Settings that differ" not in plainest
    assert "The 1 setting at its default" in plainest
    changed = render_section(shown("model", run=RunFacts(settings={"epochs": 3})))
    assert "<details>" not in changed


def test_samples_are_arranged_by_their_number_and_can_be_searched() -> None:
    def section(classes: int, known: int, name: str = "c") -> Any:
        samples = tuple(
            ClassSamples(
                class_name=f"{name}{n}" if name else "", pictures=(SamplePicture(file="1.png", id="7"),) * (n != 1)
            )
            for n in range(classes)
        )
        data = RecordedData(class_names=tuple(f"c{n}" for n in range(known)), class_counts={"all": {"c0": 1_234}})
        return page("samples", samples=samples, data=data)  # fmt: skip

    three = section(3, 4)
    assert words(three) == (
        "These pictures were drawn at random from each class; nobody chose them. They show the usual case. | c0 "
        "| 1,234 "
        "| no thumbnail | c1 | no picture | c2 | no thumbnail | 1 more class is not shown."
    )
    assert 'class="samples wide" style="--columns: 1">' in render_section(three)
    searched = render_section(section(25, 25))
    assert (
        'class="samples rows" style="--columns: 1" data-search=".sample" data-search-label="Find a class">' in searched
    )
    assert "<summary>2 more classes</summary>" in render_section(section(62, 62))
    assert "not shown" not in render_section(section(62, 62))
    alone = section(1, 0, name="")
    assert words(alone) == (
        "These pictures were drawn at random; nobody chose them. They show the usual case. | no thumbnail"
    )


def test_a_run_is_repeated_by_its_command_with_its_times() -> None:
    run = RunFacts(command="a b", seed=1, versions={"python": "3"}, timings={"open": 1.0, "train": 4.0, "total": 6.0})
    section = shown("repeat", run=run)
    assert words(section).endswith(
        "by rounding. | a b | What decides the result | Seed | 1 | python | 3 | Where the time went: 6 s in all "
        "| opening "
        "and decoding the data | 1 s | training | 4 s"
    )
    assert re.findall(r"--length: ([\d.]+)%", render_section(section)) == ["25.0", "100.0"]
    assert words(shown("repeat")).endswith("by rounding. | What decides the result")
    untimed = shown("repeat", run=RunFacts(timings={"open": 1.0}))
    assert "| Where the time went | opening" in words(untimed)


def test_a_model_that_is_fitted_at_once_has_no_epochs() -> None:
    run = RunFacts(model=ModelFacts(name="svc", learnt="9 vectors"), notes=("slow --val",), split=SplitFacts(train=9))
    section = shown("training", run=run, history=(Epoch(epoch=1, train_accuracy=1.0, val_accuracy=0.5, val_loss=0.25),))
    assert words(section).endswith(
        "only the second figure says how well the model does on new pictures. | Messages during fitting: | Slow "
        "| --val "
        "| Accuracy and loss after fitting | Scored on | Accuracy | Loss | training pictures (some of those that "
        "it was "
        "fitted on) | 100 % | – | validation pictures (it was not fitted on these) | 50.00 % | 0.2500"
    )


def test_a_page_lists_its_sections_and_marks_those_with_nothing_to_show() -> None:
    sections = {
        "one": Section("First", "What is first", "choices.html", Choices((Choice("a", "b -> c"),))),
        "two": Section("Second", "What is missing", missing="Name it with --test, or -> later."),
    }
    html = render_page(sections, Masthead("a<b", "A kind", "", "1.2"))
    assert "<title>a&lt;b · onelook</title>" in html
    assert re.findall(r'<li><a href="#(\w+)">(\w+)</a></li>', html) == [("one", "First"), ("two", "Second")]
    assert '<a class="skip" href="#one">' in html
    assert re.findall(r'<section id="(\w+)"( class="absent")? ', html) == [("one", ""), ("two", ' class="absent"')]
    assert '<h2 id="one-title">What is first</h2>' in html
    assert '<h2 id="two-title"><span class="topic">Second</span> What is missing</h2>' in html
    assert '<p class="missing">Name it with <code>--test</code>, or\u00a0→ later.</p>' in html
    assert "<p>A kind · onelook 1.2</p>" in html


def test_what_a_time_limit_left_out_stands_below_the_times() -> None:
    out = "The time limit of 40 s leaves out the map of the pictures; with 1 min or more it is made."
    run = RunFacts(timings={"train": 2.0}, left_out=(out,))
    assert words(shown("repeat", run=run)).endswith(f"training | 2 s | {out}")
    assert words(shown("repeat", run=RunFacts(timings={"train": 2.0}))).endswith("training | 2 s")


def test_an_option_in_the_reason_of_a_choice_is_code_which_no_line_breaks() -> None:
    html = render_section(
        shown("choices", run=RunFacts(choices=("the head alone is trained: in seconds (see --tune)",)))
    )
    assert "in seconds (see <code>--tune</code>)" in html
