#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# OpenSSH logs in with keys of a token: sshd answers with the name of the key that it took.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source-path=SCRIPTDIR source=token.sh
. "$here/token.sh"
# shellcheck source-path=SCRIPTDIR source=peers.sh
. "$here/peers.sh"

export SSH_ASKPASS=$work/answer-pin SSH_ASKPASS_REQUIRE=force

# type_pin PIN: what a program is told that asks for one
type_pin() {
    install -m 700 <(printf '#!/bin/sh\necho %s\n' "$1") "$SSH_ASKPASS"
}

# log_in ARGUMENT...: to the server, by public key; $seen and $status
log_in() {
    ask timeout 20 ssh -T -F none -p "$port" -o UserKnownHostsFile="$work/known" \
        -o PreferredAuthentications=publickey "$@" -l "$(id -un)" 127.0.0.1
}

# logged_in SENTENCE KEY
logged_in() {
    if [ "$status" = 0 ] && [[ $seen == *"in by $2"* ]]; then
        pass "$1"
    else
        fail "$1" "status $status: $seen"
    fi
}

# A server that takes the keys as the certificates have them, not as OpenSSH read them, and
# certificates that were signed with ec.
serve_ssh() {
    local key

    port=$(free_port tcp)
    ssh-keygen -q -t ed25519 -N '' -f "$work/host"
    printf '[127.0.0.1]:%s %s\n' "$port" "$(<"$work/host.pub")" >"$work/known"
    for key in rsa ec; do
        ssh-keygen -i -m PKCS8 -f "$work/$key.pub" >"$work/$key.ssh"
        printf 'command="echo in by %s" %s\n' $key "$(<"$work/$key.ssh")" >>"$work/authorized"
    done
    printf 'command="echo in by certificate",cert-authority,principals="tester" %s\n' \
        "$(<"$work/ec.ssh")" >>"$work/authorized"
    cat >"$work/sshd_config" <<END
Port $port
ListenAddress 127.0.0.1
HostKey $work/host
PidFile none
AuthorizedKeysFile $work/authorized
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
END
    [ "$(id -u)" != 0 ] || mkdir -p /run/sshd # where sshd of root locks itself in
    start sshd /usr/sbin/sshd -D -e -f "$work/sshd_config"
    await "$work/sshd.log" 'Server listening'
}

try_keygen() {
    local key listed

    listed=$(ssh-keygen -D "$module" 2>/dev/null)
    for key in rsa ec; do
        like "ssh-keygen lists the key of $key" "$listed" "$(<"$work/$key.ssh")"
    done
    ssh-keygen -q -t ed25519 -N '' -f "$work/user"
    ssh-keygen -q -D "$module" -s "$work/ec.ssh" -I test -n tester "$work/user.pub" \
        >"$work/log" 2>&1
    log_in -i "$work/user"
    logged_in 'what ssh-keygen signs with a key of the token is let in' certificate
}

try_ssh() {
    log_in -I "$module"
    logged_in 'ssh -I logs in' rsa
    log_in -o PKCS11Provider="$module" -o IdentitiesOnly=yes -i "$work/ec.ssh"
    logged_in 'ssh logs in with the one key that is named' ec
    type_pin wrong-pin
    log_in -I "$module"
    is 'ssh with a wrong PIN is not let in' "$status" 255
    unlike 'by any key' "$seen" 'in by'
    type_pin $pin
}

# agent_logs_in SENTENCE: with both keys, and what ssh knows of them is public
agent_logs_in() {
    local key

    for key in rsa ec; do
        log_in -o IdentitiesOnly=yes -i "$work/$key.ssh"
        logged_in "$1 with $key" $key
    done
}

# The agent forks a helper, which loads the module, lets it go and loads it again.
try_agent() {
    export SSH_AUTH_SOCK=$work/agent
    start agent watched agent ssh-agent -D -a "$SSH_AUTH_SOCK" -P "$module"
    await "$work/agent.log" 'Agent pid'
    type_pin wrong-pin
    ssh-add -s "$module" 2>"$work/log"
    is 'with a wrong PIN ssh-agent has but the key of the token without PIN' \
        "$(ssh-add -L | cut -d ' ' -f 3- | grep -xE 'rsa|ec|open')" open
    ok 'and lets go of it' ssh-add -e "$module"
    type_pin $pin
    ok 'ssh-add gives the tokens to ssh-agent' ssh-add -s "$module"
    agent_logs_in 'ssh-agent logs in'
    ok 'ssh-agent signs, and ssh-add verifies' ssh-add -T "$work/rsa.ssh" "$work/ec.ssh"
    ok 'ssh-add takes the tokens back' ssh-add -e "$module"
    log_in -o IdentitiesOnly=yes -i "$work/rsa.ssh"
    unlike 'and nobody is let in' "$seen" 'in by'
    ok 'ssh-add gives the tokens again' ssh-add -s "$module"
    agent_logs_in 'ssh-agent logs in again'
    kill "$(sed -n 's/.*Agent pid \([0-9]*\).*/\1/p' "$work/agent.log")"
    wait "${started[-1]}"
    ended_well 'ssh-agent and its helper end' agent 2
}

serve_ssh || { echo "Bail out! no server: $(<"$work/sshd.log")"; exit 1; }
type_pin $pin
try_keygen
try_ssh
try_agent
done_testing
