#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# The command by itself: its usage, its sources of PINs, its tokens, its error catalogue, its
# manners at a terminal. Needs mainetcert on PATH.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
export HOME=$work/home
mkdir -m 700 "$HOME"
unset MAINETCERT_STORE MAINETCERT_SERVICE XDG_DATA_HOME LANG LC_MESSAGES
export LC_ALL=C
export RIGHT_PIN=246810 WRONG_PIN=135790

# new_store: the next tests have an empty one
new_store() {
    MAINETCERT_STORE=$(mktemp -d "$work/store.XXXXXX")
    export MAINETCERT_STORE
}

# mainet ARGUMENT...: run the command with the right PIN
mainet() {
    run mainetcert --pin-source env:RIGHT_PIN "$@"
}

# wrong SENTENCE TEXT ARGUMENT...: it is wrong usage, and the text says why
wrong() {
    local sentence=$1 text=$2

    shift 2
    run mainetcert "$@"
    is "$sentence: exit 2" "$status" 2
    is "$sentence: nothing on standard output" "$out" ""
    like "$sentence: it says why" "$err" "$text"
}

# failed SENTENCE CODE: it failed with that number, the same on both streams
failed() {
    is "$1: exit 1" "$status" 1
    is "$1: standard output is one object with the number" \
        "$(jq -sc 'map(.error.code)' <<<"$out")" "[$2]"
    like "$1: standard error says it too" "$err" "error $2: "
    is "$1: the object has every member" "$(jq -c '.error | keys' <<<"$out")" \
        '["cause","code","detail","headline","remedy","status","support"]'
}

# serial_columns: how many different columns the serial numbers of a table begin at
serial_columns() {
    python3 -c '
import re, sys, unicodedata
starts = [re.search("[0-9a-f]{16}|SERIAL", line) for line in sys.stdin]
print(len({sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in m.string[:m.start()])
           for m in starts}))'
}

usage_is_checked() {
    wrong "no command" "a command is needed"
    wrong "an unknown command" "'bogus'" bogus
    wrong "an unknown token command" "'token bogus'" token bogus
    wrong "renew without id" "id of a certificate is needed" renew
    wrong "an unknown option" "--bogus" list --bogus
    wrong "an option of another command" "--expiring" show 00 --expiring 3
    wrong "a missing value" "--store needs a value" list --store
    wrong "a value too many" "--json takes no value" list --json=yes
    wrong "an argument too many" "'extra'" list extra
    wrong "show without id" "id" show
    wrong "an unknown language" "ja or en" --lang fr list
    wrong "days that are no number" "number of days" list --expiring soon
    wrong "a fingerprint that is none" "64 hex digits" acquire --accept-issuer 1234
    wrong "acquire without group ID" "--group-id" acquire --certificate-number 1
    wrong "acquire without number" "--certificate-number" acquire --group-id 1
    wrong "a script without password source" "--password-source" \
        acquire --group-id 1 --certificate-number 1
    wrong "two standard inputs" "one option only" \
        --pin-source - acquire --group-id 1 --certificate-number 1 --password-source -
    wrong "standard input by both its names" "one option only" \
        token init --pin-source - --so-pin-source fd:0
    run mainetcert --lang ja bogus
    like "wrong usage is told in Japanese" "$err" "「bogus」というコマンドはありません"
}

secrets_stay_out_of_sight() {
    wrong "a PIN in place of a source" "never a PIN" --pin-source 246810 list
    unlike "and it is not repeated" "$err" 246810
    wrong "a PIN after an unknown option" "--pin" list --pin=246810
    unlike "and that is not repeated" "$err" 246810
}

