#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# NSS's own TLS programs use keys of a token at either end: openssl tells whom it met.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source-path=SCRIPTDIR source=token.sh
. "$here/token.sh"
# shellcheck source-path=SCRIPTDIR source=peers.sh
. "$here/peers.sh"

db=sql:$work/nss

# by_tstclnt KEY VERSION [PIN]
by_tstclnt() {
    timeout 20 tstclnt -4 -h localhost -p "$port" -d "$db" -n "MaiNet:$1" -w "${3:-$pin}" \
        -V "tls$2:tls$2" -A "$work/request"
}

# by_selfserv KEY VERSION: it serves with the key; openssl verifies, down to the token's CA
by_selfserv() {
    timeout 20 openssl s_client -CAfile "$work/ca.pem" -verify_return_error -verify 2 \
        -ign_eof "-tls${2/./_}" -connect "localhost:$nss_port"
}

try_tstclnt() {
    local key version

    for key in rsa ec; do
        for version in 1.2 1.3; do
            served "tstclnt shows $key over TLS $version" $key $version by_tstclnt $key $version
        done
    done
    refused 'tstclnt with a wrong PIN shows nothing' by_tstclnt rsa 1.3 wrong-pin
}

# Four threads at one key, each connection with a signature of its own.
try_strsclnt() {
    local before

    before=$(grep -c 'depth=0 CN = rsa' "$work/server.log")
    timeout 60 strsclnt -q -N -o -c 24 -t 4 -p "$port" -d "$db" -n MaiNet:rsa -w $pin localhost \
        >"$work/strsclnt.log" 2>&1
    is 'strsclnt shows rsa in each connection of four threads' \
        $(($(grep -c 'depth=0 CN = rsa' "$work/server.log") - before)) 24
}

try_selfserv() {
    local key version nss_port

    for key in rsa ec; do
        nss_port=$(free_port tcp)
        start selfserv timeout 60 selfserv -v -p "$nss_port" -d "$db" -n "MaiNet:$key" -w $pin
        await "$work/selfserv.log" 'selfserv: About to call accept'
        for version in 1.2 1.3; do
            ask by_selfserv $key $version
            like "selfserv proves itself with $key over TLS $version" "$seen" 'Verification: OK'
            like 'and with no other certificate' "$seen" "subject=CN = $key"
        done
        kill "${started[-1]}"
    done
}

serve -no_ticket || { echo "Bail out! no server: $(<"$work/server.log")"; exit 1; }
mkdir "$work/nss"
certutil -N -d "$db" --empty-password
modutil -force -dbdir "$db" -add MaiNet -libfile "$module" >"$work/log" 2>&1
certutil -A -d "$db" -n server -t CP,CP, -i "$work/server.pem"
try_tstclnt
try_strsclnt
try_selfserv
done_testing
