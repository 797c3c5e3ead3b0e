// Package pbx runs private Asterisk processes for tests, rehearsals and the
// demo. Each has directories, ports and passwords of its own, listens on
// loopback only, runs in the foreground as our child, and is stopped by its
// process id. The system's own Asterisk, its PATH and /etc/asterisk are never
// looked at.
//
// The program comes out of the root that scripts/asterisk-root.sh builds and is
// started through that root's own dynamic loader: no chroot, no mount, and no
// privilege is needed to run it.
package pbx
