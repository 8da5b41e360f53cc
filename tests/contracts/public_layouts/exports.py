"""Exports of labelling tools, as their documentation and their users' issues show them."""

from __future__ import annotations

import json

from tests.contracts.public_layouts.drawing import Place

PETS = ("Cat", "Dog", "Bird")
_NAMES = [f"cf8e8bb5-photo{i}.png" for i in range(18)]


def label_studio_min(at: Place) -> None:
    at.photos(*(f"images/{name}" for name in _NAMES))
    rows = [
        {
            "image": f"/data/upload/1/{name}",
            "id": 900 + i,
            "choice": PETS[i % 3],
            "annotator": 1,
            "annotation_id": 7_000 + 3 * i,
            "created_at": f"2024-03-05T10:{i:02d}:11.1Z",
            "updated_at": f"2024-03-05T11:{i:02d}:11.1Z",
            "lead_time": 1.5 + i / 7,
        }
        for i, name in enumerate(_NAMES)
    ]
    at.json("project-1-at-2024-03-05.json", rows)


def label_studio_json(at: Place) -> None:
    at.photos(*(f"images/{name}" for name in _NAMES))
    rows = [
        {
            "id": 900 + i,
            "file_upload": name,
            "data": {"image": f"/data/upload/1/{name}"},
            "annotations": [
                {
                    "id": 50 + 2 * i,
                    "completed_by": 1,
                    "was_cancelled": False,
                    "ground_truth": False,
                    "lead_time": 2.5 + i / 3,
                    "result": [
                        {
                            "value": {"choices": [PETS[i % 3]]},
                            "id": f"r{97 * i}",
                            "from_name": "choice",
                            "type": "choices",
                        }
                    ],
                }
            ],
            "drafts": [],
            "predictions": [],
        }
        for i, name in enumerate(_NAMES)
    ]
    at.json("project-1.json", rows)


def label_studio_raters(at: Place) -> None:
    at.photos(*(f"images/{name}" for name in _NAMES))
    rows = [
        {
            "file_upload": name,
            "annotations": [{"result": [{"value": {"choices": [PETS[(i + k) % 3]]}}]} for k in range(1 + i % 2)],
        }
        for i, name in enumerate(_NAMES)
    ]
    at.json("project-1.json", rows)


def labelbox(at: Place) -> None:
    lines = []
    for i in range(12):
        at.photo(f"images/IMG_{4000 + i}.png")
        answer = {"name": PETS[i % 2], "value": PETS[i % 2].lower(), "classifications": []}
        annotations = {"objects": [], "classifications": [{"name": "animal", "radio_answer": answer}]}
        lines.append(
            {
                "data_row": {"id": f"ck{991 * i}", "external_id": f"IMG_{4000 + i}.png"},
                "media_attributes": {"mime_type": "image/png"},
                "projects": {"clx1": {"name": "pets", "labels": [{"id": f"l{77 * i}", "annotations": annotations}]}},
            }
        )
    at.json_lines("export.ndjson", lines)


def ground_truth(at: Place) -> None:
    lines = []
    for i in range(12):
        at.photo(f"images/{i}.png")
        meta = {"class-name": PETS[i % 2], "confidence": 0.5 + i / 100, "creation-date": f"2024-03-05T10:{i:02d}:00"}
        lines.append({"source-ref": f"s3://my-bucket/images/{i}.png", "species": i % 2, "species-metadata": meta})
    at.json_lines("output.manifest", lines)


def fiftyone(at: Place) -> None:
    first = 0
    for part, count in (("train", 12), ("validation", 6), ("test", 6)):
        names = [f"{first + i:06d}" for i in range(count)]
        at.photos(*(f"{part}/data/{name}.png" for name in names))
        at.json(f"{part}/labels.json", {"classes": PETS, "labels": {name: i % 3 for i, name in enumerate(names)}})
        first += count


def via_csv(at: Place) -> None:
    rows = []
    for i in range(12):
        at.photo(f"photo{i}.png")
        rows.append([f"photo{i}.png", 4_000 + i, f'{{"species":"{PETS[i % 2]}"}}', 0, 0, "{}", "{}"])
    head = "filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes"
    at.table("via_project_csv.csv", head, rows)


def cvat(at: Place) -> None:
    at.photos(*(f"images/frame_{i:06d}.png" for i in range(6)))
    tags = (f'<image id="{i}" name="frame_{i:06d}.png"><tag label="cat"></tag></image>' for i in range(6))
    at.text("annotations.xml", "<annotations>", "<version>1.1</version>", *tags, "</annotations>")


