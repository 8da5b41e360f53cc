"""Model folders: files damaged as they are, and files forged with right checksums, as a stranger could send them."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from benchmarks.fuzz.case import Bench, Case, Kind
from benchmarks.fuzz.families.zips import _TRAVERSAL, packed
from onnx import TensorProto, helper

_FILES = ("model.json", "weights.safetensors", "model.onnx", "golden.safetensors")
# Stands for a number that Python reads and writes in no way of its own.
_THOUSANDS_OF_DIGITS = "a number of 5,000 digits"
_ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1,
    2,
    10**30,
    _THOUSANDS_OF_DIGITS,
    1e308,
    -1e308,
    "",
    "x",
    "\ud7ff",
    "x" * 10_000,
    [],
    {},
    [[]],
    [1, 2, 3],
    {"a": {}},
    "NaN",
    8192,
    8193,
    2**31,
    2**63,
    2**64,
    1e-320,
    "../escaped",
)


def parts(bench: Bench) -> dict[str, bytes]:
    """The four files of a good model."""
    folder = bench.folder.parent / "model"
    return {name: (folder / name).read_bytes() for name in _FILES}


def signed(card: dict[str, Any], files: dict[str, bytes]) -> dict[str, bytes]:
    """The files with a card whose checksums are all right."""
    if isinstance(card.get("files"), dict):
        card["files"] |= {name: hashlib.sha256(files[name]).hexdigest() for name in _FILES[1:]}
    card["checksum"] = ""
    text = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    content = thousands_of_digits(text)
    digest = hashlib.sha256(content).hexdigest().encode()
    return {**files, "model.json": content.replace(b'"checksum": ""', b'"checksum": "%s"' % digest, 1)}


def thousands_of_digits(text: str) -> bytes:
    """JSON as bytes, with the number in it for which a text stands."""
    return text.replace(f'"{_THOUSANDS_OF_DIGITS}"', "9" * 5_000).encode("utf-8", "surrogatepass")


def _asked(bench: Bench, files: dict[str, bytes], name: str = "theirs") -> Case:
    for file, content in files.items():
        bench.write(f"{name}/{file}", content)
    bench.write("picture.png", bench.picture(".png")[1])
    words = bench.pick(
        (
            ("verify", name),
            ("predict", name, "picture.png", "--out", "out.csv"),
            ("summary", f"./{name}"),
            ("verify", name),
        )
    )
    return Case((*words, "--json"))


def damaged(bench: Bench) -> Case:
    files = parts(bench)
    name = bench.pick(_FILES)
    if bench.chance(0.1):
        del files[name]
    else:
        files[name] = bench.damaged(files[name])
    return _asked(bench, files)


def forged_card(bench: Bench) -> Case:
    """A value of the card, anywhere in it, is of another type, giant or gone."""
    files = parts(bench)
    card = json.loads(files["model.json"])
    for _ in range(bench.pick((1, 1, 2))):
        places = list(spots(card))
        holder, key = bench.pick(places)
        if bench.chance(0.15):
            del holder[key]
        else:
            holder[key] = bench.pick(_ODD)
    return _asked(bench, signed(card, files))


def spots(value: Any) -> Any:
    """Every (holder, key) in nested JSON values."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in list(items):
        yield value, key
        yield from spots(item)


def forged_network(bench: Bench) -> Case:
    """Layers that are giants, nest without end, or make the planner count."""
    files = parts(bench)
    card = json.loads(files["model.json"])
    giant = bench.pick((10**6, 10**12, 10**18, 2**62))
    dense = {"type": "dense", "units": "classes"}
    conv = {"type": "conv", "filters": 1, "kernel": 1, "padding": giant}
    nest: list[Any] = [{"type": "conv", "filters": 1, "kernel": 1}]
    for _ in range(bench.pick((5, 60, 300))):
        nest = [{"type": "residual", "layers": nest}]
    card["network"]["layers"] = bench.pick(
        (
            [{"type": "flatten"}, {"type": "dense", "units": giant}, dense],
            [{"type": "conv", "filters": giant}, {"type": "flatten"}, dense],
            [
                conv,
                {"type": "residual", "layers": [{"type": "conv", "filters": 1, "kernel": 3, "stride": 2}]},
                {"type": "flatten"},
                dense,
            ],
            [conv, {"type": "max_pool", "size": giant}, {"type": "flatten"}, dense],
            [*nest, {"type": "flatten"}, dense],
            [{"type": "batch_norm"}] * 20_000 + [{"type": "flatten"}, dense],
            [],
        )
    )
    return _asked(bench, signed(card, files))


