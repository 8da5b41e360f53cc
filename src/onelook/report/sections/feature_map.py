"""The map of the scored pictures: those that are alike to the model lie near each other, and errors are ringed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from onelook.evaluation.feature_map import FEWEST_POINTS, FeatureMap
from onelook.report.page import Section
from onelook.report.page_wording import class_in_words, in_sight, set_in_words
from onelook.report.results import Results
from onelook.wording import agree, counted, marked, translate

if TYPE_CHECKING:
    from markupsafe import Markup

_TOPIC = marked("Map")
_MOST_COLOURED = 10  # classes; with more, colours look the same, and one class at a time is marked
_LONGEST_SHARED = 94  # characters of an id that are written as one


@dataclass(frozen=True)
class DrawnMap:
    """The content of the section."""

    about: str  # what lies near what
    sample: str  # which pictures, and how their places were found
    points: int
    errors: int
    is_coloured: bool
    data: str  # of the script


def build_section(results: Results) -> Section:
    """Build the section with the map."""
    found, evaluation = results.feature_map, results.evaluation
    if found is None or evaluation is None:
        return Section(translate(_TOPIC), translate("A map of the pictures"), missing=_why_none(results))
    kind = set_in_words(evaluation.set_name)
    return Section(translate(_TOPIC), _title(found), "map.html", _view(found, kind), scripts=("map.js",))


def _why_none(results: Results) -> str:
    """Return why there is no map, as a sentence."""
    evaluation = results.evaluation
    if evaluation is not None and evaluation.rows < FEWEST_POINTS:
        some = counted(evaluation.rows, "{kind} picture", kind=set_in_words(evaluation.set_name))
        return translate("{some} {are} too few for a map.", some=some, are=agree(evaluation.rows, "is", "are"))
    return next(
        (sentence for sentence in results.run.left_out if "the map" in sentence), translate("No map was drawn.")
    )


def _title(found: FeatureMap) -> str:
    if not found.errors:
        return translate(
            "{pictures}, as the model sees them, and no error among them", pictures=counted(len(found.ids), "picture")
        )
    if not found.among_others:
        none = agree(
            found.errors,
            translate("The only error does not lie"),
            translate("None of {errors} errors lies", errors=f"{found.errors:,}"),
        )
        return translate("{none} among pictures of the class that it was taken for", none=none)
    lie = agree(found.among_others, "lies", "lie")
    if found.errors == 1:
        return translate("The only error lies among pictures of the class that it was taken for")
    return translate(
        "{among_others} of {errors} errors {lie} among pictures of the class that they were taken for",
        among_others=f"{found.among_others:,}",
        errors=f"{found.errors:,}",
        lie=lie,
    )


def _view(found: FeatureMap, kind: str) -> DrawnMap:
    points = len(found.ids)
    if found.seen == "features":
        about = translate(
            "Pictures near each other are alike to the model: the map is made of what its last layer receives."
        )
    else:
        about = translate("Pictures near each other are alike, pixel by pixel: this model has no features to compare.")
    shown = (
        translate("All {points} {kind} pictures are shown", points=f"{points:,}", kind=kind)
        if points == found.rows
        else (
            translate(
                "{points} of {rows} {kind} pictures are shown, evenly drawn",
                points=f"{points:,}",
                rows=f"{found.rows:,}",
                kind=kind,
            )
        )
    )
    if found.method == "pca":
        how = translate(
            ", by their first two principal components; for a clearer map, by t-SNE, the time limit was too short."
        )
    elif found.laid_out < points:
        how = translate(
            ". t-SNE has laid out {laid_out} of them, and the others lie beside the nearest of these.",
            laid_out=f"{found.laid_out:,}",
        )
    else:
        how = translate(", laid out by t-SNE.")
    return DrawnMap(
        about=about,
        sample=translate(
            "{shown}{how} Only what is near means something; distances between groups do not.", shown=shown, how=how
        ),
        points=points,
        errors=found.errors,
        is_coloured=len(found.class_names) <= _MOST_COLOURED,
        data=_script_data(found),
    )


def _script_data(found: FeatureMap) -> Markup:
    """Return what the script draws, as JSON that can be put into a page."""
    from markupsafe import Markup

    data = {
        "names": [class_in_words(name) for name in found.class_names],
        "ids": [*_shortened([in_sight(each) for each in found.ids])],
        "positions": found.positions,
        "labels": found.labels,
        "predicted": found.predicted,
        "sure": found.sure,
        "sheet": None if found.sheet is None else found.sheet.model_dump(),
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("&", "&amp;").replace("<", "&lt;"))


def _shortened(ids: Sequence[str]) -> Iterator[str]:
    """Yield each id without what it shares with the one before, whose length is the first character, from a space on.

    Example:
        >>> [*_shortened(["test/11", "test/12", "a"])]
        [' test/11', '&2', ' a']
    """
    before = ""
    for each in ids:
        pairs = zip(before, each, strict=False)
        same = next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(before), len(each)))
        shared = min(same, _LONGEST_SHARED)
        yield f"{chr(32 + shared)}{each[shared:]}"
        before = each
