package pbx

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// await returns when ARI answers and the start is complete.
func (i *Instance) await(ctx context.Context, p *process) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	client := &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	var last error
	for {
		if last = i.askARI(ctx, client); last == nil {
			// ARI may answer while other modules still load.
			if _, last = i.CLI(ctx, "core waitfullybooted"); last == nil {
				return nil
			}
		}
		select {
		case <-tick.C:
		case <-p.done:
			return fmt.Errorf("private Asterisk ended while starting (%w); its log:\n%s", p.err, i.tail())
		case <-ctx.Done():
			return fmt.Errorf("private Asterisk did not start in time (%w; last: %w); its log:\n%s", ctx.Err(), last, i.tail())
		}
	}
}

func (i *Instance) askARI(ctx context.Context, client *http.Client) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, i.ARIURL+"/asterisk/info?only=system", nil)
	if err != nil {
		return err
	}
	req.SetBasicAuth(i.User, i.Password)
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("ARI answers %s", resp.Status)
	}
	return nil
}

// CLI runs one command of Asterisk's command line and returns what it printed.
func (i *Instance) CLI(ctx context.Context, command string) (string, error) {
	args := i.program.args("-C", i.config(), "-rx", command)
	out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput()
	if err != nil {
		return string(out), fmt.Errorf("private Asterisk: command %q: %w: %s", command, err, strings.TrimSpace(string(out)))
	}
	return string(out), nil
}

// Warnings returns the log's lines of level WARNING or ERROR since the start.
func (i *Instance) Warnings() ([]string, error) {
	log, err := os.ReadFile(filepath.Join(i.Dir, "log", "messages.log"))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("private Asterisk: read its log: %w", err)
	}
	var lines []string
	for line := range strings.Lines(string(log)) {
		if strings.Contains(line, " WARNING[") || strings.Contains(line, " ERROR[") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines, nil
}

// tail is the end of what Asterisk said, for an error message.
func (i *Instance) tail() string {
	log, err := os.ReadFile(filepath.Join(i.Dir, "log", "console.log"))
	if err != nil {
		return err.Error()
	}
	const most = 4000
	if len(log) > most {
		log = log[len(log)-most:]
	}
	return strings.TrimSpace(string(log))
}
