#!/bin/sh
# Make the environment in folder $1 (.venv): Python 3.12 or 3.13, the locked packages, remesa itself.
# PYTHON=... picks an interpreter. What is up to date is left alone. The file "ready" is written last.
set -eu
cd "$(dirname "$0")"
venv=${1:-.venv}
export PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1
unset PYTHONHOME PYTHONPATH

fail() { echo "remesa: $*" >&2; exit 2; }

# Print the interpreter behind $1 if it runs and suits: a pyenv shim can be on the path and still fail.
suits() {
    "$1" -c 'import os, sys, ensurepip, venv
print(os.path.realpath(sys._base_executable)) if (3, 12) <= sys.version_info < (3, 14) else sys.exit(1)' 2>/dev/null
}

# Without a suitable interpreter: fetch one with uv, itself fetched into a folder that is removed again.
fetch() {
    uv=$(mktemp -d) && trap 'rm -rf "$uv"' EXIT
    echo "No Python 3.12 or 3.13 here; trying to download 3.12." >&2
    for any in python3 python; do
        "$any" -m pip install --quiet --target "$uv" uv && break
    done >/dev/null 2>&1 || return 1
    UV_MANAGED_PYTHON=1 UV_PYTHON_INSTALL_BIN=0 "$uv/bin/uv" python install --quiet 3.12 2>/dev/null
    suits "$("$uv/bin/uv" python find --managed-python 3.12 2>/dev/null)"
}

python=
for candidate in ${PYTHON:+"$PYTHON"} "$venv/bin/python" python3.12 python3.13 python3 python \
    "${PYENV_ROOT:-${HOME:-}/.pyenv}"/versions/3.1[23].*/bin/python3; do
    python=$(suits "$candidate") && break
    [ "$candidate" != "${PYTHON:-}" ] || fail "PYTHON=$PYTHON is not a working Python 3.12 or 3.13 with venv."
done
[ -n "$python" ] || python=$(fetch) ||
    fail "Python 3.12 or 3.13 with venv is needed and could not be downloaded; install it, or name it: make PYTHON=..."

here="$(pwd) $python"
wanted=$(cat requirements.lock pyproject.toml bootstrap.sh | cksum)
[ "$(cat "$venv/ready" 2>/dev/null)" != "$here $wanted" ] || exit 0

case "$(cat "$venv/ready" 2>/dev/null)" in
"$here "*) rm "$venv/ready" ;;
*)
    [ ! -e "$venv" ] || [ -e "$venv/pyvenv.cfg" ] || [ "$venv" = .venv ] || fail "$venv is not a virtual environment."
    echo "Making $venv with $("$python" --version) ($python)."
    rm -rf "$venv"
    "$python" -m venv "$venv"
    ;;
esac
echo "Installing the locked packages; about a minute the first time."
"$venv/bin/python" -m pip install -qq --require-hashes -r requirements.lock &&
    "$venv/bin/python" -m pip install -qq --no-deps --no-build-isolation -e . ||
    fail "the packages could not be installed; pip says why above."
printf '%s\n' "$here $wanted" >"$venv/ready"
echo "Ready."
