# SPDX-License-Identifier: BSD-3-Clause
"""The confirmation page in Debian's Chromium, with the key in the token, set up by `mainetcert browser
add`. Runs in a mount namespace of its own, so that the policies of the machine are left alone.

Needs mainetcert and mainet-standin on PATH and MAINETCERT_MODULE; pictures go to ARTEFACTS.
"""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

import namespace
import tap
from chromium import Chromium
from standin import PIN, Standin

INSTALLED = "正しくインストールされています"
PHONE = 360  # CSS pixels
NOT_INSTALLED = "正しくインストールされていません"
ARTEFACTS = pathlib.Path(os.environ.get("ARTEFACTS", "artefacts"))


class Journey:
    """The service, stores, and browsers of every sort."""

    def __init__(self, work, standin):
        self._work, self._standin, self._browsers = work, standin, 0
        self.url = standin.confirm_url()

    def store(self, name, *options, has_pin=True):
        """Answer the folder of a new store and the identity in it."""
        store = self._work / name
        if not has_pin:
            subprocess.run(["mainetcert", "--store", str(store), "token", "init", "--no-pin"],
                           check=True, stdout=subprocess.DEVNULL)
        return store, self._standin.acquire(store, *options)

    def chromium(self, pin=None, flags=()):
        """Answer a Chromium that is not registered anywhere."""
        self._browsers += 1
        return Chromium(self._work / f"chromium-{self._browsers}", self._standin.authority, pin,
                        flags=flags)

    def register(self, browser, store, *options):
        """Register the module with it, as its user does."""
        done = subprocess.run(
            ["mainetcert", "--store", str(store), "browser", "add", "--chromium", "--service",
             str(self._standin.profile), *options],
            check=False, env={**os.environ, "HOME": str(browser.home)}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
        if done.returncode != 0:
            raise RuntimeError(done.stdout)


def names(page, identity):
    """Answer whether the page names the identity's certificate."""
    return identity["id"].lower() in page.replace(":", "").lower()


def run(journey):
    """Every way, each with a fresh Chromium."""
    def without_the_module_nothing_is_installed():
        with journey.chromium() as chromium:
            chromium.open(journey.url)
            tap.ok(NOT_INSTALLED in chromium.wait_for(NOT_INSTALLED), "without the module: refused")

    def tokens_without_a_pin():
        for kind, tls in (("rsa:2048", "1.3"), ("ec:P-256", "1.3"), ("rsa:2048", "1.2"),
                          ("ec:P-256", "1.2")):
            name = f"{kind.partition(':')[0]}-{tls}"
            store, identity = journey.store(name, "--key", kind, has_pin=False)
            chromium = journey.chromium(flags=[f"--ssl-version-max=tls{tls}"])
            journey.register(chromium, store, "--auto-select")
            with chromium:
                chromium.open(journey.url)
                page = chromium.wait_for(INSTALLED)
                tap.ok(names(page, identity) and f"TLS{tls}" in page,
                       f"a token without PIN: {kind} is accepted over TLS {tls}", page)
                chromium.screenshot(ARTEFACTS / f"chromium-{name}.png")
                chromium.resize(PHONE, 740)
                needed = chromium.evaluate("document.documentElement.scrollWidth")
                tap.ok(needed <= PHONE, "and the page fits a phone", needed)
                chromium.screenshot(ARTEFACTS / f"chromium-{name}-phone.png")

    def a_token_with_a_pin():
        store, identity = journey.store("pin", "--key", "ec:P-256")
        chromium = journey.chromium(PIN)
        journey.register(chromium, store)
        with chromium:
            chromium.open(journey.url)
            page = chromium.wait_for(INSTALLED)
            tap.ok(names(page, identity), "a token with a PIN: the certificate is accepted", page)
            chromium.screenshot(ARTEFACTS / "chromium-pin.png")
            tap.ok(chromium.prompts == 1, "the PIN is asked for once", chromium.prompts)

    def a_prompt_that_is_cancelled():
        store, _ = journey.store("cancelled", "--key", "ec:P-256")
        chromium = journey.chromium("")
        journey.register(chromium, store)
        with chromium:
            chromium.open(journey.url)
            page = chromium.wait_for(NOT_INSTALLED)
            tap.ok(chromium.prompts > 0, "a cancelled prompt: the site is reached without", page)
            tap.ok(chromium.is_running(), "and Chromium lives on")

    tap.run(without_the_module_nothing_is_installed, tokens_without_a_pin, a_token_with_a_pin,
            a_prompt_that_is_cancelled)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    namespace.enter()
    with tempfile.TemporaryDirectory(prefix="browser.") as folder:
        work = pathlib.Path(folder)
        os.environ["HOME"] = folder
        namespace.cover("/etc", work / "etc", "chromium", "opt", "firefox")
        with Standin(work / "standin") as standin:
            run(Journey(work, standin))


if __name__ == "__main__":
    main()
