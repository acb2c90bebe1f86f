package policydb

// SID is a security identifier: a small number standing for a [Context].
// 0 is no SID; the initial SIDs of a policy come first.
type SID uint32

// Class is an object class by its value in the policy, from 1.
type Class uint16

// AV is an access vector: one bit per permission of a class.
type AV uint32

// Type, attribute, user, role, sensitivity and category values start at 1; 0 is none.
const (
	// ObjectRole is the value of object_r, which exists in every policy.
	ObjectRole = 1
	// maxValues bounds every symbol table: rules hold types and classes in 16 bits.
	maxValues = 65535
	// maxBoundsDepth is POLICYDB_BOUNDS_MAXDEPTH: a longer chain of bounds is taken for a loop.
	maxBoundsDepth = 4
	// MaxSize is the largest policy Xen's security hypercall accepts (MAX_POLICY_SIZE).
	MaxSize = 0x4000000
)

// HandleUnknown is what the policy wants done about operations it does not know.
type HandleUnknown uint8

// The three values of checkpolicy's -U option.
const (
	UnknownDeny HandleUnknown = iota
	UnknownReject
	UnknownAllow
)

// Policy is one binary policy, read and checked. It is never changed after Read.
// Tables indexed by value have value-1 as their index and nil where the policy
// leaves a value out.
type Policy struct {
	Version       int
	MLS           bool
	HandleUnknown HandleUnknown
	Capabilities  Bitmap // policy capability numbers
	Permissive    Bitmap // type values (not value-1) that are never denied

	Commons []*Common
	Classes []*ClassInfo
	Roles   []*Role
	Types   []*Type // types and attributes
	Users   []*User
	Bools   []*Bool
	Levels  []*Sensitivity
	Cats    []*Category

	Rules               []Rule
	Conds               []Cond
	RoleTransitions     []RoleTransition
	RoleAllows          []RoleAllow
	FilenameTransitions []FilenameTransition
	RangeTransitions    []RangeTransition
	TypeAttrs           []Bitmap // by type: itself and its attributes, bit value-1

	InitialSIDs []InitialSID
	PIRQs       []PIRQContext
	IOPorts     []RangeContext // ports
	IOMem       []RangeContext // machine frame numbers
	Devices     []DeviceContext
	DeviceTree  []PathContext

	names names
}

type names struct {
	class, role, typ, user, boolean, level, cat map[string]uint32
}

// Common is a set of permissions that classes inherit.
type Common struct {
	Name  string
	Perms map[string]AV // permission name to its bit
}

// ClassInfo is one object class.
type ClassInfo struct {
	Name          string
	Value         Class
	Common        *Common       // nil without inherited permissions
	Perms         map[string]AV // own and inherited permission names to their bit
	NPerms        int           // highest permission value
	Constraints   []Constraint
	ValidateTrans []Constraint
	// Defaults of computed contexts; zero in version 24. Xen ignores them.
	DefaultUser, DefaultRole, DefaultType Default
	DefaultRange                          DefaultRange
}

// Default says where a computed context takes a part from.
type Default uint32

// Default values as written by libsepol (DEFAULT_SOURCE, DEFAULT_TARGET).
const (
	DefaultUnset Default = iota
	DefaultSource
	DefaultTarget
)

// DefaultRange says where a computed context takes its MLS range from.
type DefaultRange uint32

// DefaultRange values as written by libsepol; others mean nothing in version 30.
const (
	RangeUnset DefaultRange = iota
	RangeSourceLow
	RangeSourceHigh
	RangeSourceLowHigh
	RangeTargetLow
	RangeTargetHigh
	RangeTargetLowHigh
)

// Constraint takes permissions away unless its expression holds.
type Constraint struct {
	Perms AV
	Expr  []ExprOp // reverse polish; depth checked by the reader
}

// ExprKind tells the forms of a constraint's expression apart.
type ExprKind uint8

// Kinds of ExprOp, with the values of the file (CEXPR_NOT..CEXPR_NAMES).
const (
	ExprNot ExprKind = iota + 1
	ExprAnd
	ExprOr
	ExprAttr  // compares two attributes of the contexts
	ExprNames // compares one attribute with a set
)

// Attributes and selectors of ExprOp.Attr, as in the file (CEXPR_USER ..).
const (
	AttrUser    = 1
	AttrRole    = 2
	AttrType    = 4
	AttrTarget  = 8  // the target context, else the source
	AttrXTarget = 16 // the third context of validatetrans
	AttrL1L2    = 32
	AttrL1H2    = 64
	AttrH1L2    = 128
	AttrH1H2    = 256
	AttrL1H1    = 512
	AttrL2H2    = 1024
)

