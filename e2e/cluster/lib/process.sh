# Background programs by recorded pid. A record holds the start time too, so a reused pid is never taken for ours. Sourced.
# shellcheck shell=bash

# birth PID: when the process started, in ticks since boot; empty when there is none.
birth() {
  local stat
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
  # The name before ")" may hold spaces; the start time is the 20th field after it.
  awk '{print $20}' <<<"${stat##*) }"
}

# recorded_pid FILE: prints the pid when the process of that record still runs.
recorded_pid() {
  local pid born
  read -r pid born 2>/dev/null <"$1" || return 1
  [[ -n $born && $(birth "$pid") == "$born" ]] && echo "$pid"
}

# running_pid NAME: that of one of our programs.
running_pid() { recorded_pid "$PIDS/$1"; }

# any_running FOLDER: whether one of the programs recorded there still runs.
any_running() {
  local record
  for record in "$1"/*; do
    if recorded_pid "$record" >/dev/null; then return 0; fi
  done
  return 1
}

# start NAME COMMAND...
start() {
  local name=$1 pid
  shift
  setsid "$@" >>"$LOGS/$name.log" 2>&1 </dev/null 9>&- &
  pid=$!
  echo "$pid $(birth "$pid")" >"$PIDS/$name"
  disown "$pid"
}

# ask_to_stop NAME: without waiting.
ask_to_stop() {
  local pid
  if pid=$(running_pid "$1"); then kill "$pid" 2>/dev/null || true; fi
}

# stop NAME: asks, waits, then insists.
stop() {
  local name=$1 pid tries
  if pid=$(running_pid "$name"); then
    kill "$pid" 2>/dev/null || true
    for ((tries = 0; tries < 50; tries++)); do
      running_pid "$name" >/dev/null || break
      sleep 0.1
    done
    if running_pid "$name" >/dev/null; then kill -9 "$pid" 2>/dev/null || true; fi
  fi
  rm -f "$PIDS/$name"
}

# show_end NAME: the end of its log, for an error message.
show_end() {
  printf -- '--- the end of %s\n' "$LOGS/$1.log" >&2
  tail -n 15 "$LOGS/$1.log" >&2 || true
}
