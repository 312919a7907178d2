#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# The life of a token by the command: renamed, set, checked, copied out and in, its PIN changed and
# reset, deleted. Needs mainetcert and mainet-standin on PATH.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source-path=SCRIPTDIR source=../support/standin.sh
. "$here/../support/standin.sh"

work=$(mktemp -d)
trap 'standin_stop; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
unset MAINETCERT_STORE MAINETCERT_SERVICE XDG_DATA_HOME
export LC_ALL=C
export RIGHT_PIN=246810 WRONG_PIN=135790 NEW_PIN=112358 SO_PIN=99999999 RETRIEVAL
store=$work/store

# token ARGUMENT...: run `token` with the right PIN, in JSON
token() {
    run mainetcert --store "$store" --json --pin-source env:RIGHT_PIN token "$@"
}

# bare ARGUMENT...: run `token` without a PIN
bare() {
    run mainetcert --store "$store" --json token "$@"
}

# failed SENTENCE CODE
failed() {
    is "$1" "$status $(jq -c .error.code <<<"$out")" "1 $2"
}

# opens_with SENTENCE PIN-VARIABLE: that PIN opens the token and everything is in order
opens_with() {
    run mainetcert --store "$store" --json --pin-source "env:$2" token check
    is "$1" "$status $(jq -c '[.complete, .damaged]' <<<"$out")" "0 [true,[]]"
}

prepare() {
    standin_start "$work/standin" || exit 1
    token init --so-pin-source env:SO_PIN
    standin_order --key ec:P-256
    RETRIEVAL=$password run mainetcert --store "$store" --pin-source env:RIGHT_PIN acquire --yes \
        --service "$profile" --group-id "$group_id" --certificate-number "$number" \
        --password-source env:RETRIEVAL
    is "there is a certificate to begin with" "$status" 0
    id=$out
}

a_token_is_renamed() {
    token rename 財布
    is "a token gets another label" "$status $(jq -r .label <<<"$out")" "0 財布"
    bare info
    is "by which it is found" "$(jq -r .label <<<"$out")" 財布
    token rename ''
    is "an empty label is wrong usage" "$status" 2
    bare rename Other
    is "a script without PIN source too" "$status" 2
    run mainetcert --store "$store" --json --pin-source env:WRONG_PIN token rename Other
    failed "a wrong PIN renames nothing" 320
    token rename MaiNet
    is "and back" "$(jq -r .label <<<"$out")" MaiNet
    run mainetcert token rename
    like "without a label that is said" "$status $err" "a new label is needed"
}

settings_are_set() {
    bare info
    is "settings begin with their defaults" "$(jq -c .settings <<<"$out")" \
        '{"pin-limit":"10","show-expired":"yes","show-superseded":"yes"}'
    token set show-superseded=no
    is "one is set" "$(jq -r '.settings["show-superseded"]' <<<"$out")" no
    token set pin-limit=5
    is "the limit counts at once" "$(jq -c .tries_left <<<"$out")" 5
    token set pin-limit=1000
    is "a value that is none is wrong usage" "$status" 2
    token set colour=red
    is "a name that is none too" "$status" 2
    like "and said" "$err" colour
    token set show-expired
    like "no value" "$status $err" "NAME=VALUE"
    run mainetcert --store "$store" --lang ja token info
    like "settings are shown in words" "$out" "pin-limit=5  show-expired=yes  show-superseded=no"
}

