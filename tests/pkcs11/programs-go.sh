#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# The tests that come with Go's pkcs11 (miekg) and crypto11, as Debian has them. What they ask of
# SoftHSM alone is in go/refused.txt. Usage: programs-go.sh FOLDER, where Go keeps what it has built
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source-path=SCRIPTDIR source=token.sh
. "$here/token.sh"
need go

mkdir -p "$1"
export GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE=$1/cache GOFLAGS=
export SOFTHSM_LIB=$module SOFTHSM_PIN=1234 # what pkcs11 reads; crypto11 has a file
declare -A packages=([pkcs11]=github.com/miekg/pkcs11 [crypto11]=github.com/ThalesIgnite/crypto11)

# The first token, empty and with the PIN that one of the tests is sure of.
empty_token() {
    pkcs11-tool --module "$module" --token-label MaiNet --init-token --label MaiNet \
        --so-pin 9876-so &&
        pkcs11-tool --module "$module" --token-label MaiNet --login --login-type so \
            --so-pin 9876-so --init-pin --new-pin 1234
}

# row SUITE TEST: what go/refused.txt says of it
row() {
    grep "^$1 *| $2 *|" "$here/go/refused.txt"
}

# field N: of a row
field() {
    cut -d '|' -f "$1" | sed 's/^ *//;s/ *$//'
}

# run_those SUITE TEST...: leaves what they print in $work/SUITE.log
run_those() {
    local suite=$1

    shift
    (cd "$work" && timeout 300 "./$suite" -test.v -test.run "^($(IFS='|' && echo "$*"))\$") \
        >"$work/$suite.log" 2>&1
}

# judge SUITE: those that are to pass in one process, as their author runs them; then the others
judge() {
    local suite=$1 test refused=() others=()

    for test in $(cd "$work" && "./$suite" -test.list '^(Test|Example)'); do
        if row "$suite" "$test" >/dev/null; then refused+=("$test"); else others+=("$test"); fi
    done
    run_those "$suite" "${others[@]}"
    for test in "${others[@]}"; do
        ok "$suite: $test" grep "^--- PASS: $test " "$work/$suite.log"
    done
    grep -q '^PASS$' "$work/$suite.log" || sed 's/^/# /' "$work/$suite.log"
    for test in "${refused[@]}"; do
        [ "$(row "$suite" "$test" | field 3)" != 'not run' ] || continue
        run_those "$suite" "$test"
        unlike "$suite: $test is told otherwise" "$(cat "$work/$suite.log")" "--- PASS: $test "
        like "$suite: $(row "$suite" "$test" | field 4)" "$(cat "$work/$suite.log")" \
            "$(row "$suite" "$test" | field 3)"
    done
}

ok 'there is an empty token' empty_token
printf '{"Path": "%s", "TokenLabel": "MaiNet", "Pin": "1234"}\n' "$module" >"$work/config"
for suite in pkcs11 crypto11; do
    ok "$suite and its tests compile" go test -c -o "$work/$suite" "${packages[$suite]}"
    [ ! -x "$work/$suite" ] || judge "$suite"
done
done_testing
