"""Which of several ways to read the same data stands, and where it is the user who decides."""

from __future__ import annotations

import itertools

import pytest

from onelook.data.layouts.layout import Candidate, LabelSource
from onelook.data.layouts.recognise import standing

_BY_PATHS = ("FOLDERS", "CONVENTION", "PATTERN", "PATTERN_ACROSS_FOLDERS")
# Of each two kinds of candidates the one that stands; two that are not here are a question, whatever they are.
WINNERS = {
    **{("LABEL_TABLE", weaker): "LABEL_TABLE" for weaker in _BY_PATHS},
    ("PIXEL_TABLE", "LABEL_TABLE"): "LABEL_TABLE",
    **{("LIST", stronger): stronger for stronger in _BY_PATHS},
    ("PIXEL_TABLE", "LIST"): "PIXEL_TABLE",
    ("LABEL_TABLE", "NOTHING"): "LABEL_TABLE",
    ("LIST", "NOTHING"): "LIST",
    ("PIXEL_TABLE", "TABLE"): "PIXEL_TABLE",
    ("PIXEL_TABLE", "TABLE_OF_PATHS"): "PIXEL_TABLE",
    ("TABLE", "PATTERN"): "TABLE",
    ("TABLE_OF_PATHS", "PATTERN"): "TABLE_OF_PATHS",
    ("TABLE_OF_PATHS", "FOLDERS"): "FOLDERS",
    ("TABLE_OF_PATHS", "CONVENTION"): "CONVENTION",
    ("FOLDERS", "CONVENTION"): "FOLDERS",
    ("FOLDERS", "PATTERN"): "FOLDERS",
    ("TABLE", "NOTHING"): "TABLE",
    ("TABLE_OF_PATHS", "NOTHING"): "TABLE_OF_PATHS",
    ("FOLDERS", "NOTHING"): "FOLDERS",
    ("CONVENTION", "NOTHING"): "CONVENTION",
    ("PATTERN", "NOTHING"): "PATTERN",
    ("PATTERN_ACROSS_FOLDERS", "NOTHING"): "PATTERN_ACROSS_FOLDERS",
}


def stand(*kinds: str) -> list[str]:
    found = standing({kind: Candidate(f"told by {kind}", LabelSource[kind]) for kind in kinds})
    assert all(candidate.label_source.name == kind for kind, candidate in found.items())
    return list(found)


@pytest.mark.parametrize("pair", list(itertools.combinations(LabelSource.__members__, 2)), ids="-".join)
def test_of_two_candidates_the_better_one_stands_or_both_do(pair: tuple[str, str]) -> None:
    winner = WINNERS.get(pair)
    assert stand(*pair) == ([winner] if winner else list(pair))
    assert stand(*reversed(pair)) == ([winner] if winner else list(reversed(pair)))


@pytest.mark.parametrize("kind", list(LabelSource.__members__))
def test_a_candidate_alone_stands(kind: str) -> None:
    assert stand(kind) == [kind]


def test_what_has_fallen_itself_lets_others_stand() -> None:
    assert stand("PATTERN", "TABLE", "PIXEL_TABLE") == ["PATTERN", "PIXEL_TABLE"]
    assert stand("NOTHING", "TABLE", "PIXEL_TABLE") == ["NOTHING", "PIXEL_TABLE"]
    assert stand("NOTHING", "PATTERN", "FOLDERS", "TABLE") == ["FOLDERS", "TABLE"]
    assert stand("NOTHING", "PATTERN", "TABLE_OF_PATHS", "FOLDERS", "PATTERN_ACROSS_FOLDERS") == [
        "FOLDERS",
        "PATTERN_ACROSS_FOLDERS",
    ]
