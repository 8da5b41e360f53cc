"""Marks in a browser: made by keys and by clicks, kept when the page is read again, and taken by training."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.end_to_end.browser import Browser
from tests.end_to_end.conftest import COMMAND, Onelook
from tests.report.conftest import build_run

from onelook.data.fixes.fixes_file import read_fixes
from onelook.evaluation.pictures.contents import CONTENTS
from onelook.report import build_report
from onelook.run_folder import RunFolder

pytestmark = pytest.mark.end_to_end

HOSTILE = (
    "<script>alert(1)</script>",
    "</template><img src=x onerror=alert(2)>",
    "a \"quoted\" & 'single', name",
    "cat\u202egpj.exe",
    "x" * 300,
)
# Random pictures and samples may show the same picture once more.
MARKED = "[...document.querySelectorAll('section:not(#random):not(#samples) .mark')].map((each) => each.textContent)"
FIRST = "#errors [data-mark]"
SAVED = "document.querySelector('.marks-status').textContent.includes('Saved in')"


@pytest.fixture(scope="module")
def downloads(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the browser keeps what it downloads."""
    folder = tmp_path_factory.mktemp("downloads")
    browser.download_to(folder)
    return folder


@pytest.fixture
def quiet(browser: Browser) -> Iterator[Browser]:
    """The browser, in which nothing goes wrong and which asks no other machine."""
    browser.problems.clear()
    browser.requests.clear()
    browser.look()
    yield browser
    assert browser.problems == []
    assert [each for each in browser.requests if not each.startswith(("http://127.0.0.1:", "blob:"))] == []


def classes(count: int) -> tuple[str, ...]:
    return tuple(f"kind {at}" for at in range(count))


def report(folder: Path, names: tuple[str, ...], errors: int = 5) -> Path:
    """A report in which the first class is taken for the second some times."""
    confusion = 2 * np.eye(len(names), dtype=int)
    confusion[0, 1] = errors
    run = build_run(folder, names=names, confusion=confusion.tolist(), pictures=True, name=str(folder))
    ids = [f"test/{row + 1}" for row in range(2 * len(names) + errors)]
    contents = {each: f"{row:032x}" for row, each in enumerate(ids)}
    (run.evidence / CONTENTS).write_text(json.dumps({"contents": contents}), encoding="utf-8")
    return build_report(run)


def downloaded(browser: Browser, downloads: Path) -> Path:
    path = downloads / "fixes.csv"
    path.unlink(missing_ok=True)
    browser.click(".marks-actions .main")
    for _ in range(100):
        if path.exists() and path.stat().st_size:
            return path
        time.sleep(0.05)
    raise AssertionError("nothing was downloaded")


def test_keys_mark_and_move_and_the_file_is_one_of_fixes(quiet: Browser, downloads: Path, tmp_path: Path) -> None:
    quiet.open(report(tmp_path / "run", classes(3)))
    assert quiet.ask("document.querySelector('.marks-bar').hidden")  # a page that nobody marks is as it was
    quiet.click(FIRST)
    ids = quiet.ask(
        "[...document.querySelectorAll('#errors [data-mark]')].map((each) => JSON.parse(each.dataset.mark)[0])"
    )
    assert quiet.text(".marks-bar .about") == f"{ids[0]} is labelled kind 0, taken for kind 1. What is it?"
    quiet.press("2", "x", "Enter", "ArrowRight", "1")  # the last one says the label itself: it is fine
    assert quiet.ask(MARKED)[:4] == ["→ kind 1", "drop", "fine", "fine"]
    assert quiet.text(".marks-status") == "4 pictures marked (1 relabelled, 1 dropped, 2 fine). Kept in this browser."
    quiet.press("u", "u")
    assert quiet.ask(MARKED) == ["→ kind 1", "drop"]
    assert quiet.ask("JSON.parse(document.activeElement.dataset.mark)[0]") == ids[2]
    quiet.press("ArrowLeft", "3")
    assert quiet.ask(MARKED) == ["→ kind 1", "→ kind 2"]
    path = downloaded(quiet, downloads)
    fixes = read_fixes(path).fixes
    assert [(fix.id, *fix.decision) for fix in fixes] == [(ids[0], "relabel", "kind 1"), (ids[1], "relabel", "kind 2")]
    assert [int(fix.content, 16) + 1 for fix in fixes] == [int(fix.id.removeprefix("test/")) for fix in fixes]
    assert "onelook train 'my shirts' --epochs 3 --fixes fixes.csv" in quiet.text(".marks-how")