def fairface(at: Place) -> None:
    races, ages = ("Black", "East Asian", "Indian"), ("3-9", "50-59", "more than 70")
    for part, count in (("train", 18), ("val", 6)):
        at.photos(*(f"{part}/{i}.png" for i in range(1, count + 1)))
        rows = [
            [f"{part}/{i}.png", ages[i % 3], ("Male", "Female")[i % 2], races[i // 2 % 3], i % 2 == 0]
            for i in range(1, count + 1)
        ]
        at.table(f"fairface_label_{part}.csv", "file,age,gender,race,service_test", rows)


def supervisely(at: Place) -> None:
    """A JSON file for each picture with one tag; one of the pictures has none."""
    for i in range(12):
        at.photo(f"ds0/img/IMG_{i:04d}.jpg")
        tags = [{"id": i, "name": ("cat", "dog")[i % 2], "value": None}] if i < 11 else []
        at.json(f"ds0/ann/IMG_{i:04d}.jpg.json", {"description": "", "tags": tags, "objects": []})
    at.json("meta.json", {"tags": [{"name": "cat"}, {"name": "dog"}]})


def labelme_flags(at: Place) -> None:
    for i in range(12):
        at.photo(f"{i}.jpg")
        flags = {"cat": i % 2 == 0, "dog": i % 2 == 1}
        at.json(f"{i}.json", {"version": "5.2.1", "flags": flags, "shapes": [], "imagePath": f"{i}.jpg"})


def labelme_several(at: Place) -> None:
    """Two flags are set for some pictures: no class a picture."""
    for i in range(12):
        at.photo(f"{i}.jpg")
        at.json(f"{i}.json", {"flags": {"cat": True, "dog": i % 2 == 1}, "shapes": [], "imagePath": f"{i}.jpg"})


def aihub(at: Place) -> None:
    """A JSON file for each picture in the folder of its part, with the same names in both parts."""
    for part, short, count in (("1.Training", "T", 8), ("2.Validation", "V", 4)):
        for i in range(count):
            name = f"V006_77_{i % 2}_{i % 2 * 18:02d}_{2 * i:04d}z_{i + 1}"
            at.photo(f"{part}/원천데이터/{short}S1/{name}.jpg")
            record = {"description": {"image": f"{name}.jpg"}, "annotations": {"disease": i % 2 * 18, "crop": 6}}
            at.json(f"{part}/라벨링데이터/{short}L1/{name}.json", record)


def prodigy(at: Place) -> None:
    rows = []
    for i in range(18):
        at.photo(f"photos/{i}.jpg")
        options = [{"id": each.casefold(), "text": each} for each in PETS]
        is_ignored = i % 8 == 5
        answer = {
            "accept": [] if is_ignored else [options[i % 3]["id"]],
            "answer": "ignore" if is_ignored else "accept",
        }
        rows.append({"image": f"photos/{i}.jpg", "_input_hash": -1237 - i, "options": options, **answer})
    at.json_lines("pets.jsonl", rows)


def zooniverse(at: Place) -> None:
    """The classifications of volunteers: the picture and the answer are in JSON in the cells, three rows a picture."""
    rows = []
    for i in range(36):
        picture, person = divmod(i, 3)
        name = f"trap_{picture:04d}.JPG"
        if person == 0:
            at.photo(f"subjects/{name}")
        answer = ("Fox", "Deer", "Nothing here")[(picture + (person == 2 and picture == 4)) % 3]
        told = [{"task": "T0", "task_label": "What is in the picture?", "value": answer}]
        subject = {str(61_000 + picture): {"retired": None, "Filename": name}}
        rows.append((330_000 + i, f"ann{person}", 17_000, json.dumps(told), json.dumps(subject), 61_000 + picture))
    head = "classification_id,user_name,workflow_id,annotations,subject_data,subject_ids"
    at.table("traps-classifications.csv", head, rows)


def labelbox_table(at: Place) -> None:
    """Labelbox' older CSV: a record in each cell of the column of labels, or `Skip`, and the seconds of the work."""
    rows = []
    for i in range(20):
        at.photo(f"photos/shelf_{i:03d}.jpeg")
        answer = {"featureId": f"{977 * i:06x}", "title": ("Full", "Empty")[i % 2], "value": ("full", "empty")[i % 2]}
        told = {"objects": [], "classifications": [{"title": "Is it full?", "value": "is_it_full", "answer": answer}]}
        label = "Skip" if i == 8 else json.dumps(told)
        rows.append(
            (f"ck{97 * i:07x}", f"https://x.org/{31 * i:07x}", label, "ann@x.org", 4.25 + i, f"shelf_{i:03d}.jpeg")
        )
    at.table("export.csv", "ID,Labeled Data,Label,Created By,Seconds to Label,External ID", rows)


def airtable(at: Place) -> None:
    """The attachments of Airtable: the name of a file, and its address in brackets."""
    rows = []
    for i in range(18):
        at.photo(f"Photos/shoe {i} (side).jpg")
        place = f"shoe {i} (side).jpg (https://dl.airtable.com/.attachments/{40503 * i:08x}/shoe{i}.jpg)"
        rows.append((f"Item {i}", place, ("Boot", "Sandal", "Sneaker")[i % 3], "", "checked" if i % 2 else ""))
    at.table("Shoes-Grid view.csv", "Name,Photo,Kind,Notes,Reviewed", rows, encoding="utf-8-sig")


def kili(at: Place) -> None:
    """Kili's CSV: the class is the name of a category in a record."""
    rows = []
    for i in range(16):
        at.photo(f"assets/asset-{i}.png")
        told = {"JOB_0": {"categories": [{"name": ("CAT", "DOG")[i % 2], "confidence": 100}]}}
        rows.append((f"{2654435761 * (i + 1) % 2**32:08x}", f"asset-{i}.png", json.dumps(told), "LABELED"))
    at.table("kili.csv", "id,externalId,jsonResponse,status", rows)
