"""A headless Chromium that opens pages of ours: it clicks, types and looks, and keeps what goes wrong."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_PATIENCE_SECONDS = 60
_KEYS = {"Enter": 13, "Escape": 27, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "Tab": 9}
_KEYS |= {"Delete": 46, "/": 191}  # letters and digits have their own codes


class Browser:
    """One page in a browser. It is spoken to through pipes, in Chrome's DevTools protocol."""

    def __init__(self, write: int, read: int) -> None:
        self._write, self._read = write, read
        self._left = b""
        self._sent = 0
        self._session: str | None = None
        self._loaded: set[str] = set()  # documents, by the id that navigating to them returned
        self.problems: list[str] = []  # messages in the console, errors of scripts, what the page's policy refused
        self.requests: list[str] = []  # addresses other than those of the file and of the data in it
        target = self._send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for room in ("Page", "Runtime", "Log", "Network"):
            self._send(f"{room}.enable")
        self._send("Page.setLifecycleEventsEnabled", enabled=True)

    def look(
        self,
        width: int = 1280,
        height: int = 900,
        *,
        dark: bool = False,
        scripts: bool = True,
        touch: bool = False,
        printed: bool = False,
    ) -> None:
        """Set the window or paper, the theme that the reader wants, whether scripts run, and whether it is touched."""
        self._send(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500
        )
        theme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self._send(
            "Emulation.setEmulatedMedia",
            media="print" if printed else "",
            features=[*theme, {"name": "prefers-reduced-motion", "value": "reduce"}],
        )
        self._send("Emulation.setScriptExecutionDisabled", value=not scripts)
        self._send("Emulation.setTouchEmulationEnabled", enabled=touch)

    def open(self, page: Path, fragment: str = "") -> None:
        """Open a file and wait until it is ready."""
        self.visit(page.as_uri() + fragment)

    def visit(self, page: str) -> None:
        """Open an address and wait until it is ready."""
        for address in ("about:blank", page):
            loader = self._send("Page.navigate", url=address)["loaderId"]
            while loader not in self._loaded:
                self._receive()

    def ask(self, expression: str) -> Any:
        """Return the value of an expression in the page."""
        found = self._send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def text(self, selector: str) -> str:
        """Return the text that a reader sees, with single spaces; empty if there is no such element."""
        return " ".join(str(self.ask(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''")).split())

    def click(self, selector: str) -> None:
        """Click the middle of the first such element."""
        x, y = self.ask(
            f"""(() => {{ const element = document.querySelector({json.dumps(selector)});
            element.scrollIntoView({{ block: "center" }});
            const box = element.getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2]; }})()"""
        )
        for kind in ("mousePressed", "mouseReleased"):
            self._send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
        self.settle()

    def point(self, x: float, y: float) -> None:
        """Move the mouse to a place of the window."""
        self._send("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        self.settle()

    def drag(self, *places: tuple[float, float]) -> None:
        """Press the mouse at the first place of the window, move it over the others, and let go at the last."""
        kinds = ["mousePressed", *["mouseMoved"] * (len(places) - 1)]
        for kind, (x, y) in zip(kinds, places, strict=True):
            held = {"button": "left", "buttons": 1, "clickCount": 1}
            self._send("Input.dispatchMouseEvent", type=kind, x=x, y=y, **held)
        x, y = places[-1]
        self._send("Input.dispatchMouseEvent", type="mouseReleased", x=x, y=y, button="left", clickCount=1)
        self.settle()

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            facts = {"key": key, "code": key, "windowsVirtualKeyCode": _KEYS.get(key, ord(key[0].upper()))}
            text = {"text": "\r"} if key == "Enter" else {"text": key} if len(key) == 1 else {}
            self._send("Input.dispatchKeyEvent", type="keyDown", **facts, **text)
            self._send("Input.dispatchKeyEvent", type="keyUp", **facts)
        self.settle()

    def write(self, text: str) -> None:
        """Type a text where the focus is."""
        self._send("Input.insertText", text=text)
        self.settle()

    def wait_for(self, expression: str) -> None:
        """Wait until an expression in the page is true."""
        for _ in range(20 * _PATIENCE_SECONDS):
            if self.ask(f"Boolean({expression})"):
                return
            time.sleep(0.05)
        raise AssertionError(f"never true: {expression}")

    def download_to(self, folder: Path) -> None:
        """Keep what a page lets the reader download in a folder."""
        self._send("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(folder))

    def settle(self) -> None:
        """Wait until the page has drawn twice."""
        self.ask("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")

    def photograph(self, path: Path, *, whole: bool = False) -> None:
        """Keep a picture of the window, or of the whole page."""
        shot = self._send("Page.captureScreenshot", format="png", captureBeyondViewport=whole, **self._clip(whole))
        path.write_bytes(base64.b64decode(shot["data"]))

    def _clip(self, whole: bool) -> dict[str, Any]:
        if not whole:
            return {}
        size = self._send("Page.getLayoutMetrics")["cssContentSize"]
        return {"clip": {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}}

    def _send(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._sent += 1
        message: dict[str, Any] = {"id": self._sent, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._sent:
                assert "error" not in answer, (method, answer["error"])
                result: dict[str, Any] = answer["result"]
                return result

    def _receive(self) -> dict[str, Any]:
        """Return the next message, after keeping what it says about the page."""
        while b"\0" not in self._left:
            assert select.select([self._read], [], [], _PATIENCE_SECONDS)[0], "the browser does not answer"
            arrived = os.read(self._read, 1 << 20)
            assert arrived, "the browser ended"
            self._left += arrived
        text, _, self._left = self._left.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        facts = message.get("params", {})
        match message.get("method"):
            case "Page.lifecycleEvent" if facts["name"] == "load":
                self._loaded.add(facts["loaderId"])
            case "Runtime.exceptionThrown":
                self.problems.append(str(facts["exceptionDetails"]))
            case "Runtime.consoleAPICalled":
                self.problems.append(str(facts["args"]))
            case "Log.entryAdded":
                self.problems.append(str(facts["entry"]["text"]))
            case "Page.javascriptDialogOpening":
                self.problems.append(f"a dialog: {facts['message']}")
            case "Network.requestWillBeSent" if not facts["request"]["url"].startswith(("file:", "data:", "about:")):
                self.requests.append(facts["request"]["url"])
        return message


@contextmanager
def chromium(folder: Path, *flags: str) -> Iterator[Browser]:
    """Yield a browser with its profile in a folder, started with flags; skip the test where there is none."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None or shutil.which("bash") is None:
        pytest.skip("there is no Chromium to look at the page with")
    words = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-quic",
        "--remote-debugging-pipe",
    ]
    words += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    words += [f"--user-data-dir={folder / 'browser'}", *flags]
    commands_read, commands_write = os.pipe()
    answers_read, answers_write = os.pipe()
    # Chromium reads commands from descriptor 3 and answers on 4.
    script = f'exec "$@" 3<&{commands_read} 4>&{answers_write}'
    process = subprocess.Popen(
        ["bash", "-c", script, "chromium", program, *words],
        pass_fds=(commands_read, answers_write),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(commands_read)
    os.close(answers_write)
    try:
        yield Browser(commands_write, answers_read)
    finally:
        process.terminate()
        process.wait(20)
        os.close(commands_write)
        os.close(answers_read)
