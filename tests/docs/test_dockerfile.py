"""The Dockerfile copies what is there, and serves as a user without rights."""

from __future__ import annotations

from pathlib import Path

from onelook.server.app import build_app

ROOT = Path(__file__).parents[2]
LINES = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()


def test_all_that_is_copied_is_there_and_not_ignored() -> None:
    copied = [word for line in LINES if line.startswith("COPY ") for word in line.split()[1:-1]]
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"]
    assert sorted(copied) == sorted(kept)
    assert all((ROOT / name).exists() for name in copied)


def test_the_last_user_has_no_rights() -> None:
    users = [line.split()[1] for line in LINES if line.startswith("USER ")]
    assert users == ["10001"]
    assert LINES.index("USER 10001") < next(at for at, line in enumerate(LINES) if line.startswith("ENTRYPOINT "))


def test_its_check_asks_a_route_that_is_there(brightness_classifier) -> None:
    paths = build_app(brightness_classifier).openapi()["paths"]
    (check,) = [line for line in LINES if "urlopen" in line]
    assert "http://127.0.0.1:8000/readyz" in check
    assert "/readyz" in paths
    assert "EXPOSE 8000" in LINES
