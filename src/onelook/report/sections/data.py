"""The layout of the data and the use of every picture. This section is on the report and on the inspect page."""

from __future__ import annotations

from dataclasses import dataclass

from onelook.report.facts import RecordedData
from onelook.report.page import Section
from onelook.report.shown_data import ShownData
from onelook.wording import agree, counted, marked, number, sentence, translate

# Each status of the ledger, with its name for people and its meaning.
_STATUS = {
    "used": (marked("used"), marked("for training, validation or test")),
    "duplicate": (marked("exact copies"), marked("within one split, not trained on twice")),
    "quarantined": (marked("not readable"), marked("left out")),
    "dropped": (marked("dropped"), marked("by the fixes file")),
}
_IF_ANY = ("dropped",)  # statuses that are shown only where a picture has them


@dataclass(frozen=True)
class Share:
    """The pictures of one status. All of them add up to the number of pictures found."""

    status: str
    count: str
    name: str
    meaning: str
    length: float  # in percent of all


@dataclass(frozen=True)
class Data:
    """The content of the section."""

    why: str
    facts: tuple[tuple[str, str, str], ...]  # name, value, unit
    found: str
    shares: tuple[Share, ...]
    notes: tuple[str, ...]


def build_section(source: ShownData) -> Section:
    """Build the section with the layout and its reason, the sum of the ledger, and notes from reading the data."""
    data = source.data
    if not data.layout:
        return Section(
            translate("Data"),
            translate("The data"),
            missing=translate("The run ended before the data was opened and split."),
        )
    return Section(
        topic=translate("Data"),
        title=_title(data),
        template="data.html",
        view=Data(
            why=sentence(data.why),
            facts=tuple(_facts(data)),
            found=f"{data.ledger['found']:,}" if data.ledger.get("found") else "",
            shares=_shares(data),
            notes=data.notes,
        ),
    )


def _title(data: RecordedData) -> str:
    found, used = data.ledger.get("found", 0), data.ledger.get("used", 0)
    if not found:
        return translate("The data")
    if found == used:
        return agree(
            found,
            translate("The one picture found is used"),
            translate("All {found} pictures found are used", found=f"{found:,}"),
        )
    return translate("{used} of {pictures} found can be used", used=f"{used:,}", pictures=counted(found, "picture"))


def _facts(data: RecordedData) -> list[tuple[str, str, str]]:
    facts = [(translate("Layout"), data.layout, "")]
    if data.image_size:
        height, width = data.image_size
        facts.append(
            (
                translate("Resized to"),
                f"{height} × {width}",
                translate("pixels, grey") if data.channels == 1 else translate("pixels, colour"),
            )
        )
    if data.value_range:
        low, high = data.value_range
        facts.append(
            (translate("Values"), translate("{low} to {high}", low=number(low), high=number(high)), data.dtype)
        )
    if data.missing_values is not None:
        facts.append(
            (translate("Missing values"), f"{data.missing_values:,}" if data.missing_values else translate("none"), "")
        )
    return facts


def _shares(data: RecordedData) -> tuple[Share, ...]:
    found = data.ledger.get("found", 0)
    if not found:
        return ()
    counts = {
        status: data.ledger.get(status, 0) for status in _STATUS if status not in _IF_ANY or data.ledger.get(status)
    }
    return tuple(
        Share(status, f"{count:,}", name, meaning, round(100 * count / found, 2))
        for status, count in counts.items()
        for name, meaning in [map(translate, _STATUS[status])]
    )
