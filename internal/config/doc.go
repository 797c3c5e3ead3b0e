// Package config reads dialwright.yaml: strictly, with every problem told at
// once, each with file, line, column and a hint.
//
// A value comes from one of four places, the later winning: the default, the
// file, the environment (DIALWRIGHT_ASTERISK_URL for asterisk.url), a flag
// (--set asterisk.url=…). Every value remembers which; Config.Show lists
// them. A secret named password may instead be read from the file that
// password_file names.
//
// An entry of a list is addressed by its name: trunks.trunk-a.password is
// DIALWRIGHT_TRUNKS_TRUNK_A_PASSWORD.
package config
