#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# What bash and zsh offer while a command line of mainetcert is typed. Needs mainetcert on PATH.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"
share=$here/../../share

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
unset MAINETCERT_SERVICE XDG_DATA_HOME
export LC_ALL=C.UTF-8 MAINETCERT_STORE=$work/store
export PIN=246810 PASSWORD=secret

# offered WORD...: what bash offers for the last word, sorted, on one line
offered() {
    bash --norc --noprofile -c '
        . /usr/share/bash-completion/bash_completion
        . "$1/bash-completion/mainetcert"
        shift
        compopt() { :; } # there is no line that is being typed
        COMP_WORDS=(mainetcert "$@") COMP_CWORD=$# COMP_LINE="mainetcert $*" COMP_POINT=${#COMP_LINE}
        _mainetcert
        printf "%s\n" "${COMPREPLY[@]}" | sort | paste -sd " "' - "$share" "$@"
}

make_store() {
    openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=Taro -days 30 -keyout "$work/key.pem" \
        -out "$work/certificate.pem" 2>/dev/null
    openssl pkcs12 -export -name 'Taro Yamada' -inkey "$work/key.pem" -in "$work/certificate.pem" \
        -passout env:PASSWORD -out "$work/taro.p12"
    sha256=$(openssl x509 -in "$work/certificate.pem" -noout -fingerprint -sha256 | sed 's/.*=//')
    mainetcert token init --token 'My token' --new-pin-source env:PIN >/dev/null
    mainetcert import "$work/taro.p12" --token 'My token' --pin-source env:PIN --no-confirm \
        --password-source env:PASSWORD --accept-issuer "$sha256" >/dev/null
    id=$(mainetcert list --json | jq -r '.[0].id[:12]')
}

in_bash() {
    like "commands" " $(offered '') " ' acquire '
    like "and groups of them" " $(offered '') " ' token '
    is "those that begin as typed" "$(offered exp)" 'explain export'
    is "commands of a group" "$(offered token re)" 'rename restore'
    is "options of a command" "$(offered --lang ja export --le)" '--leaf-only --legacy'
    is "none of another" "$(offered show --le)" ''
    is "kinds of sources" "$(offered list --pin-source '')" '- env: fd: file:'
    is "languages" "$(offered list --lang '')" 'en ja'
    is "ids" "$(offered show '')" "$id"
    is "no second id" "$(offered show "$id" '')" ''
    is "of the store that was named" "$(offered --store "$work/none" show '')" ''
    is "labels of tokens" "$(offered --token '')" 'My\ token'
    is "error numbers and names" "$(offered explain pin-in)" 'pin-incorrect'
    is "settings" "$(offered token set show-e)" 'show-expired=no show-expired=yes'
    is "nothing behind what is no command" "$(offered bogus '')" ''
    cd "$work" || exit
    is "files of a source" "$(offered list --pin-source file:ta)" 'taro.p12' # behind the colon, where bash begins a word
}

# typed TEXT EXPECTED: says `found` if a zsh shows that after TEXT and Tab were typed
typed() {
    timeout 60 "$here/../support/zsh-typist" "$share/zsh" "$work" "$@"
}

in_zsh() {
    is "zsh completes a command" "$(typed 'mainetcert ren' 'renew')" found
    is "and an id" "$(typed "mainetcert show ${id:0:3}" "$id")" found
}

make_store
in_bash
in_zsh
done_testing