// Operators of ExprOp.Op, as in the file (CEXPR_EQ ..).
const (
	OpEq = iota + 1
	OpNeq
	OpDom
	OpDomBy
	OpIncomp
)

// ExprOp is one step of a constraint's expression.
type ExprOp struct {
	Kind  ExprKind
	Op    uint8
	Attr  uint16
	Names Bitmap // of values-1, with ExprNames
}

// MaxExprDepth is the stack a constraint may use (CEXPR_MAXDEPTH).
const MaxExprDepth = 5

// Role is a role with the types it may be combined with.
type Role struct {
	Name      string
	Value     uint32
	Bounds    uint32
	Dominates Bitmap // role values-1
	Types     Bitmap // type values-1
}

// Type is a type or an attribute.
type Type struct {
	Name      string
	Value     uint32
	Bounds    uint32 // parent type, 0 without
	Attribute bool
}

// User is a user with its roles and clearance.
type User struct {
	Name    string
	Value   uint32
	Bounds  uint32
	Roles   Bitmap // role values-1
	Range   Range
	Default Level
}

// Bool is a conditional boolean with the state the policy gives it.
type Bool struct {
	Name  string
	State bool
}

// Sensitivity is the hierarchical half of a level.
type Sensitivity struct {
	Name string
	Cats Bitmap // categories (values-1) it may be combined with
}

// Category is the non-hierarchical half of a level.
type Category struct {
	Name string
}

// RuleKind is what a rule specifies, as in the file (AVTAB_ALLOWED ..).
type RuleKind uint16

// Rule kinds.
const (
	RuleAllow      RuleKind = 1
	RuleAuditAllow RuleKind = 2
	RuleAuditDeny  RuleKind = 4 // data has 0 where a denial is not audited
	RuleTransition RuleKind = 16
	RuleMember     RuleKind = 32
	RuleChange     RuleKind = 64
	ruleAV                  = RuleAllow | RuleAuditAllow | RuleAuditDeny
	ruleType                = RuleTransition | RuleMember | RuleChange
	ruleEnabled             = 0x8000
)

// IsType reports whether the rule's data is a type and not an access vector.
func (k RuleKind) IsType() bool { return k&ruleType != 0 }

// Rule is one type enforcement rule. Source and Target are types or attributes.
type Rule struct {
	Source, Target uint16
	Class          Class
	Kind           RuleKind
	Data           uint32
}

// CondKind is one step of a conditional's expression, as in the file (COND_BOOL ..).
type CondKind uint8

// Kinds of CondOp.
const (
	CondBool CondKind = iota + 1
	CondNot
	CondOr
	CondAnd
	CondXor
	CondEq
	CondNeq
)

// MaxCondDepth is the stack of a conditional (COND_EXPR_MAXDEPTH); beyond it
// the expression is undefined and all of its rules are off.
const MaxCondDepth = 10

// CondOp is one step of a conditional's reverse polish expression.
type CondOp struct {
	Kind CondKind
	Bool uint32 // boolean value, with CondBool
}

// Cond is an if-else block: its rules apply while the expression is true or false.
type Cond struct {
	Expr        []CondOp
	True, False []Rule
}

// RoleTransition gives a domain that enters a type a new role.
type RoleTransition struct {
	Role, Type, NewRole uint32
	Class               Class // 0 in version 24
}

// RoleAllow permits a domain to change from one role to another.
type RoleAllow struct{ Role, NewRole uint32 }

// FilenameTransition is a type transition that depends on an object's name.
type FilenameTransition struct {
	Name                 string
	Source, Target, Type uint32
	Class                Class
}

// RangeTransition gives new objects an MLS range.
type RangeTransition struct {
	Source, Target uint32
	Class          Class
	Range          Range
}

// InitialSID is a SID that the hypervisor knows by number.
type InitialSID struct {
	SID     SID
	Context Context
}

// PIRQContext labels a physical interrupt.
type PIRQContext struct {
	PIRQ    uint16
	Context Context
}

// RangeContext labels an inclusive range of IO ports or of IO memory frames.
type RangeContext struct {
	Low, High uint64
	Context   Context
}

// DeviceContext labels a PCI device by its segment, bus, device and function.
type DeviceContext struct {
	SBDF    uint32
	Context Context
}

// PathContext labels a device tree node.
type PathContext struct {
	Path    string
	Context Context
}
