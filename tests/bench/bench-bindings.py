#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""A property and an RSA-2048 signature through each binding and by the C call, by turns in one run, in
processor time. A signature has to stay within 1.05 times of C's.
Usage: bench-bindings.py C-PROGRAM PYTHON [DOTNET.SH WORK-FOLDER]"""

import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

from standin import PIN, Standin  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
ROUNDS = 61  # many short ones: what else the machine does meets all of them alike
WORK = {"label": 30_000, "sign": 40}
LIMIT = 1.05


class Caller:
    """A program that does what it is told, and tells how long one took."""

    def __init__(self, name, command):
        self.name = name
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         encoding="utf-8")

    def measure(self, what, count):
        """Answer nanoseconds."""
        print(what, count, file=self._process.stdin, flush=True)
        return int(self._process.stdout.readline())

    def end(self):
        """Let it end."""
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


def compare(callers, what, count):
    """Tell the medians; answer the worst ratio to the first caller."""
    times = {caller.name: [] for caller in callers}
    for caller in callers:
        caller.measure(what, count)  # the first time is spent on compiling
    for turn in range(ROUNDS):
        for caller in callers[::-1 if turn % 2 else 1]:
            times[caller.name].append(caller.measure(what, count))
    worst = 0.0
    for name, seen in times.items():
        ratio = statistics.median(own / base for own, base in zip(seen, times[callers[0].name]))
        worst = max(worst, ratio)
        print(json.dumps({"bench": f"{what}-{name}", "rounds": count,
                          "ns_per_op": round(statistics.median(seen)), "ratio": round(ratio, 3)}))
    return worst


def main():
    c_program, python, *dotnet = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder, Standin(folder + "/standin") as standin:
        standin.acquire(folder + "/store", "--key", "rsa:2048")
        commands = {"c": [c_program], "python": [python, HERE / "calls.py"]}
        if dotnet:
            tool, work = dotnet
            subprocess.run([tool, "build", HERE / "csharp" / "Calls.csproj", work,
                            f"-p:OutDir={work}/out/"], check=True)
            commands["csharp"] = [f"{work}/out/Calls"]
        callers = [Caller(name, [*command, folder + "/store", PIN])
                   for name, command in commands.items()]
        compare(callers, "label", WORK["label"])
        worst = compare(callers, "sign", WORK["sign"])
        for caller in callers:
            caller.end()
    sys.exit(f"a signature takes {worst:.3f} times as long as in C" if worst > LIMIT else 0)


main()
