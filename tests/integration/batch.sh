#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Many orders at a time: acquired, failed with their numbers, interrupted and run again, handed out.
# Needs mainetcert and mainet-standin on PATH.
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
export HOME=$work LC_ALL=C.UTF-8 RIGHT_PIN=246810
orders=$work/orders.csv

# new_store: the next tests have an empty token
new_store() {
    MAINETCERT_STORE=$(mktemp -d "$work/store.XXXXXX")
    export MAINETCERT_STORE
}

# order_list COUNT [OPTION...]: place so many orders and keep their list in $orders
order_list() {
    mainet-standin order --dir "$standin_dir" --group-id GROUP01 --common-name '信託 太郎' \
        --key ec:P-256 --p12 modern --csv --count "$@" >"$orders"
}

# batch ARGUMENT...: run over a list
batch() {
    run mainetcert --pin-source env:RIGHT_PIN --lang en batch "$@" --service "$profile" --yes
}

# results: how many orders had each result, such as `3 done, 1 failed 550`
results() {
    tail -n +2 <<<"$out" | cut -d, -f3,4 | tr -d '"' | sort | uniq -c |
        sed -E 's/^ +//; s/,$//; s/,/ /' | paste -sd, | sed 's/,/, /g'
}

# count_asked: leaves in $asked how many requests the service has answered since the last call
count_asked() {
    local all

    all=$(grep -c '^POST /retrieve' "$standin_dir.log")
    asked=$((all - asked_before))
    asked_before=$all
}
asked_before=0

identities() {
    mainetcert list --json | jq length
}

pending_files() {
    find "$MAINETCERT_STORE/pending" -type f | wc -l
}

every_order_is_acquired() {
    new_store
    order_list 24
    count_asked
    batch "$orders" --jobs 6
    is "24 orders are acquired" "$status $(results)" '0 24 done'
    is "and in the token" "$(identities)" 24
    count_asked
    is "each was asked for once" "$asked" 24
    is "nothing is pending" "$(pending_files)" 0
    is "the rows name the certificates" "$(tail -n +2 <<<"$out" | cut -d, -f6 | sort)" \
        "$(mainetcert list --json | jq -r '.[].id' | sort)"
    is "a script sees no progress" "$err" ''
    batch "$orders" --jobs 6 --json
    is "once more, all are there" \
        "$status $(jq -c '[.orders[].result] | unique, length' <<<"$out" | paste -sd' ')" \
        '0 ["present"] 24'
    count_asked
    is "and the service was not asked" "$asked" 0
}

a_terminal_sees_how_far_it_is() {
    new_store
    order_list 6
    run python3 "$here/../support/typist.py" mainetcert --pin-source env:RIGHT_PIN --lang en \
        batch "$orders" --service "$profile" --yes --jobs 2 --
    is "at a terminal, too, all are acquired" "$status" 0
    like "it is seen how many were asked for" "$out" 'Asking the service... 6 of 6'
    like "and opened" "$out" 'Opening the certificate files... 5 of 6'
    like "and how many there are in the end" "$out" '6 of 6 certificates are in the token.'
    count_asked
}

failures_have_their_numbers() {
    local wrong

    new_store
    order_list 3 --not-ready
    tail -n +2 "$orders" >"$work/not-ready"
    order_list 5
    wrong=$(sed -n 3p "$orders" | cut -d, -f2 | tr -d '"')
    sed -i -E '3s/"[^"]*","([^"]*)"$/"wrong","\1"/' "$orders"
    cat "$work/not-ready" >>"$orders"
    batch "$orders"
    is "four of eight fail" "$status $(results)" '1 4 done, 4 failed 550'
    is "a wrong password is told from what is not ready" \
        "$(tail -n +2 <<<"$out" | cut -d, -f3,5 | grep failed | sort | uniq -c | sed 's/^ *//')" \
        $'1 failed,auth-failed\n3 failed,not-available'
    like "the row is that of the order" "$out" "\"$wrong\",failed,550,auth-failed,"
    like "the first failure is told in full" "$err" 'error 550'
    count_asked
    is "all were asked for" "$asked" 8
    batch "$orders" --json
    count_asked
    is "once more, only those are asked for" \
        "$status $(jq -c '[.error.code, ([.orders[].result] | group_by(.) | map([.[0], length]))]' \
            <<<"$out") $asked" '1 [550,[["failed",4],["present",4]]] 4'
}

