#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# .NET's Pkcs11Interop. Usage: programs-dotnet.sh DOTNET.SH FOLDER
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=token.sh
. "$here/token.sh"

dotnet_sh=$1 builds=$2
if ! "$dotnet_sh" build "$here/dotnet/Interop.csproj" "$builds" "-p:OutDir=$work/out/" \
    >"$work/log" 2>&1; then
    echo "Bail out! not built: $(tail -5 "$work/log")"
    exit 1
fi
# it calls dlopen by a name that glibc has no more
ln -s "$(/sbin/ldconfig -p | awk '$1 == "libdl.so.2" { print $NF; exit }')" "$work/out/libdl.so"
timeout 200 dotnet "$work/out/Interop.dll" "$module" "$work"
