# Contexts of the images of our own programs: stripped programs, the libraries they link, and little else. Sourced.
# shellcheck shell=bash

OPERATOR_PROGRAMS=(gyre-operator)
DATAPLANE_PROGRAMS=(gyre-agent gyre-worker)
# Packages whose code is within the programs; libcurl and cpp-httplib come with their own (e2e/lib/libraries.sh).
COMPILED_IN=(libboost-dev libcli11-dev libfmt-dev libnghttp2-dev libspdlog-dev libstdc++6 libxxhash-dev nlohmann-json3-dev)

# program_folder: the newest of the folders that hold gyre-operator.
program_folder() {
  if [[ -n ${GYRE_BIN_DIR:-} ]]; then
    echo "$GYRE_BIN_DIR"
    return
  fi
  local newest="$GYRE_ROOT/build/dev/bin" other="$GYRE_ROOT/build/demo-build/bin"
  if [[ $other/gyre-operator -nt $newest/gyre-operator ]]; then newest=$other; fi
  echo "$newest"
}

# linked_by PROGRAM...: the shared libraries that they need, the loader among them.
linked_by() {
  local name path needed
  for name in "$@"; do
    path="$(program_folder)/$name"
    [[ -x $path ]] || die "the images need $name, and $(program_folder) has none: run 'make build' first"
    needed=$(ldd "$path")
    ! grep 'not found' <<<"$needed" >&2 || die "$path needs libraries that are not installed: run 'make deps'"
    grep -oE '/[^ ]+' <<<"$needed"
  done | sort -u
}

linked_by_all() {
  local programs=("${OPERATOR_PROGRAMS[@]}" "${DATAPLANE_PROGRAMS[@]}") name common
  common=$(linked_by "${programs[@]}") || exit 1
  for name in "${programs[@]}"; do common=$(comm -12 <(echo "$common") <(linked_by "$name")); done
  echo "$common"
}

# put_libraries ROOT: those named on standard input, where the loader looks for them.
put_libraries() {
  local library
  while read -r library; do install -D "$library" "$1$library"; done
}

# put_program ROOT NAME: without its symbols; they go to build/images/debug, for gdb.
put_program() {
  local from symbols="$GYRE_ROOT/build/images/debug/$2.debug"
  from="$(program_folder)/$2"
  mkdir -p "$1/usr/local/bin" "$(dirname "$symbols")"
  objcopy --only-keep-debug "$from" "$symbols"
  objcopy --strip-all --add-gnu-debuglink="$symbols" "$from" "$1/usr/local/bin/$2"
}

# put_copyrights ROOT: the licences of all that is inside, or linked into the programs.
put_copyrights() {
  local package name
  {
    printf '%s\n' "${COMPILED_IN[@]}" ca-certificates
    # The loader says /lib where dpkg may say /usr/lib.
    while read -r name; do dpkg-query -S "*${name#/lib}" | cut -d: -f1; done
  } | sort -u | while read -r package; do
    install -D -m 644 "/usr/share/doc/$package/copyright" "$1/usr/share/doc/$package/copyright"
  done
  cp -r "$(libraries_folder)/share/doc/"{curl,cpp-httplib} "$1/usr/share/doc"
}

# fresh_context NAME: an empty folder with an empty root in it.
fresh_context() {
  local context="$GYRE_ROOT/build/images/$1"
  rm -rf "$context"
  mkdir -p "$context/root"
  echo "$context"
}

# The same files give the same layer, whenever they were copied.
without_times() { find "$1" -exec touch -hd @0 {} +; }

runtime_context() {
  local context root libraries
  context=$(fresh_context runtime)
  root="$context/root"
  libraries=$(linked_by_all) || exit 1
  mkdir -p "$root/etc/ssl/certs"
  install -d -m 1777 "$root/tmp"
  put_libraries "$root" <<<"$libraries"
  put_copyrights "$root" < <(linked_by "${OPERATOR_PROGRAMS[@]}" "${DATAPLANE_PROGRAMS[@]}")
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs"
  echo 'gyre:x:65532:65532::/tmp:/sbin/nologin' >"$root/etc/passwd"
  echo 'gyre:x:65532:' >"$root/etc/group"
  echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
  without_times "$context"
  echo "$context"
}

# programs_context NAME PROGRAM...: on top of the runtime's.
programs_context() {
  local context common name
  context=$(fresh_context "$1")
  shift
  common=$(linked_by_all) || exit 1
  comm -13 <(echo "$common") <(linked_by "$@") | put_libraries "$context/root"
  for name in "$@"; do put_program "$context/root" "$name"; done
  without_times "$context"
  echo "$context"
}
