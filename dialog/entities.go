package dialog

// entities reads the flow's own kinds of values. It comes before the slots,
// which name them; with several files it is called for each.
func (l *loader) entities(o *object) {
	f, ok := o.get("entities")
	if !ok {
		return
	}
	if _, ok := l.open(f.value, "entities"); !ok {
		return
	}
}
