package worker

import (
	"fmt"
	"net/url"

	"github.com/dialwright/dialwright/call"
	"github.com/dialwright/dialwright/converse"
	"github.com/dialwright/dialwright/converse/outside"
	"github.com/dialwright/dialwright/internal/config"
)

// Services are the connections to the other systems that flows may reach.
// Functions may be added before the first call.
type Services struct {
	Functions map[string]outside.Function

	all    outside.Services
	closes []func()
}

// NewServices prepares the systems of a configuration. Nothing is connected
// yet.
func NewServices(c config.Services) (*Services, error) {
	s := &Services{Functions: map[string]outside.Function{}}
	if len(c.Hosts) > 0 {
		s.all.HTTP = s.web(c.Hosts...)
	}
	if c.CRM.URL != "" {
		hook, err := s.webhook(c.CRM.URL, c.CRM.Token)
		if err != nil {
			return nil, fmt.Errorf("services.crm: %w", err)
		}
		s.all.CRM = hook.Call
	}
	s.all.Senders = map[string]outside.Sender{}
	for _, x := range c.Senders {
		hook, err := s.webhook(x.URL, x.Token)
		if err != nil {
			return nil, fmt.Errorf("services.senders.%s: %w", x.Name, err)
		}
		s.all.Senders[x.Name] = hook
	}
	if c.LLM.URL != "" {
		llm, err := outside.NewLLM(outside.LLMOptions{URL: c.LLM.URL, Model: c.LLM.Model, Key: string(c.LLM.Key),
			InputPrice: c.LLM.InputPrice, OutputPrice: c.LLM.OutputPrice})
		if err != nil {
			return nil, err
		}
		s.all.LLM = llm
		s.closes = append(s.closes, llm.Close)
	}
	return s, nil
}

func (s *Services) web(hosts ...string) *outside.HTTP {
	h := outside.NewHTTP(hosts)
	s.closes = append(s.closes, h.Close)
	return h
}

// webhook reaches the one address it is for, whatever services.hosts allows
// flows.
func (s *Services) webhook(address string, token config.Secret) (*outside.Webhook, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	return &outside.Webhook{HTTP: s.web(u.Host), URL: address, Token: string(token)}, nil
}

// For is what one call's flow can reach.
func (s *Services) For(order call.Order) converse.Outside {
	one := s.all
	one.Functions, one.Knowledge, one.CallID = s.Functions, order.Flow.Bases(), string(order.Call)
	return &one
}

// Close ends idle connections.
func (s *Services) Close() {
	for _, c := range s.closes {
		c()
	}
}
