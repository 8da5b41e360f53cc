"""Contests and catalogues whose lists, folders of a stage, and columns of wider classes stand beside the pictures."""

from __future__ import annotations

from tests.contracts.public_layouts.drawing import Place
from tests.contracts.public_layouts.outcomes import Asks, Draw, Opens, Refuses

FISH = ("ALB", "BET", "NoF")


def fish_of_two_stages(at: Place) -> None:
    """Pictures to predict in a folder of each stage of the contest."""
    at.class_folders("train", FISH, 6, "img_{name}{i}.jpg")
    at.photos(*(f"test_stg{stage}/img_{stage}{i:04d}.jpg" for stage in (1, 2) for i in range(4)))
    rows = [(f"img_1{i:04d}.jpg", 0.4, 0.1, 0.5) for i in range(4)]
    at.table("sample_submission_stg1.csv", f"image,{','.join(FISH)}", rows)


def photos_in_the_dark(at: Place) -> None:
    """A header with bars above lines with blanks, and a column of parts in numbers."""
    lines = ["Name | Class | Light | In/Out | Train/Val/Test"]
    for c, name in enumerate(("Bicycle", "Boat", "Bottle")):
        for i in range(10):
            file = f"2015_{c}{i:04d}.{('png', 'jpg')[i % 2]}"
            at.photo(f"ExDark/{name}/{file}")
            lines.append(f"{file} {c + 1} {i % 9 + 1} {i % 2 + 1} {1 if i < 6 else 2 if i < 8 else 3}")
    at.text("imageclasslist.txt", *lines)


def products_of_a_shop(at: Place) -> None:
    """Numbers of wider classes, which are the folders, beside those of single products."""
    number = 0
    for part in ("train", "test"):
        lines = ["image_id class_id super_class_id path"]
        for c in range(4):
            for i in range(4):
                name = f"{('bicycle', 'chair')[c % 2]}_final/{part[:2]}{'abcd'[c]}x{'stuv'[i]}.JPG"
                at.photo(f"Products/{name}", format="JPEG")
                lines.append(f"{number} {c + 1 + 4 * (part == 'test')} {c % 2 + 1} {name}")
                number += 1
        at.text(f"Products/Ebay_{part}.txt", *lines)


CONTESTS: list[tuple[Draw, Opens | Asks | Refuses]] = [
    (
        fish_of_two_stages,
        Opens(FISH, {"train": 18}, {"test": 8}, says=("test_stg1/ and test_stg2/ are the part 'test' together",)),
    ),
    (
        photos_in_the_dark,
        Opens(
            ("Bicycle", "Boat", "Bottle"),
            {"train": 18, "val": 6, "test": 6},
            says=("the column 'Train/Val/Test' .1 is train, 2 is val, 3 is test",),
        ),
    ),
    (
        products_of_a_shop,
        Opens(
            ("bicycle_final", "chair_final"),
            {"train": 16, "test": 16},
            says=("'class_id' .8 classes. may be the label too",),
        ),
    ),
]
