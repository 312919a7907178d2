#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Other people's programs on a token: what they show, and that what they sign verifies elsewhere.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/tap.sh
source "$here/../support/tap.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
module=$MAINETCERT_MODULE
export MAINETCERT_STORE=$work/store GNUTLS_PIN=1234-pin
"$MAKE_TOKEN" "$work" >"$work/made" || { cat "$work/made"; exit 1; }
for name in rsa ec ed25519 open; do
    openssl x509 -in "$work/$name.pem" -noout -pubkey >"$work/$name.pub"
done
head -c 3000 /dev/urandom >"$work/data"

# tool ARGUMENT...: pkcs11-tool on the token with a PIN
tool() {
    pkcs11-tool --module "$module" --token-label MaiNet "$@" 2>&1
}

# id_of KEY [TOKEN]: the CKA_ID, which tells pkcs11-tool the key
id_of() {
    pkcs11-tool --module "$module" --token-label "${2:-MaiNet}" -O --type cert 2>/dev/null |
        awk -v name="$1" '$1 == "label:" { label = $2 } $1 == "ID:" && label == name { print $2 }'
}

# sign KEY MECHANISM INPUT [ARGUMENT...]: leaves $work/signature
sign() {
    local key=$1 mechanism=$2 input=$3

    shift 3
    rm -f "$work/signature"
    tool --login --pin 1234-pin --sign --id "$(id_of "$key")" --mechanism "$mechanism" \
        --input-file "$work/$input" --output-file "$work/signature" "$@" >"$work/log" || return 1
}

# accept KEY INPUT [pkeyutl argument...]: openssl verifies a signature of bytes as they are
accept() {
    local key=$1 input=$2

    shift 2
    openssl pkeyutl -verify -pubin -inkey "$work/$key.pub" -in "$work/$input" \
        -sigfile "$work/signature" "$@"
}

# recover KEY INPUT PADDING: openssl finds the input in an RSA signature
recover() {
    openssl pkeyutl -verifyrecover -pubin -inkey "$work/$1.pub" -in "$work/signature" \
        -pkeyopt "rsa_padding_mode:$3" | cmp - "$work/$2"
}

# accept_hashed KEY DIGEST [dgst argument...]: openssl verifies a signature of data that it hashes
accept_hashed() {
    local key=$1 digest=$2

    shift 2
    openssl dgst "-$digest" -verify "$work/$key.pub" -signature "$work/signature" "$@" "$work/data"
}

# signed SENTENCE JUDGE...: what the last sign left is right
signed() {
    local sentence=$1

    shift
    if [ -s "$work/signature" ]; then
        ok "$sentence" "$@"
    else
        fail "$sentence" "$(cat "$work/log")"
    fi
}

try_pkcs11_tool() {
    local digest mechanism

    like 'pkcs11-tool shows the token' "$(tool -L)" 'login required, rng, token initialized'
    like 'pkcs11-tool shows a free slot' "$(tool -L)" '(empty)'
    unlike 'pkcs11-tool sees no private key before login' "$(tool -O)" 'Private Key Object'
    is 'pkcs11-tool sees three certificates before login' "$(tool -O --type cert | grep -c ^Cert)" 3
    is 'pkcs11-tool sees both private keys after login' \
        "$(tool -O --login --pin 1234-pin | grep -c '^Private Key Object')" 2
    like 'a wrong PIN is called one' "$(tool -O --login --pin wrong-pin)" CKR_PIN_INCORRECT
    like 'the tests of pkcs11-tool pass' \
        "$(tool --test --login --login-type user --pin 1234-pin)" 'No errors'
    like 'pkcs11-tool forks' "$(tool --test-fork; echo "status $?")" 'status 0'
    for digest in sha1 sha224 sha256 sha384 sha512; do
        mechanism=${digest^^}
        sign rsa "$mechanism-RSA-PKCS" data
        signed "$mechanism-RSA-PKCS verifies" accept_hashed rsa "$digest"
        sign rsa "$mechanism-RSA-PKCS-PSS" data
        signed "$mechanism-RSA-PKCS-PSS verifies" accept_hashed rsa "$digest" \
            -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest
        sign ec "ECDSA-$mechanism" data --signature-format openssl
        signed "ECDSA-$mechanism verifies" accept_hashed ec "$digest"
        openssl dgst "-$digest" -binary "$work/data" >"$work/$digest"
        sign rsa RSA-PKCS-PSS "$digest" --hash-algorithm "${mechanism/SHA1/SHA-1}"
        signed "RSA-PKCS-PSS of a $mechanism hash verifies" accept rsa "$digest" \
            -pkeyopt "digest:$digest" -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:digest
        sign ec ECDSA "$digest" --signature-format openssl
        signed "ECDSA of a $mechanism hash verifies" accept ec "$digest"
    done
    head -c 245 "$work/data" >"$work/most"
    sign rsa RSA-PKCS most
    signed 'RSA-PKCS of 245 bytes verifies' recover rsa most pkcs1
    head -c 246 "$work/data" >"$work/too-much"
    sign rsa RSA-PKCS too-much
    like 'RSA-PKCS of 246 bytes is refused' "$(cat "$work/log")" CKR_DATA_LEN_RANGE
    { printf '\0'; head -c 255 "$work/data"; } >"$work/block"
    sign rsa RSA-X-509 block
    signed 'RSA-X-509 verifies' recover rsa block none
    pkcs11-tool --module "$module" --token-label Edwards --login --pin 1234-pin --sign \
        --mechanism EDDSA -i "$work/data" -o "$work/signature" >"$work/log" 2>&1
    signed 'EDDSA verifies' accept ed25519 data -rawin
    pkcs11-tool --module "$module" --token-label Open --sign --mechanism ECDSA-SHA256 \
        --signature-format openssl -i "$work/data" -o "$work/signature" >"$work/log" 2>&1
    signed 'a token without PIN signs without login' accept_hashed open sha256
}

