#!/usr/bin/env bash
# Builds what the demo needs, gives it a cluster, and runs it (e2e/demo/run.sh).
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$here/cluster/lib/common.sh"
source "$here/cluster/lib/settings.sh"
source "$here/cluster/lib/tools.sh"
source "$here/lib/python.sh"
source "$here/lib/use_cluster.sh"

[[ -x $here/demo/run.sh ]] || die "there is no demo in e2e/demo/run.sh"
say "building"
"$here/build.sh" demo
use_cluster
GYRE_BIN_DIR="$GYRE_ROOT/build/demo-build/bin" "$here/images/build.sh"
GYRE_PYTHON="$(python_environment)/bin/python" exec "$here/demo/run.sh"
