# The base image that the Dockerfiles name, made from Debian packages: no registry is asked. Sourced.
# shellcheck shell=bash

# debian_mirror: where this machine takes bookworm from.
debian_mirror() {
  # shellcheck disable=SC2016  # apt's own placeholders
  apt-get indextargets --format '$(RELEASE) $(CODENAME) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    awk '/bookworm / && !/security|updates|backports/ {print $NF; exit}'
}

trim_root() {
  rm -rf "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/* "$1"/var/log/*.log "$1"/usr/share/{doc,man,info,locale,lintian,bug}/*
  # Keeps documentation and translations out of what is installed later, as the slim images do.
  printf 'path-exclude /usr/share/%s/*\n' doc man info locale lintian >"$1/etc/dpkg/dpkg.cfg.d/slim"
}

make_base() {
  image_exists "$BASE_IMAGE" && return
  local root="$IMAGE_STORE/base" container
  say "making the base image with debootstrap (once)"
  [[ -n $(debian_mirror) ]] || die "no source of Debian bookworm among this machine's apt sources"
  rm -rf "$root"
  mkdir -p "$root"
  debootstrap --variant=minbase --include=ca-certificates bookworm "$root" "$(debian_mirror)" >"$IMAGE_STORE/debootstrap.log" 2>&1 ||
    die "debootstrap failed; its log is $IMAGE_STORE/debootstrap.log"
  debian_sources >"$root/etc/apt/sources.list"
  trim_root "$root"
  container=$(buildah_here from --signature-policy "$POLICY" scratch)
  tar -C "$root" -c . >"$IMAGE_STORE/base.tar"
  buildah_here add --quiet "$container" "$IMAGE_STORE/base.tar" / >/dev/null
  buildah_here config --cmd bash --env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
  buildah_here commit --quiet --rm --signature-policy "$POLICY" "$container" "$BASE_IMAGE" >/dev/null
  rm -rf "$root" "$IMAGE_STORE/base.tar"
}
