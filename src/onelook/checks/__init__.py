"""Data checks find what is wrong or odd in a data set. A new check is one file in a room here and one line below."""

from __future__ import annotations

from onelook.registry import Registry

# Each target is a function `check(evidence: Evidence) -> list[Finding]`, which looks and changes nothing. The text
# says what it looks for: it is the heading of its findings, without what is in brackets.
CHECKS = Registry(
    "check",
    {
        "unreadable": ("onelook.checks.pictures.unreadable:check", "pictures that cannot be read"),
        "duplicates": ("onelook.checks.copies.duplicates:check_exact", "exact copies with the same label in one split"),
        "near-duplicates": ("onelook.checks.copies.duplicates:check_near", "altered copies of a picture in one split"),
        "conflicting-labels": ("onelook.checks.labels.conflicting_labels:check", "the same pixels under two labels"),
        "leak-exact": (
            "onelook.checks.copies.leaks:check_exact",
            "test pictures that are also trained or tuned on",
        ),
        "leak-near": (
            "onelook.checks.copies.leaks:check_near",
            "test pictures of which an altered copy is trained or tuned on",
        ),
        "leak-validation": (
            "onelook.checks.copies.leaks:check_validation",
            "validation pictures that are also trained on",
        ),
        "torn-groups": (
            "onelook.checks.copies.torn_groups:check",
            "validation or test pictures of a group that is also trained on",
        ),
        "label-errors": (
            "onelook.checks.labels.label_errors:check",
            "labels that look wrong to a model (inspect --labels)",
        ),
        "no-classes": ("onelook.checks.labels.no_classes:check", "labels that are no classes"),
        "blank": ("onelook.checks.pictures.empty:check_blank", "pictures of one colour"),
        "missing-class": ("onelook.checks.labels.class_counts:check_missing", "classes without a picture in a split"),
        "imbalance": ("onelook.checks.labels.class_counts:check_imbalance", "classes of very different sizes"),
        "low-information": (
            "onelook.checks.pictures.empty:check_low_information",
            "pictures with next to nothing on them",
        ),
        "dark": ("onelook.checks.pictures.brightness:check_dark", "pictures in which nothing is bright"),
        "bright": ("onelook.checks.pictures.brightness:check_bright", "pictures in which nothing is dark"),
        "blurred": ("onelook.checks.pictures.blurred:check", "pictures without a sharp edge"),
        "odd-size": ("onelook.checks.pictures.odd_size:check", "pictures far smaller or larger than the others"),
        "odd-aspect": ("onelook.checks.pictures.odd_aspect:check", "pictures far wider or taller than the others"),
        "odd-colour": ("onelook.checks.pictures.odd_colour:check", "grey pictures among coloured ones, or the reverse"),
    },
)
