# Prometheus and promtool in the cache, taken out of Debian's package: installing that would start a service. Sourced.
# shellcheck shell=bash

# make_prometheus: puts both programs in build/prometheus.
make_prometheus() {
  local folder="$GYRE_CACHE/prometheus" download
  if [[ ! -f $folder/.done ]]; then
    say "taking Prometheus out of its Debian package"
    command -v apt-get >/dev/null || die "Prometheus and promtool come from a Debian package, and this is no Debian"
    download=$(mktemp -d)
    (cd "$download" && { apt-get -qq -o APT::Sandbox::User=root download prometheus ||
      { apt-get -qq update && apt-get -qq -o APT::Sandbox::User=root download prometheus; }; }) ||
      die "apt-get could not download the package prometheus"
    rm -rf "$folder"
    mkdir -p "$folder"
    dpkg-deb --fsys-tarfile "$download"/prometheus_*.deb | tar -x -C "$folder" --strip-components=3 ./usr/bin/prometheus ./usr/bin/promtool
    rm -rf "$download"
    touch "$folder/.done"
  fi
  mkdir -p "$GYRE_ROOT/build"
  ln -sfn "$folder" "$GYRE_ROOT/build/prometheus"
}
