# Cluster DNS: CoreDNS as a process on the bridge's address. Sourced.
# shellcheck shell=bash

start_dns() {
  # No cache for the cluster's names: answers come from memory, and a Service made a moment ago is found at once.
  cat >"$CONFIG/Corefile" <<CORE
.:53 {
    bind $NODE_IP
    errors
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        kubeconfig $CERTS/coredns.kubeconfig gyre
        pods insecure
        ttl 2
    }
    forward . /etc/resolv.conf
    loop
}
CORE
  kube apply -f "$GYRE_ROOT/e2e/cluster/manifests/dns.yaml" >/dev/null
  start coredns "$(tool_bin coredns)/coredns" -conf "$CONFIG/Corefile"
}

dns_ready() {
  ss -Hlun "sport = :53" | grep -q "$NODE_IP:53"
}
