"""Requests to `onelook serve` on this machine, the client on the same cores: pictures a second, and how long one waits.

The server is a process of its own, started as a user would. The client is one process too: it writes bytes that were
made before onto connections that are kept open, and reads no more of an answer than its status and its end, so that it
takes little of the two cores. The pictures are 256 of MNIST's test part, as PNG files.

The server's memory is read while it answers 64 clients: what a busy server needs is there after half a minute, and from
then on it has to stay. A bar that is missed is named at the end, and the program ends with 1.

    python benchmarks/serving.py --model RUN                # a model of MNIST, such as `onelook train mnist` leaves
    python benchmarks/serving.py --model RUN --seconds 5 --dry
    python benchmarks/serving.py --model RUN --checkout ../old   # the server of another checkout
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from PIL import Image

from record import write_result

HERE = Path(__file__).resolve().parents[1]
BARS = {"one picture": 600.0, "16 pictures": 2_500.0}  # pictures a second, of 64 clients
ALONE_BAR = 3.0  # milliseconds, the median of one client
MEMORY_AT = (10, 30, 60, 120, 180)  # seconds of load at which memory is read, as far as it lasts
SETTLED, MOST_GROWTH = 30, 0.05  # memory is flat if it grows by at most this share after so many seconds
BOUNDARY = "onelook"
PICTURES = 256


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="a run of MNIST")
    parser.add_argument("--seconds", type=float, default=60.0, help="of each measurement with 64 clients")
    parser.add_argument("--checkout", type=Path, default=HERE, help="whose server is measured")
    parser.add_argument("--dry", action="store_true", help="writes no result")
    arguments = parser.parse_args()
    found: dict[str, Any] = {}
    with TemporaryDirectory() as made, server(arguments.checkout, arguments.model) as (port, process):
        folder = Path(made)
        write_pictures(folder)
        load(folder, port, 1, 1, 1.0)  # warm
        alone = load(folder, port, clients=1, pictures=1, seconds=min(10.0, arguments.seconds))
        found["alone"] = alone.figures(1)
        print(f"one client, one picture: {found['alone']}", flush=True)
        for pictures, name in ((1, "one picture"), (16, "16 pictures")):
            before, began = memory(process), processor_seconds(process)
            with memory_over_time(process) as held:
                measured = load(folder, port, clients=64, pictures=pictures, seconds=arguments.seconds)
            answered = measured.statuses[200] * pictures
            found[name] = {
                **measured.figures(pictures),
                "processor_ms_a_picture": round(1000 * (processor_seconds(process) - began) / answered, 3),
                "memory_before_mib": before,
                "memory_mib": {f"after {second} s": mib for second, mib in held.items()},
                "memory_growth": growth(held),
            }
            print(f"64 clients, {name}: {found[name]}", flush=True)
        found["overload"] = overload(folder, port, process, min(20.0, arguments.seconds))
        print(f"overload: {found['overload']}", flush=True)
    missed = missed_bars(found)
    if not arguments.dry:
        write_result("serving", {"clients": 64, "seconds": arguments.seconds, "results": found, "missed": missed})
    if missed:
        raise SystemExit(f"missed: {'; '.join(missed)}")


def missed_bars(found: dict[str, Any]) -> list[str]:
    """Which bars these results do not reach."""
    missed = []
    if found["alone"]["median_ms"] > ALONE_BAR:
        missed.append(f"one client waits {found['alone']['median_ms']} ms, expected at most {ALONE_BAR}")
    for name, bar in BARS.items():
        speed, grown = found[name]["pictures_a_second"], found[name]["memory_growth"]
        if speed < bar:
            missed.append(f"{name}: {speed} pictures a second, expected {bar}")
        if grown is not None and grown > MOST_GROWTH:
            missed.append(f"{name}: memory grows by {grown:.1%} after {SETTLED} s, expected at most {MOST_GROWTH:.0%}")
        if found[name]["not_answered"]:
            missed.append(f"{name}: {found[name]['not_answered']} requests without an answer")
    if set(found["overload"]["statuses"]) - {"200", "503"} or not found["overload"]["statuses"].get("503"):
        missed.append(f"overload: {found['overload']['statuses']}, expected 503 and 200 alone")
    if found["overload"]["first_answer_after_s"] > 1:
        missed.append(f"after the overload the first answer takes {found['overload']['first_answer_after_s']:.2f} s")
    return missed


def overload(folder: Path, port: int, process: subprocess.Popen[bytes], seconds: float) -> dict[str, Any]:
    """Ten times the pictures that may wait, at once; then how long until one client is answered as before."""
    measured = load(folder, port, clients=1_280, pictures=16, seconds=seconds)
    began = time.perf_counter()
    back = load(folder, port, clients=1, pictures=1, seconds=0.01)
    return {
        **measured.figures(16),
        "statuses": {str(status): count for status, count in measured.statuses.items()},
        "first_answer_after_s": time.perf_counter() - began,
        "status_after": {str(status): count for status, count in back.statuses.items()},
        "memory_after_mib": memory(process),
    }


@dataclass
class Measured:
    """What some clients saw."""

    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)  # seconds of each answer with status 200
    statuses: Counter[int] = field(default_factory=Counter)

    def figures(self, pictures: int) -> dict[str, float]:
        """Return the figures that are recorded."""
        median, late = np.percentile(self.waits, [50, 99]) * 1000 if self.waits else (0.0, 0.0)
        refused = sum(count for status, count in self.statuses.items() if status != 200)
        return {
            "pictures_a_second": round(self.statuses[200] * pictures / self.seconds, 1),
            "median_ms": round(float(median), 3),
            "99th_percentile_ms": round(float(late), 3),
            "not_answered": refused,
        }


def load(folder: Path, port: int, clients: int, pictures: int, seconds: float) -> Measured:
    """Let clients ask one after the other, each on its connection, for some seconds."""
    command = [sys.executable, __file__, "--client", str(folder), str(port), str(clients), str(pictures), str(seconds)]
    printed = json.loads(
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 120).stdout
    )
    return Measured(printed["seconds"], printed["waits"], Counter({int(k): v for k, v in printed["statuses"].items()}))


async def be_clients(kept: list[bytes], port: int, clients: int, pictures: int, seconds: float) -> Measured:
    """Ask for some seconds in this process."""
    requests = [request(kept, pictures, start) for start in range(0, len(kept), pictures)]
    measured = Measured()
    began = time.perf_counter()
    end = began + seconds

    async def client(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
        while time.perf_counter() < end:
            sent = time.perf_counter()
            writer.write(requests[number % len(requests)])
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            assert length is not None
            await reader.readexactly(int(length[1]))
            status = int(head[9:12])
            measured.statuses[status] += 1
            if status == 200:
                measured.waits.append(time.perf_counter() - sent)
            else:
                await asyncio.sleep(0.05)  # a polite client would wait longer
        writer.close()

    await asyncio.gather(*(client(number) for number in range(clients)))
    measured.seconds = time.perf_counter() - began
    return measured


def write_pictures(folder: Path) -> None:
    """Write test pictures of MNIST as PNG files."""
    from onelook import open_dataset
    from onelook.settings import DecodeSettings

    pictures = open_dataset("mnist").parts["test"].pictures.decode(DecodeSettings(height=28, width=28, channels=1))
    for number, pixels in enumerate(pictures.images[:PICTURES]):
        Image.fromarray(pixels.squeeze()).save(folder / f"{number:03}.png")


def request(kept: list[bytes], pictures: int, start: int) -> bytes:
    """The bytes of a request with a form of some pictures."""
    parts = []
    for number in range(pictures):
        parts += [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{number}.png"\r\n'
            "Content-Type: image/png\r\n\r\n".encode(),
            kept[(start + number) % len(kept)],
            b"\r\n",
        ]
    body = b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])
    head = (
        f"POST /v1/predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary={BOUNDARY}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@contextmanager
def server(checkout: Path, model: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Start the server, and give its port and process."""
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src")}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "onelook", "serve", model, "--port", str(port)]
    silent = subprocess.DEVNULL  # its lines go nowhere, but they are written, as a user's server writes them
    with subprocess.Popen(command, stdout=silent, stderr=silent, env=environment) as process:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        try:
            yield port, process
        finally:
            process.send_signal(signal.SIGINT)


