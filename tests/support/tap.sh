# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash disable=SC2034,SC2154
# Tests that speak TAP. Sourced. Each test is a sentence that is true.

tap_count=0

# pass SENTENCE
pass() {
    tap_count=$((tap_count + 1))
    printf 'ok %d - %s\n' "$tap_count" "$1"
}

# fail SENTENCE [WHAT WAS SEEN]
fail() {
    tap_count=$((tap_count + 1))
    printf 'not ok %d - %s\n' "$tap_count" "$1"
    [ $# -lt 2 ] || printf '%s\n' "$2" | sed 's/^/# /'
}

# skip SENTENCE REASON
skip() {
    tap_count=$((tap_count + 1))
    printf 'ok %d - %s # SKIP %s\n' "$tap_count" "$1" "$2"
}

# ok SENTENCE COMMAND...: the command succeeds
ok() {
    local sentence=$1 seen

    shift
    if seen=$("$@" 2>&1); then pass "$sentence"; else fail "$sentence" "$* failed: $seen"; fi
}

# is SENTENCE SEEN EXPECTED
is() {
    if [ "$2" = "$3" ]; then pass "$1"; else fail "$1" "$(printf 'seen:     %s\nexpected: %s' "$2" "$3")"; fi
}

# isnt SENTENCE SEEN UNWANTED
isnt() {
    if [ "$2" != "$3" ]; then pass "$1"; else fail "$1" "seen: $2"; fi
}

# like SENTENCE SEEN TEXT: what was seen contains the text
like() {
    if [[ $2 == *"$3"* ]]; then pass "$1"; else fail "$1" "$(printf 'seen:     %s\nexpected: %s' "$2" "$3")"; fi
}

# unlike SENTENCE SEEN TEXT: what was seen does not contain the text
unlike() {
    if [[ $2 != *"$3"* ]]; then pass "$1"; else fail "$1" "$(printf 'seen:     %s\nunwanted: %s' "$2" "$3")"; fi
}

# Print the plan; a script that ends before this line has failed.
done_testing() {
    printf '1..%d\n' "$tap_count"
}

# run COMMAND...: leaves what was seen in $out, $err and $status
run() {
    out=$("$@" 2>"$work/stderr" </dev/null)
    status=$?
    err=$(<"$work/stderr")
}
