#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# The main job over real sockets, and everything that can be entered wrongly.
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
export HOME=$work/home
mkdir -m 700 "$HOME"
pin=246810
printf %s "$pin" >"$work/pin"
printf %s 135790 >"$work/wrong-pin"

# new_store NAME: an empty store with a token of that PIN
new_store() {
    store=$work/store-$1
    ok "a token is made in $1" mainet token init
}

mainet() {
    mainetcert --store "$store" --pin-source "file:$work/pin" --lang ja --json "$@"
}

# acquire [OPTION...]: with $group_id, $number and $password
acquire() {
    printf %s "$password" >"$work/password"
    mainet acquire --service "$profile" --group-id "$group_id" --certificate-number "$number" \
        --password-source "file:$work/password" --yes "$@" </dev/null
}

identities() {
    mainet list 2>&1 | jq -c '[.[].id] | sort'
}

# succeeded SENTENCE: what was run last did
succeeded() {
    if [ "$status" = 0 ]; then pass "$1"; else fail "$1" "$err"; fi
}

# refused SENTENCE CODE COMMAND...: it fails with the number and leaves the identities alone
refused() {
    local sentence=$1 code=$2 before after

    shift 2
    before=$(identities)
    run "$@"
    after=$(identities)
    is "$sentence" "exit $status, $(jq -r .error.code <<<"$out")" "exit 1, $code"
    is "$sentence: nothing is imported" "$after" "$before"
}

headline_is() {
    is "the headline is the manual's" "$(jq -r .error.headline <<<"$out")" "$1"
}

# A retrieval that had begun would be over by now.
hours=0
still_retrievable() {
    hours=$((hours + 25))
    mainet-standin clock --dir "$standin_dir" "+${hours}h" >/dev/null
    run acquire
    succeeded "$1: the order can still be retrieved 25 hours later"
}

list_fulfils_the_contract() {
    # shellcheck disable=SC2016 # the dollars are jq's
    ok "list tells everything of $1" jq -e --arg id "$id" --arg group "$group_id" \
        --arg number "$number" --arg type "$2" --argjson bits "$3" '
        def time: type == "string" and
            test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$");
        map(select(.id == $id)) | length == 1 and (.[0] |
            (.id | test("^[0-9a-f]{64}$")) and (.label | type == "string" and length > 0) and
            (.uri | startswith("pkcs11:")) and (.subject | contains("信託 太郎")) and
            (.issuer | contains("SECOM Passport for Member CA9")) and
            (.serial | type == "string" and length > 0) and (.not_before | time) and
            (.not_after | time) and .not_after > .not_before and
            (.key_type | ascii_downcase) == $type and .key_bits == $bits and
            .exportable == true and .superseded == false and .superseded_by == null and
            .chain_length == 3 and .chain_complete == true and
            .days_left == (((.not_after | fromdateiso8601) - now) / 86400 | floor) and
            (.acquired_at | time) and .confirmed_at == null and .certificate_number == $number and .group_id == $group)' <<<"$(mainet list)"
}

every_kind_is_acquired() {
    local p12 key type bits

    new_store kinds
    for p12 in legacy modern; do
        while read -r key type bits; do
            standin_order --key "$key" --p12 "$p12"
            run acquire
            succeeded "acquire takes $key from a $p12 container"
            id=$(jq -r .id <<<"$out")
            list_fulfils_the_contract "$key, $p12" "$type" "$bits"
            ok "the confirmation page accepts $key, $p12" \
                mainet confirm "$id" --service "$profile"
        done <<<"rsa:2048 rsa 2048
ec:P-256 ec 256"
    done
    is "the token holds the four" "$(identities | jq length)" 4
    mainet show "$id" >"$work/show"
    is "show tells the same identity" "$(jq -r '(.[0]? // .).id' "$work/show")" "$id"
}

without_json_the_id_is_printed() {
    new_store plain
    standin_order
    printf %s "$password" >"$work/password"
    run mainetcert --store "$store" --pin-source "file:$work/pin" acquire --service "$profile" \
        --group-id "$group_id" --certificate-number "$number" --yes \
        --password-source "file:$work/password"
    is "without --json the id alone is printed" "$status $out" \
        "0 $(mainet list | jq -r '.[0].id')"
}

