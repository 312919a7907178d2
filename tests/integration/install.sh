#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# What `meson install` puts where, and that it works from there. Needs BUILD, the build folder.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
prefix=$(meson introspect --buildoptions "$BUILD" | jq -r '.[] | select(.name == "prefix").value')
there=$work$prefix
doc=$there/share/doc/mainetcert

it_is_installed() {
    local file missing=''

    meson install -C "$BUILD" --no-rebuild --destdir "$work" >"$work/log" 2>&1
    is "it is installed" "$? $(tail -n 1 "$work/log" | grep -i error)" "0 "
    for file in bin/mainetcert bin/mainet-standin include/mainetcert.h include/mainetcert/identity.h \
        share/mainetcert/services/mainet.conf share/bash-completion/completions/mainetcert \
        share/zsh/site-functions/_mainetcert share/man/man1/mainetcert.1 \
        share/man/ja/man1/mainetcert.1 share/doc/mainetcert/administrator.md \
        share/doc/mainetcert/administrator.ja.md share/doc/mainetcert/user.md \
        share/doc/mainetcert/user.ja.md share/doc/mainetcert/renewal/README.md; do
        [ -s "$there/$file" ] || missing+=" $file"
    done
    is "whole" "$missing" ''
}

# The paths in what is installed are those without the folder it was put in for now.
reminders_name_what_is_there() {
    local script

    script=$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$doc/renewal/mainetcert-remind.service")
    ok "the service starts a script that is there" test -f "$work$script"
    script=$(awk '$1 == 0 && $2 == 9 { print $6 }' "$doc/renewal/crontab")
    ok "so does the line for cron" test -f "$work$script"
    like "the timer is one of a user" "$(<"$doc/renewal/mainetcert-remind.timer")" '[Timer]'
    LC_ALL=C PATH=$there/bin:$PATH LD_LIBRARY_PATH=$libraries MAINETCERT_STORE=$work/store \
        run "$work$script" 30
    is "the script runs the command that is installed" "$status $out$err" "0 "
}

p11_kit_finds_the_module() {
    local module file

    file=$(find "$work" -name mainetcert.module)
    module=$(sed -n 's/^module: *//p' "$file")
    ok "p11-kit is told of the module" test -n "$(find "$work" -name "$(basename "$module")" -path '*pkcs11*')"
}

# In a library that lies in a folder of its own.
it_reads_mails() {
    local notice=("$there/bin/mainetcert" --lang en acquire --group-id G
        --service "$there/share/mainetcert/services/mainet.conf" --notice "$work/none.eml")

    if [ -z "$WITH_MAIL" ]; then
        skip "it reads mails" "built without GMime"
        return
    fi
    LD_LIBRARY_PATH=$libraries run "${notice[@]}"
    like "it reads mails" "$err" "none.eml: No such file or directory"
    find "$there" -name mainetcert-mail.so -delete
    LD_LIBRARY_PATH=$libraries run "${notice[@]}"
    like "and says so where it cannot" "$err" 'error 180'
    like "and what it misses" "$err" 'mainetcert-mail.so'
}

programs_are_built_with_it() {
    printf '%s\n' '#include <mainetcert.h>' '#include <stdio.h>' \
        'int main(void) { return puts(mainet_version()) < 0; }' >"$work/program.c"
    export PKG_CONFIG_PATH=$libraries/pkgconfig PKG_CONFIG_SYSROOT_DIR=$work
    # shellcheck disable=SC2046 # a word each
    ok "pkg-config says how to build with it" gcc "$work/program.c" -o "$work/program" \
        $(pkg-config --cflags --libs libmainetcert)
    is "and the program runs" "$(LD_LIBRARY_PATH=$libraries "$work/program")" \
        "$(LD_LIBRARY_PATH=$libraries "$there/bin/mainetcert" --version | awk '{ print $2 }')"
}

it_is_installed
libraries=$(dirname "$(find "$there" -name 'libmainetcert.so.0' | head -n 1)")
reminders_name_what_is_there
p11_kit_finds_the_module
programs_are_built_with_it
it_reads_mails
done_testing
