"""A headless Chromium for tests, driven over the pipe of its DevTools protocol."""

import itertools
import json
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
# Nothing in these pages takes longer, unless it never comes.
_PATIENCE = 30


class Browser:
    """One page in a browser: goes somewhere, evaluates, and presses keys."""

    def __init__(self, read, write):
        self._read, self._write, self._numbers = read, write, itertools.count(1)
        self._buffer, self.requests, self.violations = b"", [], []
        self._session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        found = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = found["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method, **parameters):
        """Call a method of the protocol; events that come meanwhile are kept."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return answer["result"]

    def _next(self):
        while b"\0" not in self._buffer:
            part = os.read(self._read, 1 << 16)
            assert part, "the browser has gone"
            self._buffer += part
        line, _, self._buffer = self._buffer.partition(b"\0")
        message = json.loads(line)
        if message.get("method") == "Network.requestWillBeSent":
            self.requests.append(message["params"]["request"]["url"])
        if message.get("method") in {"Log.entryAdded", "Runtime.exceptionThrown"}:
            self.violations.append(message["params"])
        return message

    def size(self, width, height, *, dark=False):
        """The size of the window, and what the reader's system prefers."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 600,
        )  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def open(self, path, fragment=""):
        """Open a file, and wait until it is read."""
        self.call("Page.navigate", url="about:blank")
        self.until("location.href === 'about:blank'")
        self.requests, self.violations = [], []
        self.call("Page.navigate", url=path.resolve().as_uri() + fragment)
        self.until("document.readyState === 'complete' && location.protocol === 'file:'")

    def evaluate(self, expression):
        """The value of an expression in the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def until(self, expression):
        """Wait for an expression to become true."""
        end = time.monotonic() + _PATIENCE
        while not self.evaluate(expression):
            assert time.monotonic() < end, expression
            time.sleep(0.02)

    def press(self, key, text=""):
        """Press a key where the focus is."""
        codes = {"Enter": 13, "Escape": 27, "Tab": 9, " ": 32}
        parameters = {"key": key, "code": key, "windowsVirtualKeyCode": codes[key]}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **parameters)
        self.call("Input.dispatchKeyEvent", type="keyUp", **parameters)


@contextmanager
def browser():
    """A browser that is gone afterwards."""
    to_browser, from_us = os.pipe()
    from_browser, to_us = os.pipe()

    def wire():
        # The protocol is spoken on the descriptors 3 and 4, whatever the pipes were given.
        reading, writing = os.dup(to_browser), os.dup(to_us)
        os.dup2(reading, 3)
        os.dup2(writing, 4)

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [
                CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--disable-dev-shm-usage", "--remote-debugging-pipe", f"--user-data-dir={profile}",
            ],
            close_fds=False,
            preexec_fn=wire,  # noqa: PLW1509 (nothing else runs while a test starts it)
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(to_browser)
        os.close(to_us)
        try:
            yield Browser(from_browser, from_us)
        finally:
            os.close(from_us)
            os.close(from_browser)
            process.terminate()
            process.wait(timeout=_PATIENCE)
