package nlu

func enRead(kind Kind, text string, o ReadOptions) (Value, bool) { return commonRead(kind, text, o) }

// commonRead reads the kinds that both languages have functions of their own for.
func commonRead(kind Kind, text string, o ReadOptions) (v Value, ok bool) {
	switch kind {
	case KindNumber:
		v.Number, ok = ParseNumber(text, o.Language)
	case KindDigits:
		v.Text, ok = ParseDigits(text, o.Language)
	case KindTime:
		var t Time
		t, ok = ParseTime(text, TimeOptions{Language: o.Language, Now: o.Now, Bare: o.Asked})
		v.Time, v.Grain = t.At, t.Grain
	case KindBoolean:
		var b bool
		if b, ok = ParseBoolean(text); b {
			v.Number = 1
		}
	}
	return v, ok
}
