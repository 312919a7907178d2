# SPDX-License-Identifier: BSD-3-Clause
"""Drive Debian's Firefox over Marionette, its own remote control, with nothing but Python.

As a program: open one page, answer the PIN prompt, print what the page says.
"""

import argparse
import base64
import itertools
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

PREFERENCES = {
    "app.normandy.enabled": False,
    "app.update.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "browser.topsites.contile.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.systemAddon.update.enabled": False,
    "marionette.port": 0,  # a free one, told in the profile
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.proxy.type": 0,
    "security.default_personal_cert": "Select Automatically",
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}

# A wrong PIN is asked for again without end, so the third prompt is cancelled.
ANSWER_PROMPTS = """
    const window = Services.wm.getMostRecentWindow("navigator:browser");
    window.answerPin = arguments[0];
    window.seenPrompts = [];
    window.promptObserver = { observe(dialogWindow) {
        const dialog = dialogWindow.Dialog;
        window.seenPrompts.push({type: dialog.args.promptType, text: dialog.args.text});
        if (dialog.args.promptType !== "promptPassword")
            return;
        dialogWindow.setTimeout(() => {
            const pin = window.answerPin;
            if (pin === null || window.seenPrompts.length > 2) {
                dialog.ui.button1.click();
                return;
            }
            dialog.ui.password1Textbox.value = pin;
            dialog.ui.button0.disabled = false;
            dialog.ui.button0.click();
        }, 0);
    }};
    Services.obs.addObserver(window.promptObserver, "common-dialog-loaded");
"""

# What the certificate manager's own dialogs call.
LIST_CERTIFICATES = """
    const certificates = Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB);
    return Array.from(certificates.getCerts(), one => ({
        token: one.tokenName, name: one.displayName, mine: (one.certType & Ci.nsIX509Cert.USER_CERT) !== 0,
        sha256: one.sha256Fingerprint.replaceAll(":", "").toLowerCase()}));
"""

IMPORT_PKCS12 = """
    const certificates = Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB);
    const file = Cc["@mozilla.org/file/local;1"].createInstance(Ci.nsIFile);
    file.initWithPath(arguments[0]);
    return certificates.importPKCS12File(file, arguments[1]);
"""

# A prompt would be in the way of an answer, so it is left to be asked for.
DELETE_CERTIFICATE = """
    const certificates = Cc["@mozilla.org/security/x509certdb;1"].getService(Ci.nsIX509CertDB);
    const one = certificates.getCerts().find(
        one => one.sha256Fingerprint.replaceAll(":", "").toLowerCase() === arguments[0]);
    const window = Services.wm.getMostRecentWindow("navigator:browser");
    window.deletion = null;
    window.setTimeout(() => {
        try {
            certificates.deleteCertificate(one);
            window.deletion = "";
        } catch (error) {
            window.deletion = String(error);
        }
    }, 0);
"""

LIST_MODULES = """
    const done = arguments[arguments.length - 1];
    const modules = Cc["@mozilla.org/security/pkcs11moduledb;1"].getService(Ci.nsIPKCS11ModuleDB);
    const token = slot => { try { return slot.getToken().tokenName; } catch (e) { return null; } };
    (async () => {
        const found = await modules.listModules();
        return Array.from(found, module => ({
            name: module.name, library: module.libName,
            tokens: Array.from(module.slots, token).filter(name => name !== null)}));
    })().then(value => done({value}), error => done({error: String(error)}));
"""


