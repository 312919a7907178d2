#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Other people's programs write to a token and delete from it: openssl has the other half.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source-path=SCRIPTDIR source=token.sh
. "$here/token.sh"

export GNUTLS_PIN=1234-pin
token=pkcs11:token=MaiNet

# tool ARGUMENT...: pkcs11-tool on the token with a PIN, logged in
tool() {
    pkcs11-tool --module "$module" --token-label MaiNet --login --pin 1234-pin "$@" 2>&1
}

# counts CLASS:ID...: how many objects of each pkcs11-tool sees, in one process of its own, for each
# login costs what a PIN costs
counts() {
    local wanted found=()

    tool -O >"$work/objects"
    for wanted in "$@"; do
        found+=("$(awk -v class="^${wanted%:*} .*[Oo]bject" -v id="${wanted#*:}" '/^[A-Z]/ { is = $0 ~ class }
            is && $1 == "ID:" && $2 == id { n++ }
            END { print n + 0 }' "$work/objects")")
    done
    echo "${found[*]}"
}

# make NAME ALGORITHM...: a key and its certificate, in PEM and in DER
make() {
    local name=$1

    shift
    openssl genpkey -algorithm "$@" -out "$work/$name.key" 2>"$work/log"
    openssl pkey -in "$work/$name.key" -outform DER -out "$work/$name.key.der"
    openssl pkey -in "$work/$name.key" -pubout -out "$work/$name.pub"
    openssl pkey -in "$work/$name.key" -pubout -outform DER -out "$work/$name.pub.der"
    openssl req -x509 -key "$work/$name.key" -subj "/CN=$name" -days 2 -out "$work/$name.pem"
    openssl x509 -in "$work/$name.pem" -outform DER -out "$work/$name.der"
}

# read_back TYPE ID: what pkcs11-tool reads, in $work/read
read_back() {
    rm -f "$work/read"
    tool --read-object --type "$1" --id "$2" --output-file "$work/read" >>"$work/log"
}

# delete TYPE ID...
delete() {
    local type=$1 id

    shift
    for id in "$@"; do
        tool --delete-object --type "$type" --id "$id" >>"$work/log"
    done
}

# both_ways KEY ID MECHANISM DIGEST [dgst argument...]: what the token signs openssl verifies, what
# openssl signs the token verifies, and neither verifies what was not signed
both_ways() {
    local key=$1 id=$2 mechanism=$3 digest=$4 format=()

    shift 4
    [ "$key" != ec ] || format=(--signature-format openssl)
    rm -f "$work/signature"
    tool --sign --id "$id" --mechanism "$mechanism" --input-file "$work/data" \
        --output-file "$work/signature" "${format[@]}" >"$work/log"
    ok "openssl verifies $mechanism by a key that was written" openssl dgst "-$digest" \
        -verify "$work/write-$key.pub" -signature "$work/signature" "$@" "$work/data"
    openssl dgst "-$digest" -sign "$work/write-$key.key" -out "$work/signature" "$@" "$work/data"
    like "pkcs11-tool verifies $mechanism by openssl" "$(verified "$work/data")" 'Signature is valid'
    like 'and of other data it does not' "$(verified "$work/ca.pem")" 'Invalid signature'
}

# verified FILE: pkcs11-tool's word on $work/signature, without login; uses the variables of both_ways
verified() {
    pkcs11-tool --module "$module" --token-label MaiNet --verify --id "$id" --mechanism "$mechanism" --input-file "$1" \
        --signature-file "$work/signature" "${format[@]}" 2>&1
}

try_pkcs11_tool_keys() {
    local key id digest

    make write-rsa RSA
    make write-ec EC -pkeyopt ec_paramgen_curve:P-256
    for key in rsa ec; do
        id=6$((${#key} - 2))
        tool --write-object "$work/write-$key.key.der" --type privkey --id $id --label "w-$key" \
            --usage-sign --usage-decrypt >"$work/log"
        is "pkcs11-tool writes an $key key, and its public half is there" \
            "$(counts Private:$id Public:$id)" '1 1'
        tool --write-object "$work/write-$key.der" --type cert --id $id --label "w-$key" >"$work/log"
        read_back cert $id
        ok 'and its certificate, which comes back as it went' cmp "$work/read" "$work/write-$key.der"
        for digest in sha1 sha256 sha384 sha512; do
            case $key in
            ec) both_ways ec $id "ECDSA-${digest^^}" $digest ;;
            *) both_ways rsa $id "${digest^^}-RSA-PKCS" $digest ;;
            esac
        done
    done
    both_ways rsa 61 SHA256-RSA-PKCS-PSS sha256 -sigopt rsa_padding_mode:pss \
        -sigopt rsa_pss_saltlen:digest
    tool --set-id 66 --type cert --id 61 >"$work/log"
    is 'pkcs11-tool sets an id' "$(counts Certificate:61 Certificate:66)" '0 1'
    delete cert 66 60
    delete privkey 61 60
    is 'pkcs11-tool deletes both keys, and their public halves go too' \
        "$(counts Private:61 Public:61 Private:60 Public:60)" '0 0 0 0'
}

try_pkcs11_tool_others() {
    tool --write-object "$work/data" --type data --label note --application-label tests \
        --private >"$work/log"
    rm -f "$work/read"
    tool --read-object --type data --label note --output-file "$work/read" >"$work/log"
    ok 'pkcs11-tool writes private data' cmp "$work/read" "$work/data"
    is 'which nobody sees without login' "$(pkcs11-tool --module "$module" --token-label MaiNet \
        -O --type data 2>/dev/null | grep -c note)" 0
    tool --delete-object --type data --label note >"$work/log"
    is 'and deletes them' "$(tool -O --type data | grep -c note)" 0
    tool --write-object "$work/write-ec.pub.der" --type pubkey --id 63 --label alone >"$work/log"
    tool --keygen --key-type AES:32 --id 64 --label aes --extractable >"$work/log"
    is 'pkcs11-tool writes a public key and makes a secret one' \
        "$(counts Public:63 Secret:64)" '1 1'
    delete pubkey 63
    delete secrkey 64
    is 'and deletes them' "$(counts Public:63 Secret:64)" '0 0'
}

# It makes no new token, for it wants to know first what is in a slot; and this is the last thing
# that is done to the one that is there.
try_pkcs11_tool_officer() {
    pkcs11-tool --module "$module" --slot 1 --init-token --label again --so-pin 9876-so \
        >"$work/log" 2>&1
    pkcs11-tool --module "$module" --token-label again --login --login-type so --so-pin 9876-so \
        --init-pin --new-pin first-pin >>"$work/log" 2>&1
    pkcs11-tool --module "$module" --token-label again --login --pin first-pin --change-pin \
        --new-pin second-pin >>"$work/log" 2>&1
    unlike 'pkcs11-tool empties a token and gives it a new PIN' "$(pkcs11-tool --module "$module" \
        --token-label again --login --pin second-pin -O 2>&1 || echo Object)" Object
    isnt 'and no other opens it' "$(pkcs11-tool --module "$module" --token-label again --login \
        --pin first-pin -O >/dev/null 2>&1; echo $?)" 0
}

# listed CLASS LABEL: how many p11tool sees; it logs in for each of them anew, and needs to for keys
listed() {
    local login=(--login)

    [ "$1" != cert ] || login=()
    p11tool --provider "$module" "${login[@]}" --batch --list-all "$token;object=$2;type=$1" \
        2>/dev/null | grep -c '^Object'
}

try_p11tool() {
    p11tool --provider "$module" --login --batch --write --load-privkey "$work/write-ec.key" \
        --label p11 --id 71 "$token" >"$work/log" 2>&1
    p11tool --provider "$module" --login --batch --write --load-certificate "$work/write-ec.pem" \
        --label p11 --id 71 "$token" >>"$work/log" 2>&1
    is 'p11tool writes a key and its certificate' "$(listed private p11) $(listed cert p11)" '1 1'
    ok 'and signs with it' p11tool --provider "$module" --login --test-sign \
        "$token;object=p11;type=private"
    p11tool --provider "$module" --login --batch --export "$token;object=p11;type=cert" 2>/dev/null |
        openssl x509 -outform DER -out "$work/read"
    ok 'and exports the certificate' cmp "$work/read" "$work/write-ec.der"
    p11tool --provider "$module" --login --batch --set-label new-name \
        "$token;object=p11;type=cert" >"$work/log" 2>&1
    is 'and gives it another label' "$(listed cert p11) $(listed cert new-name)" '0 1'
    p11tool --provider "$module" --login --batch --delete "$token;id=%71" >"$work/log" 2>&1
    is 'and deletes all of it' "$(counts Certificate:71 Private:71 Public:71)" '0 0 0'
}

try_certutil() {
    local db=sql:$work/nss

    mkdir "$work/nss"
    echo 1234-pin >"$work/pin"
    certutil -N -d "$db" --empty-password
    modutil -force -dbdir "$db" -add MaiNet -libfile "$module" >"$work/log" 2>&1
    certutil -G -d "$db" -h MaiNet -f "$work/pin" -k ec -q nistp256 -z "$work/data" >"$work/log" 2>&1
    is 'certutil makes a pair' "$(certutil -K -d "$db" -h MaiNet -f "$work/pin" | grep -c orphan)" 1
    certutil -R -d "$db" -h MaiNet -f "$work/pin" -k rsa -g 2048 -s CN=requested -z "$work/data" \
        -a -o "$work/request.pem" >"$work/log" 2>&1
    ok 'and a request, which openssl verifies' openssl req -in "$work/request.pem" -verify -noout
    certutil -S -d "$db" -h MaiNet -f "$work/pin" -n issued -s CN=issued -x -t u,u,u -k rsa \
        -g 2048 -z "$work/data" >"$work/log" 2>&1
    certutil -L -d "$db" -h MaiNet -f "$work/pin" -n MaiNet:issued -a >"$work/issued.pem"
    ok 'and a certificate signed by its own key, which openssl verifies' \
        openssl verify -CAfile "$work/issued.pem" -check_ss_sig "$work/issued.pem"
    # not by -D, which does not log in; nothing is written to a token without its PIN
    certutil -D -d "$db" -h MaiNet -f "$work/pin" -n MaiNet:issued >"$work/log" 2>&1
    is 'and does not delete it without the PIN' "$? $(certutil -L -d "$db" -h MaiNet | grep -c issued)" \
        '255 1'
    certutil -F -d "$db" -h MaiNet -f "$work/pin" -n MaiNet:issued >"$work/log" 2>&1
    is 'but with it, and its key' "$(certutil -L -d "$db" -h MaiNet | grep -c issued) $(certutil -K \
        -d "$db" -h MaiNet -f "$work/pin" | grep -c issued)" '0 0'
    is 'and leaves what others made' "$(certutil -L -d "$db" -h MaiNet |
        grep -cE '^MaiNet:(rsa|ec) ')" 2
}

try_pkcs11_tool_keys
try_pkcs11_tool_others
try_p11tool
try_certutil
try_pkcs11_tool_officer
done_testing
