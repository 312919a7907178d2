#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Programs on top of pkcs11-helper, which reads the PIN when it needs one and begins anew when a
# session is lost: GnuPG's smart-card daemon, and the tools for data objects and dumps.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source-path=SCRIPTDIR source=token.sh
. "$here/token.sh"
need gnupg-pkcs11-scd pkcs11-data pkcs11-dump

printf '#!/bin/sh\necho 1234-pin\n' >"$work/ask"
chmod +x "$work/ask"
echo "what is to be kept" >"$work/kept"

# data ARGUMENT...: pkcs11-data on the first token
data() {
    timeout 60 pkcs11-data --add-provider="$module" --prompt-prog="$work/ask" --token="$token" "$@" 2>&1
}

# daemon LINE...: what GnuPG's daemon answers to these, in the protocol of gpg-agent
daemon() {
    printf 'providers mn\nprovider-mn-library %s\n' "$module" >"$work/scd.conf"
    printf '%s\n' "$@" BYE | timeout 60 gnupg-pkcs11-scd --server --options "$work/scd.conf" 2>"$work/log"
}

# decode FILE: the bytes of its answer, which spells three of them
decode() {
    python3 -c '
import sys, urllib.parse
lines = open(sys.argv[1], "rb").read().split(b"\n")
signature = b"".join(line[2:] for line in lines if line.startswith(b"D "))
sys.stdout.buffer.write(urllib.parse.unquote_to_bytes(signature))' "$1"
}

try_data() {
    local one=(--application=app --label=one)

    token=$(pkcs11-data --add-provider="$module" --cmd=tokens | sed -n "s/.*label='MaiNet', id='\(.*\)'/\1/p")
    ok 'pkcs11-data writes a private object' data --cmd=import "${one[@]}" --file="$work/kept"
    is 'pkcs11-data lists it' "$(data --cmd=list)" 'A=app, L=one'
    is 'pkcs11-data reads it' "$(data --cmd=export "${one[@]}")" "$(cat "$work/kept")"
    ok 'pkcs11-data removes it' data --cmd=remove "${one[@]}"
    is 'and then there is none' "$(data --cmd=list)" ''
    like 'nobody writes a public object without the PIN' \
        "$(data --public --cmd=import "${one[@]}" --file="$work/kept")" CKR_USER_NOT_LOGGED_IN
}

try_dump() {
    run pkcs11-dump dump "$module" 1 1234-pin
    is 'pkcs11-dump reads every attribute of seven objects' \
        "$status $(grep -c '^Object [0-9]' <<<"$out")" '0 7'
    is 'two of them private keys' "$(grep -c 'CKA_CLASS: CKO_PRIVATE_KEY' <<<"$out")" 2
}

try_daemon() {
    local key hash

    key=$(daemon 'LEARN --force' | sed -n 's/^S KEYPAIRINFO [0-9A-F]* //p')
    like 'the daemon of GnuPG learns of the RSA key' "$key" /MaiNet/
    hash=$(openssl dgst -sha256 -r "$work/data")
    daemon "SETDATA ${hash%% *}" "PKSIGN --hash=sha256 $key" 'D 1234-pin' END >"$work/answer"
    decode "$work/answer" >"$work/signature"
    ok 'what it signs verifies' openssl dgst -sha256 -verify "$work/rsa.pub" \
        -signature "$work/signature" "$work/data"
    daemon "SETDATA ${hash%% *}" "PKSIGN --hash=sha256 $key" 'D wrong-pin' END 'CAN' >"$work/answer"
    like 'with another PIN it does not sign' "$(tr -d '\0' <"$work/answer")" ERR
}

try_data
try_dump
try_daemon
done_testing
