package store

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/campaign"
)

type contactRow struct {
	ID        string `db:"id"`
	List      string `db:"list"`
	ImportKey string `db:"import_key"`
	Number    string `db:"number"`
	More      string `db:"more"`
	Name      string `db:"name"`
	Zone      string `db:"zone"`
	Language  string `db:"language"`
	Fields    string `db:"fields"`
	Digest    int64  `db:"digest"`
	CreatedAt int64  `db:"created_at"`
	UpdatedAt int64  `db:"updated_at"`
}

func (r contactRow) contact() (campaign.Contact, error) {
	c := campaign.Contact{
		ID: dialwright.ContactID(r.ID), List: r.List, ImportKey: r.ImportKey, Name: r.Name, Zone: r.Zone, Language: r.Language,
		Numbers: []dialwright.Number{dialwright.Number(r.Number)}, CreatedAt: fromMicros(r.CreatedAt),
	}
	var more []dialwright.Number
	if err := fromJSON(r.More, &more); err != nil {
		return c, fmt.Errorf("contact %s: %w", r.ID, err)
	}
	c.Numbers = append(c.Numbers, more...)
	if err := fromJSON(r.Fields, &c.Fields); err != nil {
		return c, fmt.Errorf("contact %s: %w", r.ID, err)
	}
	return c, nil
}

func contacts(rows []contactRow) ([]campaign.Contact, error) {
	out := make([]campaign.Contact, len(rows))
	for i, r := range rows {
		c, err := r.contact()
		if err != nil {
			return nil, err
		}
		out[i] = c
	}
	return out, nil
}

// GetContact gives one contact; campaign.ErrNotFound.
func (d *DB) GetContact(ctx context.Context, id dialwright.ContactID) (campaign.Contact, error) {
	var row contactRow
	found, err := d.get(ctx, &row, `SELECT * FROM contacts WHERE id = ?`, id)
	if err == nil && !found {
		err = campaign.ErrNotFound
	}
	if err != nil {
		return campaign.Contact{}, fmt.Errorf("read contact %s: %w", id, err)
	}
	return row.contact()
}

// FindContacts gives the contacts, of all lists, that have a number.
func (d *DB) FindContacts(ctx context.Context, number dialwright.Number) ([]campaign.Contact, error) {
	var rows []contactRow
	err := d.pick(ctx, &rows, `SELECT * FROM contacts WHERE number = ?
		UNION SELECT c.* FROM contacts c JOIN contact_numbers n ON n.contact = c.id WHERE n.number = ?
		ORDER BY list, id`, number, number)
	if err != nil {
		return nil, fmt.Errorf("find contacts with number %s: %w", number, err)
	}
	return contacts(rows)
}

// ContactPage gives contacts of a list by id, which is about the order they
// were imported in, starting after one; the empty id starts at the beginning.
func (d *DB) ContactPage(ctx context.Context, list string, after dialwright.ContactID, limit int) ([]campaign.Contact, error) {
	var rows []contactRow
	err := d.pick(ctx, &rows, `SELECT * FROM contacts WHERE list = ? AND id > ? ORDER BY id LIMIT ?`, list, after, limit)
	if err != nil {
		return nil, fmt.Errorf("list the contacts of %s: %w", list, err)
	}
	return contacts(rows)
}

// List is one list of contacts.
type List struct {
	Name     string `json:"name" db:"name"`
	Contacts int    `json:"contacts" db:"contacts"`
}

// Lists gives all lists, by name.
func (d *DB) Lists(ctx context.Context) ([]List, error) {
	var lists []List
	err := d.pick(ctx, &lists, `SELECT l.name, (SELECT COUNT(*) FROM contacts c WHERE c.list = l.name) AS contacts FROM lists l ORDER BY l.name`)
	if err != nil {
		return nil, fmt.Errorf("list the lists: %w", err)
	}
	return lists, nil
}

// contactsByID reads contacts; the ids must exist.
func (t *tx) contactsByID(ids []string) (map[string]campaign.Contact, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	query, args, err := sqlx.In(`SELECT * FROM contacts WHERE id IN (?)`, ids)
	if err != nil {
		return nil, err
	}
	var rows []contactRow
	if err := t.pick(&rows, query, args...); err != nil {
		return nil, err
	}
	out := map[string]campaign.Contact{}
	for _, r := range rows {
		if out[r.ID], err = r.contact(); err != nil {
			return nil, err
		}
	}
	return out, nil
}
