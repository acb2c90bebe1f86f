// Package gitbranch reads trees from git objects and writes a series as a new branch, both without a checkout:
// worktree, index and HEAD of the user's repository are never touched. It is the only importer of go-git.
//
// Blame, apply and am are the git program's work: go-git has them slow or not at all.
package gitbranch
