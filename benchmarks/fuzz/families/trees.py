"""Folders of pictures that mean something, or seem to: parts, masks, copies of the tree, patients, odd names."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Sequence

from benchmarks.fuzz.case import INSPECT, Bench, Case, Kind
from benchmarks.fuzz.odd_values import FOLDERS

_SUFFIXES = (".png", ".png", ".png", ".PNG", ".jpg", ".jpeg", ".bmp", "", ".jpg.png", ".happy")
_STEMS = (
    *("{}", "{:04d}", "cat.{}", "cat_{}", "{}-dog", "IMG_{}", "a ({})", "{}_mask", "{}_other", "benign ({})_mask"),
    *("00003_{:05d}", "😀{}", "e\u0301{}", "x\ny{}", "\x1b{}", "-{}", "n{}_{}", "{}.", "{}..", " {}", "{}_class1"),
)
_OTHERS = (
    *("notes.txt", "readme.md", "labels.csv", ".DS_Store", "Thumbs.db", "x.mat", "classes.txt", "a.json", "b.xml"),
    *("log", "weights.pt", "movie.mp4", "list.txt", "run.json", "a.npy", "._cat.png", "desktop.ini", "p.pdf"),
)
_PARTS = ("train", "test", "val", "Training", "Test", "valid", "seg_train", "seg_test", "seg_pred", "testImages", "new")


class _Tree:
    """Counts the pictures that are drawn."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.names: set[str] = set()

    def picture(self, name: str, content: bytes | None = None) -> None:
        """One picture, unless something of that name is there or the file system refuses the name."""
        path = self.bench.folder / "data" / name
        if path.exists() or any(len(part.encode()) > 255 for part in name.split("/")):
            return
        try:
            self.bench.write(f"data/{name}", content or self.bench.small_picture())
        except (NotADirectoryError, IsADirectoryError, FileExistsError):
            return
        self.names.add(name)

    def pictures(self, folder: str, count: int, stem: str = "{}", suffix: str = ".png") -> None:
        """Several pictures in a folder."""
        for number in range(count):
            self.picture(f"{folder}/{stem.replace('{}_{}', '{0}_{0}').format(number)}{suffix}".lstrip("/"))

    def other(self, name: str) -> None:
        """A file that is no picture."""
        path = self.bench.folder / "data" / name
        if not path.exists():
            try:
                self.bench.write(f"data/{name}", b"a,b\n1,2\n")
            except (NotADirectoryError, FileExistsError, OSError):
                return

    def case(self, *more: str) -> Case:
        """What is asked of the tree: of the folder, of a zip of it, or to predict on it."""
        visible = {name for name in self.names if not _is_hidden(name)}
        if not more and self.bench.chance(0.1):
            words = ("predict", "../model", "data", "--out", "out.csv", "--json")
            is_listed = (self.bench.folder / "data/labels.csv").exists()  # then what it lists is predicted
            return Case(words, None if is_listed or len(visible) < len(self.names) else len(visible))
        return Case((*INSPECT, *more), pictures=len(visible))


def _is_hidden(name: str) -> bool:
    parts = [part.lower() for part in name.split("/")]
    return any(part.startswith(".") or part in ("__macosx", "@eadir", "desktop.ini") for part in parts)


def anything(bench: Bench) -> Case:
    """Folders in folders, by chance, with pictures and other files in them."""
    tree, places = _Tree(bench), [""]
    for _ in range(bench.between(1, 8)):
        places.append(f"{bench.pick(places)}{bench.pick(FOLDERS)}/")
    stem = bench.pick(_STEMS)
    for place in places[bench.between(0, 1) :]:
        stem = bench.pick(_STEMS) if bench.chance(0.3) else stem
        tree.pictures(place.rstrip("/"), bench.between(0, 4), stem, bench.pick(_SUFFIXES[:7]))
        if bench.chance(0.2):
            tree.other(f"{place}{bench.pick(_OTHERS)}")
    tree.pictures(bench.pick(("cat", "")), 2, "sure{}")
    return tree.case()