try_p11tool() {
    local token=pkcs11:token=MaiNet

    is 'p11tool sees the tokens' "$(p11tool --provider "$module" --list-tokens | grep -c Label:)" 3
    is 'p11tool sees five public objects' \
        "$(p11tool --provider "$module" --list-all $token | grep -c '^Object')" 5
    is 'p11tool sees seven objects after login' \
        "$(p11tool --provider "$module" --login --list-all $token | grep -c '^Object')" 7
    for name in rsa ec; do
        ok "p11tool signs with $name" \
            p11tool --provider "$module" --login --test-sign "$token;object=$name;type=private"
    done
}

try_nss() {
    local db=sql:$work/nss

    mkdir "$work/nss"
    echo 1234-pin >"$work/pin"
    certutil -N -d "$db" --empty-password
    # the folder by parameter, not by environment
    modutil -force -dbdir "$db" -add MaiNet -libfile "$module" -string "store=$work/store" \
        >"$work/log" 2>&1
    unset MAINETCERT_STORE
    like 'modutil shows the module' "$(modutil -dbdir "$db" -list MaiNet)" 'Token Name: MaiNet'
    like 'certutil lists a certificate as one of a user, without PIN' \
        "$(certutil -L -d "$db" -h MaiNet </dev/null)" 'u,u,u'
    is 'certutil lists the keys' "$(certutil -K -d "$db" -h MaiNet -f "$work/pin" | grep -c '^<')" 2
    certutil -A -d "$db" -n ca -t T,, -i "$work/ca.pem"
    ok 'certutil verifies the chain in the token' \
        certutil -V -d "$db" -n MaiNet:ec -u C -f "$work/pin" -e
    export MAINETCERT_STORE=$work/store
}

# p11tool does not use OpenSSL, so it is our first random number that reads the configuration
try_recursion() {
    cat >"$work/openssl.cnf" <<END
openssl_conf = host
[host]
providers = providers
[providers]
default = default_provider
recursing = recursing_provider
[default_provider]
activate = 1
[recursing_provider]
module = $RECURSING_PROVIDER
activate = 1
END
    rm -f "$work/recursion"
    is 'a provider in openssl.cnf may call the module while the module is called' \
        "$(OPENSSL_CONF=$work/openssl.cnf RECURSION_LOG=$work/recursion timeout 20 \
            p11tool --provider "$module" --list-all pkcs11:token=MaiNet | grep -c '^Object')" 5
    is 'and is served' "$(cat "$work/recursion")" served
}

# The other way round: openssl.cnf has the whole machine's OpenSSL use the module, by libp11's engine
# for each algorithm that it has. It finalizes from an exit handler.
try_engine_of_the_host() {
    local name engines

    engines=$(openssl version -e | sed 's/.*"\(.*\)"/\1/')
    cat >"$work/openssl.cnf" <<END
openssl_conf = host
[host]
engines = engines
[engines]
pkcs11 = pkcs11_engine
[pkcs11_engine]
engine_id = pkcs11
dynamic_path = $engines/pkcs11.so
MODULE_PATH = $module
PIN = 1234-pin
init = 1
default_algorithms = ALL
END
    export OPENSSL_CONF=$work/openssl.cnf
    for name in rsa ec; do
        ok "where OpenSSL itself uses the module for all, p11tool signs with $name" timeout 60 \
            p11tool --provider "$module" --login --test-sign \
            "pkcs11:token=MaiNet;object=$name;type=private"
    done
    rm -f "$work/signature"
    ok 'and openssl ends well that signs by its engine' timeout 60 openssl dgst -sha256 \
        -engine pkcs11 -keyform engine -sign 'pkcs11:token=MaiNet;object=ec;type=private' \
        -out "$work/signature" "$work/data"
    ok 'and so does pkcs11-tool' sign rsa SHA256-RSA-PKCS data
    unset OPENSSL_CONF
    signed 'what pkcs11-tool signed verifies' accept_hashed rsa sha256
}

try_pkcs11_tool
try_p11tool
try_nss
try_recursion
try_engine_of_the_host
done_testing
