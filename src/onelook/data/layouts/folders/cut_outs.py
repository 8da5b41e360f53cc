"""Recognise pictures that were cut out of others: `CROPPED/001_01.bmp` is a cell of the slide `001.bmp` above it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from onelook.data.layouts.label_from import NamePattern
from onelook.wording import agree, counted, named

STAY_TOGETHER = "A picture and its cut-outs stay together when a split is made; --no-groups ignores it."
_NEARLY_ALL = 0.9  # of the pictures in folders of cut-outs
_SIGN = re.compile(r"[\W_]+")
# Words in the names of folders of cut-outs, which may then lie beside the folder of the whole pictures too.
_CUT = re.compile(
    r"(?<![^\W\d_])(?:crop(?:ped|ping)?|cut(?:[\W_]?out)?|patche?|tile|cell|roi|segment|piece|chip|detail)s?(?![^\W\d_])",
    re.I,
)


@dataclass(frozen=True)
class CutOuts:
    """Pictures that were cut out of others."""

    whole_of: Mapping[str, str]  # cut-out -> the picture that it was cut out of

    def groups(self, names: Sequence[str]) -> list[str | None]:
        """Return the whole picture of each picture: its own name if it is not cut out."""
        return [self.whole_of.get(name, name) for name in names]

    def note(self) -> str:
        """Return the note on two kinds of pictures."""
        cut, whole = next(iter(self.whole_of.items()))
        verb = agree(len(self.whole_of), "is", "are")
        return (
            f"{counted(len(self.whole_of), 'picture')} {verb} cut out of other pictures, as {named([cut])} of "
            f"{named([whole])}: the classes hold two kinds of pictures."
        )

    def note_on_these_alone(self, names: Sequence[str], classes: Sequence[str]) -> list[str]:
        """Return the note on the pattern for the cut-outs alone, if their folders are called alike in each class.

        Args:
            names: the names of all pictures; a pattern for less than half of them would be refused.
            classes: the class of each.
        """
        folders = {cut.split("/")[-2] for cut in self.whole_of}
        signs = {_sign_behind(cut, whole) for cut, whole in self.whole_of.items()}
        of_class = dict(zip(names, classes, strict=True))
        are_in_class = all(cut.split("/")[-3:-2] == [of_class[cut]] for cut in self.whole_of)
        if len(folders) != 1 or len(signs) != 1 or not are_in_class or 2 * len(self.whole_of) < len(names):
            return []
        if not (sign := signs.pop()):
            return []
        text = rf"(?P<group>(?P<label>[^/]+)/{re.escape(folders.pop())}/[^/]+){re.escape(sign)}".replace(r"\-", "-")
        return [f"To take the cut-outs alone: {NamePattern(text).flag}"]


def find_cut_outs(names: Sequence[str], classes: Sequence[str], path: str) -> CutOuts | None:
    """Return the cut-outs among these pictures; None without any.

    They lie in folders inside the one of the whole pictures, or in a folder such as `crops/` beside it, and their names
    begin with that of the whole picture, or their folder is called like it. All are of the class of the whole picture.

    Args:
        names: the names of the pictures.
        classes: the class of each.
        path: the folder, with its slash, in which the classes are.
    """
    wholes = _folders_of_wholes({name.rpartition("/")[0] for name in names}, path)
    if not wholes:
        return None
    needed = {*wholes, *wholes.values()}
    whole_at = {
        (name.rpartition("/")[0], _stem(name), found): name
        for name, found in zip(names, classes, strict=True)
        if name.rpartition("/")[0] in needed
    }
    found: dict[str, str] = {}
    inside = 0
    for name, its_class in zip(names, classes, strict=True):
        folder = name.rpartition("/")[0]
        if folder not in wholes:
            continue
        inside += 1
        for each in (*_beginnings(_stem(name)), folder.rpartition("/")[2].casefold()):
            if (whole := whole_at.get((wholes[folder], each, its_class))) is not None:
                found[name] = whole
                break
    return CutOuts(found) if found and len(found) >= _NEARLY_ALL * inside else None


def _folders_of_wholes(folders: Collection[str], path: str) -> dict[str, str]:
    """Return, for each folder that may hold cut-outs, the folder that may hold the whole pictures.

    It is the nearest folder above with pictures, or the only one with another name in place of `crops`.
    """
    found: dict[str, str] = {}
    for folder in folders:
        above = folder.rpartition("/")[0]
        while len(above) > len(path) and above not in folders:
            above = above.rpartition("/")[0]
        if len(above) > len(path):
            found[folder] = above
    may_be_cut = [folder for folder in folders if folder not in found and _CUT.search(folder[len(path) :])]
    if not may_be_cut:
        return found
    alike: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for folder in folders:
        for key in _without_one(folder):
            alike[key].append(folder)
    for folder in may_be_cut:
        for before, behind in _without_one(folder):
            own = folder[len(before) : len(folder) - len(behind)]
            others = [
                each
                for each in alike[before, behind]
                if each != folder and not _CUT.search(each[len(before) : len(each) - len(behind)])
            ]
            if _CUT.search(own) and len(others) == 1:
                found[folder] = others[0]
    return found


def _without_one(folder: str) -> Iterator[tuple[str, str]]:
    """Yield what is before and behind each folder of a path."""
    parts = folder.split("/")
    for at in range(len(parts)):
        yield "".join(f"{each}/" for each in parts[:at]), "".join(f"/{each}" for each in parts[at + 1 :])


def _beginnings(stem: str) -> list[str]:
    """Return what a name is without its last words, the longest first: `a_1` and `a` of `a_1_02`."""
    return [stem[: sign.start()] for sign in reversed([*_SIGN.finditer(stem)]) if sign.start()]


def _stem(name: str) -> str:
    return name.rpartition("/")[2].rpartition(".")[0].casefold()


def _sign_behind(cut: str, whole: str) -> str:
    """Return the sign in the name of a cut-out behind that of its whole picture; empty if it does not begin so."""
    stem, rest = _stem(whole), _stem(cut)
    return rest[len(stem) : len(stem) + 1] if rest.startswith(stem) else ""