def parts(bench: Bench) -> Case:
    """Parts by all words for them, with classes, without, with others, one class missing or more."""
    tree = _Tree(bench)
    classes = [bench.pick(FOLDERS) for _ in range(bench.between(1, 3))]
    for part in {bench.pick(_PARTS) for _ in range(bench.between(1, 4))}:
        depth = bench.between(0, 2)
        for name in classes:
            if bench.chance(0.8):
                tree.pictures(
                    f"{part}/{part}/{name}" if depth == 2 else f"{part}/{name}" if depth else part,
                    2,
                    f"{name}_{{}}"[:40],
                )
        if bench.chance(0.3):
            tree.pictures(part, 2, "loose{}")
    tree.pictures("", bench.pick((0, 0, 1, 3)), "root{}")
    return tree.case()


def parts_in_classes(bench: Bench) -> Case:
    tree = _Tree(bench)
    for name in {bench.pick(FOLDERS) for _ in range(3)}:
        for part in ("train", "test") if bench.chance(0.8) else ("train", bench.pick(FOLDERS)):
            tree.pictures(f"{name}/{part}", bench.between(1, 3))
    return tree.case()


def masks(bench: Bench) -> Case:
    """Pictures and masks, some of them without the other."""
    tree, in_folders = _Tree(bench), bench.chance(0.5)
    word = bench.pick(("mask", "masks", "seg", "segmentation", "trimap"))
    for name in ("cat", "dog"):
        for number in range(bench.between(2, 5)):
            one, other = f"{name}/{number}.png", f"{name}/{number}_{word}{bench.pick(('', '_1', ' 2'))}.png"
            if in_folders:
                one, other = f"{name}/images/{number}.png", f"{name}/{word}/{number}.{bench.pick(('png', 'bmp'))}"
            for each in (one, other):
                if bench.chance(0.85):
                    tree.picture(each)
    tree.pictures(bench.pick(("mask", "masks", "images", "masks/cat")), bench.pick((0, 2)))
    return tree.case()


def copies(bench: Bench) -> Case:
    """The tree once more below itself, whole, nearly, or with more than the outer one."""
    tree = _Tree(bench)
    names = [
        f"{part}/{each}/{number}.png" for part in ("train", "test") for each in ("cat", "dog") for number in range(3)
    ]
    for name in names:
        content = bench.small_picture()
        tree.picture(name, content)
        if bench.chance(bench.pick((1.0, 0.95, 0.5))):
            tree.picture(f"{bench.pick(('data', 'data', 'data', 'train', 'copy'))}/{name}", content)
    return tree.case()


def patients(bench: Bench) -> Case:
    """A folder a patient, or a take, above or below the class."""
    tree = _Tree(bench)
    naming = bench.pick(("{}", "patient{}", "p{}", "v_Archery_g{:02d}_c01", "S00{}", "case {}"))
    for number in range(bench.between(2, 5)):
        person = naming.format(number + bench.pick((0, 100)))
        for name in bench.pick((("0", "1"), ("ill", "well"), ("cat",))):
            tree.pictures(bench.pick((f"{person}/{name}", f"{name}/{person}")), bench.between(1, 3), f"{person}_{{}}")
    return tree.case()


def alike_names(bench: Bench) -> Case:
    """Folders and files whose names are one to a person, and two or more to the file system."""
    tree = _Tree(bench)
    name = bench.pick(("é", "강아지", "Å", "ñandú", "ﬁsh"))
    spelt = {unicodedata.normalize(form, name) for form in ("NFC", "NFD", "NFKC")} | {name.upper(), name.title()}
    for each in spelt:
        tree.pictures(bench.pick((each, f"train/{each}", f"test/{each}")), 2, bench.pick(("{}", f"{each}_{{}}", "a{}")))
    tree.pictures("zebra", 2)
    if bench.chance(0.5):
        rows = "".join(f"{each}/0.png,{at}\n" for at, each in enumerate(sorted(spelt)))
        bench.write("data/labels.csv", "path,label\n" + rows)
    return tree.case()


def boxes(bench: Bench) -> Case:
    """Files of boxes for each picture, as YOLO and Pascal VOC write them, damaged."""
    tree = _Tree(bench)
    tree.pictures("images", 6)
    for number in range(6):
        yolo, voc = b"0 0.5 0.5 0.2 0.2\n", b"<annotation><object><name>cat</name></object></annotation>"
        folder, content, suffix = bench.pick(
            (("labels", yolo, "txt"), ("Annotations", voc, "xml"), ("images", yolo, "txt"))
        )
        bench.write(f"data/{folder}/{number}.{suffix}", bench.damaged(content))
    bench.write("data/classes.txt", bench.damaged(b"cat\ndog\n"))
    return tree.case()


