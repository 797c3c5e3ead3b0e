package media

import (
	"math"
	"os"
	"os/exec"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if path := os.Getenv("MEDIA_TEST_RECORD_UNTIL_KILLED"); path != "" {
		recordUntilKilled(path)
	}
	goleak.VerifyTestMain(m)
}

// tool finds a program that a test needs, or says how to get it.
func tool(t *testing.T, name, debian string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is needed: apt-get install %s", name, debian)
	}
	return path
}

func rms(pcm []int16) float64 {
	var sum float64
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return math.Sqrt(sum / float64(max(1, len(pcm))))
}
