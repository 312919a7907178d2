#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Run dotnet on a project, leaving nothing in the source tree and no process behind:
# dotnet.sh build|pack|test|... PROJECT WORK-FOLDER [ARGUMENTS]
# What the SDK analyzes trimming and native compilation with is a package of its own: where it cannot be had, an
# assembly is built without that analysis.
set -eu
verb=$1 project=$2
mkdir -p "$3"
work=$(realpath "$3")
shift 3
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
set -- "$@" --verbosity quiet -nodeReuse:false -p:UseSharedCompilation=false -p:Configuration=Release \
    "-p:BaseIntermediateOutputPath=$work/obj/" "-p:BaseOutputPath=$work/bin/"
[ ! -d /opt/nuget/packages ] || set -- "$@" -p:RestoreFallbackFolders=/opt/nuget/packages
if ! dotnet restore "$project" "$@" >"$work/restore.log" 2>&1; then
    grep -q 'Microsoft.NET.ILLink.Tasks' "$work/restore.log" || { cat "$work/restore.log"; exit 1; }
    echo "$project: no analysis of trimming and native compilation: its package cannot be restored"
    set -- "$@" -p:IsAotCompatible=false
    dotnet restore "$project" "$@"
fi
exec dotnet "$verb" --no-restore "$project" "$@"
