#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# What other modules reach beside EVP, as bench-sign measures it, with keys of a session:
# peers.sh BENCH-SIGN. Debian's softhsm2 and libnss3, each if it is there.
set -eu
bench=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# measure NAME MODULE [RESERVED]
measure() {
    echo "$1"
    MAINETCERT_MODULE=$2 "$bench" --peer "${@:3}"
}

if command -v softhsm2-util >/dev/null; then
    export SOFTHSM2_CONF=$work/softhsm2.conf
    mkdir "$work/tokens"
    echo "directories.tokendir = $work/tokens" >"$SOFTHSM2_CONF"
    softhsm2-util --init-token --free --label bench --pin 1234-pin --so-pin 9876-so >/dev/null
    measure SoftHSM2 "$(find /usr/lib -name libsofthsm2.so -print -quit)"
fi
softokn=$(find /usr/lib -name libsoftokn3.so -not -path '*firefox*' -print -quit)
if [ -n "$softokn" ]; then
    measure NSS "$softokn" "configdir='' flags=readOnly,noCertDB,noModDB,optimizeSpace"
fi
