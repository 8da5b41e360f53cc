"""Write a few sentences on what a reader should look at first, each with a link to a section."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from onelook.report.confusions import confused_pairs
from onelook.report.page_wording import IN_A_SENTENCE, class_in_words, decimals_for, percent, probability
from onelook.report.results import Results
from onelook.report.sections.gains import most_helpful
from onelook.wording import agree, counted, times, translate

# A training accuracy this far above validation accuracy is worth a sentence: it is more than chance and the usual
# over-fitting explain.
_WIDE_GAP = 0.05
_WEAK_BELOW_AVERAGE = 0.05  # a class is weak if its recall is this far below the average
_FEW_PICTURES = 30  # with fewer, one picture moves a class' recall by more than three points


@dataclass(frozen=True)
class Highlight:
    """A sentence, and the section with the details."""

    sentence: str
    section: str


def highlights(results: Results) -> list[Highlight]:
    """Return the sentences, the most pressing first; none if nothing is remarkable."""
    return [
        *_leaks(results),
        *_most_helpful(results),
        *_simple_model(results),
        *_confusions(results),
        *_weakest_class(results),
        *_confident_error(results),
        *_gap(results),
        *_last_epoch(results),
        *_unreadable(results),
    ]


def _leaks(results: Results) -> Iterator[Highlight]:
    for finding in results.run.findings:
        if finding.check.startswith("leak") and finding.is_serious:
            yield Highlight(finding.message, "leaks")


def _most_helpful(results: Results) -> Iterator[Highlight]:
    if helpful := most_helpful(results):
        yield Highlight(translate("What would help most: {helpful}.", helpful=helpful), "gains")


def _simple_model(results: Results) -> Iterator[Highlight]:
    evaluation = results.evaluation
    if evaluation is None or (simple := evaluation.baseline) is None or results.run.model.learnt:
        return
    if evaluation.accuracy_interval[0] > simple.accuracy:
        return
    yield Highlight(
        translate(
            "It is not clearly better than a logistic regression on {height} × {width} pixels, which names "
            "{accuracy} correctly: it may have learnt little more than colours and outlines.",
            height=simple.height,
            width=simple.width,
            accuracy=percent(simple.accuracy, decimals_for(evaluation.rows)),
        ),
        "training",
    )


def _confusions(results: Results) -> Iterator[Highlight]:
    if results.evaluation is None:
        return
    pairs = confused_pairs(results.evaluation)
    if pairs and pairs[0].count > 1:
        first = pairs[0]
        yield Highlight(
            translate(
                "The most frequent confusion: {label} is taken for {predicted}, {times} in {pictures} of {label}.",
                label=_name(first.label),
                predicted=_name(first.predicted),
                times=times(first.count),
                pictures=counted(first.support, "picture"),
            ),
            "confusion",
        )


def _weakest_class(results: Results) -> Iterator[Highlight]:
    evaluation = results.evaluation
    if evaluation is None:
        return
    present = [one for one in evaluation.per_class if one.support]
    if len(present) < 2:
        return
    weakest = min(present, key=lambda one: one.recall)
    average = sum(one.recall for one in present) / len(present)
    if average - weakest.recall < _WEAK_BELOW_AVERAGE:
        return
    only = translate("{are} only {support} of them", are=agree(weakest.support, "is", "are"), support=weakest.support)
    few = translate(" There {only}, so this is a rough figure.", only=only) * (weakest.support < _FEW_PICTURES)
    yield Highlight(
        translate(
            "The weakest class is {class_name}: {recall} of its pictures are found, where the average class "
            "has {average}.{few}",
            class_name=_name(weakest.class_name),
            recall=percent(weakest.recall),
            average=percent(average),
            few=few,
        ),
        "classes",
    )


def _confident_error(results: Results) -> Iterator[Highlight]:
    if results.report_pictures and results.report_pictures.worst_errors:
        worst = results.report_pictures.worst_errors[0]
        yield Highlight(
            translate(
                "The most confident error: the model takes a picture labelled {label} for {predicted}, with a "
                "probability {p_predicted}. Either the model or the label is wrong.",
                label=_name(worst.label),
                predicted=_name(worst.predicted),
                p_predicted=_of(worst.p_predicted),
            ),
            "errors",
        )


def _gap(results: Results) -> Iterator[Highlight]:
    best = results.best_epoch
    if best is None or best.train_accuracy is None or best.val_accuracy is None:
        return
    if best.train_accuracy - best.val_accuracy >= _WIDE_GAP:
        yield Highlight(
            translate(
                "In the epoch that was kept, the model was right on {train_accuracy} of the training pictures and "
                "on {val_accuracy} of the validation pictures: it knows its training pictures better than others. "
                "More pictures, augmentation or dropout may help.",
                train_accuracy=percent(best.train_accuracy),
                val_accuracy=percent(best.val_accuracy),
            ),
            "training",
        )


def _last_epoch(results: Results) -> Iterator[Highlight]:
    run, history = results.run, results.history
    schedule = run.settings.get("schedule")
    falls_to_the_end = isinstance(schedule, dict) and schedule.get("name") in {"one_cycle", "cosine"}
    # Where the learning rate falls to the end, the last epoch is usually the best, which says nothing about more.
    if len(history) > 1 and run.best_epoch == history[-1].epoch and not falls_to_the_end:
        yield Highlight(
            translate(
                "The last epoch was the best: the model was still getting better when training ended, so more "
                "epochs may help."
            ),
            "training",
        )


def _unreadable(results: Results) -> Iterator[Highlight]:
    quarantined = results.run.data.ledger.get("quarantined", 0)
    if quarantined:
        were = agree(quarantined, "was", "were")
        yield Highlight(
            translate(
                "{pictures} could not be read and {were} left out; ledger.csv names each with its reason.",
                pictures=counted(quarantined, "picture"),
                were=were,
            ),
            "data",
        )


def _name(class_name: str) -> str:
    return class_in_words(class_name, IN_A_SENTENCE)


def _of(value: float) -> str:
    """Return the end of "with a probability …"."""
    return probability(value) if value > 0.9995 else translate("of {value}", value=probability(value))
