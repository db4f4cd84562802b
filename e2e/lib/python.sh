# The Python environment of the tests and the demo, kept in the cache, one for each state of its requirements. Sourced.
# shellcheck shell=bash

PYTHON_REQUIREMENTS="$GYRE_ROOT/e2e/requirements.txt"

# python_environment: its folder.
python_environment() { echo "$GYRE_CACHE/python-$(sha256sum "$PYTHON_REQUIREMENTS" | cut -c1-16)"; }

make_python_environment() {
  local folder
  folder=$(python_environment)
  if [[ ! -f $folder/.done ]]; then
    say "making the Python environment of the tests"
    rm -rf "$folder"
    python3 -m venv "$folder"
    "$folder/bin/pip" install --quiet --require-virtualenv -r "$PYTHON_REQUIREMENTS"
    touch "$folder/.done"
  fi
  mkdir -p "$GYRE_ROOT/build"
  ln -sfn "$folder" "$GYRE_ROOT/build/python"
}
