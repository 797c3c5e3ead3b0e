package turn

import "testing"

func TestEnough(t *testing.T) {
	for _, c := range []struct {
		how  Interrupt
		text string
		want bool
	}{
		{Interrupt{MinWords: 1}, "no", true}, {Interrupt{MinWords: 2}, "no", false}, {Interrupt{MinWords: 2}, "no thanks", true},
		{Interrupt{MinWords: 1}, "mm-hm", false}, {Interrupt{MinWords: 1}, "yeah okay", false}, {Interrupt{MinWords: 1}, "Okay.", false},
		{Interrupt{MinWords: 1}, "uh huh right", false}, {Interrupt{MinWords: 1}, "okay but wait", true}, {Interrupt{MinWords: 1}, "yes", true},
		{Interrupt{MinWords: 1}, "right now", true}, {Interrupt{MinWords: 1}, "i see", false}, {Interrupt{MinWords: 1}, "i see it", true},
		{Interrupt{MinWords: 1}, "嗯", false}, {Interrupt{MinWords: 1}, "嗯嗯", false}, {Interrupt{MinWords: 1}, "对对对", false}, {Interrupt{MinWords: 1}, "好的 好的", false},
		{Interrupt{MinWords: 1}, "好 的", false}, {Interrupt{MinWords: 1}, "是的，", false}, {Interrupt{MinWords: 1}, "不", true}, {Interrupt{MinWords: 1}, "好的你先等等", true},
		{Interrupt{MinWords: 2}, "不要", false}, {Interrupt{MinWords: 2}, "我不要", true}, {Interrupt{MinWords: 2}, "ok 不要", true},
		{Interrupt{MinWords: 1}, "", false}, {Interrupt{MinWords: 1}, "[unk]", false}, {Interrupt{MinWords: 1, Backchannel: true}, "[unk]", false},
		{Interrupt{MinWords: 1, Backchannel: true}, "嗯", true}, {Interrupt{Backchannel: true}, "yeah", true}, {Interrupt{MinWords: 2, Backchannel: true}, "mm-hm", false},
	} {
		if got := c.how.enough(c.text); got != c.want {
			t.Errorf("%+v %q: %v", c.how, c.text, got)
		}
	}
}

func FuzzListening(f *testing.F) {
	for _, s := range []string{"yeah okay", "嗯 好的", "好 的", "i see", "[unk]", "' - 好-"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if n := words(s); n < 0 || n > len(s)+1 {
			t.Errorf("%d words in %q", n, s)
		}
		if listening(s) && (Interrupt{MinWords: 1}).enough(s) {
			t.Errorf("%q both interrupts and does not", s)
		}
	})
}
