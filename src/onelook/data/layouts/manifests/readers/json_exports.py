"""Read the JSON of labelling tools, in which pictures point to classes by number: COCO's and Datumaro's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from onelook.data.column_names import is_called_like_label, words_of
from onelook.data.layouts.manifests.columns.several_categories import count_several
from onelook.data.layouts.manifests.columns.texts_in_columns import are_sentences
from onelook.data.layouts.manifests.readers.json_records import BOX_KEYS, JsonTable, table_of_records

# COCO's properties of each file, which are not labels.
_OF_FILES = frozenset({"license", "coco_url", "flickr_url", "date_captured", "rights_holder", "width", "height", "url"})


_NAME_KEYS = ("name", "scientificName", "scientific_name", "category_name", "species")
CLASS_KEYS = ("classes", "class_names", "categories", "labels", "label_names", "names", "label_map", "species")


def coco_table(value: Mapping[str, Any]) -> JsonTable | None:
    """Return a row for each picture and class: `annotations` point to `images` and `categories` by number."""
    records_of = [_with_image_id(each) for each in value["images"] if isinstance(each, Mapping)]
    # Where the pictures were to be downloaded, they are called by their ids: `1.jpg`.
    images = [each for each in records_of if "file_name" in each] or [each for each in records_of if "image_id" in each]
    if not images:
        return None
    annotations = [one for each in value["annotations"] if isinstance(each, Mapping) for one in _with_usual_keys(each)]
    categories = value.get("categories")
    names = {
        _id_of(each, "category_id"): name
        for each in (categories if isinstance(categories, list) else ())
        if isinstance(each, Mapping)
        and (name := _name_of(each)) is not None
        and _is_hashable(_id_of(each, "category_id"))
    }
    classes: dict[Any, list[Any]] = {}
    codes: dict[Any, set[Any]] = {}
    boxes = 0
    for each in annotations:
        if _is_hashable(each.get("image_id")) and _is_hashable(each.get("category_id")):
            boxes += any(each.get(key) for key in BOX_KEYS)
            category = each.get("category_id")
            classes.setdefault(each.get("image_id"), []).append(names.get(category, category))
            codes.setdefault(each.get("image_id"), set()).add(category)
    records = []
    # Captions, and places of pictures to predict, point to no class.
    has_classes = not value["annotations"] or any("category_id" in each for each in annotations)
    if not has_classes and are_sentences([str(each["caption"]) for each in annotations if "caption" in each]):
        return table_of_records(_with_captions(images, annotations))
    for image in images:
        key = _id_of(image, "image_id")
        own = list(dict.fromkeys(map(str, classes.get(key, ()) if _is_hashable(key) else ())))
        plain = {key: cell for key, cell in image.items() if not isinstance(cell, list | Mapping)}
        record = {**plain, "category": own if len(own) > 1 else next(iter(own), None)} if has_classes else plain
        code = next(iter(codes[key])) if names and len(own) == 1 else None  # no code stands for several
        records.append({**record, "category_id": code} if names and own else record)
    columns = {name: cells for name, cells in table_of_records(records).columns.items() if name not in _OF_FILES}
    several = count_several(columns, "category")
    if several is not None and not several.are_few:
        columns.pop("category_id", None)
    return JsonTable(columns, boxes=boxes, is_coco=True, several=several)


def _with_captions(
    images: Sequence[Mapping[str, Any]], annotations: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return a record for each caption: the name of the picture, and the caption."""
    captions: defaultdict[Any, list[Any]] = defaultdict(list)
    for each in annotations:
        if _is_hashable(each.get("image_id")):
            captions[each.get("image_id")].append(each.get("caption"))
    found = []
    for image in images:
        key = _id_of(image, "image_id")
        name = image.get("file_name", key)
        found += [
            {"file_name": name, "caption": text} for text in (captions.get(key) if _is_hashable(key) else ()) or (None,)
        ]
    return found


def _with_image_id(record: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**record, "image_id": record["imageId"]} if "imageId" in record else record


