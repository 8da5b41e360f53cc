"""The sessions whose whole answers are kept: what a user types after one another, from the data to the last file.

Classical models whose votes are counted give the same numbers on all machines. A network's numbers differ in the last
digits: its session is compared with more tolerance, and its pictures are so easy that no prediction is in doubt.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.contracts.whole_runs import looking, training
from tests.contracts.whole_runs.masks import numbered_fingerprints
from tests.contracts.whole_runs.transcript import Transcript, session

EXACT, ROUNDED = 1e-5, 2e-3  # the tolerance of numbers, relative
Session = Callable[[Transcript], None]

SESSIONS: dict[str, tuple[Session, float]] = {
    "look-at-data": (looking.look_at_data, EXACT),
    "classical-run": (training.classical_run, EXACT),
    "network-run": (training.network_run, ROUNDED),
    "options": (training.options, EXACT),
    "timed-run": (training.timed_run, ROUNDED),
    "in-python": (training.in_python, EXACT),
    "folds": (training.folds, EXACT),
    "stopped-folds": (training.stopped_folds, ROUNDED),
    "several-models": (training.several_models, EXACT),
    "search": (training.search, ROUNDED),
    "made-up-pages": (looking.made_up_pages, EXACT),
    "networks": (looking.networks, EXACT),
    "names": (looking.names, EXACT),
    "wrong-commands": (looking.wrong_commands, EXACT),
}


def answer_of(name: str, root: Path) -> list[str]:
    """Run a session in an empty folder, and return its lines."""
    with session(root) as transcript:
        SESSIONS[name][0](transcript)
    return numbered_fingerprints(transcript.lines)
