"""Exports of services that keep pictures and their labels, beside the pictures."""

from __future__ import annotations

import io
import json
import tarfile
from hashlib import md5

import pyarrow as pa
from pyarrow import parquet
from tests.contracts.public_layouts.drawing import Place

SCENES = ("Echo Dot", "Forest", "Sunrise")


def tags_of_a_service(at: Place) -> None:
    """Azure Custom Vision: each tag has an id of letters and digits, and a name."""
    records = []
    for k in range(16):
        name = md5(bytes([k])).hexdigest()
        at.photo(f"images/{name}.png")
        tag = {"tagId": ("9eb1c4d0-77", "b0a7ff12-31")[k % 2], "tagName": ("Hemlock", "Japanese Cherry")[k % 2]}
        records.append({"id": name, "created": "2023-05-09", "width": 12, "tags": [tag]})
    at.json("tagged_images.json", records)


def attribute_of_each_class(at: Place) -> None:
    """A manifest of Rekognition Custom Labels: the class is in the name of an attribute, and in its details."""
    lines = []
    for k in range(18):
        at.photo(f"images/IMG_{1133 + 3 * k}.png")
        name = f"scenes-classification_{SCENES[k % 3]}"
        details = {"confidence": 1, "job-name": f"labeling-job/{name}", "class-name": SCENES[k % 3]}
        whole = {**details, "human-annotated": "yes", "type": "groundtruth/image-classification"}
        source = f"s3://custom-labels-console/images/IMG_{1133 + 3 * k}.png"
        lines.append(json.dumps({"source-ref": source, name: 1, f"{name}-metadata": whole}))
    at.text("output.manifest", *lines)


def annotation_of_a_cloud(at: Place) -> None:
    """Vertex AI: the class and the part are nested in each line."""
    lines = []
    for k in range(20):
        at.photo(f"images/img_{k:05d}.png")
        part = ("training", "training", "training", "validation", "test")[k % 5]
        record = {
            "imageGcsUri": f"gs://my-bucket/images/img_{k:05d}.png",
            "classificationAnnotation": {"displayName": ("daisy", "roses")[k // 5 % 2]},
            "dataItemResourceLabels": {"aiplatform.googleapis.com/ml_use": part},
        }
        lines.append(json.dumps(record))
    at.text("data-00001-of-00001.jsonl", *lines)


def lists_of_a_cloud(at: Place) -> None:
    """Azure Machine Learning: a list for each part, with addresses of another place."""
    for part, count in (("train", 16), ("validation", 8)):
        lines = []
        for k in range(count):
            label = ("can", "carton", "milk_bottle", "water_bottle")[k % 4]
            name = f"fridgeObjects/{label}/{k + 50 * (part != 'train')}.png"
            at.photo(name)
            address = f"azureml://subscriptions/1a/datastores/workspaceblobstore/paths/{name}"
            lines.append(json.dumps({"image_url": address, "image_details": {"format": "png"}, "label": label}))
        at.text(f"{part}_annotations.jsonl", *lines)


def impulses(at: Place) -> None:
    """Edge Impulse: the names of the pictures say nothing, and `info.labels` has their labels and parts."""
    files = []
    for part, count in (("training", 14), ("testing", 6)):
        for k in range(count):
            name = f"{part}/IMG_{231 + k}.jpg.{md5(f'{part}{k}'.encode()).hexdigest()[:8]}.png"
            at.photo(name)
            label = {"type": "label", "label": ("helmet", "no_helmet")[k % 2]}
            files.append({"path": name, "name": f"IMG_{231 + k}", "category": part, "label": label, "metadata": {}})
    at.json("info.labels", {"version": 1, "files": files})


def lines_below_the_names_of_classes(at: Place) -> None:
    """NDJSON of Ultralytics: the first line has the names of the classes, and no picture."""
    first = {"type": "dataset", "task": "classify", "class_names": {"0": "daisy", "1": "rose"}, "version": 1}
    lines = [json.dumps(first)]
    for k in range(20):
        name = f"{md5(bytes([k])).hexdigest()[:12]}.png"
        at.photo(f"images/{name}")
        part = ("train", "train", "train", "val")[k % 4]
        record = {"type": "image", "file": name, "split": part, "annotations": {"classification": [k // 4 % 2]}}
        lines.append(json.dumps(record))
    at.text("flowers.ndjson", *lines)


def lesions_in_parquet(at: Place) -> None:
    """HAM10000 on Hugging Face: the diagnosis has a usual name for a label, and lesions have several pictures."""
    for part, count in (("train", 24), ("test", 6)):
        kinds = [("melanoma", "nevus", "keratosis")[k // 2 % 3] for k in range(count)]
        columns = {
            "image": [{"bytes": at.png(), "path": f"ISIC_{k}.jpg"} for k in range(count)],
            "image_id": [f"ISIC_{part}_{k}" for k in range(count)],
            "lesion_id": [f"HAM_{part}_{k // 2}" for k in range(count)],
            "dx": kinds,
            "dx_type": ["histo" if k % 3 else "follow_up" for k in range(count)],
            "sex": [("male", "female")[k % 2] for k in range(count)],
        }
        parquet.write_table(pa.table(columns), at.path(f"data/{part}-00000-of-00001-c08a401c53fe5312.parquet"))
    at.text("README.md", "---", "license: mit", "---")


def samples_with_json(at: Place) -> None:
    """WebDataset with the label in the JSON of each picture, in tar files whose names say nothing else."""
    for shard in range(2):
        with tarfile.open(at.path(f"birds-{shard:06d}.tar"), "w") as archive:
            for k in range(10 * shard, 10 * shard + 10):
                record = {"label": ("owl", "wren")[k % 2], "id": k, "height": 10}
                for ending, content in (("png", at.png()), ("json", json.dumps(record).encode())):
                    member = tarfile.TarInfo(f"{k:08d}.{ending}")
                    member.size = len(content)
                    archive.addfile(member, io.BytesIO(content))


def captions_in_shards(at: Place) -> None:
    """WebDataset of img2dataset: a caption and no label for each picture."""
    for shard in range(2):
        with tarfile.open(at.path(f"{shard:05d}.tar"), "w") as archive:
            for k in range(6):
                name = f"{shard:05d}{k:04d}"
                record = {"caption": f"view {k} of a bay", "url": f"https://example.org/{k}.jpg", "status": "success"}
                caption = (f"view {k} of a bay").encode()
                files = (("png", at.png()), ("txt", caption), ("json", json.dumps(record).encode()))
                for ending, content in files:
                    member = tarfile.TarInfo(f"{name}.{ending}")
                    member.size = len(content)
                    archive.addfile(member, io.BytesIO(content))
