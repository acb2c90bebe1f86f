package abi

// Event channel commands and states (public/event_channel.h).
const (
	EVTCHNOP_bind_interdomain = 0
	EVTCHNOP_bind_virq        = 1
	EVTCHNOP_bind_pirq        = 2
	EVTCHNOP_close            = 3
	EVTCHNOP_send             = 4
	EVTCHNOP_status           = 5
	EVTCHNOP_alloc_unbound    = 6
	EVTCHNOP_bind_ipi         = 7
	EVTCHNOP_bind_vcpu        = 8
	EVTCHNOP_unmask           = 9
	EVTCHNOP_reset            = 10
	EVTCHNOP_init_control     = 11
	EVTCHNOP_expand_array     = 12
	EVTCHNOP_set_priority     = 13
	EVTCHNSTAT_closed         = 0
	EVTCHNSTAT_unbound        = 1
	EVTCHNSTAT_interdomain    = 2
	EVTCHNSTAT_pirq           = 3
	EVTCHNSTAT_virq           = 4
	EVTCHNSTAT_ipi            = 5
)
