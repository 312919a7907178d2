# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# A stand-in service in a folder of its own, which no proxy is asked for. Sourced.

unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY MAINETCERT_SERVICE MAINETCERT_STORE

# standin_start DIR [OPTION...]: serve until standin_stop; $profile is its service profile
standin_start() {
    standin_dir=$1
    profile=$1/service.conf
    shift
    rm -f "$standin_dir/ready"
    mainet-standin serve --dir "$standin_dir" --foreground "$@" \
        >>"$standin_dir.log" 2>&1 </dev/null &
    standin_pid=$!
    for _ in {1..300}; do
        [ ! -e "$standin_dir/ready" ] || return 0
        kill -0 "$standin_pid" 2>/dev/null || break
        sleep 0.1
    done
    echo "# the stand-in did not start: $(<"$standin_dir.log")" >&2
    standin_stop
    return 1
}

# Stop it and wait for its end; nothing happens if it is not running.
standin_stop() {
    [ -n "${standin_pid:-}" ] || return 0
    kill "$standin_pid" 2>/dev/null
    wait "$standin_pid" 2>/dev/null
    standin_pid=
}

# What else a test has started, as children of its own shell.
peers=()

# Stop them and wait for their ends.
peers_stop() {
    local peer

    for peer in "${peers[@]}"; do
        kill "$peer" 2>/dev/null
        wait "$peer" 2>/dev/null
    done
}

# standin_order [OPTION...]: leaves $group_id, $number and $password
standin_order() {
    local order

    order=$(mainet-standin order --dir "$standin_dir" --group-id GROUP01 --json \
        --common-name '信託 太郎' "$@") || return
    group_id=$(jq -r .group_id <<<"$order")
    number=$(jq -r .certificate_number <<<"$order")
    password=$(jq -r .password <<<"$order")
}

# standin_url SECTION: that section's address in the profile
standin_url() {
    sed -n "/^\[$1\]/,/^\[/s/^url *= *//p" "$profile"
}

# standin_curl ARGUMENT...: curl that trusts the stand-in
standin_curl() {
    curl -sS --cacert "$standin_dir/tls-ca.pem" "$@"
}

# standin_fetch FILE [CURL OPTION...]: what the service answers to $group_id, $number, $password
standin_fetch() {
    local file=$1

    shift
    standin_curl -o "$file" --data-urlencode "group_id=$group_id" \
        --data-urlencode "certificate_number=$number" --data-urlencode "password=$password" \
        "$@" "$(standin_url retrieve)"
}

# silence_start DIR: somebody listens at $silent_port and never says a word, until silence_stop
silence_start() {
    rm -f "$1/silent-port"
    python3 -c 'if True:
        import socket, time
        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1], flush=True)
        time.sleep(300)' >"$1/silent-port" &
    silent_pid=$!
    until [ -s "$1/silent-port" ]; do sleep 0.1; done
    # shellcheck disable=SC2034
    silent_port=$(<"$1/silent-port")
}

silence_stop() {
    kill "$silent_pid"
    { wait "$silent_pid"; } 2>/dev/null
}

# private_mounts SCRIPT ARGUMENT...: what it mounts is gone when it ends
private_mounts() {
    if [ "$(id -u)" = 0 ]; then unshare --mount bash -c "$@"; else unshare -rm bash -c "$@"; fi
}