help_is_there_in_both_languages() {
    local command

    run mainetcert --help
    is "--help succeeds" "$status" 0
    like "--help names every command" "$out" "token info"
    for command in acquire list show confirm explain 'token init' 'token list' 'token info' \
        'token rename' 'token delete' 'token set' 'token backup' 'token restore' 'token check' \
        'token change-pin' 'token unblock'; do
        # shellcheck disable=SC2086
        run mainetcert $command --help
        like "$command --help is its usage" "$out" "usage: mainetcert $command"
        # shellcheck disable=SC2086
        run mainetcert --lang ja $command --help
        like "$command --help is in Japanese too" "$out" "使い方: mainetcert $command"
    done
    run mainetcert --version
    like "--version tells the version" "$out" "mainetcert 0."
}

the_language_follows_the_locale() {
    run env LC_ALL= LANG=ja_JP.UTF-8 mainetcert explain 320
    like "LANG chooses Japanese" "$out" "PIN が正しくありません"
    run env LC_ALL=C LC_MESSAGES=ja_JP.UTF-8 LANG=ja_JP.UTF-8 mainetcert explain 320
    like "LC_ALL comes first" "$out" "The PIN is incorrect"
    run env LC_ALL= LC_MESSAGES=ja LANG=en_US.UTF-8 mainetcert explain 320
    like "LC_MESSAGES comes before LANG" "$out" "PIN が正しくありません"
    run env LC_ALL=ja_JP.UTF-8 mainetcert --lang en explain 320
    like "--lang comes before all" "$out" "The PIN is incorrect"
}

errors_are_explained() {
    run mainetcert explain 550 --json
    is "550 is three situations" "$(jq -c 'map(.status)' <<<"$out")" \
        '["auth-failed","not-available","busy"]'
    run mainetcert explain 1103 --json
    is "1103 is three situations" "$(jq -c 'map(.status)' <<<"$out")" \
        '["unknown-asking","unknown-retrieving","unknown-importing"]'
    run mainetcert explain --all --json
    ok "every one is told in full" jq -e 'length > 40 and all(.[]; (keys ==
        ["cause","code","headline","remedy","status"]) and (.headline | length > 0) and
        (.cause | length > 0) and (.remedy | length > 0))' <<<"$out"
    is "the manual's numbers are all there" "$(jq -c '[102,103,104,115,120,125,130,135,140,160,200,
        205,210,215,300,305,550,990,1103] - map(.code)' <<<"$out")" "[]"
    run mainetcert explain --all --lang ja
    is "as many in words and in Japanese" "$(grep -c '^[0-9]* (' <<<"$out")" \
        "$(mainetcert explain --all --json | jq length)"
    run mainetcert --lang ja explain 550
    like "the headline is the manual's" "$out" \
        "証明書ファイルは取得できませんでした。認証に失敗しました。"
    run env "MAINETCERT_SERVICE=$here/../../share/mainetcert/services/mainet.conf" mainetcert --lang ja explain 102
    is "whom to call is told last" "$(tail -n 1 <<<"$out")" "サポート  0120-665-887"
    run env "MAINETCERT_SERVICE=$work/none.conf" mainetcert explain 102
    is "unless nobody knows" "$status $(grep -c '0120' <<<"$out")" "0 0"
    run mainetcert explain pin-incorrect
    like "a name is explained too" "$out" "320 (pin-incorrect)"
    wrong "an unknown number" "'5'" explain 5
    wrong "no number" "--all" explain
}

a_store_without_token() {
    new_store
    run mainetcert list --json
    is "list is empty" "$status $out" "0 []"
    run mainetcert token list --json
    is "token list is empty" "$status $out" "0 []"
    run mainetcert --json show abcd
    failed "show of what is not there" 330
    run mainetcert --json token info
    failed "info of no token" 310
    mainet --json confirm
    failed "confirm without token" 310
    wrong "a script that gives no PIN makes no token" "--pin-source" token init
    is "and leaves nothing" "$(find "$MAINETCERT_STORE" -name '*.db')" ""
}

