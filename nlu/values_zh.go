package nlu

func zhRead(kind Kind, text string, o ReadOptions) (Value, bool) { return commonRead(kind, text, o) }
