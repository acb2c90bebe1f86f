// Package scenarios_test plays the demonstration scenarios of this folder under
// every module they have an expectation or a policy for.
package scenarios_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/xsmpatch/xsmpatch/hypervisor/scenario"
)

func load(t *testing.T, file string) *scenario.Scenario {
	t.Helper()
	s, err := scenario.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func module(t *testing.T, s *scenario.Scenario, name string, permissive bool, log func(string)) *scenario.Module {
	t.Helper()
	m, err := scenario.NewModule(name, scenario.Options{Policy: s.PolicyFile(name), Permissive: permissive, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("*.yaml")
	if err != nil || len(files) < 5 {
		t.Fatalf("%v, error %v", files, err)
	}
	for _, f := range files {
		s := load(t, f)
		denied := 0
		for _, name := range s.Playable() {
			t.Run(f+"/"+name, func(t *testing.T) {
				var log []string
				r, err := scenario.Run(s, module(t, s, name, false, func(l string) { log = append(log, l) }))
				if err != nil {
					t.Fatal(err, log)
				}
				for _, res := range r.Results {
					if !res.OK {
						t.Errorf("step %d, %s: %s (refused by %v), want %s", res.Step, res.What, res.Outcome, res.Refused, res.Want)
					}
					if res.Outcome == "deny" {
						denied++
					}
				}
				if t.Failed() {
					for _, l := range log {
						t.Log(l)
					}
				}
			})
		}
		if denied == 0 {
			t.Errorf("%s: nothing is ever denied", f)
		}
	}
}

// What permissive mode teaches is what enforcing refuses, no more: with the rules
// added, nothing is refused any more.
func TestLearn(t *testing.T) {
	s := load(t, "tenants.yaml")
	var log []string
	m := module(t, s, "flask", true, func(l string) { log = append(log, l) })
	if _, err := scenario.Run(s, m); err != nil {
		t.Fatal(err)
	}
	rules := scenario.Learn(log)
	if !slices.Contains(rules, "allow blue_t red_t:domain pause;") || !slices.Contains(rules, "allow blue_t red_t:grant { map_read map_write };") {
		t.Errorf("learned %q from %q", rules, log)
	}
}
