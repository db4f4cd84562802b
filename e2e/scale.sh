#!/usr/bin/env bash
# Runs thousands of TrainingJobs and InferenceServices on simulated nodes under a real control plane (docs/scale.md), on
# loopback. scale.sh --help tells the arguments. Needs no cluster.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$here/cluster/lib/common.sh"
source "$here/lib/python.sh"

if [[ $* != *--help* ]]; then
  "$here/build.sh" dev
  "$here/cluster/build-tools.sh" kubernetes etcd kwok
fi
export GYRE_BIN_DIR="${GYRE_BIN_DIR:-$GYRE_ROOT/build/dev/bin}"
export PYTHONPATH="$here:$GYRE_ROOT/tests/faults" PYTHONDONTWRITEBYTECODE=1
exec "$(python_environment)/bin/python" -m scale "$@"
