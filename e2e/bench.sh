#!/usr/bin/env bash
# Measures Gyre beside its peers (docs/benchmarks.md): bench.sh [counting|pods|proxy|runtime|sizes|webhook]..., all
# when none is named. Results go to build/bench. Needs no cluster.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$here/cluster/lib/common.sh"
source "$here/cluster/lib/tools.sh"
source "$here/lib/libraries.sh"
source "$here/images/lib/programs.sh"

# wants NAME...: whether one of these benchmarks is to run.
benchmarks=" $* "
wants() {
  local name
  [[ -n ${benchmarks// /} ]] || return 0
  for name in "$@"; do [[ $benchmarks != *" $name "* ]] || return 0; done
  return 1
}

"$here/deps.sh" --bench
# A folder of its own: only what is measured is built, and no sanitizer of another preset slips in.
build="$GYRE_ROOT/build/bench-build"
(cd "$GYRE_ROOT" && cmake --preset dev -B "$build" >/dev/null)
targets=(benches)
[[ $* != runtime ]] || targets=(runtime_operator)
[[ $* != webhook ]] || targets=(webhook_bench)
[[ $* != sizes ]] || targets=()
! wants sizes || targets+=(gyre-operator gyre-agent gyre-worker)
nice cmake --build "$build" --target "${targets[@]}"

# The operator's peers and its load are Go programs.
if wants runtime sizes webhook; then
  check_go
  say "building the Go twin"
  CGO_ENABLED=0 nice go build -C "$GYRE_ROOT/tests/bench/twin" -trimpath -ldflags="-s -w" -o "$build/bin/" ./cmd/...
fi
if wants runtime; then
  # Both are measured at a real API server.
  TOOLS=(kubernetes etcd)
  build_tools
fi
if wants sizes; then
  GYRE_BIN_DIR="$build/bin" runtime_context >/dev/null
  GYRE_BIN_DIR="$build/bin" programs_context operator "${OPERATOR_PROGRAMS[@]}" >/dev/null
fi

export GYRE_BIN_DIR="$build/bin" GYRE_BENCH_RESULTS="$GYRE_ROOT/build/bench"
export PYTHONPATH="$here:$GYRE_ROOT/tests/faults" PYTHONDONTWRITEBYTECODE=1
# NumPy gets one thread, as Gyre has.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
say "measuring"
"$GYRE_ROOT/build/python/bin/python" -m bench "$@"
say "rounds, medians and ratios: build/bench/*.json; the table: build/bench/table.txt"
