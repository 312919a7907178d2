#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# The types that the Python package tells are the ones it has. Usage: stubs.sh FOLDER-OF-PACKAGE
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit
export MYPYPATH=$1 PYTHONPATH=$1 MYPY_CACHE_DIR=$work/cache

for tool in mypy stubtest; do
    if ! command -v "$tool" >/dev/null; then
        skip "the types are checked by $tool" "$tool is not installed"
    elif [ "$tool" = mypy ]; then
        ok "the package passes mypy --strict" mypy --strict -p mainetcert
    else
        ok "the stubs are what is there" stubtest mainetcert --concise \
            --allowlist "$here/stubtest-allowed.txt"
    fi
done
cat >user.py <<'PY'
import mainetcert

token = mainetcert.Store("x").create_token(b"1234")
identity: mainetcert.Identity = mainetcert.acquire(token, group_id="G")
label: str = identity.label
if identity.acquired_at:
    identity.acquired_at.isoformat()
PY
ok "a program that uses it as told passes" mypy --strict user.py
echo 'token.unlock(1234)' >>user.py
run mypy --strict user.py
like "one that does not is told" "$out" 'Argument 1 to "unlock"'
done_testing
