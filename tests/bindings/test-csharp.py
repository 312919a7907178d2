#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Build and run the tests of the .NET assembly, which xunit has; tell them as TAP.
Usage: test-csharp.py DOTNET.SH PROJECT WORK-FOLDER"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

from tap import ok, run  # noqa: E402

RESULT = "{http://microsoft.com/schemas/VisualStudio/TeamTest/2010}"


def sentence(name):
    """MainetCert.Tests.KeyTests.RsaSigns(kind: "ec") as what it says."""
    method, _, arguments = name.partition("(")
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|^A(?=[A-Z])", r"\g<0> ", method.split(".")[-1])
    first, _, rest = words.partition(" ")
    return f"{first} {rest.lower()}" + (f" ({arguments}" if arguments else "")


def xunit_passes():
    tool, project, folder = sys.argv[1:]
    work = pathlib.Path(folder).resolve()
    with tempfile.TemporaryDirectory() as scratch:
        environment = {**os.environ, "MAINETCERT_STORE": scratch + "/store",
                       "PKCS11_MODULE_PATH": os.environ["MAINETCERT_MODULE"]}
        environment.pop("MAINETCERT_SERVICE", None)
        done = subprocess.run([tool, "test", project, str(work), f"-p:OutDir={work}/out/",
                               "-p:VSTestLogger=trx%3BLogFileName=result.trx",
                               f"-p:VSTestResultsDirectory={scratch}"],
                              env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              check=False, encoding="utf-8")
        try:
            told = xml.etree.ElementTree.parse(scratch + "/result.trx")
        except OSError:
            ok(False, "the tests are built and run", done.stdout)
            return
        for result in told.iter(RESULT + "UnitTestResult"):
            ok(result.get("outcome") == "Passed", sentence(result.get("testName")),
               "".join(result.itertext()))
        ok(done.returncode == 0, "dotnet test ends well", done.stdout)


run(xunit_passes)
