#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# OpenSSL 3 through pkcs11-provider, where it is installed (Debian 12 has it in its backports): what
# openssl makes with a key of the token, openssl without the provider judges.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source-path=SCRIPTDIR source=token.sh
. "$here/token.sh"
# shellcheck source-path=SCRIPTDIR source=peers.sh
. "$here/peers.sh"

provider=${PKCS11_PROVIDER:-$(openssl version -m | sed 's/.*"\(.*\)"/\1/')/pkcs11.so}
if [ ! -e "$provider" ]; then
    echo '1..0 # SKIP pkcs11-provider is not there'
    exit 0
fi

printf %s "$pin" >"$work/pin"

# configure FILE LINE...: openssl.cnf with the provider; the lines are of the module's section
configure() {
    local file=$work/$1

    shift
    cat >"$file" <<END
openssl_conf = host
[host]
providers = providers
alg_section = algorithms
[algorithms]
default_properties = ${properties-}
[providers]
default = default_provider
pkcs11 = pkcs11_provider
[default_provider]
activate = 1
[pkcs11_provider]
module = $provider
pkcs11-module-path = $module
activate = 1
$(printf '%s\n' "$@")
[req]
distinguished_name = name
[name]
END
}

# by FILE ARGUMENT...: openssl with that configuration
by() {
    OPENSSL_CONF=$work/$1 timeout 60 openssl "${@:2}" </dev/null 2>"$work/log"
}

# sign_and_judge KEY [dgst ARGUMENT...]
sign_and_judge() {
    by token dgst -sha256 "${@:2}" -sign "$token;object=$1;type=private" -out "$work/signature" "$work/data" &&
        openssl dgst -sha256 "${@:2}" -verify "$work/$1.pub" -signature "$work/signature" "$work/data"
}

# agree: both ways to one secret
agree() {
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/peer" &&
        openssl pkey -in "$work/peer" -pubout -out "$work/peer.pub" &&
        by token pkeyutl -derive -inkey "$token;object=ec;type=private" -peerkey "$work/peer.pub" \
            -out "$work/here" &&
        openssl pkeyutl -derive -inkey "$work/peer" -peerkey "$work/ec.pub" -out "$work/there" &&
        cmp "$work/here" "$work/there"
}

# open_oaep: what was sealed elsewhere
open_oaep() {
    local how=(-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256)

    openssl pkeyutl -encrypt -pubin -inkey "$work/rsa.pub" "${how[@]}" -in "$work/pin" -out "$work/sealed" &&
        by token pkeyutl -decrypt -inkey "$token;object=rsa;type=private" "${how[@]}" -in "$work/sealed" \
            -out "$work/opened" && cmp "$work/pin" "$work/opened"
}

# sign_edwards: in a token of its own
sign_edwards() {
    by token pkeyutl -sign -rawin -inkey "pkcs11:token=Edwards;object=ed25519;type=private" -in "$work/data" \
        -out "$work/signature" && openssl pkeyutl -verify -rawin -pubin -inkey "$work/ed25519.pub" \
        -in "$work/data" -sigfile "$work/signature"
}

# certify NAME ALGORITHM...: a pair that is made on the token signs its own certificate
certify() {
    by token genpkey -propquery provider=pkcs11 -algorithm "${@:2}" \
        -pkeyopt "pkcs11_uri:$token;object=$1;id=$1" -out "$work/no-matter"
    by token req -new -x509 -subj "/CN=$1" -key "$token;object=$1;type=private" -out "$work/$1.crt" &&
        openssl verify -CAfile "$work/$1.crt" "$work/$1.crt"
}

# import_and_sign NAME: a key of a file goes to the token for one signature, for OpenSSL is told to
# do everything there
import_and_sign() {
    openssl pkey -in "$work/$1" -pubout -out "$work/$1.pub" &&
        by everything pkeyutl -sign -rawin -inkey "$work/$1" -in "$work/data" -out "$work/signature" &&
        openssl pkeyutl -verify -rawin -pubin -inkey "$work/$1.pub" -in "$work/data" \
            -sigfile "$work/signature"
}

# by_s_client KEY VERSION: openssl as a client
by_s_client() {
    OPENSSL_CONF=$work/token timeout 20 openssl s_client -quiet -cert "$work/$1.pem" \
        -key "$token;object=$1;type=private" -CAfile "$work/server.pem" -verify_return_error \
        "-tls${2/./_}" -connect "localhost:$port"
}

configure token "pkcs11-module-token-pin = file:$work/pin"
configure nopin
properties='?provider=pkcs11' configure everything "pkcs11-module-token-pin = file:$work/pin"
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/file-ec" 2>"$work/log"
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$work/file-rsa" 2>"$work/log"

is 'seven objects of the token are loaded' "$(by token storeutl -noout "$token" | tail -1)" 'Total found: 7'
is 'a public key is read without the PIN' \
    "$(by nopin pkey -pubin -in "$token;object=rsa;type=public" -pubout)" "$(cat "$work/rsa.pub")"
for name in rsa ec; do
    ok "$name signs" sign_and_judge $name
done
ok 'rsa signs with PSS' sign_and_judge rsa -sigopt rsa_padding_mode:pss
ok 'Ed25519 signs' sign_edwards
ok 'rsa opens OAEP' open_oaep
ok 'ec agrees on a secret' agree
ok 'an RSA pair is made and certified' certify made-rsa RSA -pkeyopt rsa_keygen_bits:2048
ok 'an EC pair is made and certified' certify made-ec EC -pkeyopt ec_paramgen_curve:P-384
for name in file-ec file-rsa; do
    ok "a key of a file signs on the token: $name" import_and_sign $name
done
serve -no_ticket || { echo "Bail out! no server: $(<"$work/server.log")"; exit 1; }
for version in 1.2 1.3; do
    served "a server sees our certificate by TLS $version" ec $version by_s_client ec $version
done
done_testing
