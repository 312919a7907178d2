#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The Python package: the journey of an administrator against the stand-in."""

import asyncio
import datetime
import gc
import hashlib
import http.client
import subprocess
import urllib.parse

from administrator import (named, new_token, order, raised, request_that_raises, service,
                           standin, stuck_service, work)

import mainetcert
from standin import PIN
from tap import ok, run


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


run(the_journey_works, what_is_exported_is_imported_elsewhere,
    a_renewed_identity_takes_the_place_of_the_old, what_was_delivered_waits,
    many_are_acquired_together, chains_are_completed_and_revocation_looked_up,
    the_service_is_diagnosed, keys_that_stay_sign_and_are_not_exported, a_token_lives_its_life)
