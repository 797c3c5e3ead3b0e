package call

import (
	"context"
	"errors"
	"fmt"
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

// queueContext is the context of the dialplan that runs Queue() and gives the
// channel back; asterisk-config has it.
const queueContext = "dialwright-queue"

// queue sends the customer into Asterisk's own Queue() and takes the channel
// back when it comes out.
func (t *transfer) queue(ctx context.Context) dialog.TransferResult {
	failed := func(what string, err error) dialog.TransferResult {
		return dialog.TransferResult{Status: dialog.TransferFailed, Detail: fmt.Sprintf("%s: %v", what, err)}
	}
	client, id := t.o.Customers, t.cust.id
	vars := map[string]string{
		"DIALWRIGHT_QUEUE": t.what.Target, "DIALWRIGHT_APP": client.App(),
		"DIALWRIGHT_QUEUE_TIMEOUT": fmt.Sprint(int(t.what.MaxWait.Seconds())), "DIALWRIGHT_CALL": string(t.order.Call),
	}
	for k, v := range t.what.Variables {
		vars["DIALWRIGHT_SLOT_"+k] = v
	}
	for k, v := range vars {
		if err := client.SetVariable(ctx, id, k, v); err != nil {
			return failed("setting "+k, err)
		}
	}
	// Outside the application its events come only by subscription, and they
	// must: the customer may hang up while waiting.
	if err := client.Subscribe(ctx, client.App(), "channel:"+id); err != nil {
		return failed("keeping an eye on the channel", err)
	}
	left := t.o.Clock.Now()
	if err := client.Continue(ctx, id, queueContext, "s", 1); err != nil {
		return failed("entering the queue", err)
	}
	select {
	case <-t.cust.entered:
	case <-t.cust.ended:
		// A caller who hangs up while talking to a member does not come back.
		return dialog.TransferResult{Status: dialog.TransferAbandoned, Detail: "hung up in the queue"}
	case <-ctx.Done():
		return failed("waiting for the queue", ctx.Err())
	}
	res := t.queueResult(ctx, left)
	if err := client.AddToBridge(ctx, t.audio.bridge, id); err != nil && !errors.Is(err, ari.ErrNotFound) {
		return failed("taking the customer back from the queue", err)
	}
	return res
}

// queueResult reads what Queue() left in the channel's variables: QUEUESTATUS
// is set only when no member was connected.
func (t *transfer) queueResult(ctx context.Context, left time.Time) dialog.TransferResult {
	status, err := t.o.Customers.GetVariable(ctx, t.cust.id, "QUEUESTATUS")
	if err != nil && !errors.Is(err, ari.ErrNotFound) {
		return dialog.TransferResult{Status: dialog.TransferFailed, Detail: err.Error()}
	}
	member, err := t.o.Customers.GetVariable(ctx, t.cust.id, "MEMBERNAME")
	if err != nil && !errors.Is(err, ari.ErrNotFound) {
		t.log.Debug().Err(err).Msg("reading the queue member's name")
	}
	gone := t.o.Clock.Now().Sub(left)
	switch status {
	case "", "CONTINUE":
		return dialog.TransferResult{Status: dialog.TransferConnected, Agent: member, Talked: gone, Detail: status}
	case "FULL", "JOINEMPTY", "LEAVEEMPTY", "JOINUNAVAIL", "LEAVEUNAVAIL", "TIMEOUT", "WITHDRAW":
		return dialog.TransferResult{Status: dialog.TransferNobody, Detail: "QUEUESTATUS " + status}
	}
	return dialog.TransferResult{Status: dialog.TransferFailed, Detail: "QUEUESTATUS " + status}
}
