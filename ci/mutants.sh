#!/usr/bin/env bash
# Can the tests fail? Every place of the model, or of the simulator, is broken, one at a time, and the tests of that crate must
# say so (cargo-mutants).
#
#   ci/mutants.sh                      all of the model: many hours
#   ci/mutants.sh 3/40                 the fourth of forty samples, taken all over the sources
#   ci/mutants.sh 3/40 netiosim-sim    of the simulator
#
# Exits 1 if the share of caught mutants is below 95 of 100 viable ones of the model, or 80 of the simulator; a
# sample of a few mutants may well be below.
# docs/mutants.md says what is known.
set -euo pipefail
cd "$(dirname "$0")/.."
shard=${1:-0/1}
package=${2:-netiosim-model}
if ! command -v cargo-mutants >/dev/null 2>&1; then
    echo "ci/mutants.sh: cargo-mutants is missing: cargo install cargo-mutants --locked" >&2
    exit 2
fi
output=${MUTANTS_OUTPUT:-target/mutants-$package-${shard/\//-of-}}
mkdir -p "$output"
# Half of what the model writes for other programs is behind a feature. The primitives of shuttle and loom take the place of
# the simulator's inside of their own tests only, which are not run here.
least=95
case $package in
netiosim-model) options=(--all-features) ;;
netiosim-sim) options=(--features coroutines --exclude '**/sync/shuttled.rs' --exclude '**/sync/loomed.rs') least=80 ;;
*) options=() ;;
esac
status=0
cargo mutants --package "$package" "${options[@]}" --shard "$shard" --sharding round-robin --profile mutants \
    --minimum-test-timeout 120 --colors never --output "$output" -- --lib --tests || status=$?
# 2: some were missed; 3: some went on for too long, which counts as caught. Anything else did not come to an end.
case $status in 0 | 2 | 3) ;; *) exit "$status" ;; esac
python3 - "$output/mutants.out/outcomes.json" "$least" <<'PY'
import json, sys
outcomes = json.load(open(sys.argv[1]))
least = float(sys.argv[2])
caught, missed = outcomes["caught"] + outcomes["timeout"], outcomes["missed"]
viable = caught + missed
share = 100 * caught / viable if viable else 100.0
print(f"{outcomes['total_mutants']} mutants, {outcomes['unviable']} do not compile; {caught} of {viable} caught: {share:.1f} of 100")
sys.exit(0 if share >= least else 1)
PY
