# SPDX-License-Identifier: BSD-3-Clause
"""The stand-in's site as a person meets it: on a phone, by keyboard, in both languages; and the manual's
way B, a file that is downloaded through the form and imported.

Needs mainetcert and mainet-standin on PATH and MAINETCERT_MODULE; pictures go to ARTEFACTS.
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

import tap
from chromium import Chromium
from firefox import Firefox
from standin import PIN, Standin

ARTEFACTS = pathlib.Path(os.environ.get("ARTEFACTS", "artefacts"))
PHONE = 360  # CSS pixels
DOWNLOAD_PAGE = "証明書ダウンロードページ"

# What a page is like to who reads it, fills it in, or hears it.
EXAMINE = """({
    language: document.documentElement.lang,
    english: Array.from(document.querySelectorAll('[lang=en]'), one => one.innerText.trim()),
    width: innerWidth,
    needed: document.documentElement.scrollWidth,
    fields: Array.from(document.querySelectorAll('input'), field => ({
        name: field.name, type: field.type, label: field.labels.length === 1 && field.labels[0].innerText,
        size: parseFloat(getComputedStyle(field).fontSize)})),
    low: Array.from(document.querySelectorAll('a, button, input'), one => one.getBoundingClientRect().height)
        .filter(height => height < 24).length,
})"""


def on_a_phone(standin, work):
    """Every page of the site, in a window as narrow as a phone."""
    def look(name, url, text):
        chromium.open(url)
        chromium.wait_for(text)
        seen = chromium.evaluate(EXAMINE)
        tap.ok(seen["width"] == PHONE and seen["needed"] <= PHONE, f"{name}: fits a phone", seen)
        tap.ok(seen["low"] == 0, f"{name}: what is tapped can be hit", seen)
        tap.ok(seen["language"] == "ja" and seen["english"] and all(seen["english"]),
               f"{name}: is in Japanese and in English", seen)
        chromium.screenshot(ARTEFACTS / f"site-{name}.png")
        return seen

    with Chromium(work / "phone", standin.authority) as chromium:
        chromium.resize(PHONE, 740)
        look("top", standin.site_url(), DOWNLOAD_PAGE)
        form = look("download", standin.site_url() + "download", "グループID")
        tap.ok([field["name"] for field in form["fields"]] ==
               ["group_id", "certificate_number", "password"] and
               all(field["label"] for field in form["fields"]) and form["fields"][2]["type"] ==
               "password", "each field has its label", form)
        tap.ok(all(field["size"] >= 16 for field in form["fields"]),
               "no phone enlarges the page when a field is entered", form)
        look("confirm", standin.confirm_url(), "正しくインストールされていません")
        chromium.open(standin.site_url() + "download")
        chromium.wait_for("グループID")
        chromium.evaluate("document.querySelectorAll('input').forEach(one => one.value = 'x'),"
                          "document.forms[0].submit()")
        chromium.wait_for("認証に失敗しました")
        seen = chromium.evaluate(EXAMINE)
        tap.ok(seen["needed"] <= PHONE, "error: fits a phone", seen)
        chromium.screenshot(ARTEFACTS / "site-error.png")


class Reader:
    """Somebody with a keyboard and no mouse."""

    def __init__(self, firefox):
        self._firefox = firefox

    def go_to(self, selector):
        """Press Tab until an element has the focus."""
        for _ in range(12):
            if self._firefox.evaluate(f"return document.activeElement.matches({json.dumps(selector)})"):
                return
            self._firefox.type("\t")
        raise RuntimeError(f"Tab does not reach {selector}")

    def follow(self, selector):
        """Follow a link, or press a button."""
        self.go_to(selector)
        self._firefox.type("\n")

    def fill(self, order):
        """Fill the form in, from the field that gets the focus by itself; answer which that is."""
        self._firefox.wait_for("Group ID")
        focused, end = "", time.monotonic() + 20
        while not focused and time.monotonic() < end:
            focused = self._firefox.evaluate("return document.activeElement.id")
        self._firefox.type("\t".join(
            [order["group_id"], order["certificate_number"], order["password"]]) + "\n")
        return focused


def await_file(path):
    """Wait for a file that is being downloaded."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if path.exists() and path.stat().st_size and not path.with_name(path.name + ".part").exists():
            return True
        time.sleep(0.1)
    return False


def import_file(standin, store, path, password):
    """What the person does with the file; answer what the command told."""
    done = subprocess.run(
        ["mainetcert", "--store", str(store), "--json", "--pin-source", "env:MAINET_TEST_PIN", "import",
         str(path), "--password-source", "env:MAINET_TEST_PASSWORD", "--yes", "--service",
         str(standin.profile)],
        env={**os.environ, "MAINET_TEST_PIN": PIN, "MAINET_TEST_PASSWORD": password}, check=False,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, encoding="utf-8")
    return json.loads(done.stdout)


def way_b(standin, work):
    """The manual's 2.3, from the site's first page to its last, without a mouse."""
    store, folder = work / "store", work / "downloads"
    store.mkdir(0o700)
    folder.mkdir()
    firefox = Firefox(work / "firefox", standin.authority, os.environ["MAINETCERT_MODULE"], PIN,
                      {"MAINETCERT_STORE": str(store)}, {
                          "browser.download.folderList": 2, "browser.download.dir": str(folder),
                          "browser.download.always_ask_before_handling_new_types": False,
                          "browser.helperApps.neverAsk.saveToDisk": "application/x-pkcs12"})
    order = standin.order("--key", "ec:P-256")
    with firefox:
        reader = Reader(firefox)
        firefox.open(standin.site_url())
        firefox.wait_for(DOWNLOAD_PAGE)
        reader.follow("a[href='/download']")
        focused = reader.fill({**order, "password": "wrong"})
        tap.ok(focused == "group_id", "the first field has the focus", focused)
        page = firefox.wait_for("認証に失敗しました")
        tap.ok("再度入力してください" in page, "what was mistyped is told in the manual's words", page)
        alert = firefox.evaluate("return document.querySelector('[role=alert]').innerText")
        tap.ok("認証に失敗しました" in alert, "and read out at once", alert)
        reader.follow("a[href='/download']")
        reader.fill(standin.order("--not-ready"))
        page = firefox.wait_for("証明書が作成されていないか、もしくは既に証明書を取得済みです")
        tap.ok("24時間は再取得が可能です" in page, "and what was not issued", page)
        firefox.open(standin.site_url() + "download")
        reader.fill(order)
        tap.ok(await_file(folder / "EndUser.p12"), "the form gives EndUser.p12",
               sorted(folder.iterdir()))
        firefox.screenshot(ARTEFACTS / "site-downloaded.png")
        identity = import_file(standin, store, folder / "EndUser.p12", order["password"])
        tap.ok(identity.get("new") is True and identity["exportable"] is True and
               identity["confirmation"]["installed"] is True,
               "mainetcert imports it under the retrieval password", identity)
        firefox.open(standin.confirm_url())
        page = firefox.wait_for("正しくインストールされています")
        tap.ok(identity["id"] in page.replace(":", "").lower(), "the same Firefox logs in with it", page)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="browser.") as folder:
        work = pathlib.Path(folder)
        os.environ["HOME"] = folder
        with Standin(work / "standin") as standin:
            def the_site_on_a_phone():
                on_a_phone(standin, work)

            def the_site_by_keyboard():
                way_b(standin, work)

            tap.run(the_site_on_a_phone, the_site_by_keyboard)


if __name__ == "__main__":
    main()
