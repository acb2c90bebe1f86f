package flask

// Arguments of the security hypercall's commands (xen_flask_op_t), by command.
// Fields are in unless marked out.
type (
	// Load is FLASK_LOAD: a binary policy.
	Load struct{ Policy []byte }
	// Value is what FLASK_GETENFORCE (0 or 1), POLICYVERS (highest version), MLS
	// (0 or 1) and GETAVC_THRESHOLD (entries) return.
	Value struct{ Value uint32 } // out
	// SetEnforce is FLASK_SETENFORCE: anything but 0 enforces.
	SetEnforce struct{ Enforcing uint32 }
	// SIDContext is FLASK_CONTEXT_TO_SID and SID_TO_CONTEXT. Size is the guest's
	// buffer in bytes, the final NUL included; out: what the context takes.
	SIDContext struct {
		SID     SID // in or out
		Size    uint32
		Context string // in or out
	}
	// Access is FLASK_ACCESS: what the policy says, without deciding anything.
	Access struct {
		SSID, TSID                     SID
		Class                          Class
		Request                        AV
		Allowed, AuditAllow, AuditDeny AV     // out
		Seqno                          uint32 // out
	}
	// Transition is FLASK_CREATE, RELABEL and MEMBER.
	Transition struct {
		SSID, TSID SID
		Class      Class
		NewSID     SID // out
	}
	// Boolean is FLASK_GETBOOL and SETBOOL. ID NoID looks the boolean up by Name.
	// Size is the guest's buffer for the name in bytes; 0 wants none. Out: Name
	// and its length.
	Boolean struct {
		ID                 uint32 // in or out
		Enforcing, Pending bool   // out
		NewValue, Commit   bool   // SETBOOL
		Size               uint32
		Name               string // in or out
	}
	// Threshold is FLASK_SETAVC_THRESHOLD, in entries.
	Threshold struct{ Threshold uint32 }
	// HashStats is FLASK_AVC_HASHSTATS.
	HashStats struct{ Entries, BucketsUsed, BucketsTotal, MaxChainLen uint32 } // out
	// CacheStats is FLASK_AVC_CACHESTATS. The cache counts for all processors
	// together, under processor 0; there is no other.
	CacheStats struct {
		CPU                                                 uint32
		Lookups, Hits, Misses, Allocations, Reclaims, Frees uint32 // out; they wrap
	}
	// OContext is FLASK_ADD_OCONTEXT and DEL_OCONTEXT: Kind is ss.ObjectKind.
	OContext struct {
		Kind      uint32
		SID       SID // ADD
		Low, High uint64
	}
	// PeerSID is FLASK_GET_PEER_SID.
	PeerSID struct {
		Port uint32
		SID  SID // out
	}
	// Relabel is FLASK_RELABEL_DOMAIN.
	Relabel struct {
		DomID uint16
		SID   SID
	}
	// DeviceTreeLabel is FLASK_DEVICETREE_LABEL; SID 0 takes the label off.
	DeviceTreeLabel struct {
		SID  SID
		Path string
	}
)

// NoID as a boolean's ID asks for a look-up by name.
const NoID = ^uint32(0)

// maxString bounds strings from a guest (a page).
const maxString = 4096
