#!/usr/bin/env bash
# Runs the benchmarks: the programs of tests/bench, and e2e/bench/run.sh on a cluster when it is there.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$here/cluster/lib/common.sh"
source "$here/cluster/lib/settings.sh"
source "$here/cluster/lib/tools.sh"
source "$here/lib/use_cluster.sh"

"$here/build.sh" dev
found=no
for program in "$GYRE_ROOT"/build/dev/bin/*_bench; do
  [[ -x $program ]] || continue
  found=yes
  say "$(basename "$program")"
  "$program"
done
if [[ -x $here/bench/run.sh ]]; then
  found=yes
  use_cluster
  GYRE_BIN_DIR="$GYRE_ROOT/build/dev/bin" "$here/images/build.sh"
  "$here/bench/run.sh"
fi
[[ $found == yes ]] || die "there are no benchmarks yet: neither build/dev/bin/*_bench nor e2e/bench/run.sh"
