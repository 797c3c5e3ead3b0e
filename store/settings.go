package store

import (
	"context"
	"fmt"
	"time"
)

const stopAllSetting = "stop_all"

// StopAll reports whether all calling is stopped.
func (d *DB) StopAll(ctx context.Context) (bool, error) {
	var value string
	_, err := d.get(ctx, &value, `SELECT value FROM settings WHERE name = ?`, stopAllSetting)
	if err != nil {
		return false, fmt.Errorf("read the stop-all switch: %w", err)
	}
	return value == "on", nil
}

func (t *tx) stopAll() (bool, error) {
	var value string
	_, err := t.get(&value, `SELECT value FROM settings WHERE name = ?`, stopAllSetting)
	return value == "on", err
}

// SetStopAll turns the switch that stops all calling, and notes who did.
func (d *DB) SetStopAll(ctx context.Context, on bool, who string, at time.Time) error {
	value := "off"
	if on {
		value = "on"
	}
	err := d.write(ctx, func(t *tx) error {
		_, err := t.exec(`INSERT INTO settings (name, value, who, updated_at) VALUES (?, ?, ?, ?)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value, who = excluded.who, updated_at = excluded.updated_at`,
			stopAllSetting, value, who, micros(at))
		if err != nil {
			return err
		}
		return t.audit(auditRow{Kind: "order", At: micros(at), Who: who, Allowed: 1, Rule: stopAllSetting, Why: value})
	})
	if err != nil {
		return fmt.Errorf("turn the stop-all switch %s: %w", value, err)
	}
	return nil
}
