package asteriskconfig

import (
	"fmt"
	"strings"
)

// Need is a module that no call can do without, and what calls need it for.
type Need struct{ Module, For string }

// Needed are the modules that must run. What else Modules lists is useful, but
// an Asterisk set up otherwise may do without it.
func Needed() []Need {
	return []Need{
		{"res_ari_channels.so", "calls"}, {"res_ari_bridges.so", "bridges"}, {"res_ari_events.so", "events"},
		{"res_ari_applications.so", "finding calls again after a gap"}, {"res_ari_endpoints.so", "agents and trunks"},
		{"res_stasis.so", "calls"}, {"app_stasis.so", "calls"}, {"res_stasis_answer.so", "calls that come in"},
		{"res_stasis_snoop.so", "recordings"}, {"res_http_websocket.so", "events"},
		{"chan_pjsip.so", "SIP"}, {"res_pjsip.so", "SIP"}, {"res_pjsip_session.so", "SIP"}, {"res_pjsip_sdp_rtp.so", "SIP audio"},
		{"res_rtp_asterisk.so", "RTP"}, {"chan_rtp.so", "audio between Asterisk and Dialwright"},
		{"codec_ulaw.so", "µ-law"}, {"codec_alaw.so", "A-law"}, {"codec_g722.so", "wideband trunks"}, {"codec_resample.so", "wideband trunks"},
		{"func_timeout.so", "the absolute limit of a call"}, {"res_musiconhold.so", "hold music"},
		{"bridge_simple.so", "bridges"}, {"bridge_softmix.so", "bridges"},
	}
}

// MissingError says which modules that calls need are not running.
type MissingError struct{ Modules []Need } // at least one

// CheckModules returns a *MissingError unless all modules that calls need are
// running. The map is of module names; true for those that run.
func CheckModules(running map[string]bool) error {
	var missing []Need
	for _, n := range Needed() {
		if !running[n.Module] {
			missing = append(missing, n)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return &MissingError{missing}
}

// Error names the modules and what each is for.
func (e *MissingError) Error() string {
	names := make([]string, len(e.Modules))
	for i, n := range e.Modules {
		names[i] = n.Module + " (" + n.For + ")"
	}
	return "not running: " + strings.Join(names, ", ")
}

// Remedy says how to mend it.
func (e *MissingError) Remedy() string {
	first := e.Modules[0].Module
	return fmt.Sprintf(`load them in modules.conf (load = %s), or "module load %s" in Asterisk; install the package that has them if they are not there`, first, first)
}
