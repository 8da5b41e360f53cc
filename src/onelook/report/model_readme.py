"""`model/README.md`: what a model is for, how good it is and where it fails, for whoever gets the model's folder alone.

It is a model card (Mitchell et al. 2019, arXiv:1810.03993), with the metadata that the Hugging Face Hub reads between
the two lines of `---` at its top.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from onelook.classifier import Classifier
from onelook.classifier.folder import README, README_MARK
from onelook.evaluation.result import Evaluation
from onelook.files import write_text
from onelook.metrics import METRICS
from onelook.report.highlights import highlights
from onelook.report.page_wording import decimals_for, part_in_words, percent, score_in_words, set_in_words
from onelook.report.results import Results, read_results
from onelook.report.sections.verdict import cautions_of, trained_in_words
from onelook.run_folder import RunFolder
from onelook.wording import counted, listed

_MOST_CLASSES = 100  # with a row each
_USE = """\
Loading it runs no code. In this folder, after `pip install 'onelook[serve]'`:

```sh
onelook verify .              # is it whole, and does it answer here as where it was made?
onelook predict . photo.jpg
onelook serve .
```

```python
import onelook

onelook.load(".").predict("photo.jpg")
```"""
_TO_BE_FILLED_IN = "To be filled in by whoever passes the model on, here and in the metadata above."
_SPECIAL = re.compile(r"([\\`*_{}\[\]|#~$])")


def write_model_readme(folder: RunFolder) -> None:
    """Write `model/README.md` from the result files of a run that has a model.

    Raises:
        OnelookError: there is no run, or one of its files is damaged.
    """
    write_text(folder.model / README, model_readme(read_results(folder)))


def write_imported_readme(classifier: Classifier, folder: Path, notes: Sequence[str]) -> None:
    """Write `README.md` into the folder of a model that was imported.

    Args:
        classifier: the model, whose card says which file it was.
        folder: where it was saved.
        notes: sentences on what was taken for granted.
    """
    write_text(folder / README, imported_readme(classifier, folder.resolve().name, notes))


def model_readme(results: Results) -> str:
    """Return the README of a run's model, as Markdown."""
    run = results.run
    sections = (
        _top(results.name, results.data.class_names),
        *(part(results) for part in (_data, _score, _limits)),
        _use(run.created, run.versions),
        _licence(results),
    )
    return _joined(_metadata(results), *sections)


def imported_readme(classifier: Classifier, name: str, notes: Sequence[str]) -> str:
    """Return the README of a model from another program, as Markdown; nothing is known of its pictures or its score.

    Args:
        classifier: the model, whose card says which file it was.
        name: the title.
        notes: sentences on what was taken for granted.
    """
    training = classifier.card.training
    versions = training.get("versions")
    return _joined(
        _metadata_of(None),
        _top(name, classifier.class_names),
        _origin(classifier),
        _assumptions(notes),
        _unscored(),
        _use(str(training.get("date") or ""), versions if isinstance(versions, Mapping) else {}),
        ("## Licence", "", _TO_BE_FILLED_IN),
    )


def _joined(metadata: Iterator[str], *sections: Iterator[str] | Sequence[str]) -> str:
    """Return the text of all sections that have lines."""
    texts = ("\n".join(lines) for section in sections if (lines := [*section]))
    return "\n".join(metadata) + "\n\n" + "\n\n".join(texts) + "\n"


def markdown(text: str) -> str:
    """Return text that Markdown shows unchanged, in one line.

    Example:
        >>> markdown("a|b <script> *c*"), markdown("two" + chr(10) + "lines")
        ('a\\\\|b &lt;script&gt; \\\\*c\\\\*', 'two lines')
    """
    escaped = _SPECIAL.sub(r"\\\1", _one_line(text))
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _one_line(text: str) -> str:
    """Return the text without line ends, control characters and the like."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def _metadata(results: Results) -> Iterator[str]:
    evaluation = results.evaluation
    first, *others, last = _metadata_of(results.run.model.name)
    yield from (first, *others)
    if evaluation is not None:
        yield "metrics: [accuracy]"
        yield "model-index:"
        yield f"  - name: {_quoted(results.name)}"
        yield "    results:"
        yield "      - task: {type: image-classification}"
        yield f"        dataset: {{name: {_quoted(results.data.name)}, type: {_quoted(results.data.layout)}}}"
        yield f"        metrics: [{{type: accuracy, value: {evaluation.accuracy:.6g}}}]"
    yield last


def _metadata_of(network: str | None) -> Iterator[str]:
    """Yield the metadata of a model without a score."""
    yield from README_MARK.splitlines()
    yield "pipeline_tag: image-classification"
    yield "license: unknown  # fill in: the licence that you give to this model"
    yield f"tags: [{', '.join(map(_quoted, filter(None, ('image-classification', 'onelook', network))))}]"
    yield "---"


def _quoted(text: str) -> str:
    """Return text as a string of YAML, which reads JSON's."""
    return json.dumps(_one_line(text) or "unknown", ensure_ascii=False)


def _top(title: str, names: Sequence[str]) -> Iterator[str]:
    yield f"# {markdown(title)}"
    yield ""
    yield (
        f"This model answers which of {counted(len(names), 'class')} a picture shows: "
        f"{markdown(listed(names, most=20))}. It names one of them for every picture, also for a picture of something "
        "else."
    )


