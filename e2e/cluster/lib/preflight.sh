# What is wrong with this machine, in words, before anything is started. Sourced.
# shellcheck shell=bash

check_tools() {
  local tool missing=()
  for tool in conntrack curl ip iptables iptables-save jq mount openssl setsid ss flock gcc; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  [[ -x /usr/lib/cni/bridge ]] || missing+=("/usr/lib/cni/bridge (package containernetworking-plugins)")
  ((${#missing[@]} == 0)) || die "missing: ${missing[*]}; 'make deps' installs what is needed"
}

check_port() {
  local address=$1 port=$2 who=$3
  [[ -z $(ss -Hltn "sport = :$port" | awk -v a="$address:$port" -v any="0.0.0.0:$port" -v any6="*:$port" '$4 == a || $4 == any || $4 == any6') ]] ||
    die "port $port on $address is taken, and $who needs it; 'ss -ltnp' tells by whom"
}

check_ports() {
  check_port "$NODE_IP" "$API_PORT" "the API server"
  check_port 127.0.0.1 "$ETCD_PORT" "etcd"
  check_port 127.0.0.1 "$ETCD_PEER_PORT" "etcd"
  check_port "$NODE_IP" 10250 "the kubelet"
  check_port 127.0.0.1 10257 "the controller manager"
  check_port 127.0.0.1 10259 "the scheduler"
  check_port 127.0.0.1 10256 "kube-proxy"
  check_port "$NODE_IP" 53 "cluster DNS"
}

# to_number ADDRESS
to_number() {
  local a b c d
  IFS=. read -r a b c d <<<"$1"
  echo $(((a << 24) + (b << 16) + (c << 8) + d))
}

# overlap CIDR CIDR
overlap() {
  local short=$((${1#*/} < ${2#*/} ? ${1#*/} : ${2#*/})) mask
  mask=$(((0xffffffff << (32 - short)) & 0xffffffff))
  (((($(to_number "${1%/*}") ^ $(to_number "${2%/*}")) & mask) == 0))
}

check_networks() {
  local route device
  if overlap "$POD_CIDR" "$SERVICE_CIDR"; then die "pod network $POD_CIDR and service network $SERVICE_CIDR overlap"; fi
  while read -r route device; do
    [[ $route == */* ]] || route="$route/32"
    [[ $device != "$BRIDGE" ]] || continue
    if overlap "$POD_CIDR" "$route"; then die "pod network $POD_CIDR overlaps with $route on $device; choose another with GYRE_POD_CIDR"; fi
    if overlap "$SERVICE_CIDR" "$route"; then die "service network $SERVICE_CIDR overlaps with $route on $device; choose another with GYRE_SERVICE_CIDR"; fi
  done < <(ip -4 route show | awk '$1 ~ /^[0-9]/ {for (i = 2; i < NF; i++) if ($i == "dev") print $1, $(i + 1)}')
}

check_disk() {
  local free
  mkdir -p "$CLUSTER" "$GYRE_CACHE"
  free=$(df --output=avail -m "$CLUSTER" | tail -1)
  ((free > 5000)) || die "only $((free)) MiB are free under $CLUSTER; the cluster wants 5000"
  free=$(df --output=avail -m "$GYRE_CACHE" | tail -1)
  ((free > 3000)) || die "only $((free)) MiB are free under $GYRE_CACHE; the cache wants 3000"
}

# A cluster of another checkout that still runs is left alone; what one that was killed left behind is cleared with its
# own scripts: kube-proxies and kubelets of two clusters on one machine undo each other's work.
check_owner() {
  local owner
  owner=$(cat "$RUN_DIR/owner" 2>/dev/null) || return 0
  [[ $owner != "$GYRE_ROOT" ]] || return 0
  if any_running "$owner/build/cluster/pids"; then
    die "the cluster of $owner is running, and one machine carries one; run 'make cluster-down' there first"
  fi
  [[ -x $owner/e2e/cluster/down.sh ]] || return 0
  say "clearing what a killed cluster of $owner left"
  "$owner/e2e/cluster/down.sh" >/dev/null 2>&1 9>&- || die "cannot clear it; run 'make cluster-down' in $owner and read what it says"
}

check_machine() {
  ((EUID == 0)) || die "the local cluster needs root (namespaces, mounts, iptables)"
  check_tools
  check_disk
  check_networks
  check_ports
  grep -qw overlay /proc/filesystems || modprobe overlay 2>/dev/null || die "this kernel has no overlay file system"
  [[ -e /proc/sys/net/bridge ]] || modprobe br_netfilter 2>/dev/null || die "this kernel has no br_netfilter; services would not answer pods of the same bridge"
  [[ -e /dev/kmsg ]] || die "/dev/kmsg is missing; the kubelet needs it"
}
