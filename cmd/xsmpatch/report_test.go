package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/xsmpatch/xsmpatch/cmd/xsmpatch/report"
	"github.com/xsmpatch/xsmpatch/testdata"
)

// reportOf writes the report of trees and returns the file.
func reportOf(t *testing.T, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.html")
	var stdout, stderr bytes.Buffer
	if code := run(append([]string{"report", "--no-cache", "-o", file}, args...), &stdout, &stderr); code != exitOK {
		t.Fatalf("exit %d: %s", code, stderr.String())
	}
	return file
}

// browser is one headless Chromium for all tests of a page.
func browser(t *testing.T) context.Context {
	t.Helper()
	opts := []chromedp.ExecAllocatorOption{chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU}
	for _, flag := range []string{"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync", "hide-scrollbars"} {
		opts = append(opts, chromedp.Flag(flag, true))
	}
	alloc, stop := chromedp.NewExecAllocator(t.Context(), append(opts, chromedp.WSURLReadTimeout(time.Minute), chromedp.UserDataDir(profileDir(t)))...)
	t.Cleanup(stop)
	ctx, stop := chromedp.NewContext(alloc)
	t.Cleanup(stop)
	if err := chromedp.Run(ctx); err != nil {
		t.Fatalf("chromium (.ci/need test installs it): %v", err)
	}
	return ctx
}

// profileDir is a folder for Chromium's profile. It goes at the end, as soon as the helper processes that outlive the browser have stopped writing there.
func profileDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "chromium-profile-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for end := time.Now().Add(30 * time.Second); os.RemoveAll(dir) != nil; time.Sleep(100 * time.Millisecond) {
			if time.Now().After(end) {
				t.Errorf("%s: something still writes there", dir)
				return
			}
		}
	})
	return dir
}

// tab is a page in the browser that remembers what went wrong in it.
type tab struct {
	t   *testing.T
	ctx context.Context
	mu  sync.Mutex
	bad []string
}

// open shows a file at a size; complaints of the console, exceptions, and any request but the file's own are remembered.
func openTab(t *testing.T, browser context.Context, file string, width, height int64, scheme string, script bool) *tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(browser)
	t.Cleanup(stop)
	b := &tab{t: t, ctx: ctx}
	url := "file://" + file
	chromedp.ListenTarget(ctx, func(ev any) {
		b.mu.Lock()
		defer b.mu.Unlock()
		switch ev := ev.(type) {
		case *runtime.EventConsoleAPICalled:
			b.bad = append(b.bad, fmt.Sprintf("console %s", ev.Type))
		case *runtime.EventExceptionThrown:
			b.bad = append(b.bad, ev.ExceptionDetails.Error())
		case *network.EventRequestWillBeSent:
			if u := ev.Request.URL; !strings.HasPrefix(u, url) && !strings.HasPrefix(u, "data:") {
				b.bad = append(b.bad, "asks for "+u)
			}
		}
	})
	if err := chromedp.Run(ctx); err != nil { // a tab lives as long as the context of its first run
		t.Fatal(err)
	}
	b.run(network.Enable(), emulation.SetDeviceMetricsOverride(width, height, 1, width < 600), emulation.SetScriptExecutionDisabled(!script),
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
		chromedp.Navigate(url))
	return b
}

func (b *tab) run(a ...chromedp.Action) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, time.Minute)
	defer stop()
	if err := chromedp.Run(ctx, a...); err != nil {
		b.t.Fatal(err)
	}
}

// eval evaluates JavaScript in the page.
func eval[T any](b *tab, js string) (v T) {
	b.t.Helper()
	b.run(chromedp.Evaluate(js, &v))
	return v
}

func (b *tab) silent() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.bad {
		b.t.Error(s)
	}
}

// shot writes a picture of what is shown when XSMPATCH_SHOTS names a folder.
func (b *tab) shot(name string) {
	dir := os.Getenv("XSMPATCH_SHOTS")
	if dir == "" {
		return
	}
	b.run(chromedp.ActionFunc(func(ctx context.Context) error {
		data, err := page.CaptureScreenshot().Do(ctx)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, name+".png"), data, 0o644)
	}))
}

const visible = `Array.from(document.querySelectorAll('.op')).filter(o => o.offsetParent !== null).length`

