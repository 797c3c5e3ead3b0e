// Package asteriskconfig renders the configuration that an Asterisk needs to
// work with Dialwright: from a few parameters to the whole set of files, ready
// to be read, installed, or started as a private instance.
//
// The templates are written for people who run Asterisk: every setting that is
// not Asterisk's default says why. They hold for Asterisk 20 and later.
package asteriskconfig
