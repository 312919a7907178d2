#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# Python's PyKCS11, by Debian's own Python.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=token.sh
. "$here/token.sh"

PYKCS11LIB=$module /usr/bin/python3 "$here/programs-python.py" "$work"
