#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# A retrieval that was interrupted after the service's reply: listed, resumed, discarded.
# Needs mainetcert and mainet-standin on PATH and DIE_AT_OPENING, the program of that name.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source-path=SCRIPTDIR source=../support/standin.sh
. "$here/../support/standin.sh"

work=$(mktemp -d)
trap 'standin_stop; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
unset XDG_DATA_HOME
pin=246810
export HOME=$work LC_ALL=C.UTF-8 RIGHT_PIN=$pin WRONG_PIN=135790 NEW_PIN=975310

# new_store: the next tests have an empty token
new_store() {
    MAINETCERT_STORE=$(mktemp -d "$work/store.XXXXXX")
    export MAINETCERT_STORE
    mainet token init
}

# mainet ARGUMENT...: run the command with the right PIN
mainet() {
    run mainetcert --pin-source env:RIGHT_PIN --lang en "$@"
}

# interrupt: retrieve what was ordered last; nobody imports it
interrupt() {
    "$DIE_AT_OPENING" "$MAINETCERT_STORE" "$pin" "$profile" "$group_id" "$number" "$password"
}

# pending FILTER: what the list says
pending() {
    mainetcert --pin-source env:RIGHT_PIN pending list --json | jq -c "$1"
}

identities() {
    mainetcert list --json | jq length
}

it_is_listed_and_resumed() {
    local id identity

    new_store
    mainet pending
    is "where nothing is pending, that is said" "$status $out $err" '0  Nothing is pending.'
    standin_order --key ec:P-256
    ok "a retrieval is killed before its import" interrupt
    mainet pending
    like "what is pending is shown" "$out" "$number"
    id=$(pending '.[].id' | tr -d '"')
    is "with all that it is for" \
        "$(pending '.[] | [.status, .token, .group_id, .certificate_number, .service, .exportable,
            (now - (.delivered_at | fromdateiso8601) < 60)]')" \
        "[\"ok\",\"MaiNet\",\"GROUP01\",\"$number\",\"$profile\",true,true]"
    run mainetcert pending list
    is "a script has to give the PIN" "$status" 2
    run mainetcert --pin-source env:WRONG_PIN pending resume --yes --json
    is "with another PIN it is 320" "$status $(jq .error.code <<<"$out")" '1 320'
    mainet pending resume 0000 --yes --json
    is "another id is 350" "$status $(jq .error.code <<<"$out")" '1 350'
    mainet pending resume --json
    is "an issuer that nobody accepts is 990" \
        "$status $(jq -c '[.error.code, .failed[].id]' <<<"$out")" "1 [990,\"$id\"]"
    is "and then it is still pending" "$(pending length)" 1
    standin_stop
    mainet pending resume "${id:0:6}" --yes
    is "without the service it is resumed" "$status" 0
    identity=$out
    is "and in the token" "$(mainetcert list --json | jq -c --arg id "$identity" \
        '.[] | [.id == $id, .certificate_number, .group_id]')" "[true,\"$number\",\"GROUP01\"]"
    is "nothing is pending any more" "$(pending length)" 0
    is "no file of it is left" "$(find "$MAINETCERT_STORE/pending" -type f | wc -l)" 0
    mainet pending resume --yes
    is "a second time there is nothing to resume" "$status $out $(identities)" '0  1'
    standin_start "$standin_dir"
}

# The delivery was imported; only its removal was interrupted.
never_twice() {
    new_store
    standin_order --key ec:P-256
    ok "a retrieval is killed before its import" interrupt
    cp -a "$MAINETCERT_STORE/pending" "$work/kept"
    mainet pending resume --yes --json
    is "it is imported" "$status $(jq '.identities | length' <<<"$out")" '0 1'
    cp -a "$work/kept/." "$MAINETCERT_STORE/pending"
    rm -rf "$work/kept"
    mainet pending resume --yes
    is "once more, it is the same identity" "$status $(identities)" '0 1'
}

damage_is_named_and_alone() {
    local file damaged

    new_store
    standin_order --key ec:P-256
    ok "one retrieval is killed" interrupt
    file=$(find "$MAINETCERT_STORE/pending" -type f)
    truncate -s 100 "$file"
    damaged=${file##*/}
    standin_order --key ec:P-256
    ok "and another" interrupt
    mainet pending
    like "the damaged file is named" "$err" "pending/$damaged"
    like "the other is shown" "$out" "$number"
    is "programs see both" "$(pending '[.[].status] | sort')" '["ok","store-tampered"]'
    mainet pending resume --yes --json
    is "the other is imported, the damage is the failure" \
        "$status $(jq -c '[.error.code, (.identities | length), .failed[].id]' <<<"$out")" \
        "1 [303,1,\"${damaged#*-}\"]"
    mainet token delete --yes --json
    is "a token is not deleted under it" "$status $(jq .error.code <<<"$out")" '1 351'
    run mainetcert pending discard --yes --json
    is "it can be discarded without a PIN" "$status $(jq -r '.discarded[].id' <<<"$out")" \
        "0 ${damaged#*-}"
    mainet token delete --yes
    is "then the token can be deleted" "$status" 0
}

discarding_asks() {
    new_store
    standin_order --key ec:P-256
    ok "a retrieval is killed" interrupt
    mainet pending discard
    is "a script has to say --yes" "$status" 2
    run python3 "$here/../support/typist.py" mainetcert --pin-source env:RIGHT_PIN --lang en \
        pending discard -- 'Discard it?' n
    is "who says no" "$status" 1
    like "has seen what it is" "$out" "$number"
    is "and keeps it" "$(pending length)" 1
    run python3 "$here/../support/typist.py" mainetcert --pin-source env:RIGHT_PIN --lang en \
        pending discard -- 'Discard it?' y
    is "who says yes does not" "$status $(pending length)" '0 0'
    is "and has no certificate" "$(identities)" 0
}

a_new_key_opens_it() {
    new_store
    standin_order --key ec:P-256
    ok "a retrieval is killed" interrupt
    mainet token change-pin --rekey --new-pin-source env:NEW_PIN
    is "the token key is replaced" "$status" 0
    run mainetcert --pin-source env:NEW_PIN pending resume --yes
    is "the delivery opens with the new one" "$status $(identities)" '0 1'
}

a_full_disk_does_not_lose_it() {
    local sentence="what comes when the disk is full is resumed when there is room"

    if ! private_mounts true 2>/dev/null; then
        skip "$sentence" "no mounts for this user"
        return
    fi
    new_store
    standin_order --key ec:P-256
    # shellcheck disable=SC2016
    run private_mounts 'mkdir "$0.disk" && mount -t tmpfs -o size=4m,mode=700 none "$0.disk" &&
        cp -a "$0/." "$0.disk" &&
        "$1" "$0.disk" "${@:2}" "$0.disk/filler" && rm "$0.disk/filler" &&
        mainetcert --store "$0.disk" --pin-source env:RIGHT_PIN pending resume --yes' \
        "$MAINETCERT_STORE" "$DIE_AT_OPENING" "$pin" "$profile" "$group_id" "$number" "$password"
    is "$sentence" "$status ${#out}" '0 64'
    like "and the import had failed" "$err" 'cannot be written'
}

standin_start "$work/standin" || exit 1
it_is_listed_and_resumed
never_twice
damage_is_named_and_alone
discarding_asks
a_new_key_opens_it
a_full_disk_does_not_lose_it
done_testing
