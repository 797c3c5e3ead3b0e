package demo

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dialwright/dialwright/dialog"
	"github.com/dialwright/dialwright/sim"
)

// rehearsal is one flow that is tried on the telephone.
type rehearsal struct {
	flow   string // its directory's name
	trunks []string
	groups []string // that it transfers to
	speech bool     // whether a recogniser is needed
}

// ErrNobody means that no persona speaks the flow's language.
var ErrNobody = errors.New("nobody to call")

// rehearse loads the flow and leaves those in the script who will be called.
func rehearse(o *Options, script *sim.Script) (*rehearsal, error) {
	flow, err := dialog.Load(o.Rehearse)
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(o.Rehearse)
	if err != nil {
		return nil, fmt.Errorf("rehearse %s: %w", o.Rehearse, err)
	}
	o.Flows = filepath.Dir(dir)
	r := &rehearsal{flow: filepath.Base(dir)}
	var people []sim.Persona
	keys := false
	for _, p := range script.Customers {
		if p.Language != flow.Language {
			continue
		}
		people = append(people, p)
		keys = keys || p.Trunk == "keys"
		r.speech = r.speech || len(p.Sentences()) > 0 && p.Language == "en"
	}
	if len(people) == 0 {
		return nil, fmt.Errorf("%w: no customer in %s speaks %s", ErrNobody, o.Personas, flow.Language)
	}
	r.trunks = []string{sim.TrunkA, sim.TrunkB}
	if keys {
		if i := slices.IndexFunc(people, func(p sim.Persona) bool { return p.Trunk != "keys" }); i >= 0 {
			return nil, fmt.Errorf("%s:%d: %s is called over another trunk than the others who speak %s: one campaign, one kind of trunk", o.Personas, people[i].Line, people[i].Name, flow.Language)
		}
		r.trunks = []string{sim.TrunkKeys}
	}
	script.Customers = cast(people, o.Calls)
	for _, n := range flow.Nodes() {
		info, _ := flow.Node(n)
		for _, does := range info.Does {
			if group, ok := strings.CutPrefix(does, "transfer group "); ok && !slices.Contains(r.groups, group) {
				r.groups = append(r.groups, group)
			}
		}
	}
	return r, nil
}

// cast gives so many people to call: each once, and then again under other
// names and numbers; or only the first ones.
func cast(people []sim.Persona, calls int) []sim.Persona {
	if calls == 0 {
		return people
	}
	taken := map[string]bool{}
	for _, p := range people {
		taken[strings.TrimPrefix(p.Number, "+")] = true
	}
	out := make([]sim.Persona, 0, calls)
	next := 0
	for i := range calls {
		p := people[i%len(people)]
		if round := i / len(people); round > 0 {
			p.Name = fmt.Sprintf("%s-%d", p.Name, round+1)
			for number := ""; number == "" || taken[number]; next++ {
				number = fmt.Sprintf("86150%08d", next+1)
				p.Number = "+" + number
			}
			taken[strings.TrimPrefix(p.Number, "+")] = true
		}
		out = append(out, p)
	}
	return out
}
