#!/bin/sh
# No shell script has what shellcheck warns of.
# Usage: shell.sh SOURCE
set -eu
cd "$1"
echo 1..1
scripts=$(find .ci bindings examples share tests -type f -exec grep -lE '^#!/bin/(ba)?sh|^# shellcheck shell=' {} +)
# shellcheck disable=SC2086 # one word per script
if problems=$(shellcheck -x $scripts); then
    echo 'ok 1 - shellcheck is content'
else
    echo 'not ok 1 - shellcheck is content'
    echo "$problems" | sed 's/^/# /'
    exit 1
fi
