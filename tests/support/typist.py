#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Sit at a terminal of one's own and answer what a program asks.

    typist.py COMMAND [ARGUMENT...] -- [PROMPT ANSWER]...

Waits for each PROMPT and types its ANSWER (^C and ^D are those keys). Prints all that the terminal
showed and ends with the program's exit status, or with 99 if a prompt never came, the program
never ended, or it left the terminal without echo."""
import fcntl
import os
import pty
import select
import signal
import sys
import termios
import time

KEYS = {'^C': b'\x03', '^D': b'\x04'}
PATIENCE_S = 30


def start(command, terminal):
    process = os.fork()
    if process == 0:
        os.setsid()
        fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
        for stream in range(3):
            os.dup2(terminal, stream)
        os.execvp(command[0], command)
    return process


def read_some(keyboard, seconds):
    if not select.select([keyboard], [], [], seconds)[0]:
        return b''
    shown = os.read(keyboard, 4096)
    sys.stdout.buffer.write(shown)
    return shown


def answer(keyboard, prompt, text):
    """Type a text once the prompt was shown; answer whether it was."""
    deadline = time.monotonic() + PATIENCE_S
    shown = b''
    while prompt.encode() not in shown:
        if time.monotonic() > deadline:
            return False
        shown += read_some(keyboard, 0.1)
    os.write(keyboard, KEYS.get(text, text.encode() + b'\n'))
    return True


def wait(keyboard, process):
    """Show what is shown until the program ends; answer its exit status."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        ended, status = os.waitpid(process, os.WNOHANG)
        while read_some(keyboard, 0.05):
            pass
        if ended:
            return os.waitstatus_to_exitcode(status)
    return None


def main():
    split = len(sys.argv) - 1 - sys.argv[::-1].index('--')
    script = sys.argv[split + 1:]
    keyboard, terminal = pty.openpty()  # our own hold on the terminal outlives the program's
    process = start(sys.argv[1:split], terminal)
    status = None
    if all(answer(keyboard, *line) for line in zip(script[::2], script[1::2])):
        status = wait(keyboard, process)
    if status is None:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        return 99
    return status if termios.tcgetattr(terminal)[3] & termios.ECHO else 99


if __name__ == '__main__':
    sys.exit(main())
