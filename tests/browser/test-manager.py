# SPDX-License-Identifier: BSD-3-Clause
"""Firefox's certificate manager, by the interface that its dialogs use; a token without PIN; and pdfsig,
which signs by NSS, with the acquired key.

Needs mainetcert and mainet-standin on PATH and MAINETCERT_MODULE.
"""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

import tap
from firefox import Firefox
from standin import PIN, Standin

MODULE = os.environ["MAINETCERT_MODULE"]
SECRETS = {"MAINET_TEST_PIN": PIN, "MAINET_TEST_PASSWORD": "配布用🔑"}
INSTALLED = "正しくインストールされています"


def run(store, *command):
    """Run a program; answer what it told."""
    return subprocess.run(command, env={**os.environ, **SECRETS, "MAINETCERT_STORE": str(store)},
                          check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          encoding="utf-8").stdout


def ids(store):
    """Answer what is in a store."""
    return sorted(one["id"] for one in json.loads(run(store, "mainetcert", "list", "--json")))


def places(firefox):
    """Answer the token of each certificate that Your Certificates shows, by its SHA-256."""
    return {one["sha256"]: one["token"] for one in firefox.certificates() if one["mine"]}


def the_manager(standin, work):
    """List, import, delete."""
    store, elsewhere, file = work / "store", work / "elsewhere", work / "other.p12"
    first = standin.acquire(store, "--key", "rsa:2048")["id"]
    second = standin.acquire(store, "--key", "ec:P-256", "--days", "500")["id"]
    other = standin.acquire(elsewhere, "--key", "rsa:2048")["id"]
    run(elsewhere, "mainetcert", "--pin-source", "env:MAINET_TEST_PIN", "export", other, "--out",
        str(file), "--password-source", "env:MAINET_TEST_PASSWORD")
    with Firefox(work / "firefox", standin.authority, MODULE, None,
                 {"MAINETCERT_STORE": str(store)}) as firefox:
        seen = places(firefox)
        tap.ok(seen == {first: "MaiNet", second: "MaiNet"}, "the list shows what the token has", seen)
        tap.ok(firefox.prompts() == [], "without asking for the PIN", firefox.prompts())
        answer = firefox.delete_certificate(second)
        tap.ok(len(firefox.prompts()) == 1, "who deletes is asked for the PIN", firefox.prompts())
        tap.ok(answer and ids(store) == sorted([first, second]), "who cancels deletes nothing", answer)
        firefox.use_pin(PIN)
        answer = firefox.delete_certificate(second)
        tap.ok(answer == "" and second not in places(firefox), "with the PIN it is deleted", answer)
        tap.ok(ids(store) == [first], "from the token, too", ids(store))
        keys = run(store, "pkcs11-tool", "--module", MODULE, "--login", "--pin", PIN,
                   "--list-objects", "--type", "privkey")
        tap.ok(keys.count("Private Key Object") == 1, "and its key with it", keys)
        answer = firefox.import_pkcs12(file, SECRETS["MAINET_TEST_PASSWORD"])
        tap.ok(answer == 0, "an exported file is imported", answer)
        seen = places(firefox)
        tap.ok(seen.get(other) not in (None, "MaiNet") and ids(store) == [first],
               "to Firefox's own store: it asks for no other", seen)


def a_token_without_pin(standin, work):
    """Nobody is asked for anything."""
    store = work / "no-pin"
    run(store, "mainetcert", "token", "init", "--no-pin")
    identity = standin.acquire(store, "--key", "ec:P-256")
    with Firefox(work / "firefox-no-pin", standin.authority, MODULE, None,
                 {"MAINETCERT_STORE": str(store)}) as firefox:
        firefox.open(standin.confirm_url())
        page = firefox.wait_for(INSTALLED)
        tap.ok(identity["id"] in page.replace(":", "").lower(),
               "a token without PIN: the certificate is accepted", page)
        tap.ok(firefox.prompts() == [], "and nobody is asked", firefox.prompts())


def make_pdf(path):
    """Write one empty page."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
               b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>"]
    made, table = b"%PDF-1.4\n", b"xref\n0 4\n0000000000 65535 f \n"
    for number, one in enumerate(objects, 1):
        table += b"%010d 00000 n \n" % len(made)
        made += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    path.write_bytes(made + table + b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
                     % len(made))


def a_program_that_signs(standin, work):
    """pdfsig signs a page; openssl verifies the signature, up to the authority of the site. With EC keys
    it does not sign, wherever they are."""
    folder = work / "pdf"
    store, database = folder / "store", folder / "nss"
    label = standin.acquire(store, "--key", "rsa:2048")["label"]
    database.mkdir()
    make_pdf(folder / "in.pdf")
    run(store, "certutil", "-N", "--empty-password", "-d", f"sql:{database}")
    run(store, "modutil", "-force", "-add", "mainetcert", "-libfile", MODULE, "-dbdir",
        f"sql:{database}")
    run(store, "pdfsig", "-nssdir", str(database), "-add-signature", "-nick", f"MaiNet:{label}",
        "-nss-pwd", PIN, "-kpw", PIN, str(folder / "in.pdf"), str(folder / "out.pdf"))
    signed = (folder / "out.pdf").read_bytes()
    start, length, again, rest = map(int, re.search(
        rb"/ByteRange \[(\d+)\s+(\d+)\s+(\d+)\s+(\d+)", signed).groups())
    (folder / "data").write_bytes(signed[start:start + length] + signed[again:again + rest])
    found = bytes.fromhex(signed[length:again].decode().strip("<> \n"))
    (folder / "signature").write_bytes(found)
    done = subprocess.run(
        ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", str(folder / "signature"),
         "-content", str(folder / "data"), "-CAfile", str(standin.site_authority), "-purpose",
         "sslclient", "-out", os.devnull], check=False, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    tap.ok(done.returncode == 0 and again + rest == len(signed),
           "pdfsig signs a document with the acquired key", done.stdout)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="browser.") as folder:
        work = pathlib.Path(folder)
        os.environ["HOME"] = folder
        with Standin(work / "standin") as standin:
            def the_certificate_manager():
                the_manager(standin, work)

            def without_a_pin():
                a_token_without_pin(standin, work)

            def a_signed_document():
                a_program_that_signs(standin, work)

            tap.run(the_certificate_manager, without_a_pin, a_signed_document)


if __name__ == "__main__":
    main()
