"""The network, its size, and the settings of its training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic.fields import FieldInfo

from onelook.models.pretrained.backbone import in_digits
from onelook.report.facts import ModelFacts
from onelook.report.page import Section
from onelook.report.page_wording import percent, size
from onelook.report.results import Results
from onelook.settings import TrainSettings
from onelook.settings.base import Settings, section_of
from onelook.wording import agree, large_number, listed, number, retell, translate


@dataclass(frozen=True)
class SettingRow:
    """A setting with its value and what it means."""

    name: str
    value: str
    meaning: str
    changed: bool  # whether it differs from the default


@dataclass(frozen=True)
class Model:
    """The content of the section."""

    facts: tuple[tuple[str, str, str], ...]  # name, value, meaning
    changed: tuple[SettingRow, ...]
    unchanged: tuple[SettingRow, ...]


def build_section(results: Results) -> Section:
    """Build the section with the network's size and the settings. Settings with default values are folded."""
    run = results.run
    if not run.model.name and not run.settings:
        return Section(
            translate("Model"), translate("The model"), missing=translate("The run ended before a model was built.")
        )
    rows = tuple(_rows(run.settings, TrainSettings, TrainSettings().model_dump(mode="json")))
    return Section(
        topic=translate("Model"),
        title=_title(run.model),
        template="model.html",
        view=Model(
            facts=tuple(_facts(run.model)),
            changed=tuple(row for row in rows if row.changed),
            unchanged=tuple(row for row in rows if not row.changed),
        ),
    )


def _title(model: ModelFacts) -> str:
    name = model.name or translate("The model")
    return (
        translate("{name}: {parameters} parameters", name=name, parameters=large_number(model.parameters))
        if model.parameters
        else name
    )


def _facts(model: ModelFacts) -> Iterator[tuple[str, str, str]]:
    many = model.views > 1
    if model.learnt:
        yield translate("What it is"), model.learnt.partition(", ")[0], translate("fitted by scikit-learn")
    if model.fitted_rows is not None:
        pictures = agree(model.fitted_rows, "picture", "pictures")
        yield (
            translate("Fitted on"),
            f"{model.fitted_rows:,}",
            translate("{pictures}, all at once: there are no epochs", pictures=pictures),
        )
    if model.parameters is not None:
        yield translate("Parameters"), f"{model.parameters:,}", translate("numbers that training sets")
    if model.multiply_adds is not None:
        yield (
            translate("Multiply-adds"),
            large_number(model.multiply_adds),
            translate("work for one view") if many else translate("work for one picture"),
        )
    if many:
        yield (
            translate("Views"),
            f"{model.views}",
            translate(
                "of each picture: a prediction is the mean over them, and takes {views} times as long; the figures "
                "by epoch are of the plain picture",
                views=model.views,
            ),
        )
    if (origin := model.pretrained) is not None:
        yield (
            translate("Pretrained"),
            origin.trained_on,
            translate(
                "{source}; licence {licence}", source=retell(origin.source) or origin.source, licence=origin.licence
            ),
        )
        prepared = translate(
            "values in [0, 1] less {mean}, over {std}", mean=in_digits(origin.mean), std=in_digits(origin.std)
        )
        side = f"{origin.image_size}×{origin.image_size}"
        yield (
            translate("Its pictures"),
            side,
            translate(
                "{prepared}; it was trained on the central {crop} of each picture, here on all of it",
                prepared=prepared,
                crop=percent(origin.crop),
            ),
        )
    if model.size_bytes is not None:
        yield translate("Size"), size(model.size_bytes), translate("of the model on disk")


def _rows(
    values: Mapping[str, Any], settings: type[Settings], defaults: Mapping[str, Any], prefix: str = ""
) -> Iterator[SettingRow]:
    """Yield every setting by its dotted name. A setting that this version does not know has no meaning beside it."""
    for name, value in values.items():
        field: FieldInfo | None = settings.model_fields.get(name)
        section = section_of(field.annotation) if field else None
        default = defaults.get(name)
        if section is not None and isinstance(value, Mapping):
            yield from _rows(value, section, default if isinstance(default, Mapping) else {}, f"{prefix}{name}.")
        else:
            meaning = translate(field.description or "") if field else ""
            yield SettingRow(
                prefix + name, value_in_words(value), meaning, changed=name not in defaults or value != default
            )


def value_in_words(value: object) -> str:
    """Return a setting's value for a reader: on and off, short numbers, lists with commas."""
    if value is None:
        return translate("not set")
    if isinstance(value, bool):
        return translate("on") if value else translate("off")
    if isinstance(value, int | float):
        return str(value) if isinstance(value, int) else number(value, 6)
    if isinstance(value, list | tuple):
        return listed(map(value_in_words, value), most=len(value), last="")
    return str(value)
