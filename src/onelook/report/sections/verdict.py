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
from onelook.report.page_wording import decimals_for, duration, percent, place, score_in_words, set_in_words, size
from onelook.report.results import Results
from onelook.wording import agree, counted, definite, marked, percentage, sentence, translate

_NONE = marked("The model was not scored: there is no evaluation.json.")
_NO_SCORE = {
    "running": marked("The run has not ended yet, so there is no score."),
    "interrupted": marked("The run was interrupted before its model was scored."),
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
        topic=translate("Verdict"),
        title=_title(evaluation),
        template="verdict.html",
        view=Verdict(
            trained=trained_in_words(results),
            score=score_of(evaluation) if evaluation else None,
            no_score=translate(_NO_SCORE.get(results.run.status, _NONE)),
            cautions=cautions_of(results),
            facts=tuple(_facts(results)),
            more_scores=tuple(_more_scores(evaluation)) if evaluation else (),
            highlights=tuple(highlights(results)),
        ),
    )


def _title(evaluation: Evaluation | None) -> str:
    if evaluation is None:
        return translate("No score yet")
    share = percent(evaluation.accuracy, decimals_for(evaluation.rows))
    pictures = counted(evaluation.rows, "{kind} picture", kind=set_in_words(evaluation.set_name))
    title = translate("{share} of {pictures} named correctly", share=share, pictures=pictures)
    if evaluation.without_leaks is None:
        return title
    left = percent(evaluation.without_leaks.accuracy, decimals_for(evaluation.without_leaks.rows))
    return translate("{title}; {left} without those that the model has seen", title=title, left=left)


def score_of(evaluation: Evaluation) -> Score:
    """Return the accuracy in figures and words."""
    decimals = decimals_for(evaluation.rows)
    right, wrong = right_and_wrong(evaluation)
    kind = set_in_words(evaluation.set_name)
    low, high = evaluation.accuracy_interval
    return Score(
        number=percentage(evaluation.accuracy, decimals),
        claim=translate(
            "of {the_pictures} named correctly: ", the_pictures=definite(evaluation.rows, "{kind} picture", kind=kind)
        )
        + (
            translate("{right} right, {wrong} wrong.", right=f"{right:,}", wrong=f"{wrong:,}")
            if wrong
            else translate("all of them.")
        )
        + _whereabouts(evaluation),
        strip=interval_strip(evaluation.accuracy, low, high, lambda share: percent(share, _tick_decimals(low, high))),
        accuracy=percent(evaluation.accuracy, decimals),
        low=percent(low, decimals),
        high=percent(high, decimals),
        certainty=_of_unseen(evaluation)
        or (
            translate(
                "With {pictures}, the accuracy on pictures of the same kind is likely between {low} and {high} "
                "({share} interval).",
                pictures=counted(evaluation.rows, "{kind} picture", kind=kind),
                low=percent(low, decimals),
                high=percent(high, decimals),
                share=percent(0.95, 0),
            )
        ),
    )


def _whereabouts(evaluation: Evaluation) -> str:
    """Return a sentence that says whether the scored pictures were kept out of training."""
    seen = sum((evaluation.leaked or {}).values())
    if seen:
        return translate(
            " {seen} of them {are} in training too.", seen=f"{seen:,}", are=agree(seen, "is", "are")
        )  # the title has the score without them
    return translate(" They were kept out of training.") if evaluation.set_name == "test" else ""


def _of_unseen(evaluation: Evaluation) -> str:
    """Return what the score says about new pictures where the model has seen some; empty if it has seen none."""
    if not sum((evaluation.leaked or {}).values()):
        return ""
    if (left := evaluation.without_leaks) is None:
        return translate("A model can remember what it was trained on: this figure says nothing about other pictures.")
    decimals = decimals_for(left.rows)
    low, high = (percent(bound, decimals) for bound in left.accuracy_interval)
    return translate(
        "Measured on {the_pictures} that it has not seen, the accuracy on new pictures of the same kind is "
        "likely between {low} and {high} ({share} interval).",
        the_pictures=definite(left.rows, "picture"),
        low=low,
        high=high,
        share=percent(0.95, 0),
    )