a_terminal_sees_progress() {
    new_store terminal
    standin_order
    printf %s "$password" >"$work/password"
    TERM=xterm run python3 "$here/../support/typist.py" mainetcert --store "$store" --lang en \
        --pin-source "file:$work/pin" acquire --service "$profile" --group-id "$group_id" \
        --certificate-number "$number" --yes --password-source "file:$work/password" --
    like "a terminal sees how far it is" "$status $out" '0 '
    like "asking" "$out" 'Asking the service'
    like "and importing" "$out" 'Importing...'
}

a_second_time() {
    new_store again
    standin_order
    run acquire
    id=$(jq -r .id <<<"$out")
    run acquire
    is "within 24 hours the order can be retrieved again" "$status $(jq -r .id <<<"$out")" "0 $id"
    is "and stays one identity" "$(identities)" "[\"$id\"]"
    hours=$((hours + 25))
    mainet-standin clock --dir "$standin_dir" "+${hours}h" >/dev/null
    refused "25 hours later it cannot" 550 acquire
    headline_is '証明書ファイルは取得できませんでした。証明書が作成されていないか、もしくは既に証明書を取得済みです。'
}

a_token_comes_with_the_first_certificate() {
    store=$work/store-created
    standin_order
    run acquire
    succeeded "a script's --pin-source makes the missing token"
    is "with one identity" "$(identities | jq length)" 1
}

wrong_entries() {
    local right_group right_number right_password
    local headline='証明書ファイルは取得できませんでした。認証に失敗しました。'

    new_store wrong
    standin_order
    right_group=$group_id right_number=$number right_password=$password
    password=x$password
    refused "a wrong password is 550" 550 acquire
    headline_is "$headline"
    unlike "the password is not repeated" "$out$err" "$password"
    password=$right_password number=000000000000
    refused "a wrong certificate number is 550" 550 acquire
    headline_is "$headline"
    number=$right_number group_id=GROUP99
    refused "a wrong group ID is 550" 550 acquire
    headline_is "$headline"
    group_id=$right_group
    run acquire
    succeeded "then the right entries bring the certificate"
    standin_order --not-ready
    refused "a certificate that is not issued yet is 550" 550 acquire
    headline_is '証明書ファイルは取得できませんでした。証明書が作成されていないか、もしくは既に証明書を取得済みです。'
}

no_server() {
    new_store alone
    standin_order
    standin_stop
    refused "no server is 115" 115 acquire
    headline_is 'データの問い合わせに失敗しました。'
    standin_start "$standin_dir"
    run acquire
    succeeded "the order and its address outlive a restart of the service"
}

an_unsafe_store() {
    new_store unsafe
    standin_order
    chmod 777 "$store"
    run acquire
    is "a store that others may write is 300" "exit $status, $(jq -r .error.code <<<"$out")" \
        "exit 1, 300"
    chmod 700 "$store"
    is "and nothing is imported" "$(identities)" "[]"
    still_retrievable "an unsafe store"
}

a_wrong_pin() {
    new_store pin
    standin_order
    cp "$work/pin" "$work/right-pin"
    cp "$work/wrong-pin" "$work/pin"
    run acquire
    cp "$work/right-pin" "$work/pin"
    is "a wrong PIN is 320" "exit $status, $(jq -r .error.code <<<"$out")" "exit 1, 320"
    is "and nothing is imported" "$(identities)" "[]"
    still_retrievable "a wrong PIN"
}

# Root may write where the mode says no, unless it gives that capability away.
without_privilege() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --inh-caps=-all --bounding-set=-all "$@"
    else
        "$@"
    fi
}

mainet_acquire_arguments() {
    printf %s "$password" >"$work/password"
    arguments=(mainetcert --store "$store" --pin-source "file:$work/pin" --lang ja --json acquire
        --service "$profile" --group-id "$group_id" --certificate-number "$number"
        --password-source "file:$work/password")
}

no_permission() {
    new_store forbidden
    standin_order
    mainet_acquire_arguments
    chmod 500 "$store"
    refused "a store without write permission is 305" 305 without_privilege \
        "${arguments[@]}" --yes
    headline_is '証明書をインポートできませんでした。'
    chmod 700 "$store"
    still_retrievable "no write permission"
}