def odd_entries(bench: Bench) -> Case:
    """Folders called like pictures, links, circles, nothing in a file, nothing to read, hidden pictures."""
    tree = _Tree(bench)
    tree.pictures("cat", 3)
    tree.pictures("dog", 3)
    data = bench.folder / "data"
    for _ in range(bench.between(1, 3)):
        name = f"{bench.pick(('cat', 'dog', 'new', 'train'))}/{bench.pick(FOLDERS)}"
        match bench.between(0, 6):
            case 0:
                tree.picture(f"{name}.png/1.png")
            case 1 if not (data / name).exists() and (data / name).parent.exists():
                (data / name).symlink_to(bench.pick(("..", ".", "../dog", "nowhere")) if bench.chance(0.7) else "/etc")
            case 2:
                tree.picture(f"{name}.png", b"\x00")
            case 3:
                tree.picture(f"{name}.png", bench.damaged(bench.small_picture()))
            case 4 if not (data / name).exists() and len(name.encode()) < 250:
                (data / name).mkdir(parents=True)
            case 5:
                tree.picture(f"{name}{bench.pick(_SUFFIXES)}", bench.picture()[1])
            case _:
                tree.other(f"{name}{bench.pick(_OTHERS)}")
    return Case(tree.case().words)  # links count what they lead to


def patterns(bench: Bench) -> Case:
    """Labels by a pattern or by a folder that may not be there."""
    tree = _Tree(bench)
    for name in ("cat", "dog"):
        tree.pictures(bench.pick((f"{name}/x", name, "", f"train/{name}")), 4, f"{name}_{{}}_p{bench.between(0, 3)}")
    asked = bench.pick(_PATTERNS)
    return Case((*INSPECT, "--label-from", asked), pictures=len(tree.names))


_PATTERNS: Sequence[str] = (
    *(
        "folder:1",
        "folder:2",
        "folder:last",
        "folder:path",
        "folder:0",
        "folder:-1",
        "folder:x",
        "folder:" + "9" * 30,
        "",
    ),
    *(
        r"(?P<label>[a-z]+)_\d+",
        r"(?P<label>\d+)",
        r"^(?P<label>[^/]+)/(?P<group>[^/]+)/",
        r"(?P<label>)",
        r"(?P<label>.)*",
    ),
    *(
        r"(?P<label>(?P<label>x))",
        r"(?P<split>\w+)/(?P<label>\w+)",
        r"(",
        r"(?P<other>x)",
        r"(?P<label>cat)|(?P<split>x)",
    ),
    *(
        r"(?P<label>\d+",
        r"\1(?P<label>x)",
        r"(?P<label>" + "a" * 2_000 + ")",
        r"(?i)(?P<label>CAT)",
        r"(?<=_)(?P<label>.)",
    ),
)


def zipped(bench: Bench) -> Case:
    """The same trees as an archive, whose names no file system has looked at."""
    file = io.BytesIO()
    names: set[str] = set()
    with zipfile.ZipFile(file, "w") as archive:
        for _ in range(bench.between(4, 16)):
            folders = "/".join(bench.pick(FOLDERS) for _ in range(bench.between(0, 3)))
            name = f"{folders}/{bench.pick(_STEMS[:12]).format(bench.between(0, 9))}{bench.pick(_SUFFIXES[:7])}".lstrip(
                "/"
            )
            if name not in names:
                names.add(name)
                archive.writestr(name, bench.small_picture() if bench.chance(0.9) else b"")
    bench.write("data.zip", file.getvalue())
    return Case(("inspect", "data.zip", "--json"))


KINDS = (
    Kind("trees", "anything", anything, weight=8),
    Kind("trees", "parts", parts, weight=5),
    Kind("trees", "parts in classes", parts_in_classes, weight=2),
    Kind("trees", "masks", masks, weight=4),
    Kind("trees", "copies of the tree", copies, weight=3),
    Kind("trees", "patients", patients, weight=3),
    Kind("trees", "alike names", alike_names, weight=3),
    Kind("trees", "boxes", boxes, weight=2),
    Kind("trees", "odd entries", odd_entries, weight=4),
    Kind("trees", "patterns", patterns, weight=3),
    Kind("trees", "zipped", zipped, weight=3),
)
