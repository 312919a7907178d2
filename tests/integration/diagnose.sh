#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# diagnose tells where the way to the service is blocked, and which proxies this machine knows of.
# Needs mainetcert and mainet-standin on PATH.
set -u
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/tap.sh
. "$here/../support/tap.sh"
# shellcheck source-path=SCRIPTDIR source=../support/standin.sh
. "$here/../support/standin.sh"
unset HTTP_PROXY no_proxy NO_PROXY auto_proxy XDG_CONFIG_HOME

work=$(mktemp -d)
filter_pid=
trap 'standin_stop; [ -z "$filter_pid" ] || kill "$filter_pid"; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
export HOME=$work/home MAINETCERT_STORE=$work/store
mkdir -m 700 "$HOME"

# A desktop that is set to nothing.
mkdir "$work/bin"
printf '#!/bin/sh\necho "'"'none'"'"\n' >"$work/bin/gsettings"
chmod +x "$work/bin/gsettings"
PATH=$work/bin:$PATH

diagnose() {
    run mainetcert --json diagnose --service "$work/service.conf" "$@"
}

# endpoints LINE...: the profile with these in the place of its own
endpoints() {
    sed '/^endpoint/d' "$standin_dir/service.conf" >"$work/service.conf"
    for line in "$@"; do
        sed -i "/^\[network\]/a endpoint = $line" "$work/service.conf"
    done
}

# told SENTENCE URL FILTER EXPECTED: what jq's filter makes of that endpoint
told() {
    is "$1" "$status $(jq -r --arg url "$2" ".endpoints[] | select(.url == \$url) | $3" <<<"$out")" \
        "$4"
}

# What an administrator has settled for every browser: pol NAME TEXT, below a copy of /etc
pol() {
    mkdir -p "$work/etc/$(dirname "$1")"
    echo "$2" >"$work/etc/$1"
}

policies() {
    local sentence="what browsers' policies say is told as not used" script

    if ! private_mounts true 2>/dev/null; then
        skip "$sentence" "no mounts for this user"
        return
    fi
    cp -a /etc "$work/etc" 2>/dev/null
    endpoints
    rm -rf "$HOME/.config" "$HOME/.mozilla"
    printf '#!/bin/sh\n' >"$work/bin/gsettings"
    # shellcheck disable=SC2016
    script='mount --bind "$0" /etc && mainetcert --json diagnose --service "$1"'
    pol firefox/policies/policies.json \
        '{"policies": {"Proxy": {"Mode": "autoConfig", "AutoConfigURL": "http://f.example/a.pac?key=hidden"}}}'
    pol chromium/policies/managed/a.json '{"ProxySettings": {"ProxyMode": "fixed_servers", "ProxyServer": "c.example:1"}}'
    pol opt/chrome/policies/managed/b.json '{"ProxyMode": "pac_script", "ProxyPacUrl": "http://g.example/b.pac"}'
    pol opt/chrome/policies/managed/broken.json '{"ProxyMode": '
    run private_mounts "$script" "$work/etc" "$work/service.conf"
    is "$sentence" "$status $(jq -c '[.proxy_settings[] | [.source, .value, .used]]' <<<"$out")" \
        '0 [["Firefox policy","http://f.example/a.pac",false],["Chromium policy","c.example:1",false],["Chromium policy","http://g.example/b.pac",false]]'
    pol firefox/policies/policies.json '{"policies": {"Proxy": {"Mode": "manual", "SSLProxy": "f.example:2"}}}'
    pol chromium/policies/managed/a.json '{"ProxyMode": "auto_detect"}'
    pol opt/chrome/policies/managed/b.json '{"ProxyMode": "direct", "ProxyServer": "not.used:1"}'
    run private_mounts "$script" "$work/etc" "$work/service.conf"
    is "in each of their ways" "$status $(jq -c '[.proxy_settings[].value]' <<<"$out")" '0 ["f.example:2","WPAD"]'
}

# A proxy and a web server that refuses everything.
start_filter() {
    python3 -c '
import http.server, sys
class Filter(http.server.BaseHTTPRequestHandler):
    def refuse(self):
        self.send_response(407 if self.path == "/ask" else 403)
        self.send_header("Proxy-Authenticate", "Basic realm=\"test\"")
        self.send_header("Content-Length", "0")
        self.end_headers()
    do_GET = do_CONNECT = refuse
    def log_message(self, *_):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Filter)
