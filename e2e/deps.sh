#!/usr/bin/env bash
# Installs what building, testing and the local cluster need: Debian packages, and in the cache two C++ libraries,
# Prometheus and a Python environment. Does nothing, fast, when all is there.  --packages: only the Debian packages.
# --bench: also the peers and the load generator of the benchmarks.  --fuzz: also the compiler that has libFuzzer.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$here/cluster/lib/common.sh"
source "$here/lib/debian.sh"
source "$here/lib/libraries.sh"
source "$here/lib/prometheus.sh"
source "$here/lib/python.sh"

build_packages=(
  ccache cmake dpkg-dev g++ mold ninja-build pkg-config python3 clang-format-19
  libboost-dev libcli11-dev libeigen3-dev libfmt-dev libgmock-dev libgtest-dev liblz4-dev libnghttp2-dev libsimdjson-dev
  libspdlog-dev libssl-dev libxxhash-dev libyaml-cpp-dev nlohmann-json3-dev
)
cluster_packages=(
  buildah ca-certificates conntrack containernetworking-plugins curl debootstrap fuse-overlayfs gcc iproute2 iptables
  jq libc6-dev libseccomp-dev make mount openssl procps
)
test_packages=(python3-venv shellcheck)
bench_packages=()
[[ ${1:-} != --bench ]] || bench_packages=(haproxy wrk)
fuzz_packages=()
[[ ${1:-} != --fuzz ]] || fuzz_packages=(clang-19 libclang-rt-19-dev llvm-19)

install_packages() {
  local wanted missing
  mapfile -t wanted < <(printf '%s\n' "${build_packages[@]}" "${cluster_packages[@]}" "${test_packages[@]}" \
    "${bench_packages[@]}" "${fuzz_packages[@]}" | sed '/^$/d' | sort)
  mapfile -t missing < <(comm -23 <(printf '%s\n' "${wanted[@]}") \
    <(dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' "${wanted[@]}" 2>/dev/null | sed -n 's/^ii *//p' | sort))
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null || die "these Debian packages are missing, and this is no Debian: ${missing[*]}"
  ((EUID == 0)) || die "these Debian packages are missing; run 'make deps' as root: ${missing[*]}"
  say "installing ${#missing[@]} Debian packages: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 install --no-install-recommends -y "${missing[@]}" >/dev/null ||
    { apt-get -qq update && apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 install --no-install-recommends -y "${missing[@]}" >/dev/null; } ||
    die "apt-get could not install the packages above"
}

install_packages
[[ ${1:-} != --packages ]] || exit 0
make_libraries
make_prometheus
make_python_environment
