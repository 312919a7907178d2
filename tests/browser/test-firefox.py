# SPDX-License-Identifier: BSD-3-Clause
"""The confirmation page in Debian's Firefox, with the key in the token.

Needs mainetcert and mainet-standin on PATH and MAINETCERT_MODULE; pictures go to ARTEFACTS.
"""

import os
import pathlib
import signal
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

import tap
from firefox import Firefox
from standin import PIN, Standin

INSTALLED = "正しくインストールされています"
NOT_INSTALLED = "正しくインストールされていません"
TLS_1_2 = {"security.tls.version.max": 3}

MODULE = os.environ["MAINETCERT_MODULE"]
ARTEFACTS = pathlib.Path(os.environ.get("ARTEFACTS", "artefacts"))


class Journey:
    """The service, a store for each kind of key, and browsers of every sort."""

    def __init__(self, work, standin):
        self._work, self._standin, self._browsers = work, standin, 0
        self.url = standin.confirm_url()

    def acquire(self, name, *options):
        """Answer the folder of a new store and the identity in it."""
        store = self._work / name
        return store, self._standin.acquire(store, *options)

    def firefox(self, store, module=MODULE, pin=PIN, preferences=None):
        """Answer a new Firefox that uses a store."""
        self._browsers += 1
        return Firefox(self._work / f"firefox-{self._browsers}", self._standin.authority, module,
                       pin, {"MAINETCERT_STORE": str(store)}, preferences)


def names(page, identity):
    """Answer whether the page names the identity's certificate."""
    return identity["id"].lower() in page.replace(":", "").lower()


def accepted(journey, kind, *options, tls="TLS1.3", preferences=None):
    """An acquired certificate is accepted, and the PIN asked for once."""
    store, identity = journey.acquire(kind.replace(" ", "-"), *options)
    with journey.firefox(store, preferences=preferences) as firefox:
        loaded = [module for module in firefox.modules() if module["library"] == MODULE]
        tap.ok(loaded and "MaiNet" in loaded[0]["tokens"], f"{kind}: Firefox sees the token",
               firefox.modules())
        firefox.open(journey.url)
        page = firefox.wait_for(INSTALLED)
        tap.ok(True, f"{kind}: the certificate is accepted")
        tap.ok(names(page, identity), f"{kind}: the page names it by its SHA-256", page)
        tap.ok(tls in page, f"{kind}: the connection is {tls}", page)
        firefox.screenshot(ARTEFACTS / f"firefox-{kind.replace(' ', '-')}.png")
        firefox.open("about:blank")
        firefox.open(journey.url)
        firefox.wait_for(INSTALLED)
        prompts = firefox.prompts()
        tap.ok([prompt["type"] for prompt in prompts] == ["promptPassword"],
               f"{kind}: the PIN is asked for once", prompts)


def refused(journey, store, sentence, **options):
    """The page says that nothing is installed, and Firefox lives on."""
    with journey.firefox(store, **options) as firefox:
        firefox.open(journey.url)
        page = firefox.wait_for(NOT_INSTALLED)
        tap.ok(INSTALLED not in page, sentence, page)
        tap.ok(firefox.is_running(), f"{sentence}: Firefox lives on")
        return firefox.prompts()


def run(journey):
    """Every way, each with a fresh Firefox."""
    def with_an_rsa_key():
        accepted(journey, "RSA", "--key", "rsa:2048")

    def with_an_rsa_key_over_tls_1_2():
        accepted(journey, "RSA TLS 1.2", "--key", "rsa:2048", tls="TLS1.2", preferences=TLS_1_2)

    def with_an_ec_key():
        accepted(journey, "EC", "--key", "ec:P-256")

    def without_what_it_takes():
        store, _ = journey.acquire("refused")
        prompts = refused(journey, store, "without the module nothing is installed", module=None)
        tap.ok(prompts == [], "without the module no PIN is asked for", prompts)
        refused(journey, store, "a cancelled PIN prompt: nothing is installed", pin=None)
        refused(journey, store, "a wrong PIN: nothing is installed", pin="000000")

    tap.run(with_an_rsa_key, with_an_rsa_key_over_tls_1_2, with_an_ec_key, without_what_it_takes)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="browser.") as folder:
        work = pathlib.Path(folder)
        os.environ["HOME"] = folder
        with Standin(work / "standin") as standin:
            run(Journey(work, standin))


if __name__ == "__main__":
    main()
