"""Picture files of every format: damaged, renamed, empty, or of something else."""

from __future__ import annotations

from benchmarks.fuzz import good
from benchmarks.fuzz.case import INSPECT, Bench, Case, Kind, inspect
from PIL import Image

# Formats that Pillow writes and that nobody means by a picture among pictures.
_ODD_FORMATS = ("EPS", "PDF", "PCX", "SGI", "IM", "DDS", "MSP", "XBM", "SPIDER", "BLP", "ICNS")
_TEXTS = (
    b"",
    b"\0" * 512,
    b"hello",
    b"<html><body>404 Not Found</body></html>",
    b"version https://git-lfs.github.com/spec/v1\noid sha256:0000\nsize 123\n",
    b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    b"\x1b[2J\x1b]0;owned\x07",
    "ｆｕｌｌ width, e\u0301, \u202eright to left".encode(),
)


def damaged_among_good(bench: Bench) -> Case:
    found = bench.photos()
    for number in range(bench.between(1, 4)):
        suffix, content = bench.picture()
        bench.write(f"data/cat/bad{number}{suffix}", bench.damaged(content))
        found += 1
    return Case(INSPECT, found)


def damaged_alone(bench: Bench) -> Case:
    suffix, content = bench.picture()
    bench.write(f"data{suffix}", bench.damaged(content))
    return Case(inspect(f"data{suffix}"), 1)


def predicted(bench: Bench) -> Case:
    count = bench.between(1, 4)
    for number in range(count):
        suffix, content = bench.picture()
        bench.write(f"data/{number}{suffix}", bench.damaged(content))
    bench.write("data/good.png", bench.picture(".png")[1])
    return Case(("predict", "../model", "data", "--out", "out.csv", "--json"), count + 1)


def renamed(bench: Bench) -> Case:
    found = bench.photos()
    _, content = bench.picture()
    wrong, _ = bench.picture()
    bench.write(f"data/dog/renamed{wrong}", content)
    return Case(INSPECT, found + 1, is_sound=True)


def something_else(bench: Bench) -> Case:
    found = bench.photos()
    suffix, _ = bench.picture()
    bench.write(f"data/dog/other{suffix}", bench.pick(_TEXTS))
    return Case(INSPECT, found + 1)


def noise_with_a_magic_number(bench: Bench) -> Case:
    found = bench.photos()
    suffix, content = bench.picture()
    bench.write(f"data/dog/noise{suffix}", content[: bench.between(2, 16)] + bench.rng.bytes(bench.between(1, 3000)))
    return Case(INSPECT, found + 1)


def odd_format(bench: Bench) -> Case:
    """Formats whose readers start programs (EPS) or are seldom looked after."""
    found = bench.photos()
    kind = bench.pick(_ODD_FORMATS)
    mode = {"MSP": "1", "XBM": "1", "SPIDER": "F", "BLP": "P"}.get(kind, "RGB")
    content = good.saved(Image.new("RGB", (32, 32), "red").convert(mode), kind)
    bench.write(f"data/cat/odd{bench.pick(['.jpg', '.png', '.tif'])}", content)
    return Case(INSPECT, found + 1)


def two_pictures_glued(bench: Bench) -> Case:
    found = bench.photos()
    (suffix, first), (_, second) = bench.picture(), bench.picture()
    bench.write(f"data/cat/glued{suffix}", first[: bench.between(0, len(first))] + second)
    return Case(INSPECT, found + 1)


KINDS = (
    Kind("pictures", "damaged among good ones", damaged_among_good, weight=24),
    Kind("pictures", "damaged, alone", damaged_alone, weight=8),
    Kind("pictures", "damaged, predicted", predicted, weight=8),
    Kind("pictures", "renamed", renamed, weight=2),
    Kind("pictures", "something else", something_else, weight=2),
    Kind("pictures", "noise behind a magic number", noise_with_a_magic_number, weight=3),
    Kind("pictures", "odd formats", odd_format, weight=3),
    Kind("pictures", "two glued", two_pictures_glued, weight=2),
)
