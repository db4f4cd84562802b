# Gives a script a cluster: the one KUBECONFIG names, or the local one, started when it isn't up. Sourced.
# shellcheck shell=bash

# is_local: whether KUBECONFIG, as it is now, means our own cluster.
is_local() { [[ -z ${KUBECONFIG:-} || $(readlink -f "$KUBECONFIG") == "$(readlink -f "$CLUSTER_KUBECONFIG")" ]]; }

use_cluster() {
  if is_local; then
    "$GYRE_ROOT/e2e/cluster/up.sh"
    export KUBECONFIG="$CLUSTER_KUBECONFIG"
    PATH="$CLUSTER/bin:$PATH"
  else
    [[ -n ${IMAGE_PREFIX:-} ]] || die "KUBECONFIG names a cluster that is not ours: set IMAGE_PREFIX to where it can pull images from (registry/folder)"
    say "using the cluster of $KUBECONFIG"
    build_tool kubernetes
    build_tool helm
    PATH="$(tool_bin kubernetes):$(tool_bin helm):$PATH"
  fi
  kubectl version >/dev/null || die "the cluster of $KUBECONFIG does not answer"
  # What manifests and charts put before "/operator:dev" and the like.
  export GYRE_IMAGE_PREFIX="${IMAGE_PREFIX:-docker.io/gyre}"
}