read_only() {
    new_store read-only
    standin_order
    mainet_acquire_arguments
    # shellcheck disable=SC2016
    refused "a store on a read-only file system is 305" 305 private_mounts '
        mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"' \
        "$store" "${arguments[@]}" --yes
    still_retrievable "a read-only file system"
}

full() {
    new_store full
    standin_order
    mainet_acquire_arguments
    # shellcheck disable=SC2016
    refused "a store on a full file system is 305" 305 private_mounts '
        mkdir "$0.aside" && cp -a "$0/." "$0.aside" &&
        mount -t tmpfs -o size=1m,mode=700 none "$0" && cp -a "$0.aside/." "$0" || exit
        cat /dev/zero >"$0/filler" 2>/dev/null
        exec "$@"' "$store" "${arguments[@]}" --yes
    still_retrievable "a full file system"
}

stores_that_cannot_be_written() {
    no_permission
    if private_mounts true 2>/dev/null; then
        read_only
        full
    else
        skip "a store on a read-only file system is 305" "no mounts for this user"
        skip "a store on a full file system is 305" "no mounts for this user"
    fi
}

# The container holds the key sealed with the password: neither may be read in the store.
sealed_in_pending() {
    local container needle

    is "what was delivered is in pending/" \
        "$(find "$store" -path '*/pending/*' -type f | wc -l)" 1
    ok "the password is not readable" test -z "$(grep -rlaF -- "$password" "$store")"
    standin_fetch "$work/container.p12"
    container=$(od -An -v -tx1 "$work/container.p12" | tr -d ' \n')
    needle=${container:400:64}
    is "the container was fetched for comparison" "${#needle}" 64
    find "$store" -type f -exec od -An -v -tx1 {} + | tr -d ' \n' >"$work/stored"
    ok "the container is not readable" test -z "$(grep -o "$needle" "$work/stored")"
}

killed_between_reply_and_import() {
    new_store killed
    standin_order
    ok "a process is killed when the reply is there" \
        "$DIE_AT_OPENING" "$store" "$pin" "$profile" "$group_id" "$number" "$password"
    is "no identity is there, whole or half" "$(identities)" "[]"
    sealed_in_pending
    standin_stop
    run acquire
    succeeded "the next acquire needs no service"
    is "and imports the certificate" "$(identities)" "[\"$(jq -r .id <<<"$out")\"]"
    is "pending/ is empty again" "$(find "$store" -path '*/pending/*' -type f | wc -l)" 0
    standin_start "$standin_dir"
    ok "the confirmation page accepts it" \
        mainet confirm "$(jq -r '.[0].id' <<<"$(mainet list)")" --service "$profile"
}

issuers() {
    local issuer real_profile=$profile

    new_store issuer
    standin_order
    mainet_acquire_arguments
    refused "an issuer that nobody could be asked about is refused" 990 "${arguments[@]}"
    profile=$work/other-issuer.conf
    sed 's/^issuer *=.*/issuer = Some Other CA/' "$real_profile" >"$profile"
    refused "an unexpected issuer is refused in spite of --yes" 990 acquire
    headline_is '証明書は正しくインポートされませんでした。'
    refused "and with another one's fingerprint" 990 acquire \
        --accept-issuer "$(printf '%064d' 0)"
    standin_fetch "$work/container.p12"
    issuer=$(openssl pkcs12 -legacy -in "$work/container.p12" -passin "pass:$password" \
        -cacerts -nokeys 2>/dev/null | openssl x509 -noout -fingerprint -sha256)
    issuer=${issuer#*=}
    run acquire --accept-issuer "${issuer//:/}"
    succeeded "--accept-issuer with its SHA-256 takes it"
    profile=$real_profile
}

standin_start "$work/standin" || exit
every_kind_is_acquired
without_json_the_id_is_printed
a_terminal_sees_progress
a_second_time
a_token_comes_with_the_first_certificate
wrong_entries
no_server
an_unsafe_store
a_wrong_pin
stores_that_cannot_be_written
killed_between_reply_and_import
issuers
done_testing
