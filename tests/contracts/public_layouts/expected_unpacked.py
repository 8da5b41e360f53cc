"""What is right for the data sets of `unpacked`."""

from __future__ import annotations

from tests.contracts.public_layouts import unpacked
from tests.contracts.public_layouts.outcomes import Asks, Draw, Opens, Refuses

UNPACKED: list[tuple[Draw, Opens | Asks | Refuses]] = [
    (
        unpacked.lesions_twice_in_shares,
        Opens(("bcc", "mel", "nv"), {"all": 24}, says=("12 pictures .*same tree once more",), groups=12),
    ),
    (
        unpacked.cells_of_three_phases,
        Opens(
            ("all", "hem"),
            {"train": 24},
            {"test": 4},
            says=("validation_data/ lie in no class folders: they cannot validate", "_labels.csv lists these pictures"),
            groups=8,
            left_out=6,
        ),
    ),
    (
        unpacked.x_rays_and_a_test_folder,
        Asks(("2 classes: CXR_png 16, test 5", "--layout picture-folder", "called after a part, 'test'")),
    ),
    (unpacked.digits_of_tensorflow, Opens(("one", "three", "two", "zero"), {"train": 20, "test": 8})),
    (unpacked.petals, Opens(("0", "1", "2", "3"), {"train": 16, "val": 8}, {"test": 6})),
    (unpacked.petals_in_two_sizes, Asks(("tfrecords-jpeg-192x192", "tfrecords-jpeg-512x512"))),
]