open(sys.argv[1] + ".new", "w").write(str(server.server_port))
import os
os.rename(sys.argv[1] + ".new", sys.argv[1])
server.serve_forever()' "$work/filter-port" &
    filter_pid=$!
    until [ -e "$work/filter-port" ]; do sleep 0.1; done
    filter=127.0.0.1:$(<"$work/filter-port")
}

all_is_well() {
    cp "$standin_dir/service.conf" "$work/service.conf"
    diagnose
    is "all endpoints are reachable: exit 0" "$status$err" 0
    is "one for each host and port" "$(jq -r '.endpoints[] | "\(.reachable) \(.stage)"' <<<"$out")" \
        "$(printf 'true done\n%.0s' 1 2 3)"
    is "nobody's proxy is found" "$(jq -c .proxy_settings <<<"$out")" "[]"
    run mainetcert --lang ja diagnose --service "$work/service.conf"
    is "the columns of the table are aligned" "$(python3 -c '
import sys, unicodedata
wide = lambda text: sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in text)
print(len({wide(line[:line.index(word)]) for line in sys.stdin
           for word in ("状態", "接続できます") if word in line}))' <<<"$out")" 1
}

each_stage() {
    local closed=https://localhost:1/ tls

    tls=$(sed -n 's,^endpoint = http:\(.*\),https:\1,p' "$standin_dir/service.conf")
    endpoints https://nowhere.invalid/ "$closed" "$tls" "http://$filter/" "http://localhost:${filter#*:}/ask"
    printf secret >"$work/secret"
    diagnose --proxy-user me --proxy-password-source "file:$work/secret"
    told "a name that is not known" https://nowhere.invalid/ '"\(.stage) \(.code)"' "1 name 115"
    told "a port that nobody listens at" "$closed" '"\(.stage) \(.code)"' "1 connect 115"
    told "a server that does not speak TLS" "$tls" '"\(.stage) \(.code)"' "1 tls 115"
    told "a filter that answers in the server's place" "http://$filter/" \
        '"\(.stage) \(.code) \(.http_status)"' "1 http 125 403"
    told "a server that asks as a proxy does, and is none" "http://localhost:${filter#*:}/ask" \
        '"\(.stage) \(.code) \(.http_status)"' "1 http 125 407"
    is "what is reachable is told beside it" \
        "$(jq '[.endpoints[] | select(.reachable)] | length' <<<"$out")" 2
    is "what is blocked has an advice" \
        "$(jq '[.endpoints[] | select(.reachable == (.advice == null))] | length' <<<"$out")" 7
    run mainetcert --lang ja diagnose --service "$work/service.conf"
    like "the advice is told in Japanese" "$out" "ネットワーク管理者"
}

proxies() {
    local retrieve

    endpoints
    retrieve=$(standin_url retrieve)
    diagnose --proxy "http://$filter"
    told "a proxy that refuses" "$retrieve" '"\(.stage) \(.http_status) \(.proxy)"' \
        "1 proxy 403 $filter"
    diagnose --proxy http://localhost:1
    told "a proxy that is not there" "$retrieve" '"\(.stage) \(.proxy)"' "1 proxy localhost:1"
    https_proxy="http://me:hidden@$filter" diagnose
    told "the environment's proxy is used" "$retrieve" .proxy "1 $filter"
    is "and told, without its password" "$(jq -c '.proxy_settings[0]' <<<"$out")" \
        "{\"source\":\"environment\",\"name\":\"https_proxy\",\"value\":\"http://$filter\",\"used\":true}"
    https_proxy="http://$filter" no_proxy=localhost diagnose
    told "no_proxy exempts a host" "$retrieve" '"\(.stage) \(.proxy)"' "0 done null"
}

# What libcurl says of them has the whole address in it.
addresses_that_cannot_be_used() {
    local address

    endpoints
    for address in 'http://me:hidden@[::1/' 'what://me:hidden@localhost:1' 'http://me:hid/den@localhost:1' \
        'http://me:hid#den@localhost:1' 'http://me:hidden@localhost:99999' 'http://me:hid%00den@localhost:1'; do
        https_proxy=$address diagnose --offline-bundle "$work/bundle.json" --force
        told "the proxy $address cannot be used" "$(standin_url retrieve)" '"\(.stage) \(.code)"' \
            "1 proxy 103"
        like "$address: which variable to correct" "$(jq -r '.endpoints[0].detail' <<<"$out")" '(https_proxy)'
        unlike "$address: its password is not told" "$out$err$(<"$work/bundle.json")" hid
    done
    rm "$work/bundle.json"
}

