#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Identities go out: what is exported, other people's programs read. Needs mainetcert and
# mainet-standin on PATH.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source-path=SCRIPTDIR source=../support/standin.sh
. "$here/../support/standin.sh"

work=$(mktemp -d)
trap 'standin_stop; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
unset MAINETCERT_SERVICE XDG_DATA_HOME
export LC_ALL=C.UTF-8 MAINETCERT_STORE=$work/store
export RIGHT_PIN=246810 FILE_PASSWORD='配布用 p@ss🔑' JAVA_PASSWORD='hand out p@ss' RETRIEVAL

# mainet ARGUMENT...: run the command with the right PIN
mainet() {
    run mainetcert --pin-source env:RIGHT_PIN "$@"
}

# export_to FILE ID [OPTION...]: with the password
export_to() {
    local file=$1 id=$2

    shift 2
    mainet export "$id" --out "$file" --password-source env:FILE_PASSWORD "$@"
}

# failed SENTENCE CODE: the last command, which had --json
failed() {
    is "$1" "$status $(jq -c .error.code <<<"$out")" "1 $2"
}

# acquire NAME [OPTION...]: orders and acquires by `order_options`; the id is in ids[NAME]
declare -A ids
acquire() {
    local name=$1

    shift
    standin_order "${order_options[@]}"
    RETRIEVAL=$password mainet acquire --yes --service "$profile" --group-id "$group_id" \
        --certificate-number "$number" --password-source env:RETRIEVAL "$@"
    ids[$name]=$out
}

prepare() {
    standin_start "$work/standin" || exit 1
    order_options=(--key rsa:2048)
    acquire rsa
    order_options=(--key ec:P-256)
    acquire ec
    acquire fixed --not-exportable
    is "there are three certificates to begin with" \
        "$(mainetcert list --json | jq length)" 3
    for name in rsa ec; do
        mainet export "${ids[$name]}" --out "$work/$name.pem" --certificate
        openssl x509 -in "$work/$name.pem" -noout -pubkey >"$work/$name.pub"
    done
}

# same_key KEY NAME: a private key in PEM is that of the identity
same_key() {
    openssl pkey -in "$1" -pubout | cmp - "$work/$2.pub"
}

openssl_reads_it() {
    local name=$1 file=$work/$1$2.p12

    shift 2
    openssl pkcs12 -in "$file" -passin env:FILE_PASSWORD -nodes -out "$work/out" "$@" 2>"$work/log"
    ok "openssl finds the key of $(basename "$file")" same_key "$work/out" "$name"
    is "and every certificate" "$(grep -c 'BEGIN CERTIFICATE' "$work/out")" 3
}

# NSS keeps what it reads in a database
nss_reads_it() {
    local name=$1 file=$work/$1$2.p12 db=sql:$work/nss-$1$2

    mkdir "$work/nss-$1$2"
    printf '%s' "$FILE_PASSWORD" >"$work/password"
    certutil -N -d "$db" --empty-password
    pk12util -i "$file" -d "$db" -w "$work/password" >"$work/log" 2>&1
    is "pk12util imports $(basename "$file")" "$(certutil -K -d "$db" 2>&1 | grep -c '^<')" 1
    like "and pairs key and certificate" "$(certutil -L -d "$db")" 'u,u,u'
    like "under its name" "$(certutil -L -d "$db")" '信託 太郎'
}

gnutls_reads_it() {
    local name=$1 file=$work/$1$2.p12

    certtool --p12-info --inder --infile "$file" --password "$FILE_PASSWORD" --no-text \
        >"$work/out" 2>"$work/log"
    # certtool shows the key still encrypted; what it decrypts must be the identity's
    sed -n '/BEGIN.*PRIVATE KEY/,/END.*PRIVATE KEY/p' "$work/out" >"$work/key"
    openssl pkey -in "$work/key" -passin env:FILE_PASSWORD -out "$work/plain" 2>>"$work/log"
    ok "certtool finds the key of $(basename "$file")" same_key "$work/plain" "$name"
    is "and every certificate" "$(grep -c 'BEGIN CERTIFICATE' "$work/out")" 3
}

# Java's own limit: it tries no password that is not ASCII. What it has read, key and all, it copies.
java_reads_it() {
    local name=$1 copy=$work/java-$1${2:-}.p12

    shift
    FILE_PASSWORD=$JAVA_PASSWORD export_to "$work/for-java.p12" "${ids[$name]}" --force "$@"
    rm -f "$copy"
    keytool -J-Duser.language=en -J-XX:+UseSerialGC -J-XX:TieredStopAtLevel=1 -importkeystore -noprompt \
        -srckeystore "$work/for-java.p12" -srcstorepass:env JAVA_PASSWORD \
        -destkeystore "$copy" -deststoretype PKCS12 -deststorepass:env JAVA_PASSWORD \
        >"$work/keytool.log" 2>&1
    openssl pkcs12 -in "$copy" -passin env:JAVA_PASSWORD -nodes -out "$work/out" 2>"$work/log"
    ok "keytool finds the key of $name $*" same_key "$work/out" "$name"
    is "and every certificate" "$(grep -c 'BEGIN CERTIFICATE' "$work/out")" 3
    like "under its name" "$(<"$work/keytool.log")" \
        "Entry for alias $(mainetcert show "${ids[$name]}" --json | jq -r .label) successfully"
}

