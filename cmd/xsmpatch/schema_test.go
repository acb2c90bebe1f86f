package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/xsmpatch/xsmpatch/analyze"
	"github.com/xsmpatch/xsmpatch/testdata"
)

//go:generate go test -run ^TestFactsSchema$ . -update

// factsSchema makes the JSON schema of an inventory from the Go types and their comments.
func factsSchema(t *testing.T) []byte {
	t.Helper()
	t.Chdir(filepath.Join("..", ".."))
	r := &jsonschema.Reflector{}
	if err := r.AddGoComments("github.com/xsmpatch/xsmpatch", "./analyze"); err != nil {
		t.Fatal(err)
	}
	b, err := json.MarshalIndent(r.Reflect(&analyze.Facts{}), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return append(b, '\n')
}

// undescribed lists the properties of a schema's definitions that have no description.
func undescribed(t *testing.T, schema []byte) (out []string) {
	t.Helper()
	var s struct {
		Defs map[string]struct {
			Properties map[string]struct{ Description string }
		} `json:"$defs"`
	}
	if err := json.Unmarshal(schema, &s); err != nil || len(s.Defs) < 10 {
		t.Fatalf("%d definitions, %v", len(s.Defs), err)
	}
	for d, def := range s.Defs {
		for p, prop := range def.Properties {
			if prop.Description == "" {
				out = append(out, d+"."+p)
			}
		}
	}
	return out
}

// TestFactsSchema: docs/facts.schema.json is what the types say (go generate ./cmd/xsmpatch rewrites it), describes every field,
// accepts the inventory of minixen and refuses one with a field that is not described.
func TestFactsSchema(t *testing.T) {
	want := factsSchema(t)
	file := filepath.Join("docs", "facts.schema.json")
	if *update {
		if err := os.WriteFile(file, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s differs from the types (%v): run go generate ./cmd/xsmpatch", file, err)
	}
	for _, p := range undescribed(t, want) {
		t.Errorf("%s has no description", p)
	}
	c := validator.NewCompiler()
	doc, err := validator.UnmarshalJSON(bytes.NewReader(want))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.AddResource("facts.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("facts.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	text := minixenFacts(t)
	if err := validate(t, schema, text); err != nil {
		t.Errorf("the inventory of minixen: %v", err)
	}
	if validate(t, schema, strings.Replace(text, `"sites"`, `"sights"`, 1)) == nil {
		t.Error("an unknown field is accepted")
	}
}

func validate(t *testing.T, s *validator.Schema, text string) error {
	t.Helper()
	v, err := validator.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v)
}

// minixenFacts scans minixen as the command does.
func minixenFacts(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "tree"), testdata.MiniXen()); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "facts.json")
	var said bytes.Buffer
	if err := runScan(t.Context(), filepath.Join(dir, "tree"), out, &scanFlags{noCache: true, source: "auto"}, &said, &said); err != nil {
		t.Fatalf("%v\n%s", err, said.String())
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
