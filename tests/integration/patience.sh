#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# A service that keeps one waiting: deadlines hold, a change of mind is heard, and nothing is asked
# for twice. Needs mainet-standin on PATH, ASK and HANG_RESOLVER, the program and library of that name.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source-path=SCRIPTDIR source=../support/standin.sh
. "$here/../support/standin.sh"

work=$(mktemp -d)
trap 'standin_stop; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

fault() {
    mainet-standin fault --dir "$standin_dir" "$1"
}

requests() {
    grep -c '^POST' "$standin_dir.log"
}

# ask [NAME=VALUE]...: leaves what was seen in $out, and its last times in $took and $late
ask() {
    out=$("$ASK" "$work/store" "$profile" "$group_id" "$number" "$password" "$@" 2>&1)
    took=$(sed -n 's/.* took=\([0-9]*\).*/\1/p' <<<"$out")
    late=$(sed -n 's/.* late=\([0-9]*\).*/\1/p' <<<"$out")
}

# times_out FAULT
times_out() {
    local asked

    standin_order --key ec:P-256
    fault "$1"
    asked=$(requests)
    ask timeout=1500
    is "$1: a deadline of 1.5 seconds is 115" "${out%% *}" unreachable
    ok "$1: it holds (after $took ms)" test "$took" -ge 1500 -a "$took" -lt 15000
    is "$1: asked once" "$(($(requests) - asked))" 1
    is "$1: nothing is left" "$(find "$work/store" -path '*/pending/*' -type f | wc -l)" 0
    fault none
    ask
    is "$1: loses nothing" "${out%% *}" ok
}

# is_heard SENTENCE PHASE: a machine that is busy may be late once, but not five times
is_heard() {
    local try

    for try in 1 2 3 4 5; do
        ask "cancel=$2"
        [ "${late:-999}" -gt 200 ] || break
    done
    is "$1: a change of mind is 990" "${out%% *}" cancelled
    ok "$1: within 200 ms ($late, at try $try)" test "${late:-999}" -le 200
}

# The issuer's certificate is not waited for beyond the deadline of the whole.
whole_call() {
    standin_order --key ec:P-256 --p12 modern-leaf
    silence_start "$work"
    http_proxy=http://127.0.0.1:$silent_port ask timeout=1500
    is "a repository that is silent keeps nobody from the certificate" "${out%% *}" ok
    ok "within the deadline of the whole (after $took ms)" test "$took" -lt 4500
    silence_stop
}

standin_start "$work/standin" || exit
whole_call
times_out silent
times_out stalled
standin_order --key ec:P-256
fault silent
is_heard "while the answer is waited for" asking
fault stalled
is_heard "in the middle of the body" retrieving
fault none
sed 's/localhost/retrieval.example/' "$profile" >"$work/elsewhere.conf" # libcurl knows localhost
profile=$work/elsewhere.conf
export LD_PRELOAD=$HANG_RESOLVER
is_heard "while a name is looked up" asking
done_testing
