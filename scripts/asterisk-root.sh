#!/usr/bin/env bash
# Builds the private Asterisk that the tests, the rehearsals and `make demo`
# run, and prints the path of its root.
#
# Debian's stable releases carry no Asterisk, so this takes the packages of a
# release that does, unpacked with debootstrap into the user's cache directory.
# Nothing outside that directory is touched: neither the system's own Asterisk
# nor /etc/asterisk, and no service is started. The second run, also of another
# clone, finds the finished root and takes no time.
#
# Standard output: the root's path, and nothing else. Progress: standard error.
# Exit codes: 0 done, 1 failed (the reason is on standard error).
#
# Environment:
#   XDG_CACHE_HOME     where the cache is (default: ~/.cache)
#   DIALWRIGHT_MIRROR  the Debian mirror (default: the one apt is set up with)
set -euo pipefail

suite=forky
packages=(asterisk ca-certificates)

say() { printf 'asterisk-root: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

arch=$(dpkg --print-architecture 2>/dev/null) ||
	die "dpkg is missing: this script needs a Debian or Debian-like system"

# The list is part of the name, so a changed list builds a new root and leaves
# alone the one that another clone may be running from.
recipe="v1 $suite $arch ${packages[*]}"
hash=$(printf '%s' "$recipe" | sha256sum | cut -c1-12)
cache="${XDG_CACHE_HOME:-$HOME/.cache}/dialwright"
root="$cache/asterisk-root-$hash"

# The programs find the root through this link; it follows the latest run.
publish() {
	if [ "$(readlink "$cache/asterisk-root" || true)" != "$root" ]; then
		ln -sfn "$root" "$cache/asterisk-root.$$"
		mv -T "$cache/asterisk-root.$$" "$cache/asterisk-root"
	fi
	printf '%s\n' "$root"
	exit 0
}

if [ -x "$root/usr/sbin/asterisk" ]; then
	publish
fi

mkdir -p "$cache"
exec 9>"$cache/asterisk-root.lock"
if ! flock --nonblock 9; then
	say "another build is running; waiting for it"
	flock 9
fi
if [ -x "$root/usr/sbin/asterisk" ]; then # built while we waited
	publish
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || die "debootstrap needs root: run as root, or install sudo"
	as_root=(sudo)
fi
debootstrap=$(PATH="$PATH:/usr/sbin:/sbin" command -v debootstrap) ||
	die "debootstrap is missing: run scripts/install-deps.sh first"

# apt is asked for its sources, so sources.list, deb822 files and disabled
# entries are all read as apt itself reads them. Security archives and
# third-party repositories do not carry whole releases: the Debian archive is
# the one whose suite is the release's plain codename.
mirror_of_apt() {
	local codename
	codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
	apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
		awk -v codename="$codename" '
			$3 == "main" && $1 ~ /^(https?|file):/ {
				if ($2 == codename || $2 == "stable" || $2 == "testing" || $2 == "sid") { print $1; exit }
			}'
}

mirror=${DIALWRIGHT_MIRROR:-$(mirror_of_apt)}
if [ -z "$mirror" ]; then
	say "apt has no package lists yet; fetching them"
	"${as_root[@]}" apt-get update >&2 || die "apt-get update failed"
	mirror=$(mirror_of_apt)
fi
[ -n "$mirror" ] || die "apt's configuration names no Debian mirror: set DIALWRIGHT_MIRROR to one"
proxy=$(apt-config shell p Acquire::http::Proxy | sed -n "s/^p='\(.*\)'$/\1/p")
if [ -n "$proxy" ] && [ "$proxy" != DIRECT ]; then
	export http_proxy="$proxy" https_proxy="$proxy"
fi

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$keyring" ] || die "$keyring is missing: install the package debian-archive-keyring"

# debootstrap mounts /proc inside its target; a build that dies leaves that
# behind, and a removal must never run through it.
discard() {
	local dir=$1 point
	[ -e "$dir" ] || return 0
	awk -v d="$dir/" 'index($2, d) == 1 { print $2 }' /proc/self/mounts | sort -r |
		while read -r point; do "${as_root[@]}" umount "$point" || true; done
	"${as_root[@]}" rm -rf --one-file-system "$dir"
}

# We hold the lock: whatever staging directory is still here is a dead build's.
for stale in "$cache"/asterisk-root-building.*; do discard "$stale"; done
staging=$(mktemp -d "$cache/asterisk-root-building.XXXXXX")
log="$cache/asterisk-root.log"
trap 'discard "$staging"' EXIT
chmod 755 "$staging"

say "building $root (about a minute, 500 MB; log: $log)"
include=$(IFS=,; printf '%s' "${packages[*]}")
# Older debootstraps do not know the suite's name yet; all of Debian's recent
# suites share the script of "sid".
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "$debootstrap" \
	--variant=minbase --keyring="$keyring" --include="$include" \
	"$suite" "$staging" "$mirror" /usr/share/debootstrap/scripts/sid \
	>"$log" 2>&1 || { tail -n 20 "$log" >&2; die "debootstrap failed; its whole log is $log"; }

[ -x "$staging/usr/sbin/asterisk" ] || die "the new root holds no usr/sbin/asterisk; see $log"
"${as_root[@]}" rm -rf "$staging"/var/cache/apt/archives/*.deb "$staging"/var/lib/apt/lists/*

# Asterisk looks its own host name up when it starts; inside a chroot without a
# name service the lookup would block it.
printf '127.0.0.1 localhost %s\n' "$(uname -n)" | "${as_root[@]}" tee "$staging/etc/hosts" >/dev/null

mv "$staging" "$root" # same directory, so the root appears whole or not at all
trap - EXIT
say "done: $(du -sh "$root" 2>/dev/null | cut -f1)"
publish
