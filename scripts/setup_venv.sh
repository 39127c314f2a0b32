#!/usr/bin/env bash
# Make .venv from the locked dependencies: setup_venv.sh LOCKFILE.
#
# Takes $PYTHON, or the first Python >= 3.11 that can make virtual environments. Says what is missing in words.
set -eu -o pipefail
lock=$1

say() { printf '==> %s\n' "$*"; }
fail() { printf 'Cannot set up: %s\n' "$1" >&2; printf '%s\n' "$2" >&2; exit 1; }
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; }
# Debian keeps ensurepip in a package of its own; without it `python -m venv` fails half-way.
has_venv() { "$1" -c 'import venv, ensurepip' 2> /dev/null; }

find_python() {
  local candidate without_venv=
  for candidate in ${PYTHON:-python3.11 python3.12 python3.13 python3}; do
    command -v "$candidate" > /dev/null || continue
    new_enough "$candidate" || continue
    if has_venv "$candidate"; then command -v "$candidate"; return; fi
    without_venv=$candidate
  done
  [ -z "$without_venv" ] || fail "$without_venv has no venv module." \
    "Install it (Debian and Ubuntu: apt install $(basename "$(readlink -f "$(command -v "$without_venv")")")-venv), then run make again."
  fail "no Python 3.11 or newer was found${PYTHON:+ under the name $PYTHON}." \
    "Install one (Debian 12: apt install python3.11 python3.11-venv), or name it: make PYTHON=/path/to/python3.11."
}

# pip stays silent; a line every ten seconds says that it is alive.
heartbeat() {
  local waited_s=0
  while sleep 10 > /dev/null 2>&1; do
    waited_s=$((waited_s + 10))
    say "  still installing, $waited_s s"
  done
}

install_locked() {
  local started=$SECONDS
  heartbeat &
  trap "kill $! 2> /dev/null" EXIT
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --only-binary :all: \
    --require-hashes -r "$lock" < /dev/null ||
    fail "pip could not install the locked packages; its message stands above." \
      "Check the network and the package index that pip is configured for, then run make again."
  say "dependencies are in place after $((SECONDS - started)) s"
}

if ! .venv/bin/python -c 'import pip' 2> /dev/null; then
  python=$(find_python)
  say "making .venv with $("$python" --version)"
  rm -rf .venv
  "$python" -m venv .venv
fi
say "installing $(grep -c '==' "$lock") locked packages, hashes checked (a download of 125 MB the first time)"
install_locked
