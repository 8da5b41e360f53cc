"""Read names of classes from a file beside the data: a mapping of numbers or codes to names, or a list of names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from onelook.data.class_names import has_integer_labels
from onelook.data.column_names import CODE_WORDS, is_called_like_label, words_of
from onelook.data.dataset import Dataset
from onelook.data.layouts.manifests.columns.column_words import names_folders
from onelook.data.layouts.manifests.columns.label_columns import are_one_to_one
from onelook.data.layouts.manifests.columns.number_columns import number_of
from onelook.data.layouts.manifests.lists.find_tables import Survey, survey
from onelook.data.layouts.manifests.readers.mat_class_names import with_matlab_names
from onelook.data.layouts.manifests.readers.mat_tables import is_mat
from onelook.data.layouts.manifests.readers.table import ManifestTable, read_manifest_table
from onelook.data.layouts.manifests.readers.text_form import BLANKS, FIRST_BLANK, TextForm
from onelook.data.layouts.tables.dataset_card import names_in_card
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError
from onelook.wording import listed

NAMES_CLASSES = "{} names the classes"
NAMES_TAKEN = "The classes have the names in {}:"
_NAMING_WORDS = frozenset(
    (
        *(
            "map",
            "mapping",
            "classmap",
            "class",
            "classes",
            "words",
            "wnids",
            "synsets",
            "synset",
            "name",
            "names",
            "category",
            "categories",
        ),
        *(
            "label",
            "labels",
            "dict",
            "dictionary",
            "legend",
            "index",
            "idx",
            "classnames",
            "labelmap",
            "taxonomy",
            "key",
            "rule",
            "rules",
        ),
    )
)
_WORD_FOR_CLASS = r"(?:class|cls|label|category|cat|species|id)[-_ ]?"
_CODE = re.compile(rf"-?\d+|[a-z]{{1,3}}[-_]?\d+|{_WORD_FOR_CLASS}\d+", re.I)
_NUMBERED = re.compile(rf"{_WORD_FOR_CLASS}(\d+)", re.I)
_BEST_NAMES = ("name", "common", "class", "char", "label", "title", "description", "english")
_LISTS_NONE = re.compile(r" has (?:a label for each|.* and was not joined)", re.DOTALL)
_MOST_LETTERS = 100  # in a name
_MOST_NAMES_OF_ONE = 4  # for each class, in a table that counts otherwise than the labels
_LARGEST_CODEPOINT = 0x10FFFF
_LONGEST_NUMBER = 18  # digits of a code; longer numbers are not codes of classes


def names_classes(entry: str, table: ManifestTable | None) -> bool:
    """Return whether the name of a table is usual for a list of class names."""
    stem = entry.rpartition("/")[2].partition(".")[0]
    return table is not None and not _NAMING_WORDS.isdisjoint(words_of(stem))


def with_class_names(location: Location, dataset: Dataset) -> Dataset:
    """Return the data set with the class names in a file beside the pictures; unchanged without such a file.

    Numbers get names only if they count from 0 without a gap, or are Matlab's, which count from 1, so that a submission
    of numbers stays correct; for other numbers a note lists the names.
    """
    codes = dataset.class_names
    are_codes = all(_CODE.fullmatch(code) for code in codes)
    if location.is_file or not codes or not (are_codes or dataset.layout == "class-folders"):
        return dataset
    looked = survey(location)
    are_matlabs = dataset.layout == "manifest" and any(is_mat(each.entry) for each in looked.listing)
    named = with_matlab_names(dataset, looked.class_names, are_own=are_matlabs, is_answered=bool(looked.samples))
    if named is not dataset:
        return named
    if (of_codes := _told_names(location, dataset, looked)) is not None:
        return _renamed(dataset, *of_codes)
    for entry, table in looked.others.items():
        is_of_labels = are_codes and (
            _has_the_label(table, looked, codes)
            or (names_classes(entry, table) and not _names_another_column(table, looked, codes))
        )
        if not is_of_labels and not _names_these_folders(table, codes):
            continue
        found = next((found for each in _tables(location, entry) if (found := _names_of_any(each, codes))), None)
        counts = ""
        if found is None and (found := _names_from_one(location, entry, codes)) is not None:
            counts = f" {entry} counts from 1, and the labels count from 0: --class-names gives them other names."
        if found is None:
            continue
        # Why such a table does not list pictures was said before it was known to name classes.
        told = tuple(note for note in dataset.notes if not _LISTS_NONE.match(note.removeprefix(entry)))
        dataset = replace(dataset, notes=told)
        names, without = found[: len(codes)], found[len(codes) :]
        shown = listed([f"{code} is '{name}'" for code, name in zip(codes, names, strict=True)], most=3, last="and")
        is_counted = _are_counted(codes) or (are_matlabs and not looked.samples)
        if not is_counted and (has_integer_labels(codes) or _may_be_asked_for(looked, codes, names)):
            kept = "numbers, which do not count from 0" if has_integer_labels(codes) else "codes, as a sample is there"
            note = f"{NAMES_CLASSES.format(entry)} ({shown}). They keep their {kept}; --class-names gives them names."
            return replace(dataset, notes=(*dataset.notes, note))
        rest = f" No picture is of the class {listed(map(repr, without), most=3, last='or')}." if without else ""
        note = f"{NAMES_TAKEN.format(entry)} {shown}.{rest}{counts}"
        return replace(dataset, class_names=tuple(names), notes=(*dataset.notes, note))
    return dataset


def names_of_codes(location: Location, codes: Sequence[str]) -> tuple[str, list[str]] | None:
    """Return the file with a column of exactly these codes beside one that is called after names, and the names.

    A column that shares a word with that of the codes is preferred: `Coarse Class Name` for `Coarse Class ID`. The file
    may list pictures of its own, as the Grocery Store's `classes.csv` does.
    """
    looked = survey(location)
    tables = {**looked.others, **{each.entry: each.table for each in looked.listing}}
    wanted = {*map(_plain, codes)}
    for entry, table in tables.items():
        if not names_classes(entry, table):
            continue
        for key, cells in table.columns.items():
            if {_plain(cell or "") for cell in cells} != wanted:
                continue
            others = [column for column in table.columns if column != key and {*_BEST_NAMES} & {*words_of(column)}]
            for column in sorted(_likeliest(others), key=lambda each: -len({*words_of(each)} & {*words_of(key)})):
                pairs = {
                    _plain(code or ""): name or "" for code, name in zip(cells, table.columns[column], strict=True)
                }
                names = [pairs[_plain(code)] for code in codes]
                if are_one_to_one(cells, table.columns[column]) and _are_names(names):
                    return entry, names
    return None


def _told_names(location: Location, dataset: Dataset, looked: Survey) -> tuple[Sequence[str], str] | None:
    """Return the names for codes from 0 in a README.md, or in a table that lists pictures of its own, and the file."""
    codes = dataset.class_names
    if dataset.layout != "manifest" or not _are_counted(codes):
        return None
    if of_card := _names_in_card(location, looked, codes):
        return of_card, "README.md"
    exact = names_of_codes(location, codes)
    return None if exact is None or exact[0] in looked.others else (exact[1], exact[0])


def _names_in_card(location: Location, looked: Survey, codes: Sequence[str]) -> list[str]:
    """Return the names that the README.md of a repository of Hugging Face gives to the codes of a column here."""
    for each in looked.listing:
        for column, cells in each.table.columns.items():
            if column == each.path or not {*cells} - {None} <= {*codes}:
                continue
            names = names_in_card(location, column)
            if len(names) >= len(codes):
                return [*names[: len(codes)]]
    return []


def _renamed(dataset: Dataset, names: Sequence[str], source: str) -> Dataset:
    """Return the data set with the names in a file for its codes, and a note."""
    shown = listed(
        [f"{code} is '{name}'" for code, name in zip(dataset.class_names, names, strict=True)], most=3, last="and"
    )
    note = f"{NAMES_TAKEN.format(source)} {shown}."
    return replace(dataset, class_names=tuple(names), notes=(*dataset.notes, note))


def _names_these_folders(table: ManifestTable, codes: Sequence[str]) -> bool:
    """Return whether a column called after folders has those that are the classes, whatever they are called."""
    return any(names_folders(column) and {*codes} <= {*cells} for column, cells in table.columns.items())


def _has_the_label(table: ManifestTable, looked: Survey, codes: Sequence[str]) -> bool:
    """Return whether a column is called as a label is, as one beside the pictures, and has one row for each of these.

    So `meta.csv` with `target,class_name` names the classes of `train.csv`, with `ID,target`.
    """
    return any(
        {*codes} <= {*cells} and len({*cells}) == len(cells) and {*labels} <= {*codes, None}
        for column, cells in table.columns.items()
        for each in looked.listing
        if is_called_like_label(column)
        and column != each.path
        and (labels := each.table.columns.get(column)) is not None
    )


def _names_another_column(names: ManifestTable, looked: Survey, codes: Sequence[str]) -> bool:
    """Return whether the header of names is about a column beside the label, as `BreedID` about `Breed1` and `Breed2`.

    Such a column of the table of pictures holds other values than the labels.
    """
    about = {word for column in names.columns for word in _words_about(column)}
    return any(
        about & _words_about(column) and not {*cells} - {None} <= {*codes}
        for each in looked.listing
        for column, cells in each.table.columns.items()
        if column != each.path
    )


def _words_about(column: str) -> set[str]:
    return {word.rstrip("0123456789") for word in words_of(column)} - CODE_WORDS - _NAMING_WORDS - {"", "column"}


def _may_be_asked_for(looked: Survey, codes: Sequence[str], names: Sequence[str]) -> bool:
    """Return whether the sample of a submission may ask for the codes: it has none of the names."""
    cells = {cell for table in looked.samples.values() for cells in table.columns.values() for cell in cells if cell}
    header = {column for table in looked.samples.values() for column in table.columns}
    return bool(looked.samples) and not {*names} & (cells | header) and not any(map(str.isdecimal, codes))


def _names_from_one(location: Location, entry: str, codes: Sequence[str]) -> list[str] | None:
    """Return a name for each code that counts from 0 if the table counts all of its names from 1; else None.

    IP102's labels are 0 to 101, and its `classes.txt` has the names 1 to 102: it has none for the class 0.
    """
    if not _are_counted(codes):
        return None
    after = [str(int(code) + 1) for code in codes]
    for columns in _tables(location, entry):
        first = [_plain(cell) for cell in next(iter(columns.values()), ()) if cell is not None]
        is_counted = first == [*map(str, range(1, len(first) + 1))]
        # Three hundred breeds are no names of five degrees.
        if is_counted and len(first) <= _MOST_NAMES_OF_ONE * len(codes) and (found := _names(columns, after)):
            return found
    return None


def _tables(location: Location, entry: str) -> Iterator[Mapping[str, Sequence[str | None]]]:
    """Yield the columns of a table twice: with its first line as a header, and as a row."""
    looked = survey(location)
    form = looked.forms.get(entry)
    width = len(looked.others[entry].columns)
    bare = None if form is None else replace(form, header_at=None, columns=_numbered(width))
    forms: list[TextForm | None] = [form] if bare is None else [form, bare]
    first, _, rest = next(iter(looked.others[entry].columns)).partition(" ")
    is_bare = form is not None and form.header_at == 0 and (form.delimiter == BLANKS or bool(rest))
    if form is not None and is_bare and _CODE.fullmatch(first):
        # Without a header, what follows the number or the code is one name: `295 Common Eider`, `n01 tench, Tinca`.
        forms.insert(0, replace(form, delimiter=FIRST_BLANK, header_at=None, columns=_numbered(2)))
    for each in forms:
        try:
            yield read_manifest_table(location, entry, form=each).columns
        except (DataError, ConfigError):
            continue


def _numbered(width: int) -> tuple[str, ...]:
    return tuple(f"column {number}" for number in range(1, width + 1))


def _names_of_any(columns: Mapping[str, Sequence[str | None]], codes: Sequence[str]) -> list[str] | None:
    """Return a name for each code, or for the number in it, as 771 in `class-771`, if the table has only numbers."""
    numbers = [found[1] for code in codes if (found := _NUMBERED.fullmatch(code))]
    of_codes = _names(columns, codes)
    if of_codes or len(columns) < 2 or len({*map(_plain, numbers)}) < len(codes):
        return of_codes
    return _names(columns, numbers)


def _names(columns: Mapping[str, Sequence[str | None]], codes: Sequence[str]) -> list[str] | None:
    """Return a name for each code, and after them those of a list that no code has; None if a code has no name."""
    if len(columns) == 1:
        ((header, cells),) = columns.items()
        names = [cell for cell in cells if cell is not None]
        # The first line is the first name, unless it is called like a column of names.
        is_list = header in _numbered(1) or not {*_NAMING_WORDS, *_BEST_NAMES}.isdisjoint(words_of(header))
        return names if is_list and _are_counted(codes) and len(names) >= len(codes) and _are_names(names) else None
    for key, cells in columns.items():
        row_of = {_plain(cell): row for row, cell in enumerate(cells) if cell is not None}
        rows = [row_of.get(_plain(code)) for code in codes]
        if None in rows or len(row_of) < len([cell for cell in cells if cell is not None]):
            continue
        for column in _likeliest([column for column in columns if column != key]):
            names = [columns[column][row] or "" for row in rows if row is not None]
            if _are_names(names):
                return names
            if len(columns) == 2 and all(
                name.isdecimal() and len(name) <= _LONGEST_NUMBER and 32 < int(name) <= _LARGEST_CODEPOINT
                for name in names
            ):
                characters = [chr(int(name)) for name in names]
                if _are_names(characters, of_one_sign=True):
                    return characters
    return None


def _are_counted(codes: Sequence[str]) -> bool:
    """Return whether codes are 0, 1, 2 … in this order, also with leading zeros."""
    return [*map(_plain, codes)] == [*map(str, range(len(codes)))]


def _plain(code: str) -> str:
    return str(int(code)) if code.removeprefix("-").isdecimal() and len(code) <= _LONGEST_NUMBER else code


def _likeliest(columns: Sequence[str]) -> list[str]:
    def rank(column: str) -> int:
        words = words_of(column)
        ranks = [len(_BEST_NAMES)] + [_BEST_NAMES.index(word) for word in words if word in _BEST_NAMES]
        return min(ranks) - 10 * ("common" in words)

    return sorted(columns, key=rank)


def _are_names(names: Sequence[str], *, of_one_sign: bool = False) -> bool:
    """Return whether these may be names of classes: words that all differ and are not codes."""
    return (
        len({*names}) == len(names)
        and all(0 < len(name) <= _MOST_LETTERS for name in names)
        and (of_one_sign or not all(_CODE.fullmatch(name) or number_of(name) is not None for name in names))
    )
