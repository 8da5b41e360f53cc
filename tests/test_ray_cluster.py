"""Which clusters are tried, and how many workers one has room for; `tests/tuning/test_on_ray.py` connects to one."""

from __future__ import annotations

import socket
import threading
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from onelook.errors import ConfigError
from onelook.ray_cluster import Places, cluster_address, places_of, refuse_unreachable


@pytest.mark.parametrize(
    ("address", "tried"),
    [
        ("10.0.0.1:6379", ("10.0.0.1", 6379)),
        ("ray://head:10001", ("head", 10001)),
        ("ray://[::1]:10001", ("[::1]", 10001)),
        ("auto", None),
        ("local", None),
        ("ray://head", None),
        (":6379", None),
        ("", None),
        (None, None),
    ],
)
def test_only_an_address_with_a_host_and_a_port_is_tried_before_ray(
    address: str | None, tried: tuple[str, int] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    if address is not None:
        monkeypatch.setenv("RAY_ADDRESS", address)
    asked: list[tuple[str, int]] = []

    def connect(where: tuple[str, int], timeout: float) -> Any:
        asked.append(where)
        raise ConnectionRefusedError

    monkeypatch.setattr("socket.create_connection", connect)
    with nullcontext() if tried is None else pytest.raises(ConfigError, match="no Ray cluster answers there"):
        refuse_unreachable(cluster_address())
    assert asked == ([] if tried is None else [tried])


@pytest.mark.parametrize(
    ("answer", "is_ray"),
    [
        (bytes((0, 0, 18, 4, 0, 0, 0, 0, 0)), True),
        (bytes((21, 3, 3, 0, 2)), True),  # it wants TLS, which Ray speaks where its variables say so
        (bytes((0, 0, 8, 7, 0, 0, 0, 0, 0)), False),  # of HTTP/2, but a farewell
        (b"HTTP/1.1 400 Bad Request\r\n", False),
        (b"-ERR unknown command\r\n", False),
        (b"\0\0", False),
        (b"", False),
    ],
)
def test_a_server_of_another_kind_is_no_cluster(answer: bytes, is_ray: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def serve() -> None:
            with server.accept()[0] as connection:
                assert connection.recv(14) == b"PRI * HTTP/2.0"
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        words = f"--ray-address 127.0.0.1:{port}: no Ray cluster answers there"
        with nullcontext() if is_ray else pytest.raises(ConfigError, match=words):
            refuse_unreachable(cluster_address(f"127.0.0.1:{port}"))
        thread.join()


@pytest.mark.parametrize(
    ("machines", "wants_gpu", "expected"),
    [
        ([{"CPU": 16.0}], True, Places(count=4, cores=4)),
        ([{"CPU": 2.0}, {"CPU": 8.0}], True, Places(count=5, cores=2)),
        ([{"CPU": 16.0, "GPU": 2.0}, {"CPU": 8.0}], True, Places(count=2, cores=8, gpus=1)),
        ([{"CPU": 16.0, "GPU": 2.0}], False, Places(count=4, cores=4)),
        # What is left over on one machine is of no use to another.
        ([{"CPU": 6.0}, {"CPU": 7.0}], False, Places(count=2, cores=4)),
        # As many cores as each GPU's machine can give.
        ([{"CPU": 16.0, "GPU": 2.0}, {"CPU": 4.0, "GPU": 1.0}], True, Places(count=3, cores=4, gpus=1)),
    ],
)
def test_places_of_a_cluster(machines: list[dict[str, float]], wants_gpu: bool, expected: Places) -> None:
    gone = {"Resources": {"CPU": 64.0}, "Alive": False}
    cluster = SimpleNamespace(nodes=lambda: [gone, *({"Resources": one, "Alive": True} for one in machines)])
    assert places_of(cluster, wants_gpu=wants_gpu) == expected


def test_a_cluster_without_cores_is_refused() -> None:
    with pytest.raises(ConfigError, match="no cores to train on"):
        places_of(SimpleNamespace(nodes=list), wants_gpu=False)


@pytest.mark.parametrize(
    ("places", "words"),
    [
        (Places(1, 1), "1 trial at a time, 1 core each"),
        (Places(3, 4), "3 trials at a time, 4 cores each"),
        (Places(2, 8, gpus=1), "2 trials at a time, 1 GPU each"),
    ],
)
def test_the_places_of_a_cluster_in_words(places: Places, words: str) -> None:
    assert places.in_words() == words
