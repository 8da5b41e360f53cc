"""`onelook serve`, as a process: it says where it listens, answers, and ends on Ctrl-C."""

from __future__ import annotations

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
    printed = capsys.readouterr().err
    assert f"port {port}" in printed
    assert "--port" in printed
