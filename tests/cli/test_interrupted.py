"""What is said where a command was interrupted or serves: words that can be pasted as they are."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest

from onelook.cli import main
from onelook.cli import serve as module
from onelook.commands import tune as tune_module
from onelook.tuning.search_result import SearchResult


@pytest.mark.parametrize("place", [(), ("--on", "ray")])
def test_a_search_is_resumed_where_it_ran_with_a_command_to_paste(
    place: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[dict[str, Any]] = []

    def tune(data: str, **given: Any) -> SearchResult:
        asked.append(given)
        return SearchResult(Path("my runs/one"), "interrupted", (), None, None)

    monkeypatch.setattr(tune_module, "tune", tune)
    assert main(["tune", "my photos", "--trials", "7", *place, "--epochs", "2"]) == 130
    warning = " ".join(capsys.readouterr().err.split())
    words = shlex.split(warning.partition("Resume with: ")[2])
    assert words == [
        *("onelook", "tune", "my photos", "--trials", "7", *place),
        *("--out", "my runs/one", "--resume"),
    ]
    assert (asked[0]["trials"], asked[0]["on"], asked[0]["epochs"]) == (7, "ray" if place else "here", "2")
    assert shlex.split(asked[0]["command"]) == [
        "onelook",
        "tune",
        "my photos",
        "--trials",
        "7",
        *place,
        "--epochs",
        "2",
    ]


@pytest.mark.parametrize(
    ("address", "shown"),
    [(("::1", 8001, 0, 0), "http://[::1]:8001 "), (("127.0.0.1", 8002), "http://127.0.0.1:8002 ")],
)
def test_an_address_is_shown_as_a_browser_takes_it(
    address: tuple[Any, ...],
    shown: str,
    brightness_model: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Listener:
        def getsockname(self) -> tuple[Any, ...]:
            return address

        def __enter__(self) -> Listener:
            return self

        def __exit__(self, *_: object) -> None:
            pass

    served: list[Any] = []
    monkeypatch.setattr(module, "listening", lambda host, port: Listener())
    monkeypatch.setattr("uvicorn.Server.run", lambda self, sockets: served.extend(sockets))
    assert main(["serve", str(brightness_model)]) == 0
    assert shown in capsys.readouterr().out
    assert len(served) == 1
