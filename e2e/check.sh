#!/usr/bin/env bash
# What must hold before a push: format, shell lint, the tables of built-in kinds, and the tests under the address and
# undefined-behaviour sanitizers.
# check.sh threads: the tests under the thread sanitizer instead.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$here/cluster/lib/common.sh"
source "$here/cluster/lib/tools.sh"
source "$here/lib/tables.sh"

check_format() {
  say "format"
  git -C "$GYRE_ROOT" ls-files -z '*.cc' '*.h' | (cd "$GYRE_ROOT" && xargs -0 -r clang-format-19 --dry-run --Werror)
}

check_shell() {
  say "shell"
  local script
  while read -r script; do
    # From its own folder, so that what it sources is found.
    (cd "$(dirname "$GYRE_ROOT/$script")" && shellcheck -x -P SCRIPTDIR "$(basename "$script")")
  done < <(git -C "$GYRE_ROOT" ls-files '*.sh')
}

# The tables of built-in kinds are what Kubernetes' Go types say; what comes of our own types, a unit test compares.
check_tables() {
  say "tables of built-in kinds"
  local fresh is_same=true
  fresh=$(mktemp -d)
  generate_tables "$fresh/tables.cc" "$fresh/built_in_kinds.jsonl"
  cmp "$fresh/tables.cc" "$GYRE_ROOT/operator/kube/protobuf/tables.cc" || is_same=false
  cmp "$fresh/built_in_kinds.jsonl" "$GYRE_ROOT/tests/golden/built_in_kinds.jsonl" || is_same=false
  rm -r "$fresh"
  "$is_same" || die "not what the generator writes: make generate"
}

# check_sanitized PRESET: those labelled cluster write to whatever KUBECONFIG names.
check_sanitized() {
  say "tests under sanitizers: $1"
  # Some of the tests need them, and are left out without.
  "$here/cluster/build-tools.sh" kubernetes etcd helm
  "$here/build.sh" "$1"
  ctest --test-dir "$GYRE_ROOT/build/$1" --output-on-failure --label-exclude cluster
}

case ${1:-all} in
  all)
    check_format
    check_shell
    check_tables
    check_sanitized asan
    ;;
  threads)
    export TSAN_OPTIONS="suppressions=$GYRE_ROOT/tests/tsan.supp"
    check_sanitized tsan
    ;;
  *) die "check.sh [threads]" ;;
esac
