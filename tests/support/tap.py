# SPDX-License-Identifier: BSD-3-Clause
"""Tests that speak TAP. Each test is a sentence that is true."""

import traceback

_count = 0


def ok(condition, sentence, seen=""):
    """Tell one test; `seen` explains a failure."""
    global _count
    _count += 1
    print(f"{'ok' if condition else 'not ok'} {_count} - {sentence}", flush=True)
    if not condition and seen:
        print("\n".join(f"# {line}" for line in str(seen).splitlines()), flush=True)


def run(*tests):
    """Run functions that tell tests; one that raises has failed. Print the plan."""
    for test in tests:
        try:
            test()
        except Exception:
            ok(False, test.__name__.replace("_", " "), traceback.format_exc())
    print(f"1..{_count}", flush=True)