def test_marks_are_there_again_on_reload_and_in_another_tab_s_page(quiet: Browser, tmp_path: Path) -> None:
    page, other = report(tmp_path / "run", classes(3)), report(tmp_path / "other", classes(4))
    quiet.open(page)
    quiet.click(FIRST)
    quiet.press("x", "Enter")
    quiet.open(other)
    assert quiet.ask(MARKED) == []
    quiet.open(page)
    assert quiet.ask(MARKED) == ["drop", "fine"]
    assert quiet.text(".marks-status").startswith("2 pictures marked")
    # What another tab writes meanwhile is neither lost nor unseen.
    quiet.ask(
        """(() => { const key = "onelook " + JSON.parse(document.getElementById("marking").content.textContent).key;
        const marks = JSON.parse(localStorage.getItem(key));
        localStorage.setItem(key, JSON.stringify([...marks, ["elsewhere.jpg", ["drop", "", "", ""]]])); })()"""
    )
    quiet.click("#errors li:nth-child(4) [data-mark]")
    quiet.press("x")
    assert quiet.text(".marks-status").startswith("4 pictures marked (3 dropped, 1 fine)")
    quiet.click(".marks-actions .quiet:last-child")
    quiet.click(".marks-actions .quiet:last-child")
    quiet.open(page)
    assert quiet.ask(MARKED) == []


def test_errors_that_are_listed_without_a_picture_can_be_marked(
    quiet: Browser, downloads: Path, tmp_path: Path
) -> None:
    report(tmp_path / "run", classes(3), errors=90)
    path = tmp_path / "run" / "evidence" / "errors.json"
    further = json.loads(path.read_text(encoding="utf-8"))
    for error in further["errors"]:
        error["picture"] = ""
    path.write_text(json.dumps(further), encoding="utf-8")
    quiet.open(build_report(RunFolder(tmp_path / "run")))
    lines = "document.querySelectorAll('.unpictured [data-mark]').length"
    assert quiet.ask(lines) == 0
    quiet.click("#errors .pictures li:last-child [data-mark]")
    quiet.press("x", "2", "x")  # the last picture, and the first two lines, which appear
    assert quiet.ask(lines) == 48
    quiet.press("ArrowRight", "Enter")
    assert quiet.ask(MARKED) == ["drop", "→ kind 1", "drop", "fine"]
    assert quiet.ask("getComputedStyle(document.querySelector('.unpictured .mark')).position") == "static"
    fixes = {fix.id: fix.decision for fix in read_fixes(downloaded(quiet, downloads)).fixes}
    ids = [error["id"] for error in further["errors"]]
    assert [fixes.get(each) for each in (ids[0], ids[1], ids[2], ids[3])] == [
        ("relabel", "kind 1"),
        ("drop", ""),
        None,
        ("keep", ""),
    ]


def test_more_than_ten_classes_are_found_by_their_letters(quiet: Browser, downloads: Path, tmp_path: Path) -> None:
    quiet.open(report(tmp_path / "run", classes(60)))
    quiet.click(FIRST)
    quiet.press("1")  # what the model says
    quiet.press("/")
    quiet.write("d 5")
    assert quiet.ask("[...document.querySelectorAll('.class-matches li')].map((each) => each.textContent)")[:2] == [
        "kind 5",
        "kind 50",
    ]
    quiet.press("ArrowDown", "Enter")
    assert quiet.ask(MARKED)[:2] == ["→ kind 1", "→ kind 50"]
    assert quiet.ask("document.activeElement.matches('[data-mark]')")
    assert [fix.class_name for fix in read_fixes(downloaded(quiet, downloads)).fixes] == ["kind 1", "kind 50"]


def test_digits_are_their_own_keys(quiet: Browser, tmp_path: Path) -> None:
    quiet.open(report(tmp_path / "run", tuple(map(str, range(10)))))
    quiet.click(FIRST)
    quiet.press("7", "0")
    assert quiet.ask(MARKED)[:2] == ["→ 7", "fine"]


