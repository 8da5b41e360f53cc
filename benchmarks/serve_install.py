"""What `onelook[serve]` weighs in a fresh environment, and how long after the command it gives its first answer.

    python benchmarks/serve_install.py --model RUN

1. This checkout is built as a wheel, and installed with `[serve]` into a new virtual environment, by constraints.txt,
   as the Dockerfile does. Counted: the bytes of its packages, with pip; and whether torch is among them.
2. `onelook serve RUN` is started several times; a client asks for a prediction until there is one. Each time is from
   the start of the process to the whole answer. Processor seconds stand beside: they depend less on what else runs.
"""

from __future__ import annotations

import argparse
import http.client
import io
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

from record import spread, write_result
from serving import HERE, processor_seconds

_TOO_LONG_SECONDS = 120


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="any run")
    parser.add_argument("--repetitions", type=int, default=7, help="starts of the server")
    parser.add_argument("--dry", action="store_true", help="writes no result")
    arguments = parser.parse_args()
    model = str(Path(arguments.model).resolve())  # the server is started elsewhere
    with tempfile.TemporaryDirectory() as folder:
        packages = install(Path(folder))
        size = sum(file.stat().st_size for file in packages.rglob("*") if file.is_file() and not file.is_symlink())
        command = Path(folder) / "fresh" / "bin" / "onelook"
        first_answer(command, model)  # warms the disk's cache up
        answers = [first_answer(command, model) for _ in range(arguments.repetitions)]
        figures = {
            "model": Path(model).name,
            "packages": sorted(path.name.partition("-")[0] for path in packages.glob("*.dist-info")),
            "has torch": (packages / "torch").exists(),
            "megabytes": round(size / 1e6, 1),
            "seconds to the first answer": spread([seconds for seconds, _ in answers]),
            "processor seconds until then": spread([seconds for _, seconds in answers]),
        }
    print(figures)
    if not arguments.dry:
        write_result("serve_install", figures)


def install(folder: Path) -> Path:
    """Install this checkout with `[serve]` into a new environment in the folder, and give the place of its packages."""
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(HERE)]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
    (wheel,) = folder.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", str(folder / "fresh")], check=True)
    pip = [str(folder / "fresh" / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet", "install"]
    subprocess.run([*pip, "--constraint", str(HERE / "constraints.txt"), f"{wheel}[serve]"], check=True)
    (packages,) = (folder / "fresh" / "lib").glob("python*/site-packages")
    return packages


def first_answer(command: Path, model: str) -> tuple[float, float]:
    """Start the server and ask until it answers: seconds since the start, and its processor seconds."""
    content = io.BytesIO()
    Image.new("RGB", (64, 64), "grey").save(content, "PNG")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = time.perf_counter()
    words = [str(command), "serve", model, "--port", str(port), "--quiet"]
    with subprocess.Popen(words, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while time.perf_counter() - started < _TOO_LONG_SECONDS:
                client = http.client.HTTPConnection("127.0.0.1", port, timeout=_TOO_LONG_SECONDS)
                try:
                    client.request("POST", "/v1/predict", content.getvalue(), {"Content-Type": "image/png"})
                    answer = client.getresponse()
                    answer.read()
                except OSError:
                    time.sleep(0.01)
                    continue
                finally:
                    client.close()
                seconds = time.perf_counter() - started
                if answer.status != 200:
                    raise SystemExit(f"the server answered {answer.status}")
                return seconds, processor_seconds(process)
            raise SystemExit(f"no answer within {_TOO_LONG_SECONDS} s")
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