where_no_way_leads_nobody_waits() {
    new_store
    order_list 5
    mainet-standin fault --dir "$standin_dir" unreachable
    batch "$orders"
    is "the first finds that no way leads there" "$status $(results)" '1 1 failed 115, 4 waiting'
    like "which is said" "$err" 'error 115'
    mainet-standin fault --dir "$standin_dir" busy
    count_asked
    batch "$orders"
    is "a service that is busy fails each" "$status $(results)" '1 5 failed 550'
    mainet-standin fault --dir "$standin_dir" none
    batch "$orders"
    is "and then all are acquired" "$status $(results)" '0 5 done'
    count_asked
}

# run_until SIGNAL COUNT: end a run once so many deliveries are pending; leaves $status and $out
run_until() {
    local process

    env --default-signal=INT mainetcert --pin-source env:RIGHT_PIN --lang en batch "$orders" \
        --service "$profile" --yes --jobs 4 >"$work/out" 2>"$work/stderr" </dev/null &
    process=$!
    for _ in {1..6000}; do
        [ "$(find "$MAINETCERT_STORE/pending" -name '[0-9a-f]*' 2>/dev/null | wc -l)" -lt "$2" ] ||
            break
        kill -0 "$process" 2>/dev/null || break
        sleep 0.01
    done
    kill "-$1" "$process"
    { wait "$process"; } 2>/dev/null
    status=$?
    out=$(<"$work/out")
    err=$(<"$work/stderr")
}

# Keys that take a while keep the run from being over before the signal is there.
interrupted_by_the_user() {
    local count=40 delivered rows first

    new_store
    order_list "$count" --key rsa:2048
    run_until INT 5
    rows=$(results)
    delivered=$(grep -c ',pending,' <<<"$out")
    count_asked
    first=$asked
    is "an interrupted run is 990" "$status $(grep -c 'error 990' <<<"$err")" '1 1'
    is "what was delivered is pending, the rest waits: $rows" \
        "$rows" "$delivered pending, $((count - delivered)) waiting"
    is "every reply was awaited" "$first $(pending_files)" "$delivered $delivered"
    batch "$orders"
    is "run again, all are acquired" "$status $(results)" "0 $count done"
    count_asked
    is "and each was asked for once in all" "$((first + asked))" "$count"
    is "nothing is pending" "$(pending_files) $(identities)" "0 $count"
}

# Asked twice are at most the 4 under way and the 4 on their way to the disk: they died with the process.
killed() {
    local count=40 kept

    new_store
    order_list "$count" --key rsa:2048
    run_until KILL 12
    is "a run is killed" "$status" 137
    kept=$(find "$MAINETCERT_STORE/pending" -name '[0-9a-f]*' | wc -l)
    batch "$orders"
    is "run again, all are acquired" "$status $(results)" "0 $count done"
    count_asked
    ok "what was kept ($kept) was not asked for again, the 8 under way perhaps: $asked" \
        [ $((asked - count)) -le 8 ]
    is "nothing is pending" "$(pending_files) $(identities)" "0 $count"
}

# On a connection that was used before, libcurl would send a form again that got no answer.
never_sent_twice() {
    local server

    new_store
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost -keyout "$work/site.key" -out "$work/site.pem" 2>/dev/null
    "$here/../support/hangup.py" "$work/site.pem" "$work/site.key" >"$work/forms" 2>&1 </dev/null &
    server=$!
    for _ in {1..300}; do
        [ ! -s "$work/forms" ] || break
        sleep 0.1
    done
    printf '[service]\nname=n\nissuer=i\n[retrieve]\nurl=https://localhost:%s/\n[tls]\nca_file=%s\n' \
        "$(head -n 1 "$work/forms")" "$work/site.pem" >"$work/hangup.conf"
    printf 'group_id,certificate_number,password\nG,1,p\nG,2,p\nG,3,p\n' >"$work/three.csv"
    run mainetcert --pin-source env:RIGHT_PIN batch "$work/three.csv" --service "$work/hangup.conf" \
        --jobs 1
    is "one that got no answer has failed" "$(tail -n +2 <<<"$out" | cut -d, -f2,4 | paste -sd' ')" \
        '"1",550 "2",115 "3",550'
    is "and was sent once" "$(tail -n +2 "$work/forms" | grep -o 'number=.' | paste -sd' ')" \
        'number=1 number=2 number=3'
    kill "$server"
    { wait "$server"; } 2>/dev/null
}

