#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""The import dialog of the examples, by the keyboard alone, in both languages. Pictures of its states are
kept in ARTEFACTS. Usage: test-dialog.py DIALOG.PY"""

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

import mainetcert  # noqa: E402
from proxy import SilentServer  # noqa: E402
from screen import Screen  # noqa: E402
from standin import PIN, Standin  # noqa: E402
from tap import ok, run  # noqa: E402

ARTEFACTS = pathlib.Path(os.environ.get("ARTEFACTS", "artefacts"))
TITLES = {"form": ("証明書インポートツール", "Certificate import"),
          "new PIN": ("トークンの PIN を決めてください。", "Choose a PIN for the token."),
          "PIN": ("PIN", "PIN"),
          "issuer": ("この証明書発行機関を承認しますか。", "Accept this issuer?"),
          "done": ("証明書をインポートしました。", "The certificate is imported.")}
work = None
standin = None
screen = None


class Dialog:
    """One run of the program; a context manager that waits for its end."""

    seen = set()

    def __init__(self, language, profile=None, store="store"):
        self._language = language
        self.store = work / f"{store}-{language}"
        self._environment = {**screen.environment, "HOME": str(work), "MAINETCERT_STORE": str(self.store),
                             "LC_ALL": {"ja": "ja_JP.UTF-8", "en": "en_US.UTF-8"}[language]}
        self._environment.pop("LANGUAGE", None)
        self._profile = profile or standin.profile
        self.status = None

    def __enter__(self):
        with open(work / "dialog.log", "ab") as log:
            self._process = subprocess.Popen(["/usr/bin/python3", sys.argv[1], str(self._profile)],
                                             env=self._environment, stdin=subprocess.DEVNULL,
                                             stdout=log, stderr=log)
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            screen.picture(ARTEFACTS / f"dialog-{self._language}-failed.png")
            self._process.kill()
        try:
            self.status = self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self.status = self._process.wait()

    def see(self, title, state=None):
        """Wait for a window; keep a picture of a state that is seen for the first time."""
        screen.wait_for(TITLES[title][self._language == "en"] if title in TITLES else title)
        screen.settle()
        state = f"{self._language}-{(state or title).replace(' ', '-')}"
        if state not in self.seen:
            self.seen.add(state)
            ok(screen.picture(ARTEFACTS / f"dialog-{state}.png") > 20, f"{state} is on the screen")

    def fill(self, order, **others):
        """Type what was ordered, and press Enter."""
        self.see("form")
        words = {**order, **others}
        screen.type(words["group_id"], ["Tab"], words["certificate_number"], ["Tab"], words["password"])
        self.see("form", "filled")
        screen.type(["Return"])

    def fail(self, status, close=("Return", "Escape")):
        """See the number of a situation, go back to the form, and leave."""
        headline = status.headline_ja if self._language == "ja" else status.headline
        self.see(f"{status.code}: {headline}", status.kebab_name)
        screen.type([close[0]])
        self.see("form", "again")
        for _ in range(30):  # it may be a moment before the form hears again
            screen.type([close[1]])
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(2)
                break


def identities(store):
    done = subprocess.run(["mainetcert", "--store", str(store), "--json", "list"], check=True,
                          stdout=subprocess.PIPE)
    return len(json.loads(done.stdout))


def a_certificate_is_imported():
    for language in ("ja", "en"):
        for number, pin in enumerate(("new PIN", "PIN"), 1):
            with Dialog(language) as dialog:
                dialog.fill(standin.order("--key", "ec:P-256"))
                dialog.see(pin)
                screen.type(PIN, ["Return"])
                if number == 1:
                    dialog.see("issuer")
                    screen.type(["alt+y"])
                dialog.see("done")
                screen.type(["Return"])
            ok(dialog.status == 0 and identities(dialog.store) == number,
               f"{language}: time {number}, with a {pin}, the certificate is in the token")


def failures_have_their_number():
    for language in ("ja", "en"):
        with Dialog(language) as dialog:
            dialog.fill(standin.order("--key", "ec:P-256"), password="wrong")
            dialog.see("PIN")
            screen.type(PIN, ["Return"])
            dialog.fail(mainetcert.Status.AUTH_FAILED)
        ok(dialog.status == 0 and identities(dialog.store) == 2, f"{language}: 550 and back, nothing is added")
    with Dialog("ja") as dialog:
        dialog.fill(standin.order("--key", "ec:P-256"))
        dialog.see("PIN")
        screen.type("135790", ["Return"])
        dialog.fail(mainetcert.Status.PIN_INCORRECT, ("Escape", "alt+c"))
    with Dialog("en") as dialog:
        dialog.fill(standin.order("--key", "ec:P-256"))
        dialog.see("PIN")
        screen.type(["Escape"])
        dialog.fail(mainetcert.Status.CANCELLED)


def an_issuer_is_refused():
    text = standin.profile.read_text(encoding="utf-8")
    other = work / "other.conf"
    other.write_text(text.replace("issuer = ", "issuer = Another "), encoding="utf-8")
    for language, key in (("ja", "alt+n"), ("en", "Escape")):
        with Dialog(language, other, "refused") as dialog:
            dialog.fill(standin.order("--key", "ec:P-256"))
            dialog.see("new PIN")
            screen.type(PIN, ["Return"])
            dialog.see("issuer", "unexpected")
            screen.type([key])
            dialog.fail(mainetcert.Status.CANCELLED)
        ok(dialog.status == 0 and identities(dialog.store) == 0, f"{language}: {key} refuses an issuer")


class MetServer(SilentServer):
    """Tells when somebody has come."""

    met = threading.Event()

    def answer(self, connection):
        self.met.set()
        super().answer(connection)


def a_call_is_cancelled():
    with MetServer() as server:
        profile = work / "silent.conf"
        text = standin.profile.read_text(encoding="utf-8")
        profile.write_text(text.replace(standin.retrieve_url(), f"https://127.0.0.1:{server.port}/"),
                           encoding="utf-8")
        for language, key in (("ja", "alt+c"), ("en", "Escape")):
            with Dialog(language, profile) as dialog:
                dialog.fill(standin.order("--key", "ec:P-256"))
                dialog.see("PIN")
                screen.type(PIN, ["Return"])
                ok(server.met.wait(60), f"{language}: the service is asked")
                server.met.clear()
                dialog.see("form", "progress")
                screen.type([key])
                dialog.fail(mainetcert.Status.CANCELLED)
            ok(dialog.status == 0, f"{language}: the window hears {key} while the service is waited for")


def main():
    global work, standin, screen  # pylint: disable=global-statement
    with tempfile.TemporaryDirectory() as folder, Standin(folder + "/standin") as standin, \
            Screen(manager="openbox") as screen:
        work = pathlib.Path(folder).resolve()
        run(a_certificate_is_imported, failures_have_their_number, an_issuer_is_refused,
            a_call_is_cancelled)


main()