def processor_seconds(process: subprocess.Popen[bytes]) -> float:
    """Processor time that the server has taken until now, of all its threads."""
    user, system = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def memory_over_time(process: subprocess.Popen[bytes]) -> Iterator[dict[int, float]]:
    """Give what the server holds after some seconds of the block, in MiB, as it becomes known."""
    found: dict[int, float] = {}
    ended = threading.Event()
    began = time.perf_counter()

    def look() -> None:
        for second in MEMORY_AT:
            if ended.wait(began + second - time.perf_counter()):
                return
            found[second] = memory(process)

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield found
    finally:
        ended.set()
        looking.join()


def growth(held: dict[int, float]) -> float | None:
    """By what share memory has grown since it should have settled; None if the load did not last so long."""
    later = [mib for second, mib in held.items() if second > SETTLED]
    return round(max(later) / held[SETTLED] - 1, 4) if later else None


def memory(process: subprocess.Popen[bytes]) -> float:
    """Memory that the server holds, in MiB."""
    text = Path(f"/proc/{process.pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", text)
    assert found is not None
    return round(int(found[1]) / 1024, 1)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--client"]:
        _, _, folder, *numbers, lasting = sys.argv
        files = [path.read_bytes() for path in sorted(Path(folder).iterdir())]
        asked = asyncio.run(be_clients(files, *map(int, numbers), float(lasting)))
        print(json.dumps({"seconds": asked.seconds, "waits": asked.waits, "statuses": asked.statuses}))
    else:
        main()
