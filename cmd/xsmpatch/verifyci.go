package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"github.com/xsmpatch/xsmpatch/analyze/check"
)

// gitlabIssue is an entry of GitLab's code quality report
// (https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format).
type gitlabIssue struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"` // info, minor, major, critical, blocker
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string      `json:"path"`
	Lines gitlabLines `json:"lines"`
}

type gitlabLines struct {
	Begin int `json:"begin"`
}

// verifyGitLab prints an outcome for GitLab's merge requests.
func verifyGitLab(o *outcome) ([]byte, error) {
	issues := []gitlabIssue{}
	for _, f := range o.Findings {
		severity := map[check.Severity]string{check.Error: "critical", check.Warning: "minor", check.Note: "info"}[f.Severity]
		if check.Unreadable(f.Check) {
			severity = "blocker"
		}
		issues = append(issues, gitlabIssue{f.Message, f.Check, f.Fingerprint, severity, gitlabLocation{f.File, gitlabLines{max(1, f.Line)}}})
	}
	b, err := json.MarshalIndent(issues, "", " ")
	return append(b, '\n'), err
}

// verifyJUnit prints an outcome as a test report: a suite for each check, a failed case for each finding, a skipped one for each that is accepted,
// and a passed case for a check that found nothing.
func verifyJUnit(o *outcome) ([]byte, error) {
	var all junit.Testsuites
	ex := newExcerpts(o.tree)
	for _, c := range check.Checks() {
		s := junit.Testsuite{Name: c.ID + " " + c.Title, Time: "0"}
		for _, f := range o.Findings {
			if f.Check == c.ID {
				var text bytes.Buffer
				fmt.Fprintf(&text, "%s:%d\n%s", f.File, f.Line, ex.at(f.File, f.Line, 1))
				s.AddTestcase(junitCase(f, &junit.Result{Message: f.Message, Type: string(f.Severity), Data: text.String()}, nil))
			}
		}
		for _, f := range o.Suppressed {
			if f.Check == c.ID {
				s.AddTestcase(junitCase(f, nil, &junit.Result{Message: f.Suppressed}))
			}
		}
		if len(s.Testcases) == 0 {
			s.AddTestcase(junit.Testcase{Name: "nothing found", Classname: c.ID})
		}
		all.AddSuite(s)
	}
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	err := all.WriteXML(&b)
	b.WriteByte('\n')
	return b.Bytes(), err
}

func junitCase(f *check.Finding, failure, skipped *junit.Result) junit.Testcase {
	return junit.Testcase{
		Name: f.File + ":" + strconv.Itoa(f.Line) + " " + f.Function, Classname: f.Check + "." + f.Fingerprint, Failure: failure, Skipped: skipped,
	}
}
