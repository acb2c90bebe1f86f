// Package ss is Flask's security server: it holds a policy, gives security
// contexts their SIDs and computes access decisions and the labels of new
// objects from it.
//
// Readers never lock: everything a decision needs hangs off one immutable
// state behind an atomic pointer (policy tables, truth of the conditionals,
// labelled objects), and SID tables only grow. Loading a policy, committing
// booleans and changing labelled objects build a new state under Server.mu and
// publish it. Allocating a SID for a context seen for the first time takes the
// same lock and checks that its state is still the published one, so that no SID
// is lost to a table that a reload has already copied.
//
// The rules are Xen 4.17's (xen/xsm/flask/ss/services.c, mls.c, conditional.c,
// sidtab.c). [SELinux] selects those of libsepol 3.4 where the two differ, which
// lets libsepol serve as an oracle for policies that use these features:
//
//  1. Type bounds. Xen compares with the bounded source, the bounded target and
//     both, and masks only what all of them lack; libsepol compares once, with
//     every bounded side replaced, and only if the source is bounded.
//  2. default_user, default_role, default_type and default_range: Xen ignores them.
//  3. role_transition: Xen applies it to class domain whatever class it names.
//  4. Commons and filename transitions: Xen refuses to load them.
//
// Where this package differs from Xen:
//
//  1. SIDs are never reused; Xen may hand out a SID again that an earlier reload
//     has invalidated.
//  2. IO port ranges beyond 32 bits are refused; Xen cuts them off.
//  3. ParseContext is strict: Xen takes a colon too many at the end, and text
//     after a '-' behind the categories of the high level.
//  4. The number of dynamic SIDs is bounded ([Options].MaxSIDs).
//  5. Conditionals are evaluated at the first load; Xen trusts their state in the file.
package ss
