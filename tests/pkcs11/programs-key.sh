#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Other people's programs do more with keys than sign: openssl is at the other end.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/support/tap.sh
source "$here/../support/tap.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
module=$MAINETCERT_MODULE
export MAINETCERT_STORE=$work/store GNUTLS_PIN=1234-pin
"$MAKE_TOKEN" "$work" >"$work/made" || { cat "$work/made"; exit 1; }
openssl x509 -in "$work/rsa.pem" -noout -pubkey >"$work/rsa.pub"

# tool ARGUMENT...: pkcs11-tool on the token with a PIN, logged in
tool() {
    pkcs11-tool --module "$module" --token-label MaiNet --login --pin 1234-pin "$@" 2>&1
}

# id_of LABEL: the CKA_ID, which tells pkcs11-tool the key
id_of() {
    tool -O --type pubkey |
        awk -v name="$1" '$1 == "label:" { label = $2 } $1 == "ID:" && label == name { print $2 }'
}

# decrypt [ARGUMENT...]: leaves what pkcs11-tool makes of $work/encrypted in $work/plain
decrypt() {
    rm -f "$work/plain"
    tool --decrypt --id "$(id_of rsa)" --input-file "$work/encrypted" \
        --output-file "$work/plain" "$@" >"$work/log"
}

try_decrypt() {
    local digest name

    head -c 32 /dev/urandom >"$work/secret"
    encrypt() {
        openssl pkeyutl -encrypt -pubin -inkey "$work/rsa.pub" -in "$work/secret" \
            -out "$work/encrypted" "$@"
    }
    encrypt -pkeyopt rsa_padding_mode:pkcs1
    decrypt --mechanism RSA-PKCS
    ok 'pkcs11-tool decrypts RSA-PKCS' cmp "$work/secret" "$work/plain"
    { printf '\0'; head -c 255 /dev/urandom; } >"$work/block"
    openssl pkeyutl -encrypt -pubin -inkey "$work/rsa.pub" -in "$work/block" \
        -out "$work/encrypted" -pkeyopt rsa_padding_mode:none
    decrypt --mechanism RSA-X-509
    ok 'pkcs11-tool decrypts RSA-X-509' cmp "$work/block" "$work/plain"
    for digest in sha1 sha224 sha256 sha384 sha512; do
        name=${digest^^}
        encrypt -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:$digest \
            -pkeyopt rsa_mgf1_md:$digest
        decrypt --mechanism RSA-PKCS-OAEP --hash-algorithm "${name/SHA1/SHA-1}" \
            --mgf "MGF1-$name"
        ok "pkcs11-tool decrypts RSA-PKCS-OAEP with $name" cmp "$work/secret" "$work/plain"
    done
    head -c 256 /dev/zero >"$work/encrypted"
    decrypt --mechanism RSA-PKCS-OAEP --hash-algorithm SHA256
    # C_Decrypt has failed, and pkcs11-tool tries in parts, which RSA does not have
    like 'a wrong ciphertext is refused' "$(cat "$work/log")" CKR_FUNCTION_NOT_SUPPORTED
    is 'and gives nothing' "$(cat "$work/plain" 2>/dev/null)" ''
}

try_decrypt
done_testing
