"""The sections of the report and of the inspect page, in order.

A new section is a module here, a template, and a line below. A section that takes a `ShownData` is on both pages.
"""

from __future__ import annotations

from onelook.registry import Registry

SECTIONS = Registry(
    "report section",
    {
        "verdict": ("onelook.report.sections.verdict:build_section", "the score, how sure it is, where to look first"),
        "gains": ("onelook.report.sections.gains:build_section", "what to do next, in order of gain"),
        "leaks": ("onelook.report.sections.leaks:build_section", "pictures that were seen, and the score without"),
        "confusion": ("onelook.report.sections.confusion:build_section", "which class is taken for which"),
        "errors": ("onelook.report.sections.predicted_pictures:build_errors", "the worst errors"),
        "classes": ("onelook.report.sections.classes:build_section", "precision, recall and F1 by class"),
        "map": ("onelook.report.sections.feature_map:build_section", "the scored pictures, those alike side by side"),
        "certainty": ("onelook.report.sections.certainty:build_section", "how sure it is, against how often right"),
        "random": ("onelook.report.sections.predicted_pictures:build_random", "a few pictures drawn at random"),
        "findings": ("onelook.report.sections.findings:build_section", "what the data checks found, with pictures"),
        "data": ("onelook.report.sections.data:build_section", "the layout of the data, and the use of every picture"),
        "counts": ("onelook.report.sections.counts:build_section", "pictures by class and split"),
        "samples": ("onelook.report.sections.samples:build_section", "training pictures of each class"),
        "augmentation": ("onelook.report.sections.augmentation:build_section", "augmented versions of a picture"),
        "choices": ("onelook.report.sections.choices:build_section", "what was chosen for this run, and why"),
        "training": ("onelook.report.sections.training:build_section", "loss, accuracy and learning rate by epoch"),
        "learned": (
            "onelook.report.sections.learned:build_section",
            "filters, feature maps, similar training pictures",
        ),
        "model": ("onelook.report.sections.model:build_section", "the network and its settings"),
        "repeat": ("onelook.report.sections.repeat:build_section", "what is needed to repeat the run"),
    },
)

INSPECT_SECTIONS = Registry(
    "section of the inspect page",
    {
        "overview": (
            "onelook.report.sections.of_inspection.overview:build_section",
            "what the data is, and whether it is sound",
        ),
        "findings": ("onelook.report.sections.findings:build_section", "what the data checks found, with pictures"),
        "samples": ("onelook.report.sections.samples:build_section", "some pictures of each class"),
        "counts": ("onelook.report.sections.counts:build_section", "pictures by class and part"),
        "sizes": (
            "onelook.report.sections.of_inspection.sizes:build_section",
            "sizes and shapes of the original pictures",
        ),
        "data": ("onelook.report.sections.data:build_section", "the layout of the data, and the use of every picture"),
        "augmentation": ("onelook.report.sections.augmentation:build_section", "augmented versions of a picture"),
        "next": ("onelook.report.sections.of_inspection.next_step:build_section", "the command that comes next"),
    },
)
