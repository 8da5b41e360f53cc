"""The report's sections, in the order of the page. A new one is a module here, a template, and a line below."""

from __future__ import annotations

from onelook.registry import Registry

SECTIONS = Registry(
    "report section",
    {
        "verdict": ("onelook.report.sections.verdict:build_section", "the score, how sure it is, where to look first"),
        "leaks": ("onelook.report.sections.leaks:build_section", "pictures that were seen, and the score without"),
        "confusion": ("onelook.report.sections.confusion:build_section", "which class is taken for which"),
        "errors": ("onelook.report.sections.errors:build_section", "the pictures that were most wrongly judged"),
        "classes": ("onelook.report.sections.classes:build_section", "precision, recall and F1 by class"),
        "random": ("onelook.report.sections.at_random:build_section", "a few pictures drawn at random"),
        "data": ("onelook.report.sections.data:build_section", "what was found, counted and checked"),
        "samples": ("onelook.report.sections.samples:build_section", "training pictures, and what augmentation does"),
        "choices": ("onelook.report.sections.choices:build_section", "what was picked for this run, and why"),
        "training": ("onelook.report.sections.training:build_section", "loss, accuracy and learning rate by epoch"),
        "model": ("onelook.report.sections.model:build_section", "the network and its settings"),
        "repeat": ("onelook.report.sections.repeat:build_section", "what it takes to repeat the run"),
    },
)
