"""What sections show, by value: figures that differ from class to class, part to part and side to side."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from onelook.evaluation.baseline import Baseline
from onelook.evaluation.evaluate import evaluate
from onelook.evaluation.pictures.index import (
    ClassSamples,
    FindingPictures,
    FoundPicture,
    PredictedPicture,
    ReportPictures,
    SamplePicture,
)
from onelook.evaluation.result import Evaluation
from onelook.evaluation.score_without_leaks import with_leaks
from onelook.report.confusions import ConfusedPair, confused_pairs
from onelook.report.facts import (
    Epoch,
    FindingFacts,
    ModelFacts,
    OriginFacts,
    RecordedData,
    RunFacts,
    SplitFacts,
)
from onelook.report.highlights import highlights
from onelook.report.inspected_data import InspectedData, NextStep
from onelook.report.pictures import ThumbnailFolder, ThumbnailMemory
from onelook.report.results import Results
from onelook.report.sections import INSPECT_SECTIONS, SECTIONS
from onelook.report.sections.choices import Choice, choices_in
from onelook.report.sections.confusion import _less_often

FOLDER = ThumbnailFolder(Path("nowhere"))


def scored(confusion: list[list[int]], names: str = "abc") -> Evaluation:
    labels = np.array([row for row, counts in enumerate(confusion) for count in counts for _ in range(count)])
    said = [column for counts in confusion for column, count in enumerate(counts) for _ in range(count)]
    probabilities = np.full((len(said), len(names)), 0.1 / (len(names) - 1))
    probabilities[np.arange(len(said)), said] = 0.9
    return evaluate(probabilities, labels, tuple(names), "test")


CONFUSED = scored([[8, 0, 2], [3, 20, 1], [0, 1, 5]])


def results(**changes: Any) -> Results:
    fields = {
        "name": "run",
        "run": RunFacts(),
        "history": (),
        "evaluation": CONFUSED,
        "report_pictures": None,
        "augmentation": None,
        "found": (),
        "pictures": FOLDER,
        "augmentation_pictures": FOLDER,
        "found_pictures": FOLDER,
    }
    return Results(**{**fields, **changes})


def shown(name: str, **changes: Any) -> Any:
    return SECTIONS.load(name)(results(**changes))


def plain(text: str) -> str:
    return text.replace("\u202f", " ")


class TestScores:
    def test_a_class_has_its_own_misses_and_those_of_others(self) -> None:
        rows = shown("classes").view.rows
        found = [(row.class_name, row.support, row.missed, row.wrongly_named) for row in rows]
        assert found == [("c", 6, 1, 3), ("a", 10, 2, 3), ("b", 24, 4, 1)]  # the lowest F1 first
        assert [row.missed_bar for row in rows] == [25.0, 50.0, 100.0]
        assert [row.wrongly_named_bar for row in rows] == [75.0, 75.0, 25.0]
        more = shown("classes", evaluation=scored([[8, 0, 5], [0, 9, 5], [0, 0, 5]])).view.rows
        assert [row.wrongly_named_bar for row in more] == [100.0, 0.0, 0.0]

    def test_pairs_stand_by_their_number_then_by_their_share_and_ties_are_counted(self) -> None:
        pairs = confused_pairs(CONFUSED)
        assert [(pair.label, pair.predicted, pair.count, pair.support) for pair in pairs] == [
            ("b", "a", 3, 24),
            ("a", "c", 2, 10),
            ("c", "b", 1, 6),
            ("b", "c", 1, 24),
        ]
        tied = shown("confusion", evaluation=scored([[8, 3, 0], [3, 20, 3], [0, 1, 5]]))
        assert tied.title == "3 pairs of classes were confused 3 times each, none more often"
        assert [pair.bar for pair in tied.view.pairs] == [100.0, 100.0, 100.0, 33.3]
        assert tied.view.more_pairs == 0
        many = shown("confusion", evaluation=scored([[1] * 5 for _ in range(5)], "abcde"))
        assert (many.title, many.view.more_pairs) == ("No two classes were confused more than once", 8)
        assert many.view.more_words == "once each"

    def test_how_often_the_pairs_that_are_not_shown_were_confused_is_true(self) -> None:
        def words(*counts: int) -> str:
            pairs = [ConfusedPair("a", "b", count, 9) for count in counts]
            return _less_often(pairs, shown=2)

        assert [words(3, 2), words(3, 2, 2), words(3, 3, 1), words(3, 2, 2, 2)] == ["", "twice", "once", "twice each"]
        assert [words(4, 3, 2, 1), words(4, 3, 3, 1)] == ["fewer times", "3 times or less"]

    def test_the_score_to_beat_is_the_share_of_the_most_frequent_class(self) -> None:
        # The most frequent class is not the first one, nor the best recognised one, nor the most often predicted one.
        found = scored([[2, 0, 0], [6, 3, 1], [0, 0, 4]])
        facts = {fact.name: (plain(fact.value), fact.meaning) for fact in shown("verdict", evaluation=found).view.facts}
        assert facts["To beat"] == ("62.5 %", "the score of always answering b")
        assert "Simple model" not in facts

    def test_what_a_simple_model_reaches_stands_beside_it(self) -> None:
        found = replace(scored([[2, 0, 0], [6, 3, 1], [0, 0, 4]]), baseline=Baseline(0.5625, 5000, 14, 13))
        facts = {fact.name: (plain(fact.value), fact.meaning) for fact in shown("verdict", evaluation=found).view.facts}
        assert facts["Simple model"] == ("56.2 %", "a logistic regression on 14 × 13 pixels of 5,000 pictures")

    def test_what_was_seen_before_leaves_another_interval(self) -> None:
        labels, said = np.array([0] * 6 + [1] * 4), np.array([0] * 6 + [1, 1, 0, 0])
        probabilities = np.eye(2)[said] * 0.8 + 0.1
        whole = evaluate(probabilities, labels, ("a", "b"), "test")
        ids = [str(row) for row in range(10)]
        found = with_leaks(whole, probabilities, labels, ids, {"exact": ids[:2], "near": ids[2:5]})
        section = shown("leaks", evaluation=found)
        assert section.title == "5 of 10 test pictures were seen before"
        rows = [(row.pictures, row.rows, plain(row.accuracy), row.honest) for row in section.view.scores]
        assert rows == [
            ("all test pictures", 10, "80.0 %", False),
            ("without the 5 that were seen", 5, "60.0 %", True),
        ]
        score = shown("verdict", evaluation=found).view.score
        assert "Measured on the 5 pictures that it has not seen" in score.certainty
        low, high = (plain(f"{100 * bound:.1f} %") for bound in found.without_leaks.accuracy_interval)  # type: ignore[union-attr]
        assert f"is likely between {low} and {high}" in plain(score.certainty)
        assert "5 of them are in training too." in plain(score.claim)

    @pytest.mark.parametrize(
        ("origin", "is_said"),
        [(None, True), (True, True), (False, False), ("unknown", False)],
    )
    def test_validation_is_named_only_where_it_can_be_believed(self, origin: Any, is_said: bool) -> None:
        facts = None if origin is None else OriginFacts(model="m", clean=None if origin == "unknown" else origin)
        run = RunFacts(best_epoch=2, split=SplitFacts(val=1_500, test=10), **{"from": facts})
        found = replace(CONFUSED, leaked={"exact": 40, "near": 0}, without_leaks=None)
        history = (Epoch(epoch=1, val_accuracy=0.5), Epoch(epoch=2, val_accuracy=0.75125))
        said = shown("leaks", evaluation=found, run=run, history=history).view.validation
        assert plain(said) == ("75.12 % of the validation pictures" if is_said else "")

    @pytest.mark.parametrize(("finding", "is_said"), [("leak-exact", True), ("leak-validation", False)])
    def test_memory_is_measured_against_pictures_that_the_model_was_not_fitted_on(
        self, finding: str, is_said: bool
    ) -> None:
        probabilities, labels = np.tile([0.9, 0.1], (30, 1)), np.zeros(30, int)
        ids = [str(row) for row in range(30)]
        found = with_leaks(
            evaluate(probabilities, labels, ("a", "b"), "test"), probabilities, labels, ids, {"exact": ids}
        )
        run = RunFacts(
            best_epoch=1,
            model=ModelFacts(name="knn", learnt="30 pictures"),
            findings=(FindingFacts(check=finding, message="…"),),
        )
        view = shown("leaks", evaluation=found, run=run, history=(Epoch(epoch=1, val_accuracy=0.5),)).view
        assert view.memory.startswith("knn is right on 100 % of the 30 pictures that it has seen") is is_said
        assert plain(view.validation) == ("50.0 % of the validation pictures" if is_said else "")
        assert (view.decided, view.nothing_left, view.has_pairs) == ("", True, True)
        network = RunFacts(best_epoch=1, model=ModelFacts(name="cnn"))
        view = shown("leaks", evaluation=found, run=network, history=(Epoch(epoch=1, val_accuracy=0.5),)).view
        assert (view.memory, view.decided) == ("", ", but decided which epoch was kept")

    def test_each_score_has_the_decimals_that_its_own_pictures_give(self) -> None:
        labels = np.zeros(2_000, int)
        probabilities = np.tile([0.9, 0.1], (2_000, 1))
        probabilities[::3] = [0.1, 0.9]  # 667 wrong, of which 334 are left
        ids = [str(row) for row in range(2_000)]
        whole = evaluate(probabilities, labels, ("a", "b"), "test")
        for left, few in ((1_000, "66.6 %"), (1_001, "66.63 %")):
            found = with_leaks(whole, probabilities, labels, ids, {"near": ids[left:]})
            verdict, leaks = (shown(name, evaluation=found) for name in ("verdict", "leaks"))
            assert plain(verdict.title) == (
                f"66.65 % of 2,000 test pictures named correctly; {few} without those that the model has seen"
            )
            assert [plain(row.accuracy) for row in leaks.view.scores] == ["66.65 %", few]
            bounds = [len(bound.partition(".")[2]) for bound in plain(leaks.view.scores[1].interval).split(" to ")]
            assert bounds == [len(few.partition(".")[2])] * 2
            assert plain(verdict.view.score.certainty).count(plain(leaks.view.scores[1].interval).split(" to ")[0]) == 1

    def test_what_is_shown_above_is_not_shown_again(self) -> None:
        view = shown("verdict").view
        names = [fact.name for fact in (*view.facts, *view.more_scores)]
        assert len(names) == len(set(names))


class TestTraining:
    HISTORY = (
        Epoch(epoch=1, seconds=60, learning_rate=0.01, train_loss=1.25, train_accuracy=0.5, val_loss=1.5),
        Epoch(
            epoch=2,
            seconds=30,
            learning_rate=0.002,
            train_loss=0.5,
            train_accuracy=0.7,
            val_loss=0.75,
            val_accuracy=0.8,
        ),
        Epoch(
            epoch=3,
            seconds=31,
            learning_rate=0.001,
            train_loss=0.25,
            train_accuracy=0.9,
            val_loss=1.0,
            val_accuracy=0.6,
        ),
    )

    def test_every_figure_stands_in_its_column(self) -> None:
        rows = shown("training", history=self.HISTORY, run=RunFacts(best_epoch=2)).view.rows
        assert [(row.epoch, row.best) for row in rows] == [(1, False), (2, True), (3, False)]
        assert [tuple(map(plain, row.cells)) for row in rows] == [
            ("1.2500", "1.5000", "50.00 %", "–", "0.01", "1 min"),
            ("0.5000", "0.7500", "70.00 %", "80.00 %", "0.002", "30 s"),
            ("0.2500", "1.0000", "90.00 %", "60.00 %", "0.001", "31 s"),
        ]

    def test_only_a_validation_above_training_is_explained(self) -> None:
        above = shown("training", history=self.HISTORY, run=RunFacts(best_epoch=2)).view.remarks
        assert any("measured while the weights still change" in remark for remark in above)
        assert shown("training", history=self.HISTORY, run=RunFacts(best_epoch=3)).view.remarks == ()

    def test_the_title_says_accuracy_only_where_it_decided(self) -> None:
        run = RunFacts(best_epoch=2, settings={"keep_best": "val_loss"})
        assert (
            shown("training", history=self.HISTORY, run=run).title
            == "Epoch 2 of 3 was kept, with a validation loss of 0.75"
        )
        decided = shown("training", history=self.HISTORY, run=RunFacts(best_epoch=2)).title
        assert plain(decided) == "Epoch 2 of 3 was kept, with 80.0 % of the validation pictures right"

    def test_the_longest_stage_has_the_longest_bar(self) -> None:
        run = RunFacts(timings={"open": 10.0, "train": 40.0, "evaluate": 20.0, "total": 75.0})
        stages = shown("repeat", run=run).view.stages
        assert [(stage.name, stage.bar) for stage in stages] == [
            ("opening and decoding the data", 25.0),
            ("training", 100.0),
            ("scoring", 50.0),
        ]

    def test_a_choice_ends_at_its_first_colon(self) -> None:
        assert choices_in(["network cnn: ours: fast", "alone"]) == (
            Choice("network cnn", "ours: fast"),
            Choice("alone", ""),
        )

    def test_the_model_is_described_by_view_and_by_what_it_was_fitted_on(self) -> None:
        facts = {
            name: (plain(value), meaning)
            for name, value, meaning in shown(
                "model", run=RunFacts(model=ModelFacts(name="cnn", multiply_adds=2_000_000, views=6))
            ).view.facts
        }
        assert facts["Multiply-adds"][1] == "work for one view"
        assert facts["Views"][0] == "6"
        run = RunFacts(model=ModelFacts(name="svc", learnt="3 vectors", fitted_rows=70), split=SplitFacts(train=900))
        assert "fitted on 70 pictures" in shown("verdict", run=run).view.trained

    def test_a_setting_that_is_not_known_counts_as_changed_whatever_its_value(self) -> None:
        run = RunFacts(model=ModelFacts(name="cnn"), settings={"epochs": 10, "brand_new": None, "batch_size": 7})
        view = shown("model", run=run).view
        assert [row.name for row in view.changed] == ["brand_new", "batch_size"]
        assert [row.name for row in view.unchanged] == ["epochs"]


UNEVEN = RecordedData(
    class_names=("a", "b", "c"),
    class_counts={
        "train": {"a": 10, "b": 30, "c": 20},
        "val": {"a": 0, "b": 0, "c": 0},
        "test": {"a": 25, "b": 2, "c": 5},
    },
    ledger={"found": 200, "used": 92, "quarantined": 8, "duplicate": 20},
)


class TestData:
    def test_classes_are_counted_over_all_parts_that_have_pictures(self) -> None:
        section = shown("counts", run=RunFacts(data=UNEVEN))
        assert section.title == "3 classes, of 25 to 35 pictures"
        view = section.view
        assert [name for name, _ in view.parts] == ["train", "test"]
        assert [(row.class_name, [(bar.count, bar.length) for bar in row.bars]) for row in view.rows] == [
            ("a", [(10, 28.57), (25, 71.43)]),
            ("b", [(30, 85.71), (2, 5.71)]),
            ("c", [(20, 57.14), (5, 14.29)]),
        ]
        assert view.remarks == ("60 pictures for training and 32 for test.",)

    def test_of_many_classes_those_with_most_pictures_in_all_come_first(self) -> None:
        names = [f"c{number}" for number in range(40)]
        counts = {"train": dict.fromkeys(names, 5), "test": {name: number for number, name in enumerate(names)}}
        view = shown("counts", run=RunFacts(data=RecordedData(class_names=tuple(names), class_counts=counts))).view
        assert [row.class_name for row in view.rows] == names[:31:-1]
        assert [row.class_name for row in view.smallest] == names[7::-1]
        assert view.hidden_classes == 0

    def test_shares_are_of_all_that_was_found(self) -> None:
        data = UNEVEN.model_copy(update={"layout": "folders", "why": "so"})
        shares = shown("data", run=RunFacts(data=data)).view.shares
        assert [(share.status, share.length) for share in shares] == [
            ("used", 46.0),
            ("duplicate", 10.0),
            ("quarantined", 4.0),
        ]
        fixed = data.model_copy(update={"ledger": {**data.ledger, "dropped": 80}})
        *_, share = shown("data", run=RunFacts(data=fixed)).view.shares
        assert (share.status, share.count, share.meaning, share.length) == ("dropped", "80", "by the fixes file", 40.0)

    def test_samples_have_the_number_of_their_class_in_all_parts_and_unshown_classes_are_counted(self) -> None:
        samples = tuple(
            ClassSamples(class_name=name, pictures=(SamplePicture(file="1.png", id=name),) * depth)
            for name, depth in (("a", 2), ("b", 3))
        )
        kept = ReportPictures(errors=0, worst_errors=(), random=(), samples=samples)
        section = shown("samples", run=RunFacts(data=UNEVEN), report_pictures=kept)
        assert section.title == "Some pictures of 2 of 3 classes"
        assert [one.count for one in section.view.classes] == ["35", "32"]
        assert (section.view.hidden_classes, section.view.columns) == (1, 3)
        many = tuple(
            ClassSamples(class_name=f"{number}", pictures=(SamplePicture(file="1.png", id="1"),))
            for number in range(70)
        )
        data = RecordedData(class_names=tuple(f"{number}" for number in range(75)))
        view = shown("samples", run=RunFacts(data=data), report_pictures=kept.model_copy(update={"samples": many})).view
        assert (len(view.classes), len(view.more_classes), view.hidden_classes, view.arrangement) == (
            60,
            10,
            5,
            "cards",
        )

    def test_errors_are_all_shown_or_counted(self) -> None:
        one = PredictedPicture(file="1.png", id="1", label="a", predicted="b", p_label=0.1, p_predicted=0.9)
        kept = ReportPictures(errors=2, worst_errors=(one, one), random=(one, one.model_copy(update={"label": "b"})))
        assert shown("errors", report_pictures=kept).title == "Every error"
        more = kept.model_copy(update={"errors": 3})
        assert shown("errors", report_pictures=more).title == "The 2 worst of 3 errors"
        assert shown("random", report_pictures=kept).title == "1 of 2 test pictures drawn at random are right"
        for random, title in (
            (kept.random[:1], "The one test picture is wrong"),
            (kept.random[1:], "The one test picture is right"),
            (kept.random[1:] * 2, "All 2 test pictures drawn at random are right"),
            (kept.random[:1] * 2, "0 of 2 test pictures drawn at random are right"),
        ):
            assert shown("random", report_pictures=kept.model_copy(update={"random": random})).title == title
        alone = shown("random", report_pictures=kept, evaluation=None)
        assert alone.title == "1 of 2 scored pictures drawn at random are right"


def finding(check: str, split: str = "all", **changes: Any) -> FindingFacts:
    return FindingFacts(check=check, split=split, **{"count": 1, "message": f"{check}.", **changes})


class TestFindings:
    def test_a_check_is_serious_by_any_of_its_findings_and_comes_first(self) -> None:
        findings = (
            finding("dark", "train"),
            finding("leak-exact", "val", severity="note"),
            finding("leak-exact", "test", severity="error", count=4),
        )
        section = shown("findings", run=RunFacts(findings=findings))
        assert section.title == "1 thing to settle, 1 to know"
        found = [(one.anchor, one.serious, one.count, one.unit) for one in section.view.checks]
        assert found == [("found-leak-exact", True, "5", "pictures"), ("found-dark", False, "1", "picture")]

    def test_checks_of_classes_count_classes_and_the_others_pictures(self) -> None:
        findings = (finding("missing-class", count=3), finding("imbalance", count=1), finding("dark", count=2))
        checks = shown("findings", run=RunFacts(findings=findings)).view.checks
        assert [f"{one.count} {one.unit}" for one in checks] == ["3 classes", "1 class", "2 pictures"]

    def test_the_ninth_check_is_folded_and_the_eighth_is_not(self) -> None:
        section = shown("findings", run=RunFacts(findings=tuple(finding(f"check-{n}") for n in range(10))))
        assert [one.folded for one in section.view.checks] == [False] * 8 + [True] * 2

    def test_what_has_no_thumbnail_is_counted_by_pairs_or_by_pictures(self) -> None:
        pair = (FoundPicture(file="1.png", id="1"), FoundPicture(file="2.png", id="2"))
        twins = finding("duplicates", count=9, ids=("1",) * 9, pairs=(("1", "2"),) * 5)
        drawn = FindingPictures(check="duplicates", split="all", pairs=(pair,) * 4)
        (check,) = shown("findings", run=RunFacts(findings=(twins,)), found=(drawn,)).view.checks
        (one,) = check.findings
        assert (len(one.pairs), len(one.more_pairs), one.unseen) == (3, 1, "And 1 more pair like these.")
        odd = finding("size-outliers", count=9, ids=("1",) * 9)
        pictures = tuple(
            FoundPicture(file=f"{n}.png", id=f"{n}", label="cat", note="small", size=(20, 300)) for n in range(7)
        )
        drawn = FindingPictures(check="size-outliers", split="all", pictures=pictures)
        (check,) = shown("findings", run=RunFacts(findings=(odd,)), found=(drawn,)).view.checks
        (one,) = check.findings
        assert (len(one.pictures), len(one.more_pictures), one.unseen) == (6, 1, "And 2 more pictures like these.")
        assert (one.pictures[0].note, one.pictures[0].words) == ("20 × 300", "Picture 0, labelled cat")

    def test_what_cannot_be_read_has_a_reason_for_a_thumbnail(self) -> None:
        found = finding("unreadable", count=2, ids=("1", "2"))
        pictures = (FoundPicture(file=None, id="1", note="cut off"), FoundPicture(file="2.png", id="2", note="grey"))
        drawn = FindingPictures(check="unreadable", split="all", pictures=pictures)
        (check,) = shown("findings", run=RunFacts(findings=(found,)), found=(drawn,)).view.checks
        (one,) = check.findings
        assert [(each.id, each.reason) for each in one.reasons] == [("1", "cut off")]
        assert [(each.id, each.note) for each in one.pictures] == [("2", "grey")]
        assert one.unseen == ""

    def test_each_split_of_a_check_shows_its_own_pictures(self) -> None:
        findings = tuple(finding("dark", split, ids=(split,), message=split) for split in ("train", "val", "test"))
        drawn = tuple(
            FindingPictures(check=check, split=split, pictures=(FoundPicture(file=None, id=f"{check} {split}"),))
            for check, split in (("dark", "test"), ("light", "val"), ("dark", "train"))
        )
        (check,) = shown("findings", run=RunFacts(findings=findings), found=drawn).view.checks
        assert check.where == "training, validation and test"
        assert [(one.message, [each.id for each in one.pictures]) for one in check.findings] == [
            *(("train", ["dark train"]), ("val", []), ("test", ["dark test"])),
        ]

    def test_only_leaks_that_are_serious_are_highlighted(self) -> None:
        findings = (
            finding("leak-near", "test", severity="note"),
            finding("leak-exact", "test", severity="error"),
            finding("blank", severity="error"),
        )
        found = highlights(results(run=RunFacts(findings=findings), evaluation=None))
        assert [(one.sentence, one.section) for one in found] == [("leak-exact.", "leaks")]

    def test_the_weakest_class_is_among_those_that_were_scored(self) -> None:
        absent = scored([[9, 1, 0, 0], [0, 8, 0, 2], [0, 0, 0, 0], [0, 0, 0, 5]], "abcd")
        said = [one.sentence for one in highlights(results(evaluation=absent)) if one.section == "classes"]
        assert plain(said[0]) == (
            "The weakest class is b: 80.0 % of its pictures are found, where the average class has 90.0 %. There are "
            "only 10 of them, so this is a rough figure."
        )


def inspected(**changes: Any) -> InspectedData:
    fields = {
        "name": "photos",
        "version": "1",
        "data": UNEVEN.model_copy(update={"channels": 3, "image_size": (32, 48)}),
        "rows": {"train": 70, "test": 32},
        "sizes": {(10, 95): 3, (30, 30): 5, (40, 20): 1},
        "grey": 2,
        "findings": (),
        "found": (),
        "samples": (),
        "augmentation": None,
        "augmentation_facts": None,
        "pictures": ThumbnailMemory({}),
        "next_step": NextStep("onelook train photos"),
    }
    return InspectedData(**{**fields, **changes})


def page(name: str, **changes: Any) -> Any:
    return INSPECT_SECTIONS.load(name)(inspected(**changes))


class TestInspected:
    def test_the_first_screen_counts_all_parts(self) -> None:
        section = page("overview")
        assert section.title == "102 pictures of 3 classes. Sound, as far as the checks can tell."
        facts = {fact.name: (fact.value, fact.meaning) for fact in section.view.facts}
        assert facts["Pictures"] == ("102", "70 training and 32 test")
        assert facts["Classes"] == ("3", "of 25 to 35 pictures")
        assert facts["Size"] == ("30 × 30", "in the middle of 3 sizes")
        assert facts["Colour"] == ("colour", "three channels; 2 hold no colour")

    def test_the_strip_has_one_of_each_class_before_a_second_of_any(self) -> None:
        samples = tuple(
            ClassSamples(
                class_name=name, pictures=tuple(SamplePicture(file=f"{name}{n}.png", id=f"{n}") for n in range(depth))
            )
            for name, depth in (("a", 3), ("b", 1), ("c", 2))
        )
        memory = ThumbnailMemory({f"{name}{n}.png": f"{name}{n}".encode() for name in "abc" for n in range(3)})
        hero = page("overview", samples=samples, pictures=memory).view.hero
        assert [one.words for one in hero] == ["a", "b", "c", "a", "c", "a"]
        assert [one.address for one in hero] == [
            memory.data_uri(f"{n}.png") for n in ("a0", "b0", "c0", "a1", "c1", "a2")
        ]

    def test_checks_are_pointed_at_and_the_others_counted_by_check(self) -> None:
        findings = tuple(finding(f"check-{n}", split) for n in range(8) for split in ("train", "test"))
        view = page("overview", findings=findings).view
        assert (len(view.pointers), view.more_findings) == (6, 2)
        assert (view.pointers[0].count, view.pointers[0].where) == ("2", "training and test")

    @pytest.mark.parametrize(("severity", "is_warned"), [("note", False), ("warning", False), ("error", True)])
    def test_only_serious_findings_are_to_be_settled_first(self, severity: str, is_warned: bool) -> None:
        findings = (finding("dark", severity=severity),)
        assert ("Settle the serious findings first" in page("next", findings=findings).view.lead) is is_warned
        assert page("overview", findings=findings).view.is_sound is not is_warned

    def test_sizes_stand_by_their_number_and_sides_keep_their_order(self) -> None:
        section = page("sizes")
        assert section.title == "3 sizes, from 40 × 20 to 10 × 95"  # by their area
        assert [(row.words, row.count, row.bar) for row in section.view.rows] == [
            ("30 × 30", "5", 100.0),
            ("10 × 95", "3", 60.0),
            ("40 × 20", "1", 20.0),
        ]
        assert "The size of 9 of 102 pictures is known." in section.view.remarks[0]
        assert "Training resizes every picture to 32 × 48 pixels" in section.view.remarks[1]

    def test_a_picture_is_square_up_to_a_tenth(self) -> None:
        sizes = {(100, 109): 1, (100, 111): 2, (109, 100): 4, (111, 100): 8, (500, 500): 5}
        facts = {name: (plain(value), plain(meaning)) for name, value, meaning in page("sizes", sizes=sizes).view.facts}
        assert facts["Wider than high"] == ("10 %", "50 % about square, 40 % higher than wide")
        assert facts["Most frequent"] == ("111 × 100", "8 pictures")
        assert (facts["Smallest"][0], facts["Largest"][0]) == ("100 × 109", "500 × 500")
