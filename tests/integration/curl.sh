#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# curl logs in with the key in the token: OpenSSL's engine for PKCS#11 loads the module, and the
# identity's URI names key and certificate. The engine offers itself for every RSA and EC key of the
# process, the module's own too.
# Needs mainetcert and mainet-standin on PATH and MAINETCERT_MODULE.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source-path=SCRIPTDIR source=../support/standin.sh
. "$here/../support/standin.sh"

work=$(mktemp -d)
trap 'standin_stop; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
export HOME=$work/home
mkdir -m 700 "$HOME"
pin=246810
printf %s "$pin" >"$work/pin"

configure_engine() {
    cat >"$work/openssl.cnf" <<CONFIGURATION
openssl_conf = main
[main]
engines = engines
[engines]
pkcs11 = pkcs11
[pkcs11]
engine_id = pkcs11
MODULE_PATH = $MAINETCERT_MODULE
PIN = $1
CONFIGURATION
}

# log_in [OPTION...]: what the confirmation page tells curl
log_in() {
    OPENSSL_CONF=$work/openssl.cnf standin_curl --engine pkcs11 --cert-type ENG --cert "$uri" \
        --key-type ENG --key "$uri" "$@" "$(standin_url confirm)" 2>&1
}

accepted() {
    local version page

    for version in 1.2 1.3; do
        page=$(log_in --tlsv"$version" --tls-max "$version")
        like "$1 over TLS $version is accepted" "$page" "正しくインストールされています"
        like "$1 over TLS $version is the certificate acquired" "$page" "$id"
    done
}

standin_start "$work/standin" || exit
for key in rsa:2048 ec:P-256; do
    export MAINETCERT_STORE=$work/store-$key
    standin_order --key "$key"
    printf %s "$password" >"$work/password"
    id=$(mainetcert --pin-source "file:$work/pin" acquire --service "$profile" \
        --group-id "$group_id" --certificate-number "$number" --yes \
        --password-source "file:$work/password")
    uri=$(mainetcert --json list | jq -r '.[0].uri')
    configure_engine "$pin"
    accepted "$key"
    configure_engine 000000
    unlike "$key with a wrong PIN is not" "$(log_in)" "正しくインストールされています"
done
done_testing
