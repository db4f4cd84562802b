# Bridge, containerd, kubelet, kube-proxy. Sourced.
# shellcheck shell=bash

make_bridge() {
  ip link show "$BRIDGE" >/dev/null 2>&1 || ip link add "$BRIDGE" type bridge
  ip address replace "$NODE_IP/${POD_CIDR#*/}" dev "$BRIDGE"
  ip link set "$BRIDGE" up
  sysctl -qw net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=1
}

# A pod reaches what this machine reaches; kube-proxy and the kubelet expect forwarding to be allowed.
allow_forwarding() {
  iptables -w -N GYRE-FORWARD 2>/dev/null || iptables -w -F GYRE-FORWARD
  iptables -w -A GYRE-FORWARD -i "$BRIDGE" -j ACCEPT
  iptables -w -A GYRE-FORWARD -o "$BRIDGE" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
  iptables -w -C FORWARD -j GYRE-FORWARD 2>/dev/null || iptables -w -A FORWARD -j GYRE-FORWARD
}

write_cni_config() {
  mkdir -p "$CONFIG/cni"
  cat >"$CONFIG/cni/10-gyre.conflist" <<JSON
{
  "cniVersion": "1.0.0",
  "name": "gyre",
  "plugins": [
    {
      "type": "bridge", "bridge": "$BRIDGE", "isGateway": true, "hairpinMode": true,
      "ipam": {
        "type": "host-local", "dataDir": "$CLUSTER/cni",
        "ranges": [[{"subnet": "$POD_CIDR", "gateway": "$NODE_IP"}]],
        "routes": [{"dst": "0.0.0.0/0"}]
      }
    },
    {"type": "portmap", "capabilities": {"portMappings": true}}
  ]
}
JSON
}

write_containerd_config() {
  mkdir -p "$CONFIG"
  # restrict_oom_score_adj: inside a machine that may not lower it, every pod would fail otherwise.
  # netns_mounts_under_state_dir: so that a later start finds what a killed one left, and nobody else's.
  cat >"$CONFIG/containerd.toml" <<TOML
version = 3
root = "$CLUSTER/containerd"
state = "$RUN_DIR/containerd"

[grpc]
  address = "$CONTAINERD_SOCKET"

[ttrpc]
  address = "$CONTAINERD_SOCKET.ttrpc"

[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true

  [plugins.'io.containerd.cri.v1.runtime'.cni]
    bin_dirs = ["/usr/lib/cni"]
    conf_dir = "$CONFIG/cni"

  [plugins.'io.containerd.cri.v1.runtime'.containerd]
    default_runtime_name = "runc"

  [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"

    [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
      SystemdCgroup = false

[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = "docker.io/gyre/pause:dev"

[plugins.'io.containerd.cri.v1.images'.registry]
  config_path = "$CONFIG/registries"
TOML
  mkdir -p "$CONFIG/registries"
}

containerd_ready() { ctr_here version; }
ctr_here() { CONTAINERD_SUPPRESS_DEPRECATION_WARNINGS=1 "$(tool_bin containerd)/ctr" -a "$CONTAINERD_SOCKET" "$@"; }

start_containerd() {
  local tools
  tools="$(tool_bin containerd):$(tool_bin runc)"
  mkdir -p "$RUN_DIR" "$CLUSTER/containerd"
  # Ours first: containerd takes shim and runc from its PATH.
  start containerd env "PATH=$tools:$PATH" "$(tool_bin containerd)/containerd" --config "$CONFIG/containerd.toml"
  wait_for 30 "containerd" containerd_ready || { show_end containerd && exit 1; }
}

write_kubelet_config() {
  cat >"$CONFIG/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $NODE_IP
healthzBindAddress: 127.0.0.1
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: "$CERTS/ca.crt"}
authorization: {mode: Webhook}
tlsCertFile: "$CERTS/kubelet.crt"
tlsPrivateKeyFile: "$CERTS/kubelet.key"
cgroupDriver: cgroupfs
failCgroupV1: false
failSwapOn: false
clusterDNS: ["$NODE_IP"]
clusterDomain: cluster.local
containerRuntimeEndpoint: "unix://$CONTAINERD_SOCKET"
evictionHard: {memory.available: 100Mi, nodefs.available: "1%", nodefs.inodesFree: "1%", imagefs.available: "1%"}
imageGCHighThresholdPercent: 99
imageGCLowThresholdPercent: 98
maxPods: 250
registerNode: true
# Pods start in one step here, so a burst of them should not queue.
serializeImagePulls: false
volumePluginDir: "$CLUSTER/volume-plugins"
podLogsDir: "$CLUSTER/pod-logs"
YAML
}

start_kubelet() {
  write_kubelet_config
  start kubelet env "PATH=$(tool_bin runc):$PATH" "$KUBERNETES/kubelet" --config "$CONFIG/kubelet.yaml" --root-dir "$CLUSTER/kubelet" \
    --kubeconfig "$CERTS/kubelet.kubeconfig" --hostname-override "$NODE_NAME" --node-ip "$NODE_IP"
}

start_proxy() {
  cat >"$CONFIG/proxy.yaml" <<YAML
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: "$CERTS/proxy.kubeconfig"}
hostnameOverride: $NODE_NAME
mode: iptables
clusterCIDR: $POD_CIDR
bindAddress: $NODE_IP
healthzBindAddress: 127.0.0.1:10256
metricsBindAddress: 127.0.0.1:10249
iptables: {minSyncPeriod: 200ms, localhostNodePorts: false}
nodePortAddresses: [primary]
# Zeroes leave the machine's connection tracking as it is.
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
YAML
  start kube-proxy "$KUBERNETES/kube-proxy" --config "$CONFIG/proxy.yaml"
}

node_ready() {
  [[ $(kube get node "$NODE_NAME" -o "jsonpath={.status.conditions[?(@.type=='Ready')].status}" 2>/dev/null) == True ]]
}

services_ready() { curl -sf http://127.0.0.1:10256/healthz && iptables -w -t nat -nL KUBE-SERVICES; }
