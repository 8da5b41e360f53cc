"""What people write by hand: networks and settings in TOML, sample submissions."""

from __future__ import annotations

from benchmarks.fuzz.case import Bench, Case, Kind

_NETWORK = """\
[[layers]]
type = "conv"
filters = 4
kernel = 3
activation = "relu"

[[layers]]
type = "flatten"

[[layers]]
type = "dense"
units = "classes"
"""
_SETTINGS = """\
epochs = 1
batch_size = 4

[optimizer]
name = "adam"
learning_rate = 0.001

[augment]
rotation_range = 10
"""
_VALUES = (
    "0",
    "-1",
    "1e400",
    "nan",
    "inf",
    "-inf",
    "9" * 30,
    "9" * 5_000,
    "0x" + "f" * 5_000,
    "true",
    '""',
    '"x"',
    "[]",
    "{}",
    "[[[]]]",
    "1.5",
    '"classes"',
    "1979-05-27",
    "[1, 2, 3]",
    "[3, 0]",
    '"\\u0000"',
    '"\\u001b[31m"',
    "'" + "x" * 10_000 + "'",
    "1_000_000",
    "1000000000000",
    "4611686018427387904",
    "[" * 5_000,
    "{a=" * 3_000,
    '"\\ud800"',
    "1e-320",
)


def _asked(bench: Bench, network: bytes | str) -> Case:
    bench.write("net.toml", network)
    return Case(("summary", "net.toml", "--input", "8x8x1", "--json"))


def damaged_network(bench: Bench) -> Case:
    return _asked(bench, bench.damaged(_NETWORK.encode()))


def odd_values(bench: Bench) -> Case:
    lines = _NETWORK.splitlines()
    at = bench.pick([at for at, line in enumerate(lines) if "=" in line])
    lines[at] = f"{lines[at].partition('=')[0]}= {bench.pick(_VALUES)}"
    return _asked(bench, "\n".join(lines))


def odd_networks(bench: Bench) -> Case:
    giant = bench.pick(("10**0", "1000000000", "1000000000000000000"))
    return _asked(
        bench,
        bench.pick(
            (
                "",
                "layers = 3",
                "layers = []",
                "layers = [[]]",
                "[layers]\ntype = 'conv'",
                "[[layers]]",
                "[[layer]]\n" + _NETWORK,
                "[" * 100_000,
                "x = " + "[" * 100_000,
                "x = " + "{a=" * 50_000,
                "a." * 50_000 + "b = 1",
                "[" + "a." * 20_000 + "b]",
                _NETWORK + _NETWORK,
                "\ufeff" + _NETWORK,
                _NETWORK.replace("\n", "\r"),
                "x" * 2_000_000,
                "\n" * 2_000_000,
                "[[layers]]\ntype = 'batch_norm'\n" * 3_000 + _NETWORK,
                f"[[layers]]\ntype='conv'\nfilters=1\nkernel=1\npadding={giant}\n"
                "[[layers]]\ntype='residual'\nlayers=[{type='conv',filters=1,kernel=3,stride=2}]\n[[layers]]\ntype='flatten'\n"
                "[[layers]]\ntype='dense'\nunits='classes'\n",
                "[[layers]]\ntype='residual'\nlayers=["
                + "{type='residual',layers=[" * bench.pick((50, 300))
                + "{type='flatten'}"
                + "]}" * 300,
            )
        ),
    )


def odd_settings(bench: Bench) -> Case:
    """Read, and refused before any training: the data does not exist."""
    text = _SETTINGS
    if bench.chance(0.5):
        lines = text.splitlines()
        at = bench.pick([at for at, line in enumerate(lines) if "=" in line])
        lines[at] = f"{lines[at].partition('=')[0]}= {bench.pick(_VALUES)}"
        text = "\n".join(lines)
    content = bench.damaged(text.encode()) if bench.chance(0.5) else text.encode()
    bench.write("settings.toml", content)
    return Case(("train", "./nowhere", "--config", "settings.toml", "--json"))


def odd_options(bench: Bench) -> Case:
    key = bench.pick(
        (
            "dropout",
            "optimizer.learning_rate",
            "epochs",
            "augment",
            "early_stopping",
            "x",
            "",
            "schedule",
            "val",
            "seed",
        )
    )
    value = bench.pick(tuple(value for value in _VALUES if "\0" not in value))
    return Case(("train", "./nowhere", "--set", f"{key}={value}", "--json"))


def giant_network(bench: Bench) -> Case:
    """A training that asks for more memory than there is."""
    bench.photos()
    units = bench.pick((10**9, 10**12, 10**18))
    bench.write("net.toml", f"[[layers]]\ntype='flatten'\n[[layers]]\ntype='dense'\nunits={units}\n" + _NETWORK[-43:])
    return Case(("train", "data", "--model", "net.toml", "--epochs", "1", "--val", "0.5", "--out", "run", "--json"))


def submissions(bench: Bench) -> Case:
    for number in range(1, 4):
        bench.write(f"data/{number}.png", bench.picture(".png")[1])
    text = b"id,label\n1,0\n2,0\n3,0\n"
    content = bench.pick(
        (
            lambda: bench.damaged(text),
            lambda: bench.damaged(text),
            lambda: text.replace(b"3,0", b"4,0"),
            lambda: b"",
            lambda: text + b"3,0\n",
            lambda: text.replace(b"0\n", b"0.5\n"),
            lambda: b"id,dark,light\n1,0,0\n2,0,0\n3,0,0\n",
            lambda: b"id," + b"x," * 5_000 + b"y\n",
            lambda: text.decode().encode("utf-16"),
            lambda: b'id,"label\n' + b"a" * 200_000,
            lambda: text.replace(b"1", b"9" * 5_000),
            lambda: text.replace(b",0", b",\x1b[31m"),
            lambda: text.replace(b"\n", b"\r"),
            lambda: b"id,label\n" + b"../1,0\n/2,0\n~/3,0\n",
            lambda: text.replace(b"2,0", b"2\0,0"),
        )
    )()
    bench.write("sample.csv", content)
    return Case(("predict", "../model", "data", "--out", "out.csv", "--like", "sample.csv", "--json"))


KINDS = (
    Kind("texts", "network damaged", damaged_network, weight=5),
    Kind("texts", "network of odd values", odd_values, weight=6),
    Kind("texts", "odd networks", odd_networks, weight=3),
    Kind("texts", "odd settings", odd_settings, weight=5),
    Kind("texts", "odd options", odd_options, weight=3),
    Kind("texts", "network larger than the machine", giant_network, is_heavy=True),
    Kind("texts", "sample submissions", submissions, weight=6),
)
