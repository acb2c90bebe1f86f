package main

import (
	"bytes"

	"github.com/owenrumney/go-sarif/v3/pkg/report"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/xsmpatch/xsmpatch/analyze/check"
)

// fingerprintKey names our fingerprints in SARIF; a change of how they are computed changes the number.
const fingerprintKey = "xsmpatch/v1"

// verifySARIF is SARIF 2.1.0, with accepted findings marked as suppressed.
func verifySARIF(r *outcome) ([]byte, error) {
	run := sarif.NewRun().WithColumnKind("utf16CodeUnits")
	run.AddInvocation(sarif.NewInvocation().WithExecutionSuccessful(r.InScope == 0))
	driver := sarif.NewToolComponent().WithName("xsmpatch").WithVersion(version())
	run.WithTool(sarif.NewTool().WithDriver(driver))
	for _, c := range check.Checks() {
		run.AddRule(c.ID).WithDescription(c.Title).WithHelp(sarif.NewMultiformatMessageString().WithText(c.Text)).
			WithDefaultConfiguration(sarif.NewReportingConfiguration().WithLevel(string(c.Severity)))
	}
	run.WithResults([]*sarif.Result{})
	for _, f := range append(append([]*check.Finding{}, r.Findings...), r.Suppressed...) {
		run.AddResult(sarifResult(run, f))
	}
	rep := report.NewV210Report()
	rep.AddRun(run)
	var b bytes.Buffer
	err := rep.PrettyWrite(&b)
	b.WriteByte('\n')
	return b.Bytes(), err
}

func sarifResult(run *sarif.Run, f *check.Finding) *sarif.Result {
	res := sarif.NewRuleResult(f.Check).WithLevel(string(f.Severity)).WithMessage(sarif.NewTextMessage(f.Message)).
		WithPartialFingerprints(map[string]string{fingerprintKey: f.Fingerprint}).WithRuleIndex(run.GetRuleIndex(f.Check))
	res.AddLocation(sarifLocation(f.File, f.Line))
	if len(f.Path) > 1 {
		flow := sarif.NewThreadFlow()
		for _, s := range f.Path {
			flow.AddLocation(sarif.NewThreadFlowLocation().WithLocation(sarifLocation(s.File, s.Line).WithMessage(sarif.NewTextMessage(s.What))))
		}
		res.AddCodeFlow(sarif.NewCodeFlow().AddThreadFlow(flow))
	}
	bag := sarif.NewPropertyBag()
	bag.Add("confidence", f.Confidence)
	bag.Add("hypercall", f.Hypercall)
	bag.Add("operation", f.Operation)
	bag.Add("hook", f.Hook)
	bag.Add("evidence", f.Evidence)
	res.WithProperties(bag)
	if f.Suppressed != "" {
		kind := "external"
		if f.InSource {
			kind = "inSource"
		}
		res.AddSuppression(sarif.NewSuppression().WithKind(kind).WithJustification(f.Suppressed))
	}
	return res
}

func sarifLocation(file string, line int) *sarif.Location {
	where := sarif.NewPhysicalLocation().WithArtifactLocation(sarif.NewSimpleArtifactLocation(file)).WithRegion(sarif.NewSimpleRegion(max(1, line), max(1, line)))
	return sarif.NewLocationWithPhysicalLocation(where)
}