others_read_it() {
    local name

    for name in rsa ec; do
        export_to "$work/$name.p12" "${ids[$name]}"
        is "$name is exported" "$status $(stat -c %a "$work/$name.p12")" "0 600"
        openssl_reads_it "$name" ''
        nss_reads_it "$name" ''
        gnutls_reads_it "$name" ''
        export_to "$work/$name-old.p12" "${ids[$name]}" --legacy
        openssl_reads_it "$name" -old
        nss_reads_it "$name" -old
        gnutls_reads_it "$name" -old
        java_reads_it "$name"
        java_reads_it "$name" --legacy
    done
    like "new readers find AES-256" \
        "$(openssl pkcs12 -in "$work/rsa.p12" -passin env:FILE_PASSWORD -noout -info 2>&1)" \
        'PBES2, PBKDF2, AES-256-CBC, Iteration 200000, PRF hmacWithSHA256'
    like "old readers find 3DES" \
        "$(openssl pkcs12 -in "$work/rsa-old.p12" -passin env:FILE_PASSWORD -noout -info 2>&1)" \
        'pbeWithSHA1And3-KeyTripleDES-CBC'
    is "Windows would read it: not more than 600,000 iterations in all" \
        "$(openssl pkcs12 -in "$work/rsa.p12" -passin env:FILE_PASSWORD -noout -info 2>&1 |
            grep -ioE 'iteration:? [0-9]+' | awk '{ sum += $NF } END { print sum <= 600000 }')" 1
}

forms_are_chosen() {
    export_to "$work/leaf.p12" "${ids[ec]}" --leaf-only
    is "--leaf-only leaves the issuer out" "$(openssl pkcs12 -in "$work/leaf.p12" \
        -passin env:FILE_PASSWORD -nokeys 2>/dev/null | grep -c 'BEGIN CERTIFICATE')" 1
    export_to "$work/key.pem" "${ids[ec]}" --pem
    like "--pem keeps the key encrypted" "$(<"$work/key.pem")" 'BEGIN ENCRYPTED PRIVATE KEY'
    openssl pkey -in "$work/key.pem" -passin env:FILE_PASSWORD -out "$work/plain"
    ok "and openssl reads it" same_key "$work/plain" ec
    run mainetcert export "${ids[fixed]}" --out "$work/fixed.pem" --certificate
    is "--certificate needs no PIN and no exportable key" "$status" 0
    unlike "and has no key" "$(<"$work/fixed.pem")" 'PRIVATE KEY'
    is "but the chain" "$(grep -c 'BEGIN CERTIFICATE' "$work/fixed.pem")" 3
    mainet export "${ids[ec]}" --out "$work/json.p12" --password-source env:FILE_PASSWORD --json
    is "--json says what went where" "$(jq -r '.id + " " + .file' <<<"$out")" \
        "${ids[ec]} $work/json.p12"
}

nothing_is_overwritten() {
    local before

    before=$(sha256sum "$work/ec.p12")
    export_to "$work/ec.p12" "${ids[ec]}" --json
    failed "a file that is there is 1004" 1004
    is "and stays as it was" "$(sha256sum "$work/ec.p12")" "$before"
    export_to "$work/ec.p12" "${ids[ec]}" --force
    is "--force replaces it" "$status" 0
    export_to "$work/none/ec.p12" "${ids[ec]}" --json
    failed "a folder that is not there is 1003" 1003
    is "nothing is left half written" "$(find "$work" -name '.copy*' | wc -l)" 0
}

# at_terminal FILE [PROMPT ANSWER]...: who sits there is asked
at_terminal() {
    local file=$1

    shift
    run python3 "$here/../support/typist.py" mainetcert --pin-source env:RIGHT_PIN --lang en \
        export "${ids[ec]}" --out "$file" -- "$@"
}

passwords_are_typed_twice() {
    at_terminal "$work/typed.p12" 'New password' hand-out 'The same again' other \
        'New password' hand-out 'The same again' hand-out
    is "a terminal is asked for the password until both are the same" "$status" 0
    unlike "which is not shown" "$out" 'hand-out'
    ok "it opens the file" openssl pkcs12 -in "$work/typed.p12" -passin pass:hand-out -noout
    at_terminal "$work/given-up.p12" 'New password' '^C'
    like "Ctrl-C ends it" "$status $out" 'error 990'
    ok "without a file" test ! -e "$work/given-up.p12"
}

refusals_are_named() {
    export_to "$work/fixed.p12" "${ids[fixed]}" --json
    failed "a key that may not leave is 340" 340
    ok "and no file is made" test ! -e "$work/fixed.p12"
    RIGHT_PIN=wrong-pin export_to "$work/x.p12" "${ids[ec]}" --json
    failed "a wrong PIN is 320" 320
    export_to "$work/x.p12" 00ff --json
    failed "an unknown id is 330" 330
    mainet export "${ids[ec]}" --password-source env:FILE_PASSWORD
    is "without --out it is wrong usage" "$status" 2
    mainet export "${ids[ec]}" --out "$work/x.p12"
    is "a script without password source too" "$status" 2
    mainet export "${ids[ec]}" --out "$work/x.p12" --certificate --legacy
    is "and --legacy of a certificate alone" "$status" 2
    FILE_PASSWORD='' export_to "$work/x.p12" "${ids[ec]}" --json
    is "an empty password is wrong usage" "$status" 2
    ok "none of them made a file" test ! -e "$work/x.p12"
}

prepare
others_read_it
forms_are_chosen
nothing_is_overwritten
passwords_are_typed_twice
refusals_are_named
done_testing
