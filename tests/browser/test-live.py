# SPDX-License-Identifier: BSD-3-Clause
"""Browsers that run already: what is acquired, renewed or deleted by the command counts for them.

Firefox and Chromium start with the module and a store without any token. Runs in a mount namespace of
its own. Needs mainetcert and mainet-standin on PATH and MAINETCERT_MODULE.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

import namespace
import tap
from chromium import Chromium
from firefox import Firefox
from standin import PIN, Standin

INSTALLED = "正しくインストールされています"
NOT_INSTALLED = "正しくインストールされていません"


def mainetcert(store, *words):
    """Run the command; answer what it told."""
    done = subprocess.run(
        ["mainetcert", "--store", str(store), "--json", "--pin-source", "env:MAINET_TEST_PIN", *words],
        env={**os.environ, "MAINET_TEST_PIN": PIN}, check=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, encoding="utf-8")
    return json.loads(done.stdout)


def shows(browser, url, *texts, timeout=60):
    """Ask for the page again and again until it shows all texts; answer what it shows at last.

    A resumed TLS session presents the identity that it began with, for some requests."""
    shown, end = "", time.monotonic() + timeout
    while time.monotonic() < end:
        browser.open("about:blank")
        browser.open(url)
        try:
            shown = browser.wait_for("インストール", 20)
        except TimeoutError as error:
            shown = str(error)
        if all(text.lower() in shown.replace(":", "").lower() for text in texts):
            return shown
    raise TimeoutError(f"{url} does not show {texts} but {shown!r}")


def live(name, browser, hosts, store, standin, acquire):
    """The life of an identity, seen by one browser that is never restarted."""
    def told(sentence, url, *texts):
        try:
            tap.ok(True, f"{name}: {sentence}", shows(browser, url, *texts))
        except TimeoutError as error:
            tap.ok(False, f"{name}: {sentence}", error)

    told("without any token nothing is installed", next(hosts), NOT_INSTALLED)
    first = acquire("--days", "30")
    time.sleep(2)  # NSS looks at an empty slot once a second, and a host asked before remembers
    told("what was acquired meanwhile is accepted", next(hosts), INSTALLED, first["id"])
    second = acquire("--days", "60")
    mainetcert(store, "prune", "--yes", "--force")
    told("what was renewed and pruned is used", next(hosts), INSTALLED, second["id"])
    mainetcert(store, "delete", second["id"], "--yes", "--force")
    told("what was deleted is offered no more", next(hosts), NOT_INSTALLED)
    tap.ok(browser.is_running(), f"{name}: and it lives on")


def run(work, standin):
    """Chromium remembers for each host what it presented there, so each step asks another."""
    port = standin.confirm_url().rstrip("/").rsplit(":", 1)[1]

    def hosts():
        return iter([f"https://{name}.localhost:{port}/" for name in "abcd"])

    def in_firefox():
        store = work / "firefox-store"
        store.mkdir(0o700)
        firefox = Firefox(work / "firefox", standin.authority, os.environ["MAINETCERT_MODULE"], PIN,
                          {"MAINETCERT_STORE": str(store)})
        with firefox:
            live("Firefox", firefox, hosts(), store, standin,
                 lambda *options: standin.acquire(store, "--key", "ec:P-256", *options))

    def in_chromium():
        store = work / "chromium-store"
        store.mkdir(0o700)
        chromium = Chromium(work / "chromium", standin.authority)
        policy = pathlib.Path("/etc/chromium/policies/managed/choice.json")
        policy.parent.mkdir(parents=True, exist_ok=True)
        policy.write_text(json.dumps({"AutoSelectCertificateForUrls": [json.dumps(
            {"pattern": "https://[*.]localhost", "filter": {}})]}))
        subprocess.run(["mainetcert", "--store", str(store), "browser", "add", "--chromium"],
                       env={**os.environ, "HOME": str(chromium.home)}, check=True,
                       stdout=subprocess.DEVNULL)

        def acquire(*options):
            if not list(store.glob("*.db")):
                subprocess.run(["mainetcert", "--store", str(store), "token", "init", "--no-pin"],
                               check=True, stdout=subprocess.DEVNULL)
            return standin.acquire(store, "--key", "ec:P-256", *options)

        with chromium:
            live("Chromium", chromium, hosts(), store, standin, acquire)

    tap.run(in_firefox, in_chromium)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    namespace.enter()
    with tempfile.TemporaryDirectory(prefix="browser.") as folder:
        work = pathlib.Path(folder)
        os.environ["HOME"] = folder
        namespace.cover("/etc", work / "etc", "chromium")
        with Standin(work / "standin") as standin:
            run(work, standin)


if __name__ == "__main__":
    main()
