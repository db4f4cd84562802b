# Builds the Go programs of the cluster, once for each state of go.mod and go.sum. Sourced.
# shellcheck shell=bash

TOOLS_SOURCE="$GYRE_ROOT/e2e/cluster/tools"
TOOLS=(kubernetes etcd containerd runc coredns helm)

check_go() {
  command -v go >/dev/null || die "Go is not installed; Go 1.26 or newer builds the local cluster's programs and the tables of built-in kinds"
  local have
  have=$(go env GOVERSION)
  [[ $(printf '%s\n' go1.26 "$have" | sort -V | head -1) == go1.26 ]] ||
    die "Go 1.26 or newer is needed to build the local cluster's programs and the tables of built-in kinds; this is $have"
}

# tool_bin TOOL: the cache folder of its programs.
tool_bin() {
  local key
  key=$(cat "$TOOLS_SOURCE/$1/go.mod" "$TOOLS_SOURCE/$1/go.sum" | sha256sum | cut -c1-16)
  echo "$GYRE_CACHE/bin/$1-$key"
}

# module_version TOOL MODULE: the pinned version of one module.
module_version() { awk -v m="$2" '$1 == "require" && $2 == m {print $3; exit} $1 == m && $2 ~ /^v/ {print $2; exit}' "$TOOLS_SOURCE/$1/go.mod"; }

# Kubernetes' programs get their version by link flags alone.
kubernetes_version_flags() {
  local version pkg=k8s.io/component-base/version
  version=$(module_version kubernetes k8s.io/kubernetes)
  echo "-X $pkg.gitVersion=$version -X $pkg.gitMajor=1 -X $pkg.gitMinor=$(cut -d. -f2 <<<"$version") -X $pkg.gitTreeState=clean"
}

build_tool() {
  local tool=$1 out flags="-s -w" tags="" cgo=0 packages
  out=$(tool_bin "$tool")
  [[ -f $out/.done ]] && return
  check_go
  say "building $tool (once; kept in $out)"
  case $tool in
    kubernetes) flags+=" $(kubernetes_version_flags)" ;;
    runc) cgo=1 tags=seccomp ;;
    containerd) tags=no_btrfs,no_devmapper,no_zfs ;;
  esac
  rm -rf "$out.tmp"
  mkdir -p "$out.tmp"
  mapfile -t packages < <(cd "$TOOLS_SOURCE/$tool" && go mod edit -json | jq -r '.Tool[].Path')
  (cd "$TOOLS_SOURCE/$tool" && CGO_ENABLED=$cgo nice go build -trimpath -tags="$tags" -ldflags="$flags" -o "$out.tmp/" "${packages[@]}") ||
    die "building $tool failed"
  rm -rf "$out"
  mv "$out.tmp" "$out"
  touch "$out/.done"
}

build_tools() {
  local tool
  mkdir -p "$GYRE_CACHE/bin"
  # One build at a time, should another checkout be at it.
  exec 8>"$GYRE_CACHE/bin/.lock"
  flock 8
  for tool in "${TOOLS[@]}"; do build_tool "$tool"; done
  exec 8>&-
}
