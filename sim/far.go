package sim

import (
	"fmt"
	"strings"

	asteriskconfig "github.com/dialwright/dialwright/asterisk-config"
	"github.com/dialwright/dialwright/sim/pbx"
)

// The network's trunks. A and B carry speech and fail over to each other; the
// third is narrow.
const (
	TrunkA    = "trunk-a"
	TrunkB    = "trunk-b"
	TrunkKeys = "trunk-keys"

	agentsLine = "agents"
	app        = "sim"
)

// lines are the far side's SIP addresses, in the order of their ports.
func lines() []string { return []string{TrunkA, TrunkB, TrunkKeys, agentsLine} }

// farFiles replaces the files in which the far side differs from an Asterisk
// that Dialwright drives: it is called, on four addresses, and hands every call
// to this package, unanswered.
func farFiles(i *pbx.Instance) map[string][]byte {
	var pjsip strings.Builder
	pjsip.WriteString("[global]\ntype = global\nuser_agent = Dialwright-sim\n")
	for n, name := range lines() {
		fmt.Fprintf(&pjsip, "\n[%s]\ntype = transport\nprotocol = udp\nbind = 127.0.0.1:%d\n", name, i.Extra[n])
	}
	pjsip.WriteString(`
[caller]
type = endpoint
context = far
disallow = all
allow = g722,alaw
dtmf_mode = rfc4733
direct_media = no
timers = no
media_address = 127.0.0.1
bind_rtp_to_media_address = yes

[caller]
type = identify
endpoint = caller
match = 127.0.0.1
`)
	// The request URI tells which line was called: its port is the line's. Two
	// characters at least, or the pattern would match h, and hung-up calls with it.
	extensions := `[general]
static = yes

[far]
exten => _[+0-9a-z].,1,Stasis(` + app + `,${CHANNEL(pjsip,request_uri)})
 same => n,Hangup()
`
	return map[string][]byte{"pjsip.conf": []byte(pjsip.String()), "extensions.conf": []byte(extensions)}
}

// TrunkAddr is the SIP address of a trunk, as in 127.0.0.1:10503; empty if
// there is no such trunk.
func (n *Network) TrunkAddr(trunk string) string {
	if port := n.port(trunk); port != 0 && trunk != agentsLine {
		return fmt.Sprintf("127.0.0.1:%d", port)
	}
	return ""
}

func (n *Network) port(line string) int {
	for i, name := range lines() {
		if name == line {
			return n.far.Extra[i]
		}
	}
	return 0
}

// Trunks are the network's trunks as the configuration of an Asterisk wants
// them, with room for maxChannels calls on each (0: no limit).
func (n *Network) Trunks(maxChannels int) []asteriskconfig.Trunk {
	var all []asteriskconfig.Trunk
	for _, name := range []string{TrunkA, TrunkB, TrunkKeys} {
		codec := "g722"
		if name == TrunkKeys {
			codec = "alaw"
		}
		all = append(all, asteriskconfig.Trunk{Name: name, Host: "127.0.0.1", Port: n.port(name), Codecs: []string{codec}, MaxChannels: maxChannels})
	}
	return all
}

// Agents are the script's agents as the configuration of an Asterisk wants them.
func (n *Network) Agents() []asteriskconfig.Agent {
	var all []asteriskconfig.Agent
	for _, a := range n.script.Agents {
		all = append(all, asteriskconfig.Agent{Name: a.Name, Contact: n.AgentContact(a.Name), Codecs: []string{"g722"}})
	}
	return all
}

// AgentContact is the SIP URI of an agent's telephone.
func (n *Network) AgentContact(name string) string {
	return fmt.Sprintf("sip:%s@127.0.0.1:%d", name, n.port(agentsLine))
}

// AgentEndpoint is what an Asterisk configured with Agents dials.
func (n *Network) AgentEndpoint(name string) string { return "PJSIP/" + name }
