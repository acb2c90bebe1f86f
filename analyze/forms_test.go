package analyze

import (
	"context"
	"encoding/json"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/xsmpatch/xsmpatch/analyze/cfront/cpp"
	"github.com/xsmpatch/xsmpatch/refactor"
)

// fixture scans a tree from testdata, compiled by a compile_commands.json that names each of its .c files. Files in more replace or add.
func fixture(t *testing.T, name string, more map[string]string) *Facts {
	t.Helper()
	ar, err := txtar.ParseFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	text := map[string]string{}
	for _, f := range ar.Files {
		text[f.Name] = string(f.Data)
	}
	for p, s := range more {
		text[p] = s
	}
	type command struct {
		Directory string `json:"directory"`
		File      string `json:"file"`
		Command   string `json:"command"`
	}
	var db []command
	files := map[string]*refactor.File{}
	for p, s := range text {
		files[p] = refactor.NewFile(refactor.ModeFile, []byte(s))
		if strings.HasSuffix(p, ".c") {
			db = append(db, command{".", p, "gcc -D__XEN__ -Iinclude -c -o x.o " + p})
		}
	}
	sort.Slice(db, func(i, j int) bool { return db[i].File < db[j].File })
	b, err := json.Marshal(db)
	if err != nil {
		t.Fatal(err)
	}
	files["compile_commands.json"] = refactor.NewFile(refactor.ModeFile, b)
	tree, err := refactor.NewTree(name, files)
	if err != nil {
		t.Fatal(err)
	}
	f, _, err := Scan(context.Background(), tree, Options{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// operation returns the facts of one operation.
func operation(t *testing.T, f *Facts, id string) *Op {
	t.Helper()
	i := slices.IndexFunc(f.Ops, func(o Op) bool { return o.ID == id })
	if i < 0 {
		ids := []string{}
		for _, o := range f.Ops {
			ids = append(ids, o.ID)
		}
		t.Fatalf("no operation %s, there are %q", id, ids)
	}
	return &f.Ops[i]
}

// TestForms: entries, nested dispatchers, labels from macros, hooks behind ops tables and helpers, and each operation's own hooks only.
func TestForms(t *testing.T) {
	f := fixture(t, "forms.txtar", nil)
	for _, d := range f.Degraded {
		t.Errorf("degraded: %+v", d)
	}
	var entries []string
	for _, e := range f.Entries {
		entries = append(entries, e.Name+" "+strings.Join(e.Via, " "))
	}
	const table = " arch/x86/hypercall.c:pv_hypercall_table"
	if want := []string{"compat_memory_op" + table, "do_domctl" + table, "do_memory_op" + table}; !slices.Equal(entries, want) {
		t.Errorf("entries %q, want %q", entries, want)
	}
	for id, want := range map[string][]string{
		"do_domctl/CMD_limit": {"before xsm_control", "own xsm_limit"},
		"do_domctl/CMD_tune":  {"before xsm_control", "own xsm_tune"},
		"do_domctl/CMD_note":  {"before xsm_control", "own xsm_note"},
		"do_domctl/CMD_both":  {"before xsm_control", "own xsm_both"},
		"do_domctl/CMD_x86":   {"before xsm_control", "own xsm_arch"},
		"do_domctl/CMD_asm":   {"before xsm_control"},
		"do_domctl/default":   {"before xsm_control"},
	} {
		var got []string
		for _, h := range operation(t, f, id).Hooks {
			got = append(got, h.Phase+" "+h.Hook)
		}
		if sort.Strings(got); !slices.Equal(got, want) {
			t.Errorf("%s: hooks %q, want %q", id, got, want)
		}
	}
}

// TestFormsScope: what an operation looks up, copies, reads and writes, with the place of its label.
func TestFormsScope(t *testing.T) {
	f := fixture(t, "forms.txtar", nil)
	op := operation(t, f, "do_domctl/CMD_limit")
	if op.Value != 1 || op.Place != (Place{"common/domctl.c", 20, 5, "do_domctl"}) {
		t.Errorf("CMD_limit is %d at %+v", op.Value, op.Place)
	}
	if len(op.Objects) != 1 || op.Objects[0].Lookup != "rcu_lock_domain_by_id" || op.Objects[0].From != "op.id" || op.Objects[0].Type != "struct domain" {
		t.Errorf("objects %+v", op.Objects)
	}
	if len(op.Copies) != 1 || op.Copies[0].Kind != "from guest" || op.Copies[0].Line != 10 {
		t.Errorf("copies %+v", op.Copies)
	}
	if len(op.Writes) != 1 || op.Writes[0].What != "domain.limit" {
		t.Errorf("writes %+v", op.Writes)
	}
	read := operation(t, f, "do_domctl/CMD_note").Reads
	if !slices.ContainsFunc(read, func(a Access) bool { return a.What == "domain.paused" && a.Line == 30 }) {
		t.Errorf("the statement expression's reads: %+v", read)
	}
	both := operation(t, f, "do_domctl/CMD_both")
	if both.Line != 32 || both.Col != 5 {
		t.Errorf("a label that a macro makes is at %d:%d, want 32:5", both.Line, both.Col)
	}
}

// TestFormsResults: what becomes of a hook's result, and where a hook in a macro is.
func TestFormsResults(t *testing.T) {
	f := fixture(t, "forms.txtar", nil)
	want := map[string]string{
		"xsm_control": "assigned rc", "xsm_limit": "tested rc", "xsm_tune": "tested ", "xsm_arch": "returned ", "xsm_note": "ignored ", "xsm_both": "tested ",
	}
	for _, s := range f.Sites {
		if got := s.Result + " " + s.Into; got != want[s.Hook] {
			t.Errorf("%s: result %q, want %q", s.Hook, got, want[s.Hook])
		}
		delete(want, s.Hook)
		if in := s.Hook == "xsm_both"; s.InMacro != in || in && (s.Line != 33 || s.Col != 9) {
			t.Errorf("%s: in a macro: %v, at %d:%d", s.Hook, s.InMacro, s.Line, s.Col)
		}
	}
	if len(want) > 0 {
		t.Errorf("no site of %v", want)
	}
}

// TestFills: what a helper, or a helper's helper, copies from the guest to where its parameter points chooses the command.
func TestFills(t *testing.T) {
	f := fixture(t, "forms.txtar", map[string]string{"common/memory.c": `
struct request { int pad; struct { int cmd, id; } op; };
#define OP_first 1
#define OP_second 2
unsigned long copy_from_user(void *to, const void *from, unsigned long n);
static int get(struct request *r, const void *from) { return copy_from_user(r, from, sizeof(*r)) ? -14 : 0; }
static int fetch(const void *from, struct request *to) { return get(to, from); }
long do_memory_op(unsigned long cmd, void *arg)
{
    struct request req;
    int rc = fetch(arg, &req);

    if ( rc )
        return rc;
    switch ( req.op.cmd )
    {
    case OP_first: return 1;
    case OP_second: return 2;
    }
    return -38;
}
`})
	if first, second := operation(t, f, "do_memory_op/OP_first"), operation(t, f, "do_memory_op/OP_second"); first.Value != 1 || second.Value != 2 {
		t.Errorf("values %d, %d", first.Value, second.Value)
	}
}

// TestTwoSwitches: a command that one switch prepares and another carries out has the code below both labels, and only that.
func TestTwoSwitches(t *testing.T) {
	f := fixture(t, "forms.txtar", map[string]string{"common/memory.c": `
#define OP_first 1
#define OP_second 2
#define OP_third 3
static long first(long at) { return at; }
static long second(long at) { return at; }
static long third(void) { return 3; }
long do_memory_op(unsigned long cmd, void *arg)
{
    unsigned long mask;

    switch ( cmd )
    {
    case OP_first:
    case OP_second:
        mask = 0xff;
        break;
    default:
        mask = ~0UL;
        break;
    }
    switch ( cmd )
    {
    case OP_first: return first(mask);
    case OP_second: return second(mask);
    case OP_third: return third();
    }
    return -38;
}
`})
	for _, name := range []string{"first", "second", "third"} {
		if got := operation(t, f, "do_memory_op/OP_"+name).Calls; !slices.Equal(got, []string{name}) {
			t.Errorf("OP_%s calls %q", name, got)
		}
	}
}

// TestDegradedFunction: a function that cannot be read is listed with file, line and reason, and the functions beside it are read.
func TestDegradedFunction(t *testing.T) {
	f := fixture(t, "forms.txtar", map[string]string{"common/memory.c": "int good(int x) { return x; }\n\nint bad(int x)\n{\n    return x +* ;\n}\n" +
		"long do_memory_op(unsigned long cmd, void *arg) { return good(cmd); }\n"})
	if len(f.Degraded) != 1 {
		t.Fatalf("degraded: %+v", f.Degraded)
	}
	if d := f.Degraded[0]; d.File != "common/memory.c" || d.Function != "bad" || d.Line != 5 && d.Line != 3 || d.Reason == "" || d.Config != "default" {
		t.Errorf("degraded: %+v", d)
	}
	if op := operation(t, f, "do_memory_op"); !slices.Contains(op.Calls, "good") {
		t.Errorf("do_memory_op calls %q", op.Calls)
	}
	operation(t, f, "do_domctl/CMD_limit")
}

// TestTables: a table of .quad in assembly names handlers too.
func TestTables(t *testing.T) {
	f := fixture(t, "forms.txtar", map[string]string{
		"arch/x86/hypercall.c":    "int none;\n",
		"arch/x86/x86_64/entry.S": "/* hypercall */\nENTRY(hypercall_table)\n        .quad do_ni_hypercall  /* 0 */\n        .quad do_domctl, do_memory_op\n\nENTRY(other)\n        .quad compat_memory_op\n",
	})
	var got []string
	for _, e := range f.Entries {
		got = append(got, e.Name+" "+strings.Join(e.Via, " "))
	}
	const table = " arch/x86/x86_64/entry.S:hypercall_table"
	if want := []string{"do_domctl" + table, "do_memory_op" + table}; !slices.Equal(got, want) {
		t.Errorf("entries %q, want %q", got, want)
	}
}

// TestPanicIsAnError: a panic in the front end becomes the error of its unit, with the place in our code.
func TestPanicIsAnError(t *testing.T) {
	res, err := readSafely(context.Background(), nil, &cpp.Unit{Main: "a.c"})
	if res != nil || err == nil || !strings.Contains(err.Error(), "internal error") || !strings.Contains(err.Error(), ".go:") {
		t.Errorf("got %v, %v", res, err)
	}
}
