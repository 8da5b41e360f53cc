"""Write a few sentences on what a reader should look at first, each with a link to a section."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from onelook.report.confusions import confused_pairs
from onelook.report.page_wording import IN_A_SENTENCE, class_in_words, decimals_for, percent, probability
from onelook.report.results import Results
from onelook.report.sections.gains import most_helpful
from onelook.wording import agree, counted, times

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
        yield Highlight(f"What would help most: {helpful}.", "gains")


def _simple_model(results: Results) -> Iterator[Highlight]:
    evaluation = results.evaluation
    if evaluation is None or (simple := evaluation.baseline) is None or results.run.model.learnt:
        return
    if evaluation.accuracy_interval[0] > simple.accuracy:
        return
    yield Highlight(
        f"It is not clearly better than a logistic regression on {simple.height} × {simple.width} pixels, which names "
        f"{percent(simple.accuracy, decimals_for(evaluation.rows))} correctly: it may have learnt little more than "
        "colours and outlines.",
        "training",
    )


def _confusions(results: Results) -> Iterator[Highlight]:
    if results.evaluation is None:
        return
    pairs = confused_pairs(results.evaluation)
    if pairs and pairs[0].count > 1:
        first = pairs[0]
        yield Highlight(
            f"The most frequent confusion: {_name(first.label)} is taken for {_name(first.predicted)}, "
            f"{times(first.count)} in {counted(first.support, 'picture')} of {_name(first.label)}.",
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
    only = f"{agree(weakest.support, 'is', 'are')} only {weakest.support} of them"
    few = f" There {only}, so this is a rough figure." * (weakest.support < _FEW_PICTURES)
    yield Highlight(
        f"The weakest class is {_name(weakest.class_name)}: {percent(weakest.recall)} of its pictures are "
        f"found, where the average class has {percent(average)}.{few}",
        "classes",
    )


def _confident_error(results: Results) -> Iterator[Highlight]:
    if results.report_pictures and results.report_pictures.worst_errors:
        worst = results.report_pictures.worst_errors[0]
        yield Highlight(
            f"The most confident error: the model takes a picture labelled {_name(worst.label)} for "
            f"{_name(worst.predicted)}, with a probability {_of(worst.p_predicted)}. Either the model or the "
            "label is wrong.",
            "errors",
        )


def _gap(results: Results) -> Iterator[Highlight]:
    best = results.best_epoch
    if best is None or best.train_accuracy is None or best.val_accuracy is None:
        return
    if best.train_accuracy - best.val_accuracy >= _WIDE_GAP:
        yield Highlight(
            f"In the epoch that was kept, the model was right on {percent(best.train_accuracy)} of the training "
            f"pictures and on {percent(best.val_accuracy)} of the validation pictures: it knows its training pictures "
            "better than others. More pictures, augmentation or dropout may help.",
            "training",
        )


def _last_epoch(results: Results) -> Iterator[Highlight]:
    run, history = results.run, results.history
    schedule = run.settings.get("schedule")
    falls_to_the_end = isinstance(schedule, dict) and schedule.get("name") in {"one_cycle", "cosine"}
    # Where the learning rate falls to the end, the last epoch is usually the best, which says nothing about more.
    if len(history) > 1 and run.best_epoch == history[-1].epoch and not falls_to_the_end:
        yield Highlight(
            "The last epoch was the best: the model was still getting better when training ended, "
            "so more epochs may help.",
            "training",
        )


def _unreadable(results: Results) -> Iterator[Highlight]:
    quarantined = results.run.data.ledger.get("quarantined", 0)
    if quarantined:
        were = agree(quarantined, "was", "were")
        yield Highlight(
            f"{counted(quarantined, 'picture')} could not be read and {were} left out; ledger.csv names each "
            "with its reason.",
            "data",
        )


def _name(class_name: str) -> str:
    return class_in_words(class_name, IN_A_SENTENCE)


def _of(value: float) -> str:
    """Return the end of "with a probability …"."""
    return probability(value) if value > 0.9995 else f"of {probability(value)}"
