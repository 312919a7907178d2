#!/bin/sh
# Every public function says what it does, names its parameters as they are, and since when it is there.
# Usage: docs.sh SOURCE
set -eu
cd "$1"
echo 1..1
if problems=$(awk '
    FNR == 1 { comment = ""; taking = 0 }
    /^\/\*\*/ { comment = $0; taking = 1; if ($0 ~ /\*\//) taking = 0; next }
    taking { comment = comment "\n" $0; if ($0 ~ /\*\//) taking = 0; next }
    /^mainet_[a-z0-9_]+\(/ {
        text = $0
        while (text !~ /;/ && (getline line) > 0) text = text " " line
        name = text; sub(/\(.*/, "", name)
        where = FILENAME ": " name
        if (comment !~ /@since/) print where ": no @since"
        inside = text; sub(/^[^(]*\(/, "", inside); sub(/\);.*/, "", inside)
        count = inside == "void" ? 0 : split(inside, parameters, ",")
        for (i = 1; i <= count; i++) {
            parameter = parameters[i]; gsub(/\[[0-9]*\]/, "", parameter)
            sub(/^.*[ *]/, "", parameter)
            if (comment !~ ("@param(\\[[a-z,]*\\])? +" parameter "[ \n]")) print where ": @param " parameter
        }
        documented = gsub(/@param/, "@param", comment)
        if (documented != count) print where ": " documented " @param for " count " parameters"
        comment = ""
    }' include/mainetcert/*.h include/mainetcert/version.h.in) && [ -z "$problems" ]; then
    echo 'ok 1 - every public declaration is documented'
else
    echo 'not ok 1 - every public declaration is documented'
    echo "$problems" | sed 's/^/# /'
    exit 1
fi
