"""Pictures with their label and the model's prediction: the worst errors, and a few drawn at random."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from onelook.evaluation.pictures.index import PredictedPicture
from onelook.report.gallery.heat_words import HeatWords, heat_words
from onelook.report.gallery.script_data import script_data
from onelook.report.marking import mark_attribute
from onelook.report.page import Section
from onelook.report.page_wording import class_in_words, in_sight, set_in_words, short_probability
from onelook.report.pictures import Thumbnails
from onelook.report.results import Results
from onelook.wording import agree, translate


@dataclass(frozen=True)
class ShownPicture:
    """A thumbnail with its label and the prediction."""

    address: str | None  # a `data:` address; None if the thumbnail is missing
    id: str
    label: str
    predicted: str
    sure: str  # the probability of the predicted class
    label_sure: str  # the probability of the label
    right: bool
    words: str  # the picture in words, for readers who cannot see it
    mark: str  # the attribute of a picture that can be marked


@dataclass(frozen=True)
class Errors:
    """The content of the section on errors."""

    pictures: tuple[ShownPicture, ...]
    errors: int
    data: str  # of the script, as JSON that needs no escapes; empty if there is nothing to filter
    heat: HeatWords | None  # what the heat maps show; None if there are none


@dataclass(frozen=True)
class RandomPictures:
    """The content of the section on random pictures."""

    pictures: tuple[ShownPicture, ...]


def build_errors(results: Results) -> Section:
    """Build the section with up to 24 errors, ordered by p(predicted class) - p(label)."""
    topic, kept = translate("Worst errors"), results.report_pictures
    if kept is None:
        return Section(topic, translate("The worst errors"), missing=translate("No pictures were kept with this run."))
    kind = f"{set_in_words(results.evaluation.set_name)} " if results.evaluation else ""
    if not kept.worst_errors:
        return Section(
            topic,
            translate("The worst errors"),
            missing=translate("There are none: every {kind}picture was named correctly.", kind=kind),
        )
    shown = len(kept.worst_errors)
    return Section(
        topic=topic,
        title=translate("The {shown} worst of {errors} errors", shown=shown, errors=f"{kept.errors:,}")
        if kept.errors > shown
        else translate("Every error"),
        template="errors.html",
        view=Errors(
            pictures=shown_pictures(kept.worst_errors, results.pictures, results.contents),
            errors=kept.errors,
            data=script_data(results),
            heat=heat_words(results.heat_maps),
        ),
        scripts=("heat_map.js", "heat_maps.js", "filtered.js", "gallery.js"),
    )


def build_random(results: Results) -> Section:
    """Build the section with twelve pictures that the run's seed draws: what the model does with ordinary ones."""
    kept = results.report_pictures
    if kept is None:
        return Section(
            translate("At random"),
            translate("Pictures at random"),
            missing=translate("No pictures were kept with this run."),
        )
    right = sum(picture.label == picture.predicted for picture in kept.random)
    kind = set_in_words(results.evaluation.set_name) if results.evaluation else translate("scored")
    count = len(kept.random)
    values = {"right": right, "count": count, "kind": kind}
    several = (
        translate("All {count} {kind} pictures drawn at random are right", **values)
        if right == count
        else translate("{right} of {count} {kind} pictures drawn at random are right", **values)
    )
    only = (
        translate("The one {kind} picture is right", **values)
        if right
        else translate("The one {kind} picture is wrong", **values)
    )
    return Section(
        topic=translate("At random"),
        title=agree(count, only, several),
        template="random.html",
        view=RandomPictures(shown_pictures(kept.random, results.pictures, results.contents)),
    )


def shown_pictures(
    pictures: Sequence[PredictedPicture], folder: Thumbnails, contents: Mapping[str, str] | None = None
) -> tuple[ShownPicture, ...]:
    """Return the pictures with their thumbnails read.

    Args:
        pictures: what the run kept of them.
        folder: has the thumbnails.
        contents: those of the pictures, by id; None for pictures that cannot be marked.
    """
    return tuple(
        ShownPicture(
            address=folder.data_uri(picture.file),
            id=picture.id,
            label=class_in_words(picture.label),
            predicted=class_in_words(picture.predicted),
            sure=short_probability(picture.p_predicted),
            label_sure=short_probability(picture.p_label),
            right=picture.label == picture.predicted,
            words=translate(
                "Picture {id}: labelled {label}, taken for {predicted}",
                id=in_sight(picture.id),
                label=class_in_words(picture.label),
                predicted=class_in_words(picture.predicted),
            ),
            mark=_mark(picture, contents),
        )
        for picture in pictures
    )


def _mark(picture: PredictedPicture, contents: Mapping[str, str] | None) -> str:
    if contents is None:
        return ""
    return mark_attribute(picture.id, picture.label, picture.predicted, contents.get(picture.id, ""))
