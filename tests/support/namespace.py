# SPDX-License-Identifier: BSD-3-Clause
"""A mount namespace of a test's own, so that it can change folders of the machine that are not."""

import os
import pathlib
import subprocess
import sys


def enter():
    """Run this program again in a mount namespace of its own."""
    if os.environ.pop("MAINETCERT_TEST_NAMESPACE", None) is None:
        os.environ["MAINETCERT_TEST_NAMESPACE"] = "1"
        os.execvp("unshare", ["unshare", "--mount", sys.executable, *sys.argv])


def cover(parent, folder, *names):
    """Put copies, made in `folder`, over folders of `parent`, which exist for nobody else."""
    for name in names:
        place, copy = pathlib.Path(parent) / name, pathlib.Path(folder) / name
        copy.mkdir(parents=True)
        if not place.exists():
            place.mkdir()  # empty, which changes nothing for anybody
        else:
            subprocess.run(["cp", "-a", f"{place}/.", str(copy)], check=True)
        subprocess.run(["mount", "--bind", str(copy), str(place)], check=True)
