# Sourced by Deploy/run and Deploy/test: what both need from Debian. Defines functions, does nothing by itself.
# shellcheck shell=bash

# What it takes to build and run the server.
# shellcheck disable=SC2034  # read by the scripts that source this file
readonly BUILD_PACKAGES=(
    libwebsockets-dev libwebsockets-evlib-uv libhiredis-dev libuv1-dev libssl-dev zlib1g-dev
)

say() { printf '%s: %s\n' "$PROGRAM" "$*" >&2; }

die() {
    say "$*"
    exit 1
}

require_swift() {
    command -v swift >/dev/null || die "swift is not in PATH; install Swift 6.3 or later from https://swift.org/install"
}

# Runs as root: installs the packages named by its arguments and starts none of their services.
# Debian starts a service as soon as its package is there, and redis-server would take port 6379. A policy-rc.d
# that forbids it stands for the time of the installation only; one that the machine has already is left alone,
# and then what got started anyway is stopped again.
install_as_root() {
    set -eu
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        trap 'rm -f "$policy"' EXIT
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 "$@" >/dev/null
    for package in "$@"; do
        if [ "$package" = redis-server ] && [ -d /run/systemd/system ]; then
            systemctl disable --now --quiet redis-server.service
        fi
    done
}

# Installs those of the named Debian packages that are missing. Silent when there are none.
need_packages() {
    local package missing=()
    command -v dpkg-query >/dev/null || return 0  # not Debian: the build will say what it misses
    for package in "$@"; do
        # shellcheck disable=SC2016  # dpkg-query's own ${…}
        [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
    done
    [[ ${#missing[@]} -gt 0 ]] || return 0

    local as_root=()
    if [[ $EUID -ne 0 ]]; then
        # Without a terminal sudo cannot ask for a password.
        if ! command -v sudo >/dev/null || { [[ ! -t 0 ]] && ! sudo -n true 2>/dev/null; }; then
            die "these Debian packages are missing: ${missing[*]}. Run as root: apt-get install ${missing[*]}"
        fi
        as_root=(sudo)
    fi
    say "installing Debian packages: ${missing[*]}"
    "${as_root[@]}" bash -c "$(declare -f install_as_root); install_as_root \"\$@\"" install "${missing[@]}" ||
        die "apt-get could not install: ${missing[*]}"
}
