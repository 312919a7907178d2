#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Other people's TLS clients log in with keys of a token: the server tells whom it saw.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source-path=SCRIPTDIR source=token.sh
. "$here/token.sh"
# shellcheck source-path=SCRIPTDIR source=peers.sh
. "$here/peers.sh"

# by_curl KEY VERSION [PIN]
by_curl() {
    timeout 20 curl -sS --cacert "$work/server.pem" "--tlsv$2" --tls-max "$2" --engine pkcs11 \
        --cert-type PEM --cert "$work/$1.pem" --key-type ENG \
        --key "$token;object=$1;type=private?pin-value=${3:-$pin}" "https://localhost:$port/"
}

# by_openssl KEY VERSION [PIN]
by_openssl() {
    timeout 20 openssl s_client -quiet -engine pkcs11 -keyform engine -cert "$work/$1.pem" \
        -key "$token;object=$1;type=private?pin-value=${3:-$pin}" -CAfile "$work/server.pem" \
        -verify_return_error "-tls${2/./_}" -connect "localhost:$port"
}

# by_gnutls_cli KEY VERSION [PIN]
by_gnutls_cli() {
    GNUTLS_PIN=${3:-$pin} timeout 20 gnutls-cli --provider "$module" --x509cafile "$work/server.pem" \
        --priority "NORMAL:-VERS-ALL:+VERS-TLS$2" --x509certfile "$token;object=$1;type=cert" \
        --x509keyfile "$token;object=$1;type=private" --verify-hostname localhost \
        -p "$port" 127.0.0.1
}

# by_wget KEY VERSION [PIN]: it has no option for a module, only URIs
by_wget() {
    with_p11_kit timeout 20 wget -nv -O- --tries=1 --ca-certificate "$work/server.pem" \
        --certificate "$token;object=$1;type=cert" \
        --private-key "$token;object=$1;type=private?pin-value=${3:-$pin}" \
        --ciphers "NORMAL:-VERS-ALL:+VERS-TLS$2" "https://localhost:$port/"
}

# try_client NAME
try_client() {
    local key version

    for key in rsa ec; do
        for version in 1.2 1.3; do
            served "${1//_/-} shows $key over TLS $version" $key $version "by_$1" $key $version
        done
    done
    refused "${1//_/-} with a wrong PIN shows nothing" "by_$1" rsa 1.3 wrong-pin
}

# by_proxy KEY VERSION: p11-kit's proxy stands between, with handles and slots of its own
by_proxy() {
    local path

    path=$(pkg-config --variable=proxy_module p11-kit-1)
    PKCS11_MODULE_PATH=$path with_p11_kit bash -c \
        "$(declare -p work token pin port); $(declare -f by_openssl); by_openssl $*"
}

try_stunnel() {
    local key local_port log=$work/stunnel.log

    for key in rsa ec; do
        local_port=$(free_port tcp)
        cat >"$work/stunnel.conf" <<END
pid = $work/stunnel.pid
output = $log
engine = pkcs11
engineCtrl = MODULE_PATH:$module
engineCtrl = PIN:$pin
engineCtrl = INIT
[to]
client = yes
accept = 127.0.0.1:$local_port
connect = 127.0.0.1:$port
CAfile = $work/server.pem
verifyChain = yes
checkHost = localhost
engineNum = 1
cert = $token;object=$key;type=cert
key = $token;object=$key;type=private
END
        # it loads the key and then forks, and its parent ends
        start watch watched stunnel stunnel "$work/stunnel.conf"
        await "$work/stunnel.pid" ''
        served "stunnel shows $key, which it loaded before it forked" $key 1.3 \
            timeout 20 curl -sS "http://127.0.0.1:$local_port/"
        served 'and does so again' $key 1.3 timeout 20 curl -sS "http://127.0.0.1:$local_port/"
        kill "$(<"$work/stunnel.pid")"
        wait "${started[-1]}"
        ended_well 'stunnel and its child end' stunnel 2
        rm "$log"
    done
}

# by_remote KEY VERSION: the module is in another process, p11-kit's server
by_remote() {
    PKCS11_MODULE_PATH=$(pkg-config --variable=p11_module_path p11-kit-1)/p11-kit-client.so \
        P11_KIT_SERVER_ADDRESS=unix:path=$work/remote by_openssl "$@"
}

both_by_remote() {
    by_remote ec 1.3 <"$work/request" >/dev/null 2>&1 &
    by_remote rsa 1.3
    wait $!
}

try_remote() {
    local key

    start remote watched remote p11-kit server --foreground --name "$work/remote" \
        --provider "$module" "$token"
    await "$work/remote.log" P11_KIT_SERVER_PID
    for key in rsa ec; do
        served "through p11-kit's server openssl shows $key" $key 1.3 by_remote $key 1.3
    done
    served 'and at the same time as another' rsa 1.3 \
        both_by_remote
    kill "$(sed -n 's/^P11_KIT_SERVER_PID=\([0-9]*\).*/\1/p' "$work/remote.log")"
    wait "${started[-1]}"
    ended_well "p11-kit's server and its children end" remote 4
}

serve -no_ticket || { echo "Bail out! no server: $(<"$work/server.log")"; exit 1; }
for name in curl openssl gnutls_cli wget; do
    try_client $name
done
for name in rsa ec; do
    served "through p11-kit's proxy openssl shows $name" $name 1.3 by_proxy $name 1.3
done
try_remote
try_stunnel
done_testing