@pytest.mark.parametrize("width", [1280, 390])
def test_hostile_names_are_shown_and_never_run(quiet: Browser, downloads: Path, tmp_path: Path, width: int) -> None:
    confusion = 3 * np.eye(len(HOSTILE), dtype=int) + 2 * np.eye(len(HOSTILE), k=1, dtype=int)
    run = build_run(
        tmp_path / "run",
        names=HOSTILE,
        confusion=confusion.tolist(),
        pictures=True,
        name=str(tmp_path),
        settings={"fixes": "mine.csv"},
    )
    index = json.loads((run.evidence / "evidence.json").read_text(encoding="utf-8"))
    evil = '</template></script><script>alert(3)</script>,"\n.jpg'
    index["worst_errors"][0]["id"] = evil
    (run.evidence / "evidence.json").write_text(json.dumps(index), encoding="utf-8")
    # Fixes that the run began with are shown and given back, too.
    later = index["worst_errors"][1]["id"]
    run.fixes.write_text(f"id,action,class_name\n{later},relabel,new:<img src=x onerror=alert(4)>\n", encoding="utf-8")
    quiet.look(width)
    quiet.open(build_report(run))
    assert quiet.ask(MARKED) == ["→ new:<img src=x onerror=alert(4)>"]
    quiet.click(FIRST)
    for at in range(len(HOSTILE)):
        quiet.ask(f"document.querySelector('{FIRST}').focus()")
        quiet.press(str(at + 1))
    assert quiet.ask("document.documentElement.scrollWidth") <= width
    fixes = read_fixes(downloaded(quiet, downloads)).fixes
    assert {(fix.id, fix.class_name) for fix in fixes} == {
        (later, "new:<img src=x onerror=alert(4)>"),
        (evil, HOSTILE[-1]),
    }


