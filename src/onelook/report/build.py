"""Build the report of a run, and the inspect page: one HTML file that needs no network and no other file."""

from __future__ import annotations

from pathlib import Path

from onelook.files import write_text
from onelook.report.inspected_data import InspectedData
from onelook.report.marking import Marking, marking_of_run
from onelook.report.page import Masthead, render_page
from onelook.report.results import Results, read_results
from onelook.report.sections import INSPECT_SECTIONS, SECTIONS
from onelook.run_folder import RunFolder
from onelook.wording import for_page, translate


def build_report(run_folder: RunFolder, out: Path | None = None) -> Path:
    """Write the report of a run and return its path: `out`, else `report.html` in the run folder.

    The same result files give the same report, byte for byte.

    Raises:
        OnelookError: there is no run, or one of its files is damaged.
        ConfigError: Jinja2 is not installed.
    """
    target = run_folder.report if out is None else Path(out)
    write_text(target, render_report(read_results(run_folder)))
    return target


@for_page
def render_report(results: Results) -> str:
    """Return the report as one HTML document."""
    sections = {name: SECTIONS.load(name)(results) for name in SECTIONS}
    version = results.run.versions.get("onelook", "")
    masthead = Masthead(results.name, translate("Training report"), results.run.created, version)
    return render_page(sections, masthead, marking_of_results(results))


def marking_of_results(results: Results) -> Marking | None:
    """Return what the report needs to take marks; None if it shows no pictures."""
    if results.report_pictures is None or results.evaluation is None:
        return None
    return marking_of_run(results.run, results.evaluation.class_names, results.fixes)


@for_page
def render_inspection(data: InspectedData) -> str:
    """Return the inspect page as one HTML document."""
    sections = {name: INSPECT_SECTIONS.load(name)(data) for name in INSPECT_SECTIONS}
    return render_page(sections, Masthead(data.name, translate("A look at the data"), "", data.version), data.marking)
