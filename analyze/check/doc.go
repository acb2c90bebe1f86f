// Package check judges authorization hooks: whether each comes early enough, is obeyed, releases what is held when it says no, and asks about
// the object that is acted on. A check is a row of [Checks]; its Run sees one configuration through a [Pass] and reports findings.
// [Run] merges the findings of several configurations, applies suppressions, and gives each a fingerprint that survives line drift.
//
// The path checks execute a function abstractly, twice from each hook call: once with the hook's answer 0, once with -EACCES. What runs in
// which of the two, what is held where it returns, and which branches depend on the answer, is what they reason from. All names come from the profile.
package check
