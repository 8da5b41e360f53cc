"""What sections say of data, model and settings, whole: small ones that can be worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest
from tests.report.sections.test_views import finding, page, plain, scored, shown

from onelook.checks import CHECKS
from onelook.evaluation.pictures.index import AugmentationPreview
from onelook.report.facts import (
    AugmentationFacts,
    FindingFacts,
    ModelFacts,
    PretrainedFacts,
    RecordedData,
    RunFacts,
)
from onelook.report.inspected_data import NextStep
from onelook.report.pictures import ThumbnailMemory
from onelook.report.sections.model import value_in_words


def test_sizes_in_words() -> None:
    assert page("sizes", sizes={}).missing == "No picture's size could be read."
    kept = page("sizes", sizes={(32, 48): 9}, rows={"all": 9})
    assert kept.title == "Every picture is 32 × 48 pixels"
    assert kept.missing == "Training keeps this size; --image-size sets another one."
    assert page("sizes", sizes={(48, 32): 9}, rows={"all": 9}).missing == (
        "Training resizes every picture to 32 × 48 pixels, and stretches those of another shape. --image-size sets the "
        "size; --set resize=fit and --set resize=crop keep the shape."
    )
    assert page("sizes", sizes={(1_000, 2_000): 9}, rows={"all": 9}).title == "Every picture is 1,000 × 2,000 pixels"


def test_the_size_of_a_picture_that_cannot_be_read_is_not_claimed() -> None:
    one_less = page("sizes", sizes={(32, 48): 9}, rows={"train": 8, "test": 2})
    assert one_less.title == "Every picture whose size is known is 32 × 48 pixels"
    assert one_less.missing.startswith("The size of 9 of 10 pictures is known. Training keeps this size; ")


def test_up_to_six_sizes_are_listed_and_seven_are_drawn() -> None:
    six = {(10, 95): 3, (30, 30): 5, (40, 20): 1, (50, 50): 2, (60, 60): 1, (70, 70): 1}
    few = page("sizes", sizes=six, rows={"all": 13}).view
    assert (len(few.rows), few.chart, few.shapes) == (6, None, None)
    assert few.remarks[0] == "Sizes are height × width of the original pictures, as a viewer shows them upright."
    many = page("sizes", sizes={**six, (1_200, 20): 1}, rows={"all": 15}).view
    assert many.rows == ()
    assert many.chart.summary == "Pictures by width and height: 20 to 95 pixels wide, 10 to 1,200 high."
    assert many.shapes.summary == ("Pictures by shape: 2 higher than wide, 9 about square, 3 wider than high.")
    assert many.remarks[0].endswith("The size of 14 of 15 pictures is known.")
    assert [(name, plain(value), plain(meaning)) for name, value, meaning in many.facts] == [
        ("Smallest", "40 × 20", "by its number of pixels"),
        ("In the middle", "10 × 95", "half of the pictures have fewer pixels"),
        ("Largest", "1,200 × 20", "by its number of pixels"),
        ("Most frequent", "30 × 30", "5 pictures"),
        ("Wider than high", "21 %", "64 % about square, 14 % higher than wide"),
    ]


@pytest.mark.parametrize(
    ("counts", "title", "remarks"),
    [
        ({"all": {"a": 5, "b": 5}}, "2 classes of 5 pictures each", ()),
        ({"train": {"a": 1}}, "1 class of 1 picture each", ("1 picture for training.",)),
        (
            {"train": {"a": 5, "b": 2}, "val": {"b": 1}, "test": {"a": 0}},
            "2 classes, of 3 to 5 pictures",
            ("7 pictures for training and 1 for validation.",),
        ),
    ],
)
def test_pictures_by_class_in_words(counts: dict[str, Any], title: str, remarks: tuple[str, ...]) -> None:
    section = shown("counts", run=RunFacts(data=RecordedData(class_names=("a", "b"), class_counts=counts)))
    assert (section.title, section.view.remarks) == (title, remarks)
    assert (section.view.chart, section.view.smallest, section.view.all_rows) == (None, (), ())


def test_a_class_that_only_some_parts_have_is_counted_in_its_order() -> None:
    counts = {"train": {"a": 5, "c": 2}, "val": {"a": 1, "c": 0, "b": 3}, "test": {"d": 4, "b": 1}}
    section = shown("counts", run=RunFacts(data=RecordedData(class_counts=counts)))
    assert section.title == "4 classes, of 2 to 6 pictures"
    assert [(row.class_name, [bar.count for bar in row.bars]) for row in section.view.rows] == [
        *(("a", [5, 1, 0]), ("c", [2, 0, 0]), ("b", [0, 3, 1]), ("d", [0, 0, 4])),
    ]


def test_from_thirty_one_classes_on_they_are_drawn_and_half_of_them_is_named() -> None:
    def section(classes: int) -> Any:
        counts = {"all": {f"c{number}": number for number in range(1, classes + 1)}}
        names = tuple(counts["all"])
        return shown("counts", run=RunFacts(data=RecordedData(class_names=names, class_counts=counts)))

    assert section(30).view.chart is None
    assert len(section(30).view.rows) == 30
    view = section(31).view
    assert view.chart.summary == "Pictures of each of 31 classes, the largest first: from 31 down to 1."
    assert view.remarks == ("Half of the classes have 16 pictures or more.",)
    assert [row.class_name for row in view.rows] == [f"c{number}" for number in range(31, 23, -1)]
    assert [row.class_name for row in view.smallest] == [f"c{number}" for number in range(8, 0, -1)]
    assert len(view.all_rows) == 31
    assert section(2_001).view.hidden_classes == 1


def test_without_counts_it_is_said_why() -> None:
    unlabelled = RecordedData(ledger={"found": 3})
    assert shown("counts", run=RunFacts(data=unlabelled)).missing == (
        "The pictures have no labels, so there are no classes to count."
    )
    assert shown("counts").missing == "The run ended before the data was opened and split."


def test_classes_are_titled_by_the_worst_and_the_best() -> None:
    assert shown("classes").title == "From c, with an F1 of 0.714, to b, with 0.889"
    assert shown("classes", evaluation=scored([[3, 0], [0, 4]], "ab")).title == "Every class has an F1 of 1.000"
    rows = shown("classes", evaluation=scored([[3, 0], [0, 4]], "ab")).view.rows
    assert [(row.missed_bar, row.wrongly_named_bar) for row in rows] == [(0.0, 0.0)] * 2
    one = shown("classes", evaluation=scored([[7, 1], [0, 8]], "ab")).view.rows[0]
    assert (plain(one.recall), plain(one.precision), one.f1, one.missed, one.missed_bar) == (
        *("87.5 %", "100 %", "0.933", 1, 100.0),
    )


@pytest.mark.parametrize(
    ("changes", "judgement", "is_sound"),
    [
        ({}, "Sound, as far as the checks can tell.", True),
        (
            {"findings": (finding("a", "train"), finding("a", "test"))},
            "Sound enough to begin with; one thing to know.",
            True,
        ),
        ({"findings": (finding("a"), finding("b"))}, "Sound enough to begin with; 2 things to know.", True),
        (
            {"findings": (finding("a", severity="error"), finding("a"), finding("b"))},
            "One thing to settle before a score can be believed.",
            False,
        ),
        (
            {"findings": (finding("a", severity="error"), finding("b", severity="error"))},
            "2 things to settle before a score can be believed.",
            False,
        ),
        ({"next_step": NextStep("onelook train photos", refusal="No.")}, "It cannot be trained on yet.", False),
    ],
)
def test_data_is_judged_by_its_findings(changes: dict[str, Any], judgement: str, is_sound: bool) -> None:
    view = page("overview", **changes).view
    assert (view.judgement, view.is_sound) == (judgement, is_sound)


def test_the_first_screen_of_other_data() -> None:
    def facts(**changes: Any) -> dict[str, tuple[str, str]]:
        return {fact.name: (fact.value, fact.meaning) for fact in page("overview", **changes).view.facts}

    data = RecordedData(class_names=("a", "b"), class_counts={"all": {"a": 3, "b": 3}}, channels=1)
    assert facts(data=data, rows={"all": 6}, sizes={(8, 9): 6}, grey=0) == {
        "Pictures": ("6", "not split yet: training takes some for validation"),
        "Classes": ("2", "of 3 pictures each"),
        "Size": ("8 × 9", "pixels, every picture"),
        "Colour": ("grey", "one channel"),
        "Checks": ("nothing", f"found by {len(CHECKS)} checks"),
    }
    colour = data.model_copy(update={"channels": 3})
    assert facts(data=colour, grey=1)["Colour"] == ("colour", "three channels; 1 holds no colour")
    assert facts(data=colour, grey=0)["Colour"] == ("colour", "three channels")
    assert facts(findings=(finding("a"), finding("b")))["Checks"] == ("2", f"of {len(CHECKS)} found something")
    unlabelled = page("overview", data=RecordedData(channels=3), rows={"all": 1})
    assert unlabelled.view.what == "1 picture without labels"
    assert "Classes" not in {fact.name for fact in unlabelled.view.facts}


def test_what_comes_next() -> None:
    step = NextStep("onelook train photos", choices=("network cnn: it fits", "epochs"))
    trained = page("next", next_step=step)
    assert (trained.title, trained.view.lead, trained.view.command) == (
        "Train on it",
        "This trains a network, scores it honestly and writes a report like this page.",
        "onelook train photos",
    )
    assert [(one.what, one.why) for one in trained.view.choices] == [("network cnn", "it fits"), ("epochs", "")]
    unlabelled = page("next", data=RecordedData())
    assert (unlabelled.title, unlabelled.view.lead) == (
        "Let a model name them",
        "Training needs labels, and these pictures have none. A model that was trained on others can name them.",
    )
    refused = page("next", next_step=NextStep("", refusal="Too few."))
    assert (refused.title, refused.missing) == ("First, repair the data", "Too few.")


@pytest.mark.parametrize(
    ("findings", "title"),
    [
        ((finding("a"),), "1 thing to know about the data"),
        ((finding("a"), finding("b")), "2 things to know about the data"),
        ((finding("a", severity="error"),), "1 thing to settle"),
        (
            (finding("a", severity="error"), finding("b", severity="error"), finding("c")),
            "2 things to settle, 1 to know",
        ),
    ],
)
def test_the_title_of_the_findings(findings: tuple[FindingFacts, ...], title: str) -> None:
    assert page("findings", findings=findings).title == title


def test_an_augmented_picture_names_its_versions_and_the_settings_that_made_them() -> None:
    preview = AugmentationPreview(original="o.png", versions=("1.png", "2.png"))
    memory = ThumbnailMemory({name: name.encode() for name in ("o.png", "1.png", "2.png")})
    facts = AugmentationFacts(
        settings={"rotation_range": 10.0, "horizontal_flip": True, "zoom_range": 0.0, "of_later": 3}, why="as asked"
    )
    view = page("augmentation", augmentation=preview, augmentation_facts=facts, pictures=memory).view
    assert view.why == "as asked"
    assert [(name, value) for name, value, _ in view.settings] == [("rotation_range", "10"), ("horizontal_flip", "on")]
    assert all(meaning for _, _, meaning in view.settings)
    assert (view.original.words, view.original.address) == ("The original picture", memory.data_uri("o.png"))
    assert [(one.words, one.address) for one in view.versions] == [
        (f"Augmented version {number} of 2", memory.data_uri(f"{number}.png")) for number in (1, 2)
    ]
    off = page("augmentation", augmentation_facts=AugmentationFacts())
    assert off.missing == "Training changed no pictures: augmentation was off."
    assert page("augmentation", augmentation_facts=facts).missing == "as asked"


def test_what_it_takes_to_repeat_a_run() -> None:
    run = RunFacts(
        created="2025-03-04",
        command=("onelook", "train", "my shirts"),
        seed=0,
        device="cpu",
        data=RecordedData(fingerprint="d4t4"),
        versions={"python": "3.11", "torch": "2"},
        timings={"open": 1.5, "train": 6.0, "report": 0.0, "total": 61.0},
    )
    view = shown("repeat", run=run).view
    assert view.command == "onelook train 'my shirts'"
    assert view.facts == (
        *(("Started", "2025-03-04"), ("Seed", "0"), ("Device", "cpu"), ("Fingerprint of the data", "d4t4")),
    )
    assert view.versions == (("python", "3.11"), ("torch", "2"))
    assert [(stage.name, plain(stage.time), stage.bar) for stage in view.stages] == [
        ("opening and decoding the data", "1.5 s", 25.0),
        ("training", "6 s", 100.0),
        ("writing the report", "0 s", 0.0),
    ]
    assert plain(view.total) == "1 min 1 s"
    assert shown("repeat", run=RunFacts(command="onelook train x")).view.command == "onelook train x"
    assert (shown("repeat").view.total, shown("repeat").view.stages, shown("repeat").view.facts) == ("", (), ())


def test_a_model_in_figures() -> None:
    pretrained = PretrainedFacts(
        trained_on="ImageNet", licence="MIT", source="a paper", image_size=224, mean=0.5, std=(0.25, 0.5), crop=0.875
    )
    model = ModelFacts(
        name="cnn", parameters=88_753, multiply_adds=3_912_345, views=2, size_bytes=771_234, pretrained=pretrained
    )
    section = shown("model", run=RunFacts(model=model))
    assert section.title == "cnn: 88,753 parameters"
    assert [(name, plain(value), plain(meaning)) for name, value, meaning in section.view.facts] == [
        ("Parameters", "88,753", "numbers that training sets"),
        ("Multiply-adds", "3.9 million", "work for one view"),
        (
            "Views",
            "2",
            "of each picture: a prediction is the mean over them, and takes 2 times as long; the figures by epoch are "
            "of the plain picture",
        ),
        ("Pretrained", "ImageNet", "a paper; licence MIT"),
        (
            "Its pictures",
            "224×224",
            "values in [0, 1] less 0.500, over 0.250/0.500; it was trained on the central 87.5 % of each "
            "picture, here on "
            "all of it",
        ),
        ("Size", "771.2 kB", "of the model on disk"),
    ]
    fitted = shown("model", run=RunFacts(model=ModelFacts(name="svc", learnt="90 vectors, and more", fitted_rows=1)))
    assert fitted.title == "svc"
    assert [*fitted.view.facts] == [
        ("What it is", "90 vectors", "fitted by scikit-learn"),
        ("Fitted on", "1", "picture, all at once: there are no epochs"),
    ]
    assert shown("model").missing == "The run ended before a model was built."


def test_settings_are_shown_as_a_reader_reads_them() -> None:
    assert [value_in_words(value) for value in (None, True, False, 3, 0.1, 1e-7, [1, 0.5, None], (), "x")] == [
        *("not set", "on", "off", "3", "0.1", "1e-07", "1, 0.5, not set", "", "x"),
    ]
    assert [value_in_words(value) for value in (0.00123456, 0.1234567, 3600.5, 123_456_789, [0.98765, 0])] == [
        *("0.00123456", "0.123457", "3600.5", "123456789", "0.98765, 0"),
    ]
    settings = {"epochs": 3, "seed": 0, "optimizer": {"name": "adam", "learning_rate": 0.5}, "of_later": [1]}
    view = shown("model", run=RunFacts(settings=settings)).view
    assert [(row.name, row.value) for row in view.changed] == [
        *(("epochs", "3"), ("optimizer.learning_rate", "0.5"), ("of_later", "1")),
    ]
    assert [(row.name, row.value) for row in view.unchanged] == [("seed", "0"), ("optimizer.name", "adam")]
    assert [bool(row.meaning) for row in (*view.changed, *view.unchanged)] == [True, True, False, True, True]
