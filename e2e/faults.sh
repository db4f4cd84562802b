#!/usr/bin/env bash
# Proves the operator under faults, against a real API server on loopback (docs/testing-faults.md). Needs no cluster.
#   faults.sh [all | sample] [pytest's arguments…]
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$here/cluster/lib/common.sh"
source "$here/lib/python.sh"

# Of each scenario's crash sweep; 0 means every write in every variant.
case ${1:-all} in
  all) runs=0 choice=() ;;
  sample) runs=6 choice=(-m sample) ;;
  *) die "faults.sh [all | sample] [pytest's arguments…]" ;;
esac
shift || true

"$here/build.sh" dev
"$here/cluster/build-tools.sh" kubernetes etcd helm
say "faults"
"$(python_environment)/bin/pytest" "$GYRE_ROOT/tests/faults" --runs="$runs" "${choice[@]}" "$@"