a_token_is_checked() {
    bare check
    is "without a PIN as far as possible" "$status $(jq -c '[.complete, .damaged]' <<<"$out")" \
        "0 [false,[]]"
    opens_with "with a PIN entirely" RIGHT_PIN
    ok "every object is looked at" jq -e '.checked >= 8' <<<"$out"
    run mainetcert --store "$store" token check
    like "in words too" "$out" "Nothing wrong was found"
    cp "$store"/*.db "$work/sound"
    truncate -s -1 "$store"/*.db
    bare check
    failed "a file cut short is damaged" 300
    is "the file is named" "$(jq -c '.damaged | map(.place)' <<<"$out")" '["file"]'
    run mainetcert --store "$store" --lang ja token check
    like "in words" "$out" "破損: file"
    cp "$work/sound" "$(echo "$store"/*.db)"
    opens_with "with its bytes back it is sound" RIGHT_PIN
    python3 -c 'import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as token:
    token.execute("UPDATE object SET mac = zeroblob(32) WHERE class = 3")' "$store"/*.db
    bare check
    is "what only the keys tell is not told without" "$status $(jq -c .complete <<<"$out")" "0 false"
    token check
    failed "with the PIN it is" 303
    ok "and named, though no login is" jq -e \
        '.complete and (.damaged | map(.place) | any(test("private key")))' <<<"$out"
    token set show-expired=no
    failed "nothing else is done with such a token" 303
    cp "$work/sound" "$(echo "$store"/*.db)"
}

a_token_is_copied_out_and_in() {
    local serial

    bare backup "$work/copy"
    is "a backup needs no PIN" "$status $(stat -c %a "$work/copy")" "0 600"
    serial=$(jq -r .serial <<<"$out")
    bare backup "$work/copy"
    failed "a file that is there is left alone" 1004
    bare backup "$work/nowhere/copy"
    failed "a folder that is not there" 1003
    bare restore "$work/copy"
    failed "a token that is there is left alone" 312
    rm "$store/$serial.db"
    bare restore "$work/copy"
    is "it comes back" "$status $(jq -r .serial <<<"$out")" "0 $serial"
    opens_with "as it was" RIGHT_PIN
    run mainetcert --store "$store" --json list
    is "with its certificate" "$(jq -r '.[].id' <<<"$out")" "$id"
    chmod 666 "$work/copy"
    run mainetcert --store "$work/elsewhere" --json token restore "$work/copy"
    failed "a copy that others may write is refused" 300
    like "and what to run is said" "$err" "chmod go-w '$work/copy'"
    run mainetcert --store "$work/elsewhere" --json token restore "$work/nothing"
    failed "a copy that is not there" 1003
    run mainetcert --store "$work/elsewhere" --json token restore "$profile"
    failed "a file that is no token" 300
    is "nothing of them is left" "$(ls -A "$work/elsewhere")" ""
}

a_pin_is_changed() {
    token change-pin
    is "a script names the source of the new PIN" "$status" 2
    token change-pin --new-pin-source fd:7 7<<<123
    failed "a PIN too short" 322
    run mainetcert --store "$store" --json --pin-source env:WRONG_PIN token change-pin \
        --new-pin-source env:NEW_PIN
    failed "a wrong PIN" 320
    unlike "is not repeated" "$out$err" "$WRONG_PIN"
    token change-pin --new-pin-source env:NEW_PIN
    is "the right one" "$status" 0
    opens_with "the new PIN counts" NEW_PIN
    token check
    failed "the old one does not" 320
    run mainetcert --store "$store" --json --pin-source env:NEW_PIN token change-pin \
        --rekey --new-pin-source env:RIGHT_PIN
    is "a new key needs the officer's PIN too" "$status" 2
    run mainetcert --store "$store" --json --pin-source env:NEW_PIN token change-pin \
        --rekey --new-pin-source env:RIGHT_PIN --so-pin-source env:SO_PIN
    is "with it there is a new key" "$status" 0
    opens_with "under which everything is in order" RIGHT_PIN
}

a_locked_token_is_unblocked() {
    for _ in {1..5}; do
        run mainetcert --store "$store" --pin-source env:WRONG_PIN token check
    done
    token check
    failed "wrong PINs lock it" 321
    bare unblock --so-pin-source env:WRONG_PIN --new-pin-source env:NEW_PIN
    failed "a wrong officer does not unblock it" 320
    bare unblock --so-pin-source env:SO_PIN --new-pin-source env:NEW_PIN
    is "the right one does" "$status $(jq .tries_left <<<"$out")" "0 5"
    opens_with "with the new PIN" NEW_PIN
    bare unblock --new-pin-source env:NEW_PIN
    is "a script names the officer's source" "$status" 2
}

a_service_gets_a_pin() {
    bare init --no-pin --token Service
    bare backup "$work/service" --token Service
    like "its key goes along, and that is said" "$err" "$work/service.key"
    is "in a file of its own" "$(stat -c '%a %s' "$work/service.key")" "600 32"
    bare change-pin --token Service --new-pin-source env:NEW_PIN
    is "a token without PIN gets one" "$status $(jq .has_pin <<<"$out")" "0 true"
    is "its key file is gone" "$(find "$store" -name '*.key')" ""
    bare delete --token Service --yes --pin-source env:NEW_PIN
    bare restore "$work/service"
    is "the copy from before opens without PIN" "$status $(jq .has_pin <<<"$out")" "0 false"
    bare check --token Service
    is "by its own key" "$status $(jq .complete <<<"$out")" "0 true"
}

a_token_is_deleted() {
    bare delete --token MaiNet --pin-source env:NEW_PIN
    is "a script says yes" "$status" 2
    bare delete --token MaiNet --yes --pin-source env:WRONG_PIN
    failed "and has the PIN" 320
    bare delete --token MaiNet --yes --pin-source env:NEW_PIN
    is "then it is gone" "$status $(jq -r .label <<<"$out")" "0 MaiNet"
    bare delete --token Service --yes
    is "one without PIN too" "$status" 0
    is "and nothing of them is left" "$(find "$store" -name '*.db*' -o -name '*.key')" ""
    bare list
    is "the list is empty" "$out" "[]"
}

a_terminal_is_asked() {
    export TERM=dumb
    token init
    run python3 "$here/../support/typist.py" mainetcert --store "$store" token change-pin -- \
        'PIN of' 246810 'New PIN' 112358 'again' 112358
    is "for the old PIN and twice for the new" "$status" 0
    unlike "what is typed is not shown" "$out" 112358
    run python3 "$here/../support/typist.py" mainetcert --store "$store" token delete -- \
        'Delete it' n
    like "before a token is deleted" "$status $out" "error 990: "
    run python3 "$here/../support/typist.py" mainetcert --store "$store" --lang ja token delete -- \
        '削除しますか' y 'PIN' 112358
    is "with yes and the PIN it is" "$status $(find "$store" -name '*.db')" "0 "
}

prepare
a_token_is_renamed
settings_are_set
a_token_is_checked
a_token_is_copied_out_and_in
a_pin_is_changed
a_locked_token_is_unblocked
a_service_gets_a_pin
a_token_is_deleted
a_terminal_is_asked
done_testing