# What is lost to a repository is lost once, not for each order.
a_silent_repository_delays_all_together() {
    local began

    new_store
    order_list 6 --p12 modern-leaf
    silence_start "$work"
    began=$SECONDS
    http_proxy=http://127.0.0.1:$silent_port batch "$orders"
    is "issuers that cannot be had keep no order" "$status $(results)" '0 6 done'
    ok "and the run for ten seconds, not for five each ($((SECONDS - began)))" \
        test "$((SECONDS - began))" -lt 25
    is "each says so" "$(grep -c "the issuer's certificate could not be had" <<<"$err")" 6
    count_asked
    silence_stop
}

# refused SENTENCE TEXT WORDS: a list that cannot be used is 182, and the line is named
refused() {
    printf '%b' "$2" >"$work/wrong.csv"
    batch "$work/wrong.csv" --json
    is "$1" "$status $(jq -c '.error.code' <<<"$out")" '1 182'
    like "and told as: $3" "$err" "$3"
    unlike "without a word of what is in it" "$err" 'Geheim'
}

lists_of_all_kinds() {
    local head='group_id,certificate_number,password\n'

    new_store
    order_list 3
    { printf '\xef\xbb\xbf'; sed 's/$/\r/' "$orders"; } >"$work/excel.csv"
    batch "$work/excel.csv"
    is "a list with a mark at its beginning and CRLF is read" "$status $(results)" '0 3 done'
    awk -F, 'NR == 1 { print "note,証明書取得用パスワード,証明書番号"; next }
        { print "\"a \"\"quoted\"\", line\nand more\"," $3 "," $2; print "" }' "$orders" >"$work/ja.csv"
    batch "$work/ja.csv" --group-id GROUP01
    is "Japanese names, another order, quotes, a group for all" "$status $(results)" '0 3 present'
    count_asked
    refused "an empty file" '' 'line 1: no column is called group_id'
    refused "a list without a head" 'G,1,Geheim\n' 'line 1: no column is called group_id'
    refused "a head without the password" 'group_id,certificate_number\nG,1\n' 'called password'
    refused "a head that names a column twice" "password,$head" 'two columns are called password'
    refused "a list without orders" "$head\n\n" 'no orders'
    refused "a row that is too short" "${head}G,1,Geheim\n\nG,Geheim\n" 'line 4: not as many columns'
    refused "a number that is there twice" "${head}G,1,Geheim\nG,2,Geheim\nG,1,Geheim\n" \
        'line 4: certificate number 1 is ordered twice'
    refused "a row without a password" "${head}G,1,\n" 'line 2: a retrieval password has'
    refused "a quotation mark that is open" "${head}G,1,\"Geheim\n" 'a quotation mark is not closed'
    refused "text behind a quotation mark" "${head}G,1,\"Geheim\"x\n" 'text behind'
    refused "a list in UTF-16" 'g\0r\0' 'not a text in UTF-8'
    refused "a list in Shift_JIS" "${head}G,1,\x82\xa0Geheim\n" 'line 2: not a text in UTF-8'
    refused "its Japanese names" '\x83\x4f\x83\x8b\x81\x5b\x83\x76ID,password\n' 'line 1: not a text in UTF-8'
    count_asked
    is "the service was not asked" "$asked" 0
    batch "$work/none.csv" --json
    is "a file that is not there is 1003" "$status $(jq .error.code <<<"$out")" '1 1003'
    batch "$orders" --jobs 0
    is "no jobs are a slip of the pen" "$status" 2
    run mainetcert batch
    is "and so is no list" "$status" 2
}

# listed FILE: the password of a file
listed() {
    awk -F'","' -v file="$1" '$4 == file { sub(/"$/, "", $5); print $5 }' "$handout/passwords.csv"
}

# names_in FILE [PASSWORD]: the common name in a container that its password opens
names_in() {
    FILE_PASSWORD=${2-$(listed "${1##*/}")} openssl pkcs12 -in "$1" -passin env:FILE_PASSWORD \
        -nokeys -clcerts 2>/dev/null | openssl x509 -noout -subject -nameopt utf8,sep_multiline 2>/dev/null |
        sed -n 's/^ *CN=//p'
}

# opened: how many files of the handout open with the listed password and name the listed user
opened() {
    local file count=0

    for file in "$handout"/*.p12; do
        [ -n "$(names_in "$file")" ] &&
            [ "$(names_in "$file")" = "$(awk -F'","' -v file="${file##*/}" '$4 == file { print $3 }' \
                "$handout/passwords.csv")" ] && count=$((count + 1))
    done
    echo "$count"
}

