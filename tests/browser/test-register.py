# SPDX-License-Identifier: BSD-3-Clause
"""`mainetcert browser add`, `status` and `remove`: lists of modules and policies as they are found, and
Debian's Firefox set up by each of them. Runs in a mount namespace of its own.

Needs mainetcert and mainet-standin on PATH and MAINETCERT_MODULE.
"""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

import namespace
import tap
from firefox import Firefox
from standin import PIN, Standin

INSTALLED = "正しくインストールされています"
MODULE = os.environ["MAINETCERT_MODULE"]
POLICIES = pathlib.Path("/etc/firefox/policies/policies.json")
CHOICES = pathlib.Path("/etc/chromium/policies/managed")
OTHERS = ("library=\nname=NSS Internal PKCS #11 Module\nNSS=Flags=internal\n\n"
          "library=/usr/lib/other.so\nname=Other\n\n")


class User:
    """A home folder, and the command with it."""

    def __init__(self, work, name):
        self.home = work / name
        self.home.mkdir()

    def browser(self, *words, store=None):
        """Run `mainetcert browser …`; answer the exit status and what it told."""
        place = ["--store", str(store)] if store else []
        environment = {name: value for name, value in os.environ.items()
                       if name not in ("XDG_CONFIG_HOME", "XDG_DATA_HOME")}
        done = subprocess.run(["mainetcert", "--json", *place, "browser", *words],
                              env={**environment, "HOME": str(self.home)}, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, encoding="utf-8")
        return done.returncode, json.loads(done.stdout or "null")

    def profile(self, root, name, is_relative=True):
        """Make a profile of Firefox; answer its list of modules."""
        root = self.home / root
        root.mkdir(parents=True, exist_ok=True)
        profile = root / name if is_relative else self.home / name
        profile.mkdir()
        with (root / "profiles.ini").open("a") as file:
            file.write(f"[Profile{name}]\nName={name}\nIsRelative={int(is_relative)}\n"
                       f"Path={name if is_relative else profile}\n\n")
        return profile / "pkcs11.txt"


