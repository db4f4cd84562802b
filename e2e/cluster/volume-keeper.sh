#!/usr/bin/env bash
# Empties released volumes of the local cluster and offers them again, for as long as the cluster runs. up.sh starts it.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$here/lib/common.sh"
source "$here/lib/tools.sh"
source "$here/lib/settings.sh"
source "$here/lib/volumes.sh"
KUBERNETES=$(tool_bin kubernetes)
kube() { "$KUBERNETES/kubectl" --kubeconfig "$CLUSTER_KUBECONFIG" "$@"; }

# The watch is a child: it goes when this does.
trap 'trap - TERM; kill 0' TERM INT
while true; do
  watch_volumes || true
  sleep 1
done
