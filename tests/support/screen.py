# SPDX-License-Identifier: BSD-3-Clause
"""A screen that is nowhere: an Xvfb, what is typed there, and pictures of it."""

import os
import pathlib
import struct
import subprocess
import tempfile
import time
import zlib


class Screen:
    """An Xvfb on a free display, with a window manager or without one; a context manager."""

    def __init__(self, manager=None):
        self._manager_command = manager
        self._manager = None

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory()
        reading, writing = os.pipe()
        self._process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1200x900x24", "-nolisten", "tcp",
             "-fbdir", self._folder.name],
            pass_fds=(writing,), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(writing)
        with os.fdopen(reading) as told:
            self.name = f":{told.readline().strip()}"
        self.environment = {**os.environ, "DISPLAY": self.name}
        for name in ("WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"):
            self.environment.pop(name, None)
        if self._manager_command:
            self._manager = subprocess.Popen([self._manager_command], env=self.environment,
                                             stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                             stderr=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        for process in (self._manager, self._process):
            if process:
                process.terminate()
                process.wait()
        self._folder.cleanup()

    def xdotool(self, *arguments):
        """Answer what it says; nothing if it fails."""
        done = subprocess.run(["timeout", "10", "xdotool", *arguments], env=self.environment,
                              check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, encoding="utf-8")
        return done.stdout.strip()

    def wait_for(self, title, timeout=60):
        """Wait until the window that hears the keys has a title; needs the window manager."""
        end, seen = time.monotonic() + timeout, None
        while time.monotonic() < end:
            seen = self.xdotool("getactivewindow", "getwindowname")
            if seen == title:
                return
            time.sleep(0.05)
        raise TimeoutError(f"no window {title!r} but {seen!r}")

    def type(self, *keys):
        """Press keys: a text is typed, a list of one is the name of a key."""
        for key in keys:
            if isinstance(key, str):
                self.xdotool("type", "--delay", "25", key)
            else:
                self.xdotool("key", *key)

    def settle(self):
        """Wait until what is shown changes no more, but for a caret that blinks; answer it. Keys that come
        while a window is still being drawn are lost."""
        dump = pathlib.Path(self._folder.name) / "Xvfb_screen0"
        seen, same = dump.read_bytes(), 0
        for _ in range(8):
            time.sleep(0.2)
            before, seen = seen, dump.read_bytes()
            same = same + 1 if seen == before else 0
            if same == 2:
                break
        return seen

    def picture(self, path):
        """Write what is shown to a PNG file; answer how many colours it has."""
        self.xdotool("mousemove", "0", "0")
        width, height, pixels = rows(self.settle())
        path = pathlib.Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png(width, height, pixels))
        return len(set(memoryview(pixels).cast("I")))


def rows(dump):
    """Answer width, height and the pixels (blue, green, red, nothing) of an X window dump."""
    head = struct.unpack(">25I", dump[:100])
    width, height, stride = head[4], head[5], head[12]
    begin = head[0] + 12 * head[19]
    return width, height, b"".join(dump[begin + row * stride:begin + row * stride + 4 * width]
                                   for row in range(height))


def png(width, height, pixels):
    """Answer a picture in PNG (ISO/IEC 15948)."""
    colours = bytearray(3 * width * height)
    for place in range(3):
        colours[place::3] = pixels[2 - place::4]

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    lines = b"".join(b"\0" + colours[begin:begin + 3 * width]
                     for begin in range(0, len(colours), 3 * width))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b""))