@contextlib.contextmanager
def in_use(profile):
    """Hold the lock that Firefox holds on a profile, by another process."""
    holder = subprocess.Popen(
        [sys.executable, "-c", "import fcntl, struct, sys\n"
         "file = open(sys.argv[1], 'w')\n"
         "fcntl.fcntl(file, fcntl.F_SETLK, struct.pack('hhlli', fcntl.F_WRLCK, 0, 0, 0, 0))\n"
         "print('held', flush=True)\nsys.stdin.read()", str(profile / ".parentlock")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    holder.stdout.readline()
    try:
        yield
    finally:
        holder.stdin.close()
        holder.wait()


def lists_of_modules(work):
    """What is there stays, what is ours comes and goes."""
    user = User(work, "user")
    old = user.profile(".mozilla/firefox", "old")
    new = user.profile(".config/mozilla/firefox", "new", is_relative=False)
    old.write_text(OTHERS)
    store = work / "named"
    store.mkdir(0o700)
    status, told = user.browser("add", store=store)
    tap.ok(status == 0 and [browser["registered"] for browser in told["browsers"]] == [True] * 3,
           "every profile and the database of Chromium", told)
    tap.ok(all(browser["module"] == MODULE and browser["module_found"]
               for browser in told["browsers"]), "with the module of this installation", told)
    tap.ok(old.read_text().startswith(OTHERS), "other modules stay", old.read_text())
    tap.ok(f'library={MODULE}\nname=MaiNet\nparameters=store="{store}"\n' in new.read_text(),
           "the store that was named goes with it", new.read_text())
    before = old.read_text(), old.stat().st_ino
    user.browser("add", store=store)
    tap.ok(before == (old.read_text(), old.stat().st_ino), "a second time nothing is written")
    user.browser("add")
    tap.ok(old.read_text().count("library=") == 3 and "parameters" not in old.read_text(),
           "without a store its entry gives way", old.read_text())
    old.write_text(old.read_text().replace(MODULE, "/gone/mainetcert-pkcs11.so"))
    _, told = user.browser("status", "--firefox")
    tap.ok([b["module_found"] for b in told["browsers"] if "old" in b["place"]] == [False],
           "a module that is gone is told", told)
    user.browser("add")
    tap.ok("/gone" not in old.read_text(), "and replaced")
    status, told = user.browser("remove")
    tap.ok(status == 0 and old.read_text() == OTHERS, "removed, a list is as it was",
           old.read_text())
    tap.ok(not new.exists() and sorted(path.name for path in old.parent.iterdir()) == ["pkcs11.txt"],
           "and nothing is left beside it", list(old.parent.iterdir()))


def what_cannot_be_done(work):
    """Named, and nothing else is harmed."""
    user = User(work, "nobody")
    status, told = user.browser("add", "--firefox")
    tap.ok(status == 1 and told["error"]["code"] == 371, "no browser: 371", told)
    busy = user.profile(".mozilla/firefox", "busy")
    idle = user.profile(".mozilla/firefox", "idle")
    busy.write_text(OTHERS)
    with in_use(busy.parent):
        status, told = user.browser("add", "--firefox")
        tap.ok(status == 1 and told["error"]["code"] == 370 and "busy" in told["error"]["detail"],
               "a profile in use: 370", told)
        tap.ok(busy.read_text() == OTHERS and MODULE in idle.read_text(),
               "is left alone, and the others are done")
        _, told = user.browser("status", "--firefox")
        tap.ok([browser["running"] for browser in told["browsers"]] == [True, False],
               "status says so", told)
    status, _ = user.browser("add", "--firefox")
    tap.ok(status == 0 and MODULE in busy.read_text(), "once it is closed it is done too")
    user.profile("snap/firefox/common/.mozilla/firefox", "caged")
    _, told = user.browser("status", "--firefox")
    tap.ok([browser["sandbox"] for browser in told["browsers"]] == [None, None, "Snap"],
           "a sandbox is told", told)


def policies(work, standin):
    """Edited, never replaced, and put right again."""
    user, theirs = User(work, "root"), '{ "policies": {"DisableTelemetry": true} }\n'
    POLICIES.parent.mkdir(parents=True)
    POLICIES.write_text(theirs)
    status, told = user.browser("add", "--policy", "--firefox")
    policy = json.loads(POLICIES.read_text())["policies"]
    tap.ok(status == 0 and policy["DisableTelemetry"] is True
           and policy["SecurityDevices"]["Add"]["MaiNet"] == MODULE,
           "a policy that was there stays beside ours", policy)
    tap.ok([entry["policy"] for entry in told["policies"]] == ["SecurityDevices"],
           "status names it", told)
    user.browser("remove", "--policy")
    tap.ok(POLICIES.read_text() == theirs, "removed, the file is as it was", POLICIES.read_text())
    POLICIES.write_text("{ broken")
    status, told = user.browser("add", "--policy", "--firefox")
    tap.ok(status == 1 and told["error"]["code"] == 1003 and POLICIES.read_text() == "{ broken",
           "a file that is no JSON is refused and kept", told)
    POLICIES.unlink()
    user.browser("add", "--policy", "--firefox")
    user.browser("remove", "--policy")
    tap.ok(not POLICIES.exists(), "a file that was not there is not there again")
    CHOICES.mkdir(parents=True, exist_ok=True)
    other = CHOICES / "other.json"
    other.write_text('{"AutoSelectCertificateForUrls": ["{\\"pattern\\":\\"x\\",\\"filter\\":{}}"]}')
    service = "--service", str(standin.profile)
    user.browser("add", "--auto-select", "--chromium", *service)
    chosen = [json.loads(text) for text in
              json.loads(other.read_text())["AutoSelectCertificateForUrls"]]
    tap.ok(chosen[0]["pattern"] == "x" and {"pattern": standin.confirm_url().rstrip("/"), "filter": {
        "ISSUER": {"CN": "SECOM Passport for Member CA9"}}} in chosen,
           "of one policy only one file counts: it is the one that gets ours", chosen)
    user.browser("remove", "--auto-select", "--chromium", *service)
    tap.ok(len(json.loads(other.read_text())["AutoSelectCertificateForUrls"]) == 1,
           "and loses it again", other.read_text())


def logs_in(work, standin, name, register, environment=None):
    """A Firefox that was set up like this logs in."""
    store = work / f"store-{name}"
    standin.acquire(store, "--key", "ec:P-256")
    firefox = Firefox(work / f"firefox-{name}", standin.authority, None, PIN, environment)
    register(firefox, store)
    with firefox:
        firefox.open(standin.confirm_url())
        tap.ok(INSTALLED in firefox.wait_for(INSTALLED), f"{name}: Firefox logs in",
               firefox.modules())


def firefox_uses_it(work, standin):
    """By its list of modules, by policy, through p11-kit."""
    def by_list(firefox, store):
        User.browser(firefox, "add", "--firefox", store=store)

    def by_policy(firefox, _):
        User.browser(firefox, "add", "--policy", "--firefox")

    def by_p11_kit(firefox, store):
        modules = pathlib.Path("/usr/share/p11-kit/modules")
        (modules / "mainetcert.module").write_text(
            f'module: {MODULE}\nx-init-reserved: store="{store}"\n')
        proxy = subprocess.run(["pkg-config", "--variable=proxy_module", "p11-kit-1"], check=True,
                               stdout=subprocess.PIPE, encoding="utf-8").stdout.strip()
        firefox.add_module("p11-kit", proxy)

    logs_in(work, standin, "list", by_list)
    logs_in(work, standin, "p11-kit", by_p11_kit)
    logs_in(work, standin, "policy", by_policy,
            {"MAINETCERT_STORE": str(work / "store-policy")})


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    namespace.enter()
    with tempfile.TemporaryDirectory(prefix="browser.") as folder:
        work = pathlib.Path(folder)
        os.environ["HOME"] = folder
        namespace.cover("/etc", work / "etc", "chromium", "opt", "firefox")
        namespace.cover("/usr/share/p11-kit", work / "p11-kit", "modules")
        with Standin(work / "standin") as standin:
            def lists():
                lists_of_modules(work)

            def refusals():
                what_cannot_be_done(work)

            def policies_of_the_machine():
                policies(work, standin)

            def in_firefox():
                firefox_uses_it(work, standin)

            tap.run(lists, refusals, policies_of_the_machine, in_firefox)


if __name__ == "__main__":
    main()
