#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Every row of the catalogue is seen once as a user sees it: caused by a service, proxy, profile, notice
# or store that is wrong, told in both languages in the words of `explain`. A row that cannot be caused
# this way needs a reason below, and a test elsewhere. Needs mainetcert and mainet-standin on PATH.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source-path=SCRIPTDIR source=../support/standin.sh
. "$here/../support/standin.sh"

work=$(mktemp -d)
# Called by the trap.
# shellcheck disable=SC2317
stop_all() {
    peers_stop
    standin_stop
    rm -rf "$work"
}
trap stop_all EXIT
trap 'exit 1' INT TERM
export HOME=$work/home
mkdir -m 700 "$HOME"
printf %s 246810 >"$work/pin"
printf %s 135790 >"$work/wrong-pin"
printf %s 1 >"$work/short-pin"
store=$work/store # without a PIN, whose derivation would take most of the time here
locked=$work/locked
support=0120-665-887
walked=' '

# catalogue LANGUAGE: one line for each row, in the order of the catalogue
catalogue() {
    jq -c '.[]' "$work/catalogue.$1"
}

mainet() {
    mainetcert --store "$store" --lang "$lang" --json "$@"
}

with_pin() {
    mainetcert --store "$locked" --lang "$lang" --json --pin-source "file:$work/pin" "$@"
}

acquire() {
    mainet acquire --service "$profile" --group-id "$group_id" --certificate-number "$number" \
        --password-source "file:$work/password" --yes "$@"
}

# The failure as the row of its name; what a command adds to a remedy stands behind it.
as_row() {
    jq -c --argjson row "$1" '.error
        | .remedy |= if startswith($row.remedy) then $row.remedy else . end
        | {code, status, headline, cause, remedy}' <<<"$out"
}

# shows TEXT...: standard error, whose paragraphs are not broken where there is no terminal
shows() {
    local text

    for text; do
        grep -qF -- "$text" <<<"$err" || return
    done
}

# row NAME COMMAND...: the command fails, and says what the catalogue says
row() {
    local name=$1 expected words

    shift
    walked+="$name "
    for lang in ja en; do
        expected=$(catalogue "$lang" | jq -c --arg name "$name" 'select(.status == $name)')
        run "$@"
        is "$name, $lang: exit status, number and words" "$status $(as_row "$expected")" \
            "1 $expected"
        mapfile -t words < <(jq -r '.code, .headline, .cause, .remedy' <<<"$expected")
        ok "$name, $lang: the same on standard error" shows "${words[@]}"
    done
}

# service_row NAME COMMAND...: and whom to call
service_row() {
    row "$@"
    is "$1: the support telephone is told" "$(jq -r .error.support <<<"$out")" "$support"
    ok "$1: also on standard error" shows "$support"
}

a_service_that_answers_wrongly() {
    local name

    for name in unreachable tls-trust http-status no-http-status reply-too-large content-type \
        content-type-missing result-header not-pkcs12 pkcs12-password pkcs12-no-mac \
        pkcs12-unusable no-key-pair certificate auth-failed not-available busy unknown-retrieving; do
        mainet-standin fault --dir "$standin_dir" "$name"
        service_row "$name" acquire
    done
    mainet-standin fault --dir "$standin_dir" none
}

# OpenSSL makes no TLS where its configuration leaves it without algorithms.
a_machine_in_disorder() {
    printf '%s\n' 'openssl_conf = main' '[main]' 'providers = providers' '[providers]' \
        'base = base' '[base]' 'activate = 1' >"$work/openssl.cnf"
    export OPENSSL_CONF=$work/openssl.cnf
    service_row http-client acquire
    unset OPENSSL_CONF
    service_row connection-handle acquire --proxy ftp://127.0.0.1:1
    sed 's|^url *= *https://localhost:[0-9]*/retrieve|url = https://localhost:99999/retrieve|' \
        "$profile" >"$work/no-port.conf"
    service_row request-handle acquire --service "$work/no-port.conf"
    service_row unknown-asking in_a_bad_wait acquire
}

