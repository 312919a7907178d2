# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash disable=SC2034
# What Debian 12 must have, and how it comes there. Sourced.

# To build, and to try everything out: examples/quickstart.
quickstart_packages=(
    gcc libc6-dev meson ninja-build pkgconf python3
    libssl-dev libcurl4-openssl-dev libsqlite3-dev libinih-dev libjansson-dev libp11-kit-dev
    libmicrohttpd-dev libgnutls28-dev libgmime-3.0-dev
    ca-certificates curl libengine-pkcs11-openssl openssl opensc gnutls-bin p11-kit
    firefox-esr libnss3-tools fonts-ipaexfont-gothic
)

# What tests/run needs beyond that.
test_packages=(
    bash-completion binutils check chromium clang gir1.2-gtk-4.0 groff-base jq mypy openbox procps python3-dev python3-gi python3-mesonpy
    python3-mypy python3-pip python3-venv shellcheck strace swig util-linux
    valgrind xdotool xvfb zsh
    # programs that load the module, and their peers: tests/pkcs11/
    openjdk-17-jdk-headless stunnel4 wget
    eapoltest g++ gnupg-pkcs11-scd golang-github-miekg-pkcs11-dev golang-github-stretchr-testify-dev
    golang-github-thalesignite-crypto11-dev golang-go hostapd make openssh-client openssh-server openvpn pkcs11-data pkcs11-dump poppler-utils python3-pykcs11
    # proxies: tests/integration/proxy.sh
    krb5-admin-server krb5-kdc krb5-user squid tinyproxy
)
# Node, which is there with npm and its headers, or all of it comes from Debian.
command -v npm >/dev/null || test_packages+=(libnode-dev nodejs npm)

# Install those of the named packages that are not there; ask nothing of apt if all are. Servers
# among them are there for tests alone: none is started.
install_missing() {
    local package missing=() policy=/usr/sbin/policy-rc.d status=0

    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
            missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    echo "Installing: ${missing[*]}"
    [ ! -e "$policy" ] || policy=
    [ -z "$policy" ] || install -m 755 <(printf '#!/bin/sh\nexit 101\n') "$policy"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -q && apt-get install -q -y --no-install-recommends "${missing[@]}"; } ||
        status=$?
    [ -z "$policy" ] || rm -f "$policy"
    return $status
}
