#!/bin/sh
# The headers, the map and the library name the same functions. Usage: exports.sh SOURCE LIBRARY
set -eu
source=$1 library=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

grep -hoE '^mainet_[a-z0-9_]+\(' "$source"/include/mainetcert/*.h "$source"/include/mainetcert/*.h.in |
    tr -d '(' | sort -u >"$work/headers"
sed -n 's/^ *\(mainet_[a-z0-9_]*\);$/\1/p' "$source/libmainetcert/libmainetcert.map" >"$work/map"
sort -u "$work/map" >"$work/map-sorted"
nm -D --defined-only "$library" | awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }' |
    sort -u >"$work/library"
nm -D --defined-only "$library" | awk '$2 != "T" && $2 != "A" { print $3 }' >"$work/data"

failed=0
check() { # NUMBER TEXT FILE FILE
    if diff "$3" "$4" >"$work/diff"; then
        echo "ok $1 - $2"
    else
        echo "not ok $1 - $2"
        sed 's/^/# /' "$work/diff"
        failed=1
    fi
}
echo 1..4
check 1 'the map lists what the headers declare' "$work/headers" "$work/map-sorted"
check 2 'the map is sorted' "$work/map-sorted" "$work/map"
check 3 'the library exports what the headers declare' "$work/headers" "$work/library"
check 4 'the library exports no data' /dev/null "$work/data"
exit $failed
