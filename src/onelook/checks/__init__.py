"""Data checks: what is wrong or odd about a data set. A new one is one new file in a room here and one line below."""

from __future__ import annotations

from onelook.registry import Registry

# Each target is a function `check(evidence: Evidence) -> list[Finding]`, which looks and changes nothing.
CHECKS = Registry(
    "check",
    {
        "unreadable": ("onelook.checks.pictures.unreadable:check", "pictures that cannot be read"),
        "duplicates": ("onelook.checks.copies.duplicates:check", "exact copies with the same label in one split"),
        "near-duplicates": ("onelook.checks.copies.near_duplicates:check", "altered copies of a picture in one split"),
        "conflicting-labels": ("onelook.checks.labels.conflicting_labels:check", "the same pixels under two labels"),
        "leak-exact": (
            "onelook.checks.copies.leak_exact:check",
            "test pictures that stand among those trained or tuned on",
        ),
        "leak-near": (
            "onelook.checks.copies.leak_near:check",
            "test pictures of which an altered copy is trained or tuned on",
        ),
        "leak-validation": (
            "onelook.checks.copies.leak_validation:check",
            "validation pictures that stand in training",
        ),
        "torn-groups": (
            "onelook.checks.copies.torn_groups:check",
            "pictures that judge, of a group that is trained on",
        ),
        "label-errors": (
            "onelook.checks.labels.label_errors:check",
            "labels that look wrong to a model (inspect --labels)",
        ),
        "blank": ("onelook.checks.pictures.blank:check", "pictures of one colour"),
        "missing-class": ("onelook.checks.labels.missing_class:check", "classes without a picture in a split"),
        "imbalance": ("onelook.checks.labels.imbalance:check", "classes of very different sizes"),
        "low-information": ("onelook.checks.pictures.low_information:check", "pictures with next to nothing on them"),
        "dark": ("onelook.checks.pictures.dark:check", "pictures in which nothing is bright"),
        "bright": ("onelook.checks.pictures.bright:check", "pictures in which nothing is dark"),
        "blurred": ("onelook.checks.pictures.blurred:check", "pictures without a sharp edge"),
        "odd-size": ("onelook.checks.pictures.odd_size:check", "pictures far smaller or larger than the others"),
        "odd-aspect": ("onelook.checks.pictures.odd_aspect:check", "pictures far wider or taller than the others"),
        "odd-colour": ("onelook.checks.pictures.odd_colour:check", "grey pictures among coloured ones, or the reverse"),
    },
)
