#!/bin/sh
# No file includes what lies above it (libmainetcert/README.md). Usage: layers.sh SOURCE
set -eu
cd "$1"
failed=0
number=0

# NAME FOLDER PATTERN: no #include in FOLDER matches PATTERN
refuse() {
    number=$((number + 1))
    if found=$(grep -rnE "^ *# *include *[\"<]($3)" "$2" --include='*.[ch]'); then
        echo "not ok $number - $1"
        echo "$found" | sed 's/^/# /'
        failed=1
    else
        echo "ok $number - $1"
    fi
}

# NAME FOLDER PATTERN FILE: only FILE in FOLDER matches PATTERN
only() {
    number=$((number + 1))
    found=$(grep -rlE "^ *# *include *[\"<]($3)" "$2" --include='*.[ch]' | sort || true)
    if [ "$found" = "$4" ]; then
        echo "ok $number - $1"
    else
        echo "not ok $number - $1"
        echo "$found" | sed 's/^/# /'
        failed=1
    fi
}

echo 1..9
refuse 'headers include public headers alone' include '(base|pkcs12|store|acquire|pkcs11)/|openssl|sqlite3|curl/'
refuse 'base knows nothing above it' libmainetcert/base '(pkcs12|store|acquire)/|curl/|sqlite3'
refuse 'pkcs12 knows nothing above it' libmainetcert/pkcs12 '(store|acquire)/|curl/|sqlite3'
refuse 'store knows nothing above it' libmainetcert/store 'acquire/|curl/'
refuse 'the module never reaches acquire' pkcs11 'acquire/|mainetcert/(acquire|service)\.h|curl/|sqlite3'
refuse 'the command uses the public headers alone' examples/mainetcert '(base|pkcs12|store|acquire|pkcs11)/|openssl|sqlite3|curl/'
only 'SQLite is behind one header' libmainetcert 'sqlite3\.h' libmainetcert/store/database-private.h
only 'of three files' libmainetcert 'store/database-private\.h' "libmainetcert/store/database.c
libmainetcert/store/schema.c
libmainetcert/store/statement.c"
only 'libcurl is behind one header' libmainetcert 'curl/curl\.h' libmainetcert/acquire/attempt.h
exit $failed
