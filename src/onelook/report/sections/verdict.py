"""The first screen of the report: what was trained, its score, how sure that is, and what to look at first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from onelook.evaluation.result import Evaluation
from onelook.evaluation.score_without_leaks import leak_sentence
from onelook.metrics import METRICS
from onelook.metrics.scores import Place, further_scores
from onelook.report.charts.lines import IntervalStrip, interval_strip
from onelook.report.confusions import right_and_wrong
from onelook.report.facts import RunFacts
from onelook.report.highlights import Highlight, highlights
from onelook.report.page import Section
from onelook.report.page_wording import SET_IN_WORDS, decimals_for, duration, percent, place, score_in_words, size
from onelook.report.results import Results
from onelook.wording import agree, counted, definite, percentage, sentence

_NO_SCORE = {
    "running": "The run has not ended yet, so there is no score.",
    "interrupted": "The run was interrupted before its model was scored.",
}


@dataclass(frozen=True)
class Fact:
    """A figure with its name and what it means."""

    name: str
    value: str
    meaning: str = ""


@dataclass(frozen=True)
class Score:
    """The accuracy in figures and words."""

    number: str
    claim: str
    strip: IntervalStrip
    accuracy: str
    low: str
    high: str
    certainty: str


@dataclass(frozen=True)
class Verdict:
    """The content of the first screen."""

    trained: str
    score: Score | None
    no_score: str
    cautions: tuple[str, ...]
    facts: tuple[Fact, ...]
    more_scores: tuple[Fact, ...]
    highlights: tuple[Highlight, ...]


def build_section(results: Results) -> Section:
    """Build the first screen. Every run has it, with or without a score."""
    evaluation = results.evaluation
    return Section(
        topic="Verdict",
        title=_title(evaluation),
        template="verdict.html",
        view=Verdict(
            trained=trained_in_words(results),
            score=score_of(evaluation) if evaluation else None,
            no_score=_NO_SCORE.get(results.run.status, "The model was not scored: there is no evaluation.json."),
            cautions=cautions_of(results),
            facts=tuple(_facts(results)),
            more_scores=tuple(_more_scores(evaluation)) if evaluation else (),
            highlights=tuple(highlights(results)),
        ),
    )


def _title(evaluation: Evaluation | None) -> str:
    if evaluation is None:
        return "No score yet"
    share = percent(evaluation.accuracy, decimals_for(evaluation.rows))
    pictures = counted(evaluation.rows, f"{SET_IN_WORDS[evaluation.set_name]} picture")
    title = f"{share} of {pictures} named correctly"
    if evaluation.without_leaks is None:
        return title
    left = percent(evaluation.without_leaks.accuracy, decimals_for(evaluation.without_leaks.rows))
    return f"{title}; {left} without those that the model has seen"


def score_of(evaluation: Evaluation) -> Score:
    """Return the accuracy in figures and words."""
    decimals = decimals_for(evaluation.rows)
    right, wrong = right_and_wrong(evaluation)
    kind = SET_IN_WORDS[evaluation.set_name]
    low, high = evaluation.accuracy_interval
    return Score(
        number=percentage(evaluation.accuracy, decimals),
        claim=f"of {definite(evaluation.rows, f'{kind} picture')} named correctly: "
        + (f"{right:,} right, {wrong:,} wrong." if wrong else "all of them.")
        + _whereabouts(evaluation),
        strip=interval_strip(evaluation.accuracy, low, high, lambda share: percent(share, _tick_decimals(low, high))),
        accuracy=percent(evaluation.accuracy, decimals),
        low=percent(low, decimals),
        high=percent(high, decimals),
        certainty=_of_unseen(evaluation)
        or (
            f"With {counted(evaluation.rows, f'{kind} picture')}, the accuracy on pictures of the same kind is "
            f"likely between {percent(low, decimals)} and {percent(high, decimals)} ({percent(0.95, 0)} interval)."
        ),
    )


def _whereabouts(evaluation: Evaluation) -> str:
    """Return a sentence that says whether the scored pictures were kept out of training."""
    seen = sum((evaluation.leaked or {}).values())
    if seen:
        return f" {seen:,} of them {agree(seen, 'is', 'are')} in training too."  # the title has the score without them
    return " They were kept out of training." if evaluation.set_name == "test" else ""


def _of_unseen(evaluation: Evaluation) -> str:
    """Return what the score says about new pictures where the model has seen some; empty if it has seen none."""
    if not sum((evaluation.leaked or {}).values()):
        return ""
    if (left := evaluation.without_leaks) is None:
        return "A model can remember what it was trained on: this figure says nothing about other pictures."
    decimals = decimals_for(left.rows)
    low, high = (percent(bound, decimals) for bound in left.accuracy_interval)
    return (
        f"Measured on {definite(left.rows, 'picture')} that it has not seen, the accuracy on new pictures of the "
        f"same kind is likely between {low} and {high} ({percent(0.95, 0)} interval)."
    )


def _tick_decimals(low: float, high: float) -> int:
    return 0 if high - low > 0.02 else 1 if high - low > 0.002 else 2


def trained_in_words(results: Results) -> str:
    """Return a sentence on what was trained on what; empty if the run does not say."""
    run, data = results.run, results.run.data
    if not run.model.name and not run.split.train:
        return ""
    kind, done = ("model", "fitted") if run.model.learnt else ("network", "trained")
    network = f"the {kind} {run.model.name}" if run.model.name else "a network"
    classes = f" to tell {counted(len(data.class_names), 'class')} apart" if data.class_names else ""
    fitted = run.model.fitted_rows or run.split.train
    rows = f" on {counted(fitted, 'picture')}" if fitted else ""
    source = f" from {data.name}" if data.name else ""
    seconds = run.timings.get("train")
    time = f", in {duration(seconds)}" if seconds else ""
    where = f" on {place(run.device)}" if run.device else ""
    return sentence(f"{network} was {done}{classes}{rows}{source}{time}{where}")


def cautions_of(results: Results) -> tuple[str, ...]:
    """Return what to know before the score is believed, a sentence each."""
    run, evaluation = results.run, results.evaluation
    cautions = []
    if run.status == "interrupted":
        done = len(results.history)
        when = f"after {counted(done, 'epoch')}" if done else "before its first epoch was done"
        cautions.append(f"The run was interrupted {when}. To continue it, run the same command with --resume.")
    if evaluation is not None and evaluation.set_name == "val":
        cautions.append(
            f"{_why_not_test(run)}{_what_they_decided(run)}"
            + (
                ""
                if run.split.test
                else " For an honest score, keep labelled pictures aside and name them with --test."
            )
        )
    if evaluation is None:
        return tuple(cautions)
    # The claim and the section on leaks give the counts and both scores already.
    said = leak_sentence(evaluation) if sum((evaluation.leaked or {}).values()) else None
    return (*cautions, *(warning for warning in evaluation.warnings if warning != said))


def _what_they_decided(run: RunFacts) -> str:
    """Return what the validation pictures were used for, which makes their score too good."""
    if run.model.learnt:
        return " The model was not fitted on them."
    return " They also decided which epoch was kept, so the score is slightly optimistic."


def _why_not_test(run: RunFacts) -> str:
    """Return why the score is on the validation pictures."""
    if run.split.test:
        return "The test pictures are kept for the end of the run, so this is the score on the validation pictures."
    return "There was no labelled test set, so this is the score on the validation pictures."


def _more_scores(evaluation: Evaluation) -> list[Fact]:
    """Return the scores that the first screen does not show."""
    shown = _scores(evaluation, "report")
    return [fact for fact in _scores(evaluation) if fact not in shown]


def _scores(evaluation: Evaluation, place: Place | None = None) -> list[Fact]:
    decimals = decimals_for(evaluation.rows)
    return [
        Fact(score.title, score_in_words(score, evaluation.scores[name], decimals), METRICS.describe(name))
        for name, score in further_scores([evaluation.scores], place).items()
    ]


def _baseline(evaluation: Evaluation, decimals: int) -> Iterator[Fact]:
    if (found := evaluation.baseline) is not None:
        meaning = f"a logistic regression on {found.height} × {found.width} pixels of {counted(found.rows, 'picture')}"
        yield Fact("Simple model", percent(found.accuracy, decimals), meaning)


def _facts(results: Results) -> list[Fact]:
    facts = []
    evaluation, run = results.evaluation, results.run
    if evaluation is not None:
        decimals = decimals_for(evaluation.rows)
        largest = max(evaluation.per_class, key=lambda one: one.support)
        facts = [
            *_scores(evaluation, "report"),
            Fact(
                "To beat",
                percent(largest.support / evaluation.rows, decimals),
                f"the score of always answering {largest.class_name}",
            ),
            *_baseline(evaluation, decimals),
        ]
    if run.model.size_bytes:
        facts.append(Fact("Model size", size(run.model.size_bytes), "on disk"))
    return facts
