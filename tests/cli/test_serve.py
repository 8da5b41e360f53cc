"""`onelook serve`, as a process: it says where it listens, answers, and ends on Ctrl-C."""

from __future__ import annotations

import asyncio
import io
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from PIL import Image

from onelook.cli import main
from onelook.cli.serve import listening

posix = pytest.mark.skipif(sys.platform == "win32", reason="the signals are those of POSIX")


@contextmanager
def serving(model: Path) -> Iterator[tuple[subprocess.Popen[str], str, int]]:
    """Start the command; give its process, and the host and the port that it says."""
    command = [sys.executable, "-m", "onelook", "serve", str(model), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            address = re.search(r"http://(\S+):(\d+)", server.stdout.readline())
            assert address is not None
            yield server, address[1], int(address[2])
        finally:
            server.kill()


def light_picture() -> bytes:
    picture = io.BytesIO()
    Image.new("L", (8, 8), 255).save(picture, "PNG")
    return picture.getvalue()


@posix
def test_serves_until_ctrl_c(brightness_model):
    with serving(brightness_model) as (server, host, port):
        # A head without end is not kept: the connection is closed.
        with socket.create_connection((host, port), timeout=30) as endless:
            endless.sendall(b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000)
            assert endless.recv(4096).startswith(b"HTTP/1.1 400 ")
            assert endless.recv(4096) == b""
        url = f"http://{host}:{port}/v1/predict"
        answer = httpx.post(url, files={"files": ("a.png", light_picture())}, timeout=30)
        assert answer.json()["predictions"][0]["class_name"] == "light"
        server.send_signal(signal.SIGINT)
        _, errors = server.communicate(timeout=30)
    assert server.returncode == 130
    assert "Traceback" not in errors


@posix
def test_sigterm_closes_the_port_and_finishes_what_was_taken(brightness_model):
    content = light_picture()
    head = (
        "POST /v1/predict HTTP/1.1\r\nHost: onelook\r\nContent-Type: image/png\r\nExpect: 100-continue\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    with (
        serving(brightness_model) as (server, host, port),
        socket.create_connection((host, port), timeout=30) as taken,
        socket.create_connection((host, port), timeout=30) as idle,
    ):
        taken.sendall(head.encode())
        assert taken.recv(4096).startswith(b"HTTP/1.1 100 ")
        taken.sendall(content[:20])
        server.send_signal(signal.SIGTERM)
        assert idle.recv(1) == b""
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((host, port), timeout=30)
        taken.sendall(content[20:])
        with taken.makefile("rb") as answer:
            whole = answer.read()  # the connection is closed after it
        _, errors = server.communicate(timeout=30)
    assert whole.startswith(b"HTTP/1.1 200 ")
    assert b'"class_name":"light"' in whole
    assert server.returncode == -signal.SIGTERM
    assert "Traceback" not in errors


def test_a_taken_port_is_refused_before_anything_runs(brightness_model, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", str(brightness_model), "--port", str(port)]) == 2
    printed = " ".join(capsys.readouterr().err.split())
    assert f"port {port}" in printed
    assert "--port" in printed


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_an_accepted_connection_sends_at_once(host):
    """With Nagle's algorithm on, every answer on a connection that is kept open comes 44 ms late."""

    async def accepted_option() -> int:
        found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            found.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        with listening(host, 0) as listener:
            # As uvicorn does it: the listening socket is handed to asyncio, which sets up each one it accepts.
            async with await asyncio.start_server(accept, sock=listener):
                _, client = await asyncio.open_connection(*listener.getsockname()[:2])
                option = await asyncio.wait_for(found, timeout=30)
                client.close()
                await client.wait_closed()
        return option

    assert asyncio.run(accepted_option()) != 0
