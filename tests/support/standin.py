# SPDX-License-Identifier: BSD-3-Clause
"""A stand-in service in a folder of its own, and certificates acquired from it."""

import configparser
import json
import os
import pathlib
import subprocess
import time

PIN = "246810"

for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
             "MAINETCERT_SERVICE", "MAINETCERT_STORE"):
    os.environ.pop(name, None)


class Standin:
    """One running mainet-standin; a context manager."""

    def __init__(self, folder):
        self._folder = pathlib.Path(folder)
        self._process = None
        self.profile = self._folder / "service.conf"
        self.authority = self._folder / "tls-ca.pem"
        self.site_authority = self._folder / "ca.pem"

    def __enter__(self):
        self._process = subprocess.Popen(
            ["mainet-standin", "serve", "--dir", str(self._folder), "--foreground"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while not (self._folder / "ready").exists():
            if self._process.poll() is not None or time.monotonic() > end:
                self.__exit__()
                raise RuntimeError("the stand-in did not start")
            time.sleep(0.1)
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(30)

    def confirm_url(self):
        """Answer the address of the confirmation page."""
        return self._url("confirm")

    def retrieve_url(self):
        """Answer the address that delivers containers."""
        return self._url("retrieve")

    def site_url(self):
        """Answer the address of the site's top page."""
        return self._url("retrieve").rsplit("/", 1)[0] + "/"

    def _url(self, section):
        profile = configparser.ConfigParser(interpolation=None, strict=False)
        profile.read(self.profile, encoding="utf-8")
        return profile[section]["url"]

    def order(self, *options):
        """Order a certificate; answer its group ID, number and password."""
        return json.loads(self._run(
            "mainet-standin", "order", "--dir", str(self._folder), "--group-id", "GROUP01",
            "--common-name", "信託 太郎", "--json", *options))

    def fault(self, name):
        """Let the next replies be wrong in a way; `none` ends it."""
        self._run("mainet-standin", "fault", "--dir", str(self._folder), name)

    def revoke(self, serial):
        """Revoke the certificate of a serial number."""
        self._run("mainet-standin", "revoke", "--dir", str(self._folder), serial)

    def acquire(self, store, *options):
        """Order a certificate and acquire it into a store; answer what mainetcert told of it."""
        order = self.order(*options)
        secrets = {"MAINET_TEST_PIN": PIN, "MAINET_TEST_PASSWORD": order["password"]}
        return json.loads(self._run(
            "mainetcert", "--store", str(store), "--json", "--pin-source", "env:MAINET_TEST_PIN",
            "acquire", "--yes", "--service", str(self.profile), "--group-id", order["group_id"],
            "--certificate-number", order["certificate_number"],
            "--password-source", "env:MAINET_TEST_PASSWORD", environment=secrets))

    @staticmethod
    def _run(*command, environment=None):
        done = subprocess.run(command, env={**os.environ, **(environment or {})}, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, encoding="utf-8")
        if done.returncode != 0:
            raise RuntimeError(f"{command[0]} failed: {done.stdout}{done.stderr}")
        return done.stdout
