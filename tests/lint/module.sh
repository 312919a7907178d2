#!/bin/sh
# What a host process gets to see of the module. Usage: module.sh MODULE
set -eu
module=$1
failed=0

check() { # NUMBER TEXT OUTPUT: fails if there is any output
    if [ -z "$3" ]; then
        echo "ok $1 - $2"
    else
        echo "not ok $1 - $2"
        echo "$3" | sed 's/^/# /'
        failed=1
    fi
}
echo 1..5
check 1 'it exports the C_ functions alone' \
    "$(nm -D --defined-only "$module" | awk '{ print $3 }' | grep -vE '^C_[A-Za-z]+$' || true)"
check 2 'it borrows nobody'\''s SQLite' "$(nm -D --undefined-only "$module" | grep sqlite3_ || true)"
check 3 'it brings no libcurl, libmicrohttpd or libsqlite3' \
    "$(ldd "$module" | grep -E 'libcurl|libmicrohttpd|libsqlite3' || true)"
check 4 'it registers nothing at exit or fork' \
    "$(nm -D --undefined-only "$module" | grep -wE 'atexit|on_exit|__register_atfork|pthread_atfork|__cxa_atexit' || true)"
check 5 'it answers CKA questions through C_GetFunctionList' \
    "$(nm -D --defined-only "$module" | grep -qw C_GetFunctionList || echo missing)"
exit $failed