def _with_usual_keys(annotation: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return an annotation for each category, with COCO's keys; competitions write `label_id`, or a list `labelId`."""
    annotation = _with_image_id(annotation)
    if "category_id" in annotation or not {"label_id", "labelId"} & annotation.keys():
        return [annotation]
    labels = annotation.get("label_id", annotation.get("labelId"))
    return [{**annotation, "category_id": label} for label in (labels if isinstance(labels, list) else [labels])]


def _id_of(record: Mapping[str, Any], other: str) -> Any:
    """Return the id of a picture or a category, which some write as annotations do: `image_id`, `category_id`."""
    return record["id"] if "id" in record else record.get(other)


def _name_of(category: Mapping[str, Any]) -> Any:
    """Return the name of a category; in herbaria it is called by the scientific name of a species."""
    return next((category[key] for key in _NAME_KEYS if category.get(key) is not None), None)


def datumaro_table(value: Mapping[str, Any]) -> JsonTable | None:
    """Return a row for each picture of Datumaro's `items`, whose labels are places in `categories`; None for others."""
    kinds = value.get("categories")
    labels = kinds.get("label") if isinstance(kinds, Mapping) else None
    listed = labels.get("labels") if isinstance(labels, Mapping) else None
    if not isinstance(listed, list) or not isinstance(value.get("items"), list):
        return None
    names = [each.get("name") if isinstance(each, Mapping) else None for each in listed]
    records = []
    boxes = 0
    for item in value["items"]:
        if not isinstance(item, Mapping):
            continue
        found = [each for each in _list(item.get("annotations")) if isinstance(each, Mapping)]
        whole = [each for each in found if each.get("type") == "label"]  # of the whole picture, not of a box in it
        places = [each["label_id"] for each in whole or found if each.get("label_id") is not None]
        boxes += sum(each.get("type") not in ("label", "caption") for each in found)
        own = [names[at] if type(at) is int and 0 <= at < len(names) else at for at in places]
        own = list(dict.fromkeys(map(str, own)))
        picture = item.get("image")
        path = picture.get("path") if isinstance(picture, Mapping) else None
        record = {"id": item.get("id"), "path": path or item.get("id")}
        records.append({**record, "label": own if len(own) > 1 else next(iter(own), None)})
    if not records:
        return None
    table = table_of_records(records)
    return replace(table, boxes=boxes, several=count_several(table.columns, "label"))


def vott_table(value: Mapping[str, Any]) -> JsonTable | None:
    """Return a row for each picture of VoTT's `assets`, with the tags of the regions in it; None for others."""
    assets = value.get("assets")
    records = []
    for each in assets.values() if isinstance(assets, Mapping) else ():
        asset = each.get("asset") if isinstance(each, Mapping) else None
        if not isinstance(asset, Mapping) or not isinstance(asset.get("name"), str):
            return None
        found = [region for region in _list(each.get("regions")) if isinstance(region, Mapping)]
        tags = list(dict.fromkeys(str(tag) for region in found for tag in _list(region.get("tags"))))
        records.append(
            {"name": asset["name"], "tags": tags if len(tags) > 1 else next(iter(tags), None), "boxes": found}
        )
    if not records:
        return None
    table = table_of_records(records)
    return replace(table, several=count_several(table.columns, "tags"))


def names_of_codes(value: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the name of each class by its code, from a list or mapping of classes beside the records; or empty.

    Example:
        >>> names_of_codes({"classes": ["cat", "dog"], "images": [{"file": "a.png", "label": 1}]})
        {'0': 'cat', '1': 'dog'}
    """
    return next((names for key in CLASS_KEYS if (names := _names_in(value.get(key)))), {})


def _names_in(classes: Any) -> Mapping[str, str]:
    """Return the names in a list of names, in records with `id` and `name`, or in a mapping, by their codes."""
    if isinstance(classes, list) and all(isinstance(each, str) for each in classes):
        return {str(at): name for at, name in enumerate(classes)}
    if isinstance(classes, list):
        are_named = all(isinstance(each, Mapping) and {"id", "name"} <= each.keys() for each in classes)
        return {str(each["id"]): str(each["name"]) for each in classes} if are_named else {}
    if isinstance(classes, Mapping) and all(isinstance(each, str) for each in classes.values()):
        return {str(code): name for code, name in classes.items()}
    if isinstance(classes, Mapping) and all(type(each) is int for each in classes.values()):
        return {str(code): str(name) for name, code in classes.items()}
    return {}


def with_names(table: JsonTable, names: Mapping[str, str]) -> JsonTable:
    """Return the table with names instead of codes in the columns that are called like a label, or `classification`."""
    columns = {
        column: [None if cell is None else names[cell] for cell in cells]
        for column, cells in table.columns.items()
        if (is_called_like_label(column) or words_of(column)[-1:] == ["classification"])
        and any(cells)
        and {*cells} - {None} <= names.keys()
    }
    return replace(table, columns={**table.columns, **columns})


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_hashable(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float)
