#!/usr/bin/env bash
# Writes what is generated: crds/manifests and docs/reference from our API types; from Kubernetes' Go types the tables by
# which built-in kinds are read in protocol buffers, and samples for the tests of them.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$here/cluster/lib/common.sh"
source "$here/cluster/lib/tools.sh"
source "$here/lib/tables.sh"

cd "$GYRE_ROOT"
cmake --preset dev >/dev/null
cmake --build --preset dev --target gyre-crds
build/dev/bin/gyre-crds crds/manifests docs/reference

generate_tables "$GYRE_ROOT/operator/kube/protobuf/tables.cc" "$GYRE_ROOT/tests/golden/built_in_kinds.jsonl"
