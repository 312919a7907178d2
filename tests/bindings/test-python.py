#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The Python package: what a garbage collected language makes of errors, callbacks, values, threads and
lifetimes."""

import asyncio
import datetime
import gc
import os
import pickle
import resource
import signal
import sys
import threading
import time
import traceback

from administrator import named, new_token, order, raised, service, standin, stuck_service, work

import mainetcert
from proxy import Proxy, SilentServer
from standin import PIN
from tap import ok, run


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
              "pkcs12-no-mac", "pkcs12-unusable", "no-key-pair", "certificate", "auth-failed",
              "not-available", "busy", "unknown-retrieving"]
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


def handles_end_in_any_order():
    mainetcert.acquire(new_token("ends"), service, **named(order()))
    store = mainetcert.Store(work / "ends")
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
    mainetcert.acquire(new_token("leaks"), service, **named(order()))
    token = mainetcert.Store(work / "leaks").token()
    identity = token.identities()[0]
    der = identity.certificate.der
    store = mainetcert.Store(work / "leaks")

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


run(every_situation_has_its_exception, what_the_service_gets_wrong_has_its_exception,
    the_service_refuses_with_its_situation, the_store_refuses_with_its_situation,
    proxies_ask_by_callback, callbacks_raise_what_they_raise, control_c_interrupts,
    asyncio_cancels, values_are_python_values, handles_end_in_any_order,
    a_call_keeps_what_another_thread_closes, threads_work_side_by_side, nothing_leaks)
