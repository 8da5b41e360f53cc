"""Find the words that all files have before or behind the names in a table: `1_aligned.jpg` for `1.jpg`."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from onelook.data.layouts.manifests.names.spellings import plainest_cells

_TRIED = 3  # names in the table, evenly spread, that are compared with all files
_SHARE = 0.9  # of the names in the table that need a file with the same words
# Words, or a size. Another number would tell pictures apart that belong to one name.
_WORDS = re.compile(r"[^\W\d_]+(?:_[^\W\d_]+)*|\d+x\d+")
_FEWEST_SIGNS = 3  # of a name; shorter ones are in other names by chance


@dataclass(frozen=True)
class ExtraWords:
    """The words before and behind each name in a file name, separated by `_`."""

    before: str = ""
    behind: str = ""

    def around(self, path: str) -> str:
        """Return the path with the words around its last part.

        Example:
            >>> ExtraWords(behind="aligned").around("im/1"), ExtraWords(before="img").around("7")
            ('im/1_aligned', 'img_7')
        """
        folder, slash, last = path.rpartition("/")
        return f"{folder}{slash}{'_'.join(word for word in (self.before, last, self.behind) if word)}"


NO_EXTRA = ExtraWords()


def may_have_extra(cells: Sequence[str], names: Collection[str]) -> bool:
    """Return whether some file's name begins or ends like a name in the table: a quick look.

    Args:
        cells: names in a table.
        names: the names of all pictures in their plainest form.
    """
    tried = tuple(each for each in plainest_cells(_spread(cells)) if len(each) >= _FEWEST_SIGNS)
    return bool(tried) and any(name.startswith(tried) or name.endswith(tried) for name in names)


def extra_words(cells: Sequence[str], files: Collection[str]) -> ExtraWords:
    """Return the words that the files have around the names; no words if most names have no such file.

    Args:
        cells: names in a table, with `_` for all signs and without suffix.
        files: the last part of the path of each picture, in the same form.
    """
    lasts = [cell.rpartition("/")[2] for cell in cells]
    for last in _spread(lasts):
        around = [found for file in files if last in file and (found := _words_around(last, file))]
        if len(last) < _FEWEST_SIGNS or len(around) != 1:  # with several, a row stands for several pictures
            return NO_EXTRA
        (found,) = around
        if _WORDS.fullmatch(found.before or found.behind) and (
            sum(found.around(each) in files for each in lasts) >= _SHARE * len(lasts)
        ):
            return found
    return NO_EXTRA


def _words_around(name: str, file: str) -> ExtraWords | None:
    if file.startswith(f"{name}_"):
        return ExtraWords(behind=file[len(name) + 1 :])
    return ExtraWords(before=file[: -len(name) - 1]) if file.endswith(f"_{name}") else None


def _spread(cells: Sequence[str]) -> Sequence[str]:
    return cells[:: max(1, len(cells) // _TRIED)][:_TRIED]
