"""Turn pydantic's validation errors into sentences that name the setting, its value, and what was expected."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from onelook.errors import ConfigError, nearest, nearest_first, shown
from onelook.wording import counted, listed

_LIMITS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
    "too_short": ("min_length", "a length of at least"),
    "too_long": ("max_length", "a length of at most"),
}
_TYPES = {
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "a text",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a table of settings",
    "model_type": "a table of settings",
    "model_attributes_type": "a table of settings",
}
_NUMBERS = frozenset(kind for kind, words in _TYPES.items() if words.endswith("number"))
_ON_NAMES = ("extra_forbidden", "missing", "union_tag_not_found", "union_tag_invalid")  # not on a setting's value
_SHOWN_PROBLEMS = 3
_LISTED_ITEM = re.compile(r"\w+ [\d.]+(?: \(\w+\))?")  # "layer 3", "layer 3.1 (conv)"
TYPED = "the options"  # the source of settings that the user typed as options or keywords


def as_config_error(error: ValidationError, where: str, settings: type[BaseModel]) -> ConfigError:
    """Return one readable error for everything that pydantic refused.

    Args:
        error: raised by validating `settings`.
        where: the source of the values, such as a file's path; the message begins with it.
        settings: the validated class; an unknown name is matched with its fields.

    Example:
        >>> from onelook.settings import NetworkSettings
        >>> try:
        ...     NetworkSettings.model_validate({"layers": [{"type": "conv", "filters": 8, "kernal": 3}]})
        ... except ValidationError as error:
        ...     print(as_config_error(error, "net.toml", NetworkSettings))
        net.toml: layer 1 (conv): unknown setting 'kernal'. Did you mean 'kernel'?
    """
    grouped: dict[tuple[str, ...], list[tuple[_Place, ErrorDetails]]] = {}
    for details in _causes(error.errors(include_url=False)):
        place = _locate(details["loc"], settings)
        if where == TYPED and details["type"] not in _ON_NAMES:
            place = _as_typed(place, settings)
        grouped.setdefault(place.words, []).append((place, details))
    sentences = _told_once([_sentence(group) for group in grouped.values()])
    if (left := len(sentences) - _SHOWN_PROBLEMS) > 0:
        sentences = [*sentences[:_SHOWN_PROBLEMS], f"And {counted(left, 'more mistake')}."]
    options = _options(next(iter(grouped.values()))) if len(grouped) == 1 else ()
    return ConfigError(" ".join(sentences if where == TYPED else [f"{where}:", *sentences]), options=options)


def _told_once(sentences: Sequence[str]) -> list[str]:
    """Return the sentences, with one for all layers that have the same problem: a typo may be in each of six."""
    places: dict[str, list[str]] = {}
    for sentence in sentences:
        place, _, problem = sentence.partition(": ")
        if _LISTED_ITEM.fullmatch(place):
            places.setdefault(problem, []).append(place)
        else:
            places[sentence] = []
    return [
        f"{listed(found, most=_SHOWN_PROBLEMS)}: {problem}" if found else problem for problem, found in places.items()
    ]


def _causes(problems: list[ErrorDetails]) -> Iterator[ErrorDetails]:
    """Yield the problems, except "the list is empty" for a list that is empty because its items were refused."""
    for problem in problems:
        place = problem["loc"]
        has_inner = any(other["loc"][: len(place)] == place and len(other["loc"]) > len(place) for other in problems)
        if not (problem["type"] == "too_short" and has_inner):
            yield problem


@dataclass(frozen=True)
class _Place:
    """The position of a problem in the settings."""

    words: tuple[str, ...]  # "layer 3 (conv)", "kernel"
    fields: tuple[str, ...]  # the names that are known there
    tags: tuple[str, ...]  # the values that its `type` may have
    taken: str = ""  # the number that is taken there, such as "a whole number from 0 to 9"; empty if all are


def _locate(location: Sequence[int | str], settings: type[BaseModel]) -> _Place:
    """Follow pydantic's location through the settings classes, without pydantic's words for a union's members."""
    classes: list[type[BaseModel]] = [settings]
    words: list[str] = []
    taken = ""
    for position, step in enumerate(location):
        follows_index = position > 0 and isinstance(location[position - 1], int)
        tagged = next((cls for cls in classes if follows_index and step in _tags(cls)), None)
        owner = next((cls for cls in classes if step in cls.model_fields), None)
        if not classes:  # inside a plain value, such as the second number of a pair
            break
        if isinstance(step, int):
            words = _with_index(words, step)
        elif tagged is not None:
            words[-1] = f"{words[-1]} ({step})"
            classes = [tagged]
        elif owner is not None:
            words.append(step)
            field = owner.model_fields[step]
            classes, taken = list(_classes_within(field.annotation)), _number(field)
        elif position == len(location) - 1:  # nothing has this name: an unknown key
            words.append(step)
    fields = tuple(name for cls in classes for name in cls.model_fields)
    return _Place(tuple(words), fields, tuple(tag for cls in classes for tag in _tags(cls)), taken)


