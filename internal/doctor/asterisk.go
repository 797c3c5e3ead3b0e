package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rs/zerolog"

	"github.com/dialwright/dialwright"
	"github.com/dialwright/dialwright/ari"
	asteriskconfig "github.com/dialwright/dialwright/asterisk-config"
)

// supported is the oldest Asterisk that does everything; down to ari.MinMajor
// RTP alone works.
const supported = 20

// asterisk makes all the checks that need a connection to Asterisk.
func (v *visit) asterisk(ctx context.Context) {
	var client *ari.Client
	app := "doctor." + string(dialwright.NewCallID(v.Clock.Now())) // nobody else's
	status := v.look(ctx, nameAsterisk, func(ctx context.Context) found {
		c := v.Config.Asterisk
		if c.Password == "" {
			return bad("asterisk.password is not set", "put the password of user "+c.Username+" in ari.conf into asterisk.password (or asterisk.password_file)")
		}
		var err error
		client, err = ari.Dial(ctx, ari.Options{URL: c.URL, Username: c.Username, Password: string(c.Password), App: app,
			RequestTimeout: c.RequestTimeout, Logger: zerolog.Nop()})
		if err != nil {
			return v.noConnection(err)
		}
		return good("answers at " + c.URL)
	})
	if status == Failed {
		for _, name := range []string{nameVersion, nameRights, nameModules, nameMedia, nameTrunks} {
			v.note(Check{Name: name, Status: Untried, Detail: "needs a connection to Asterisk"})
		}
		return
	}
	info := client.Info()
	v.look(ctx, nameVersion, func(context.Context) found { return version(info) })
	rights := v.look(ctx, nameRights, func(ctx context.Context) found { return v.rights(ctx, client, app) })
	modules := v.look(ctx, nameModules, func(context.Context) found { return modules(info) })
	if rights == Failed || !info.Features.ExternalMedia {
		why := "needs ARI rights"
		if modules == Failed {
			why = "needs the missing modules"
		}
		v.note(Check{Name: nameMedia, Status: Untried, Detail: why})
	} else {
		v.look(ctx, nameMedia, func(ctx context.Context) found { return v.mediaPath(ctx, client) })
	}
	v.look(ctx, nameTrunks, func(ctx context.Context) found { return v.trunks(ctx, client) })
	if err := client.Close(); err != nil {
		v.Logger.Debug().Err(err).Msg("doctor: close the connection to Asterisk")
	}
}

// noConnection says what keeps us from Asterisk.
func (v *visit) noConnection(err error) found {
	c := v.Config.Asterisk
	switch {
	case errors.Is(err, ari.ErrUnauthorized):
		return bad(fmt.Sprintf("%s answers, but does not accept user %q with this password", c.URL, c.Username),
			fmt.Sprintf("make asterisk.username and asterisk.password those of ari.conf: a section [%s] with type=user and password=…, then \"module reload res_ari.so\" in Asterisk", c.Username))
	case errors.Is(err, ari.ErrVersion):
		return bad(err.Error(), fmt.Sprintf("upgrade Asterisk: %d or newer, or at least %d for RTP alone", supported, ari.MinMajor))
	case errors.Is(err, ari.ErrNotFound):
		return bad("a web server answers at "+c.URL+", but it has no ARI there: "+err.Error(),
			"see that asterisk.url ends in /ari, that ari.conf has enabled=yes, and that res_ari.so and res_ari_asterisk.so are loaded")
	case errors.Is(err, ari.ErrForbidden):
		return bad(err.Error(), fmt.Sprintf("in ari.conf, section [%s], remove read_only=yes", c.Username))
	}
	return bad(fmt.Sprintf("no Asterisk answers at %s: %v", c.URL, err),
		"start Asterisk; see that asterisk.url is right and http.conf has enabled=yes with that bindaddr and bindport (dialwright asterisk config writes all it needs)")
}

