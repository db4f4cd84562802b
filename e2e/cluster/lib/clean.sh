# Takes away what a cluster leaves on the machine, after an orderly stop or a kill. Sourced.
# shellcheck shell=bash

stop_programs() {
  local name programs=(volume-keeper coredns kube-proxy kubelet kube-scheduler kube-controller-manager kube-apiserver etcd)
  for name in "${programs[@]}"; do ask_to_stop "$name"; done
  for name in "${programs[@]}"; do stop "$name"; done
}

# Containers outlive containerd, under their shims; a containerd on the same state finds them again.
remove_containers() {
  local id
  for id in $(ctr_here -n k8s.io tasks ls -q); do
    ctr_here -n k8s.io tasks rm -f "$id" >/dev/null 2>&1 &
  done
  wait
  for id in $(ctr_here -n k8s.io containers ls -q); do
    ctr_here -n k8s.io tasks rm -f "$id" >/dev/null 2>&1 || true
    ctr_here -n k8s.io containers rm "$id" >/dev/null 2>&1 || true
  done
}

# A shim that containerd was not told of in time outlives its container.
end_shims() {
  local pid
  for pid in $(pgrep -f -- "containerd-shim-runc-v2 .*-address $RUN_DIR/containerd.sock"); do
    kill "$pid" 2>/dev/null || true
  done
}

# unmount_under FOLDER: deepest first.
unmount_under() {
  local path
  while read -r path; do
    umount -l "$(printf '%b' "$path")" 2>/dev/null || true
  done < <(awk -v p="$1/" 'index($5 "/", p) == 1 {print $5}' /proc/self/mountinfo | sort -r)
}

# The chains of kube-proxy, the kubelet, portmap and ours; every other rule is put back as it was.
remove_rules() {
  local table
  for table in mangle nat filter; do
    iptables-save -t "$table" 2>/dev/null | grep -qE 'KUBE-|CNI-|GYRE-' || continue
    iptables-save -t "$table" | grep -vE '(:| )(KUBE|CNI|GYRE)-' | iptables-restore -w -T "$table"
  done
  for table in mangle nat filter; do
    ip6tables-save -t "$table" 2>/dev/null | grep -qE 'KUBE-|CNI-' || continue
    ip6tables-save -t "$table" | grep -vE '(:| )(KUBE|CNI)-' | ip6tables-restore -w -T "$table"
  done
}

remove_cgroups() {
  local root
  for root in /sys/fs/cgroup /sys/fs/cgroup/*; do
    [[ -d $root/kubepods ]] || continue
    find "$root/kubepods" -depth -type d -exec rmdir {} + 2>/dev/null || true
  done
}

# The kubelet's links to logs; only those that lead to ours.
remove_log_links() {
  [[ ! -d /var/log/containers ]] || find /var/log/containers -lname "$CLUSTER/*" -delete
}

remove_network() {
  ip link del "$BRIDGE" 2>/dev/null || true
  rm -rf "$CLUSTER/cni" /var/lib/cni/results/gyre-*
}

containers_left() { compgen -G "$RUN_DIR/containerd/io.containerd.runtime.v2.task/k8s.io/*" >/dev/null; }

# Stops and removes everything but images, logs and the cache.
clean_machine() {
  stop_programs
  if running_pid containerd >/dev/null || { containers_left && write_containerd_config && start_containerd; }; then
    remove_containers
  fi
  stop containerd
  end_shims
  unmount_under "$CLUSTER"
  unmount_under "$RUN_DIR"
  remove_rules
  remove_network
  remove_cgroups
  remove_log_links
  rm -rf "$RUN_DIR" "$CLUSTER"/{etcd,kubelet,volumes,pod-logs,certs,config,kubeconfig}
}
