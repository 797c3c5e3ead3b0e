package campaign

// keySet is a set of hashes in an open-addressed table, 11 to 21 bytes for
// each: a third of what a map takes.
type keySet struct {
	slots []uint64 // 0: free
	n     int
}

// add puts a hash in and tells whether it was there.
func (s *keySet) add(h uint64) bool {
	if h == 0 {
		h = 1
	}
	if 4*s.n >= 3*len(s.slots) {
		old := s.slots
		s.slots, s.n = make([]uint64, max(1024, 2*len(old))), 0
		for _, o := range old {
			if o != 0 {
				s.put(o)
			}
		}
	}
	return s.put(h)
}

func (s *keySet) put(h uint64) bool {
	mask := uint64(len(s.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		switch s.slots[i] {
		case h:
			return true
		case 0:
			s.slots[i] = h
			s.n++
			return false
		}
	}
}