handed_out() {
    local first before

    new_store
    handout=$work/handout
    order_list 4
    batch "$orders" --out "$handout"
    is "each user's certificate is exported" "$status $(results)" '0 4 done'
    is "the rows name the files" "$(tail -n +2 <<<"$out" | cut -d, -f7 | sort | paste -sd' ')" \
        "$(cd "$handout" && printf '%s\n' *.p12 | sort | paste -sd' ')"
    is "nobody else may look there" "$(stat -c %a "$handout" "$handout"/* | sort -u | paste -sd' ')" '600 700'
    is "each opens with its own password" "$(opened)" 4
    is "which no other has" "$(cut -d, -f5 "$handout/passwords.csv" | sort -u | wc -l)" 5
    first=$(find "$handout" -name '*.p12' | sort | head -n 1)
    is "and the password of another does not" \
        "$(names_in "$first" "$(listed "$(cd "$handout" && printf "%s\\n" *.p12 | tail -n 1)")")" ''
    before=$(sha256sum "$handout"/*)
    batch "$orders" --out "$handout"
    is "once more, nothing changes" "$status $(results) $(sha256sum "$handout"/*)" "0 4 present $before"
    cp "$handout/passwords.csv" "$work/passwords"
    rm "$first"
    batch "$orders" --out "$handout"
    is "what was taken away comes again, under the same password" "$status $(opened)" '0 4'
    is "for the list is as it was" "$(cmp "$handout/passwords.csv" "$work/passwords" && echo same)" same
    order_list 1
    batch "$orders" --out "$handout" --legacy
    is "another list adds to it" "$status $(wc -l <"$handout/passwords.csv")" '0 6'
    like "in the form that old programs read" "$(FILE_PASSWORD=$(listed "$(tail -n 1 <<<"$out" | cut -d, -f7)") \
        openssl pkcs12 -in "$handout/$(tail -n 1 <<<"$out" | cut -d, -f7)" -passin env:FILE_PASSWORD \
        -noout -info 2>&1)" '3-KeyTripleDES'
}

# The list is written before the files: no file is there whose password is not.
export_is_interrupted() {
    new_store
    handout=$work/interrupted
    order_list 6
    env --default-signal=INT mainetcert --pin-source env:RIGHT_PIN batch "$orders" --yes \
        --service "$profile" --out "$handout" >"$work/out" 2>&1 </dev/null &
    for _ in {1..6000}; do
        [ "$(find "$handout" -name '*.p12' 2>/dev/null | wc -l)" -lt 2 ] || break
        kill -0 $! 2>/dev/null || break
        sleep 0.01
    done
    kill -KILL $!
    { wait $!; } 2>/dev/null
    is "every file that is there opens" "$(opened)" "$(find "$handout" -name '*.p12' | wc -l)"
    batch "$orders" --out "$handout"
    is "run again, all are there" "$status $(results) $(opened)" '0 6 present 6'
    is "each is listed once" "$(wc -l <"$handout/passwords.csv")" 7
}

what_is_not_ours_is_left_alone() {
    local number

    new_store
    handout=$work/shared
    order_list 2
    count_asked
    mkdir -m 755 "$handout"
    batch "$orders" --out "$handout" --json
    is "a folder that others may read is refused" "$status $(jq .error.code <<<"$out")" '1 1003'
    ln -s "$handout" "$work/link"
    batch "$orders" --out "$work/link" --json
    is "and so is a link" "$status $(jq .error.code <<<"$out")" '1 1003'
    batch "$orders" --out "$handout" --not-exportable
    is "what may not leave cannot be handed out" "$status" 2
    count_asked
    is "before the service is asked" "$asked" 0
    chmod 700 "$handout"
    number=$(sed -n 2p "$orders" | cut -d, -f2 | tr -d '"')
    echo mine >"$handout/GROUP01_$number.p12"
    batch "$orders" --out "$handout"
    is "a file of that name stays" "$status $(<"$handout/GROUP01_$number.p12")" '1 mine'
    like "and is told" "$out" "\"$number\",done,1004,file-exists,"
    is "the other is exported" "$(opened)" 1
    new_store
    order_list 1 --group-id '../x'
    batch "$orders" --out "$handout"
    is "a group that is no name of a file leads nowhere else" "$status $(tail -n 1 <<<"$out" | cut -d, -f7)" \
        "0 $(tail -n 1 <<<"$out" | cut -d, -f6).p12"
    is "and opens" "$(opened)" 2
}

standin_start "$work/standin" || exit 1
handed_out
export_is_interrupted
what_is_not_ours_is_left_alone
every_order_is_acquired
a_terminal_sees_how_far_it_is
failures_have_their_numbers
where_no_way_leads_nobody_waits
interrupted_by_the_user
killed
never_sent_twice
a_silent_repository_delays_all_together
lists_of_all_kinds
done_testing
