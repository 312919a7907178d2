#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Through the proxies of real networks: squid and tinyproxy, open and with each way to log in.
# Needs mainetcert and mainet-standin on PATH, and ASK, the program of that name.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source-path=SCRIPTDIR source=../support/standin.sh
. "$here/../support/standin.sh"

work=$(mktemp -d)
chmod 711 "$work" # squid gives up root
# Called by the trap.
# shellcheck disable=SC2317
stop_all() {
    peers_stop
    standin_stop
    rm -rf "$work"
}
trap stop_all EXIT
trap 'exit 1' INT TERM
export HOME=$work/home
mkdir -m 700 "$HOME"
unset no_proxy NO_PROXY
user=hanako
secret='p@ss word'

free_port() {
    /usr/bin/python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])'
}

# listening PORT LOG
listening() {
    for _ in {1..300}; do
        # shellcheck disable=SC2188
        (: <>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return 0
        sleep 0.1
    done
    sed 's/^/# /' "$2"
    return 1
}

# start_squid NAME [LINE]...: leaves $proxy; its log is $work/NAME/access
start_squid() {
    local folder=$work/$1 port

    port=$(free_port)
    mkdir "$folder"
    {
        printf '%s\n' "${@:2}" "http_port 127.0.0.1:$port" "pid_filename none" "cache deny all" \
            "access_log stdio:$folder/access" "cache_log $folder/log" "coredump_dir $folder" \
            "visible_hostname localhost" "shutdown_lifetime 0 seconds" "logfile_rotate 0" \
            "pinger_enable off" "max_filedescriptors 1024"
    } >"$folder/conf"
    [ "$(id -u)" != 0 ] || chown -R proxy "$folder"
    squid -N -f "$folder/conf" >"$folder/out" 2>&1 </dev/null &
    peers+=($!)
    proxy=http://127.0.0.1:$port
    listening "$port" "$folder/out"
}

# start_tinyproxy NAME [LINE]...
start_tinyproxy() {
    local folder=$work/$1 port

    port=$(free_port)
    mkdir "$folder"
    printf '%s\n' "Port $port" "Listen 127.0.0.1" "LogFile \"$folder/log\"" "LogLevel Connect" \
        "${@:2}" >"$folder/conf"
    tinyproxy -d -c "$folder/conf" >"$folder/out" 2>&1 </dev/null &
    peers+=($!)
    proxy=http://127.0.0.1:$port
    listening "$port" "$folder/out"
}

# ask [NAME=VALUE]...: a fresh order, in a store of its own; leaves what was seen in $out
ask() {
    standin_order --key ec:P-256
    store=$(mktemp -d "$work/store-XXXXXX")
    out=$("$ASK" "$store" "$profile" "$group_id" "$number" "$password" "$@" 2>&1)
}

# went SENTENCE STATUS ASKED
went() {
    is "$1" "${out%% took=*}" "$2 asked=$3"
    unlike "$1: the password of the proxy is not repeated" "$out" "$secret"
}

requests() {
    grep -c '^POST' "$standin_dir.log"
}

passed_through() {
    grep -c 'CONNECT.*:' "$1"
}

open_proxies() {
    start_squid squid-open 'http_access allow all' || return
    ask "proxy=$proxy"
    went "squid is passed through" ok 0
    is "it was squid" "$(passed_through "$work/squid-open/access")" 1
    squid_open=$proxy
    start_tinyproxy tiny-open || return
    ask "proxy=$proxy"
    went "tinyproxy is passed through" ok 0
    ok "it was tinyproxy" grep -q 'CONNECT localhost:' "$work/tiny-open/log"
}

by_environment() {
    local name before

    for name in https_proxy HTTPS_PROXY all_proxy; do
        before=$(passed_through "$work/squid-open/access")
        export "$name=$squid_open"
        ask
        went "$name is heeded" ok 0
        is "$name: it was squid" "$(passed_through "$work/squid-open/access")" "$((before + 1))"
        ask "proxy="
        went "$name and an empty argument: none" ok 0
        is "$name: squid was left out" "$(passed_through "$work/squid-open/access")" \
            "$((before + 1))"
        no_proxy=.example.jp,localhost ask
        went "no_proxy is heeded beside $name" ok 0
        is "$name: squid was left out again" "$(passed_through "$work/squid-open/access")" \
            "$((before + 1))"
        no_proxy=localhost ask "proxy=$squid_open"
        is "an argument outdoes no_proxy" "$(passed_through "$work/squid-open/access")" \
            "$((before + 2))"
        unset "$name"
    done
}

refusing_proxies() {
    local port

    start_squid squid-deny 'http_access deny all' || return
    ask "proxy=$proxy"
    went "a proxy that refuses the tunnel is 115" unreachable 0
    like "and named" "$out" "through proxy ${proxy#http://}"
    port=$(free_port)
    ask "proxy=http://127.0.0.1:$port"
    went "a proxy that is not there is 115" unreachable 0
    like "and named too" "$out" "through proxy 127.0.0.1:$port"
    https_proxy="http://$user:secret@[::1/" ask
    went "an address that cannot be used is 103" connection-handle 0
    unlike "and its password is not told" "$out" "secret"
    https_proxy="http://$user:s%00ecret@127.0.0.1:$port" ask
    went "so is one whose password libcurl does not read, and passes the proxy by" connection-handle 0
    ask "proxy=ftp://127.0.0.1:$port"
    went "so is one of another protocol" connection-handle 0
}

# right_and_wrong NAME: with credentials asked for by $proxy
right_and_wrong() {
    local asked

    ask "proxy=$proxy" "user=$user" "secret=$secret"
    went "$1: the right credentials pass" ok 1
    asked=$(requests)
    ask "proxy=$proxy"
    went "$1: none is 120" proxy-cancelled 1
    ask "proxy=$proxy" "user=$user" "secret=wrong"
    went "$1: wrong ones are asked for three times, then 121" proxy-credentials 3
    like "$1: the proxy is named" "$out" "${proxy#http://}"
    is "$1: nothing was sent" "$(requests)" "$asked"
}

basic() {
    printf '%s:%s\n' "$user" "$(openssl passwd -apr1 "$secret")" >"$work/passwd"
    chmod 644 "$work/passwd"
    start_squid squid-basic "auth_param basic program /usr/lib/squid/basic_ncsa_auth $work/passwd" \
        "auth_param basic realm test" "auth_param basic children 2" \
        "acl known proxy_auth REQUIRED" "http_access allow known" || return
    right_and_wrong "squid, Basic"
    squid_basic=$proxy
    start_tinyproxy tiny-basic "BasicAuth $user secret" || return
    ask "proxy=$proxy" "user=$user" secret=secret
    went "tinyproxy, Basic: the right credentials pass" ok 1
    ask "proxy=$proxy" "user=$user" secret=wrong
    went "tinyproxy, Basic: wrong ones are asked for three times, then 121" proxy-credentials 3
}

# The issuers' repository is behind the same proxy as the service.
asked_once() {
    standin_order --key ec:P-256 --p12 modern-leaf
    store=$(mktemp -d "$work/store-XXXXXX")
    out=$(http_proxy=$squid_basic "$ASK" "$store" "$profile" "$group_id" "$number" "$password" \
        "proxy=$squid_basic" "user=$user" "secret=$secret" 2>&1)
    went "what a proxy let pass serves the issuers' certificates too" ok 1
    is "which were fetched" "$(mainetcert --store "$store" list --json | jq '.[0].chain_complete')" true
}

digest() {
    printf '%s:%s\n' "$user" "$secret" >"$work/digest"
    chmod 644 "$work/digest"
    start_squid squid-digest "auth_param digest program /usr/lib/squid/digest_file_auth $work/digest" \
        "auth_param digest realm test" "auth_param digest children 2" \
        "acl known proxy_auth REQUIRED" "http_access allow known" || return
    right_and_wrong "squid, Digest"
    squid_digest=$proxy
}

# Debian's own helper believes everybody.
ntlm() {
    install -m 755 "$here/../support/ntlm-verifier.py" "$work/verifier"
    printf '#!/bin/sh\nexec %s "%s" "%s"\n' "$work/verifier" "$user" "$secret" >"$work/ntlm"
    chmod 755 "$work/ntlm"
    start_squid squid-ntlm "auth_param ntlm program $work/ntlm" "auth_param ntlm children 2" \
        "acl known proxy_auth REQUIRED" "http_access allow known" || return
    right_and_wrong "squid, NTLM"
    like "as NTLM tells it" "$(grep TCP_TUNNEL "$work/squid-ntlm/access")" "$user"
    ask "proxy=$proxy" user=taro "secret=$secret"
    went "squid, NTLM: a wrong user is asked three times, then 121" proxy-credentials 3
}

# Without a ticket of Kerberos, Negotiate leaves the question to the next way to log in.
negotiate() {
    printf '#!/bin/sh\nwhile read -r line; do echo "BH no Kerberos here"; done\n' >"$work/negotiator"
    chmod 755 "$work/negotiator"
    start_squid squid-negotiate "auth_param negotiate program $work/negotiator" \
        "auth_param negotiate children 2" \
        "auth_param basic program /usr/lib/squid/basic_ncsa_auth $work/passwd" \
        "auth_param basic realm test" "auth_param basic children 2" \
        "acl known proxy_auth REQUIRED" "http_access allow known" || return
    ask "proxy=$proxy" "user=$user" "secret=$secret"
    went "squid, Negotiate or Basic: without a ticket, Basic passes" ok 1
}

# A realm of its own on loopback, in $work/krb5: the ticket of $user, and the proxy's keys.
start_realm() {
    local port folder=$work/krb5

    mkdir "$folder"
    port=$(free_port)
    export KRB5_CONFIG=$folder/krb5.conf KRB5_KDC_PROFILE=$folder/kdc.conf KRB5CCNAME=FILE:$folder/ticket
    printf '%s\n' '[libdefaults]' 'default_realm = TEST' 'rdns = false' \
        'dns_canonicalize_hostname = false' 'dns_lookup_kdc = false' 'udp_preference_limit = 1' \
        '[realms]' 'TEST = {' "kdc = 127.0.0.1:$port" '}' '[domain_realm]' 'localhost = TEST' \
        >"$KRB5_CONFIG"
    printf '%s\n' '[kdcdefaults]' "kdc_listen = \"\"" "kdc_tcp_listen = 127.0.0.1:$port" '[realms]' \
        'TEST = {' "database_name = $folder/principals" "key_stash_file = $folder/stash" '}' \
        >"$KRB5_KDC_PROFILE"
    {
        kdb5_util create -s -P "$secret" -r TEST &&
            kadmin.local -q "addprinc -randkey $user" &&
            kadmin.local -q "addprinc -randkey HTTP/localhost" &&
            kadmin.local -q "ktadd -k $folder/user.keytab $user" &&
            kadmin.local -q "ktadd -k $folder/proxy.keytab HTTP/localhost"
    } >"$folder/out" 2>&1
    krb5kdc -n -P "$folder/pid" >>"$folder/out" 2>&1 </dev/null &
    peers+=($!)
    listening "$port" "$folder/out" &&
        kinit -k -t "$folder/user.keytab" "$user" >>"$folder/out" 2>&1
}

# The ticket goes first, and nobody is asked; who has none is asked for what the proxy takes beside it.
tickets() {
    local asked

    if ! start_realm; then
        fail "there is a realm with a ticket" "$(cat "$work/krb5/out")"
        return
    fi
    [ "$(id -u)" != 0 ] || chown proxy "$work/krb5" "$work/krb5/proxy.keytab"
    start_squid squid-kerberos "auth_param negotiate program /usr/lib/squid/negotiate_kerberos_auth \
-k $work/krb5/proxy.keytab -s HTTP/localhost@TEST" "auth_param negotiate children 2" \
        "acl known proxy_auth REQUIRED" "http_access allow known" || return
    proxy=http://localhost:${proxy##*:}
    ask "proxy=$proxy"
    went "squid, Negotiate: who has a ticket passes, and nobody is asked" ok 0
    like "squid, Negotiate: it knows who" "$(grep TCP_TUNNEL "$work/squid-kerberos/access")" "$user@TEST"
    kdestroy
    asked=$(requests)
    ask "proxy=$proxy"
    went "squid, Negotiate alone: who has none is asked, which is 120" proxy-cancelled 1
    ask "proxy=$proxy" "user=$user" "secret=$secret"
    went "squid, Negotiate alone: where a password is no use, it is 121" proxy-credentials 3
    is "squid, Negotiate alone: nothing was sent" "$(requests)" "$asked"
}

# What the command does with the same: the password is in nobody's list of processes.
by_command() {
    local arguments=(mainetcert --store "$work/store-command" --json acquire --proxy "$squid_basic"
        --service "$profile" --yes --proxy-user "$user")

    standin_order --key ec:P-256
    run mainetcert --store "$work/store-command" token init --no-pin
    printf %s "$password" >"$work/password"
    printf %s "$secret" >"$work/proxy-password"
    arguments+=(--group-id "$group_id" --certificate-number "$number"
        --password-source "file:$work/password")
    printf %s wrong >"$work/wrong"
    run "${arguments[@]}" --proxy-password-source "file:$work/wrong"
    is "the command: wrong credentials are 121" \
        "exit $status, $(jq -r .error.code <<<"$out")" "exit 1, 121"
    like "the command: and said to be refused" "$(jq -r .error.detail <<<"$out")" \
        "${squid_basic#http://} refused the credentials"
    ok "the command: credentials come from a source, not from its arguments" \
        strace -f -qq -e trace=execve -s 4096 -o "$work/trace" \
        "${arguments[@]}" --proxy-password-source "file:$work/proxy-password"
    unlike "the command: no process was told the password" "$(<"$work/trace")" "$secret"
}

# at_terminal [PROMPT ANSWER]...: the command, which has nobody but whoever sits there
at_terminal() {
    out=$("$here/../support/typist.py" mainetcert --store "$work/store-terminal" --lang en --json \
        acquire --proxy "$squid_basic" --service "$profile" --yes --group-id "$group_id" \
        --certificate-number "$number" --password-source "file:$work/password" -- "$@")
    status=$?
}

# asked_for WORDS: how often they were shown
asked_for() {
    grep -o "$1" <<<"$out" | wc -l
}

by_terminal() {
    local mistake=13579 asked
    local try=("User name for the proxy" "$user" "Password for the proxy" "$mistake")

    standin_order --key ec:P-256
    printf %s "$password" >"$work/password"
    run mainetcert --store "$work/store-terminal" token init --no-pin
    asked=$(requests)
    at_terminal "${try[@]}" "${try[@]}" "${try[@]}"
    is "a terminal: wrong credentials are asked for three times" \
        "$status $(asked_for 'User name for') $(asked_for 'refused these')" "1 3 2"
    like "a terminal: then it is 121" "$out" '"code": 121'
    unlike "a terminal: what is typed is not shown" "$out" "$mistake"
    at_terminal "${try[@]}" "User name for the proxy" ^C
    like "a terminal: the second question cancelled is 120" "$out" '"code": 120'
    at_terminal "User name for the proxy" "$user" "Password for the proxy" ^D
    like "a terminal: so is a password that nobody enters" "$out" '"code": 120'
    is "a terminal: nothing was sent" "$(requests)" "$asked"
    at_terminal "${try[@]}" "User name for the proxy" "$user" "Password for the proxy" "$secret"
    is "a terminal: the right ones pass at the second attempt" "$status $(requests)" "0 $((asked + 1))"
}

# One answer serves all that a command asks for.
asked_once_at_terminal() {
    local arguments=(mainetcert --store "$work/store-terminal" --lang en --json)

    standin_order --key ec:P-256 --p12 modern-leaf
    printf %s "$password" >"$work/password"
    out=$("$here/../support/typist.py" env "http_proxy=$squid_basic" "${arguments[@]}" renew \
        "$(mainetcert --store "$work/store-terminal" list --json | jq -r '.[0].id')" --proxy "$squid_basic" \
        --service "$profile" --yes --check-revocation --certificate-number "$number" \
        --password-source "file:$work/password" -- "User name for the proxy" "$user" \
        "Password for the proxy" "$secret")
    is "a terminal: one answer serves retrieval, issuers, revocation list and confirmation" \
        "$? $(asked_for 'User name for') $(asked_for '"installed": true')" "0 1 1"
}

# diagnosed FILTER: of the endpoints, which are the site's, the confirmation page's and the repository's
diagnosed() {
    jq -c "[.endpoints[] | $1]" <<<"$out"
}

# with_proxy ADDRESS COMMAND...: an address with a password is not for arguments
with_proxy() {
    https_proxy=$1 http_proxy=$1 "${@:2}"
}

# Of the refusals, those that came with a password.
refused_by_squid() {
    grep "TCP_DENIED/407" "$work/squid-basic/access" | grep -c " $user "
}

# For plain HTTP a proxy makes no tunnel, and says 407 in the place of the server.
by_diagnosis() {
    local arguments=(mainetcert --lang en --json diagnose --service "$profile") denied
    local name=${squid_basic#http://}

    run "${arguments[@]}" --proxy "$squid_basic"
    is "a diagnosis: without credentials, the proxy is where it ends" \
        "$status $(diagnosed '[.stage, .http_status, .code]')" \
        '1 [["proxy",407,120],["proxy",407,120],["proxy",407,120]]'
    run "${arguments[@]}" --proxy "$squid_basic" --proxy-user "$user" \
        --proxy-password-source "file:$work/proxy-password"
    is "a diagnosis: with them, what is behind it is reported" \
        "$status $(diagnosed '[.stage, .http_status, .proxy]')" \
        "0 [[\"done\",405,\"$name\"],[\"done\",403,\"$name\"],[\"done\",200,\"$name\"]]"
    run "${arguments[@]}" --proxy "$squid_digest" --proxy-user "$user" \
        --proxy-password-source "file:$work/proxy-password"
    is "a diagnosis: by Digest too" "$status $(diagnosed .stage)" '0 ["done","done","done"]'
    run with_proxy "http://$user:p%40ss%20word@${squid_digest#http://}" "${arguments[@]}"
    is "a diagnosis: so with those in the environment's address" "$status $(diagnosed .stage)" \
        '0 ["done","done","done"]'
    unlike "a diagnosis: which are not told" "$out$err" 40ss
    run with_proxy "http://$user:wrong@$name" "${arguments[@]}"
    is "a diagnosis: wrong ones there are 121" "$status $(diagnosed .code)" "1 [121,121,121]"
    is "a diagnosis: the variable to correct is named" \
        "$(diagnosed .detail | grep -o '([a-z_]*)' | tr '\n' ' ')" "(https_proxy) (https_proxy) (http_proxy) "
    denied=$(refused_by_squid)
    run "${arguments[@]}" --proxy "$squid_basic" --proxy-user "$user" \
        --proxy-password-source "file:$work/wrong"
    is "a diagnosis: wrong ones are 121" "$status $(diagnosed .code)" "1 [121,121,121]"
    like "a diagnosis: what to do about them" "$(diagnosed .advice)" "refused the user name"
    is "a diagnosis: and are tried at the first endpoint alone" \
        "$(($(refused_by_squid) - denied))" 1
    out=$("$here/../support/typist.py" "${arguments[@]}" --proxy "$squid_basic" -- \
        "User name for the proxy" "$user" "Password for the proxy" "$secret")
    is "a diagnosis: a terminal is asked once for all" \
        "$? $(asked_for 'User name for') $(asked_for '"stage": "done"')" "0 1 3"
}

# Many at a time: the first order answers the proxy for all of them.
by_batch() {
    local arguments=(mainetcert --store "$work/store-command" --json batch "$work/orders.csv" --yes
        --service "$profile" --proxy "$squid_basic" --proxy-user "$user" --jobs 3)
    local asked denied

    mainet-standin order --dir "$standin_dir" --group-id GROUP01 --common-name user --key ec:P-256 \
        --csv --count 7 >"$work/orders.csv"
    asked=$(requests)
    run "${arguments[@]}" --proxy-password-source "file:$work/wrong"
    is "a batch: wrong credentials are 121 for the first, and the end of it" \
        "$(jq -c '[.error.code, [.orders[].result]]' <<<"$out")" \
        '[121,["failed","waiting","waiting","waiting","waiting","waiting","waiting"]]'
    is "a batch: nothing was sent" "$(requests)" "$asked"
    denied=$(grep -c 'TCP_DENIED/407' "$work/squid-basic/access")
    run "${arguments[@]}" --proxy-password-source "file:$work/proxy-password"
    is "a batch: the right ones pass" \
        "$status $(jq -c '[.orders[].result] | unique' <<<"$out")" '0 ["done"]'
    is "a batch: each order was asked for once" "$(requests)" "$((asked + 7))"
    # libcurl learns on each connection which way the proxy knows; before, it was asked without any
    ok "a batch: its connections log in, not its orders" \
        [ "$(grep -c 'TCP_DENIED/407' "$work/squid-basic/access")" -le "$((denied + 1 + 3))" ]
}

# A security product's own authority, which this machine knows nothing of.
interception() {
    local port asked

    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
        -subj '/O=Example Trust/CN=Inspection CA' -keyout "$work/ca.key" -out "$work/ca.pem" 2>/dev/null
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
        -keyout "$work/site.key" -out "$work/site.csr" 2>/dev/null
    openssl x509 -req -in "$work/site.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -days 2 \
        -extfile <(echo subjectAltName=DNS:localhost) -out "$work/site.pem" 2>/dev/null
    mkfifo "$work/port"
    "$here/../support/intercept.py" "$work/site.pem" "$work/site.key" \
        >"$work/port" </dev/null &
    peers+=($!)
    read -r port <"$work/port"
    asked=$(requests)
    ask "proxy=http://127.0.0.1:$port"
    went "a proxy that opens what is encrypted is 117" tls-intercepted 0
    like "its issuer is named" "$out" "Inspection CA"
    like "and the proxy" "$out" "through proxy 127.0.0.1:$port"
    is "nothing was sent" "$(requests)" "$asked"
    run mainetcert --lang en --json diagnose --service "$profile" --proxy "http://127.0.0.1:$port"
    is "a diagnosis tells it by the same number" "$status $(jq -c '.endpoints[0] | [.stage, .code, .intercepted]' <<<"$out")" \
        '1 ["certificate",117,true]'
    like "and by the issuer" "$(jq -r '.endpoints[0].advice' <<<"$out")" "Inspection CA"
    mainet-standin fault --dir "$standin_dir" tls-trust
    ask
    went "a server that nobody knows, without a proxy, is 116" tls-trust 0
    like "its issuer is named too" "$out" "Somebody else"
    mainet-standin fault --dir "$standin_dir" none
}

standin_start "$work/standin" || exit
open_proxies
by_environment
refusing_proxies
basic
asked_once
digest
ntlm
negotiate
tickets
by_command
by_terminal
asked_once_at_terminal
by_diagnosis
by_batch
interception
done_testing
