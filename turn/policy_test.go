package turn_test

import (
	"testing"
)

// say? is followed by after, words, protect (ms) and whether back-channel
// words interrupt.
func TestPolicies(t *testing.T) {
	for _, c := range []struct{ name, script, want string }{
		{"speech of a length, without words", "0 say? 400 0 0 true\n0 arm\n20 started\n1000 (\n1500 ended\n1800 )\n2400 final no", `1400 stop; 2300 ask; 2400 heard "no"`},
		{"shorter speech is none", "0 say? 400 0 0 true\n0 arm\n20 started\n1000 (\n1350 )\n1500 final no\n3000 ended\n7500 wait", `1350 ask; 7000 no input`},
		{"two words wanted, one said", "0 say? 0 2 0 false\n0 arm\n20 started\n1000 (\n1200 partial wait\n1900 )\n2000 final wait\n3000 ended\n7500 wait", `1900 ask; 7000 no input`},
		{"two words wanted and said", "0 say? 0 2 0 false\n0 arm\n20 started\n1000 (\n1200 partial no\n1600 partial no thanks\n1700 ended\n1900 )\n2500 final no thanks", `1600 stop; 2400 ask; 2500 heard "no thanks"`},
		{"words come before the length", "0 say? 800 1 0 false\n0 arm\n20 started\n1000 (\n1200 partial no thanks\n1900 ended\n2000 )\n2600 final no thanks", `1800 stop; 2500 ask; 2600 heard "no thanks"`},
		{"a back-channel is ignored, and is no answer", "0 say? 300 0 0 false\n0 arm\n20 started\n1000 (\n1250 partial yeah\n1700 )\n1800 final yeah okay\n3000 ended\n7500 wait", `1700 ask; 7000 no input`},
		{"a back-channel in Chinese", "0 say? 300 0 0 false\n0 arm\n20 started\n1000 (\n1250 partial 好 的\n1700 )\n1800 final 好 的\n3000 ended\n7500 wait", `1700 ask; 7000 no input`},
		{"a back-channel whose words come late", "0 say? 300 0 0 false\n0 arm\n20 started\n1000 (\n1600 )\n1750 final 嗯嗯\n3000 ended\n7500 wait", `1600 ask; 7000 no input`},
		{"a back-channel that goes on to a word", "0 say? 300 0 0 false\n0 arm\n20 started\n1000 (\n1250 partial okay\n1700 partial okay but stop\n1800 ended\n2000 )\n2600 final okay but stop", `1700 stop; 2500 ask; 2600 heard "okay but stop"`},
		{"a back-channel may interrupt", "0 say? 300 1 0 true\n0 arm\n20 started\n1000 (\n1250 partial yeah\n1400 ended\n1700 )\n2300 final yeah", `1300 stop; 2200 ask; 2300 heard "yeah"`},
		{"after the prompt it is an answer", "0 say? 300 0 0 false\n0 arm\n20 started\n1000 ended\n1300 (\n1500 )\n2100 final okay", `2000 ask; 2100 heard "okay"`},
		{"a back-channel, then an answer", "0 say? 300 0 0 false\n0 arm\n20 started\n1000 (\n1400 )\n1500 final 嗯\n2000 ended\n2500 (\n3000 )\n3600 final 不用了", `1400 ask; 3500 ask; 3600 heard "不用了"`},
		{"the recogniser gives no partials", "0 arm\n0 (\n500 )\n1100 final hello\n1200 say? 300 2 0 false\n1200 arm\n1220 started\n2000 (\n2400 ended\n3000 )\n3600 final no thank you", `1000 ask; 1100 heard "hello"; 2300 stop; 3500 ask; 3600 heard "no thank you"`},
		{"words that do not come are waited for a while", "0 say? 300 0 0 false\n0 arm\n20 started\n1000 (\n2000 ended\n2600 )\n3200 final no thank you", `1900 stop; 3100 ask; 3200 heard "no thank you"`},
		{"unknown words interrupt in the end", "0 say? 300 0 0 false\n0 arm\n20 started\n1000 (\n1200 partial [unk]\n2000 ended\n2600 )\n3200 final [unk] [unk]", `1900 stop; 3100 ask; 3200 heard "[unk] [unk]"`},
		{"the beginning is protected", "0 say? 0 0 2000 false\n0 arm\n20 started\n1000 (\n1200 partial stop it\n1500 )\n1600 final stop it\n3000 ended\n7500 wait", `1500 ask; 7000 no input`},
		{"on past the protected beginning", "0 say? 0 0 2000 true\n0 arm\n20 started\n1500 (\n2400 ended\n2600 )\n3200 final stop it", `2270 stop; 3100 ask; 3200 heard "stop it"`},
		{"after the protected beginning", "0 say? 0 1 2000 false\n0 arm\n20 started\n2500 (\n2700 partial stop\n2800 ended\n2900 )\n3500 final stop", `2750 stop; 3400 ask; 3500 heard "stop"`},
		{"a key in the protected beginning", "0 say? 0 0 2000 false\n0 arm\n20 started\n1000 key 1\n4000 ended", `2020 stop; 2020 digits 1`},
		{"a key before the prompt is heard", "0 say? 0 0 2000 false\n0 arm\n10 key 1\n500 started\n4000 ended", `2500 stop; 2500 digits 1`},
		{"a key after it", "0 say? 0 0 2000 false\n0 arm\n20 started\n2500 key 1", `2500 stop; 2500 digits 1`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := line(t, listen, c.script); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}
