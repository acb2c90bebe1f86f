// Package avc is Flask's access vector cache. It remembers what the security
// server decided for each (subject, object, class), audits denials in Xen's
// words, and never locks on a hit.
//
// A reader loads one pointer to the current table, one to the head of a chain,
// and walks immutable entries. Writers (misses, permissive grants, reclaim) hold
// the table's lock, copy the chain they change and swap its head in; the
// garbage collector is the grace period that RCU waits for. A policy change
// swaps the whole table, so that no decision of the old policy survives it, not
// even one that a slow reader is about to enter: that one goes to the old table.
//
// Sizes, reclaim, statistics and the audit line are those of
// xen/xsm/flask/avc.c.
package avc
