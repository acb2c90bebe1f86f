# Targets for people. Each is safe to repeat and to interrupt.

GO      ?= go
BENCH   ?= .
JOBS    ?=
out     := out
xen     := .xen/src
# A built tree of Xen; give another one as XSMPATCH_XEN=DIR.
XSMPATCH_XEN ?= $(CURDIR)/$(xen)
sources = $(shell git ls-files -co --exclude-standard -- '*.go' go.mod go.sum templates testdata/minixen testdata/minixen.expect.yaml)

help:
	@echo 'make run        build, and take the embedded minixen the whole way into $(out)/'
	@echo 'make run-xen    the same on the pinned Xen, into out-xen/'
	@echo 'make test       the tests that need no Xen'
	@echo 'make xen        get, configure and build the pinned Xen in .xen/'
	@echo 'make test-xen   the tests on that Xen (or XSMPATCH_XEN=DIR)'
	@echo 'make test-boot  boot that Xen under QEMU: a new hook at work, and the Go hypervisor compared with it'
	@echo 'make bench      benchmarks (BENCH=regexp)'
	@echo 'make bench-hv   speed targets of the reference hypervisor, and a plot in $(out)/'
	@echo 'make compare-cocci  the same rewrites with Coccinelle, as a table'
	@echo 'make eval REPO=DIR  scores on the history of a clone of Xen'
	@echo 'make rates REPO=DIR  how much of each Xen release in a clone is read'
	@echo 'make presubmit  everything a change must pass before it is sent'
	@echo 'make man        manual pages, into $(out)/man/'
	@echo 'make release    archives for Linux and macOS in dist/ (release-check: twice, and compared)'
	@echo 'make clean      remove bin/ and $(out)/; .xen/ stays (make distclean removes it)'

build: bin/xsmpatch

bin/xsmpatch: $(sources)
	$(GO) build -trimpath -buildvcs=auto -o $@ ./cmd/xsmpatch

# Manual pages, one a command: man -l out/man/xsmpatch-verify.1
man: bin/xsmpatch
	rm -rf $(out)/man
	bin/xsmpatch man -o $(out)/man

run: bin/xsmpatch
	rm -rf $(out)
	bin/xsmpatch integrate -o $(out)

# The pictures that README shows, made anew: the series by Graphviz from what make run writes, the report by Chromium.
pictures: run
	dot -Tsvg $(out)/series/series.dot -o docs/minixen-series.svg
	mkdir -p $(out)/shots
	XSMPATCH_SHOTS='$(CURDIR)/$(out)/shots' $(GO) test -count=1 -run '^TestReportInBrowser$$' ./cmd/xsmpatch
	cp $(out)/shots/readme.png docs/report.png

run-xen: bin/xsmpatch xen-tree
	rm -rf out-xen
	bin/xsmpatch integrate '$(XSMPATCH_XEN)' -o out-xen || test $$? -eq 1

test:
	.ci/need test
	$(GO) test ./...

xen:
	JOBS=$(JOBS) .ci/get-xen .xen

# The default tree is made when it is missing; one that was given must be there.
ifeq ($(XSMPATCH_XEN),$(CURDIR)/$(xen))
xen-tree: xen
else
xen-tree:
	@test -e '$(XSMPATCH_XEN)/xen/xen-syms' || { echo 'XSMPATCH_XEN=$(XSMPATCH_XEN): no built tree there'; exit 1; }
endif

# The tests behind the tag; make test runs the others. The longest come first, so that two cores end together.
xen-files = $(shell grep -rlE --include='*_test.go' '^//go:build xen( |$$)' analyze cmd hookgen hypervisor refactor series)
xen-tests = $(shell grep -hoE '^func (Test|Fuzz)[A-Za-z0-9_]+' $(xen-files) | cut -d' ' -f2 | sort -u | paste -sd'|')
xen-first = ./cmd/xsmpatch/ ./analyze/check/
test-xen: xen-tree
	.ci/need test
	XSMPATCH_XEN='$(XSMPATCH_XEN)' $(GO) test -tags xen -timeout 35m -run '^($(xen-tests))$$' $(xen-first) $(filter-out $(xen-first),$(addprefix ./,$(sort $(dir $(xen-files)))))

# Xen is built with a small configuration and booted under QEMU, without acceleration.
test-boot: xen-tree
	.ci/need boot
	XSMPATCH_XEN='$(XSMPATCH_XEN)' $(GO) test -tags boot -count=1 -timeout 20m -v ./hypervisor/boot

bench: xen-tree
	XSMPATCH_XEN='$(XSMPATCH_XEN)' $(GO) test -tags xen -run '^$$' -bench '$(BENCH)' -benchmem -timeout 60m ./...
	$(MAKE) bench-hv

# The reference hypervisor's targets, the table of modules and its plot.
bench-hv: xen-tree bin/xsmpatch
	XSMPATCH_XEN='$(XSMPATCH_XEN)' $(GO) test -tags xen -run '^$$' -bench '^BenchmarkTargets$$' ./hypervisor/bench
	mkdir -p $(out)
	bin/xsmpatch hv bench --plot $(out)/hv-bench.svg

# The same rewrites by xsmpatch refactor and by Coccinelle.
compare-cocci: xen-tree
	.ci/need cocci
	XSMPATCH_XEN='$(XSMPATCH_XEN)' $(GO) test -tags 'xen cocci' -count=1 -run '^TestCompareCocci$$' -v -timeout 30m ./cmd/xsmpatch

eval: eval-repo xen-tree
	XSMPATCH_REPO='$(abspath $(REPO))' XSMPATCH_XEN='$(XSMPATCH_XEN)' \
	  $(GO) test -tags 'xen eval' -run '^TestEval' -v -timeout 3h ./...

eval-repo:
	@git -C '$(or $(REPO),/nonexistent)' rev-parse --git-dir >/dev/null 2>&1 || \
	  { echo 'usage: make $(firstword $(MAKECMDGOALS)) REPO=DIR   (DIR: a local clone of Xen)'; exit 2; }

# The rates at which other trees are read (see .ci/rates); REVS and ARCHES narrow it down.
rates: eval-repo bin/xsmpatch
	.ci/rates '$(abspath $(REPO))' $(REVS)

# The release of this commit in dist/; release-check builds it twice, from two clones, and compares the bytes.
release:
	.ci/release dist

release-check:
	rm -rf $(out)/release && mkdir -p $(out)/release
	for n in one another; do git clone -q . $(out)/release/$$n && (cd $(out)/release/$$n && .ci/release dist) || exit 1; done
	diff $(out)/release/one/dist/SHA256SUMS $(out)/release/another/dist/SHA256SUMS
	cat $(out)/release/one/dist/SHA256SUMS

generate:
	$(GO) generate ./...

presubmit:
	.ci/need test
	.ci/presubmit

clean:
	rm -rf bin dist $(out) out-xen

distclean: clean
	rm -rf .xen

.NOTPARALLEL:
.PHONY: help build man run run-xen pictures test xen xen-tree test-xen test-boot bench bench-hv compare-cocci eval eval-repo rates generate release release-check presubmit clean distclean
