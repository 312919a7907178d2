#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Node's graphene-pk11, which npm builds once a build folder. Usage: programs-node.sh FOLDER
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=token.sh
. "$here/token.sh"
need node npm

# the headers are those of this node: none are fetched
prefix=$(dirname "$(dirname "$(realpath "$(command -v node)")")")
mkdir -p "$1" && cd "$1" || exit
if ! cmp -s "$here/node/package-lock.json" package-lock.json || [ ! -e installed ]; then
    rm -f installed
    cp "$here"/node/package*.json .
    if ! npm_config_nodedir=$prefix npm ci --no-audit --no-fund >npm.log 2>&1; then
        if ! npm ping --fetch-retries=0 --fetch-timeout=20000 >/dev/null 2>&1; then
            echo "1..0 # SKIP npm reaches no registry"
            exit 0
        fi
        echo "Bail out! npm ci failed: $(tail -5 npm.log)"
        exit 1
    fi
    touch installed
fi
timeout 120 node "$here/node/graphene.js" "$module" "$work"
