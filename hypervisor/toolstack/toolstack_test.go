package toolstack_test

import (
	"bufio"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xsmpatch/xsmpatch/hypervisor/hv"
	"github.com/xsmpatch/xsmpatch/hypervisor/scenario"
	"github.com/xsmpatch/xsmpatch/hypervisor/toolstack"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flask"
	"github.com/xsmpatch/xsmpatch/hypervisor/xsm/flaskmod"
)

func stack(t *testing.T, module, policy string) *toolstack.Stack {
	t.Helper()
	s, err := toolstack.New(hv.Config{Devices: []uint32{0x100}}, func(log func(string)) (*scenario.Module, error) {
		return scenario.NewModule(module, scenario.Options{Policy: policy, Counted: true, Log: log})
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ok(t *testing.T, s *toolstack.Stack, by string, r toolstack.Request) any {
	t.Helper()
	resp := s.Do(by, &r)
	if resp.Error != "" {
		t.Fatalf("%s by %s: %s, refused by %v", r.Cmd, by, resp.Error, resp.Refused)
	}
	return resp.Result
}

func refused(t *testing.T, s *toolstack.Stack, by string, r toolstack.Request, hook string) {
	t.Helper()
	resp := s.Do(by, &r)
	if resp.Error == "" || !slices.Contains(resp.Refused, hook) {
		t.Errorf("%s by %s: %+v, want a refusal by %s", r.Cmd, by, resp, hook)
	}
}

// Under Flask a builder manages guests and not drivers, and nobody but dom0 the
// policy: the toolstack's users are under the guests' own policy.
func TestFlaskManagesTheManagers(t *testing.T) {
	s := stack(t, "flask", "../scenarios/policies/decomposed.te")
	const u = "system_u:system_r:"
	ok(t, s, "dom0", toolstack.Request{Cmd: "create", Name: "builder", Label: u + "builder_t"})
	ok(t, s, "dom0", toolstack.Request{Cmd: "create", Name: "driver", Label: u + "driver_t"})
	ok(t, s, "builder", toolstack.Request{Cmd: "create", Name: "web", Label: u + "guest_t", Frames: []uint64{1}})
	refused(t, s, "builder", toolstack.Request{Cmd: "create", Name: "spy", Label: u + "driver_t"}, "domctl")
	ok(t, s, "builder", toolstack.Request{Cmd: "pause", Name: "web"})
	refused(t, s, "builder", toolstack.Request{Cmd: "pause", Name: "driver"}, "domctl")
	refused(t, s, "driver", toolstack.Request{Cmd: "destroy", Name: "builder"}, "domctl")
	ok(t, s, "builder", toolstack.Request{Cmd: "unpause", Name: "web"})
	if got := ok(t, s, "dom0", toolstack.Request{Cmd: "label", Name: "web"}); got != u+"guest_t" {
		t.Errorf("label of web: %v", got)
	}
	if got := ok(t, s, "dom0", toolstack.Request{Cmd: "resource", Name: "pci", Number: 0x100}); got.(toolstack.ResourceState).Label != "system_u:object_r:disk_t" {
		t.Errorf("label of device 0x100: %v", got)
	}
	refused(t, s, "builder", toolstack.Request{Cmd: "setenforce"}, "do_xsm_op")
	if got := ok(t, s, "dom0", toolstack.Request{Cmd: "getenforce"}); got != true {
		t.Errorf("getenforce: %v", got)
	}
	seen := ok(t, s, "builder", toolstack.Request{Cmd: "list"}) // the list has what one may know
	if names := names(seen); !slices.Equal(names, []string{"builder", "web"}) {
		t.Errorf("the builder sees %v, want itself and its guest", names)
	}
	if names := names(ok(t, s, "dom0", toolstack.Request{Cmd: "list"})); !slices.Equal(names, []string{"dom0", "builder", "driver", "web"}) {
		t.Errorf("dom0 sees %v", names)
	}
	ok(t, s, "dom0", toolstack.Request{Cmd: "setenforce", On: false})
	ok(t, s, "driver", toolstack.Request{Cmd: "destroy", Name: "web"})
	lines := ok(t, s, "dom0", toolstack.Request{Cmd: "log"}).([]string)
	if !slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, "denied  { destroy }") }) {
		t.Errorf("no audit line of the last denial in %q", lines)
	}
}