def forged_weights(bench: Bench) -> Case:
    files = parts(bench)
    name = bench.pick(("weights.safetensors", "golden.safetensors"))
    files[name] = bench.pick(
        (
            lambda: bench.damaged(files[name]),
            lambda: _safetensors(
                {"1.weight": {"dtype": "F32", "shape": [2**40, 2**40], "data_offsets": [0, 8]}}, bytes(8)
            ),
            lambda: _safetensors({"1.weight": {"dtype": "F32", "shape": [0, 10**18], "data_offsets": [0, 0]}}, b""),
            lambda: _safetensors({"1.weight": {"dtype": "BF16", "shape": [4], "data_offsets": [0, 8]}}, bytes(8)),
            lambda: _safetensors({"1.weight": {"dtype": "F8_E4M3", "shape": [8], "data_offsets": [0, 8]}}, bytes(8)),
            lambda: _safetensors({"1.weight": {"dtype": "OBJECT", "shape": [1], "data_offsets": [0, 8]}}, bytes(8)),
            lambda: struct.pack("<Q", bench.pick((0, 2**63, 2**64 - 1, 99_000_000))) + b"{}",
            lambda: struct.pack("<Q", 100_000) + b"[" * 100_000,
            lambda: files[name].replace(files[name][-8:], struct.pack("<2f", float("nan"), float("inf"))),
        )
    )()
    return _asked(bench, signed(json.loads(files["model.json"]), files))


def _safetensors(header: dict[str, Any], content: bytes) -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + content


def damaged_graph(bench: Bench) -> Case:
    files = parts(bench)
    files["model.onnx"] = bench.damaged(files["model.onnx"])
    return _asked(bench, signed(json.loads(files["model.json"]), files))


def graph(nodes: list[Any], initializers: list[Any]) -> bytes:
    """An ONNX model with the input and output of the good one."""
    images = helper.make_tensor_value_info("images", TensorProto.UINT8, ["batch", 8, 8, 1])
    probabilities = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", 2])
    made = helper.make_graph(nodes, "forged", [images], [probabilities], initializers)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    content: bytes = model.SerializeToString()
    return content


def _number(name: str, values: Any, kind: int = TensorProto.INT64) -> Any:
    array = np.asarray(values)
    return helper.make_tensor(name, kind, array.shape, array.ravel().tolist())