interception() {
    local retrieve

    endpoints
    retrieve=$(standin_url retrieve)
    sed -i "s,^ca_file.*,ca_file = $standin_dir/ca.pem," "$work/service.conf"
    diagnose
    told "a stranger's certificate for the right host is an interception" "$retrieve" \
        '"\(.stage) \(.code) \(.intercepted)"' "1 certificate 116 true"
    isnt "its issuer is told" "$(jq -r '.endpoints[0].issuer' <<<"$out")" null
    like "the advice names it" "$(jq -r '.endpoints[0].advice' <<<"$out")" \
        "$(jq -r '.endpoints[0].issuer' <<<"$out")"
}

desktops() {
    endpoints
    cat >"$work/bin/gsettings" <<'SH'
#!/bin/sh
case "$*" in
*proxy\ mode) echo "'auto'" ;;
*autoconfig-url) echo "'http://wpad.example/gnome.pac?key=hidden'" ;;
esac
SH
    mkdir -p "$HOME/.config" "$HOME/.mozilla/firefox/a.default"
    printf '[Proxy Settings]\nProxyType=1\nhttpsProxy=http://me:hidden@kde.example 8080\n' \
        >"$HOME/.config/kioslaverc"
    printf '[Profile0]\nName=default\nIsRelative=1\nPath=a.default\n' \
        >"$HOME/.mozilla/firefox/profiles.ini"
    printf 'user_pref("network.proxy.type", 2);\nuser_pref("%s", "%s");\n' \
        network.proxy.autoconfig_url http://firefox.example/proxy.pac \
        >"$HOME/.mozilla/firefox/a.default/prefs.js"
    HTTP_PROXY=http://cgi.example diagnose
    is "what the desktop and Firefox are set to is told as not used" \
        "$(jq -r '.proxy_settings[] | "\(.source) \(.value) \(.used)"' <<<"$out")" \
        "environment http://cgi.example false
GNOME http://wpad.example/gnome.pac false
KDE http://kde.example:8080 false
Firefox http://firefox.example/proxy.pac false"
    is "and no fault by itself" "$status" 0
    run mainetcert --lang en diagnose --service "$work/service.conf"
    like "people are told too" "$out" "http://firefox.example/proxy.pac"
}

bundle() {
    local file=$work/bundle.json

    printf 246810 >"$work/pin"
    run mainetcert --pin-source "file:$work/pin" token init
    https_proxy=http://me:hidden@localhost:1 no_proxy=localhost diagnose --offline-bundle "$file"
    is "a bundle is written, for its owner alone" "$status $(stat -c %a "$file")" "0 600"
    is "it tells versions, service, store, tokens, endpoints and settings" "$(jq -c '[
        (.versions.libmainetcert | length > 0), (.service.path | length > 0), .store.mode,
        .tokens[0].label, .tokens[0].file.mode, (.endpoints | length), .proxy_settings[0].value]' \
        "$file")" '[true,true,"0700","MaiNet","0600",2,"http://localhost:1"]'
    ok "it has no secrets" test -z "$(grep -E '246810|hidden' "$file")"
    echo mine >"$file"
    diagnose --offline-bundle "$file"
    is "a file that is there is not replaced" "$status $(jq -r .error.code <<<"$out") $(<"$file")" \
        "1 1004 mine"
    diagnose --offline-bundle "$file" --force
    is "but with --force" "$status $(jq '.endpoints | length' "$file")" "0 2"
    is "nothing is left beside it" "$(find "$work" -name 'bundle.json*' | wc -l)" 1
    chmod 777 "$MAINETCERT_STORE"
    diagnose --offline-bundle "$file" --force
    is "a store that cannot be used is told in it" "$(jq -c .store_error.code "$file")" 300
}

standin_start "$work/standin" || exit
start_filter
all_is_well
each_stage
proxies
addresses_that_cannot_be_used
interception
desktops
bundle
policies
done_testing
