#!/bin/sh
# Makes .venv and puts into it what the lock files name, then Comanda itself, editable.
#
#   tools/install.sh requirements.txt [...]     the lock files to install
#
# Called by make, from the project's folder. pip's own configuration (index, proxy, certificates)
# is honoured; every package is checked against its hash. May be run again at any time.
set -eu

venv=.venv

say() { printf '%s\n' "$*" >&2; }

suits() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

can_make_venv() { "$1" -c 'import venv, ensurepip' >/dev/null 2>&1; }

# Prints the first Python that is new enough and can make a virtual environment, or says what to install.
find_python() {
    without_venv=
    for name in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14 python}; do
        suits "$name" || continue
        if can_make_venv "$name"; then
            printf '%s\n' "$name"
            return
        fi
        without_venv=${without_venv:-$name}
    done
    if [ -n "$without_venv" ]; then
        say "$without_venv is new enough but has no venv module. On Debian or Ubuntu: apt-get install python3-venv"
    else
        say "Comanda needs Python 3.11 or newer and finds none${PYTHON:+ at PYTHON=$PYTHON}."
        say "On Debian 12 or Ubuntu 24.04 and newer: apt-get install python3 python3-venv"
        say "Where it is installed under another name: make PYTHON=/path/to/python3 ..."
    fi
    return 1
}

# A .venv that was cut short, whose Python is gone, or that was moved here from another folder is of no use.
usable() {
    [ -x "$venv/bin/python" ] && suits "$venv/bin/python" &&
        "$venv/bin/python" -m pip --version >/dev/null 2>&1 &&
        { [ ! -f "$venv/place" ] || [ "$(cat "$venv/place")" = "$PWD" ]; }
}

if ! usable; then
    python=$(find_python)
    say "Making $venv with $("$python" --version)"
    "$python" -m venv --clear "$venv"
    printf '%s\n' "$PWD" >"$venv/place"
fi

# A user's pip configuration may ask for --user, which means nothing in a virtual environment.
export PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1
say "Installing Comanda and the packages that $* name into $venv"
set -- $(printf -- '-r %s ' "$@")
"$venv/bin/python" -m pip install --quiet --require-hashes "$@"
"$venv/bin/python" -m pip install --quiet --no-deps --no-build-isolation --editable .
