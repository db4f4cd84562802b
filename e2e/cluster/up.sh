#!/usr/bin/env bash
# Starts the local Kubernetes cluster, or leaves a healthy one as it is.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$here/lib/common.sh"
source "$here/lib/settings.sh"
source "$here/lib/tools.sh"
source "$here/lib/process.sh"
for part in preflight certs control_plane node dns volumes clean; do
  # shellcheck source=/dev/null
  source "$here/lib/$part.sh"
done
PROGRAMS=(etcd kube-apiserver kube-controller-manager kube-scheduler containerd kubelet kube-proxy coredns volume-keeper)

healthy() {
  local name
  for name in "${PROGRAMS[@]}"; do running_pid "$name" >/dev/null || return 1; done
  api_ready >/dev/null && node_ready
}

# Asking containerd first spares waiting for an image build in progress.
import_pause() {
  ctr_here -n k8s.io images ls -q 2>/dev/null | grep -qx docker.io/gyre/pause:dev || "$GYRE_ROOT/e2e/images/build.sh" pause
}

bring_up() {
  say "cleaning up after the last run"
  clean_machine
  check_machine
  mkdir -p "$RUN_DIR" "$LOGS" "$PIDS" "$CONFIG"
  rm -f "$LOGS"/*.log
  echo "$GYRE_ROOT" >"$RUN_DIR/owner"
  say "network and certificates"
  make_bridge
  allow_forwarding
  make_certs
  say "control plane"
  write_cni_config
  write_containerd_config
  start_containerd
  import_pause
  start_control_plane
  say "node"
  start_kubelet
  start_proxy
  start_dns
  make_volumes
  start volume-keeper "$here/volume-keeper.sh"
  wait_for 60 "the node" node_ready || { show_end kubelet && exit 1; }
  wait_for 30 "kube-proxy" services_ready || { show_end kube-proxy && exit 1; }
  wait_for 30 "cluster DNS" dns_ready || { show_end coredns && exit 1; }
  wait_for 30 "the default service account" kube get serviceaccount default
}

main() {
  mkdir -p "$LOGS" "$PIDS"
  exec 9>"$CLUSTER/lock"
  flock -w 600 9 || die "another make cluster-up or cluster-down is at work here"
  check_tools
  check_owner
  build_tools
  KUBERNETES=$(tool_bin kubernetes)
  mkdir -p "$CLUSTER/bin"
  ln -sfn "$KUBERNETES/kubectl" "$CLUSTER/bin/kubectl"
  ln -sfn "$(tool_bin helm)/helm" "$CLUSTER/bin/helm"
  if healthy; then
    say "the cluster is up already"
  else
    bring_up
    say "the cluster is up"
  fi
  echo "export KUBECONFIG=$CLUSTER_KUBECONFIG"
}

main
