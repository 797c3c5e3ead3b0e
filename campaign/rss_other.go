//go:build !unix

package campaign

import "runtime"

// maxRSS is the memory that the process has from the operating system, in
// bytes: Windows keeps no peak that Go's syscall package could read.
func maxRSS() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Sys)
}
