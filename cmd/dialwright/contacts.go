package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
	"github.com/dialwright/dialwright/compliance"
	"github.com/dialwright/dialwright/internal/config"
	"github.com/dialwright/dialwright/store"
)

func newContactsCommand(a *app) *cobra.Command {
	return group("contacts", "Lists of people to call", newContactsImportCommand(a), newContactsListCommand(a), newContactsWhyCommand(a))
}

func newContactsListCommand(a *app) *cobra.Command {
	var list string
	var limit int
	cmd := &cobra.Command{
		Use: "list", Short: "All lists, or the contacts of one", Args: args(),
		Example: "  dialwright contacts list\n  dialwright contacts list --list spring --limit 20",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 1 {
				return usagef("--limit %d: must be 1 or more", limit)
			}
			return a.withDatabase(cmd.Context(), func(_ *config.Config, db *store.DB) error {
				if list == "" {
					return a.showLists(cmd.Context(), db)
				}
				return a.showContacts(cmd.Context(), db, list, limit)
			})
		},
	}
	cmd.Flags().StringVar(&list, "list", "", "the contacts of this list")
	cmd.Flags().IntVar(&limit, "limit", 100, "this many, at most")
	return cmd
}

func (a *app) showLists(ctx context.Context, db *store.DB) error {
	lists, err := db.Lists(ctx)
	if err != nil {
		return err
	}
	t := newTable("LIST", "CONTACTS")
	t.whole = 1
	for _, l := range lists {
		t.row(l.Name, strconv.Itoa(l.Contacts))
	}
	return a.show(append([]store.List{}, lists...), t)
}

func (a *app) showContacts(ctx context.Context, db *store.DB, list string, limit int) error {
	lists, err := db.Lists(ctx)
	if err != nil {
		return err
	}
	total := -1
	for _, l := range lists {
		if l.Name == list {
			total = l.Contacts
		}
	}
	if total < 0 {
		return notFoundf("list %s: there is none of that name", list)
	}
	page, err := db.ContactPage(ctx, list, "", limit)
	if err != nil {
		return err
	}
	t := newTable("NAME", "NUMBERS", "ZONE", "LANGUAGE", "FIELDS")
	for _, c := range page {
		t.row(c.Name, numbersText(c.Numbers), c.Zone, c.Language, fieldsText(c.Fields))
	}
	if err := a.show(append([]campaign.Contact{}, page...), t); err != nil {
		return err
	}
	if !a.json && total > len(page) {
		a.printf("\n%d of %d; --limit shows more\n", len(page), total)
	}
	return nil
}

func numbersText(numbers []dialwright.Number) string {
	parts := make([]string, len(numbers))
	for i, n := range numbers {
		parts[i] = string(n)
	}
	return strings.Join(parts, " ")
}

func fieldsText(fields map[string]any) string {
	var parts []string
	for _, k := range sortedKeys(fields) {
		parts = append(parts, fmt.Sprintf("%s=%v", k, fields[k]))
	}
	return strings.Join(parts, " ")
}

func newContactsWhyCommand(a *app) *cobra.Command {
	var region string
	cmd := &cobra.Command{
		Use: "why NUMBER", Short: "Why a contact is, or is not, called now", Args: args("NUMBER"),
		Long: `Tell, for each campaign that could call a number, whether it would do so now,
and what every rule says: the campaign's state, its limits, the Do-Not-Call
list, calling hours, frequency caps. The exit code is 0 when some campaign
would call now, 5 when none would, 4 when no list has the number.`,
		Example: "  dialwright contacts why +8613800138000\n  dialwright contacts why 138-0013-8000 --region CN --json",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withDatabase(cmd.Context(), func(c *config.Config, db *store.DB) error {
				n, err := number(c, region, args[0])
				if err != nil {
					return err
				}
				return a.why(cmd.Context(), db, n)
			})
		},
	}
	cmd.Flags().StringVar(&region, "region", "", "country of a number without a country code")
	return cmd
}

func (a *app) why(ctx context.Context, db *store.DB, n dialwright.Number) error {
	now := a.clock.Now()
	verdicts, err := campaign.Why(ctx, db, compliance.NewGate(db, a.clock), n, now)
	if err != nil {
		return err
	}
	if len(verdicts) == 0 {
		return a.whyNobody(ctx, db, n)
	}
	dialable := false
	for i, v := range verdicts {
		dialable = dialable || v.Dialable
		if a.json {
			continue
		}
		if i > 0 {
			a.printf("\n")
		}
		word := "would not call"
		if v.Dialable {
			word = "would call"
		}
		a.printf("campaign %s %s %s now\n", v.Campaign, word, strings.TrimSpace(string(n)+" "+oneLine(v.Name)))
		for _, r := range v.Reasons {
			mark := "ok"
			if !r.Allowed {
				mark = "NO"
			}
			head := fmt.Sprintf("%s  %-11s  ", mark, r.Rule)
			lines := wrap(oneLine(r.Why)+againText(r.RetryAt), pageWidth-len(head))
			a.printf("%s%s\n", head, strings.Join(lines, "\n"+strings.Repeat(" ", len(head))))
		}
	}
	if a.json {
		if err := a.showJSON(verdicts); err != nil {
			return err
		}
	}
	if !dialable {
		return &exitError{exitRefused, errSilent}
	}
	return nil
}

// againText is when a rule may no longer stand.
func againText(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return "; until " + at.UTC().Format("2006-01-02 15:04Z")
}

// whyNobody tells a number that is in no campaign from one that is in no list.
func (a *app) whyNobody(ctx context.Context, db *store.DB, n dialwright.Number) error {
	found, err := db.FindContacts(ctx, n)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return notFoundf("%s is in no list", n)
	}
	if a.json {
		if err := a.showJSON([]campaign.Verdict{}); err != nil {
			return err
		}
	}
	return refusedf("%s is in list %s, but no campaign calls that list", n, found[0].List)
}
