// Package archtest holds no code, only tests: they read the table of rooms in
// ARCHITECTURE.md and fail when an import breaks it, and they keep the house
// rules that a linter does not know.
package archtest
