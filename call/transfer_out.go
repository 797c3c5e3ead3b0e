package call

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/ari"
	"github.com/dialwright/dialwright/dialog"
)

// number rings an external number over one of the call's trunks.
func (t *transfer) number(ctx context.Context) dialog.TransferResult {
	number, err := dialwright.ParseNumber(t.what.Target, "")
	if err != nil {
		return dialog.TransferResult{Status: dialog.TransferFailed, Detail: err.Error()}
	}
	line, err := t.order.Lines.Next(ctx, number, nil)
	if err != nil {
		return dialog.TransferResult{Status: dialog.TransferFailed, Detail: err.Error()}
	}
	defer t.music(ctx)()
	t.offers++
	d := dialwright.NoAnswer
	defer func() { line.Release(d) }()
	person := t.dialAgent(line.Endpoint, t.ringTime())
	defer person.close()
	wait, cancel := context.WithTimeout(ctx, t.ringTime())
	defer cancel()
	select {
	case <-person.entered:
		d = dialwright.Answered
		return t.connect(person, string(number))
	case <-person.ended:
		d = person.cause.Disposition()
		res := dialog.TransferResult{Status: dialog.TransferNobody, Detail: string(d)}
		if d == dialwright.Busy {
			res.Status = dialog.TransferBusy
		}
		return res
	case <-t.cust.ended:
		return dialog.TransferResult{Status: dialog.TransferAbandoned}
	case <-wait.Done():
		return dialog.TransferResult{Status: dialog.TransferNobody, Detail: fmt.Sprintf("no answer within %s", t.ringTime())}
	}
}

// The dialplan in asterisk-config that runs Queue() and gives the channel back.
const (
	queueContext = "dialwright-queue"
	queueResult  = "queue-result" // first argument on the way back
)

// queue sends the customer into Asterisk's own Queue() and takes the channel
// back when it comes out.
func (t *transfer) queue(ctx context.Context) dialog.TransferResult {
	client, id := t.o.Customers, t.cust.id
	if err := t.enterQueue(ctx); err != nil {
		return dialog.TransferResult{Status: dialog.TransferFailed, Detail: err.Error()}
	}
	left := t.o.Clock.Now()
	var back []string
	select {
	case back = <-t.cust.entered:
	case <-t.cust.ended:
		// A caller who hangs up does not come back, neither from waiting nor
		// from talking; being in a bridge tells which.
		if at := t.cust.bridgedAt(); at.After(left) {
			return dialog.TransferResult{Status: dialog.TransferConnected,
				Waited: at.Sub(t.began), Talked: t.o.Clock.Now().Sub(at), Detail: "hung up while talking"}
		}
		return dialog.TransferResult{Status: dialog.TransferAbandoned, Detail: "hung up in the queue"}
	case <-ctx.Done():
		return dialog.TransferResult{Status: dialog.TransferFailed, Detail: "stopped while in the queue"}
	}
	res := t.queueResult(back, left)
	if err := client.AddToBridge(ctx, t.audio.bridge, id); err != nil && !errors.Is(err, ari.ErrNotFound) {
		res.Status, res.Detail = dialog.TransferFailed, fmt.Sprintf("taking the customer back from the queue: %v", err)
	}
	return res
}

// enterQueue sets the variables and lets the channel go.
func (t *transfer) enterQueue(ctx context.Context) error {
	client, id := t.o.Customers, t.cust.id
	vars := map[string]string{
		"DIALWRIGHT_QUEUE": t.what.Target, "DIALWRIGHT_QUEUE_APP": client.App(), "DIALWRIGHT_CALL": string(t.order.Call),
	}
	if t.what.MaxWait > 0 {
		vars["DIALWRIGHT_QUEUE_TIMEOUT"] = strconv.Itoa(int(t.what.MaxWait.Seconds()))
	}
	for k, v := range t.what.Variables {
		vars["DIALWRIGHT_SLOT_"+k] = v
	}
	for k, v := range vars {
		if err := client.SetVariable(ctx, id, k, v); err != nil {
			return fmt.Errorf("setting %s: %w", k, err)
		}
	}
	// Outside the application its events come only by subscription, and they
	// must: the customer may hang up while waiting.
	if err := client.Subscribe(ctx, client.App(), "channel:"+id); err != nil {
		return fmt.Errorf("keeping an eye on the channel: %w", err)
	}
	if err := client.Continue(ctx, id, queueContext, "s", 1); err != nil {
		return fmt.Errorf("entering the queue: %w", err)
	}
	return nil
}

// queueResult reads what came back: QUEUESTATUS, the member's interface and
// the seconds waited. CONTINUE means that a member talked and hung up.
func (t *transfer) queueResult(back []string, left time.Time) dialog.TransferResult {
	if len(back) < 4 || back[0] != queueResult {
		return dialog.TransferResult{Status: dialog.TransferFailed, Detail: fmt.Sprintf("the queue answered %q", back)}
	}
	status, member := back[1], back[2]
	gone := t.o.Clock.Now().Sub(left)
	switch status {
	case "CONTINUE":
		waited, err := strconv.Atoi(back[3])
		if err != nil {
			waited = 0 // Asterisk does not know it either
		}
		wait := min(gone, time.Duration(waited)*time.Second)
		return dialog.TransferResult{Status: dialog.TransferConnected, Agent: member, Waited: wait, Talked: gone - wait}
	case "FULL", "JOINEMPTY", "LEAVEEMPTY", "JOINUNAVAIL", "LEAVEUNAVAIL", "TIMEOUT", "WITHDRAWN":
		return dialog.TransferResult{Status: dialog.TransferNobody, Detail: "QUEUESTATUS " + status}
	}
	return dialog.TransferResult{Status: dialog.TransferFailed, Detail: "QUEUESTATUS " + status}
}
