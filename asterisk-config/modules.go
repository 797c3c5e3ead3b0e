package asteriskconfig

// websocketClient came with Asterisk 22.5 (20.15), and res_ari needs it from
// then on. An older Asterisk logs that there is no such file, and goes on.
const websocketClient = "res_websocket_client.so"

// cdrelCustom came in the middle of Asterisk 22's life, and cel_custom needs
// it from then on.
const cdrelCustom = "res_cdrel_custom.so"

// Modules lists what Dialwright's calls need. Unless said otherwise, a module
// exists since Asterisk 18.
func Modules() []string {
	return []string{
		// Sorcery keeps pjsip's objects; the rest of pjsip follows.
		"res_sorcery_config.so", "res_sorcery_memory.so", "res_sorcery_astdb.so",
		"res_pjproject.so", "res_pjsip.so", "res_pjsip_session.so", "res_pjsip_pubsub.so",
		"res_pjsip_authenticator_digest.so", "res_pjsip_outbound_authenticator_digest.so",
		"res_pjsip_outbound_registration.so", "res_pjsip_registrar.so",
		"res_pjsip_endpoint_identifier_ip.so", "res_pjsip_endpoint_identifier_user.so",
		"res_pjsip_caller_id.so", "res_pjsip_header_funcs.so", "res_pjsip_nat.so",
		"res_pjsip_dtmf_info.so", "res_pjsip_rfc3326.so", "res_pjsip_sdp_rtp.so",
		"res_pjsip_refer.so", "res_pjsip_diversion.so", "res_pjsip_logger.so",
		"chan_pjsip.so", "func_pjsip_endpoint.so", "func_pjsip_aor.so", "func_pjsip_contact.so",
		// Audio: RTP, its clock, codecs and file formats.
		"res_rtp_asterisk.so", "res_rtp_multicast.so", "chan_rtp.so", "res_timing_timerfd.so", "res_musiconhold.so",
		"codec_ulaw.so", "codec_alaw.so", "codec_a_mu.so", "codec_g722.so", "codec_resample.so",
		"format_pcm.so", "format_sln.so", "format_wav.so",
		// Bridges of two, and of more when a call is recorded or listened to.
		"bridge_simple.so", "bridge_native_rtp.so", "bridge_softmix.so", "bridge_holding.so",
		"chan_bridge_media.so", // hold music for a whole bridge
		// ARI.
		"res_http_websocket.so", websocketClient, "res_stasis.so", "res_stasis_answer.so", "res_stasis_device_state.so",
		"res_stasis_playback.so", "res_stasis_recording.so", "res_stasis_snoop.so", "app_stasis.so",
		"res_ari.so", "res_ari_model.so", "res_ari_applications.so", "res_ari_asterisk.so",
		"res_ari_bridges.so", "res_ari_channels.so", "res_ari_device_states.so",
		"res_ari_endpoints.so", "res_ari_events.so", "res_ari_playbacks.so",
		"res_ari_recordings.so", "res_ari_sounds.so",
		// Dialplan: the few applications and functions of extensions.conf, and
		// those that calls are given over ARI (TIMEOUT, HANGUPCAUSE, TALK_DETECT).
		"pbx_config.so", "app_dial.so", "app_queue.so", "app_echo.so",
		"func_timeout.so", "func_hangupcause.so", "func_talkdetect.so", "func_channel.so",
		"func_callerid.so", "func_logic.so", "func_dialplan.so", "func_devstate.so", "func_cdr.so",
		// The record that remains when nobody was listening.
		"cdr_csv.so", cdrelCustom, "cel_custom.so", "func_strings.so",
	}
}
