# Addresses, ports and folders of the local cluster. Sourced.
# shellcheck shell=bash disable=SC2034

CLUSTER="$GYRE_ROOT/build/cluster"
CERTS="$CLUSTER/certs"
LOGS="$CLUSTER/logs"
PIDS="$CLUSTER/pids"
CONFIG="$CLUSTER/config"
# The local cluster's own, whatever KUBECONFIG says.
CLUSTER_KUBECONFIG="$CLUSTER/kubeconfig"

# Short, because a socket's path may have 107 characters.
RUN_DIR=/run/gyre-cluster
CONTAINERD_SOCKET="$RUN_DIR/containerd.sock"

NODE_NAME=gyre
BRIDGE=gyre0
POD_CIDR="${GYRE_POD_CIDR:-10.77.0.0/16}"
SERVICE_CIDR="${GYRE_SERVICE_CIDR:-10.78.0.0/16}"
# The node, the API server and the cluster's DNS have the bridge's address; pods and this machine reach it, others don't.
NODE_IP="${POD_CIDR%.*}.1"
KUBERNETES_IP="${SERVICE_CIDR%.*}.1"
API_PORT=6443
API_URL="https://$NODE_IP:$API_PORT"
ETCD_PORT=12379
ETCD_PEER_PORT=12380
VOLUME_COUNT=20
VOLUME_SIZE=2Gi
