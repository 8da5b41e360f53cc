"""Whether what the product did with a damaged input is something that a user may meet."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from benchmarks.fuzz.case import Case, Kind
from benchmarks.fuzz.child import Performance
from benchmarks.fuzz.snapshot import Snapshot

from onelook.cli.output.printer import escaped

Result = Literal["used", "quarantined", "refused", "failed"]


@dataclass(frozen=True)
class Limits:
    """What one case may take."""

    seconds: float = 5.0  # of the processor's time
    waiting_seconds: float = 120.0  # of a clock's: where others work on the same machine, one waits for the other
    memory_bytes: int = 2 << 30  # of the whole process, of which libraries have 0.4
    line_characters: int = 1_000


LIMITS = Limits()

_ALLOWED_CODES = (0, 2, 3, 4)
# What only a programmer knows what to do with; in a message it is a defect even where nothing crashed.
_INTERNALS = re.compile(
    r"index out of range|NoneType|object has no attribute|to unpack|invalid literal|unsupported operand|KeyError|"
    r"not subscriptable|Traceback|positional argument|keyword argument|division by zero|Errno|codec can.t|ordinal not|"
    r"out of bounds|must be str|int too large|too large to convert|string conversion|expected str|not iterable|"
    r"unhashable|recursion depth|unpack requires|<class |object at 0x|\bdtype\('|broadcast|cannot reshape|"
    r"set_int_max_str_digits|embedded null|literal_eval|malformed node|surrogates not allowed|struct\.error",
    re.IGNORECASE,
)
# What libraries print on their own, over a progress bar.
_NOISE = re.compile(r"^.*(?:\w+Warning: |Traceback|\[[EWF]:onnx|libpng|Corrupt JPEG|Exception ignored).*$", re.M)
# What a note says of pictures that are in no part, and of listed ones that are not there.
_LEFT_OUT = re.compile(r"([\d,]+) (?:other )?pictures?\b.*?(?:left out|not read|ignored)")
_MISSING = re.compile(r"([\d,]+) files? that .* lists (?:is|are) missing")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@dataclass
class Outcome:
    """One case, judged."""

    number: int
    kind: Kind
    case: Case
    done: Performance
    result: Result = "refused"
    pictures: Mapping[str, int] = field(default_factory=dict)  # of a ledger: found, used, quarantined, duplicate
    failures: list[str] = field(default_factory=list)

    @property
    def message(self) -> str:
        """The error's one line, without its first word; empty where there is none."""
        lines = [line for line in self.done.err.splitlines() if line.startswith("error: ")]
        return lines[-1].removeprefix("error: ") if lines else ""


def judge(outcome: Outcome, folder: Path, before: Snapshot, after: Snapshot) -> Outcome:
    """The case with everything that is wrong with it noted.

    Args:
        outcome: a case and what became of it.
        folder: the case's own.
        before, after: the files of the sandbox.
    """
    case, done = outcome.case, outcome.done
    outcome.failures.extend(_wrong_end(case, done))
    if done.code == 0:
        outcome.failures.extend(_wrong_answer(outcome, folder))
    elif done.code in _ALLOWED_CODES:
        outcome.failures.extend(_wrong_refusal(outcome))
    outcome.failures.extend(_wrong_words(done.err))
    outcome.failures.extend(done.seen)
    outcome.failures.extend(_wrong_files(folder.name, before, after))
    if outcome.failures:
        outcome.result = "failed"
    return outcome


def _wrong_end(case: Case, done: Performance) -> Iterator[str]:
    if done.death:
        yield done.death
    elif done.code not in _ALLOWED_CODES:
        yield f"exit code {done.code}: {(done.trace or done.err).strip()[-1500:]}"
    if case.is_sound and done.code not in (0, None):
        yield f"refused, though nothing is wrong with it: {done.err.strip()[-300:]}"
    if case.is_altered and done.code == 0:
        yield "taken, though it is not what was saved"
    if done.cpu_seconds > LIMITS.seconds:
        yield f"took {done.cpu_seconds:.1f} s of the processor's time"
    elif done.wall_seconds > LIMITS.waiting_seconds:
        yield f"took {done.wall_seconds:.1f} s"
    if done.peak_bytes > LIMITS.memory_bytes and not done.death:
        yield f"took {done.peak_bytes >> 20:,} MiB of memory"


def _wrong_answer(outcome: Outcome, folder: Path) -> Iterator[str]:
    """What is wrong with a success: pictures that are not accounted for, JSON that is none."""
    case, done = outcome.case, outcome.done
    outcome.result = "used"
    try:
        document = json.loads(done.out, parse_constant=_refuse_constant)
    except ValueError as problem:
        yield f"standard output is no JSON document ({problem}): {done.out[:200]!r}"
        return
    if case.words[0] == "inspect":
        yield from _wrong_ledger(outcome, document)
    elif case.words[0] == "predict":
        yield from _wrong_predictions(outcome, document, folder / "out.csv")
    elif case.words[0] == "verify" and not document["passed"]:
        yield "verify ends with 0 and did not pass"