class Firefox:
    """One headless Firefox with a profile and a home of its own; a context manager."""

    def __init__(self, folder, authority=None, module=None, pin=None, environment=None,
                 preferences=None):
        """Prepare a profile in `folder` that trusts `authority` (PEM) and loads `module`."""
        folder = pathlib.Path(folder).resolve()
        self.home, self._profile = folder / "home", folder / "profile"
        self._log = folder / "firefox.log"
        self._pin = pin
        self._environment = {**os.environ, **(environment or {}), "HOME": str(self.home),
                             "MOZ_CRASHREPORTER_DISABLE": "1"}
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            self._environment.pop(name, None)
        self._process = self._socket = None
        self._ids = itertools.count(1)
        self.home.mkdir(parents=True)
        self._profile.mkdir()
        self._write_preferences({**PREFERENCES, **(preferences or {})})
        self._nss("certutil", "-N", "--empty-password")
        if authority:
            self._nss("certutil", "-A", "-n", "authority", "-t", "C,,", "-i", str(authority))
        if module:
            self.add_module("mainetcert", module)
        root = self.home / ".config/mozilla/firefox"
        root.mkdir(parents=True)
        (root / "profiles.ini").write_text(
            f"[Profile0]\nName=default\nIsRelative=0\nPath={self._profile}\nDefault=1\n")

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.quit()
            raise
        return self

    def __exit__(self, *_):
        self.quit()

    def add_module(self, name, path):
        """Register a module, before Firefox is started."""
        self._nss("modutil", "-force", "-add", name, "-libfile", str(path))

    def open(self, url):
        """Ask for a page. Returns early if a prompt is in the way: wait_for() the page."""
        self._call("WebDriver:Navigate", url=url)

    def text(self):
        """Answer what the page shows, as text."""
        return self._content("return document.body ? document.body.innerText : ''")

    def wait_for(self, text, timeout=30):
        """Wait until the page is there and shows `text`; answer all that it shows."""
        script = "return document.readyState === 'complete' && document.body.innerText"
        shown, end = "", time.monotonic() + timeout
        while time.monotonic() < end:
            shown = self._content(script) or ""
            if text in shown:
                return shown
            time.sleep(0.1)
        raise TimeoutError(f"the page does not show {text!r} but {shown!r}")

    def evaluate(self, script):
        """Answer what a script that runs in the page returns."""
        return self._content(script)

    def type(self, text):
        """Press a key for each character; a tab and a newline are keys, too."""
        keys = [{"\t": "\ue004", "\n": "\ue007"}.get(key, key) for key in text]
        self._call("WebDriver:PerformActions", actions=[{
            "type": "key", "id": "keyboard",
            "actions": [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]}])

    def prompts(self):
        """Answer the prompts seen so far: each its type and text."""
        return self._privileged(
            'return Services.wm.getMostRecentWindow("navigator:browser").seenPrompts')

    def use_pin(self, pin):
        """Answer prompts with another PIN from now on; None cancels them."""
        self._privileged('Services.wm.getMostRecentWindow("navigator:browser").answerPin = arguments[0]',
                         pin)

    def certificates(self):
        """Answer what the certificate manager lists: each its token, name, SHA-256 and whether it is
        the user's own."""
        return self._privileged(LIST_CERTIFICATES)

    def import_pkcs12(self, path, password):
        """Import a file as the certificate manager does; 0 for success."""
        return self._privileged(IMPORT_PKCS12, str(path), password)

    def delete_certificate(self, sha256, timeout=60):
        """Delete a certificate as the certificate manager does; answer the error, "" for success."""
        self._privileged(DELETE_CERTIFICATE, sha256)
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            answer = self._privileged(
                'return Services.wm.getMostRecentWindow("navigator:browser").deletion')
            if answer is not None:
                return answer
            time.sleep(0.1)
        raise TimeoutError("Firefox has not done with the deletion")

    def modules(self):
        """Answer the PKCS#11 modules that Firefox has loaded, each with its tokens."""
        answer = self._privileged(LIST_MODULES, asynchronous=True)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["value"]

    def screenshot(self, path):
        """Write what the page looks like to a PNG file."""
        image = self._call("WebDriver:TakeScreenshot", full=False, hash=False)
        path = pathlib.Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(image))

    def is_running(self):
        """Answer whether the process lives: a module may take its host down."""
        return self._process is not None and self._process.poll() is None

    def quit(self):
        """Stop Firefox and every process that it started."""
        if self._socket:
            try:
                self._call("Marionette:Quit", flags=["eForceQuit"])
            except (OSError, RuntimeError):
                pass
            self._socket.close()
            self._socket = None
        if self._process:
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                pass
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self._process.wait()

    def _write_preferences(self, preferences):
        lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
                 for name, value in preferences.items())
        (self._profile / "user.js").write_text("".join(lines))

    def _nss(self, tool, *arguments):
        folder = "-dbdir" if tool == "modutil" else "-d"
        subprocess.run([tool, *arguments, folder, f"sql:{self._profile}"], check=True,
                       env=self._environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def _start(self, timeout=60):
        command = ["firefox-esr", "--headless", "--marionette", "--remote-allow-system-access",
                   "--no-remote", "--profile", str(self._profile), "about:blank"]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log,
                                             stdin=subprocess.DEVNULL, start_new_session=True)
        self._socket = socket.create_connection(("127.0.0.1", self._wait_for_port(timeout)), timeout)
        self._receive()  # the greeting
        self._call("WebDriver:NewSession", capabilities={"alwaysMatch": {
            "unhandledPromptBehavior": "ignore",  # else Marionette cancels the PIN prompt
            "timeouts": {"pageLoad": 30000, "script": 30000}}})
        self._privileged(ANSWER_PROMPTS, self._pin)

    def _wait_for_port(self, timeout):
        told, end = self._profile / "MarionetteActivePort", time.monotonic() + timeout
        while time.monotonic() < end:
            if not self.is_running():
                raise RuntimeError(f"Firefox did not start: {self._log.read_text()}")
            port = told.read_text().strip() if told.exists() else ""
            if port:
                return int(port)
            time.sleep(0.05)
        raise TimeoutError("Firefox told no Marionette port")

    def _content(self, script):
        return self._call("WebDriver:ExecuteScript", script=script, args=[])

    def _privileged(self, script, *arguments, asynchronous=False):
        kind = "WebDriver:ExecuteAsyncScript" if asynchronous else "WebDriver:ExecuteScript"
        self._call("Marionette:SetContext", value="chrome")
        try:
            return self._call(kind, script=script, args=list(arguments), sandbox="system")
        finally:
            self._call("Marionette:SetContext", value="content")

    def _call(self, name, **parameters):
        """Send [0, id, name, parameters], expect [1, id, error, result]."""
        message = json.dumps([0, next(self._ids), name, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _, _, error, result = self._receive()
        if error:
            raise RuntimeError(f"{name}: {error['error']}: {error['message']}")
        return result.get("value") if isinstance(result, dict) else result

    def _receive(self):
        """Read one message: its length in bytes, a colon, JSON."""
        length = b""
        while not length.endswith(b":"):
            length += self._read(1)
        return json.loads(self._read(int(length[:-1])))

    def _read(self, count):
        data = b""
        while len(data) < count:
            piece = self._socket.recv(count - len(data))
            if not piece:
                raise ConnectionError("Firefox closed the connection")
            data += piece
        return data


def main():
    """Open a page with the key in a module; exit 0 if it shows the text that was expected."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--expect", required=True, help="text that the page must show")
    parser.add_argument("--authority", help="PEM file of the server's CA")
    parser.add_argument("--module", help="PKCS#11 module to load")
    parser.add_argument("--pin-file", type=pathlib.Path)
    parser.add_argument("--screenshot")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    pin = options.pin_file.read_text().rstrip("\n") if options.pin_file else None
    folder = tempfile.mkdtemp(prefix="firefox.")
    try:
        with Firefox(folder, options.authority, options.module, pin) as firefox:
            firefox.open(options.url)
            try:
                print(firefox.wait_for(options.expect))
            finally:
                for prompt in firefox.prompts():
                    print(f"[{prompt['text']}]")
                if options.screenshot:
                    firefox.screenshot(options.screenshot)
    except (OSError, RuntimeError) as error:
        sys.exit(f"firefox: {error}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
