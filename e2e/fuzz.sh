#!/usr/bin/env bash
# Fuzzes the parsers of bytes from outside (docs/testing.md): fuzz.sh SECONDS [TARGET]..., all targets when none is
# named, two at a time. Inputs that reach new code go to build/fuzz/corpus, findings to build/fuzz/findings.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$here/cluster/lib/common.sh"

[[ ${1:-} =~ ^[1-9][0-9]*$ ]] || die "fuzz.sh SECONDS [TARGET]..."
duration=$1
shift
at_a_time=${GYRE_FUZZ_JOBS:-2}

"$here/deps.sh" --fuzz
build="$GYRE_ROOT/build/fuzz"
logs="$build/logs"

all_targets() { sed -n 's/^gyre_fuzz(\([a-z_]*\).*/\1/p' "$GYRE_ROOT/tests/fuzz/CMakeLists.txt"; }

build_targets() {
  (cd "$GYRE_ROOT" && cmake --preset fuzz >/dev/null)
  nice cmake --build "$build" --target "${targets[@]/#/fuzz_}"
}

# Ends with 0 whatever was found: the log tells.
fuzz_one() {
  local target=$1
  mkdir -p "$build/corpus/$target" "$build/findings"
  nice -n 19 "$build/bin/fuzz_$target" -max_total_time="$duration" -timeout=10 \
    -rss_limit_mb=2048 -max_len=8192 -print_final_stats=1 -artifact_prefix="$build/findings/$target-" \
    "$build/corpus/$target" "$GYRE_ROOT/tests/fuzz/corpus/$target" >"$logs/$target.log" 2>&1 || true
}

figure() { sed -n "s/^stat::$2: *//p" "$logs/$1.log"; }

report() {
  local target findings found=0
  printf '%-20s %14s %8s %10s %9s %9s\n' target executions each/s coverage inputs findings
  for target in "${targets[@]}"; do
    findings=$(find "$build/findings" -name "$target-*" -newer "$logs/started" | wc -l)
    # Without figures it did not come to its end: that is a finding too, even when it left no input.
    [[ -n $(figure "$target" number_of_executed_units) || $findings -gt 0 ]] || findings=1
    found=$((found + findings))
    printf '%-20s %14s %8s %10s %9s %9s\n' "$target" "$(figure "$target" number_of_executed_units)" \
      "$(figure "$target" average_exec_per_sec)" "$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$logs/$target.log" | tail -n1)" \
      "$(find "$build/corpus/$target" -type f | wc -l)" "$findings"
    ((findings == 0)) || grep -m 3 -E 'ERROR:|runtime error|broken invariant|SUMMARY' "$logs/$target.log" || true
  done
  ((found == 0)) || die "$found findings; the inputs are in build/fuzz/findings, the traces in build/fuzz/logs"
}

targets=("$@")
((${#targets[@]})) || mapfile -t targets < <(all_targets)
say "building with clang: ${targets[*]}"
build_targets
mkdir -p "$logs" "$build/findings"
touch "$logs/started"
say "fuzzing ${duration}s each, $at_a_time at a time; follow build/fuzz/logs"
for target in "${targets[@]}"; do
  while (($(jobs -rp | wc -l) >= at_a_time)); do wait -n; done
  fuzz_one "$target" &
done
wait
say "done"
report
