# Gets a built image to where pods find it. Sourced.
# shellcheck shell=bash

# is_parent NAME: whether other images start from it; it goes nowhere by itself.
is_parent() { [[ $1 == runtime || $1 == sample-python ]]; }

# archive_image NAME: layers stay uncompressed, because they only travel within this machine.
archive_image() {
  is_parent "$1" && return
  rm -f "$IMAGE_ARCHIVES/$1.tar"
  buildah_here push --quiet --disable-compression --signature-policy "$POLICY" \
    "docker.io/gyre/$1:dev" "oci-archive:$IMAGE_ARCHIVES/$1.tar:docker.io/gyre/$1:dev"
}

# deliver_image NAME HASH
deliver_image() {
  local name=$1 hash=$2 stamp="$CLUSTER/containerd/imported-$1"
  if [[ -n ${IMAGE_PREFIX:-} ]]; then
    say "pushing $IMAGE_PREFIX/$name:dev"
    buildah_here push --quiet --signature-policy "$POLICY" "docker.io/gyre/$name:dev" "docker://$IMAGE_PREFIX/$name:dev"
    return
  fi
  [[ -S $CONTAINERD_SOCKET ]] || return 0
  [[ $(cat "$stamp" 2>/dev/null) == "$hash" ]] && return
  say "importing image $name"
  CONTAINERD_SUPPRESS_DEPRECATION_WARNINGS=1 "$(tool_bin containerd)/ctr" -a "$CONTAINERD_SOCKET" -n k8s.io images import --local "$IMAGE_ARCHIVES/$name.tar" >/dev/null
  echo "$hash" >"$stamp"
}
