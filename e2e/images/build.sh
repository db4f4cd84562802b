#!/usr/bin/env bash
# Builds the images with buildah, without a registry, and hands them to the local cluster when it runs.
# Only what changed is built and imported again.
#   build.sh                     all images
#   build.sh operator mlserver   some: operator dataplane trainer mlserver fastapi pause
# GYRE_BIN_DIR: the folder with gyre-operator, gyre-agent and gyre-worker (default: build/dev/bin or build/demo-build/bin, whichever is newer).
# IMAGE_PREFIX: with it, images are pushed to IMAGE_PREFIX/NAME:dev instead: for a cluster that is not ours.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$here/../cluster/lib/common.sh"
source "$here/../cluster/lib/tools.sh"
source "$here/../cluster/lib/settings.sh"
source "$here/../lib/debian.sh"
source "$here/../lib/libraries.sh"
source "$here/lib/buildah.sh"
source "$here/lib/base.sh"
source "$here/lib/programs.sh"
source "$here/lib/contexts.sh"
source "$here/lib/deliver.sh"

ALL_IMAGES=(pause operator dataplane trainer mlserver fastapi)
POLICY="$IMAGE_STORE/policy.json"

# image_hash CONTEXT DOCKERFILE PARENT: changes when what goes into the image does.
image_hash() {
  {
    cat "$2"
    (cd "$1" && find . -type f ! -name '*.pyc' -print0 | sort -z | xargs -0 -r sha256sum)
    [[ -z $3 ]] || cat "$IMAGE_ARCHIVES/$3.hash"
  } | sha256sum | cut -c1-16
}

build_image() {
  local name=$1 context dockerfile parent hash options
  context=$(context_of "$name") || exit 1
  dockerfile=$(dockerfile_of "$name")
  parent=$(sed -nE 's|^FROM gyre/(.+):dev$|\1|p' "$dockerfile")
  [[ -z $parent ]] || build_image "$parent"
  hash=$(image_hash "$context" "$dockerfile" "$parent")
  if [[ $(cat "$IMAGE_ARCHIVES/$name.hash" 2>/dev/null) != "$hash" ]]; then
    say "building image $name"
    mapfile -t options < <(lend_settings "$IMAGE_STORE/settings")
    nice buildah --root "$IMAGE_STORE/root" --runroot "$IMAGE_STORE/run" --storage-driver overlay bud \
      --quiet --isolation chroot --layers --pull-never --signature-policy "$POLICY" "${options[@]}" \
      -t "docker.io/gyre/$name:dev" -f "$dockerfile" "$context" >"$IMAGE_STORE/$name.log" 2>&1 ||
      { tail -20 "$IMAGE_STORE/$name.log" >&2 && die "building image $name failed; the whole log is $IMAGE_STORE/$name.log"; }
    archive_image "$name"
    echo "$hash" >"$IMAGE_ARCHIVES/$name.hash"
  fi
  is_parent "$name" || deliver_image "$name" "$hash"
}

main() {
  local name
  ((EUID == 0)) || die "images are built as root"
  command -v buildah >/dev/null || die "buildah is missing: run 'make deps'"
  mkdir -p "$IMAGE_STORE" "$IMAGE_ARCHIVES"
  exec 9>"$IMAGE_STORE/lock"
  flock 9
  echo '{"default": [{"type": "insecureAcceptAnything"}]}' >"$POLICY"
  make_base
  for name in "$@"; do build_image "$name"; done
}

if (($# == 0)); then set -- "${ALL_IMAGES[@]}"; fi
main "$@"