func version(info ari.Info) found {
	switch {
	case info.Major == 0:
		return odd(fmt.Sprintf("Asterisk %s: a build without a version number", info.Version), fmt.Sprintf("Dialwright is made for %d and newer", supported))
	case info.Major < supported:
		return odd(fmt.Sprintf("Asterisk %s: calls work over RTP alone, and causes of failed calls are less exact", info.Version),
			fmt.Sprintf("upgrade to Asterisk %d or newer", supported))
	}
	detail := "Asterisk " + info.Version
	if !info.Features.TechCause {
		return odd(detail+" does not tell the SIP code of a failed call in its events; the Q.850 cause decides instead",
			"upgrade to 20.17, 22.7 or newer, where ChannelDestroyed carries tech_cause")
	}
	return good(detail)
}

// rights tries to make and remove a bridge: reading alone is not enough.
func (v *visit) rights(ctx context.Context, client *ari.Client, app string) found {
	id := app + "-rights"
	_, err := client.CreateBridge(ctx, id, "mixing")
	if err == nil {
		err = client.DestroyBridge(ctx, id)
	}
	switch {
	case errors.Is(err, ari.ErrForbidden):
		return bad(fmt.Sprintf("user %q may look but not act", v.Config.Asterisk.Username),
			fmt.Sprintf("in ari.conf, section [%s], remove read_only=yes, then \"module reload res_ari.so\" in Asterisk", v.Config.Asterisk.Username))
	case errors.Is(err, ari.ErrNotFound):
		return bad("bridges cannot be made: "+err.Error(), "load res_ari_bridges.so")
	case err != nil:
		return bad(err.Error(), "look into Asterisk's log")
	}
	return good(fmt.Sprintf("user %q may act", v.Config.Asterisk.Username))
}

func modules(info ari.Info) found {
	var missing *asteriskconfig.MissingError
	if err := asteriskconfig.CheckModules(info.Modules); errors.As(err, &missing) {
		return bad(err.Error(), missing.Remedy())
	}
	var useful []string
	for _, m := range asteriskconfig.Modules() {
		if running, known := info.Modules[m]; known && !running {
			useful = append(useful, m)
		}
	}
	if slices.Sort(useful); len(useful) > 0 {
		return odd("loaded, but not running: "+strings.Join(useful, ", "), "look into Asterisk's log for why they declined to load")
	}
	return good(fmt.Sprintf("all %d that calls need are running", len(asteriskconfig.Needed())))
}

// trunks asks Asterisk what it knows of each configured trunk.
func (v *visit) trunks(ctx context.Context, client *ari.Client) found {
	if len(v.Config.Trunks) == 0 {
		return odd("no trunk is configured", "add one under trunks in dialwright.yaml: without one nobody can be called")
	}
	var unknown, offline, names []string
	for _, t := range v.Config.Trunks {
		names = append(names, t.Name)
		tech, rest, _ := strings.Cut(t.Endpoint, "/")
		_, resource, ok := strings.Cut(rest, "@")
		if !ok {
			resource = strings.TrimSuffix(rest, "/{number}")
		}
		resource, _, _ = strings.Cut(resource, "/")
		e, err := client.Endpoint(ctx, tech, resource)
		switch {
		case errors.Is(err, ari.ErrNotFound):
			unknown = append(unknown, t.Name+" ("+tech+"/"+resource+")")
		case err != nil:
			return bad(fmt.Sprintf("trunk %s: %v", t.Name, err), "look into Asterisk's log")
		case e.State == "offline":
			offline = append(offline, t.Name)
		}
	}
	switch {
	case len(unknown) > 0:
		return bad("Asterisk knows no endpoint for "+strings.Join(unknown, ", "),
			"add it to pjsip.conf (dialwright asterisk config writes one), or mend the trunk's endpoint in dialwright.yaml")
	case len(offline) > 0:
		return odd("offline: "+strings.Join(offline, ", "), "the carrier does not answer OPTIONS: see host, port and firewall")
	}
	return good(strings.Join(names, ", "))
}
