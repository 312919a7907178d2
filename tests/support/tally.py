# SPDX-License-Identifier: BSD-3-Clause
"""Add up what `meson test` left in a build folder: tally.py BUILD

Prints what the failed tests said, closes with `N passed, N failed, N skipped` (single TAP tests,
or whole programs that speak none) and exits 0 only if none failed. A skip has failed unless
expected-skips.txt has its reason and this machine is one of those that it is for.
"""

import json
import pathlib
import re
import subprocess
import sys

LINE = re.compile(r"^(not )?ok\b[^#]*(#\s*(?:skip|todo)\b\s*(?P<why>.*))?", re.IGNORECASE)
SKIPPED = re.compile(r"^1\.\.0\s*#\s*skip\b\s*(?P<why>.*)", re.IGNORECASE)
EXPECTED = pathlib.Path(__file__).with_name("expected-skips.txt")


def expected_skips(path=EXPECTED):
    """Answer the reasons for which tests may be skipped on this machine."""
    rows = [line.partition("|") for line in path.read_text().splitlines() if line[:1] != "#"]
    return {reason.strip() for reason, bar, command in rows if bar and subprocess.run(
        ["bash", "-c", command], check=False, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL).returncode == 0}


def unexpected(stdout, result, expected):
    """Answer the reasons of one program's skips that are none of the expected ones."""
    found = [LINE.match(line) or SKIPPED.match(line) for line in stdout.splitlines()]
    reasons = [match["why"] for match in found if match and match["why"] is not None]
    if result == "SKIP" and not reasons:
        reasons = ["no reason given"]
    return [reason for reason in reasons if reason.strip() not in expected]


def count(stdout, result):
    """Answer how many of one program's tests passed, failed and were skipped."""
    passed = failed = skipped = 0
    for line in stdout.splitlines():
        found = LINE.match(line)
        if found and found[2]:
            skipped += 1
        elif found:
            passed, failed = passed + (not found[1]), failed + bool(found[1])
    is_bad = result not in ("OK", "SKIP", "EXPECTEDFAIL")
    if is_bad and failed == 0:
        failed = 1  # killed, late, or not what it had planned
    if not passed + failed + skipped:
        passed, skipped = int(result == "OK"), int(result != "OK")
    return passed, failed, skipped


def names_of_all(build):
    """Answer the name of every test that there is, as the log has it."""
    listed = subprocess.run(["meson", "introspect", "--tests", str(build)], check=True,
                            stdout=subprocess.PIPE)
    for test in json.loads(listed.stdout):
        project = test["suite"][0].partition(":")[0]
        suites = "+".join(filter(None, (suite.partition(":")[2] for suite in test["suite"])))
        yield f"{project}{':' if suites else ''}{suites} / {test['name']}"


def main():
    build = pathlib.Path(sys.argv[1])
    log = build / "meson-logs" / "testlog.json"
    runs = [json.loads(line) for line in log.open()] if log.exists() else []
    total = [0, 0, 0]
    expected = expected_skips()
    for run in runs:
        counts = count(run["stdout"], run["result"])
        for reason in unexpected(run["stdout"], run["result"], expected):
            print(f"--- {run['name']}: skipped, which nobody expects: {reason}")
            total[1] += 1
        total = [a + b for a, b in zip(total, counts)]
        if counts[1]:
            said = [line for line in run["stdout"].splitlines() if not line.startswith("ok ")]
            print(f"--- {run['name']}: {run['result']}", *said, run.get("stderr", ""), sep="\n")
    for name in sorted(set(names_of_all(build)) - {run["name"] for run in runs}):
        print(f"--- {name}: did not run")
        total[1] += 1
    print("{} passed, {} failed, {} skipped".format(*total))
    sys.exit(total[1] > 0 or not runs)


if __name__ == "__main__":
    main()
