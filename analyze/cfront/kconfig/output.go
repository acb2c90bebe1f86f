package kconfig

import (
	"bufio"
	"bytes"
	"fmt"
	"strings"
)

// Header prints the configuration as the C header generated/autoconf.h defines it.
func (c *Config) Header() []byte {
	var b bytes.Buffer
	for _, i := range c.Items() {
		switch i.Type {
		case Bool, Tri:
			fmt.Fprintf(&b, "#define CONFIG_%s 1\n", i.Name)
		case String:
			fmt.Fprintf(&b, "#define CONFIG_%s %s\n", i.Name, quote(i.Value))
		case Hex:
			fmt.Fprintf(&b, "#define CONFIG_%s 0x%s\n", i.Name, strings.TrimPrefix(strings.TrimPrefix(i.Value, "0x"), "0X"))
		default:
			fmt.Fprintf(&b, "#define CONFIG_%s %s\n", i.Name, i.Value)
		}
	}
	return b.Bytes()
}

// Makefile prints the configuration as include/config/auto.conf, for makefiles.
func (c *Config) Makefile() []byte {
	var b bytes.Buffer
	for _, i := range c.Items() {
		v := i.Value
		if i.Type == String {
			v = quote(v)
		}
		fmt.Fprintf(&b, "CONFIG_%s=%s\n", i.Name, v)
	}
	return b.Bytes()
}

// quote writes a string constant.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// ReadConfig reads a .config or defconfig file: CONFIG_X=VALUE and "# CONFIG_X is not set". Other lines are an *[Error].
func ReadConfig(file string, data []byte) (map[string]string, error) {
	out := map[string]string{}
	sc := bufio.NewScanner(bytes.NewReader(data))
	sc.Buffer(nil, 1<<20)
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimSpace(sc.Text())
		if name, ok := strings.CutPrefix(line, "# CONFIG_"); ok {
			if name, ok = strings.CutSuffix(name, " is not set"); ok {
				out[name] = "n"
			}
			continue
		}
		if line == "" || line[0] == '#' {
			continue
		}
		name, val, ok := strings.Cut(line, "=")
		name, pre := strings.CutPrefix(name, "CONFIG_")
		if !ok || !pre {
			return nil, &Error{File: file, Line: n, Msg: "want CONFIG_NAME=VALUE"}
		}
		if len(val) >= 2 && val[0] == '"' && val[len(val)-1] == '"' {
			val = strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(val[1 : len(val)-1])
		}
		out[name] = val
	}
	if err := sc.Err(); err != nil {
		return nil, &Error{File: file, Line: 1, Msg: err.Error()}
	}
	return out, nil
}