def _number(field: FieldInfo) -> str:
    """Return the number that a field takes, such as "a number from 0 to 1"; empty if it takes all."""
    kind = "a whole number" if int in (field.annotation, *get_args(field.annotation)) else "a number"
    bounds = ((key, getattr(each, key, None)) for each in field.metadata for key in ("ge", "gt", "le", "lt"))
    found = {key: value for key, value in bounds if value is not None}
    if "ge" in found and "le" in found:
        return f"{kind} from {found['ge']:.10g} to {found['le']:.10g}"
    texts = [f"{words} {found[key]:.10g}" for key, words in _LIMITS.values() if key in found]
    return f"{kind} of {' and '.join(texts)}" if texts else ""


def _as_typed(place: _Place, settings: type[BaseModel]) -> _Place:
    """Return the place as a user types it: `optimizer` for the name of an optimizer, `augment.zoom_range`."""
    *sections, name = place.words or ("",)
    if not sections:
        field = settings.model_fields.get(name)
        facts = field.json_schema_extra if field is not None else None
        keyword = facts.get("keyword") if isinstance(facts, dict) else None
        return replace(place, words=(str(keyword),)) if keyword else place
    if len(sections) == 1 and name == "name":
        return replace(place, words=(sections[0],))
    return replace(place, words=(".".join(place.words),))


def _with_index(words: list[str], index: int) -> list[str]:
    """Return the words with an index: `layers` at 2 is "layer 3"; the layers inside it are "layer 3.1", "layer 3.2"."""
    *before, field = words
    item = field.removesuffix("s")
    if before and before[-1].startswith(f"{item} "):
        *before, outer = before
        return [*before, f"{outer.partition(' (')[0]}.{index + 1}"]
    return [*before, f"{item} {index + 1}"]


def _sentence(group: list[tuple[_Place, ErrorDetails]]) -> str:
    place, details = group[0]
    path = ": ".join(place.words)
    parent = "".join(f"{word}: " for word in place.words[:-1])
    name = place.words[-1] if place.words else "the settings"
    match details["type"]:
        case "extra_forbidden":
            text = f"{parent}unknown setting '{name}'. {_nearest(name, place.fields)}"
        case "missing" if not isinstance(details["loc"][-1], int):
            text = f"{parent}'{name}' is missing."
        case "union_tag_not_found":
            text = f"{path} has no type. Expected type = one of {listed(place.tags, most=len(place.tags), last='')}."
        case "union_tag_invalid":
            tag = str(details["ctx"]["tag"])
            text = f"{path}: unknown type '{tag}'. {_nearest(tag, place.tags)}"
        case _:
            problems = [details for _, details in group]
            text = f"{parent}{name} = {_found(problems)}; expected {_expected(problems, place.taken)}."
            words = [word for each in problems for word in _literals(each)]
            if isinstance(details["input"], str) and (close := nearest(details["input"], words)):
                text += f" Did you mean '{close[0]}'?"
    return text


def _options(group: list[tuple[_Place, ErrorDetails]]) -> Sequence[str]:
    """Return the words that are allowed there, if they are few; for an unknown word the nearest first."""
    place, details = group[0]
    match details["type"]:
        case "extra_forbidden":
            return nearest_first(place.words[-1], place.fields)
        case "union_tag_invalid":
            return nearest_first(str(details["ctx"]["tag"]), place.tags)
        case "union_tag_not_found":
            return place.tags
    words = [word for _, each in group for word in _literals(each)]
    found = details["input"]
    return nearest_first(found, words) if isinstance(found, str) else words


def _literals(details: ErrorDetails) -> list[str]:
    """Return the words that are allowed, if only some are."""
    expected = details.get("ctx", {}).get("expected", "") if details["type"] == "literal_error" else ""
    return re.findall(r"'([^']+)'", str(expected))


def _found(problems: list[ErrorDetails]) -> str:
    # The shortest location holds the whole value; the others are parts of it.
    value = min(problems, key=lambda details: len(details["loc"]))["input"]
    return shown(list(value) if isinstance(value, tuple) else value)


def _expected(problems: list[ErrorDetails], taken: str) -> str:
    # For a union, the members of another type only report their type ([3, 0] is no whole number): they are left out.
    meant = [details for details in problems if not details["type"].endswith("_type")] or problems
    expected = list(dict.fromkeys(_expectation(details, taken) for details in meant))
    return listed([*(each.replace(" or ", ", ") for each in expected[:-1]), expected[-1]], last="or")


def _expectation(details: ErrorDetails, taken: str) -> str:
    kind, context = details["type"], details.get("ctx", {})
    if kind in _LIMITS:
        key, words = _LIMITS[kind]
        return f"{words} {context[key]:.10g}"
    if kind == "missing":  # of a list
        return f"a length of at least {int(details['loc'][-1]) + 1}"
    if kind == "literal_error":
        return str(context["expected"]).replace("'", "")
    if kind == "value_error":
        return str(context["error"])
    if kind in _NUMBERS:
        return taken or _TYPES[kind]
    message = details["msg"].removeprefix("Input should be ")
    return _TYPES.get(kind, message[:1].lower() + message[1:])


def _nearest(name: str, known: Sequence[str]) -> str:
    close = nearest(name, known)
    return f"Did you mean '{close[0]}'?" if close else f"Known: {listed(known, most=len(known), last='')}."


def _tags(cls: type[BaseModel]) -> tuple[Any, ...]:
    """Return the values of the field `type` that mean this class in a union."""
    kind = cls.model_fields.get("type")
    return get_args(kind.annotation) if kind is not None and get_origin(kind.annotation) is Literal else ()


def _classes_within(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield every settings class that a field's value may hold."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _classes_within(inner)
