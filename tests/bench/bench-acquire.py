#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""One acquisition beside `curl` fetching the same container and `openssl pkcs12` opening it, by turns
in one run, in processor time. The derivation of the token's key is told apart: it is what the PIN is
worth. Usage: bench-acquire.py"""

import hashlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

from standin import PIN, Standin  # noqa: E402

ROUNDS = 15
LIMIT = 1.3
SECRETS = {"BENCH_PIN": PIN}


def cost(*command):
    """Run a program; answer the seconds of processor time that it took."""
    process = subprocess.Popen(command, env={**os.environ, **SECRETS}, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode != 0:
        sys.exit(f"{command[0]} failed: {said.decode()}")
    return usage.ru_utime + usage.ru_stime


def derivation():
    """Answer what scrypt takes with the parameters of a token."""
    begin = time.process_time()
    hashlib.scrypt(PIN.encode(), salt=bytes(16), n=2**15, r=8, p=1, maxmem=2**26, dklen=32)
    return time.process_time() - begin


def main():
    with tempfile.TemporaryDirectory() as name, Standin(name + "/standin") as standin:
        folder = pathlib.Path(name)
        order = standin.order("--key", "rsa:2048")
        SECRETS["BENCH_PASSWORD"] = order["password"]
        (folder / "form").write_text(urllib.parse.urlencode(
            {key: order[key] for key in ("group_id", "certificate_number", "password")}))
        empty = folder / "empty"
        acquire = ["mainetcert", "--pin-source", "env:BENCH_PIN", "--store", str(folder / "store")]
        cost("mainetcert", "--pin-source", "env:BENCH_PIN", "--store", str(empty), "token", "init")
        times = {"acquire": [], "curl": [], "openssl": [], "derivation": []}
        for _ in range(ROUNDS):
            shutil.copytree(empty, folder / "store")
            times["curl"].append(cost(
                "curl", "-sS", "--fail", "--cacert", str(standin.authority), "--data",
                f"@{folder}/form", "-o", str(folder / "container"), standin.retrieve_url()))
            times["openssl"].append(cost(
                "openssl", "pkcs12", "-legacy", "-in", str(folder / "container"), "-passin",
                "env:BENCH_PASSWORD", "-noenc", "-out", str(folder / "opened")))
            times["acquire"].append(cost(
                *acquire, "acquire", "--yes", "--service", str(standin.profile), "--group-id",
                order["group_id"], "--certificate-number", order["certificate_number"],
                "--password-source", "env:BENCH_PASSWORD"))
            times["derivation"].append(derivation())
            shutil.rmtree(folder / "store")
    for what, seen in times.items():
        print(json.dumps({"bench": f"acquire-{what}", "rounds": ROUNDS,
                          "ns_per_op": round(statistics.median(seen) * 1e9)}))
    ratio = statistics.median((own - key) / (curl + openssl) for own, curl, openssl, key in
                              zip(times["acquire"], times["curl"], times["openssl"],
                                  times["derivation"]))
    print(json.dumps({"bench": "acquire-ratio", "ratio": round(ratio, 3)}))
    sys.exit(f"an acquisition takes {ratio:.3f} times as long" if ratio > LIMIT else 0)


main()
