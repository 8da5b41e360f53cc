"""The scored pictures that the model has seen before, and the score without them."""

from __future__ import annotations

from dataclasses import dataclass

from onelook.evaluation.result import Evaluation, LeftScore
from onelook.evaluation.score_without_leaks import KINDS, memory_sentence
from onelook.metrics.scores import Score, further_scores
from onelook.report.page import Section
from onelook.report.page_wording import decimals_for, percent, score_in_words, set_in_words
from onelook.report.results import Results
from onelook.wording import agree, counted, listed, marked, translate

_TOPIC = marked("Leaks")
_LEAK_CHECKS = frozenset({"leak-exact", "leak-near", "leak-validation"})


@dataclass(frozen=True)
class ScoreRow:
    """One line of the table: which pictures were scored, and the scores."""

    pictures: str  # which pictures
    rows: int
    accuracy: str
    interval: str
    figures: tuple[str, ...]  # one for each of `heads`
    honest: bool  # whether this is the score to believe


@dataclass(frozen=True)
class Leaks:
    """The content of the section."""

    how: str  # how many pictures were seen in which way
    heads: tuple[str, ...]  # of the scores beside accuracy
    scores: tuple[ScoreRow, ...]
    nothing_left: bool  # whether the model has seen all pictures
    decided: str  # the end of a sentence: what the validation pictures were used for
    validation: str  # the accuracy on the validation pictures, to use if no test picture is left
    memory: str  # a sentence on a classical model: how much of its score is memory
    has_pairs: bool  # whether the findings show these pictures beside their copies


def build_section(results: Results) -> Section:
    """Build the section with the number of pictures that the model has seen, and its score with and without them."""
    evaluation = results.evaluation
    if evaluation is None or evaluation.leaked is None:
        missing = (
            translate("The model was not scored.")
            if evaluation is None
            else translate("This run did not check for them.")
        )
        return Section(translate(_TOPIC), translate("Scored pictures that were trained on"), missing=missing)
    kind = set_in_words(evaluation.set_name)
    seen = sum(evaluation.leaked.values())
    if not seen:
        return Section(
            translate(_TOPIC),
            translate("No {kind} picture was seen before", kind=kind),
            missing=translate("No {kind} picture has a copy in training.", kind=kind),
        )
    verb = agree(seen, "was", "were")
    return Section(
        topic=translate(_TOPIC),
        title=translate(
            "{seen} of {pictures} {were} seen before",
            seen=f"{seen:,}",
            pictures=counted(evaluation.rows, "{kind} picture", kind=kind),
            were=verb,
        ),
        template="leaks.html",
        view=Leaks(
            how=_how(evaluation),
            heads=tuple(translate(score.title) for score in _further(evaluation).values()),
            scores=_scores(evaluation, seen),
            nothing_left=evaluation.without_leaks is None,
            validation=_validation(results),
            decided="" if results.run.model.learnt else translate(", but decided which epoch was kept"),
            memory=_memory(results),
            has_pairs=any(finding.check in _LEAK_CHECKS for finding in results.findings),
        ),
    )


def _validation(results: Results) -> str:
    """Return the validation accuracy of the kept epoch; empty if it cannot be believed."""
    best, found = results.best_epoch, {finding.check for finding in results.findings}
    is_clean = results.run.origin is None or results.run.origin.clean is True
    if best is None or best.val_accuracy is None or "leak-validation" in found or not is_clean:
        return ""
    return translate(
        "{val_accuracy} of the validation pictures",
        val_accuracy=percent(best.val_accuracy, decimals_for(results.run.split.val)),
    )


def _memory(results: Results) -> str:
    """Return how much of a classical model's score is memory, as a sentence; empty if that is not known."""
    if results.evaluation is None or not results.run.model.learnt:
        return ""
    best, found = results.best_epoch, {finding.check for finding in results.findings}
    val_accuracy = None if best is None or "leak-validation" in found else best.val_accuracy
    return memory_sentence(results.evaluation, results.run.model.name, val_accuracy) or ""


def _how(evaluation: Evaluation) -> str:
    ways = [
        f"{count:,} {translate(KINDS.get(kind, kind))}"  # a kind that this version does not know has its name
        for kind, count in (evaluation.leaked or {}).items()
        if count
    ]
    return listed(ways)


def _scores(evaluation: Evaluation, seen: int) -> tuple[ScoreRow, ...]:
    kind = set_in_words(evaluation.set_name)
    left = evaluation.without_leaks
    further = _further(evaluation)
    whole = _row(translate("all {kind} pictures", kind=kind), evaluation, further, honest=False)
    if left is None:
        return (whole,)
    return (whole, _row(translate("without the {seen} that were seen", seen=f"{seen:,}"), left, further, honest=True))


def _further(evaluation: Evaluation) -> dict[str, Score]:
    return further_scores([evaluation.scores], "report")


def _row(pictures: str, scored: Evaluation | LeftScore, further: dict[str, Score], *, honest: bool) -> ScoreRow:
    decimals = decimals_for(scored.rows)
    low, high = scored.accuracy_interval
    return ScoreRow(
        pictures=pictures,
        rows=scored.rows,
        accuracy=percent(scored.accuracy, decimals),
        interval=translate("{low} to {high}", low=percent(low, decimals), high=percent(high, decimals)),
        figures=tuple(score_in_words(score, scored.scores[name], decimals) for name, score in further.items()),
        honest=honest,
    )
