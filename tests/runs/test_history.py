"""The epochs of a run: a list of dictionaries that prints as a short table."""

from __future__ import annotations

import json
import pickle

from onelook.runs.history import History

EPOCHS = [{"epoch": number, "val_loss": 1 / number, "val_accuracy": 0.123456789} for number in range(1, 24)]


def test_it_prints_rounded_numbers_below_their_names() -> None:
    assert repr(History(EPOCHS[:3])) == (
        "epoch val_loss val_accuracy\n"
        "    1        1       0.1235\n"
        "    2      0.5       0.1235\n"
        "    3   0.3333       0.1235"
    )
    assert repr(History()) == "[]"
    assert repr(History([{"epoch": 123456, "seconds": 123456.0, "val_loss": None}])).split() == [
        *("epoch", "seconds", "val_loss"),
        *("123456", "1.235e+05", "None"),
    ]


def test_of_many_epochs_the_latest_are_printed() -> None:
    lines = repr(History(EPOCHS)).splitlines()
    assert (len(lines), lines[1], lines[2].split()[0], lines[-1].split()[0]) == (22, "… 3 earlier epochs", "4", "23")
    assert "earlier" not in repr(History(EPOCHS[:20]))


def test_a_notebook_shows_a_table_without_long_numbers() -> None:
    html = History(EPOCHS)._repr_html_() or ""
    assert '<th scope="col">val accuracy</th>' in html
    assert (html.count("<td>0.1235</td>"), "0.123456" in html) == (15, False)
    assert "And 8 earlier epochs." in html
    assert "earlier" not in (History(EPOCHS[:15])._repr_html_() or "")


def test_it_is_the_list_that_it_was() -> None:
    assert History(EPOCHS) == EPOCHS
    assert json.loads(json.dumps(History(EPOCHS))) == EPOCHS
    assert pickle.loads(pickle.dumps(History(EPOCHS))) == EPOCHS
