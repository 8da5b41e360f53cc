"""Result files made into one HTML file; sections/ has one file a section. It never runs a model."""

from onelook.report.build import build_report

__all__ = ["build_report"]