@pytest.fixture(scope="module")
def photographs(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty photographs of cats and dogs in a folder each; the first cat is among the dogs, and the first dog dark."""
    folder = tmp_path_factory.mktemp("marks")
    with zipfile.ZipFile(real_data / "dogs_vs_cats" / "train.zip") as packed:
        names = sorted(name for name in packed.namelist() if name.endswith(".jpg"))
        for number, name in enumerate([*names[:30], *names[-30:]]):
            kind = "dogs" if number == 0 or number >= 30 else "cats"
            target = folder / "photos" / kind / Path(name).name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(packed.read(name))
    return folder


@contextmanager
def reviewing(folder: Path, *words: str) -> Iterator[tuple[str, list[str]]]:
    """The address that `review` prints, and, when it is ended, what it said."""
    process = subprocess.Popen([COMMAND, "review", *words], cwd=folder, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said: list[str] = []
    try:
        while not (found := re.search(r"http://\S+", line := process.stdout.readline())):
            assert line, "it ended"
        yield found[0], said
    finally:
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
        said += rest.splitlines()


def test_what_is_marked_on_the_page_is_what_training_takes(
    quiet: Browser, photographs: Path, run_in: Onelook, tmp_path: Path
) -> None:
    folds = ("--model", "efficientnet-lite0", "--image-size", "64", "--folds", "3", "--epochs", "3")
    done = run_in(photographs, "train", "photos", *folds, "--out", "judged")
    assert done.code == 0, done.err
    with reviewing(photographs, "judged") as (address, said):
        quiet.visit(address)
        count = quiet.ask("document.querySelectorAll('[data-mark]').length")
        assert count >= 1
        quiet.ask(
            "Promise.all([...document.images].map((image) => { image.loading = 'eager'; return image.decode(); }))"
        )
        assert quiet.ask("document.images[0].naturalWidth") > 160  # the data's own picture, not the run's small one
        label = quiet.ask("JSON.parse(document.activeElement.dataset.mark)[1]")
        quiet.press("1" if label == "dogs" else "2")
        quiet.wait_for(SAVED)
        path = photographs / "judged" / "fixes.csv"
        (fix,) = read_fixes(path).fixes
        assert (fix.action, fix.class_name) == ("relabel", "cats" if label == "dogs" else "dogs")
        assert len(fix.content) == 32
        quiet.visit(address)
        assert quiet.ask(MARKED) == [f"→ {fix.class_name}"]
        assert quiet.text(".marks-status") == "1 picture marked (1 relabelled). Saved in judged/fixes.csv."
    assert "1 picture marked, in judged/fixes.csv" in said
    command = next(line for line in said if "--fixes" in line).split()
    assert command[1:] == ["train", "photos", *folds, "--fixes", "judged/fixes.csv"]
    # A picture that has moved since is found by its content.
    source = photographs / "photos" / fix.id
    source.rename(source.with_name("renamed.jpg"))
    once = ("--model", "logistic", "--set", "image_size=16")
    again = run_in(photographs, "train", "photos", *once, "--fixes", "judged/fixes.csv", "--out", "corrected")
    assert again.code == 0, again.err
    kind = fix.id.split("/")[0]
    assert f"{kind}/renamed.jpg,used,\"was '{label}', is '{fix.class_name}' by fixes.csv\"" in (
        photographs / "corrected" / "ledger.csv"
    ).read_text(encoding="utf-8")


def test_more_pictures_than_one_page_has_go_on_on_the_next(quiet: Browser, tmp_path: Path) -> None:
    build_run(tmp_path / "run", names=classes(3), confusion=[[2, 3001, 0], [0, 2, 0], [0, 0, 2]], pictures=True)
    with reviewing(tmp_path, "run") as (address, _):
        quiet.visit(address)
        assert quiet.ask("document.querySelectorAll('[data-mark]').length") == 3000
        assert quiet.text(".other-pages:last-of-type") == "Page 1 of 2 Next page"
        quiet.ask("document.querySelector('li:last-child [data-mark]').focus()")
        quiet.press("x")
        quiet.wait_for(SAVED)
        assert quiet.ask("document.activeElement.rel") == "next"
        quiet.ask("window.isOld = true")
        quiet.press("Enter")
        quiet.wait_for("!window.isOld && document.querySelector('.marks-status')?.textContent")
        assert quiet.ask("document.querySelectorAll('[data-mark]').length") == 1
        assert quiet.text(".marks-status").startswith("1 picture marked (1 dropped)")
        assert quiet.ask("document.activeElement.matches('[data-mark]')")


def test_two_tabs_and_a_server_that_has_ended(quiet: Browser, tmp_path: Path) -> None:
    build_run(tmp_path / "run", names=classes(3), confusion=[[2, 5, 0], [0, 2, 0], [0, 0, 2]], pictures=True)
    with reviewing(tmp_path, "run") as (address, _):
        quiet.visit(address)
        quiet.press("2")
        quiet.wait_for(SAVED)
        quiet.ask(  # another tab
            """fetch("marks", { method: "POST",
            body: JSON.stringify({ id: JSON.parse(document.querySelector("li:last-child [data-mark]").dataset.mark)[0],
                action: "drop" }),
            headers: { "Content-Type": "application/json",
                "X-Onelook-Token": new URLSearchParams(location.search).get("token") } })
            .then((answer) => answer.status)"""
        )
        quiet.press("x")
        quiet.wait_for(SAVED)
        assert len(quiet.ask(MARKED)) == 3
        assert len(read_fixes(tmp_path / "run" / "fixes.csv").fixes) == 3
    quiet.press("x")
    quiet.wait_for("document.querySelector('.marks-trouble').textContent")
    assert quiet.text(".marks-trouble").startswith("Not saved: the command that saves marks has ended.")
    assert len(quiet.ask(MARKED)) == 3  # what is not saved is not shown either
    quiet.problems.clear()  # the browser's own note on the refused connection
    assert len(read_fixes(tmp_path / "run" / "fixes.csv").fixes) == 3


def test_findings_of_the_inspect_page_can_be_marked(
    quiet: Browser, onelook: Onelook, tmp_path: Path, downloads: Path
) -> None:
    for kind, shade in (("cats", 90), ("dogs", 160)):
        for at in range(6):
            path = tmp_path / "photos" / kind / f"{at}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            pixels = np.random.default_rng(at + shade).integers(0, shade, (20, 20, 3), dtype=np.uint8)
            Image.fromarray(pixels if at else np.zeros_like(pixels)).save(path)
    done = onelook("inspect", "photos", "--html", "look.html")
    assert done.code == 0, done.err
    quiet.open(tmp_path / "look.html")
    quiet.click("#findings [data-mark]")
    quiet.press("x")
    quiet.click("#samples .sample:last-child [data-mark]")
    quiet.press("1")
    path = downloaded(quiet, downloads)
    assert sorted(fix.action for fix in read_fixes(path).fixes) == ["drop", "relabel"]
    assert all(fix.content for fix in read_fixes(path).fixes)
    done = onelook("inspect", "photos", "--fixes", str(path))
    assert done.code == 0, done.err
    assert "1 label was changed, and 1 picture was dropped" in " ".join(done.out.split())
