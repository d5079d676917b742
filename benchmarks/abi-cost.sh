#!/bin/sh
# What a call through the Windows ABI costs beside the same call of the safe API: nanoseconds, and instructions under
# callgrind. Fails if the ABI takes more than 300 instructions on top, about 100 ns at three instructions a nanosecond.
set -eu
cd "$(dirname "$0")/.."
out="${TMPDIR:-/tmp}/netiosim-abi-cost.$$"
mkdir -p "$out"
trap 'rm -rf "$out"' EXIT
CARGO_PROFILE_RELEASE_DEBUG=line-tables-only cargo build --quiet --release -p netiosim-win32 --example abi_cost
bin="${CARGO_TARGET_DIR:-target}/release/examples/abi_cost"
"$bin"
valgrind --tool=callgrind --collect-atstart=no --toggle-collect='*abi_cost::counted*' \
    --callgrind-out-file="$out/counts" "$bin" >"$out/out" 2>"$out/log"
callgrind_annotate --inclusive=yes --threshold=100 "$out/counts" 2>>"$out/log" |
    sed -n 's/^ *\([0-9,]*\) .*abi_cost::\(measure_[a-z0-9_]*\).*/\2 \1/p' | tr -d ',' | sort -u -k1,1 >"$out/costs"
# Every function ran 50 times a thousand calls.
awk '
    { sub(/^measure_/, "", $1); cost[$1] = $2 / 50000 }
    END {
        printf "%-24s %8s %8s %8s\n", "instructions of one call", "safe", "ABI", "ratio"
        for (n = split("port entry", names, " "); n > 0; n--) {
            safe = cost["safe_" names[n]]; abi = cost["abi_" names[n]]
            if (safe == 0 || abi == 0) { print "nothing was counted of " names[n]; exit 1 }
            printf "%-24s %8.0f %8.0f %8.2f\n", names[n], safe, abi, abi / safe
            if (abi - safe > 300) { print names[n] ": the ABI costs " abi - safe " instructions more"; bad = 1 }
        }
        exit bad
    }' "$out/costs"
