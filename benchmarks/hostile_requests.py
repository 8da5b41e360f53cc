"""Requests that mean ill, to a running `onelook serve`: how each was answered, and what the server then holds.

Of each kind as many: bodies that are cut off, with flipped bytes, of noise; pictures that unpack to gigabytes; wrong
types, wrong methods, wrong addresses; headers without end; senders that stop in the middle; connections that are torn.
Between them, good requests have to be answered as ever. It fails where anything is answered by 500, where the server
ends or hangs, or where its memory grows by more than 600 MiB.

    python benchmarks/hostile_requests.py --model RUN                 # of MNIST; 10,000 requests
    python benchmarks/hostile_requests.py --model RUN --requests 500 --dry
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import struct
import subprocess
import time
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from record import write_result
from serving import BOUNDARY, HERE, memory, request, server, write_pictures

TOGETHER = 24
MOST_SECONDS = 90.0  # of one request: the server's own limit of 60, and some
MOST_GROWTH_MIB = 600.0
NO_ANSWER = 0  # the connection was closed by us, or by the server in the face of nonsense
HANGS = -1
Make = Callable[[random.Random, bytes], list[bytes]]  # from a good request, the pieces that are sent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="a run of MNIST")
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dry", action="store_true", help="writes no result")
    arguments = parser.parse_args()
    with TemporaryDirectory() as made, server(HERE, arguments.model) as (port, process):
        write_pictures(Path(made))
        good = request([path.read_bytes() for path in sorted(Path(made).iterdir())], 3, 0)
        before = memory(process)
        began = time.perf_counter()
        found = asyncio.run(send_all(port, good, arguments.requests, arguments.seed, process))
        seconds = time.perf_counter() - began
        growth = memory(process) - before
    for kind, statuses in found.items():
        print(f"{kind:24} {dict(sorted(statuses.items()))}")
    print(f"{arguments.requests:,} requests in {seconds:.0f} s; memory grew by {growth:.0f} MiB, the server runs")
    failures = sum(statuses[500] + statuses[HANGS] for statuses in found.values())
    if failures or growth > MOST_GROWTH_MIB:
        raise SystemExit(f"{failures} answers were 500 or none in time, and memory grew by {growth:.0f} MiB")
    if not arguments.dry:
        answers = {kind: {str(status): n for status, n in sorted(one.items())} for kind, one in found.items()}
        write_result(
            "hostile_requests",
            {"requests": arguments.requests, "seed": arguments.seed, "memory_growth_mib": growth, "answers": answers},
        )


async def send_all(
    port: int, good: bytes, count: int, seed: int, process: subprocess.Popen[bytes]
) -> dict[str, Counter[int]]:
    """Send the requests, some at once, and return their statuses by kind; -1 for one that hung."""
    found: dict[str, Counter[int]] = {kind: Counter() for kind in KINDS}
    found["good, between them"] = Counter()
    kinds = list(KINDS)
    places = asyncio.Semaphore(TOGETHER)

    async def one(number: int) -> None:
        chance = random.Random(f"{seed} {number}")
        kind = kinds[number % len(kinds)]
        async with places:
            found[kind][await status_of(port, KINDS[kind](chance, good), chance)] += 1
            if number % 50 == 0:
                status = await status_of(port, [good], chance)
                found["good, between them"][status] += 1
                if status not in (200, 503) or process.poll() is not None:
                    raise SystemExit(f"after request {number}, {kind}: a good request is answered by {status}")

    await asyncio.gather(*(one(number) for number in range(count)))
    return found


async def status_of(port: int, pieces: list[bytes], chance: random.Random) -> int:
    """Send the pieces, and return the status of the answer; 0 if there is none, -1 if it does not come in time."""
    try:
        async with asyncio.timeout(MOST_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                for piece in pieces:
                    if piece == TEAR:
                        return NO_ANSWER
                    if piece == END:
                        writer.write_eof()
                        break
                    writer.write(piece)
                    await writer.drain()
                    if len(pieces) > 1:
                        await asyncio.sleep(chance.random() * 0.02)
                head = await reader.readline()
                return int(head.split()[1]) if head.startswith(b"HTTP/1.1 ") else NO_ANSWER
            finally:
                writer.close()
    except TimeoutError:  # which is an OSError too
        return HANGS
    except (OSError, asyncio.IncompleteReadError):
        return NO_ANSWER


TEAR, END = b"\0tear\0", b"\0end\0"  # instead of a piece: close the connection, or say that nothing follows


def _parted(good: bytes) -> tuple[bytes, bytes]:
    head, _, body = good.partition(b"\r\n\r\n")
    return head, body


def _with_body(
    body: bytes, kind: str = f"multipart/form-data; boundary={BOUNDARY}", announced: int | None = None
) -> bytes:
    length = len(body) if announced is None else announced
    return (
        f"POST /v1/predict HTTP/1.1\r\nHost: a\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n".encode()
        + body
    )


def _cut(chance: random.Random, good: bytes) -> list[bytes]:
    _, body = _parted(good)
    return [_with_body(body[: chance.randrange(len(body))])]


def _flipped(chance: random.Random, good: bytes) -> list[bytes]:
    _, body = _parted(good)
    changed = bytearray(body)
    for _ in range(chance.choice((1, 3, 30))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return [_with_body(bytes(changed))]


def _flipped_head(chance: random.Random, good: bytes) -> list[bytes]:
    changed = bytearray(good)
    changed[chance.randrange(good.index(b"\r\n\r\n"))] ^= 1 << chance.randrange(8)
    return [bytes(changed), *([END] if chance.random() < 0.95 else [])]


def _noise(chance: random.Random, good: bytes) -> list[bytes]:
    return [_with_body(chance.randbytes(chance.randrange(1, 5_000)), chance.choice(("image/png", "application/json")))]


def _bomb(chance: random.Random, good: bytes) -> list[bytes]:
    """A picture of many pixels in few bytes."""
    width, height = chance.choice(((60_000, 60_000), (30_000, 30_000), (200_000, 20), (2**31 - 1, 2**31 - 1)))

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    png += chunk(b"IDAT", zlib.compress(bytes(1 << 20))) + chunk(b"IEND", b"")
    return [_with_body(png, "image/png")]


def _json_of_odd_types(chance: random.Random, good: bytes) -> list[bytes]:
    odd = chance.choice(
        (None, 1, [], {}, {"pictures": None}, {"pictures": [None]}, {"pictures": [[]]}, {"pictures": ["%%%"]}, ["a"])
    )
    body = chance.choice((json.dumps(odd).encode(), b"[" * 200_000, b'{"pictures": ["' + b"A" * 100_000, b"\xff\xfe{"))
    return [_with_body(body, "application/json")]


def _wrong_address(chance: random.Random, good: bytes) -> list[bytes]:
    method = chance.choice(("GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE"))
    path = chance.choice(
        ("/v1/predict", "/../../etc/passwd", "/v1/models/%00/predict", "/" + "a" * 5_000, "/v1/models/..%2f")
    )
    return [f"{method} {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode()]


def _odd_options(chance: random.Random, good: bytes) -> list[bytes]:
    query = chance.choice(
        ("top=-1", "top=1e9", "top=99999999999999999999", "reject_below=nan", "partial=maybe", "a=" * 2_000)
    )
    return [good.replace(b"/v1/predict ", f"/v1/predict?{query} ".encode(), 1)]


def _huge_head(chance: random.Random, good: bytes) -> list[bytes]:
    many = b"".join(b"X-%d: %s\r\n" % (number, b"a" * 200) for number in range(chance.choice((100, 2_000))))
    return [b"POST /v1/predict HTTP/1.1\r\nHost: a\r\n" + many + b"\r\n", END]


def _false_length(chance: random.Random, good: bytes) -> list[bytes]:
    _, body = _parted(good)
    announced = chance.choice((0, 1, len(body) - 1, len(body) + 1, 10**9, 10**19))
    # A few wait until the server gives them up.
    return [_with_body(body, announced=announced), *([END] if chance.random() < 0.95 else [])]


def _slow(chance: random.Random, good: bytes) -> list[bytes]:
    step = max(1, len(good) // 10)
    return [good[start : start + step] for start in range(0, len(good), step)]


def _torn(chance: random.Random, good: bytes) -> list[bytes]:
    return [good[: chance.randrange(1, len(good))], TEAR]


def _torn_while_waiting(chance: random.Random, good: bytes) -> list[bytes]:
    return [good, TEAR]


def _many_parts(chance: random.Random, good: bytes) -> list[bytes]:
    part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\nx\r\n'.encode()
    return [_with_body(part * chance.choice((65, 1_000, 5_000)) + f"--{BOUNDARY}--\r\n".encode())]


def _odd_boundary(chance: random.Random, good: bytes) -> list[bytes]:
    _, body = _parted(good)
    boundary = chance.choice(("", "x" * 100_000, '"', "a; boundary=b", "\x7f", BOUNDARY[:-1]))
    return [_with_body(body, f"multipart/form-data; boundary={boundary}")]


KINDS: dict[str, Make] = {
    "cut off": _cut,
    "flipped bytes": _flipped,
    "flipped head": _flipped_head,
    "noise": _noise,
    "bomb": _bomb,
    "JSON of odd types": _json_of_odd_types,
    "wrong address or method": _wrong_address,
    "odd options": _odd_options,
    "huge head": _huge_head,
    "false length": _false_length,
    "slow sender": _slow,
    "torn": _torn,
    "torn while waiting": _torn_while_waiting,
    "many parts": _many_parts,
    "odd boundary": _odd_boundary,
}


if __name__ == "__main__":
    main()
