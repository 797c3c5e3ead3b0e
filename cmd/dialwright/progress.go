package main

import (
	"context"
	"io"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// progressAfter is how long an operation may take before a bar appears.
const progressAfter = 2 * time.Second

// progress shows a bar on the terminal for what takes longer than two
// seconds; nowhere else.
type progress struct {
	pool *mpb.Progress
	bar  *mpb.Bar
}

// startProgress begins to count towards total, 0 when it is not known.
func (a *app) startProgress(ctx context.Context, what string, total int64) *progress {
	if !a.terminal() || a.json {
		return &progress{}
	}
	shown := make(chan struct{})
	timer := time.AfterFunc(progressAfter, func() { close(shown) })
	context.AfterFunc(ctx, func() { timer.Stop() })
	pool := mpb.NewWithContext(ctx, mpb.WithOutput(a.err), mpb.WithWidth(pageWidth-20), mpb.WithRenderDelay(shown), mpb.WithAutoRefresh())
	bar := pool.AddBar(total,
		mpb.PrependDecorators(decor.Name(what+" ")),
		mpb.AppendDecorators(decor.Percentage(decor.WC{W: 5}), decor.AverageETA(decor.ET_STYLE_GO, decor.WC{W: 8})),
		mpb.BarRemoveOnComplete())
	return &progress{pool: pool, bar: bar}
}

// reader counts what is read through it.
func (p *progress) reader(r io.Reader) io.Reader {
	if p.bar == nil {
		return r
	}
	return p.bar.ProxyReader(r)
}

// end takes the bar away and waits for its goroutines.
func (p *progress) end() {
	if p.bar != nil {
		p.bar.Abort(true)
		p.pool.Shutdown()
	}
}
