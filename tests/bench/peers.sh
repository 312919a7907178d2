#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# The module, SoftHSM2 and NSS beside EVP, as bench-sign measures them: by turns, the median of
# them. peers.sh BENCH-SIGN MODULE. Debian's softhsm2 and libnss3, each if it is there.
set -eu
bench=$1
module=$2
turns=3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
softhsm=$(find /usr/lib -name libsofthsm2.so -print -quit)
softokn=$(find /usr/lib -name libsoftokn3.so -not -path '*firefox*' -print -quit)

# measure NAME MODULE ARGUMENT...
measure() {
    MAINETCERT_MODULE=$2 "$bench" "${@:3}" | sed "s/^{/{\"module\": \"$1\", /"
}

# make_softhsm_token: its folder in SOFTHSM2_CONF
make_softhsm_token() {
    export SOFTHSM2_CONF=$work/softhsm2.conf
    mkdir "$work/tokens"
    echo "directories.tokendir = $work/tokens" >"$SOFTHSM2_CONF"
    softhsm2-util --init-token --free --label bench --pin 1234-pin --so-pin 9876-so >/dev/null
}

[ -z "$softhsm" ] || make_softhsm_token
for _ in $(seq "$turns"); do
    measure libmainetcert "$module" --ratios
    [ -z "$softhsm" ] || measure SoftHSM2 "$softhsm" --peer
    [ -z "$softokn" ] ||
        measure NSS "$softokn" --peer "configdir='' flags=readOnly,noCertDB,noModDB,optimizeSpace"
done >"$work/turns"
jq -c --slurp 'group_by(.bench, .module)[] | sort_by(.ratio) |
    {bench: .[0].bench, module: .[0].module, turns: length, ratio: .[length / 2 | floor].ratio,
     least: .[0].ratio, most: .[-1].ratio}' "$work/turns"
