"""Write the lists of known pictures with which `onelook` recognises MNIST and Fashion-MNIST by their content.

    ONELOOK_DATA=… python benchmarks/known_pictures.py

It writes `src/onelook/data/layouts/published/<name>.bloom` from the built-in data sets.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import onelook as ol
from onelook.data.layouts.published.known_pictures import Pixels, add_pictures
from onelook.data.layouts.published_names import FASHION_MNIST_NAMES

FOLDER = Path(__file__).parent.parent / "src" / "onelook" / "data" / "layouts" / "published"


def labelled_pictures(name: str) -> Iterator[tuple[Pixels, int]]:
    """Yield every picture of a built-in data set with its number."""
    dataset = ol.open_dataset(name)
    names = FASHION_MNIST_NAMES
    numbers = [names.index(each) if each in names else int(each) for each in dataset.class_names]
    for part in dataset.parts.values():
        for row, label in enumerate(part.labels if part.labels is not None else ()):
            yield part.pictures.original(row)[..., 0], numbers[label]


if __name__ == "__main__":
    for name in ("mnist", "fashion_mnist"):
        content = add_pictures(labelled_pictures(name))
        (FOLDER / f"{name}.bloom").write_bytes(content)
        print(f"{name}: {len(content):,} bytes")