def _endless(bench: Bench) -> bytes:
    """A loop of 2^62 rounds."""
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["keep"], ["keep_out"]),
            helper.make_node("Add", ["value", "value"], ["value_out"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("round", TensorProto.INT64, []),
            helper.make_tensor_value_info("keep", TensorProto.BOOL, []),
            helper.make_tensor_value_info("value", TensorProto.FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("keep_out", TensorProto.BOOL, []),
            helper.make_tensor_value_info("value_out", TensorProto.FLOAT, None),
        ],
    )
    nodes = [
        helper.make_node("Cast", ["images"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["floats"], ["flat"], axes=[1, 2]),
        helper.make_node("Loop", ["rounds", "keep", "flat"], ["looped"], body=body),
        helper.make_node("Concat", ["looped", "looped"], ["logits"], axis=1),
        helper.make_node("Softmax", ["logits"], ["probabilities"]),
    ]
    return graph(nodes, [_number("rounds", 2**62), _number("keep", True, TensorProto.BOOL)])


def _swelling(bench: Bench) -> bytes:
    """A picture laid out side by side a million times, or a tensor of gigabytes out of nothing."""
    nodes = [
        helper.make_node("Cast", ["images"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Expand", ["floats", "wide"], ["large"])
        if bench.chance(0.5)
        else helper.make_node("Tile", ["floats", "times"], ["large"]),
        helper.make_node("ReduceMean", ["large"], ["flat"], axes=[1, 2]),
        helper.make_node("Concat", ["flat", "flat"], ["logits"], axis=1),
        helper.make_node("Softmax", ["logits"], ["probabilities"]),
    ]
    return graph(nodes, [_number("wide", [1, 8, 8, 2_000_000]), _number("times", [1, 8_000, 8_000, 1])])


def _long_convolution(bench: Bench) -> bytes:
    """Operators that the product itself writes, with numbers that it never would."""
    pads = bench.pick((5_000, 40_000, 2**30))
    nodes = [
        helper.make_node("Cast", ["images"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Transpose", ["floats"], ["first"], perm=[0, 3, 1, 2]),
        helper.make_node("Conv", ["first", "kernel"], ["wide"], pads=[pads] * 4),
        helper.make_node("GlobalAveragePool", ["wide"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["flat"], axis=1),
        helper.make_node("Softmax", ["flat"], ["probabilities"]),
    ]
    return graph(nodes, [_number("kernel", np.ones((2, 1, 3, 3), np.float32), TensorProto.FLOAT)])


def _elsewhere(bench: Bench) -> bytes:
    weights = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[64, 2], data_location=TensorProto.EXTERNAL)
    weights.external_data.add(key="location", value=bench.pick(("/etc/passwd", "../../secret", "/dev/zero")))
    nodes = [
        helper.make_node("Cast", ["images"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Flatten", ["floats"], ["flat"], axis=1),
        helper.make_node("MatMul", ["flat", "w"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"]),
    ]
    return graph(nodes, [weights])


def _of_others(bench: Bench) -> bytes:
    model = onnx.load_from_string((bench.folder.parent / "model" / "model.onnx").read_bytes())
    match bench.between(0, 3):
        case 0:
            model.graph.output[0].name = "other"
        case 1:
            model.graph.node[0].op_type = bench.pick(("Einsum", "NoSuchOperator", "If", ""))
        case 2:
            model.graph.node[0].domain = "com.evil"
        case _:
            model.opset_import[0].version = bench.pick((0, 1, 10_000))
    content: bytes = model.SerializeToString()
    return content


def forged_graph(make: Callable[[Bench], bytes]) -> Callable[[Bench], Case]:
    """A case whose graph is this one, with right checksums."""

    def case(bench: Bench) -> Case:
        files = parts(bench) | {"model.onnx": make(bench)}
        return _asked(bench, signed(json.loads(files["model.json"]), files))

    return case


def zipped(bench: Bench) -> Case:
    members = [(f"model/{name}", content) for name, content in parts(bench).items()]
    match bench.between(0, 5):
        case 0:
            content = bench.damaged(packed(members))
        case 1:
            content = packed([*members, (bench.pick(_TRAVERSAL), b"x")])
        case 2:
            content = packed([*members, ("model/model.json/x", b"x"), ("", b"x"), ("n" * 10_000, b"x")])
        case 3:
            content = packed([*members, ("zeros", b"\0" * (100 << 20))])
        case 4:
            file = io.BytesIO(packed(members))
            with zipfile.ZipFile(file, "a") as archive:
                info = zipfile.ZipInfo("model/link")
                info.create_system, info.external_attr = 3, 0o120777 << 16
                archive.writestr(info, "/etc/passwd")
            content = file.getvalue()
        case _:
            content = bench.damaged(packed(members, bench.pick((zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA))))
    bench.write("theirs.zip", content)
    return Case(("verify", "theirs.zip", "--json"))


def linked(bench: Bench) -> Case:
    """Files that are links to devices, or folders, or to nothing."""
    for name, content in parts(bench).items():
        bench.write(f"theirs/{name}", content)
    file: Path = bench.folder / "theirs" / bench.pick(_FILES)
    file.unlink()
    target = bench.pick(("/dev/zero", "/dev/null", "/nowhere", "/etc"))
    file.symlink_to(target)
    return Case(("verify", "theirs", "--json"))


KINDS = (
    Kind("models", "damaged", damaged, weight=8),
    Kind("models", "forged card", forged_card, weight=14),
    Kind("models", "forged network", forged_network, weight=4),
    Kind("models", "forged weights", forged_weights, weight=5),
    Kind("models", "damaged graph", damaged_graph, weight=6),
    Kind("models", "graph without end", forged_graph(_endless)),
    Kind("models", "graph that swells", forged_graph(_swelling)),
    Kind("models", "graph of giant pads", forged_graph(_long_convolution)),
    Kind("models", "graph with weights elsewhere", forged_graph(_elsewhere)),
    Kind("models", "graph of others", forged_graph(_of_others), weight=3),
    Kind("models", "zipped", zipped, weight=5),
    Kind("models", "links", linked),
)