def _tick_decimals(low: float, high: float) -> int:
    return 0 if high - low > 0.02 else 1 if high - low > 0.002 else 2


def trained_in_words(results: Results) -> str:
    """Return a sentence on what was trained on what; empty if the run does not say."""
    run, data = results.run, results.run.data
    if not run.model.name and not run.split.train:
        return ""
    kind = translate("model") if run.model.learnt else translate("network")
    fitted, seconds = run.model.fitted_rows or run.split.train, run.timings.get("train")
    texts = {
        "network": translate("the {kind} {name}", kind=kind, name=run.model.name)
        if run.model.name
        else translate("a network"),
        "classes": translate(" to tell {classes} apart", classes=counted(len(data.class_names), "class"))
        if data.class_names
        else "",
        "rows": translate(" on {pictures}", pictures=counted(fitted, "picture")) if fitted else "",
        "source": translate(" from {name}", name=data.name) if data.name else "",
        "time": translate(", in {time}", time=duration(seconds)) if seconds else "",
        "where": translate(" on {device}", device=place(run.device)) if run.device else "",
    }
    return sentence(
        translate("{network} was fitted{classes}{rows}{source}{time}{where}", **texts)
        if run.model.learnt
        else translate("{network} was trained{classes}{rows}{source}{time}{where}", **texts)
    )


def cautions_of(results: Results) -> tuple[str, ...]:
    """Return what to know before the score is believed, a sentence each."""
    run, evaluation = results.run, results.evaluation
    cautions = []
    if run.status == "interrupted":
        done = len(results.history)
        when = (
            translate("after {epochs}", epochs=counted(done, "epoch"))
            if done
            else translate("before its first epoch was done")
        )
        cautions.append(
            translate("The run was interrupted {when}. To continue it, run the same command with --resume.", when=when)
        )
    if evaluation is not None and evaluation.set_name == "val":
        cautions.append(
            f"{_why_not_test(run)}{_what_they_decided(run)}"
            + (
                ""
                if run.split.test
                else translate(" For an honest score, keep labelled pictures aside and name them with --test.")
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
        return translate(" The model was not fitted on them.")
    return translate(" They also decided which epoch was kept, so the score is slightly optimistic.")


def _why_not_test(run: RunFacts) -> str:
    """Return why the score is on the validation pictures."""
    if run.split.test:
        return translate(
            "The test pictures are kept for the end of the run, so this is the score on the validation pictures."
        )
    return translate("There was no labelled test set, so this is the score on the validation pictures.")


def _more_scores(evaluation: Evaluation) -> list[Fact]:
    """Return the scores that the first screen does not show."""
    shown = _scores(evaluation, "report")
    return [fact for fact in _scores(evaluation) if fact not in shown]


def _scores(evaluation: Evaluation, place: Place | None = None) -> list[Fact]:
    decimals = decimals_for(evaluation.rows)
    return [
        Fact(
            translate(score.title),
            score_in_words(score, evaluation.scores[name], decimals),
            translate(METRICS.describe(name)),
        )
        for name, score in further_scores([evaluation.scores], place).items()
    ]


def _baseline(evaluation: Evaluation, decimals: int) -> Iterator[Fact]:
    if (found := evaluation.baseline) is not None:
        meaning = translate(
            "a logistic regression on {height} × {width} pixels of {pictures}",
            height=found.height,
            width=found.width,
            pictures=counted(found.rows, "picture"),
        )
        yield Fact(translate("Simple model"), percent(found.accuracy, decimals), meaning)


def _facts(results: Results) -> list[Fact]:
    facts = []
    evaluation, run = results.evaluation, results.run
    if evaluation is not None:
        decimals = decimals_for(evaluation.rows)
        largest = max(evaluation.per_class, key=lambda one: one.support)
        facts = [
            *_scores(evaluation, "report"),
            Fact(
                translate("To beat"),
                percent(largest.support / evaluation.rows, decimals),
                translate("the score of always answering {class_name}", class_name=largest.class_name),
            ),
            *_baseline(evaluation, decimals),
        ]
    if run.model.size_bytes:
        facts.append(Fact(translate("Model size"), size(run.model.size_bytes), translate("on disk")))
    return facts
