"""Pictures with lists beside them that join the files in an unusual way, or not at all."""

from __future__ import annotations

from tests.contracts.public_layouts.drawing import Place


def oxford_pets(at: Place) -> None:
    lines: dict[str, list[str]] = {"trainval": [], "test": []}
    for k, breed in enumerate(("Abyssinian", "Bengal", "american_bulldog", "great_pyrenees")):
        for i in range(1, 10):
            at.photo(f"images/{breed}_{i}.jpg")
            at.mask(f"annotations/trimaps/{breed}_{i}.png")
            at.bytes(f"annotations/trimaps/._{breed}_{i}.png", b"\0\5\x16\7Mac OS X")
            at.text(f"annotations/xmls/{breed}_{i}.xml", "<annotation/>")
            lines["trainval" if i < 7 else "test"].append(f"{breed}_{i} {k + 1} {1 + k // 2} {1 + k % 2}")
    head = ("#Image CLASS-ID SPECIES BREED ID", "#ID: 1:37 Class ids", "#SPECIES: 1:Cat 2:Dog", "#BREED ID: 1-25:Cat")
    at.text(
        "annotations/list.txt", *head, "#All images of cats begin with a capital", *lines["trainval"], *lines["test"]
    )
    for part, of_part in lines.items():
        at.text(f"annotations/{part}.txt", *of_part)
