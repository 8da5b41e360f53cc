"""What is right for the data sets of `things`."""

from __future__ import annotations

from tests.contracts.public_layouts import things
from tests.contracts.public_layouts.outcomes import Asks, Draw, Opens, Refuses

THINGS: list[tuple[Draw, Opens | Asks | Refuses]] = [
    (things.objects_with_maps, Asks(("2 classes: apple 6, cup 6; the pictures in a folder stay", "4 classes: apple1"))),
    (things.scans_of_counted_patients, Asks(("3 classes: AMD 8, DME 8, NORMAL 8", "6 classes: AMD1 4"))),
    (things.ships_by_scene, Asks(("3 classes: Cargo 8, Fishing 8, Tanker 8, by the names", "2 classes: S1A_IW_"))),
    (
        things.cells_in_two_tests,
        Opens(("Basophil", "Lymphocyte", "Neutrophil"), {"train": 15, "test": 12}, says=("TestA/ and TestB/ are",)),
    ),
    (
        things.masks_of_each_object,
        Opens(("bike", "cars", "person"), {"all": 18}, says=("27 pictures are left out.*masks",), left_out=27),
    ),
    (
        things.every_tenth_frame,
        Opens(("Abuse", "Arson", "NormalVideos"), {"train": 42, "test": 21}, says=("18 groups",), groups=12),
    ),
    (things.persons_in_boxes, Opens((), {}, {"all": 37}, says=("No label was found",))),
    (
        things.herbarium_in_shares,
        Opens(("0", "1", "5"), {"all": 18}, says=("test_metadata.json lists pictures without labels", "8 pictures in")),
    ),
    (things.storms_in_knots, Opens((), {}, {"all": 24}, says=("'wind_speed' holds .* a number to predict",))),
    (
        things.cultivars_with_a_system_file,
        Opens(("PI_154987", "PI_257599", "PI_92270"), {"all": 18}, says=("no file 'train_images/.DS_Store'",)),
    ),
    (things.modules_by_number, Opens(("Cell", "No-Anomaly", "Offline-Module"), {"all": 18})),
    (
        things.pests_counted_from_one,
        Opens(
            ("paddy stem maggot", "rice leaf caterpillar", "rice leaf roller"),
            {"train": 12, "val": 6, "test": 6},
            says=("classes.txt counts from 1, and the labels count from 0",),
        ),
    ),
    (things.leukocytes_looked_at_again, Opens(("BAS", "EOS", "NGS"), {"all": 21})),
    (
        things.faults_by_kind_and_state,
        Opens(("bottle-broken_small", "bottle-good", "capsule-crack", "capsule-good"), {"all": 24}),
    ),
    (
        things.eyes_with_a_solution,
        Opens(("0", "1", "2"), {"train": 24, "test": 8}, says=("solution.csv lie in a test folder",), groups=12),
    ),
    (things.lungs_with_their_sizes, Opens((), {}, {"train": 18, "test": 6}, says=("no picture is called so",))),
    (things.plankton_by_year, Asks(("3 classes: 2006 12", "3 classes: Chaetoceros 12"))),
    (things.fights_in_videos, Refuses(("videos, which onelook does not open",))),
    (things.faults_of_cloth, Opens(("扎洞", "正常", "毛斑"), {"train": 16}, {"test": 5})),
    (
        things.plants_with_a_learn_tag,
        Opens(("Lactuca virosa L.", "Taxus baccata L."), {"train": 16, "val": 8, "test": 8}, groups=8),
    ),
    (things.leaves_in_two_cameras, Opens(("blast", "brown", "healthy"), {"all": 24}, groups=12)),
    (things.grass_in_long_rows, Opens((), {}, {"all": 12}, says=("'target' holds 60 different numbers",))),
]
