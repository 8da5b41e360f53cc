"""Read the JSON of labelling tools, in which pictures point to classes by number: COCO's and Datumaro's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onelook.data.layouts.manifests.readers.json_records import BOX_KEYS, JsonTable, table_of_records

# COCO's properties of each file, which are not labels.
_OF_FILES = frozenset({"license", "coco_url", "flickr_url", "date_captured", "rights_holder", "width", "height", "url"})


def coco_table(value: Mapping[str, Any]) -> JsonTable | None:
    """Return a row for each picture and class: `annotations` point to `images` and `categories` by number."""
    images = [each for each in value["images"] if isinstance(each, Mapping) and "file_name" in each]
    if not images:
        return None
    categories = value.get("categories")
    names = {
        each.get("id"): each.get("name")
        for each in (categories if isinstance(categories, list) else ())
        if isinstance(each, Mapping) and each.get("name") is not None and _is_hashable(each.get("id"))
    }
    classes: dict[Any, list[Any]] = {}
    codes: dict[Any, Any] = {}
    boxes = 0
    for each in value["annotations"]:
        if isinstance(each, Mapping) and _is_hashable(each.get("image_id")) and _is_hashable(each.get("category_id")):
            boxes += any(each.get(key) for key in BOX_KEYS)
            category = each.get("category_id")
            classes.setdefault(each.get("image_id"), []).append(names.get(category, category))
            codes.setdefault(each.get("image_id"), category)
    records = []
    for image in images:
        own = list(dict.fromkeys(map(str, classes.get(image.get("id"), ()) if _is_hashable(image.get("id")) else ())))
        plain = {key: cell for key, cell in image.items() if not isinstance(cell, list | Mapping)}
        record = {**plain, "category": own if len(own) > 1 else next(iter(own), None)}
        records.append({**record, "category_id": codes.get(image.get("id"))} if names and own else record)
    columns = {name: cells for name, cells in table_of_records(records).columns.items() if name not in _OF_FILES}
    return JsonTable(columns, boxes=boxes, is_coco=True)


def _is_hashable(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float)
