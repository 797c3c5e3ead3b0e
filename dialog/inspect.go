package dialog

// Intent is the intent that was understood last; empty before any was.
func (s *Session) Intent() string { return s.st.Intent }
