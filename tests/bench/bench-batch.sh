#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause
# A thousand orders of one stand-in: bench-batch against a plain client. Usage: bench-batch.sh
# BENCH-BATCH [COUNT [JOBS]]
set -eu
here=$(dirname "$(realpath "$0")")
# shellcheck source-path=SCRIPTDIR source=../support/standin.sh
. "$here/../support/standin.sh"
program=$1
work=$(mktemp -d)
trap 'standin_stop; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
standin_start "$work/standin"
mainet-standin order --dir "$standin_dir" --group-id GROUP01 --common-name user --key ec:P-256 \
    --csv --count "${2:-1000}" >"$work/orders.csv"
"$program" "$profile" "$work/orders.csv" "$standin_dir/tls-ca.pem" "${3:-8}"
