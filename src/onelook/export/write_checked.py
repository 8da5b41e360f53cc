"""Write a model in a format, read it back from the disk, and keep it only if it answers as the model does."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from onelook.classifier.golden import TOLERANCE
from onelook.errors import ConfigError, ModelError
from onelook.export.compare import Comparison, compare
from onelook.export.target import Exported, Source, Target
from onelook.files import atomic_folder, atomic_path, refuse_unwritable, refuse_unwritable_folder
from onelook.runtime import command_name
from onelook.wording import counted


def write_checked(source: Source, target: Target, out: Path) -> Exported:
    """Write the model to `out`, and keep it only if what the disk holds gives the model's probabilities.

    It is compared on the golden pictures and on random ones before it gets its name. A crash leaves the old file or
    the new one.

    Args:
        source: the model.
        target: the format.
        out: the file, which is replaced if it exists; or the folder, which must not exist or be empty.

    Raises:
        ModelError: a probability differs by more than 1e-4 from the model's, or an answer is another. Nothing is kept.
        ConfigError: `out` cannot be written, or a package that the format needs is not installed.
    """
    refuse_place(target, out)
    with _place(target, out) as temporary:
        target.write(source, temporary)
        comparison = compare(source, target.read(temporary))
        if not comparison.difference <= TOLERANCE or comparison.other_answers:
            raise ModelError(f"{out}: {_in_words(comparison)}")
        size = size_of(temporary)
    return Exported(
        path=out,
        size_bytes=size,
        golden_pictures=comparison.golden_pictures,
        random_pictures=comparison.random_pictures,
        difference=comparison.difference,
        class_names=source.classifier.class_names,
        then=target.then,
    )


def refuse_place(target: Target, out: Path) -> None:
    """Check, before the work starts, that the format can be written there.

    Raises:
        ConfigError: a folder is in the place of the file, something is in the folder, or nothing can be written there.
    """
    if not target.is_folder:
        if out.is_dir():
            raise ConfigError(f"{out}: is a folder. Name a file, such as {out / f'model{target.ending}'}.")
        refuse_unwritable(out)
        return
    refuse_unwritable_folder(out, "--out")
    if out.is_dir() and any(out.iterdir()):
        raise ConfigError(f"--out {out}: a folder with files in it, which would be lost. Name a new folder.")


def size_of(path: Path) -> int:
    """Return the bytes of a file, or of all files in a folder."""
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    return sum(each.stat().st_size for each in files)


def _place(target: Target, out: Path) -> AbstractContextManager[Path]:
    return atomic_folder(out) if target.is_folder else atomic_path(out)


def _in_words(comparison: Comparison) -> str:
    if comparison.difference <= TOLERANCE:
        count = comparison.golden_pictures + comparison.random_pictures
        found = (
            f"the exported model answers otherwise than the model on {comparison.other_answers} of "
            f"{counted(count, 'picture')}, expected the same answers"
        )
    else:
        found = (
            f"the exported model's probabilities differ by {comparison.difference:.2g} from the model's, expected at "
            f"most {TOLERANCE:g}"
        )
    return (
        f"{found}. It was not kept. Check the model with `{command_name()} verify`; if that passes, please report "
        "this, with the network."
    )
