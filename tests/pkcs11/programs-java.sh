#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Java: keytool, jarsigner, TLS, and all that SunPKCS11 makes of the module's mechanisms.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source-path=SCRIPTDIR source=token.sh
. "$here/token.sh"
need java javac keytool jarsigner

export JDK_JAVA_OPTIONS="-XX:+UseSerialGC -XX:TieredStopAtLevel=1"
printf 'name = MaiNet\nlibrary = %s\nslotListIndex = 0\n' "$module" >"$work/p11.cfg"
printf 'name = Edwards\nlibrary = %s\nslotListIndex = 1\n' "$module" >"$work/edwards.cfg"
token=(-J-Duser.language=en -keystore NONE -storetype PKCS11 -storepass 1234-pin
    -addprovider SunPKCS11 -providerarg)

try_keytool() {
    local seen

    seen=$(keytool -list -v "${token[@]}" "$work/p11.cfg" 2>&1)
    for name in rsa ec; do
        like "keytool lists $name with its chain" "$(grep -A4 "^Alias name: $name" <<<"$seen")" \
            'Certificate chain length: 2'
    done
    like 'keytool lists a token with an Ed25519 key' \
        "$(keytool -list "${token[@]}" "$work/edwards.cfg" 2>&1)" 'ed25519'
    keytool -exportcert -rfc -alias ec -file "$work/exported.pem" "${token[@]}" \
        "$work/p11.cfg" >"$work/log" 2>&1
    is 'keytool exports the certificate' "$(openssl x509 -in "$work/exported.pem" -outform DER | sha256sum)" \
        "$(openssl x509 -in "$work/ec.pem" -outform DER | sha256sum)"
}

# A pair of keytool is an identity at once: it makes a certificate too.
try_keytool_writes() {
    keytool -genkeypair -keyalg EC -groupname secp256r1 -alias made -dname CN=made "${token[@]}" \
        "$work/p11.cfg" >"$work/log" 2>&1
    keytool -certreq -alias made -file "$work/made.csr" "${token[@]}" "$work/p11.cfg" \
        >>"$work/log" 2>&1
    ok "a request of keytool's own pair verifies" openssl req -in "$work/made.csr" -verify -noout
    keytool -delete -alias made "${token[@]}" "$work/p11.cfg" >>"$work/log" 2>&1
    is 'and the pair is deleted' "$(pkcs11-tool --module "$module" --token-label MaiNet -O \
        --login --pin 1234-pin 2>/dev/null | grep -c 'label: *made')" 0
}

try_jarsigner() {
    local name seen

    keytool -importcert -noprompt -alias ca -file "$work/ca.pem" -keystore "$work/trust.p12" \
        -storepass public >"$work/log" 2>&1
    mkdir "$work/jar"
    cp "$work/data" "$work/jar/data"
    for name in rsa ec; do
        rm -f "$work/data.jar"
        jar --create --file "$work/data.jar" -C "$work/jar" . 2>>"$work/log"
        jarsigner "${token[@]}" "$work/p11.cfg" "$work/data.jar" $name \
            >"$work/log" 2>&1
        # our provider is not there when it is verified
        seen=$(jarsigner -J-Duser.language=en -verify -verbose -certs -keystore "$work/trust.p12" \
            -storepass public "$work/data.jar" 2>&1)
        like "jarsigner signs with $name" "$seen" "X.509, CN=$name"
        like 'and what it signed verifies' "$seen" 'jar verified.'
    done
}

try_tls() {
    local place line seen

    # a group that the module agrees in when Java asks it first
    serve -groups P-256 || { fail 'a server listens' "$(cat "$work/server.log")"; return; }
    for place in first last; do
        seen=$(timeout 60 java -cp "$work/classes" Handshakes "$work/p11.cfg" $place "$port" \
            "$work/server.pem" 2>"$work/log")
        for line in 'TLSv1.2 rsa' 'TLSv1.2 ec' 'TLSv1.3 rsa' 'TLSv1.3 ec'; do
            like "with the module $place the server saw $line" "$seen" "$line Subject: CN=${line#* }"
        done
        sed 's/^/# /' "$work/log"
    done
}

try_services() {
    local line count=0

    timeout 90 java -cp "$work/classes" Services "$work/p11.cfg" >"$work/seen" 2>"$work/log"
    while read -r line; do
        count=$((count + 1))
        is "Java is served with ${line%: *}" "${line##*: }" good
    done <"$work/seen"
    [ "$count" -gt 40 ] || fail 'Java finds more than 40 services' "$(cat "$work/seen" "$work/log")"
}

ok 'the Java programs compile' javac -Xlint:all -d "$work/classes" "$here"/java/*.java
try_keytool
try_jarsigner
try_tls
try_services
try_keytool_writes
done_testing
