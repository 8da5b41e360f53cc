"""What is right for the data sets of `further_sets`."""

from __future__ import annotations

from tests.contracts.public_layouts import further_sets as sets
from tests.contracts.public_layouts.outcomes import Asks, Draw, Opens, Refuses

_TOGETHER = ("belong together",)

FURTHER: list[tuple[Draw, Opens | Asks | Refuses]] = [
    (sets.julia_street_view, Opens(("A", "a", "7"), {"all": 24}, says=("6 pictures in 'testResized/'",))),
    (sets.digits_and_letters, Opens(("0", "1", "2"), {"all": 30}, says=("'id' and 'letter'",), is_bright_at_top=True)),
    (sets.conservation, Opens(("bird", "hog", "rodent"), {"all": 24}, says=("'site' stay together",), groups=4)),
    (sets.lesions_2016, Opens(("benign", "malignant"), {"train": 20}, {"test": 10}, says=("which is which",))),
    (sets.herbarium_in_latin_1, Opens(("Ilex × meserveae", "Isoëtes lacustris"), {"all": 24})),
    (sets.crops_in_cp949, Opens(("딸기", "토마토"), {"all": 24})),
    (sets.powershell_lines, Opens(("naïve", "façade"), {"all": 20})),
    (sets.fashion_categories, Opens(("1", "2", "3"), {"train": 12, "val": 6, "test": 6})),
    (
        sets.weeds_in_folds,
        Opens(
            ("Lantana", "Negative", "Parkinsonia"),
            {"train": 18, "val": 6, "test": 6},
            says=("2 splits in lists: that of labels/train_subset0.csv",),
        ),
    ),
    (sets.leaves_and_outlines, Opens(("Abies concolor", "Picea pungens"), {"all": 18}, says=("'segmented_path'",))),
    (sets.polyps, Opens(("HP", "SSA"), {"train": 18, "test": 6})),
    (
        sets.camera_traps,
        Opens(("empty", "bobcat"), {"all": 23}, says=("several categories",), groups=4, left_out=1),
    ),
    (sets.synsets_in_shares, Opens(("tench", "goldfish", "cock", "agama"), {"train": 24, "val": 12})),
    (sets.materials_and_masks, Opens(("fabric", "glass"), {"all": 16}, says=("16 pictures .*masks",), left_out=16)),
    (sets.tom_and_jerry, Opens(("jerry", "tom", "tom_jerry_0", "tom_jerry_1"), {"all": 24})),
    (sets.whales_and_dolphins, Opens(tuple(f"{k:x}a9c" for k in range(8)), {"all": 32})),
    (
        sets.graded_by_three,
        Opens(("early", "late", "normal"), {"all": 24}, says=("majority of .*on 3 of 24 pictures they disagree",)),
    ),
    (sets.contrast_of_scans, Opens(("False", "True"), {"all": 24}, says=("'ContrastTag' holds 'NONE' in all rows",))),
    (sets.heads_in_part, Opens(("Demented", "Healthy"), {"all": 42}, says=_TOGETHER, groups=6)),
    (sets.tiles_of_slides, Opens(("MSIMUT", "MSS"), {"all": 24}, says=_TOGETHER, groups=6)),
    (sets.views_of_objects, Opens(("airplane", "cone"), {"train": 24, "test": 8}, says=_TOGETHER, groups=6)),
    (sets.usps_by_class, Opens(("1", "2", "3"), {"all": 60}, says=("20 pictures of 16×16",), is_bright_at_top=True)),
    (sets.faces_in_cells, Opens(("1a", "1b", "1c"), {"all": 27}, is_bright_at_top=True)),
    (
        sets.seedlings_in_an_array,
        Opens(("Charlock", "Cleavers"), {"all": 24}, says=("a row for each picture",), is_bright_at_top=True),
    ),
    (sets.boxes_of_cells, Opens((), {}, {"all": 12}, says=("object detection.*several labels a picture",))),
    (sets.steering, Opens((), {}, {"all": 12}, says=("numbers to predict",))),
]
