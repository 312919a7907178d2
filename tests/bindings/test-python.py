#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The Python package: the journey of an administrator against the stand-in, and what a garbage
collected language makes of errors, callbacks, threads and lifetimes."""

import asyncio
import datetime
import gc
import hashlib
import http.client
import os
import pathlib
import pickle
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

import mainetcert  # noqa: E402
from proxy import Proxy, SilentServer  # noqa: E402
from standin import PIN, Standin  # noqa: E402
from tap import ok, run  # noqa: E402

work = None
standin = None
service = None


def raised(kind, function, *arguments, **options):
    """Call; answer the exception, which is of exactly that kind."""
    try:
        function(*arguments, **options)
    except BaseException as error:  # pylint: disable=broad-except
        if type(error) is not kind:
            raise
        return error
    raise AssertionError(f"{kind.__name__} was not raised")


def new_token(name, **options):
    return mainetcert.Store(work / name).create_token(PIN, **options)


def order(*options):
    return standin.order(*options)


def named(text):
    """The words of an order as acquire takes them."""
    return {name: text[name] for name in ("group_id", "certificate_number", "password")}


def stuck_service(port, name="stuck.conf"):
    """A service whose server never answers."""
    path = work / name
    text = standin.profile.read_text(encoding="utf-8")
    url = service.retrieve_url
    path.write_text(text.replace(url, f"https://127.0.0.1:{port}/"), encoding="utf-8")
    return mainetcert.Service(path)


def the_journey_works():
    token = new_token("journey")
    seen = []
    before = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    words = order("--key", "rsa:2048")
    identity = mainetcert.acquire(
        token, service, **named(words), log=lambda level, text: seen.append((level, text)),
        progress=lambda phase, done, total: seen.append((phase, done, total)),
        issuer_decision=lambda issuer, expected: seen.append((issuer, expected)) or True)
    ok(isinstance(identity, mainetcert.Identity), "acquire answers an identity")
    phases = [one[0] for one in seen if isinstance(one[0], mainetcert.Phase)]
    ok(phases == sorted(phases) and {mainetcert.Phase.CHECKING, mainetcert.Phase.ASKING,
                                     mainetcert.Phase.IMPORTING} <= set(phases),
       "progress is heard in order", phases)
    issuers = [one for one in seen if isinstance(one[0], mainetcert.Certificate)]
    ok(len(issuers) == 1 and issuers[0][1] is True and
       issuers[0][0].common_name == "SECOM Passport for Member CA9", "the issuer is decided on")
    gc.collect()
    ok(issuers[0][0].is_authority is True, "the issuer's certificate outlives the call")
    ok(any(isinstance(one[0], mainetcert.LogLevel) for one in seen), "the log is heard")
    ok([one.id for one in token] == [identity.id] and identity.certificate_number ==
       words["certificate_number"] and identity.group_id == "GROUP01" and
       identity.service == standin.profile, "the token lists it with its number and group")
    certificate = identity.certificate
    ok("信託 太郎" in certificate.subject and certificate.key_type == "RSA" and
       certificate.key_bits == 2048 and certificate.is_authority is False, "its certificate is read")
    ok(hashlib.sha256(certificate.der).hexdigest() == identity.id == certificate.sha256 and
       bytes(certificate) == certificate.der, "the certificate's bytes are whole")
    ok(certificate.not_after.tzinfo is datetime.timezone.utc and certificate.not_before <=
       datetime.datetime.now(datetime.timezone.utc) < certificate.not_after, "moments are aware")
    ok(before <= identity.acquired_at <= before + datetime.timedelta(minutes=5),
       "it tells when it was acquired")
    left = certificate.not_after - datetime.datetime.now(datetime.timezone.utc)
    ok(identity.days_left in (left.days, left.days + 1), "it tells how many days are left",
       identity.days_left)
    chain = identity.chain
    ok(chain[0] == certificate and chain[1].common_name == "SECOM Passport for Member CA9" and
       identity.is_chain_complete is True, "the chain is whole", chain)
    ok(mainetcert.Certificate(bytearray(certificate.der)) == certificate and
       len({certificate, identity.certificate}) == 1, "certificates are equal by what they are")
    answer = mainetcert.confirm(identity)
    ok(answer and answer.reason == "" and answer.url == service.confirm_url,
       "the confirmation page says installed", answer)
    container = mainetcert.Pkcs12(identity.export_pkcs12("配布用🔑"), "配布用🔑")
    ok(container.identity_count == 1 and list(container) == chain and
       container.friendly_names == [identity.label] + [""] * (len(chain) - 1) and
       container.key_count == 1 and container.skipped == "", "what is exported opens again",
       (container.friendly_names, container.key_count, container.skipped))
    raised(mainetcert.Pkcs12PasswordError, mainetcert.Pkcs12, identity.export_pkcs12("a"), "b")
    url = urllib.parse.urlsplit(service.confirm_url)
    connection = http.client.HTTPSConnection(
        url.hostname, url.port, context=identity.ssl_context(cafile=standin.authority))
    connection.request("GET", url.path or "/")
    ok("正しくインストールされています" in connection.getresponse().read().decode(),
       "ssl_context logs in with it")
    connection.close()


def what_is_exported_is_imported_elsewhere():
    identity = mainetcert.acquire(new_token("export"), service, **named(order()))
    container = mainetcert.Pkcs12(identity.export_pkcs12("p"), "p")
    token = new_token("import")
    asked = []
    raised(mainetcert.CancelledError, token.import_pkcs12, container, issuer_decision=lambda _: False)
    raised(ZeroDivisionError, token.import_pkcs12, container, issuer_decision=lambda _: 1 / 0)
    there = token.import_pkcs12(container, mainetcert.ImportFlags.NOT_EXPORTABLE,
                                issuer_decision=lambda issuer: asked.append(issuer) or True)
    ok([(one.id, one.is_new, one.is_exportable) for one in there] == [(identity.id, True, False)] and
       asked == [identity.chain[1]] and service.expects(asked[0]) is True, "a container is imported")
    ok([one.is_new for one in token.import_pkcs12(container)] == [False], "once")


def a_renewed_identity_takes_the_place_of_the_old():
    token = new_token("renew")
    old, renewed = (mainetcert.acquire(token, service, **named(order("--days", days)))
                    for days in ("30", "400"))
    ok(token.identity(old.id).superseded_by == renewed.id and not token.prunable() and
       renewed.confirmed_at is None, "the old one is superseded")
    raised(mainetcert.NotConfirmedError, old.delete)
    mainetcert.confirm(renewed)
    ok(token.identity(renewed.id).confirmed_at is not None and
       [one.id for one in token.prunable()] == [old.id] == [one.id for one in token.prune()] and
       [one.id for one in token] == [renewed.id], "and pruned when the newer one is confirmed")
    renewed.delete(mainetcert.DeleteFlags.FORCE)
    ok(not token.identities(), "an identity is deleted")


def what_was_delivered_waits():
    token = new_token("pending")
    words = named(order())
    raised(ZeroDivisionError, mainetcert.acquire, token, service, **words,
           issuer_decision=lambda *_: 1 / 0)
    waiting = token.pending()
    ok([(one.certificate_number, one.status, one.damage) for one in waiting] ==
       [(words["certificate_number"], mainetcert.Status.OK, None)], "what was delivered waits", waiting)
    with mainetcert.Request(service) as request:
        identity = waiting[0].resume(request)
    ok([one.id for one in token] == [identity.id] and not token.pending(), "and is imported")


def many_are_acquired_together():
    token = new_token("batch")
    with mainetcert.Batch() as batch, mainetcert.Request(service) as request:
        words = [named(order("--key", "ec:P-256")) for _ in range(3)]
        added = [batch.add(**one) for one in words]
        wrong = batch.add("GROUP01", "0" * 12, "wrong\0password".encode())
        raised(mainetcert.ArgumentError, batch.add, **words[0])
        raised(TypeError, batch.add, "GROUP01", 7, "password")
        ok([one.certificate_number for one in batch] ==
           [one["certificate_number"] for one in words] + ["0" * 12] and
           all(one.state is mainetcert.OrderState.WAITING and one.error is None and
               one.identity is None and one.group_id == "GROUP01" for one in batch),
           "a batch is a sequence of orders", list(batch))
        raised(ZeroDivisionError, batch.run, request_that_raises(), token)
        seen = []
        request.progress = lambda *how_far: seen.append(how_far)
        batch.run(request, token, jobs=2)
        done = [one.identity for one in added]
        ok({one.state for one in added} == {mainetcert.OrderState.DONE} and
           sorted(one.id for one in done) == sorted(one.id for one in token) and
           [one.certificate_number for one in done] == [one["certificate_number"] for one in words],
           "many are acquired together", list(batch))
        ok(wrong.state is mainetcert.OrderState.FAILED and
           isinstance(wrong.error, mainetcert.AuthFailedError) and wrong.error.code == 550 and
           wrong.identity is None, "an order that fails has its own error", wrong.error)
        ok({(mainetcert.Phase.IMPORTING, 3, 3)} <= set(seen), "progress counts orders", seen)
        again = mainetcert.Batch()
        there = again.add(**words[0])
        asyncio.run(again.run_async(request, token))
        ok(there.state is mainetcert.OrderState.PRESENT and there.identity.id == done[0].id,
           "what is there is not asked for again, by asyncio either", there)
        raised(IndexError, lambda: batch[4])
        raised(mainetcert.ArgumentError, batch.run, request, token, jobs=65)
        first = batch[-4]
    ok(first.__class__ is mainetcert.Order and done[0].label, "an identity outlives its batch")
    raised(ValueError, lambda: first.state)
    with mainetcert.Batch() as batch, mainetcert.Request(stuck_service(1)) as request:
        batch.add(**words[0])
        raised(mainetcert.UnreachableError, batch.run, request, new_token("batch-stuck"))


def request_that_raises():
    return mainetcert.Request(service, progress=lambda *_: 1 / 0)


def chains_are_completed_and_revocation_looked_up():
    token = new_token("revocation")
    fresh = mainetcert.Store(work / "revocation-fresh")
    identity = mainetcert.acquire(token, service, **named(order("--p12", "modern-leaf")),
                                  check_revocation=True)
    leaf, other = (mainetcert.Pkcs12(identity.export_pkcs12("p", mainetcert.ExportFlags.LEAF_ONLY), "p")
                   for _ in range(2))
    raised(ZeroDivisionError, other.complete, request_that_raises(), fresh)
    with mainetcert.Request(service) as request:
        ok(len(leaf) == 1 and len(identity.chain) > 1, "a container has the leaf alone", len(leaf))
        leaf.complete(request, fresh)
        chain = new_token("completed").import_pkcs12(leaf)[0].chain
        ok(chain == identity.chain, "its chain is completed", chain)
        leaf.check_revocation(request, mainetcert.Store(work / "revocation-early"))
        ok(mainetcert.confirm(identity).revocation is mainetcert.Revocation.GOOD,
           "a confirmation looks at the revocation list")
        standin.revoke(identity.certificate.serial)
        raised(mainetcert.RevokedError, leaf.check_revocation, request, fresh)
        raised(mainetcert.RevokedError, mainetcert.acquire, new_token("revocation-late"), service,
               **named(revoked_order()), check_revocation=True)


def revoked_order():
    """An order whose certificate is revoked before it is imported."""
    words = order()
    first = mainetcert.acquire(new_token("revocation-first"), service, **named(words))
    standin.revoke(first.certificate.serial)
    return words


def the_service_is_diagnosed():
    with mainetcert.Request(service) as request:
        diagnosis = request.diagnose()
    ok(any(one.stage is mainetcert.Stage.DONE and one.status is mainetcert.Status.OK and
           one.detail is None for one in diagnosis), "endpoints are diagnosed", list(diagnosis))
    raised(IndexError, lambda: diagnosis[99])


def keys_that_stay_sign_and_are_not_exported():
    token = new_token("stay")
    identity = mainetcert.acquire(token, service, **named(order("--key", "ec:P-256")),
                                  exportable=False)
    ok(identity.is_exportable is False and identity.superseded_by is None, "it stays")
    ok(raised(mainetcert.NotExportableError, identity.ssl_context).code == 340 and
       raised(mainetcert.NotExportableError, identity.export_pem, "p").code == 340, "340 says so")
    ok(mainetcert.confirm(identity).is_installed, "it logs in all the same")
    (work / "leaf.pem").write_bytes(identity.export_certificates(mainetcert.ExportFlags.LEAF_ONLY))
    data = "署名\0する".encode()
    (work / "data").write_bytes(data)
    for made in (identity.sign(data), identity.sign_digest(hashlib.sha256(data).digest())):
        (work / "signature").write_bytes(made)
        subprocess.run(["openssl", "x509", "-in", work / "leaf.pem", "-pubkey", "-noout", "-out",
                        work / "public.pem"], check=True)
        done = subprocess.run(["openssl", "dgst", "-sha256", "-verify", work / "public.pem",
                               "-signature", work / "signature", work / "data"],
                              stdout=subprocess.PIPE, check=False)
        ok(done.returncode == 0, "openssl verifies the signature", done.stdout)
    raised(mainetcert.ArgumentError, identity.sign, data, signature=mainetcert.Signature.RSA_PSS)
    token.lock()
    raised(mainetcert.TokenLockedError, identity.sign, data)


def every_situation_has_its_exception():
    kinds = [getattr(mainetcert, name) for name in mainetcert.__all__ if name.endswith("Error")]
    for status in mainetcert.Status:
        if status is mainetcert.Status.OK:
            continue
        error = mainetcert._errors.make_error(status, "何か: detail", 7)
        own = [kind for kind in kinds if kind is type(error)]
        again = pickle.loads(pickle.dumps(error))
        words = [error.headline, error.cause, error.remedy]
        words_ja = [error.headline_ja, error.cause_ja, error.remedy_ja]
        if not (len(own) == 1 and type(error) is not mainetcert.MainetError and
                isinstance(error, mainetcert.MainetError) and error.status is status and
                error.code >= 100 and all(words) and all(words_ja) and
                all(not line.isascii() for line in words_ja) and type(again) is type(error) and
                (again.status, again.detail, again.system_code) == (status, "何か: detail", 7) and
                str(error) == f"{error.code}: {error.headline} (何か: detail)"):
            ok(False, f"{status!r} is an exception of its own", (error, words, words_ja))
            return
    ok(len(mainetcert.Status) > 50, "every situation is an exception of its own, in two languages")
    ok(issubclass(mainetcert.PinIncorrectError, mainetcert.StoreError) and
       issubclass(mainetcert.TokenNotFoundError, LookupError) and
       issubclass(mainetcert.ArgumentError, ValueError), "they come in families")


def what_the_service_gets_wrong_has_its_exception():
    token = mainetcert.Store(work / "faults").create_token_without_pin()
    told = []
    faults = ["unreachable", "tls-trust", "http-status", "no-http-status", "reply-too-large",
              "content-type", "content-type-missing", "result-header", "not-pkcs12", "pkcs12-password",
              "pkcs12-no-mac", "pkcs12-unusable", "no-key-pair", "auth-failed", "not-available",
              "busy", "unknown-retrieving"]
    for fault in faults:
        standin.fault(fault)
        try:
            mainetcert.acquire(token, service, **named(order("--key", "ec:P-256")))
        except mainetcert.MainetError as error:
            told.append(error.status.kebab_name)
    standin.fault("none")
    ok(told == faults, "what the service gets wrong has its exception", told)


def the_service_refuses_with_its_situation():
    token = new_token("refused")
    words = named(order())
    wrong = raised(mainetcert.AuthFailedError, mainetcert.acquire, token, service,
                   **{**words, "password": "wrong\0password"})
    ok(wrong.code == 550 and isinstance(wrong, mainetcert.AnswerError) and
       wrong.headline_ja.endswith("認証に失敗しました。"), "a wrong password is AuthFailedError 550", wrong.headline_ja)
    ok(raised(mainetcert.NotAvailableError, mainetcert.acquire, token, service,
              **named(order("--not-ready"))).code == 550, "what is not issued is NotAvailableError")
    ok(raised(mainetcert.CancelledError, mainetcert.acquire, token, service, **words,
              issuer_decision=lambda *_: False).code == 990, "an issuer refused is CancelledError")
    ok(raised(mainetcert.CancelledError, mainetcert.acquire, token, service, **named(order()),
              progress=lambda *_: False).code == 990, "progress can cancel")
    with SilentServer() as server:
        begun = time.monotonic()
        error = raised(mainetcert.UnreachableError, mainetcert.acquire, token,
                       stuck_service(server.port), **named(order()),
                       timeout=datetime.timedelta(milliseconds=300))
        ok(error.code == 115 and time.monotonic() - begun < 5, "no answer is UnreachableError 115")
    (work / "bad.conf").write_text("[service]\n", encoding="utf-8")
    ok(raised(mainetcert.ServiceProfileError, mainetcert.Service, work / "bad.conf").code == 170,
       "a profile without an address is ServiceProfileError")
    ok(not list(token), "the token has nothing of all that")
    token.lock()
    raised(mainetcert.TokenLockedError, mainetcert.acquire, token, service, **words)


def the_store_refuses_with_its_situation():
    token = mainetcert.Store(work / "open").create_token_without_pin()
    (work / "open").chmod(0o777)
    ok(raised(mainetcert.StoreOpenError, mainetcert.Store, work / "open").code == 300,
       "a store that others may write is StoreOpenError 300")
    ok(raised(mainetcert.StoreOpenError, token.identities).code == 300, "also when it is open")
    (work / "open").chmod(0o700)
    ok(raised(mainetcert.StoreWriteError, token.prove_writable, 1 << 50).code == 305 and
       raised(mainetcert.StoreWriteError, mainetcert.Store, "/proc/none").code == 305,
       "one that cannot be written is StoreWriteError 305")
    ok(raised(mainetcert.ConnectionHandleError, mainetcert.acquire, token, service, **named(order()),
              proxy="nonsense://localhost:1").code == 103, "a proxy that is none is ConnectionHandleError 103")


def proxies_ask_by_callback():
    token = new_token("proxy")
    asked = []

    def answer(proxy, attempt):
        asked.append((proxy, attempt))
        return ("利用者", "wrong") if attempt == 1 else ("利用者", "合言葉".encode())

    with Proxy("利用者", "合言葉") as proxy:
        through = {"proxy": f"http://127.0.0.1:{proxy.port}"}
        words = named(order())
        raised(mainetcert.ProxyCancelledError, mainetcert.acquire, token, service, **words, **through)
        raised(mainetcert.ProxyCancelledError, mainetcert.acquire, token, service, **words, **through,
               proxy_credentials=lambda *_: None)
        raised(TypeError, mainetcert.acquire, token, service, **words, **through,
               proxy_credentials=lambda *_: "user")
        raised(TypeError, mainetcert.acquire, token, service, **words, **through,
               proxy_credentials=lambda *_: ("user", 7))
        identity = mainetcert.acquire(token, service, **words, **through, proxy_credentials=answer)
        ok([attempt for _, attempt in asked] == [1, 2] and str(proxy.port) in asked[0][0] and
           identity.id, "a proxy's question is answered, and again after it refused", asked)


def callbacks_raise_what_they_raise():
    token = new_token("callbacks")
    words = named(order())
    for name in ("progress", "issuer_decision", "log"):
        boom = ZeroDivisionError(name)

        def thrower(*_, boom=boom):
            raise boom

        try:
            mainetcert.acquire(token, service, **words, **{name: thrower})
            seen = None
        except ZeroDivisionError as error:
            seen = error
        ok(seen is boom and "in thrower" in "".join(traceback.format_exception(seen)),
           f"what {name} raises is raised, with its traceback", seen)
    nested = []

    def nest(*_):
        raised(mainetcert.TokenNotFoundError, mainetcert.Store(work / "callbacks").token, "none")
        nested.append(len(token.identities()))

    mainetcert.acquire(token, service, **named(order()), progress=nest)
    ok(nested, "a callback may use the library itself")


def control_c_interrupts():
    token = new_token("interrupt")
    with SilentServer() as server:
        stuck = stuck_service(server.port)
        words = named(order())
        at = []
        old = signal.signal(signal.SIGINT, lambda *_: at.append(time.monotonic()) or
                            signal.default_int_handler(signal.SIGINT, None))
        sent = []
        timer = threading.Timer(0.5, lambda: sent.append(time.monotonic()) or
                                os.kill(os.getpid(), signal.SIGINT))
        timer.start()
        try:
            mainetcert.acquire(token, stuck, **words, timeout=20)
            ended = None
        except KeyboardInterrupt:
            ended = time.monotonic()
        finally:
            signal.signal(signal.SIGINT, old)
        ok(ended is not None and ended - sent[0] < 0.2, "Ctrl-C ends a call within 200 ms",
           None if ended is None else ended - sent[0])


def asyncio_cancels():
    token = new_token("async")

    async def journey():
        identity = await mainetcert.acquire_async(token, service, **named(order()))
        ok((await mainetcert.confirm_async(identity)).is_installed, "asyncio acquires and confirms")
        with SilentServer() as server:
            beats = []
            task = asyncio.create_task(mainetcert.acquire_async(
                token, stuck_service(server.port), **named(order()), timeout=20,
                progress=lambda *_: beats.append(1)))
            await asyncio.sleep(0.5)
            begun = time.monotonic()
            task.cancel()
            try:
                await task
                ended = False
            except asyncio.CancelledError:
                ended = True
            seen = len(beats)
            ok(ended and seen and time.monotonic() - begun < 0.3, "a cancelled task has ended")
            await asyncio.sleep(0.3)
            ok(len(beats) == seen, "nothing goes on behind it")

    asyncio.run(journey())


def values_are_python_values():
    with mainetcert.Store(str(work / "値")) as store:
        ok(store.path == work / "値", "paths are paths")
        for label, pin in (("文字", "１２３４"), ("bytes", b"12\x0034"),
                           ("buffer", memoryview(bytearray(b"1234")))):
            store.create_token(pin, label=label).lock()
            token = store.token(label)
            raised(mainetcert.PinIncorrectError, token.unlock, "12345")
            token.unlock(pin)
            ok(token.is_locked is False and token.label == label, f"a PIN may be {label}")
        ok([one.label for one in store] == ["文字", "bytes", "buffer"], "a store is iterated over")
        raised(TypeError, token.unlock, 1234)
        raised(TypeError, token.unlock)
        raised(ValueError, token.rename, "a\0b")
        raised(TypeError, token.rename, b"bytes")
        raised(mainetcert.PinLengthError, token.unlock, None)
        raised(mainetcert.ArgumentError, token.backup, None)
        raised(mainetcert.TokenNotFoundError, store.token, "誰も")
        raised(AttributeError, setattr, token, "lable", "x")
        raised(AttributeError, setattr, token, "label", "x")
        raised(TypeError, mainetcert.Pkcs12, "text", "p")
        raised(mainetcert.NotPkcs12Error, mainetcert.Pkcs12, b"\0\0", "p")
        raised(mainetcert.BadCertificateError, mainetcert.Certificate, b"\0")
        raised(TypeError, mainetcert.Token)
        token.settings["show-expired"] = "no"
        ok(dict(token.settings) == {"pin-limit": "0", "show-expired": "no", "show-superseded": "yes"},
           "settings are a mapping", token.settings)
        raised(KeyError, lambda: token.settings["none"])
        ok(token.tries_left is None and token.slot >= 1 and len(token.serial) == 16, "askers answer")


def a_token_lives_its_life():
    token = new_token("life", label="管理", so_pin="security-officer")
    token.change_pin(PIN, "135790")
    token.unblock("security-officer", PIN)
    token.change_so_pin("security-officer", "officer-2")
    token.rekey(PIN, new_pin="2468", so_pin="officer-2")
    token.unlock("2468")
    token.prove_writable(1000)
    seen = []
    token.check(lambda place, problem: seen.append((place, problem)))
    ok(seen and all(problem is None for _, problem in seen), "a check tells what it looks at", seen)
    raised(ZeroDivisionError, token.check, lambda *_: 1 / 0)
    token.rename("新しい名前")
    token.backup(work / "backup.db")
    raised(mainetcert.OutputExistsError, token.backup, work / "backup.db")
    token.delete()
    ok(not mainetcert.Store(work / "life").tokens(), "a token can be deleted")
    again = mainetcert.Store(work / "life").restore(work / "backup.db")
    ok(again.label == "新しい名前" and again.has_so_pin and again.is_locked, "and brought back")


def handles_end_in_any_order():
    store = mainetcert.Store(work / "journey")
    token = store.token()
    identity = token.identities()[0]
    certificate = identity.certificate
    for handle in (store, token):
        handle.close()
        handle.close()
    ok(identity.label and identity.chain and certificate.subject, "children outlive their parents")
    identity.close()
    ok("信託" in certificate.subject and identity.is_closed, "a certificate outlives its identity")
    for use in (lambda: store.path, lambda: token.label, token.identities, store.tokens,
                lambda: identity.id, lambda: identity.certificate, lambda: identity.sign(b""),
                lambda: mainetcert.confirm(identity)):
        raised(ValueError, use)
    with mainetcert.Request(service) as request:
        pass
    raised(ValueError, request.acquire, token)
    ok(repr(store) == "<mainetcert.Store closed>", "use after close raises ValueError", repr(store))


def a_call_keeps_what_another_thread_closes():
    token = new_token("closing")
    begun = threading.Event()
    failed = []
    with SilentServer() as server:
        stuck = stuck_service(server.port)
        request = mainetcert.Request(stuck, **named(order()), timeout=2,
                                     progress=lambda *_: begun.set())

        def call():
            try:
                request.acquire(token)
            except mainetcert.MainetError as error:
                failed.append(error)

        thread = threading.Thread(target=call)
        thread.start()
        begun.wait(5)
        for handle in (request, token, stuck):
            handle.close()
        gc.collect()
        thread.join()
    ok(isinstance(failed[0], mainetcert.UnreachableError), "a call goes on with what is closed", failed)


def threads_work_side_by_side():
    problems = []

    def live(number):
        try:
            token = new_token(f"thread-{number}")
            identity = mainetcert.acquire(token, service, **named(order()))
            for _ in range(20):
                identity.sign(b"data")
                assert token.identity(identity.id[:8]).id == identity.id
        except Exception as error:  # pylint: disable=broad-except
            problems.append(error)

    threads = [threading.Thread(target=live, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ok(not problems, "four threads acquire and sign", problems)
    ticks = 0
    with SilentServer() as server:
        thread = threading.Thread(target=raised, args=(
            mainetcert.UnreachableError, mainetcert.acquire, new_token("gil"),
            stuck_service(server.port)), kwargs={**named(order()), "timeout": 1})
        thread.start()
        while thread.is_alive():
            time.sleep(0.01)
            ticks += 1
    ok(ticks > 30, "the GIL is free while the network is waited for", ticks)
    ticks = 0
    thread = threading.Thread(target=lambda: [new_token(f"derive-{number}") for number in range(5)])
    thread.start()
    while thread.is_alive():
        time.sleep(0.001)
        ticks += 1
    ok(ticks > 30, "and while a key is derived from a PIN", ticks)


def nothing_leaks():
    token = mainetcert.Store(work / "journey").token()
    identity = token.identities()[0]
    der = identity.certificate.der
    store = mainetcert.Store(work / "journey")

    def calls(rounds):
        for _ in range(rounds):
            mainetcert.Certificate(der).subject  # pylint: disable=expression-not-assigned
            identity.chain  # pylint: disable=pointless-statement
            identity.certificate.not_after  # pylint: disable=pointless-statement
            identity.export_certificates()
            store.path  # pylint: disable=pointless-statement
            for refuse in (lambda: mainetcert.Certificate(b"no"), lambda: identity.sign(b""),
                           lambda: token.rename("x"), lambda: token.rename(1)):
                try:
                    refuse()
                except (mainetcert.MainetError, TypeError):
                    pass

    calls(500)
    gc.collect()
    nones, before = sys.getrefcount(None), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    calls(2500)  # nine calls each
    gc.collect()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    ok(grown < 1024 and abs(sys.getrefcount(None) - nones) < 1000, "nothing leaks over 22,500 calls",
       f"{grown} KiB, {sys.getrefcount(None) - nones} references to None")


def main():
    global work, standin, service  # pylint: disable=global-statement
    with tempfile.TemporaryDirectory() as folder, Standin(folder + "/standin") as standin:
        work = pathlib.Path(folder).resolve()
        service = mainetcert.Service(standin.profile)
        run(the_journey_works, what_is_exported_is_imported_elsewhere,
            a_renewed_identity_takes_the_place_of_the_old, what_was_delivered_waits,
            many_are_acquired_together, chains_are_completed_and_revocation_looked_up,
            the_service_is_diagnosed, keys_that_stay_sign_and_are_not_exported,
            every_situation_has_its_exception, the_service_refuses_with_its_situation,
            what_the_service_gets_wrong_has_its_exception, the_store_refuses_with_its_situation,
            proxies_ask_by_callback, callbacks_raise_what_they_raise, control_c_interrupts,
            asyncio_cancels, values_are_python_values, a_token_lives_its_life,
            handles_end_in_any_order, a_call_keeps_what_another_thread_closes,
            threads_work_side_by_side, nothing_leaks)


main()
