#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Every public function is called by what SWIG made for each language, or unbound.txt says why not.
# Usage: bindings.sh SOURCE LANGUAGE=FOLDER-OF-LIBRARY...
set -u
source=$1
shift
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"

public=$(sed -n 's/^ *\(mainet_[a-z0-9_]*\);$/\1/p' "$source/libmainetcert/libmainetcert.map" | sort)
for one in "$@"; do
    language=${one%%=*}
    called=$(nm -u "${one#*=}"/*.so.p/*.o | awk '$2 ~ /^mainet_/ { print $2 }' | sort -u)
    unbound=$(awk -v language="$language" '$1 == language || $1 == "both" { print $2 }' \
        "$here/unbound.txt" | sort)
    is "$language has every public function that is not excused" \
        "$(comm -23 <(echo "$public") <(sort <<<"$called"$'\n'"$unbound"))" ""
    is "$language has none that is excused" "$(comm -12 <(echo "$called") <(echo "$unbound"))" ""
done
is "only public functions are excused" \
    "$(awk '$1 !~ /^#/ && NF { print $2 }' "$here/unbound.txt" | sort -u |
        comm -13 <(echo "$public") -)" ""
is "each is excused with a reason" "$(awk '$1 !~ /^#/ && NF == 2' "$here/unbound.txt")" ""
done_testing
