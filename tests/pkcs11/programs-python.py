#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""PyKCS11 on the tokens of make-token: openssl verifies what it signs and encrypts what it decrypts.
Usage: programs-python.py FOLDER, which programs-python.sh makes."""

import pathlib
import subprocess
import sys

import PyKCS11

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))
import tap  # noqa: E402  (not there before the line above)

FOLDER = pathlib.Path(sys.argv[1])
DATA = (FOLDER / "data").read_bytes()
P256 = bytes.fromhex("06082a8648ce3d030107")


def openssl(*arguments):
    """Answer how the openssl program ended."""
    return subprocess.run(["openssl", *map(str, arguments)], cwd=FOLDER, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def log_in():
    library = PyKCS11.PyKCS11Lib()
    library.load()  # PYKCS11LIB
    for slot in library.getSlotList(tokenPresent=True):
        if library.getTokenInfo(slot).label.strip() == "MaiNet":
            session = library.openSession(slot, PyKCS11.CKF_SERIAL_SESSION | PyKCS11.CKF_RW_SESSION)
            session.login("1234-pin")
            return session
    raise LookupError("no token MaiNet")


SESSION = log_in()


def find(kind, label):
    found = SESSION.findObjects([(PyKCS11.CKA_CLASS, kind), (PyKCS11.CKA_LABEL, label)])
    return found[0] if len(found) == 1 else None


def verifies(label, signature, *options):
    (FOLDER / "signature").write_bytes(bytes(signature))
    done = openssl("dgst", "-sha256", "-verify", f"{label}.pub", "-signature", "signature", *options,
                   "data")
    tap.ok(done.returncode == 0, f"openssl verifies what PyKCS11 signs with {label} {options}",
           done.stdout)


def der_of(raw):
    """An ECDSA signature as openssl reads it."""
    numbers = b""
    for half in (raw[:len(raw) // 2], raw[len(raw) // 2:]):
        number = int.from_bytes(half, "big")
        value = number.to_bytes(number.bit_length() // 8 + 1, "big")
        numbers += bytes([2, len(value)]) + value
    return bytes([0x30, len(numbers)]) + numbers


def try_sign():
    rsa, ec = find(PyKCS11.CKO_PRIVATE_KEY, "rsa"), find(PyKCS11.CKO_PRIVATE_KEY, "ec")
    verifies("rsa", SESSION.sign(rsa, DATA, PyKCS11.Mechanism(PyKCS11.CKM_SHA256_RSA_PKCS, None)))
    pss = PyKCS11.RSA_PSS_Mechanism(PyKCS11.CKM_SHA256_RSA_PKCS_PSS, PyKCS11.CKM_SHA256,
                                    PyKCS11.CKG_MGF1_SHA256, 32)
    verifies("rsa", SESSION.sign(rsa, DATA, pss), "-sigopt", "rsa_padding_mode:pss")
    raw = bytes(SESSION.sign(ec, DATA, PyKCS11.Mechanism(PyKCS11.CKM_ECDSA_SHA256, None)))
    verifies("ec", der_of(raw))
    public = find(PyKCS11.CKO_PUBLIC_KEY, "ec")
    mechanism = PyKCS11.Mechanism(PyKCS11.CKM_ECDSA_SHA256, None)
    tap.ok(SESSION.verify(public, DATA, raw, mechanism), "PyKCS11 verifies it too")
    tap.ok(not SESSION.verify(public, DATA + b".", raw, mechanism), "and nothing else")


def try_decrypt():
    (FOLDER / "secret").write_bytes(DATA[:32])
    done = openssl("pkeyutl", "-encrypt", "-pubin", "-inkey", "rsa.pub", "-in", "secret", "-out",
                   "encrypted", "-pkeyopt", "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:sha256")
    oaep = PyKCS11.RSAOAEPMechanism(PyKCS11.CKM_SHA256, PyKCS11.CKG_MGF1_SHA256)
    plain = SESSION.decrypt(find(PyKCS11.CKO_PRIVATE_KEY, "rsa"),
                            (FOLDER / "encrypted").read_bytes(), oaep)
    tap.ok(done.returncode == 0 and bytes(plain) == DATA[:32],
           "PyKCS11 decrypts what openssl encrypted", done.stdout)


def try_certificate():
    der = bytes(SESSION.getAttributeValue(find(PyKCS11.CKO_CERTIFICATE, "ec"),
                                          [PyKCS11.CKA_VALUE])[0])
    done = openssl("x509", "-in", "ec.pem", "-outform", "DER", "-out", "ec.der")
    tap.ok(done.returncode == 0 and der == (FOLDER / "ec.der").read_bytes(),
           "PyKCS11 reads the certificate", done.stdout)


def try_generate():
    names = [(PyKCS11.CKA_TOKEN, True), (PyKCS11.CKA_LABEL, "by-python"), (PyKCS11.CKA_ID, (7, 7))]
    SESSION.generateKeyPair(names + [(PyKCS11.CKA_EC_PARAMS, P256)], names,
                            mecha=PyKCS11.MechanismECGENERATEKEYPAIR)
    key = find(PyKCS11.CKO_PRIVATE_KEY, "by-python")
    public = find(PyKCS11.CKO_PUBLIC_KEY, "by-python")
    spki = bytes(SESSION.getAttributeValue(public, [PyKCS11.CKA_PUBLIC_KEY_INFO])[0])
    (FOLDER / "made.der").write_bytes(spki)
    openssl("pkey", "-pubin", "-inform", "DER", "-in", "made.der", "-out", "made.pub")
    verifies("made", der_of(bytes(SESSION.sign(key, DATA, PyKCS11.Mechanism(
        PyKCS11.CKM_ECDSA_SHA256, None)))))
    SESSION.destroyObject(key)
    SESSION.destroyObject(public)
    tap.ok(find(PyKCS11.CKO_PRIVATE_KEY, "by-python") is None, "and the pair is deleted")


tap.run(try_sign, try_decrypt, try_certificate, try_generate)
