# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash disable=SC2034
# A store with the tokens of make-token for programs of others, and a server that wants their
# certificates. Sourced, after tap.sh; a script that ends takes all of it away.

work=$(mktemp -d)
started=()
finish() {
    [ ${#started[@]} -eq 0 ] || kill "${started[@]}" 2>/dev/null
    rm -rf "$work"
}
trap finish EXIT
module=$MAINETCERT_MODULE
export MAINETCERT_STORE=$work/store
"$MAKE_TOKEN" "$work" >"$work/made" || { cat "$work/made"; exit 1; }
for name in rsa ec ed25519 open; do
    openssl x509 -in "$work/$name.pem" -noout -pubkey >"$work/$name.pub"
done
head -c 3000 /dev/urandom >"$work/data"

# serve [ARGUMENT...]: an HTTPS server that tells whose certificate of the token's CA it saw; its
# port in $port, what to trust in $work/server.pem
serve() {
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/server.key" -out "$work/server.pem" \
        -subj /CN=localhost -addext subjectAltName=DNS:localhost -days 2 2>"$work/log"
    openssl s_server -accept 127.0.0.1:0 -cert "$work/server.pem" -key "$work/server.key" \
        -CAfile "$work/ca.pem" -Verify 2 -verify_return_error -www "$@" >"$work/server.log" 2>&1 &
    started+=($!)
    for _ in $(seq 100); do
        port=$(sed -n 's/^ACCEPT 127.0.0.1:\([0-9]*\)$/\1/p' "$work/server.log")
        [ -z "$port" ] || return 0
        sleep 0.1
    done
    return 1
}

# need COMMAND...: ends the script as skipped if one is not there
need() {
    local command

    for command in "$@"; do
        command -v "$command" >/dev/null && continue
        echo "1..0 # SKIP $command is not there"
        exit 0
    done
}
