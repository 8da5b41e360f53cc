"""Settle the answers in the records of labelling tools: those of several people, and those under several names.

In Label Studio's JSON a task has an annotation of each person. In manifests of Rekognition a class may be an attribute.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from onelook.data.layouts.manifests.columns.raters.votes import majority
from onelook.wording import agree, counted

_ANNOTATIONS, _PERSON = "annotations", "completed_by"
_CLASS, _DETAILS = "class-name", "-metadata"  # as SageMaker Ground Truth writes them


def with_agreed_answers(records: Sequence[Mapping[str, Any]]) -> tuple[Sequence[Mapping[str, Any]], tuple[str, ...]]:
    """Return the tasks with the annotations of the majority alone, and a note if people differ on some.

    A task without a majority keeps no annotation. Tasks in which one person gave several labels are not changed.
    """
    found: list[Mapping[str, Any]] = []
    unlike = ties = 0
    for record in records:
        answers = _answers(record)
        if len(set(answers)) < 2:
            found.append(record)
            continue
        unlike += 1
        agreed = majority(answers)
        ties += agreed is None
        kept = [
            each
            for each, answer in zip(record[_ANNOTATIONS], answers, strict=True)
            if agreed is not None and answer == agreed
        ]
        found.append({**record, _ANNOTATIONS: kept})
    if not unlike:
        return records, ()
    told = f"{ties:,} without a majority {agree(ties, 'has', 'have')} no label" if ties else "the majority decides"
    return found, (f"Several people labelled each task, and differ on {counted(unlike, 'picture')}: {told}.",)


def with_one_attribute(records: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Return the records with the class under one name if each class has an attribute of its own.

    Attributes that all records have are several questions on each picture, and not changed.

    Example:
        >>> ways = ("at_sea", "sea"), ("at_hill", "hill")
        >>> with_one_attribute([{"a": way, way: 1, f"{way}-metadata": {"class-name": name}} for way, name in ways])
        [{'a': 'at_sea', 'class-name': 'sea'}, {'a': 'at_hill', 'class-name': 'hill'}]
    """
    classes = [_classes_by_attribute(record) for record in records]
    pairs = {pair for each in classes for pair in each.items()}
    names = {attribute for attribute, _ in pairs}
    if len(names) < 2 or len(pairs) > len(names) or all(len(each) == len(names) for each in classes):
        return records
    taken = names | {f"{name}{_DETAILS}" for name in names}
    kept = [{key: value for key, value in record.items() if key not in taken} for record in records]
    answers = [[*each.values()] for each in classes]
    return [
        {**record, _CLASS: found if len(found) > 1 else next(iter(found), None)}
        for record, found in zip(kept, answers, strict=True)
    ]


def _classes_by_attribute(record: Mapping[str, Any]) -> dict[str, str]:
    """Return the attributes of a record that have a class in their details: attribute -> class."""
    details = {key: record.get(f"{key}{_DETAILS}") for key in record}
    return {
        key: str(each[_CLASS])
        for key, each in details.items()
        if isinstance(each, Mapping) and isinstance(each.get(_CLASS), str)
    }


def _answers(record: Mapping[str, Any]) -> list[str]:
    """Return the one answer of each annotation, by several people; empty if there are no such answers."""
    annotations = record.get(_ANNOTATIONS)
    if not isinstance(annotations, list) or len(annotations) < 2:
        return []
    if not all(isinstance(each, Mapping) and _PERSON in each for each in annotations):
        return []
    if len({str(each[_PERSON]) for each in annotations}) < len(annotations):
        return []
    answers = [_choices(each.get("result")) for each in annotations]
    return [each[0] for each in answers] if all(len(each) == 1 for each in answers) else []


def _choices(result: Any) -> list[str]:
    """Return the choices in the result of an annotation; empty for another result."""
    found = []
    for each in result if isinstance(result, list) else ():
        value = each.get("value") if isinstance(each, Mapping) else None
        choices = value.get("choices") if isinstance(value, Mapping) else None
        if not isinstance(choices, list):
            return []
        found += [str(choice) for choice in choices]
    return found
