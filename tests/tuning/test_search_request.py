"""The request of a search, and of one that is resumed: what it keeps, and what may change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from onelook.errors import ConfigError, ModelError
from onelook.files import json_text
from onelook.recipes import load_recipe
from onelook.tuning import search_request
from onelook.tuning.search_request import FILE, SearchRequest, gather_search, search_to_resume

BEGUN = SearchRequest({"epochs": 3, "device": "cpu", "model": "mlp"}, {"dropout": [0, 0.5]})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / FILE).write_text(json_text({**BEGUN.to_dict(), "command": "onelook tune"}))
    return tmp_path


def test_a_resumed_search_keeps_all_but_its_device(folder: Path) -> None:
    assert search_to_resume(folder, SearchRequest({}, {})) == BEGUN
    again = search_to_resume(folder, SearchRequest({"device": "cuda", "epochs": 3}, {"dropout": [0, 0.5]}))
    assert again == SearchRequest({"epochs": 3, "device": "cuda", "model": "mlp"}, {"dropout": [0, 0.5]})


def test_a_resumed_search_reads_its_copy_of_fixes_that_are_gone(tmp_path: Path) -> None:
    begun = SearchRequest({"epochs": 3, "fixes": str(tmp_path / "gone.csv")}, {})
    (tmp_path / FILE).write_text(json_text(begun.to_dict()))
    assert search_to_resume(tmp_path, SearchRequest({}, {})) == begun  # nothing is kept: it will be missed
    (tmp_path / "fixes.csv").write_text("id,action\n")
    assert search_to_resume(tmp_path, begun).asked["fixes"] == str(tmp_path / "fixes.csv")


@pytest.mark.parametrize(
    ("request_now", "words"),
    [
        (SearchRequest({"epochs": 4}, {}), r"\(epochs differs now\). Leave it out"),
        (SearchRequest({"epochs": 4, "seed": 1}, {}), r"\(epochs and seed differ now\). Leave them out"),
        (SearchRequest({}, {"dropout": [0, 0.6]}), r"\(the space differs now\). Leave it out"),
    ],
)
def test_what_differs_is_named(folder: Path, request_now: SearchRequest, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        search_to_resume(folder, request_now)


def test_a_file_s_own_space_stands_above_that_of_its_recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_space = replace(load_recipe("mnist-tutorial"), space={"dropout": [0.3, 0.4]})
    monkeypatch.setattr(search_request, "load_recipe", lambda _: with_space)
    config = tmp_path / "mine.toml"
    config.write_text('recipe = "mnist-tutorial"\n[space]\ndropout = [0.1, 0.2]\n')
    assert gather_search({}, (), config).space == {"dropout": [0.1, 0.2]}
    config.write_text('recipe = "mnist-tutorial"\n')
    assert gather_search({}, (), config).space == {"dropout": [0.3, 0.4]}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"folds": "3"},
            "onelook tune and --folds: it searches the settings of one model on one split. Leave --folds out; several "
            'networks go into the space: model = ["cnn", "resnet"].',
        ),
        (
            {"models": "cnn,mlp"},
            "onelook tune and --models: it searches the settings of one model on one split. Leave --models out; "
            'several networks go into the space: model = ["cnn", "resnet"].',
        ),
        ({"model": "cmn"}, "unknown model 'cmn'. Did you mean 'cnn'?"),
    ],
)
def test_what_cannot_be_searched_is_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        gather_search(settings, (), None)
    assert str(refused.value) == message


def test_a_space_is_a_table_that_can_be_searched(tmp_path: Path) -> None:
    config = tmp_path / "mine.toml"
    config.write_text("epochs = 3\nspace = 4\n")
    with pytest.raises(ConfigError) as refused:
        gather_search({}, (), config)
    assert str(refused.value) == (f"{config}: space = 4. Expected a table: [space], then dropout = [0, 0.5].")
    config.write_text("[space]\nseed = [1, 2]\n")
    with pytest.raises(ConfigError, match=r"mine\.toml: \[space\] "):
        gather_search({}, (), config)
    assert gather_search({"epochs": "3"}, ("seed=4",), None) == SearchRequest({"epochs": "3", "seed": 4}, {})


@pytest.mark.parametrize("content", ["{", "[]", '{"asked": {}}', '{"asked": 3, "space": {}}'])
def test_a_damaged_search_is_refused(content: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as missing:
        search_to_resume(tmp_path, SearchRequest({}, {}))
    assert str(missing.value) == (
        f"{tmp_path}: there is no search to resume. Expected a folder that onelook tune made."
    )
    (tmp_path / FILE).write_text(content)
    with pytest.raises(ModelError, match=r"tune\.json: not readable \(.*\)\. Start a new search with another --out\."):
        search_to_resume(tmp_path, SearchRequest({}, {}))
