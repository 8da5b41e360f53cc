"""One sentence that says which of several runs to take, from their accuracy, their paired tests and their speed."""

from __future__ import annotations

from collections.abc import Sequence

from onelook.comparison.result import ComparedRun
from onelook.wording import agree, listed, percent, percentage

_ROUND_LIMITS = tuple(step * 10.0**power for power in range(5) for step in (1, 2, 5))  # milliseconds
_CLOSE = 1.2  # a ratio of times up to this one can be the noise of a busy machine
_NOTICEABLE_MS = 1.0  # below this, the time to read a picture is longer


def advise(runs: Sequence[ComparedRun], best: int) -> str:
    """Return a sentence that says which run to take, and which other one where time is short.

    The advice is the fastest of the runs that the paired test does not show to be worse than the best. Where a worse
    run is faster, the sentence names it with a time for one picture that only this run keeps.

    Args:
        runs: the runs with their tests.
        best: position of the most accurate run.
    """
    top = runs[best]
    if len(runs) == 1:
        return f"{top.label} is right on {percent(top.accuracy, 2)} of the pictures. Compare it with a second run."
    equals = _equals(runs, top)
    if any(_latency(run) is None for run in runs):
        return _by_accuracy_alone(top, equals)
    taken = advised_run(runs, best)
    fastest = min(runs, key=lambda run: (_latency(run) or 0.0, -run.accuracy))
    if not _is_noticeably_faster(fastest, taken):
        return _one_for_all(taken, top, equals)
    limit = _limit_between(fastest, taken)
    gain = f"{taken.label} is {_points(taken.accuracy - fastest.accuracy)} better and {_slower(taken, fastest)}"
    start = f"For under {limit:g} ms a picture take {fastest.label}" if limit else f"{fastest.label} is the fastest"
    return f"{start}; {gain}.{_as_good(taken, top)}"


def advised_run(runs: Sequence[ComparedRun], best: int) -> ComparedRun:
    """Return the run that the advice says to take, where time for one picture is not very short.

    Args:
        runs, best: as for `advise`.
    """
    top = runs[best]
    if any(_latency(run) is None for run in runs):
        return top
    taken = min(_equals(runs, top), key=lambda run: _latency(run) or 0.0)
    return taken if _is_noticeably_faster(taken, top) else top


def _equals(runs: Sequence[ComparedRun], top: ComparedRun) -> list[ComparedRun]:
    """Return the runs that the paired test does not show to be worse than the best, and the best itself."""
    return [
        run
        for run in runs
        if run.ties_with(top) or (run.against_best is not None and not run.against_best.shows_a_difference)
    ]


def _by_accuracy_alone(top: ComparedRun, equals: Sequence[ComparedRun]) -> str:
    rivals = [run.label for run in equals if run is not top]
    if tied := [run.label for run in equals if run is not top and run.ties_with(top)]:
        return f"{listed([top.label, *tied])} have equally many pictures right, {percent(top.accuracy, 2)}."
    if not rivals:
        return f"Take {top.label}: it is right on {percent(top.accuracy, 2)} of the pictures, more than the others."
    return f"{top.label} is ahead, but {_these(top)} not show that it beats {listed(rivals, last='or')}."


def _one_for_all(taken: ComparedRun, top: ComparedRun, equals: Sequence[ComparedRun]) -> str:
    """Return the sentence if no other run is much faster."""
    if taken is not top:
        return f"Take {taken.label}: it is the fastest.{_as_good(taken, top)}"
    others = [run.label for run in equals if not run.ties_with(top)]
    tied = [run for run in equals if run is not top and run.ties_with(top)]
    as_fast = [top, *(run for run in tied if not _is_noticeably_faster(top, run))]
    first = agree(len(as_fast), "it beats", "they beat")
    unclear = f" {_these(top).capitalize()} not show that {first} {listed(others, last='or')}." if others else ""
    is_instant = all((_latency(run) or 0.0) < _NOTICEABLE_MS for run in as_fast)
    it = agree(len(as_fast), "it", "each")
    speed = f"{it} answers within a millisecond" if is_instant else "none is noticeably faster"
    if len(as_fast) > 1:
        names = listed((run.label for run in as_fast), last="or")
        return f"Take {names}: they have equally many pictures right, and {speed}.{unclear}"
    if tied:
        slower = listed(run.label for run in tied)
        return f"Take {top.label}: it has as many pictures right as {slower}, and is faster.{unclear}"
    return f"Take {top.label}: it has the most pictures right, and {speed}.{unclear}"


def _as_good(taken: ComparedRun, top: ComparedRun) -> str:
    """Return a sentence that says why the advice is not the most accurate run."""
    if taken is top:
        return ""
    if taken.ties_with(top):
        return f" {top.label} has as many pictures right and is {_slower(top, taken)}."
    if taken.against_best is None:
        return ""
    return (
        f" {top.label} has {_points(top.accuracy - taken.accuracy)} more and is {_slower(top, taken)}, but "
        f"{_these(top)} not show that it is better ({p_in_words(taken.against_best.p_adjusted)})."
    )


def _these(run: ComparedRun) -> str:
    return agree(run.rows, "this picture does", f"these {run.rows:,} pictures do")


def p_in_words(p_value: float) -> str:
    """Return a p-value as statisticians write it.

    Example:
        >>> p_in_words(0.0312), p_in_words(0.0026), p_in_words(0.00001), p_in_words(1.0)
        ('p = .031', 'p = .003', 'p < .001', 'p = 1')
    """
    if p_value < 0.001:
        return "p < .001"
    if p_value > 0.995:
        return "p = 1"
    text = f"{p_value:.2f}" if p_value >= 0.095 else f"{p_value:.3f}"
    return f"p = {text.removeprefix('0')}"


def _latency(run: ComparedRun) -> float | None:
    return None if run.all_threads is None else run.all_threads.latency_ms


def _is_noticeably_faster(fast: ComparedRun, slow: ComparedRun) -> bool:
    return (_latency(slow) or 0.0) >= _NOTICEABLE_MS and _times(slow, fast) >= _CLOSE


def _times(slow: ComparedRun, fast: ComparedRun) -> float:
    """Return how many times as long the first run takes for a picture."""
    return (_latency(slow) or 0.0) / max(_latency(fast) or 0.0, 1e-9)


def _slower(slow: ComparedRun, fast: ComparedRun) -> str:
    times = _times(slow, fast)
    return f"{times:,.0f} times slower" if times >= 3 else f"{times:.1f} times slower"


def _limit_between(fast: ComparedRun, slow: ComparedRun) -> float | None:
    """Return a round number of milliseconds that most calls of the first run keep, and the second run does not."""
    low = 0.0 if fast.all_threads is None else fast.all_threads.latency_p95_ms
    high = _latency(slow) or 0.0
    return next((limit for limit in _ROUND_LIMITS if low < limit <= high), None)


def _points(share: float) -> str:
    """Return a difference of shares in percentage points."""
    return f"{percentage(share, 1 if share >= 0.0095 else 2)} points"
