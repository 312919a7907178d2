#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# A token on a disk that is full, on a medium that is read-only, and of a user whose rights end in the
# middle: the number and the words that help, and nothing is lost. Needs mainetcert on PATH, and a
# mount namespace of its own, in which the disk is one of a few blocks.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"

if [ "${1-}" != inside ]; then
    maps=()
    [ "$(id -u)" = 0 ] || maps=(--map-root-user)
    if unshare --mount "${maps[@]}" true 2>/dev/null; then
        exec unshare --mount "${maps[@]}" "$0" inside
    fi
    printf '1..0 # SKIP no mount namespace for this user\n'
    exit 0
fi

work=$(mktemp -d)
store=$work/disk/store
trap 'umount -l "$work/disk" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
unset MAINETCERT_STORE MAINETCERT_SERVICE XDG_DATA_HOME
export LC_ALL=C RIGHT_PIN=246810 WRONG_PIN=135790 NEW_PIN=112358

# token ARGUMENT...: run `token` with the right PIN, in JSON
token() {
    run mainetcert --store "$store" --json --pin-source env:RIGHT_PIN token "$@"
}

# refused SENTENCE CODE WORDS: the last command failed with the number, and said what helps
refused() {
    is "$1" "$status $(jq .error.code <<<"$out")" "1 $2"
    like "$1: what helps" "$(jq -r .error.detail <<<"$out")" "$3"
}

# whole SENTENCE: the token is in order, and opens by the PIN and under the label of the beginning
whole() {
    token check
    is "$1" "$status $(jq -c '[.label, .complete, .damaged]' <<<"$out")" '0 ["first",true,[]]'
}

prepare() {
    mkdir "$work/disk"
    mount -t tmpfs -o size=256k,mode=0700 none "$work/disk" || exit 1
    run mainetcert --store "$store" --token first --json --pin-source env:RIGHT_PIN token init
    is "there is a token to begin with" "$status" 0
}

a_full_disk_is_told() {
    local before

    before=$(sha256sum "$store"/*.db)
    cat /dev/zero >"$work/disk/fill" 2>/dev/null
    token rename second
    refused "no room to rename" 305 "df '$store"
    token change-pin --new-pin-source env:NEW_PIN
    refused "nor to change the PIN" 305 "df '$store"
    run mainetcert --store "$store" --token second --json --pin-source env:RIGHT_PIN token init
    refused "nor for another token" 305 "df '$store"
    token backup "$work/disk/copy"
    is "nor for a copy" "$status" 1
    run mainetcert --store "$store" --json --pin-source env:WRONG_PIN token check
    is "a wrong PIN is answered" "$(jq .error.code <<<"$out")" 320
    whole "the token can be read all the while"
    is "nothing of it has changed" "$(sha256sum "$store"/*.db)" "$before"
    is "and nothing lies about" "$(find "$store" -type f ! -name '*.db' ! -name next-slot)" ''
    rm "$work/disk/fill"
    token rename second
    is "with room it is renamed" "$status" 0
    token rename first
}

a_read_only_medium_is_read() {
    mount -o remount,ro "$work/disk"
    token rename second
    refused "nothing is written on a read-only medium" 305 "findmnt"
    run mainetcert --store "$store" --token second --json --pin-source env:RIGHT_PIN token init
    refused "and no token is made" 305 "findmnt"
    run mainetcert --store "$store" --json --pin-source env:WRONG_PIN token check
    is "a wrong PIN is answered there, and not counted" "$(jq .error.code <<<"$out")" 320
    whole "what is on it can be used"
    mount -o remount,rw "$work/disk"
    : >"$(echo "$store"/*.db)-journal"
    mount -o remount,ro "$work/disk"
    whole "also where a change was only about to begin"
    mount -o remount,rw "$work/disk"
    printf x >"$(echo "$store"/*.db)-journal"
    mount -o remount,ro "$work/disk"
    token check
    refused "but not after a crash, before it can be written again" 300 "left from a crash"
    mount -o remount,rw "$work/disk"
    whole "then it can"
}

# as_user COMMAND...: without root's right to pass over modes
as_user() {
    setpriv --bounding-set -dac_override,-dac_read_search,-fowner \
        --inh-caps -dac_override,-dac_read_search,-fowner "$@"
}

rights_that_ended_are_told() {
    local file

    file=$(echo "$store"/*.db)
    chmod 0500 "$store"
    run as_user mainetcert --store "$store" --json --pin-source env:RIGHT_PIN token rename second
    refused "a folder that is not to be written" 305 "chmod u+rwx '$store'"
    run as_user mainetcert --store "$store" --json --pin-source env:RIGHT_PIN token check
    is "can be read" "$status" 0
    chmod 0700 "$store"
    chmod 0400 "$file"
    run as_user mainetcert --store "$store" --json --pin-source env:RIGHT_PIN token rename second
    refused "a file that is not to be written" 305 "chmod u+rw '$file'"
    chmod 0000 "$file"
    run as_user mainetcert --store "$store" --token "$(basename "$file" .db)" --json token check
    refused "nor read" 300 "chmod u+rw '$file'"
    chmod 0620 "$file"
    run as_user mainetcert --store "$store" --token "$(basename "$file" .db)" --json token check
    refused "a file that others may write" 300 "chmod go-w '$file'"
    chmod 0600 "$file"
    chmod 0770 "$store"
    run as_user mainetcert --store "$store" --json token list
    refused "a folder that others may write" 300 "chmod go-w '$store'"
    chmod 0700 "$store"
    whole "with its rights back it is as it was"
}

prepare
a_full_disk_is_told
a_read_only_medium_is_read
rights_that_ended_are_told
done_testing
