package compdb

import (
	"embed"
	"fmt"
	"path"
	"regexp"
	"sort"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/xsmpatch/xsmpatch/refactor"
)

//go:embed data
var dataFS embed.FS

// profile is what is particular to one hypervisor; data/NAME.yaml holds it.
type profile struct {
	Name    string                   `yaml:"name"`
	Folders []string                 `yaml:"folders"`
	Markers []string                 `yaml:"markers"`
	Define  string                   `yaml:"define"`
	Sources []string                 `yaml:"sources"` // folders of units, for trees whose makefiles do not say
	Arches  map[string]profileArch   `yaml:"arches"`
	Configs map[string]profileConfig `yaml:"configs"`
	Links   []profileLink            `yaml:"links"`
	Gen     []profileGen             `yaml:"generate"`
	Shell   []profileAnswer          `yaml:"shell"`
	Kconfig []profileAnswer          `yaml:"kconfig"`
}

// profileArch says how an architecture shows on a command line, and what synthesis calls it.
type profileArch struct {
	Folders   []string `yaml:"folders"`
	Compilers []string `yaml:"compilers"` // beginnings of the compiler's base name
	Options   []string `yaml:"options"`
	Target    string   `yaml:"target"`  // the makefiles' name
	SrcArch   string   `yaml:"srcarch"` // the folder's name
	Kconfig   string   `yaml:"kconfig"` // ARCH for Kconfig, and the defconfig's name
	Symbol    string   `yaml:"symbol"`  // the option that is y for it
	CC        string   `yaml:"cc"`
}

// profileConfig is a configuration that synthesis can make.
type profileConfig struct {
	Mode      string            `yaml:"mode"`
	Defconfig bool              `yaml:"defconfig"`
	File      string            `yaml:"file"` // of the tree, holding what the user asked for
	Set       map[string]string `yaml:"set"`
	Make      map[string]string `yaml:"make"` // makefile variables, for trees without Kconfig
	About     string            `yaml:"about"`
}

// profileLink is a folder into which the build links files of another.
type profileLink struct {
	From    string   `yaml:"from"`
	To      string   `yaml:"to"`
	Headers []string `yaml:"headers"`
}

// profileGen says what one kind of generated header is made from and where it goes.
type profileGen struct {
	Kind    string   `yaml:"kind"`
	SrcArch string   `yaml:"srcarch"` // only for this architecture
	In      []string `yaml:"in"`
	Out     []string `yaml:"out"`
}

// profileAnswer is the answer to the questions that match a pattern.
type profileAnswer struct {
	Match  string `yaml:"match"`
	Answer string `yaml:"answer"`
	re     *regexp.Regexp
}

// answer returns what the first matching pattern answers.
func answer(list []profileAnswer, question string) (string, bool) {
	for _, a := range list {
		if m := a.re.FindStringSubmatchIndex(question); m != nil {
			return string(a.re.ExpandString(nil, a.Answer, question, m)), true
		}
	}
	return "", false
}

// loadProfile reads one embedded profile.
func loadProfile(name string) (*profile, error) {
	data, err := dataFS.ReadFile("data/" + name + ".yaml")
	if err != nil {
		return nil, err
	}
	p := new(profile)
	if err := yaml.UnmarshalWithOptions(data, p, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("data/%s.yaml: %w", name, err)
	}
	for _, list := range [][]profileAnswer{p.Shell, p.Kconfig} {
		for i := range list {
			if list[i].re, err = regexp.Compile(list[i].Match); err != nil {
				return nil, fmt.Errorf("data/%s.yaml: %w", name, err)
			}
		}
	}
	return p, nil
}

// root returns the folder of t that holds the hypervisor ("" when it is t's own root).
func (p *profile) root(t *refactor.Tree) (string, error) {
	for _, f := range p.Folders {
		if f = path.Clean(f); f == "." {
			f = ""
		}
		if p.marked(t, f) {
			return f, nil
		}
	}
	return "", &NotHypervisorError{Tree: t.Name(), Looked: p.Markers}
}

// marked tells whether all markers are present below folder.
func (p *profile) marked(t *refactor.Tree, folder string) bool {
	for _, m := range p.Markers {
		if t.File(path.Join(folder, m)) == nil {
			return false
		}
	}
	return true
}

// arch tells a command's architecture: by the compiler's name or an option, else by the folders it searches.
func (p *profile) arch(compiler string, args []string, search []string) string {
	byFolder := ""
	for _, name := range p.archNames() {
		a := p.Arches[name]
		if hasPrefixAny(path.Base(compiler), a.Compilers) || containsAny(args, a.Options) {
			if searches(search, a.Folders) {
				return name
			}
		}
		if byFolder == "" && len(a.Options) == 0 && searches(search, a.Folders) {
			byFolder = name
		}
	}
	if byFolder == "" {
		for _, name := range p.archNames() {
			if searches(search, p.Arches[name].Folders) {
				return name
			}
		}
	}
	return byFolder
}

// archNames returns the names of the profile's architectures, sorted.
func (p *profile) archNames() []string {
	var names []string
	for n := range p.Arches {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// searches tells whether one of dirs is one of folders or below it, wherever the hypervisor's own folder is.
func searches(dirs []string, folders []string) bool {
	for _, d := range dirs {
		for _, f := range folders {
			if strings.Contains("/"+d+"/", "/"+f+"/") {
				return true
			}
		}
	}
	return false
}

// hasPrefixAny tells whether s begins with one of prefixes.
func hasPrefixAny(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// containsAny tells whether a word of words is one of list.
func containsAny(words, list []string) bool {
	for _, w := range words {
		for _, l := range list {
			if w == l {
				return true
			}
		}
	}
	return false
}
