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

# same KEY CONTAINER: openssl finds the key in a PKCS#12 container
same() {
    openssl pkcs12 -legacy -in "$2" -passin pass:pw -nodes -nocerts 2>/dev/null |
        openssl pkey -pubout | cmp - <(openssl pkey -in "$1" -pubout)
}

try_nss() {
    local db=sql:$work/nss type cipher

    mkdir "$work/nss"
    echo 1234-pin >"$work/pin"
    certutil -N -d "$db" --empty-password
    modutil -force -dbdir "$db" -add MaiNet -libfile "$module" >"$work/log" 2>&1
    openssl genpkey -algorithm RSA -out "$work/in-rsa.key" 2>"$work/log"
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/in-ec.key"
    for type in rsa ec; do
        openssl req -x509 -key "$work/in-$type.key" -subj "/CN=in-$type" -out "$work/in-$type.pem"
        openssl pkcs12 -export -inkey "$work/in-$type.key" -in "$work/in-$type.pem" \
            -name "in-$type" -passout pass:pw -out "$work/in-$type.p12"
        ok "pk12util imports $type" timeout 60 pk12util -i "$work/in-$type.p12" -d "$db" -h MaiNet \
            -k "$work/pin" -W pw
        for cipher in AES-256-CBC AES-128-CBC DES-EDE3-CBC \
            'PKCS #12 V2 PBE With SHA-1 And 3KEY Triple DES-CBC'; do
            rm -f "$work/out.p12"
            timeout 60 pk12util -o "$work/out.p12" -n "MaiNet:in-$type" -d "$db" -h MaiNet \
                -k "$work/pin" -W pw -c "$cipher" >"$work/log" 2>&1
            ok "pk12util exports $type under $cipher" same "$work/in-$type.key" "$work/out.p12"
        done
    done
    timeout 60 pk12util -o "$work/kept.p12" -n MaiNet:rsa -d "$db" -h MaiNet -k "$work/pin" -W pw \
        >"$work/log" 2>&1
    isnt 'pk12util does not export a key that is to stay' "$?" 0
}

# keygen ARGUMENT...: pkcs11-tool makes a pair with CKA_ID 77 of these
keygen() {
    tool --keypairgen --id 77 --label made "$@" >"$work/log"
}

try_generate() {
    local type

    head -c 32 /dev/urandom >"$work/hash"
    for type in rsa:2048 rsa:3072 EC:prime256v1 EC:secp384r1 EC:secp521r1; do
        keygen --key-type "$type" --usage-sign
        # not by pkcs11-tool, which takes no point of P-384 (OpenSC 0.23)
        p11tool --provider "$module" --login --batch --outfile "$work/made.pub" \
            --export-pubkey 'pkcs11:token=MaiNet;id=%77;type=private' 2>>"$work/log"
        case $type in
        rsa:*) tool --sign --id 77 --mechanism SHA256-RSA-PKCS -i "$work/hash" -o "$work/sig" ;;
        *) tool --sign --id 77 --mechanism ECDSA-SHA256 --signature-format openssl \
            -i "$work/hash" -o "$work/sig" ;;
        esac >>"$work/log"
        ok "a pair of $type made by pkcs11-tool signs" openssl dgst -sha256 -verify \
            "$work/made.pub" -signature "$work/sig" "$work/hash"
        tool --delete-object --type privkey --id 77 >>"$work/log"
        tool --delete-object --type pubkey --id 77 >>"$work/log"
    done
    ok 'p11tool makes a pair' p11tool --provider "$module" --login --batch \
        --generate-privkey rsa --bits 2048 --label by-p11tool --outfile "$work/p11tool.pub" 'pkcs11:token=MaiNet'
    ok 'and openssl reads its public half' openssl pkey -pubin -in "$work/p11tool.pub" -noout
}

try_derive() {
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/peer.key"
    openssl pkey -in "$work/peer.key" -pubout -outform DER -out "$work/peer.der"
    openssl x509 -in "$work/ec.pem" -noout -pubkey >"$work/ec.pub"
    tool --derive --mechanism ECDH1-DERIVE --id "$(id_of ec)" --input-file "$work/peer.der" \
        --output-file "$work/ours" >"$work/log"
    openssl pkeyutl -derive -inkey "$work/peer.key" -peerkey "$work/ec.pub" -out "$work/theirs"
    ok 'pkcs11-tool and openssl agree by ECDH' cmp "$work/ours" "$work/theirs"
}

try_unwrap() {
    head -c 32 /dev/urandom >"$work/aes"
    openssl pkeyutl -encrypt -pubin -inkey "$work/rsa.pub" -in "$work/aes" -out "$work/wrapped" \
        -pkeyopt rsa_padding_mode:pkcs1
    tool --unwrap --mechanism RSA-PKCS --id "$(id_of rsa)" --input-file "$work/wrapped" \
        --key-type AES: --application-id 88 --application-label unwrapped --extractable \
        >"$work/log"
    like 'pkcs11-tool unwraps an AES key' "$(cat "$work/log")" 'Secret Key Object; AES length 32'
}

try_decrypt
try_nss
try_generate
try_derive
try_unwrap
done_testing
