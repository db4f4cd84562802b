#!/usr/bin/env bash
# What must hold before a push: format, shell lint, and the tests under the address and undefined-behaviour sanitizers.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$here/cluster/lib/common.sh"

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

check_sanitized() {
  say "tests under sanitizers"
  "$here/build.sh" asan
  ctest --test-dir "$GYRE_ROOT/build/asan" --output-on-failure
}

check_format
check_shell
check_sanitized