def _data(results: Results) -> Iterator[str]:
    data, counts = results.data, results.data.class_counts
    yield "## What it learnt from"
    yield ""
    yield markdown(trained_in_words(results))
    parts = [part for part in counts if sum(counts[part].values())]
    if not parts:
        return
    yield ""
    yield f"| class | {' | '.join(part_in_words(part) for part in parts)} |"
    yield f"|---|{'---:|' * len(parts)}"
    for name in data.class_names[:_MOST_CLASSES]:
        yield f"| {markdown(name)} | {' | '.join(f'{counts[part].get(name, 0):,}' for part in parts)} |"
    if (more := len(data.class_names) - _MOST_CLASSES) > 0:
        yield f"| and {counted(more, 'more class')} |{' |' * len(parts)}"
    if data.fingerprint:
        yield ""
        yield f"Fingerprint of the data: `{data.fingerprint}`"


def _score(results: Results) -> Iterator[str]:
    evaluation = results.evaluation
    yield "## How good it is"
    yield ""
    if evaluation is None:
        yield "The model was not scored."
        return
    decimals = decimals_for(evaluation.rows)
    low, high = (percent(bound, decimals) for bound in evaluation.accuracy_interval)
    pictures = counted(evaluation.rows, f"{set_in_words(evaluation.set_name)} picture")
    yield (
        f"{percent(evaluation.accuracy, decimals)} of {pictures} named correctly "
        f"({percent(0.95, 0)} interval: {low} to {high})."
    )
    for caution in cautions_of(results):
        yield ""
        yield markdown(caution)
    yield ""
    yield "| score | value |"
    yield "|---|---:|"
    for name in METRICS:
        if (value := evaluation.scores.get(name)) is not None:
            score = METRICS.load(name)
            yield f"| {score.title} | {score_in_words(score, value)} |"
    yield ""
    yield from _classes(evaluation)


def _classes(evaluation: Evaluation) -> Iterator[str]:
    """Yield the table of the classes, the weakest first where there are too many."""
    classes = evaluation.per_class
    if len(classes) > _MOST_CLASSES:
        yield f"The {_MOST_CLASSES} weakest of {len(classes):,} classes:"
        yield ""
        classes = tuple(sorted(classes, key=lambda one: one.f1)[:_MOST_CLASSES])
    yield "| class | precision | recall | pictures |"
    yield "|---|---:|---:|---:|"
    for one in classes:
        yield f"| {markdown(one.class_name)} | {percent(one.precision)} | {percent(one.recall)} | {one.support:,} |"


def _limits(results: Results) -> Iterator[str]:
    found = [each.sentence for each in highlights(results) if each.section != "gains"]  # not what to do next
    found += [each.message for each in results.findings if each.message not in found]
    if found:
        yield "## Limits that were found"
        yield ""
        yield from (f"- {markdown(each)}" for each in found)


def _origin(classifier: Classifier) -> Iterator[str]:
    card = classifier.card
    training = card.training
    version = training.get("keras_version")
    height, width, channels = card.input_shape
    kind = "grey" if channels == 1 else "colour"
    yield "## Where it comes from"
    yield ""
    wrote = f", which Keras {markdown(str(version))} wrote" if version else ""
    yield (
        f"It was imported from the Keras file {markdown(str(training.get('imported_from')))}{wrote}, and answers as "
        f"Keras does, but for rounding. It takes {kind} pictures, made {height}×{width} pixels in size. The file does "
        "not say which pictures the model learnt from."
    )
    yield ""
    yield f"SHA-256 of the file: `{training.get('imported_sha256')}`"


def _assumptions(notes: Sequence[str]) -> Iterator[str]:
    if notes:
        yield "## What was taken for granted"
        yield ""
        yield from (f"- {markdown(note)}" for note in notes)


def _unscored() -> Iterator[str]:
    yield "## How good it is"
    yield ""
    yield "The model was not scored here. Pictures with labels that it has not learnt from tell, in this folder:"
    yield ""
    yield "```sh\nonelook evaluate . photos/\n```"


def _use(created: str, versions: Mapping[str, object]) -> Iterator[str]:
    yield "## How to use it"
    yield ""
    yield _USE
    listed_versions = ", ".join(f"{name} {version}" for name, version in versions.items())
    made = _date(created)
    if made or listed_versions:
        yield ""
        with_them = f" with {markdown(listed_versions)}" if listed_versions else ""
        yield f"Made{f' on {made}' if made else ''}{with_them}."


def _date(moment: str) -> str:
    try:
        return datetime.fromisoformat(moment).date().isoformat()
    except ValueError:
        return ""


def _licence(results: Results) -> Iterator[str]:
    yield "## Licence"
    yield ""
    yield _TO_BE_FILLED_IN
    if pretrained := results.run.model.pretrained:
        origin = ", ".join(filter(None, (pretrained.trained_on, pretrained.source)))
        licence = pretrained.licence or "not stated"
        yield ""
        yield f"Training started from published weights: {markdown(origin)}. Their licence: {markdown(licence)}."