def _wrong_ledger(outcome: Outcome, document: Any) -> Iterator[str]:
    ledger = document["ledger"]
    outcome.pictures = ledger
    if ledger["quarantined"]:
        outcome.result = "quarantined"
    if ledger["found"] != ledger["used"] + ledger["quarantined"] + ledger["duplicate"]:
        yield f"the ledger does not add up: {ledger}"
    if ledger["found"] < document["rows"]:
        yield f"{document['rows']} rows, and {ledger['found']} pictures in the ledger"
    if outcome.case.found is not None and ledger["found"] != outcome.case.found:
        yield f"{outcome.case.found} pictures are there, {ledger['found']} are in the ledger"
    if outcome.case.pictures is not None:
        yield from _unaccounted(outcome.case.pictures, document)
    if not ledger["found"]:
        yield "a data set of no pictures was opened"
    names = document["class_names"]
    if len(set(names)) < len(names):
        yield "two classes have one name"


def _unaccounted(there: int, document: Any) -> Iterator[str]:
    """Pictures that lie there, and are neither in the ledger nor in a note that counts them."""
    notes = "\n".join(document["notes"])
    missing = sum(int(count.replace(",", "")) for count in _MISSING.findall(notes))
    told = sum(int(count.replace(",", "")) for count in _LEFT_OUT.findall(notes))
    found = document["ledger"]["found"] - missing
    if found > there:
        yield f"{there} pictures are there, {found} are in the ledger: {notes}"
    elif found + told < there:
        yield f"{there} pictures are there, {found} are in the ledger and {told} in notes: {notes}"


def _wrong_predictions(outcome: Outcome, document: Any, path: Path) -> Iterator[str]:
    rows, aside = document["rows"], len(document["unreadable"])
    outcome.pictures = {"found": rows, "used": rows - aside, "quarantined": aside, "duplicate": 0}
    outcome.result = "quarantined" if aside else "used"
    if outcome.case.found is not None and rows != outcome.case.found:
        yield f"{outcome.case.found} pictures are there, {rows} were predicted"
    with path.open(encoding="utf-8", newline="") as file:
        written = list(csv.reader(file))
    if len(written) != rows + 1:
        yield f"{len(written) - 1} rows were written, {rows} were announced"


def _wrong_refusal(outcome: Outcome) -> Iterator[str]:
    """What is wrong with a refusal's words: a user has this line and nothing else."""
    done = outcome.done
    if "--json" in outcome.case.words:
        yield from _wrong_error_document(outcome)
    elif done.out:
        yield f"refused, with words on standard output: {done.out[:200]!r}"
    # A list of what is known may follow, indented.
    lines = [line for line in done.err.split("\n") if line and not line.startswith("  ")]
    if sum(line.startswith("error: ") for line in lines) != 1 or not lines[-1].startswith("error: "):
        yield f"not one line of error, at the end: {done.err[-500:]!r}"
    if len(outcome.message) > LIMITS.line_characters:
        yield f"a message of {len(outcome.message):,} characters: {outcome.message[:200]}…"


def _wrong_error_document(outcome: Outcome) -> Iterator[str]:
    """What is wrong with a refusal as JSON: one document, which says what the line on standard error says."""
    done = outcome.done
    try:
        error = json.loads(done.out, parse_constant=_refuse_constant)["error"]
        said = (error["exit_code"], error["message"].split("\n")[0])
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        yield f"refused without a JSON document ({problem!r}): {done.out[:200]!r}"
        return
    if said[0] != done.code:
        yield f"the document says exit code {said[0]}, the command ended with {done.code}"
    # The terminal obeys control characters, and so is shown them as escapes; the document has them as they are.
    if " ".join(escaped(said[1]).split())[:60] not in " ".join(done.err.split()):
        yield f"the document says another thing than standard error: {said[1][:200]!r}"


def _wrong_words(text: str) -> Iterator[str]:
    if found := _INTERNALS.search(text):
        yield f"speaks of internals: …{text[max(0, found.start() - 150) : found.end() + 150]}…"
    if found := _CONTROLS.search(text):
        yield f"prints the control character {found[0]!r}: …{text[max(0, found.start() - 80) : found.end() + 40]!r}"
    if (found := _NOISE.search(text)) and "Traceback" not in found[0]:
        yield f"a library prints: {found[0][:300]}"


def _wrong_files(folder: str, before: Snapshot, after: Snapshot) -> Iterator[str]:
    """Files that changed, went or came, but for the ones that were asked for."""
    for name in sorted(before.keys() - after.keys()):
        yield f"removed {name}"
    for name in sorted(after.keys() - before.keys()):
        is_asked_for = name in (f"{folder}/out.csv", f"{folder}/run") or name.startswith(f"{folder}/run/")
        if not is_asked_for:
            yield f"made {name}"
    for name in before.keys() & after.keys():
        if before[name] != after[name]:
            yield f"changed {name}"


def _refuse_constant(name: str) -> None:
    raise ValueError(f"it holds {name}")
