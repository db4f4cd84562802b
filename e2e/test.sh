#!/usr/bin/env bash
# Runs the tests: all of them are the unit tests, a sample of those under faults, and the end-to-end tests.
#   test.sh unit | e2e | all
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
source "$here/cluster/lib/common.sh"
source "$here/cluster/lib/settings.sh"
source "$here/cluster/lib/tools.sh"
source "$here/lib/python.sh"
source "$here/lib/use_cluster.sh"

unit() {
  say "building"
  "$here/build.sh" dev
  say "unit tests"
  # Those labelled cluster write to whatever KUBECONFIG names: they belong to the end-to-end tests.
  ctest --test-dir "$GYRE_ROOT/build/dev" --output-on-failure --label-exclude cluster
}

faults() { "$here/faults.sh" sample; }

end_to_end() {
  "$here/build.sh" dev
  use_cluster
  say "tests of our own client against this API server"
  ctest --test-dir "$GYRE_ROOT/build/dev" --output-on-failure --label-regex cluster --no-tests=error
  GYRE_BIN_DIR="$GYRE_ROOT/build/dev/bin" "$here/images/build.sh"
  say "end-to-end tests"
  "$(python_environment)/bin/pytest" "$here/scenarios"
}

case ${1:-all} in
  unit) unit ;;
  e2e) end_to_end ;;
  all)
    # Some unit tests need them, and are left out without.
    "$here/cluster/build-tools.sh" kubernetes etcd helm
    unit
    faults
    end_to_end
    ;;
  *) die "test.sh unit | e2e | all" ;;
esac