# The kernel refuses to wait for a connection that has been made.
in_a_bad_wait() {
    (
        # shellcheck disable=SC2317 # called by the functions above
        mainetcert() {
            strace -f -qq -o "$work/trace" -e trace=poll -e inject=poll:error=EFAULT mainetcert "$@"
        }
        "$@"
    )
}

# peer SCRIPT ARGUMENT...: leaves its port
peer() {
    mkfifo "$work/port-$#"
    "$@" >"$work/port-$#" </dev/null &
    peers+=($!)
    read -r port <"$work/port-$#"
}

a_proxy_that_is_in_the_way() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
        -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout "$work/site.key" \
        -out "$work/site.pem" 2>/dev/null
    peer "$here/../support/intercept.py" "$work/site.pem" "$work/site.key"
    service_row tls-intercepted acquire --proxy "http://127.0.0.1:$port"
    peer "$here/../support/proxy.py" hanako secret
    service_row proxy-cancelled acquire --proxy "http://127.0.0.1:$port"
    printf wrong >"$work/wrong"
    service_row proxy-credentials acquire --proxy "http://127.0.0.1:$port" --proxy-user hanako \
        --proxy-password-source "file:$work/wrong"
}

what_is_handed_in_wrongly() {
    sed 's/^url *= */ulr = /' "$profile" >"$work/misspelt.conf"
    row service-profile acquire --service "$work/misspelt.conf"
    printf 'group_id,password\nGROUP01,secret\n' >"$work/orders.csv"
    row order-list mainet batch "$work/orders.csv" --service "$profile" --yes
    printf 'From: a@example.invalid\n\nNothing in here.\n' >"$work/empty.eml"
    service_row notice mainet acquire --service "$profile" --group-id GROUP01 --notice "$work/empty.eml"
    mainet-standin order --dir "$standin_dir" --group-id GROUP01 --common-name other >"$work/notice.eml"
    sed 's|^url *= *https://localhost|url = https://other.example.invalid|' "$profile" \
        >"$work/other-address.conf"
    if [ -n "${WITH_MAIL-}" ]; then
        service_row notice-address mainet acquire --service "$work/other-address.conf" \
            --group-id GROUP01 --notice "$work/notice.eml"
    else
        walked+='notice-address '
        skip "a notice that names another address" "built without GMime"
    fi
}

# What is delivered stays, and keeps its token, until the next one takes it up.
an_issuer_that_is_not_expected() {
    sed 's/^issuer *=.*/issuer = Some Other CA/' "$profile" >"$work/other-issuer.conf"
    service_row cancelled acquire --service "$work/other-issuer.conf"
    row pending-exists mainet token delete --yes
}

# without_rights COMMAND...: without root's right to pass over modes
without_rights() {
    if [ "$(id -u)" != 0 ]; then
        "$@"
        return
    fi
    (
        # shellcheck disable=SC2317 # called by the functions above
        mainetcert() {
            setpriv --bounding-set -dac_override,-dac_read_search,-fowner \
                --inh-caps -dac_override,-dac_read_search,-fowner mainetcert "$@"
        }
        "$@"
    )
}

a_store_that_is_not_to_be_used() {
    chmod 0777 "$store"
    service_row store-open acquire
    chmod 0500 "$store"
    service_row store-write without_rights acquire
    chmod 0700 "$store"
    (
        exec 9<"$store"
        flock -x 9
        exec sleep 600
    ) &
    peers+=($!)
    until ! flock -n -x "$store" true; do :; done
    service_row store-busy acquire
    kill "${peers[-1]}"
    wait "${peers[-1]}" 2>/dev/null
    row token-not-found mainet --token nobody list
    row token-exists mainet token init --no-pin
    row identity-not-found mainet show "$(printf '%064d' 0)"
    row pending-not-found mainet pending resume 1234567812345678
}

