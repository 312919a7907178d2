# SPDX-License-Identifier: BSD-3-Clause
"""Drive Debian's Chromium over its debugging pipe, with nothing but Python.

A token that asks for a PIN needs a window: Chromium then runs on an Xvfb of its own, without a window
manager (which would close the PIN prompt), and xdotool types the PIN.
"""

import base64
import fcntl
import itertools
import json
import os
import pathlib
import select
import signal
import subprocess
import threading
import time

from screen import Screen

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--no-proxy-server",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--no-default-browser-check", "--disable-dev-shm-usage", "--window-size=1000,700",
         "--password-store=basic", "--lang=en", "--remote-debugging-pipe"]
PROMPT = "^Unlock Security Device"


class Chromium:
    """One Chromium with a home of its own; a context manager.

    `pin`: None runs without a window; a text is typed at each prompt, "" cancels them.
    """

    def __init__(self, folder, authority=None, pin=None, environment=None, flags=()):
        """Prepare a home in `folder` whose database trusts `authority` (PEM)."""
        folder = pathlib.Path(folder).resolve()
        self.home = folder / "home"
        self._data, self._log = folder / "data", folder / "chromium.log"
        self._pin, self._flags = pin, flags
        self.prompts = 0
        self._environment = {**os.environ, **(environment or {}), "HOME": str(self.home)}
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
            self._environment.pop(name, None)
        self._process = self._screen = self._typist = None
        self._ids, self._left, self._is_over = itertools.count(1), b"", False
        self.home.mkdir(parents=True)
        if authority:
            database = self.home / ".pki/nssdb"
            database.mkdir(parents=True)
            self._run("certutil", "-N", "--empty-password", "-d", f"sql:{database}")
            self._run("certutil", "-A", "-n", "authority", "-t", "C,,", "-i", str(authority), "-d",
                      f"sql:{database}")

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.quit()
            raise
        return self

    def __exit__(self, *_):
        self.quit()

    def open(self, url):
        """Ask for a page and do not wait for it."""
        self._url = url
        self._send("Page.navigate", {"url": url})

    def evaluate(self, expression):
        """Answer the value of an expression of JavaScript in the page."""
        answer = self._call("Runtime.evaluate", {"expression": expression, "returnByValue": True})
        return answer.get("result", {}).get("value")

    def resize(self, width, height):
        """Show pages as a phone of so many CSS pixels does."""
        self._call("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 2, "mobile": True})

    def text(self):
        """Answer what the page shows, as text; "" while there is none."""
        return self.evaluate("document.readyState === 'complete' && document.body"
                             " ? document.body.innerText : ''") or ""

    def wait_for(self, text, timeout=60):
        """Wait until the page shows `text`; answer all that it shows.

        A login makes Chromium load again, which may abort what was asked for: then it is asked again.
        """
        shown, end, seen = "", time.monotonic() + timeout, time.monotonic()
        while time.monotonic() < end:
            shown = self.text()
            if text in shown:
                return shown
            if shown:
                seen = time.monotonic()
            elif time.monotonic() > seen + 15:
                self.open(self._url)
                seen = time.monotonic()
            time.sleep(0.1)
        raise TimeoutError(f"the page does not show {text!r} but {shown!r}")

    def screenshot(self, path):
        """Write what the page looks like to a PNG file, if Chromium draws it: a window that nothing
        has drawn since it loaded again may not, and a picture is no test."""
        try:
            image = self._call("Page.captureScreenshot", {"format": "png"}, 10).get("data")
        except TimeoutError:
            image = None
        if image is None:
            return
        path = pathlib.Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(image))

    def is_running(self):
        """Answer whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def quit(self):
        """Stop Chromium and every process that it started."""
        self._is_over = True
        if self._typist:
            self._typist.join()
        if self._process:
            try:
                self._session = None
                self._send("Browser.close", {})
                self._process.wait(15)
            except (OSError, subprocess.TimeoutExpired):
                pass
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self._process.wait()
            os.close(self._writing)
            os.close(self._reading)
            self._process = None
        if self._screen:
            self._screen.__exit__()
            self._screen = None

    def _start(self):
        if self._pin is not None:
            self._screen = Screen().__enter__()
            self._environment["DISPLAY"] = self._screen.name
        # where Chromium expects them: it reads descriptor 3 and writes descriptor 4
        theirs_in, self._writing = self._pipe()
        self._reading, theirs_out = self._pipe()
        command = ["chromium", *FLAGS, *self._flags, f"--user-data-dir={self._data}", "about:blank"]
        if self._pin is None:
            command.insert(1, "--headless")

        def place():
            os.dup2(theirs_in, 3)
            os.dup2(theirs_out, 4)

        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log,
                                             stdin=subprocess.DEVNULL, preexec_fn=place,
                                             pass_fds=(3, 4), start_new_session=True)
        os.close(theirs_in)
        os.close(theirs_out)
        self._session = None
        self._attach()
        if self._pin is not None:
            self._typist = threading.Thread(target=self._type, daemon=True)
            self._typist.start()

    @staticmethod
    def _pipe():
        ends = os.pipe()
        high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
        for end in ends:
            os.close(end)
        return high

    def _attach(self):
        end = time.monotonic() + 60
        while time.monotonic() < end:
            pages = [target for target in self._call("Target.getTargets", {})["targetInfos"]
                     if target["type"] == "page"]
            if pages:
                self._session = self._call("Target.attachToTarget", {
                    "targetId": pages[0]["targetId"], "flatten": True})["sessionId"]
                return
            time.sleep(0.1)
        raise TimeoutError("Chromium shows no page")

    def _type(self):
        """Answer each PIN prompt, a window of its own."""
        while not self._is_over:
            window = self._screen.xdotool("search", "--onlyvisible", "--name", PROMPT).split("\n")[0]
            if not window:
                time.sleep(0.1)
                continue
            self.prompts += 1
            time.sleep(0.3)  # it takes no keys at once
            self._screen.xdotool("windowfocus", "--sync", window)
            if self._pin and self.prompts < 3:
                self._screen.xdotool("type", "--window", window, "--delay", "20", self._pin)
                self._screen.xdotool("key", "--window", window, "Return")
            else:
                self._screen.xdotool("key", "--window", window, "Escape")
            for _ in range(50):
                if self._is_over or window not in self._screen.xdotool(
                        "search", "--onlyvisible", "--name", PROMPT).split("\n"):
                    break
                time.sleep(0.1)

    def _run(self, *command):
        subprocess.run(command, check=True, env=self._environment, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL)

    def _send(self, method, parameters):
        number = next(self._ids)
        message = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._writing, json.dumps(message).encode() + b"\0")
        return number

    def _call(self, method, parameters, timeout=60):
        """Answer the result; an error is an empty one: the page may be on its way to another."""
        number, end = self._send(method, parameters), time.monotonic() + timeout
        while time.monotonic() < end:
            message = self._receive(end)
            if message.get("id") == number:
                return message.get("result", {})
        raise TimeoutError(f"Chromium did not answer {method}")

    def _receive(self, end):
        while b"\0" not in self._left:
            if not select.select([self._reading], [], [], max(0, end - time.monotonic()))[0]:
                return {}
            piece = os.read(self._reading, 1 << 16)
            if not piece:
                raise ConnectionError(f"Chromium is gone: {self._log.read_text()[-2000:]}")
            self._left += piece
        message, self._left = self._left.split(b"\0", 1)
        return json.loads(message)
