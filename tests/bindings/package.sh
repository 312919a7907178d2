#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# The NuGet package has everything with it: a project that knows nothing else runs the example.
# Usage: package.sh DOTNET.SH FOLDER-OF-ASSEMBLY VERSION MODULE PROFILE WORK-FOLDER
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source-path=SCRIPTDIR source=../support/standin.sh
. "$here/../support/standin.sh"

dotnet_sh=$1 assembly=$2 version=$3 module=$(realpath "$4") shipped=$5 builds=$6
bindings=$here/../../bindings/csharp/MainetCert example=$here/../../examples/csharp
work=$(mktemp -d)
trap 'standin_stop; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

mkdir "$work/natives"
ln -s "$assembly/libmainetcert_csharp.so" "$module" "$work/natives/"
ln -s "$shipped" "$work/natives/mainet.conf"
ok "a package is made" "$dotnet_sh" pack "$bindings/MainetCert.csproj" "$builds" \
    "-p:Generated=$assembly/.." "-p:Natives=$work/natives" "-p:Version=$version" \
    "-p:PackageOutputPath=$work/feed"
package=$work/feed/MainetCert.$version.nupkg
is "it has the assembly, its documents and what it loads" \
    "$(python3 -m zipfile -l "$package" | awk '/^(lib|runtimes)\//{print $1}' | sort)" \
    "$(printf '%s\n' lib/net10.0/MainetCert.dll lib/net10.0/MainetCert.xml \
        runtimes/linux-x64/native/libmainetcert_csharp.so runtimes/linux-x64/native/mainet.conf \
        runtimes/linux-x64/native/mainetcert-pkcs11.so)"

# the package is the only one there is, and no other copy of it is taken for it
mkdir "$work/fresh"
cp "$example/Login.cs" "$example/Login.csproj" "$work/fresh/"
cat >"$work/fresh/nuget.config" <<EOF
<configuration><packageSources><clear /><add key="here" value="$work/feed" /></packageSources></configuration>
EOF
unset MAINETCERT_CSHARP MAINETCERT_SERVICE LD_LIBRARY_PATH
ok "a fresh project is built with it" "$dotnet_sh" build "$work/fresh/Login.csproj" "$work/fresh" \
    "-p:RestorePackagesPath=$work/packages" "-p:OutDir=$work/out/"

# login PROGRAM STORE PIN: leaves what was seen in $out
login() {
    out=$(printf '%s\n%s\n' "$3" "$password" | MAINETCERT_STORE=$2 PKCS11_MODULE_PATH=$module \
        "$1" "$profile" "$group_id" "$number" "$standin_dir/tls-ca.pem" 2>&1)
}

# published KIND PROPERTY: a program of one folder, without what it does not use, for which nothing had to be
# warned of (the project takes warnings for errors). NuGet has the tools.
published() {
    local kind=$1 folder=$work/$1 properties

    mkdir "$folder"
    cp "$example/Login.cs" "$example/Login.csproj" "$folder/"
    sed 's|<clear />||' "$work/fresh/nuget.config" >"$folder/nuget.config"
    properties=("-p:$2=true" -p:SelfContained=true -p:RuntimeIdentifier=linux-x64 -p:TrimmerSingleWarn=false
        -p:Configuration=Release "-p:RestorePackagesPath=$work/packages"
        "-p:RestoreFallbackFolders=$HOME/.nuget/packages%3B/opt/nuget/packages")
    export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
    if ! dotnet restore "$folder/Login.csproj" "${properties[@]}" >"$work/log" 2>&1; then
        sed 's/^/# /' "$work/log"
        skip "$kind: it is published" "NuGet does not have what publishes"
        return
    fi
    ok "$kind: it is published" dotnet publish --no-restore "$folder/Login.csproj" "${properties[@]}" \
        -nodeReuse:false -p:UseSharedCompilation=false -o "$folder/out"
    standin_order --key ec:P-256 || exit 1
    module=$folder/out/mainetcert-pkcs11.so
    login "$folder/out/Login" "$work/store-$kind" 246810
    is "$kind: it acquires, and logs in" "$(tail -n 1 <<<"$out")" installed
    login "$folder/out/Login" "$work/store-$kind" 135790
    like "$kind: it tells what failed" "$out" "320: "
}
standin_start "$work/standin" || exit 1
standin_order --key rsa:2048 || exit 1
unset MAINETCERT_MODULE
module=$work/out/runtimes/linux-x64/native/mainetcert-pkcs11.so
login "$work/out/Login" "$work/store" 246810
is "it acquires, and logs in with a key that stays inside" "$(tail -n 1 <<<"$out")" installed
like "it tells whose key it has" "$out" pkcs11:
login "$work/out/Login" "$work/store" 135790
like "it tells what failed" "$out" "320: "
published trimmed PublishTrimmed
published native PublishAot
done_testing
