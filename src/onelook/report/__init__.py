"""Turn result files into HTML pages. `sections/` has one file per section. Nothing here runs a model."""

from onelook.report.build import build_report

__all__ = ["build_report"]