// readSeries reads the graph that integrate wrote.
func readSeries(t *testing.T, dir string) *report.Series {
	t.Helper()
	s, err := readSeriesDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// checkGraph holds the drawn graph against the series: an arrow and a readable reason for each dependency, a box for each patch that has one, and
// nothing that lies on something else or sticks out.
func checkGraph(t *testing.T, b *tab, s *report.Series) {
	t.Helper()
	arrows := 0
	for _, p := range s.Patches {
		arrows += len(p.Needs)
	}
	boxes := len(s.Patches) - len(s.Alone())
	if arrows < 3 || boxes < 4 {
		t.Fatalf("%d dependencies of %d patches: the picture would show little", arrows, boxes)
	}
	for what, want := range map[string]int{".graph a": boxes, ".graph path.tip": arrows, ".graph .why": arrows} {
		if n := eval[int](b, fmt.Sprintf(`document.querySelectorAll(%q).length`, what)); n != want {
			t.Errorf("%d of %s, want %d", n, what, want)
		}
	}
	for _, p := range s.Patches {
		for _, n := range p.Needs {
			if !eval[bool](b, fmt.Sprintf(`Array.from(document.querySelectorAll('.graph title')).some(e => e.textContent.startsWith('%d needs %d: '))`, p.N, n.N)) {
				t.Errorf("no arrow from %d to %d", n.N, p.N)
			}
		}
	}
	if bad := eval[string](b, `(() => {
		const rects = Array.from(document.querySelectorAll('.graph rect')), svg = document.querySelector('.graph svg').getBoundingClientRect(), bad = [];
		const boxes = rects.map(r => r.getBoundingClientRect());
		boxes.forEach((p, i) => {
			if (p.left < svg.left - 1 || p.right > svg.right + 1 || p.top < svg.top - 1 || p.bottom > svg.bottom + 1) bad.push('out: ' + rects[i].parentNode.textContent);
			boxes.slice(i + 1).forEach((q, j) => { if (p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 1 && q.top < p.bottom - 1)
				bad.push(rects[i].parentNode.textContent + ' lies on ' + rects[i + 1 + j].parentNode.textContent); });
			rects[i].parentNode.querySelectorAll('text').forEach(x => { if (x.getBoundingClientRect().right > p.right + 2) bad.push('too long: ' + x.textContent); });
		});
		return bad.join('; '); })()`); bad != "" {
		t.Error(bad)
	}
}

// TestReportInBrowser looks at the report of minixen as people do: no complaint, nothing asked of the network, no sideways scrolling on a phone,
// filters that filter, a way that opens and is drawn, keys, dark colours, and everything but the filter without scripts.
func TestReportInBrowser(t *testing.T) {
	older, newer, series := filepath.Join(t.TempDir(), "older"), filepath.Join(t.TempDir(), "minixen"), filepath.Join(t.TempDir(), "out")
	for _, dir := range []string{older, newer} {
		if err := os.CopyFS(dir, testdata.MiniXen()); err != nil {
			t.Fatal(err)
		}
	}
	send := filepath.Join(newer, "xen", "common", "event_channel.c")
	if err := os.WriteFile(send, bytes.Replace(readFile(t, send), []byte("ret = xsm_evtchn_send(XSM_HOOK, ld, lchn);"), []byte("ret = 0;"), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	if code := run([]string{"integrate", newer, "--no-cache", "-o", series}, &said, &said); code != exitOK && code != exitFindings {
		t.Fatalf("integrate: exit %d: %s", code, said.String())
	}
	file := reportOf(t, older, newer, "--series", series)
	ctx := browser(t)
	t.Run("filters", func(t *testing.T) { checkFilters(t, openTab(t, ctx, file, 1280, 900, "light", true)) })
	t.Run("keys", func(t *testing.T) { checkKeys(t, openTab(t, ctx, file, 1280, 900, "light", true)) })
	t.Run("link", func(t *testing.T) {
		checkLinks(t, openTab(t, ctx, file, 1280, 900, "light", true), readSeries(t, series))
	})
	checkSizes(t, ctx, file)
}

// checkFilters holds the filters against the lines that they show.
func checkFilters(t *testing.T, b *tab) {
	t.Helper()
	all := eval[int](b, visible)
	b.run(chromedp.SendKeys("#f-text", "getdomaininfo", chromedp.ByQuery))
	if n := eval[int](b, visible); n == 0 || n >= all || !strings.HasPrefix(eval[string](b, `document.getElementById('f-count').textContent`), fmt.Sprint(n, " of ")) {
		t.Errorf("text: %d of %d shown", n, all)
	}
	b.run(chromedp.Click("#filter button", chromedp.ByQuery), chromedp.Sleep(50*time.Millisecond))
	if n := eval[int](b, visible); n != all || all < 200 {
		t.Errorf("after reset: %d of %d shown", n, all)
	}
	for field, attr := range map[string]string{"f-entry": "data-e", "f-status": "data-s", "f-check": "data-c"} {
		pick := fmt.Sprintf(`(() => { const f = document.getElementById(%q); f.selectedIndex = 1; f.dispatchEvent(new Event('input', {bubbles: true}));
			const shown = Array.from(document.querySelectorAll('.op')).filter(o => o.offsetParent !== null);
			const ok = shown.length > 0 && shown.every(o => (' ' + o.getAttribute(%q) + ' ').includes(' ' + f.value + ' '));
			const want = document.querySelectorAll('.op[' + %q + '~="' + f.value + '"]').length;
			f.selectedIndex = 0; f.dispatchEvent(new Event('input', {bubbles: true}));
			return ok && shown.length === want && want < %d; })()`, field, attr, attr, all)
		if !eval[bool](b, pick) {
			t.Errorf("%s does not show what it should", field)
		}
	}
	b.silent()
	b.shot("desktop-light")
}

// checkKeys goes to the filter and opens a way by the keyboard.
func checkKeys(t *testing.T, b *tab) {
	t.Helper()
	b.run(chromedp.KeyEvent("/"))
	if id := eval[string](b, `document.activeElement.id`); id != "f-text" {
		t.Errorf("/ goes to %q", id)
	}
	b.run(chromedp.Focus(".op summary", chromedp.ByQuery), chromedp.KeyEvent("\r"))
	if !eval[bool](b, `document.querySelector('.op').open && document.querySelector('.op svg').getBoundingClientRect().height > 80`) {
		t.Error("Enter does not open the way")
	}
	b.silent()
}

// checkLinks follows a finding to its operation, and looks at the series' graph.
func checkLinks(t *testing.T, b *tab, s *report.Series) {
	t.Helper()
	if !eval[bool](b, `(() => { const f = document.querySelector('.finding .about a'); f.click(); return true; })()`) {
		t.Fatal("no finding links to its operation")
	}
	b.run(chromedp.Sleep(100 * time.Millisecond))
	if !eval[bool](b, `document.getElementById(location.hash.slice(1)).open`) {
		t.Error("a finding's link does not open its operation")
	}
	eval[int](b, `(() => { document.querySelectorAll('details').forEach(d => { d.open = false; }); const f = document.getElementById('f-text');
		f.value = 'domctl_set'; f.dispatchEvent(new Event('input', {bubbles: true}));
		Array.from(document.querySelectorAll('.op')).find(o => o.textContent.includes('XEN_DOMCTL_set_address_size')).open = true;
		document.getElementById('operations').scrollIntoView(); return 1; })()`)
	b.shot("readme")
	eval[int](b, `(() => { document.getElementById('series').scrollIntoView(); return 1; })()`)
	b.shot("series")
	checkGraph(t, b, s)
	eval[int](b, `(() => { document.getElementById('trend').scrollIntoView(); return 1; })()`)
	b.shot("trend")
	b.silent()
}

// checkSizes looks at the page on a phone, a tablet and a desktop, light and dark.
func checkSizes(t *testing.T, ctx context.Context, file string) {
	t.Helper()
	for _, c := range []struct {
		name   string
		width  int64
		script bool
	}{{"phone", 390, true}, {"phone without scripts", 390, false}, {"desktop", 1280, true}, {"tablet", 800, true}} {
		t.Run(c.name, func(t *testing.T) {
			var colours []string
			for _, scheme := range []string{"light", "dark"} {
				b := openTab(t, ctx, file, c.width, 844, scheme, c.script)
				b.run(emulation.SetScriptExecutionDisabled(false))
				eval[int](b, `(() => { document.querySelectorAll('details').forEach((d, i) => { if (i % 7 === 0) d.open = true; }); return 1; })()`)
				if wide := eval[int](b, `document.documentElement.scrollWidth`); wide > int(c.width) {
					t.Errorf("%s: the page is %d wide in %d: %s", scheme, wide, c.width, eval[string](b, fmt.Sprintf(`Array.from(document.querySelectorAll('body *')).filter(e => e.getBoundingClientRect().right > %d && !e.closest('pre,.scroll,svg')).slice(0, 3).map(e => e.outerHTML.slice(0, 200)).join(' ')`, c.width)))
				}
				colours = append(colours, eval[string](b, `getComputedStyle(document.body).backgroundColor + getComputedStyle(document.body).color`))
				if hidden := eval[bool](b, `document.getElementById('filter').hidden`); hidden == c.script {
					t.Errorf("%s: filter hidden: %v, scripts: %v", scheme, hidden, c.script)
				}
				b.silent()
				name := strings.ReplaceAll(c.name, " ", "-") + "-" + scheme
				b.shot(name)
				eval[int](b, `(() => { document.querySelectorAll('details').forEach(d => { d.open = false; });
					const o = document.querySelector('.op[data-s="finding"]'); o.open = true; o.scrollIntoView(); return 1; })()`)
				b.shot(name + "-way")
				eval[int](b, `(() => { document.getElementById('series').scrollIntoView(); return 1; })()`)
				b.shot(name + "-series")
				if drawn := eval[int](b, `document.querySelector('.graph svg').getBoundingClientRect().width`); drawn < 600 {
					t.Errorf("%s: the series' graph is %d wide: nobody can read it", scheme, drawn)
				}
			}
			if colours[0] == colours[1] {
				t.Errorf("dark is as light: %s", colours[0])
			}
		})
	}
}
