"""`onelook serve`, as a process: it says where it listens, answers, and ends on Ctrl-C."""

from __future__ import annotations

import asyncio
import io
import re
import signal
import socket
import subprocess
import sys

import httpx
import pytest
from PIL import Image

from onelook.cli import main
from onelook.cli.serve import listening


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent as a POSIX signal")
def test_serves_until_ctrl_c(brightness_model):
    command = [sys.executable, "-m", "onelook", "serve", str(brightness_model), "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        address = re.search(r"http://\S+:\d+", server.stdout.readline())
        assert address is not None
        picture = io.BytesIO()
        Image.new("L", (8, 8), 255).save(picture, "PNG")
        # A head without end is not kept: the connection is closed.
        host, port = address[0].removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=30) as endless:
            endless.sendall(b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000)
            assert endless.recv(4096).startswith(b"HTTP/1.1 400 ")
            assert endless.recv(4096) == b""
        answer = httpx.post(f"{address[0]}/v1/predict", files={"files": ("a.png", picture.getvalue())}, timeout=30)
        assert answer.json()["predictions"][0]["class_name"] == "light"
    finally:
        server.send_signal(signal.SIGINT)
        _, errors = server.communicate(timeout=30)
    assert server.returncode == 130
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
