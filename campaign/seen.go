package campaign

import (
	"encoding/binary"
	"fmt"
	"os"
)

// hash128 is a hash wide enough to stand for what was hashed: among 100
// million of them, two are the same with a probability of 10^-23.
type hash128 [2]uint64

const (
	hashSize  = 16                  // bytes
	pageSize  = 1024                // bytes
	pageSlots = pageSize / hashSize // hashes in a page
	// maxInMemory hashes are kept in a table of 1 MB; more go to a file.
	maxInMemory = 48 << 10
)

// keySet is a set of hashes that takes the same memory however many they are.
// The first are in memory. When they have become too many, all are put into a
// temporary file of pages: the first bits of a hash say which page it is in.
// When the pages fill up, each is split in two by one more bit.
type keySet struct {
	slots  []hash128 // open-addressed; the zero hash is a free slot
	n      int
	atMost int // in memory; 0: maxInMemory

	file *os.File // nil while all are in memory
	bits int      // there are 1<<bits pages
	page [pageSize]byte
}

// add puts a hash in and tells whether it was there.
func (s *keySet) add(h hash128) (bool, error) {
	if h == (hash128{}) {
		h[1] = 1
	}
	if s.file == nil {
		limit := s.atMost
		if limit == 0 {
			limit = maxInMemory
		}
		if s.n < limit {
			return s.addInMemory(h), nil
		}
		if err := s.spill(); err != nil {
			return false, fmt.Errorf("remember the rows already read in a temporary file: %w", err)
		}
	}
	there, err := s.addToFile(h)
	if err != nil {
		return false, fmt.Errorf("remember the rows already read in %s: %w", s.file.Name(), err)
	}
	return there, nil
}

func (s *keySet) addInMemory(h hash128) bool {
	if 4*s.n >= 3*len(s.slots) {
		old := s.slots
		s.slots, s.n = make([]hash128, max(1024, 2*len(old))), 0
		for _, o := range old {
			if o != (hash128{}) {
				s.put(o)
			}
		}
	}
	return s.put(h)
}

func (s *keySet) put(h hash128) bool {
	mask := uint64(len(s.slots) - 1)
	for i := h[0] & mask; ; i = (i + 1) & mask {
		switch s.slots[i] {
		case h:
			return true
		case hash128{}:
			s.slots[i] = h
			s.n++
			return false
		}
	}
}

// spill moves all hashes from memory to a file.
func (s *keySet) spill() error {
	file, err := os.CreateTemp("", "dialwright-import-*")
	if err != nil {
		return err
	}
	s.file = file
	// Where a file can be removed while it is open, nothing stays even when the
	// process is killed; elsewhere close does it.
	_ = os.Remove(file.Name())
	slots := s.slots
	s.slots, s.n = nil, 0
	if err := file.Truncate(pageSize); err != nil {
		return err
	}
	for _, h := range slots {
		if h == (hash128{}) {
			continue
		}
		if _, err := s.addToFile(h); err != nil {
			return err
		}
	}
	return nil
}

func (s *keySet) addToFile(h hash128) (bool, error) {
	if 8*s.n >= 5*pageSlots<<s.bits { // so that hardly any page is full
		if err := s.split(); err != nil {
			return false, err
		}
	}
	for {
		at := int64(h[0]>>(64-s.bits)) * pageSize // a shift by 64 gives 0
		if _, err := s.file.ReadAt(s.page[:], at); err != nil {
			return false, err
		}
		i, there := find(s.page[:], h)
		if there {
			return true, nil
		}
		if i < pageSize {
			put(s.page[i:], h)
			s.n++
			_, err := s.file.WriteAt(s.page[i:i+hashSize], at+int64(i))
			return false, err
		}
		if err := s.split(); err != nil { // this page is full before the others
			return false, err
		}
	}
}

// split makes two pages of each, from the last to the first: where the two go,
// no page is that has not been read.
func (s *keySet) split() error {
	pages := int64(1) << s.bits
	if err := s.file.Truncate(2 * pages * pageSize); err != nil {
		return err
	}
	s.bits++
	for p := pages - 1; p >= 0; p-- {
		if _, err := s.file.ReadAt(s.page[:], p*pageSize); err != nil {
			return err
		}
		var two [2 * pageSize]byte
		next := [2]int{0, pageSize}
		for i := 0; i < pageSize; i += hashSize {
			h := get(s.page[i:])
			if h == (hash128{}) {
				break
			}
			half := h[0] >> (64 - s.bits) & 1
			put(two[next[half]:], h)
			next[half] += hashSize
		}
		if _, err := s.file.WriteAt(two[:], 2*p*pageSize); err != nil {
			return err
		}
	}
	return nil
}

// find gives the place of a hash in a page, or that of the first free slot,
// which is the page's end when it is full.
func find(page []byte, h hash128) (i int, there bool) {
	for ; i < len(page); i += hashSize {
		switch get(page[i:]) {
		case h:
			return i, true
		case hash128{}:
			return i, false
		}
	}
	return i, false
}

func get(b []byte) hash128 {
	return hash128{binary.NativeEndian.Uint64(b), binary.NativeEndian.Uint64(b[8:])}
}

func put(b []byte, h hash128) {
	binary.NativeEndian.PutUint64(b, h[0])
	binary.NativeEndian.PutUint64(b[8:], h[1])
}

// close removes the file.
func (s *keySet) close() {
	if s.file != nil {
		// Nobody needs it, so nobody need know.
		_ = s.file.Close()
		_ = os.Remove(s.file.Name())
	}
}
