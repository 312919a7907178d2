#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Programs that open a network with keys of a token: the server tells whose certificate it verified.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source-path=SCRIPTDIR source=token.sh
. "$here/token.sh"
# shellcheck source-path=SCRIPTDIR source=peers.sh
. "$here/peers.sh"

# The server's own certificate, and that of the tokens' CA for the clients'.
make_server() {
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/server.key" -out "$work/server.pem" \
        -subj /CN=localhost -addext extendedKeyUsage=serverAuth -days 2 2>"$work/log"
}

# EAP-TLS as for a wireless network, without one: hostapd is the RADIUS server.
serve_eap() {
    radius_port=$(free_port udp)
    echo '127.0.0.1/32 radius' >"$work/clients"
    echo '* TLS' >"$work/users"
    cat >"$work/hostapd.conf" <<END
driver=none
radius_server_clients=$work/clients
radius_server_auth_port=$radius_port
eap_server=1
eap_user_file=$work/users
ca_cert=$work/ca.pem
server_cert=$work/server.pem
private_key=$work/server.key
END
    start hostapd /usr/sbin/hostapd -d "$work/hostapd.conf"
    await "$work/hostapd.log" 'Setup of interface done'
}

# by_eapol_test KEY [PIN [SECONDS]]: wpa_supplicant's way to an engine; its own settings for a module take one
# below /usr/lib only, so the engine finds it by the environment
by_eapol_test() {
    cat >"$work/eapol.conf" <<END
network={
    key_mgmt=IEEE8021X
    eap=TLS
    identity="tester"
    ca_cert="$work/server.pem"
    client_cert="$work/$1.pem"
    engine=1
    engine_id="pkcs11"
    key_id="$token;object=$1;type=private"
    pin="${2:-$pin}"
}
END
    timeout 60 eapol_test -c "$work/eapol.conf" -a 127.0.0.1 -p "$radius_port" -s radius \
        -t "${3:-30}"
}

try_eap() {
    local key before

    serve_eap || { fail 'hostapd serves' "$(<"$work/hostapd.log")"; return; }
    for key in rsa ec; do
        before=$(grep -c "depth=0 buf='/CN=$key'" "$work/hostapd.log")
        ask by_eapol_test $key
        is "eapol_test is let in with $key" "$status $(tail -1 <<<"$seen")" '0 SUCCESS'
        isnt 'and hostapd saw its certificate' \
            "$(grep -c "preverify_ok=1.*depth=0 buf='/CN=$key'" "$work/hostapd.log")" "$before"
    done
    ask by_eapol_test rsa wrong-pin 10 # it would wait for a right one
    isnt 'eapol_test with a wrong PIN is not let in' "$status" 0
    like 'and knows why' "$seen" 'PIN incorrect'
}

# The id that openvpn gives a certificate of the token
vpn_id_of() {
    openvpn --show-pkcs11-ids "$module" 2>/dev/null |
        awk -v name="CN=$1" '$1 == "DN:" { dn = $2 } $1 == "Serialized" && dn == name { print $3 }'
}

# Two ends of a tunnel that leads nowhere: no device is made.
serve_vpn() {
    vpn_port=$(free_port udp)
    start openvpn openvpn --dev null --local 127.0.0.1 --port "$vpn_port" --tls-server \
        --dh none --ca "$work/ca.pem" --cert "$work/server.pem" --key "$work/server.key" \
        --ifconfig-noexec --verb 3
    await "$work/openvpn.log" 'UDPv4 link remote'
}

# With the key of the token without PIN: the PIN it asks for at a terminal alone.
try_vpn() {
    serve_vpn || { fail 'openvpn serves' "$(<"$work/openvpn.log")"; return; }
    start client timeout 60 openvpn --dev null --remote 127.0.0.1 "$vpn_port" udp --nobind \
        --tls-client --ca "$work/server.pem" --pkcs11-providers "$module" \
        --pkcs11-id "$(vpn_id_of open)" --ifconfig-noexec --verb 3 --connect-retry-max 1
    await "$work/openvpn.log" 'Peer Connection Initiated' || sed 's/^/# /' "$work/client.log"
    like 'openvpn shows its certificate to the other end' "$(<"$work/openvpn.log")" \
        'VERIFY OK: depth=0, CN=open'
    like 'which lets it in' "$(<"$work/openvpn.log")" 'Peer Connection Initiated'
}

make_server
is 'openvpn finds three certificates that have keys' \
    "$(openvpn --show-pkcs11-ids "$module" 2>/dev/null | grep -cE 'DN: *CN=(rsa|ec|open)$')" 3
try_eap
try_vpn
done_testing
