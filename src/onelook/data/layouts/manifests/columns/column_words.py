"""The words in the names of columns that tell their meaning: a label, its code, a person, a fact about the picture."""

from __future__ import annotations

from collections.abc import Collection

from onelook.data.column_names import words_of

# Columns about the picture or its origin, which are hardly ever the label.
FACT_WORDS = frozenset(
    (
        *("dim", "dims", "dimension", "resolution", "spacing", "bytes"),
        *("width", "height", "size", "url", "license", "rights", "holder", "md5", "hash", "mime", "source"),
        *("date", "time", "timestamp", "year", "month", "day", "created", "updated", "cancelled", "lead", "job"),
        *("age", "sex", "gender", "male", "female"),
        *("author", "photographer", "observer", "login", "username", "user", "rater", "annotator", "reader", "expert"),
        *("seconds", "duration", "elapsed", "enumerator", "surveyor", "interviewer", "collector"),
        *("operator", "inspector", "editor", "checker", "bearbeiter", "prüfer", "fotograf", "autor", "auteur"),
        *("wer", "initials", "kürzel"),
        *("region", "site", "lat", "lon", "latitude", "longitude", "view", "position", "orientation", "laterality"),
        *("roi", "xmin", "xmax", "ymin", "ymax", "bbox", "frame", "frames", "fold", "index", "unnamed", "count"),
        *("mag", "magnification", "zoom", "weight", "temperature", "score", "confidence", "usage"),
        *("well", "wells", "plate", "replicate", "barcode", "batch"),
        *("comment", "notes", "caption", "description", "title"),
    )
)
PEOPLE_WORDS = frozenset({"age", "sex", "gender", "male", "female", "race", "ethnicity"})
MARK_WORDS = frozenset(("mos", "dmos", "mean", "average", "avg", "score", "rating", "ratings"))  # of people's marks
# The ranks of living things, the widest first: beside others, a column `class` is a rank, as of mammals.
RANKS = ("kingdom", "phylum", "class", "order", "family", "genus", "species", "scientificname")
_RANK_WORDS = frozenset((*RANKS, "specificepithet", "subspecies", "variety", "infraspecificepithet"))
_FEWEST_RANKS = 3
# Tables with these words in their names list classes, one in each row.
CLASS_LIST_WORDS = frozenset(
    (
        "rule",
        "rules",
        "map",
        "mapping",
        "classmap",
        "classes",
        "names",
        "legend",
        "dict",
        "words",
        "category",
        "categories",
        "wnids",
    )
)
_OF_FOLDERS = frozenset({"folder", "foldername", "subfolder", "dir", "dirname", "directory", "subdir", "subdirectory"})


def names_folders(name: str) -> bool:
    """Return whether a column is called after folders.

    Example:
        >>> names_folders("Folder Name"), names_folders("image_dir"), names_folders("folder_size")
        (True, True, False)
    """
    words = [word for word in words_of(name) if word not in ("name", "id")]
    return bool(words) and words[-1] in _OF_FOLDERS


def wider_ranks(columns: Collection[str]) -> list[str]:
    """Return the columns of ranks of living things above the narrowest one; empty if there are fewer than three.

    Example:
        >>> wider_ranks(["phylum", "class", "species", "class_id"]), wider_ranks(["class", "species"])
        (['phylum', 'class'], [])
    """
    folded = {"".join(words_of(column)): column for column in columns}
    found = [folded[rank] for rank in RANKS if rank in folded]
    epithets = [column for word, column in folded.items() if word in _RANK_WORDS and column not in found]
    return [*found[:-1], *epithets] if len(found) >= _FEWEST_RANKS else []