a_token_is_made() {
    new_store
    mainet --json token init
    is "token init succeeds" "$status" 0
    # shellcheck disable=SC2016 # the dollar is jq's
    ok "and tells of the token" jq -e --arg folder "$MAINETCERT_STORE/" '.label == "MaiNet" and
        (.serial | test("^[0-9a-f]{16}$")) and .slot == 1 and (.path | startswith($folder)) and
        .has_pin == true and .has_so_pin == false and .tries_left == null and
        .identities == 0' <<<"$out"
    run mainetcert token info --json
    is "token info tells the same" "$(jq -c . <<<"$out")" \
        "$(mainetcert token list --json | jq -c '.[0]')"
    run mainetcert token info
    like "and in words" "$out" "Serial number"
    mainet --json token init
    failed "a second one of the same label" 312
    mainet --json token init --token 'トークン 2' --so-pin-source fd:7 7<<<99999999
    is "a Japanese label is taken, with an SO PIN" \
        "$(jq -c '[.label, .slot, .has_so_pin, .tries_left]' <<<"$out")" '["トークン 2",2,true,10]'
    run mainetcert token list
    is "the table is aligned, full-width characters count two" "$(serial_columns <<<"$out")" 1
    mainet --json list
    is "list of two empty tokens is empty" "$status $out" "0 []"
    mainet --json confirm --token MaiNet
    failed "there is nothing to confirm" 330
    mainet token init --token "$(printf '%033d' 0)"
    is "a label too long is wrong usage" "$status" 2
}

a_token_without_pin() {
    new_store
    run mainetcert --json token init --no-pin
    is "it needs no source" "$status $(jq .has_pin <<<"$out")" "0 false"
    run mainetcert token list
    like "and what that means is said" "$out" "file permissions alone"
    run mainetcert --json confirm
    failed "it is open without a PIN" 330
    wrong "a PIN and none" "exclude each other" token init --no-pin --pin-source env:RIGHT_PIN
    wrong "an SO PIN and none" "exclude each other" \
        token init --no-pin --so-pin-source env:RIGHT_PIN
}

pins_come_from_sources() {
    new_store
    mainet token init
    printf '246810\r\nnext line\n' >"$work/pin"
    run mainetcert --json --pin-source "file:$work/pin" confirm
    failed "from a file, its first line (330: the PIN was right)" 330
    run mainetcert --json --pin-source fd:9 confirm 9<"$work/pin"
    failed "from a descriptor" 330
    run bash -c 'printf 246810 | mainetcert --json --pin-source - confirm'
    failed "from standard input" 330
    run mainetcert --json --pin-source env:WRONG_PIN confirm
    failed "a wrong PIN" 320
    is "its status is named" "$(jq -r .error.status <<<"$out")" pin-incorrect
    unlike "and it is not repeated" "$out$err" "$WRONG_PIN"
    run mainetcert --json --pin-source env:NOT_THERE confirm
    failed "a variable that is not there" 1003
    run mainetcert --json --pin-source "file:$work/nothing" confirm
    failed "a file that is not there" 1003
    run mainetcert --json --pin-source fd:99 confirm
    failed "a descriptor that is not open" 1003
    head -c 4096 /dev/zero | tr '\0' 1 >"$work/long"
    run mainetcert --json --pin-source "file:$work/long" confirm
    failed "a line too long" 1003
    run mainetcert --json --pin-source fd:9 token init --token short 9<<<123
    failed "a PIN too short" 322
    wrong "a script without PIN source" "--pin-source" confirm
}

wrong_pins_are_counted() {
    new_store
    mainet token init --so-pin-source fd:7 7<<<99999999
    for _ in 1 2 3; do
        run mainetcert --pin-source env:WRONG_PIN confirm
    done
    run mainetcert --json token info
    is "three wrong PINs leave seven" "$(jq .tries_left <<<"$out")" 7
    mainet --json confirm
    run mainetcert --json token info
    is "the right one sets the count back" "$(jq .tries_left <<<"$out")" 10
    for _ in {1..10}; do
        run mainetcert --pin-source env:WRONG_PIN confirm
    done
    mainet --json confirm
    failed "after ten the token is locked" 321
}

