# Buildah with its storage in the cache, and the machine's own package settings lent to a build. Sourced.
# shellcheck shell=bash disable=SC2034

IMAGE_STORE="$GYRE_CACHE/buildah"
IMAGE_ARCHIVES="$GYRE_CACHE/images"
BASE_IMAGE=docker.io/library/debian:bookworm-slim

buildah_here() {
  buildah --root "$IMAGE_STORE/root" --runroot "$IMAGE_STORE/run" --storage-driver overlay "$@"
}

image_exists() { buildah_here inspect --type image "$1" >/dev/null 2>&1; }

# The machine's pip settings, from files and environment alike, as one file for the build.
pip_settings() {
  echo "[global]"
  python3 -m pip config list 2>/dev/null |
    sed -nE "s/^(:env:|global|install)\.(index-url|extra-index-url|find-links|trusted-host|proxy|cert|default-timeout|no-index)='(.*)'$/\2 = \3/p" |
    sort -u -t= -k1,1
}

# The machine's way to its Debian mirror.
apt_settings() { apt-config dump 2>/dev/null | grep -E '^Acquire::(http|https|Check-Valid-Until|Check-Date)' || true; }

# lend_settings FOLDER: prints buildah's options that mount them into a build. Nothing of it stays in the image.
lend_settings() {
  local folder=$1 path
  mkdir -p "$folder"
  pip_settings >"$folder/pip.conf"
  apt_settings >"$folder/apt.conf"
  path=$(sed -nE 's/^cert = (\/.*)$/\1/p' "$folder/pip.conf")
  if [[ -f $path ]]; then
    # Under another path: the ca-certificates package rewrites its own while a build runs.
    cp "$path" "$folder/ca.crt"
    sed -i 's|^cert = .*|cert = /mnt/ca.crt|' "$folder/pip.conf"
  fi
  echo "--volume=$folder:/mnt:ro"
  echo "--volume=$folder/pip.conf:/etc/pip.conf:ro"
  echo "--volume=$folder/apt.conf:/etc/apt/apt.conf.d/99machine:ro"
  path=$(sed -nE 's/^find-links = (\/.*)$/\1/p' "$folder/pip.conf")
  [[ ! -d $path ]] || echo "--volume=$path:$path:ro"
}
