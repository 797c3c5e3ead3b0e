package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	asteriskconfig "github.com/dialwright/dialwright/asterisk-config"
	"github.com/dialwright/dialwright/internal/config"
)

func newAsteriskCommand(a *app) *cobra.Command {
	return group("asterisk", "Set Asterisk up", newAsteriskConfigCommand(a))
}

func newAsteriskConfigCommand(a *app) *cobra.Command {
	var out string
	var force bool
	cmd := &cobra.Command{
		Use: "config --out DIR", Short: "Write the configuration Asterisk needs", Args: args(),
		Long: `Write the configuration Asterisk needs, from dialwright.yaml: ARI, pjsip trunks
and agents, queues, modules. Read the files, then put them where your
Asterisk reads its own (often /etc/asterisk). Files hold passwords and are
readable by their owner only.`,
		Example: "  dialwright asterisk config --out ./asterisk",
		RunE: func(*cobra.Command, []string) error {
			c, err := a.config()
			if err != nil {
				return err
			}
			params, err := asteriskParams(c)
			if err != nil {
				return &exitError{exitConfig, err}
			}
			files, err := asteriskconfig.Render(params)
			if err != nil {
				return &exitError{exitConfig, err}
			}
			if err := free(out, files, force); err != nil {
				return err
			}
			if err := asteriskconfig.WriteFiles(out, files); err != nil {
				return err
			}
			names := sortedKeys(files)
			return a.say(map[string]any{"directory": out, "files": names}, "%d files in %s: %s", len(names), out, strings.Join(names, ", "))
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "`directory` to write to")
	cmd.Flags().BoolVar(&force, "force", false, "replace files that are there already")
	_ = cmd.MarkFlagRequired("out") // fails only for a flag that does not exist
	return cmd
}

// free refuses to replace what is there: it may be a running Asterisk's.
func free(dir string, files map[string][]byte, force bool) error {
	if force {
		return nil
	}
	for _, name := range sortedKeys(files) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if _, err := os.Stat(path); err == nil {
			return refusedf("%s exists already: --force replaces it", path)
		}
	}
	return nil
}

// asteriskParams says in the templates' words what dialwright.yaml says in
// its own.
func asteriskParams(c *config.Config) (asteriskconfig.Params, error) {
	var p asteriskconfig.Params
	if c.Asterisk.Password == "" {
		return p, errors.New("asterisk.password is not set: choose one (or asterisk.password_file)")
	}
	u, err := url.Parse(c.Asterisk.URL)
	if err != nil {
		return p, fmt.Errorf("asterisk.url: %w", err)
	}
	p.HTTP.Bind, p.HTTP.Port = u.Hostname(), 80
	if p.HTTP.Bind == "localhost" {
		p.HTTP.Bind = "127.0.0.1"
	}
	if net.ParseIP(p.HTTP.Bind) == nil {
		p.HTTP.Bind = "0.0.0.0" // a name: Asterisk is on another machine
	}
	if port := u.Port(); port != "" {
		if p.HTTP.Port, err = strconv.Atoi(port); err != nil {
			return p, fmt.Errorf("asterisk.url: %w", err)
		}
	}
	p.ARI = asteriskconfig.ARI{User: c.Asterisk.Username, Password: string(c.Asterisk.Password)}
	host, port, err := net.SplitHostPort(c.Asterisk.SIPListen)
	if err != nil {
		return p, fmt.Errorf("asterisk.sip_listen: %w", err)
	}
	if p.SIP.Port, err = strconv.Atoi(port); err != nil {
		return p, fmt.Errorf("asterisk.sip_listen: %w", err)
	}
	p.SIP.Bind, p.MediaAddress = host, c.Asterisk.MediaAddress
	p.RTP = asteriskconfig.Ports{Start: c.Asterisk.RTPPorts.First, End: c.Asterisk.RTPPorts.Last}
	p.Trunks, p.Agents, p.Queues = asteriskTrunks(c), asteriskAgents(c), asteriskQueues(c)
	return p, nil
}

func asteriskTrunks(c *config.Config) []asteriskconfig.Trunk {
	var out []asteriskconfig.Trunk
	for _, t := range c.Trunks {
		if t.Host == "" {
			continue // configured by hand
		}
		out = append(out, asteriskconfig.Trunk{Name: t.Name, Host: t.Host, Port: t.Port, Codecs: t.Codecs, MaxChannels: t.Capacity,
			Username: t.Username, Password: string(t.Password)})
	}
	return out
}

func asteriskAgents(c *config.Config) []asteriskconfig.Agent {
	var out []asteriskconfig.Agent
	for _, g := range c.Agents {
		if g.Contact == "" && g.Password == "" {
			continue // configured by hand
		}
		out = append(out, asteriskconfig.Agent{Name: g.Name, Contact: g.Contact, Username: g.Username, Password: string(g.Password), Codecs: g.Codecs})
	}
	return out
}

func asteriskQueues(c *config.Config) []asteriskconfig.Queue {
	var out []asteriskconfig.Queue
	for _, q := range c.Queues {
		out = append(out, asteriskconfig.Queue{Name: q.Name, Strategy: q.Strategy, Members: q.Members})
	}
	return out
}
