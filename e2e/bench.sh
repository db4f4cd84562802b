#!/usr/bin/env bash
# Measures Gyre beside its peers (docs/benchmarks.md): bench.sh [counting|pods|proxy|runtime]..., all when
# none is named. Results go to build/bench. Needs no cluster.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$here/cluster/lib/common.sh"
source "$here/cluster/lib/tools.sh"

"$here/deps.sh" --bench
# A folder of its own: only what is measured is built, and no sanitizer of another preset slips in.
build="$GYRE_ROOT/build/bench-build"
(cd "$GYRE_ROOT" && cmake --preset dev -B "$build" >/dev/null)
target=benches
[[ $* != runtime ]] || target=runtime_operator
nice cmake --build "$build" --target "$target"

# The runtime's peer and load are Go programs, and its API server is a real one.
if [[ $# == 0 || " $* " == *" runtime "* ]]; then
  TOOLS=(kubernetes etcd)
  build_tools
  say "building the Go twin"
  CGO_ENABLED=0 nice go build -C "$GYRE_ROOT/tests/bench/twin" -trimpath -ldflags="-s -w" -o "$build/bin/" ./cmd/...
fi

export GYRE_BIN_DIR="$build/bin" GYRE_BENCH_RESULTS="$GYRE_ROOT/build/bench"
export PYTHONPATH="$here:$GYRE_ROOT/tests/faults" PYTHONDONTWRITEBYTECODE=1
# NumPy gets one thread, as Gyre has.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
say "measuring"
"$GYRE_ROOT/build/python/bin/python" -m bench "$@"
say "rounds, medians and ratios: build/bench/*.json; the table: build/bench/table.txt"
