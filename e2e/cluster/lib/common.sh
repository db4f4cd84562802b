# Paths, progress lines and small helpers that every script here shares. Sourced.
# shellcheck shell=bash disable=SC2034

GYRE_ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)"
GYRE_CACHE="${GYRE_CACHE:-$HOME/.cache/gyre}"
STARTED_AT=${STARTED_AT:-$(date +%s)}

elapsed() { echo "$(($(date +%s) - STARTED_AT))s"; }

say() { printf '[%5s] %s\n' "$(elapsed)" "$*"; }

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# wait_for SECONDS WHAT COMMAND...: tries until the command succeeds.
wait_for() {
  local seconds=$1 what=$2 deadline
  shift 2
  deadline=$(($(date +%s) + seconds))
  until "$@" >/dev/null 2>&1; do
    (($(date +%s) < deadline)) || {
      printf 'error: %s: not within %ss\n' "$what" "$seconds" >&2
      return 1
    }
    sleep 0.2
  done
}