func names(list any) []string {
	var out []string
	for _, d := range list.([]toolstack.DomainState) {
		out = append(out, d.Name)
	}
	return out
}

// A connection acts as the domain of its user, and a user without one as nobody.
func TestSocket(t *testing.T) {
	s := stack(t, "dummy", "")
	ok(t, s, "dom0", toolstack.Request{Cmd: "create", Name: "web"})
	for _, tc := range []struct {
		user uint32
		as   string
		want string
	}{
		{uint32(os.Getuid()), "dom0", `"result"`},
		{uint32(os.Getuid()), "web", "-EPERM"},
		{uint32(os.Getuid()) + 1, "dom0", "acts as no domain"},
	} {
		path := filepath.Join(t.TempDir(), "s")
		l, err := toolstack.Listen(path)
		if err != nil {
			t.Fatal(err)
		}
		srv := &toolstack.Server{Stack: s, Users: map[uint32]string{tc.user: tc.as}}
		done := make(chan error, 1)
		go func() { done <- srv.Serve(l) }()
		if got := ask(t, path, `{"cmd":"list"}`); !strings.Contains(got, tc.want) {
			t.Errorf("user %d as %s: %s, want %s", tc.user, tc.as, got, tc.want)
		}
		if _, err := toolstack.Listen(path); err == nil {
			t.Error("a second daemon took the socket over")
		}
		l.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// ask sends one line and returns the first line of the answer.
func ask(t *testing.T, path, line string) string {
	t.Helper()
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	_, _ = c.Write([]byte(line + "\n"))
	sc := bufio.NewScanner(c)
	if !sc.Scan() {
		t.Fatalf("no answer: %v", sc.Err())
	}
	return sc.Text()
}

// A follower sees denials as they happen.
func TestTail(t *testing.T) {
	s := stack(t, "dummy", "")
	ok(t, s, "dom0", toolstack.Request{Cmd: "create", Name: "web"})
	path := filepath.Join(t.TempDir(), "s")
	l, err := toolstack.Listen(path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	srv := &toolstack.Server{Stack: s, Users: map[uint32]string{uint32(os.Getuid()): "dom0"}}
	go func() { _ = srv.Serve(l) }()
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	_, _ = c.Write([]byte(`{"cmd":"tail"}` + "\n"))
	dec := json.NewDecoder(c)
	var r toolstack.Response
	if err := dec.Decode(&r); err != nil || r.Result != "following" {
		t.Fatalf("%+v, error %v", r, err)
	}
	refused(t, s, "web", toolstack.Request{Cmd: "pause", Name: "dom0"}, "domctl")
	if err := dec.Decode(&r); err != nil || !strings.Contains(r.Result.(string), "denied domctl by d1") {
		t.Errorf("followed %+v, error %v", r, err)
	}
}

func TestBadRequests(t *testing.T) {
	s := stack(t, "dummy", "")
	for _, r := range []toolstack.Request{
		{Cmd: "fly"}, {Cmd: "pause", Name: "nobody"}, {Cmd: "create"}, {Cmd: "create", Name: "dom0"}, {Cmd: "getenforce"},
		{Cmd: "resource", Name: "pci"}, {Cmd: "load", File: "/nonexistent"},
	} {
		if resp := s.Do("dom0", &r); resp.Error == "" {
			t.Errorf("%+v was accepted: %+v", r, resp)
		}
	}
	if resp := s.Do("nobody", &toolstack.Request{Cmd: "list"}); resp.Error == "" {
		t.Error("a domain that is not there was served")
	}
}

// The policy can be asked about and replaced, by those whom it lets.
func TestPolicyCommands(t *testing.T) {
	const file = "../scenarios/policies/decomposed.te"
	s := stack(t, "flask", file)
	const u = "system_u:system_r:"
	ok(t, s, "dom0", toolstack.Request{Cmd: "create", Name: "builder", Label: u + "builder_t"})
	if got := ok(t, s, "builder", toolstack.Request{Cmd: "policy"}); got != (toolstack.PolicyState{MaxVersion: 30, Enforcing: true}) {
		t.Errorf("policy: %+v", got)
	}
	ask := toolstack.Request{Cmd: "query", Name: u + "builder_t", Label: u + "guest_t", Class: "domain"}
	got := ok(t, s, "dom0", ask).([]string)
	if !slices.Contains(got, "pause") || slices.Contains(got, "no") {
		t.Errorf("the builder may %v to guests", got)
	}
	ask.Name, ask.Label = ask.Label, ask.Name
	if got := ok(t, s, "dom0", ask).([]string); slices.Contains(got, "pause") {
		t.Errorf("a guest may %v to the builder", got)
	}
	refused(t, s, "builder", ask, "do_xsm_op")
	for _, kind := range []string{"irq", "iomem", "ioport"} {
		r, _ := ok(t, s, "dom0", toolstack.Request{Cmd: "resource", Name: kind, Number: 40}).(toolstack.ResourceState)
		if r.SID == 0 || !strings.HasPrefix(r.Label, "system_u:object_r:") {
			t.Errorf("%s 40: %+v", kind, r)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	bin, err := flaskmod.Compile(strings.Replace(string(text), "allow dom0_t security_t:security *;", "allow dom0_t security_t:security { check_context compute_av };", 1))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "policy")
	if err := os.WriteFile(path, bin, 0o644); err != nil {
		t.Fatal(err)
	}
	refused(t, s, "builder", toolstack.Request{Cmd: "load", File: path}, "do_xsm_op")
	ok(t, s, "dom0", toolstack.Request{Cmd: "load", File: path})
	refused(t, s, "dom0", toolstack.Request{Cmd: "setenforce"}, "do_xsm_op") // the new policy took that away
	refused(t, s, "dom0", toolstack.Request{Cmd: "load", File: path}, "do_xsm_op")
}

// Booleans, labels and cache statistics.
func TestStateCommands(t *testing.T) {
	text, err := os.ReadFile("../scenarios/policies/decomposed.te")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "bools.te")
	more := "\nbool quiet false;\nallow dom0_t domain_type:domain2 { relabelfrom relabelto };\nallow domain_type domain_type:domain transition;\n"
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), "\nrole system_r", more+"role system_r", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	s := stack(t, "flask", path)
	const u = "system_u:system_r:"
	if got := ok(t, s, "dom0", toolstack.Request{Cmd: "bools"}).(map[string]bool); len(got) != 1 || got["quiet"] {
		t.Errorf("booleans: %v", got)
	}
	ok(t, s, "dom0", toolstack.Request{Cmd: "setbool", Name: "quiet", On: true})
	if got := ok(t, s, "dom0", toolstack.Request{Cmd: "bools"}).(map[string]bool); !got["quiet"] {
		t.Errorf("booleans: %v", got)
	}
	ok(t, s, "dom0", toolstack.Request{Cmd: "create", Name: "web", Label: u + "guest_t"})
	ok(t, s, "dom0", toolstack.Request{Cmd: "relabel", Name: "web", Label: u + "builder_t"})
	if got := ok(t, s, "dom0", toolstack.Request{Cmd: "label", Name: "web"}); got != u+"builder_t" {
		t.Errorf("label after relabel: %v", got)
	}
	before := ok(t, s, "dom0", toolstack.Request{Cmd: "avcstats"}).(flask.CacheStats)
	ok(t, s, "dom0", toolstack.Request{Cmd: "label", Name: "web"})
	after := ok(t, s, "dom0", toolstack.Request{Cmd: "avcstats"}).(flask.CacheStats)
	if after.Hits <= before.Hits || after.Lookups != after.Hits+after.Misses {
		t.Errorf("hits are not counted: %+v, then %+v", before, after)
	}
}
