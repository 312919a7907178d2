#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# The identity's life after it was acquired: confirmed, renewed, superseded, deleted for good.
# Needs mainetcert and mainet-standin on PATH and MAINETCERT_MODULE.
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
export HOME=$work LC_ALL=C.UTF-8 RIGHT_PIN=246810 FILE_PASSWORD=file-password RETRIEVAL

# new_store: the next tests have an empty one
new_store() {
    MAINETCERT_STORE=$(mktemp -d "$work/store.XXXXXX")
    export MAINETCERT_STORE
}

# mainet ARGUMENT...: run the command with the right PIN
mainet() {
    run mainetcert --pin-source env:RIGHT_PIN "$@"
}

# failed SENTENCE CODE: the last command, which had --json
failed() {
    is "$1" "$status $(jq -c .error.code <<<"$out")" "1 $2"
}

# acquire NAME DAYS: the id is in ids[NAME]
declare -A ids
acquire() {
    standin_order --key ec:P-256 --days "$2"
    RETRIEVAL=$password mainet acquire --yes --service "$profile" --group-id "$group_id" \
        --certificate-number "$number" --password-source env:RETRIEVAL
    ids[$1]=$out
}

# there NAME...: exactly these are in the store
there() {
    local name expected=()

    for name in "$@"; do
        expected+=("${ids[$name]}")
    done
    jq -r '.[].id' <<<"$(mainetcert list --json)" | sort | tr '\n' ' '
    printf '= '
    [ ${#expected[@]} -eq 0 ] || printf '%s\n' "${expected[@]}" | sort | tr '\n' ' '
}

# are_there SENTENCE NAME...
are_there() {
    local sentence=$1 both

    shift
    both=$(there "$@")
    is "$sentence" "${both%%= *}" "${both#*= }"
}

# sealed ID: the sealed numbers of its key, hex, a line each, as the file has them
sealed() {
    python3 - "$MAINETCERT_STORE"/*.db "$1" <<'END'
import hashlib, sqlite3, struct, sys
rows = sqlite3.connect(f'file:{sys.argv[1]}?mode=ro', uri=True).execute(
    'SELECT class, public_key, plain, secret FROM object').fetchall()
def values(record):
    count, at = struct.unpack('>I', record[:4])[0], 4
    for _ in range(count):
        _, length = struct.unpack('>QI', record[at:at + 12])
        yield record[at + 12:at + 12 + length]
        at += 12 + length
owner = next(key for kind, key, plain, _ in rows if kind == 1 and
             any(hashlib.sha256(value).hexdigest() == sys.argv[2] for value in values(plain)))
for kind, key, _, secret in rows:
    if kind == 3 and key == owner:
        for value in values(secret):
            print(value[:32].hex())
END
}

# in_file LINES: how many of these hex lines the token's file, or anything beside it, has
in_file() {
    python3 - "$MAINETCERT_STORE" "$1" <<'END'
import pathlib, sys
everything = b''.join(path.read_bytes() for path in pathlib.Path(sys.argv[1]).iterdir()
                      if path.is_file())
print(sum(bytes.fromhex(line) in everything for line in sys.argv[2].split()))
END
}

# keys_seen: how many private keys another program sees
keys_seen() {
    pkcs11-tool --module "$MAINETCERT_MODULE" --login --pin "$RIGHT_PIN" \
        --list-objects --type privkey 2>/dev/null | grep -c '^Private Key Object'
}

typist() {
    run python3 "$here/../support/typist.py" mainetcert --pin-source env:RIGHT_PIN --lang en "$@"
}

old_ones_are_pruned() {
    new_store
    acquire old 100
    acquire new 200
    is "list says which one is superseded" "$(mainetcert list --json |
        jq -c --arg old "${ids[old]}" '.[] | select(.id == $old) | [.superseded, .superseded_by]')" \
        "[true,\"${ids[new]}\"]"
    like "and so does its table" "$(mainetcert list)" "superseded by ${ids[new]:0:12}"
    mainet prune --yes --json
    failed "a newer one that was never confirmed pushes nobody out: 341" 341
    like "what would help is said" "$err" '--force'
    mainet delete "${ids[old]}" --yes --json
    failed "not even by name" 341
    are_there "both are still there" old new
    mainet confirm "${ids[new]}" --json
    is "the newer one is confirmed" "$status" 0
    is "and that is kept" "$(mainetcert show "${ids[new]}" --json | jq '.confirmed_at |
        (now - fromdateiso8601) < 60')" true
    is "of that one only" "$(mainetcert show "${ids[old]}" --json | jq -c .confirmed_at)" null
    mainet prune
    is "a script has to say --yes" "$status" 2
    typist prune -- 'Delete them?' n
    is "who says no" "$status" 1
    like "has seen the date of the older one" "$out" "$(date -d '+100 days' +%Y-%m-)"
    like "and of the newer one" "$out" "$(date -d '+200 days' +%Y-%m-)"
    are_there "and loses nothing" old new
    old_sealed=$(sealed "${ids[old]}")
    is "the sealed key can be seen in the file" "$(in_file "$old_sealed")" \
        "$(wc -l <<<"$old_sealed")"
    typist prune -- 'Delete them?' y
    is "who says yes" "$status" 0
    like "is told what was deleted" "$out" 'Deleted: 信託 太郎 (valid until'
    are_there "and has the newest left" new
    is "nothing of the sealed key is in the file any more" "$(in_file "$old_sealed")" 0
    is "another program sees one key" "$(keys_seen)" 1
    mainet prune --yes --json
    is "there is nothing more to prune" "$status $(jq -c '[.deleted, .kept]' <<<"$out")" '0 [[],[]]'
}

force_is_force() {
    acquire newer 300
    mainet prune --yes --force --json
    is "--force needs no confirmation" "$status $(jq -r '.deleted[].id' <<<"$out")" "0 ${ids[new]}"
    are_there "the newest is never pruned" newer
}

one_is_deleted() {
    mainet delete "${ids[newer]}"
    is "a script has to say --yes" "$status" 2
    typist delete "${ids[newer]}" -- 'Delete them?' n
    is "who says no keeps it" "$status $(mainetcert list --json | jq length)" '1 1'
    like "it is said that there is no newer one" "$out" 'no newer certificate in its place'
    touch "$work/taken.p12"
    mainet delete "${ids[newer]}" --yes --backup "$work/taken.p12" \
        --password-source env:FILE_PASSWORD --json
    failed "a backup never overwrites: 1004" 1004
    are_there "without backup nothing is deleted" newer
    sealed=$(sealed "${ids[newer]}")
    mainet delete "${ids[newer]:0:8}" --yes --backup "$work/backup.p12" \
        --password-source env:FILE_PASSWORD
    is "with it, it is" "$status" 0
    like "what was deleted is said" "$out" 'Deleted: 信託 太郎'
    are_there "it is gone"
    is "the file has nothing of it" "$(in_file "$sealed")" 0
    is "another program sees no key" "$(keys_seen)" 0
    is "openssl reads the backup" "$(openssl pkcs12 -in "$work/backup.p12" \
        -passin env:FILE_PASSWORD -nodes 2>/dev/null | openssl x509 -outform DER |
        sha256sum | cut -d' ' -f1)" "${ids[newer]}"
    mainet delete "${ids[newer]}" --yes --json
    failed "what is gone cannot be deleted: 330" 330
    mainet import "$work/backup.p12" --password-source env:FILE_PASSWORD --yes --no-confirm \
        --service "$profile"
    is "but comes back from its backup" "$out" "${ids[newer]}"
    mainet delete "${ids[newer]}" --yes --json
    is "--json says what was deleted" "$status $(jq -r '.deleted, .label, .backup' <<<"$out" |
        tr '\n' ' ')" "0 ${ids[newer]} 信託 太郎 ($(date -ud '+300 days' +%F)) null "
}

expiry_is_told() {
    new_store
    mainet token init
    mainet list --expiring 30
    is "nothing expires where nothing is" "$status" 0
    acquire soon 20
    mainet list --expiring 10 --json
    is "what lasts longer is no reason to worry" "$status $out" '0 []'
    mainet list --expiring 30 --json
    is "what does not is told by the exit status" "$status $(jq length <<<"$out")" '1 1'
    mainet list
    is "a plain list is a success" "$status" 0
    acquire later 200
    mainet list --expiring 30 --json
    is "it has been renewed: nothing expires" "$status $out" '0 []'
}

# The site's clock is ahead, so that what it issues begins later than now.
early_ones_wait() {
    local seen

    new_store
    acquire now 20
    mainet-standin clock --dir "$standin_dir" +240h >/dev/null
    acquire early 300
    mainet-standin clock --dir "$standin_dir" real >/dev/null
    is "what has not begun takes nobody's place" "$(mainetcert list --json |
        jq -c --arg now "${ids[now]}" '.[] | select(.id == $now) | .superseded_by')" null
    like "the list says from when it is valid" "$(mainetcert --lang en list)" \
        "valid from $(date -d '+10 days' +%Y-%m-)"
    mainet list --expiring 30 --json
    is "but nobody has to renew any more" "$status $out" '0 []'
    mainet prune --yes --force --json
    is "not even --force prunes for it" "$status $(jq -c .deleted <<<"$out")" '0 []'
    mainet token set show-superseded=no
    seen=$(pkcs11-tool --module "$MAINETCERT_MODULE" --list-objects --type cert 2>/dev/null)
    is "applications that see nothing superseded see both" "$(grep -c '信託 太郎' <<<"$seen")" 2
    mainet confirm "${ids[early]}" --json
    is "the confirmation page refuses it" \
        "$status $(jq -r '.confirmations[].standing' <<<"$out")" '1 not-yet-valid'
    mainet-standin clock --dir "$standin_dir" +240h >/dev/null
    mainet confirm "${ids[early]}"
    mainet prune --yes --json
    is "what the page accepts takes its place" "$(jq -r '.deleted[].id' <<<"$out")" "${ids[now]}"
    mainet-standin clock --dir "$standin_dir" real >/dev/null
}

renewal() {
    local id

    new_store
    acquire first 30
    standin_order --key ec:P-256 --days 300
    RETRIEVAL=wrong mainet renew "${ids[first]}" --certificate-number "$number" \
        --password-source env:RETRIEVAL --json
    failed "a wrong retrieval password is 550" 550
    are_there "and changes nothing" first
    RETRIEVAL=$password mainet renew "${ids[first]}" --certificate-number "$number" \
        --password-source env:RETRIEVAL --yes --json
    is "group and service are those of the old one; it is confirmed" \
        "$status $(jq -c '[.group_id, .confirmation.installed, (.confirmed_at != null)]' <<<"$out")" \
        '0 ["GROUP01",true,true]'
    is "then the old one goes" "$(jq -r '.deleted[].id' <<<"$out")" "${ids[first]}"
    ids[second]=$(jq -r .id <<<"$out")
    are_there "and the new one is left" second
    standin_order --key ec:P-256 --days 600
    RETRIEVAL=$password mainet renew "${ids[second]}" --certificate-number "$number" \
        --password-source env:RETRIEVAL
    is "without --yes and a terminal" "$status" 0
    ids[third]=$out
    are_there "the old one stays" second third
    like "and that is said" "$err" "Run 'mainetcert prune'"
    # the page refuses the next one
    standin_order --key ec:P-256 --days 900
    sed 's/^installed = .*/installed = これは表示されない/' "$profile" >"$work/strict.conf"
    RETRIEVAL=$password mainet renew "${ids[third]}" --certificate-number "$number" \
        --password-source env:RETRIEVAL --yes --service "$work/strict.conf" --json
    id=$(jq -r .id <<<"$out")
    failed "what the page refuses is 560" 560
    isnt "is imported" "$id" null
    is "but pushes nobody out" "$(mainetcert list --json | jq length)" 3
    mainet renew "${ids[third]}" --password-source env:RETRIEVAL
    is "without a number it is wrong usage" "$status" 2
}

reminders() {
    local remind=$here/../../examples/renewal/mainetcert-remind

    new_store
    acquire late 300
    run "$remind" 30
    is "who has nothing to renew is told nothing" "$status $out$err" "0 "
    new_store
    acquire soon 5
    LANG=ja_JP.UTF-8 LC_ALL='' run "$remind" 30
    like "who has is told" "$status $out" '0 電子証明書の更新時期です（30 日以内）'
    like "which one" "$out" "${ids[soon]:0:12}"
    # the mail that would be sent
    printf '#!/bin/sh\necho "$*" >%q\ncat >%q\n' "$work/sendmail.arguments" "$work/mail.eml" >"$work/sendmail"
    chmod +x "$work/sendmail"
    LANG=ja_JP.UTF-8 LC_ALL='' SENDMAIL=$work/sendmail run "$remind" 30 administrator@localhost
    is "by mail if there is an address" "$status $out$err $(<"$work/sendmail.arguments")" "0  -t"
    run python3 -c 'import email, email.policy, sys
mail = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
print(mail["To"], mail["Subject"], mail.get_content(), sep="\n")' "$work/mail.eml"
    like "to it, in Japanese" "$out" $'administrator@localhost\n電子証明書の更新時期です'
    like "with the same list" "$out" "${ids[soon]:0:12}"
    chmod 777 "$MAINETCERT_STORE"
    run "$remind" 30
    is "a failure is one" "$status $out" "1 "
    like "and told" "$err" "error 300"
}

standin_start "$work/standin" || exit 1
old_ones_are_pruned
force_is_force
one_is_deleted
expiry_is_told
early_ones_wait
renewal
reminders
done_testing
