#!/bin/sh
# Counts the instructions of every single-row query on a stack of 100 and one of 10,000 adapters
# (two addresses and five routes each), under callgrind. Fails if a query of the great stack takes
# more than 1.25 times the instructions of the small one.
set -eu
cd "$(dirname "$0")/.."
out="${TMPDIR:-/tmp}/netiosim-query-cost.$$"
mkdir -p "$out"
trap 'rm -rf "$out"' EXIT
CARGO_PROFILE_RELEASE_DEBUG=line-tables-only cargo build --quiet --release -p netiosim-model --example query_cost
bin="${CARGO_TARGET_DIR:-target}/release/examples/query_cost"
for adapters in 100 10000; do
    valgrind --tool=callgrind --collect-atstart=no --toggle-collect='*measure_*' \
        --callgrind-out-file="$out/$adapters" "$bin" "$adapters" >"$out/$adapters.out" 2>"$out/$adapters.log"
    callgrind_annotate --inclusive=yes --threshold=100 "$out/$adapters" |
        sed -n 's/^ *\([0-9,]*\) .*query_cost::\(measure_[a-z0-9_]*\).*/\2 \1/p' | tr -d ',' |
        sort -u -k1,1 >"$out/$adapters.costs"
done
"$bin" 10000 | sed -n 1p
join "$out/100.costs" "$out/10000.costs" | awk '
    BEGIN { printf "%-45s %12s %12s %7s\n", "instructions of one call on a stack of", "100", "10000", "ratio" }
    {
        name = $1; sub(/^measure_/, "", name)
        ratio = $3 / $2
        printf "%-45s %12.0f %12.0f %7.2f\n", name, $2 / 1000, $3 / 1000, ratio
        n++
        if (ratio > 1.25) { bad = bad " " name }
    }
    END {
        if (n < 13) { print "only " n " queries were counted"; exit 1 }
        if (bad != "") { print "the cost depends on the size of the stack:" bad; exit 1 }
    }'
