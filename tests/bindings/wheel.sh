#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# The wheel has everything with it: pip builds and installs it for a Python that knows nothing else, with no
# index of packages in reach. For Debian's Python, and another CPython where there is one. Usage: wheel.sh SOURCE
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source-path=SCRIPTDIR source=../support/standin.sh
. "$here/../support/standin.sh"

source=$(realpath "$1")
work=$(mktemp -d)
trap 'standin_stop; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
# nothing of the build folder, of this user's settings and of an index
unset PYTHONPATH LD_LIBRARY_PATH MAINETCERT_MODULE MAINETCERT_SERVICE
export PIP_NO_INDEX=1 PIP_CONFIG_FILE=/dev/null PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 \
    MAINETCERT_STORE=$work/store

# What an archive of the source has of it: the build leaves files there.
mkdir "$work/source"
cp -r "$source"/{LICENSE,README.md,bindings,include,libmainetcert,meson.build,meson_options.txt,pkcs11,pyproject.toml,share} \
    "$work/source/"

cat >"$work/use.py" <<'PY'
import pathlib
import sys

import mainetcert

profile, group_id, number, password = sys.argv[1:]
here = pathlib.Path(mainetcert.__file__).parent
assert pathlib.Path(sys.prefix) in here.parents, here
assert mainetcert.pkcs11_module().parent == here
assert mainetcert.Service().path.parent == here
token = mainetcert.Store().create_token("246810", label=sys.argv[3])
identity = mainetcert.acquire(token, mainetcert.Service(profile), group_id=group_id,
                              certificate_number=number, password=password)
print(mainetcert.__version__, identity.label, bool(mainetcert.confirm(identity)))
PY

# wheel NAME PYTHON: install it in a new environment of that Python, and use it
wheel() {
    local name=$1 python=$2 module

    ok "$name: there is an environment" "$python" -m venv "$work/$name"
    # meson-python is Debian's, for no index has one here
    PYTHONPATH=$backend run "$work/$name/bin/python" -m pip install --no-build-isolation --no-deps "$work/source"
    is "$name: pip installs it" "$status $(grep -i error <<<"$out$err")" "0 "
    standin_order --key ec:P-256 || exit 1
    run "$work/$name/bin/python" "$work/use.py" "$profile" "$group_id" "$number" "$password"
    is "$name: it acquires and confirms" "$out$err" "0.1.0 信託 太郎 True"
    module=$("$work/$name/bin/python" -c 'import mainetcert; print(mainetcert.pkcs11_module())')
    run pkcs11-tool --module "$module" --list-objects --token-label "$number" --type cert
    like "$name: the module in it shows the certificate" "$out" '信託 太郎'
    is "$name: it has nothing but the package" "$(find "$work/$name" -ipath '*mainet*' -prune -printf '%f\n' |
        sort)" "$(printf '%s\n' mainetcert mainetcert-0.1.0.dist-info)"
}

backend=$(mktemp -d "$work/backend-XXXXXX")
debian=/usr/lib/python3/dist-packages
for module in mesonpy pyproject_metadata packaging tomli typing_extensions; do
    [ ! -e "$debian/$module" ] || ln -s "$debian/$module" "$backend/"
    [ ! -e "$debian/$module.py" ] || ln -s "$debian/$module.py" "$backend/"
done
standin_start "$work/standin" || exit 1
wheel debian /usr/bin/python3
# Debian's meson knows no later one
other=$(python3 -c 'import sys; print(sys.executable if sys.version_info[:2] == (3, 11) else "")')
if [ "$(realpath "${other:-/usr/bin/python3}")" != "$(realpath /usr/bin/python3)" ]; then
    wheel other "$other"
fi
done_testing
