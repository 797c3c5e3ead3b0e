#!/usr/bin/env bash
# Installs the Debian packages that building and testing Dialwright needs. Run
# it as often as you like: it asks apt only when something is missing, and
# uses sudo only when it is not already root.
#
#   scripts/install-deps.sh           install what is missing
#   scripts/install-deps.sh --check   only say what is missing (exit code 1)
#
# No service is started, and no PostgreSQL cluster is created: the tests make
# clusters of their own in temporary directories.
set -euo pipefail

packages=(
	build-essential pkg-config                # cgo, for the pocketsphinx recogniser
	libpocketsphinx-dev pocketsphinx-en-us    # the recogniser and its English model
	flite espeak-ng                           # synthesisers
	sox                                       # audio checks in tests
	postgresql                                # server binaries for the store's tests
	debootstrap debian-archive-keyring ca-certificates util-linux # scripts/asterisk-root.sh
)

say() { printf 'install-deps: %s\n' "$*" >&2; }

missing=()
for package in "${packages[@]}"; do
	state=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
	[ "$state" = installed ] || missing+=("$package")
done
if [ "${#missing[@]}" -eq 0 ]; then
	exit 0
fi
say "missing: ${missing[*]}"
if [ "${1:-}" = --check ]; then
	exit 1
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || { say "run as root, or install sudo"; exit 1; }
	as_root=(sudo)
fi

# Debian's package would create and start a database cluster as a service.
# This file tells it not to; it is ours only while apt runs, and a machine
# that has the package already is left as it is.
no_cluster=/etc/postgresql-common/createcluster.d/dialwright.conf
if [[ " ${missing[*]} " == *" postgresql "* ]]; then
	"${as_root[@]}" mkdir -p "${no_cluster%/*}"
	trap '"${as_root[@]}" rm -f "$no_cluster"' EXIT
	printf 'create_main_cluster = false\n' | "${as_root[@]}" tee "$no_cluster" >/dev/null
fi

install=(env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends)
say "updating apt's lists"
"${as_root[@]}" apt-get update >&2
"${as_root[@]}" "${install[@]}" "${missing[@]}" >&2
say "installed: ${missing[*]}"
