package tables

import (
	"fmt"
	"sort"
	"strings"
	"testing"
)

// module is a policy module around the given C, over classes lot and lot2.
func module(code string) map[string]string {
	fs := structForm()
	fs["xen/xsm/flask/hooks.c"] = `
static int lot_has_perm(struct domain *d, struct domain *t, uint16_t class, uint32_t perms)
{
    return avc_has_perm(sid(d), sid(t), class, perms, NULL);
}
static int own_has(struct domain *d, uint32_t perms)
{
    return avc_has_perm(sid(d), SECINITSID_XEN, SECCLASS_LOT, perms, NULL);
}
` + code
	fs["xen/xsm/flask/policy/access_vectors"] = "class lot\n{\n\tpark\n\ttow\n\twash\n}\nclass lot2\n{\n\twax\n}\n"
	return fs
}

// asked lists what the module asks for, as "function: class permissions".
func asked(tabs *Tables) string {
	var out []string
	for _, x := range tabs.Asks() {
		out = append(out, fmt.Sprintf("%s: %s %s", x.Fn, strings.Join(x.Class, "|"), strings.Join(x.Perms, "|")))
	}
	sort.Strings(out)
	return strings.Join(out, "\n")
}

// TestAsks follows constants to the checks that get them.
func TestAsks(t *testing.T) {
	for _, tc := range []struct{ name, code, want string }{
		{"direct", "int f(struct domain *d) { return lot_has_perm(d, d, SECCLASS_LOT, LOT__PARK); }", "f: SECCLASS_LOT LOT__PARK"},
		{"a helper with a class of its own", "int f(struct domain *d) { return own_has(d, LOT__TOW); }", "f: SECCLASS_LOT LOT__TOW"},
		{"a variable, by way of the switch", `
int f(struct domain *d, int cmd)
{
    u32 perm;
    switch ( cmd )
    {
    case A: perm = LOT__PARK; break;
    case B: perm = LOT__TOW; break;
    default: return -EPERM;
    }
    return lot_has_perm(d, d, SECCLASS_LOT, perm);
}`, "f: SECCLASS_LOT LOT__PARK\nf: SECCLASS_LOT LOT__TOW"},
		{"class and permission go together on each path", `
int f(struct domain *d, int cmd)
{
    u16 class = SECCLASS_LOT;
    u32 perm = LOT__PARK;
    if ( cmd ) { class = SECCLASS_LOT2; perm = LOT2__WAX; }
    return lot_has_perm(d, d, class, perm);
}`, "f: SECCLASS_LOT LOT__PARK\nf: SECCLASS_LOT2 LOT2__WAX"},
		{"permissions joined", "int f(struct domain *d, int w) { u32 p = LOT__PARK; if ( w ) p |= LOT__WASH; return own_has(d, p); }",
			"f: SECCLASS_LOT LOT__PARK\nf: SECCLASS_LOT LOT__PARK|LOT__WASH"},
		{"either of two", "int f(struct domain *d, int w) { return own_has(d, w ? LOT__PARK : LOT__TOW); }", "f: SECCLASS_LOT LOT__PARK|LOT__TOW"},
		{"from a function", "u32 to_perm(int a) { if ( a ) return LOT__PARK; return LOT__TOW; }\nint f(struct domain *d, int a) { return own_has(d, to_perm(a)); }",
			"f: SECCLASS_LOT LOT__PARK|LOT__TOW"},
		{"through a structure, in a callback", `
static int one(void *v, u32 sid)
{
    struct data *data = v;
    return avc_has_perm(data->ssid, sid, SECCLASS_LOT, data->perm, NULL);
}
int f(struct domain *d)
{
    struct data data;
    data.perm = LOT__WASH;
    return each_sid(one, &data);
}`, "f: SECCLASS_LOT LOT__WASH"},
		{"both arms of a condition", `
int f(struct domain *d)
{
#ifdef CONFIG_A
    return own_has(d, LOT__PARK);
#else
    return own_has(d, LOT__TOW);
#endif
}`, "f: SECCLASS_LOT LOT__PARK\nf: SECCLASS_LOT LOT__TOW"},
		{"a class in a permission's place", "int f(struct domain *d) { return own_has(d, LOT__PARK); }\nint g(struct domain *d) { return own_has(d, LOT__TOW); }\nint h(struct domain *d) { return own_has(d, SECCLASS_LOT); }",
			"f: SECCLASS_LOT LOT__PARK\ng: SECCLASS_LOT LOT__TOW\nh: SECCLASS_LOT SECCLASS_LOT"},
	} {
		tabs, _ := readText(t, module(tc.code))
		if got := asked(tabs); got != tc.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tc.name, got, tc.want)
		}
	}
}

// TestOutcomes tells commands that the module refuses, lets pass and asks about from each other.
func TestOutcomes(t *testing.T) {
	fs := module(`
static int flask_park(struct domain *d, int cmd)
{
    switch ( cmd )
    {
    case LOTOP_free: return 0;
    case LOTOP_in: case LOTOP_out: return own_has(d, LOT__PARK);
    default: return -EPERM;
    }
}
static struct xsm_ops flask_ops = { .park = flask_park, };
`)
	tabs, _ := readText(t, fs)
	park := tabs.Hook("park")
	sw := tabs.Switches(park)
	if len(sw) != 1 || sw[0].On != "cmd" || strings.Join(sw[0].Labels, " ") != "LOTOP_free LOTOP_in LOTOP_out" {
		t.Fatalf("switches: %+v", sw)
	}
	var got []string
	for _, o := range tabs.Outcomes(park) {
		got = append(got, fmt.Sprintf("%s: %d asked", o.Labels[0].Name, len(o.Asks)))
	}
	sort.Strings(got)
	if s := strings.Join(got, ", "); s != ": 0 asked, LOTOP_free: 0 asked, LOTOP_in: 1 asked, LOTOP_out: 1 asked" {
		t.Errorf("outcomes: %s", s)
	}
	if !tabs.refuses(park, sw[0]) {
		t.Error("the switch refuses what it does not know")
	}
}
