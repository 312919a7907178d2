# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash disable=SC2034,SC2154
# Programs at both ends of a connection on loopback, and how they end. Sourced, after token.sh.

token=pkcs11:token=MaiNet
pin=1234-pin
trap 'exit 1' INT TERM
unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY XDG_CONFIG_HOME SSH_AUTH_SOCK
export PKCS11_MODULE_PATH=$module HOME=$work/home
mkdir -m 700 "$HOME"
printf 'GET / HTTP/1.0\r\n\r\n' >"$work/request"

# start NAME COMMAND...: a peer that ends with the script; its output goes to $work/NAME.log
start() {
    local name=$1

    shift
    "$@" >"$work/$name.log" 2>&1 </dev/null &
    started+=($!)
}

# await FILE TEXT: until the file has the text
await() {
    for _ in {1..200}; do
        ! grep -qaF -- "$2" "$1" 2>/dev/null || return 0
        sleep 0.05
    done
    echo "# no '$2' in $1" >&2
    return 1
}

# free_port tcp|udp
free_port() {
    python3 - "$1" <<'PYTHON'
import socket, sys
kind = socket.SOCK_DGRAM if sys.argv[1] == 'udp' else socket.SOCK_STREAM
with socket.socket(type=kind) as free:
    free.bind(('127.0.0.1', 0))
    print(free.getsockname()[1])
PYTHON
}

# ask COMMAND...: with a request to type; leaves its $status, and in $seen what it said
ask() {
    "$@" >"$work/said" 2>&1 <"$work/request"
    status=$?
    seen=$(tr -d '\0' <"$work/said")
}

# served SENTENCE KEY VERSION COMMAND...: the program ends well, and the server of serve, asked over
# this version of TLS, showed it the certificate that it had seen
served() {
    local sentence=$1 key=$2 version=$3

    shift 3
    ask "$@"
    if [ "$status" = 0 ] && [[ $seen == *"Protocol  : TLSv$version"*"Subject: CN=$key"* ]]; then
        pass "$sentence"
    else
        fail "$sentence" "status $status: $seen"
    fi
}

# refused SENTENCE COMMAND...: the program ends by itself, and no server saw a certificate
refused() {
    local sentence=$1

    shift
    ask "$@"
    if [ "$status" -lt 124 ] && [[ $seen != *Subject:* ]]; then
        pass "$sentence"
    else
        fail "$sentence" "status $status: $seen"
    fi
}

# watched NAME COMMAND...: how it and all that it forks end goes to $work/NAME.ends
watched() {
    local name=$1

    shift
    strace -q -f --seccomp-bpf -e trace=exit_group -e signal=none -o "$work/$name.ends" "$@"
}

# ended_well SENTENCE NAME COUNT: what was watched are so many processes, and none was killed
ended_well() {
    local ends

    ends=$(grep -F '+++' "$work/$2.ends")
    if [[ $ends != *'killed by'* ]] && [ "$(grep -c . <<<"$ends")" -ge "$3" ]; then
        pass "$1"
    else
        fail "$1" "$ends"
    fi
}

# with_p11_kit COMMAND...: p11-kit knows the module. It reads no user's configuration as root, so
# root becomes somebody else in a namespace.
with_p11_kit() {
    mkdir -p "$HOME/.config/pkcs11/modules"
    printf 'module: %s\ncritical: yes\n' "$module" \
        >"$HOME/.config/pkcs11/modules/mainetcert.module"
    if [ "$(id -u)" = 0 ]; then
        unshare --user --map-user=1000 --map-group=1000 "$@"
    else
        "$@"
    fi
}