an_unsafe_folder() {
    new_store
    mainet token init
    chmod 777 "$MAINETCERT_STORE"
    run mainetcert --json list
    failed "a folder that others may write" 300
    chmod 700 "$MAINETCERT_STORE"
    chmod 666 "$MAINETCERT_STORE"/*.db
    run mainetcert --json token info
    failed "a token file that others may write" 300
    run mainetcert --json --store "$work/pin/below-a-file" list
    is "a folder that cannot be made" "$status" 1
}

output_that_cannot_be_written() {
    run bash -c 'mainetcert explain --all >/dev/full'
    is "a full disk fails" "$status" 1
    like "with its number" "$err" "error 1003: "
}

# at_terminal ARGUMENT... -- [PROMPT ANSWER]...
at_terminal() {
    run python3 "$here/../support/typist.py" mainetcert "$@"
}

a_terminal_is_asked() {
    new_store
    export TERM=dumb
    at_terminal token init -- 'New PIN' 12 'New PIN' 246810 'again' 246811 \
        'New PIN' 246810 'again' 246810
    is "for a new PIN until two are the same" "$status" 0
    unlike "what is typed is not shown" "$out" 24681
    at_terminal confirm -- 'PIN of' 246810
    like "for the PIN (330: it was right)" "$status $out" "error 330: "
    at_terminal --lang ja confirm -- 'PIN' '^C'
    like "Ctrl-C cancels, the terminal is as it was" "$status $out" "エラー 990: "
    at_terminal confirm -- 'PIN of' '^D'
    like "Ctrl-D does too" "$status $out" "error 990: "
    at_terminal --pin-source env:RIGHT_PIN confirm --
    like "a source is not asked for" "$status $out" "1 error 330: "
}

colours_are_for_terminals() {
    local red=$'\e[1;31m'

    TERM=xterm NO_COLOR='' at_terminal --store "$work/none" confirm ff --
    like "an error stands out at a terminal" "$out" "${red}error 330"
    TERM=xterm NO_COLOR=1 at_terminal --store "$work/none" confirm ff --
    unlike "not where NO_COLOR is set" "$out" $'\e['
    TERM=dumb NO_COLOR='' at_terminal --store "$work/none" confirm ff --
    unlike "not at a terminal that has no colours" "$out" $'\e['
    TERM=xterm NO_COLOR='' run mainetcert --store "$work/none" confirm ff
    unlike "not in a file" "$err" $'\e['
}

# documented FILE: a manual page as people read it, with the warnings about it
documented() {
    groff -k -man -Tutf8 -ww "$1" 2>&1 | sed 's/\x1b\[[0-9;]*m//g; s/.\x08//g'
}

the_manual_has_it_all() {
    local language page word missing

    for language in en ja; do
        page=$(documented "$MANUAL/${language#en}/mainetcert.1")
        unlike "the manual page ($language) is in order" "$page" "warning"
        like "it is there" "$page" "MAINETCERT(1)"
        missing=
        while read -r word; do
            [[ $page == *"$word"* ]] || missing+=" $word"
        done < <(mainetcert complete '' | grep $'\t' | cut -f1
            mainetcert complete token '' | sed 's/^/token /; s/\t.*//'
            mainetcert complete acquire --)
        is "it has every command, and the options of one" "$missing" ''
    done
}

usage_is_checked
secrets_stay_out_of_sight
help_is_there_in_both_languages
the_language_follows_the_locale
errors_are_explained
a_store_without_token
a_token_is_made
a_token_without_pin
pins_come_from_sources
wrong_pins_are_counted
an_unsafe_folder
output_that_cannot_be_written
a_terminal_is_asked
colours_are_for_terminals
the_manual_has_it_all
done_testing