a_pin_that_is_not_the_right_one() {
    lang=en
    run with_pin token init --so-pin-source "file:$work/pin"
    row pin-incorrect with_pin --pin-source "file:$work/wrong-pin" token check
    row pin-length with_pin token change-pin --new-pin-source "file:$work/short-pin"
    row pin-not-set mainet token unblock --so-pin-source "file:$work/pin" \
        --new-pin-source "file:$work/pin"
    run with_pin token set pin-limit=3
    for _ in 1 2 3; do
        run with_pin --pin-source "file:$work/wrong-pin" token check
    done
    row pin-locked with_pin token check
}

what_is_here_already() {
    local id

    lang=en
    run acquire --not-exportable
    id=$(jq -r .id <<<"$out")
    printf %s secret >"$work/secret"
    row not-exportable mainet export "$id" --out "$work/user.p12" --password-source "file:$work/secret"
    row file mainet import "$work/nothing.p12" --password-source "file:$work/secret"
    : >"$work/there.pem"
    row file-exists mainet export "$id" --certificate --out "$work/there.pem"
    mainet-standin fault --dir "$standin_dir" not-installed
    service_row not-installed mainet confirm "$id" --service "$profile"
    mainet-standin fault --dir "$standin_dir" none
    mainet-standin revoke --dir "$standin_dir" "$(mainet list | jq -r '.[0].serial')"
    service_row revoked mainet confirm "$id" --service "$profile"
}

# Each has a test where it can happen: NAME FILE REASON
elsewhere() {
    cat <<'TABLE'
store-version tests/unit/test-migration.c needs a token of a later version
store-tampered tests/store/test-tampering.c needs somebody who knows the format
token-ambiguous tests/unit/test-token.c needs two tokens made apart and put together
token-locked tests/unit/test-import.c the command unlocks what it uses; only a program can forget to
identity-ambiguous tests/unit/test-error.c needs two certificates whose SHA-256 begin alike
not-confirmed tests/integration/life.sh a journey of its own: renewed and not yet confirmed
not-superseded tests/unit/test-removal.c the command asks about what has a successor only
object-not-found tests/browser/test-site.py only programs name objects
browser-running tests/browser/test-register.py needs a browser
browser-not-found tests/browser/test-register.py needs a home without one
argument tests/unit/test-request.c the command's own words are the usage; a program's are this
no-memory tests/unit/test-torture.c every allocation is made to fail there
crypto tests/unit/test-error.c OpenSSL has to refuse what it can do
unknown-importing tests/unit/test-error.c every failure of an import has a number of its own so far
TABLE
}

every_row_was_walked() {
    local name file upper code

    while read -r name file _; do
        upper=${name^^}
        code=$(jq -r --arg name "$name" '.[] | select(.status == $name).code' "$work/catalogue.en")
        unlike "$name needs a reason because it was not seen" "$walked" " $name "
        ok "$name is in $file" grep -qwE "MAINET_E_${upper//-/_}|$code" "$here/../../$file"
        walked+="$name "
    done < <(elsewhere)
    is "no row of the catalogue is left out" "$(jq -r --arg walked "$walked" \
        '.[].status | select(" \(.) " | inside($walked) | not)' "$work/catalogue.en")" ""
}

for lang in ja en; do
    mainetcert --lang "$lang" --json explain --all >"$work/catalogue.$lang" || exit
done
standin_start "$work/standin" || exit
standin_order --key ec:P-256
printf %s "$password" >"$work/password"
run mainet token init --no-pin
a_machine_in_disorder
a_service_that_answers_wrongly
a_proxy_that_is_in_the_way
what_is_handed_in_wrongly
a_store_that_is_not_to_be_used
an_issuer_that_is_not_expected
a_pin_that_is_not_the_right_one
what_is_here_already
every_row_was_walked
done_testing
