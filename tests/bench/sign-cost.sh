#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# What a signature costs beyond EVP's own, counted and so the same on any machine, however busy:
# instructions under callgrind, calls of the kernel under strace. Usage: sign-cost.sh BENCH-SIGN
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"
bench=$1
count=200
most=2000

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# instructions evp|module: how many a P-256 signature takes
instructions() {
    valgrind --tool=callgrind --toggle-collect=count_signatures \
        --callgrind-out-file="$work/callgrind" "$bench" --only "$1" sign-ec $count \
        >"$work/log" 2>&1
    awk -v count=$count '$2 == "Collected" { printf "%d", $4 / count }' "$work/log"
}

# calls evp|module PATH: of the kernel, while it signs
calls() {
    strace -f -o "$work/trace" "$bench" --only "$1" "$2" $count >"$work/log" 2>&1
    sed '1,/"begin"/d; /"end"/,$d; s/^[0-9]* *//; s/(.*//' "$work/trace" | sort | uniq -c |
        awk '{ printf "%s%s %d", separator, $2, $1; separator = ", " }'
}

evp=$(instructions evp)
module=$(instructions module)
over=$((module - evp))
if [ "$evp" -gt 10000 ] && [ "$over" -gt 0 ] && [ "$over" -le $most ]; then
    pass "a signature takes at most $most instructions more than EVP's ($over of $module)"
else
    fail "a signature takes at most $most instructions more than EVP's" "$module, EVP's $evp"
fi
is 'the kernel is called as often as by EVP' "$(calls module sign-ec)" "$(calls evp sign-ec)"
for path in sign-rsa sign-ec hash-and-sign-rsa hash-and-sign-ec; do
    # libcrypto's generator of random numbers asks whether there was a fork
    is "and never for a file: $path" "$(calls module $path | sed 's/ [0-9]*$//')" getpid
done
done_testing
