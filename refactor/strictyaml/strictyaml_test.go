package strictyaml

import (
	"strings"
	"testing"
)

func TestUnmarshal(t *testing.T) {
	var v struct{ Args []string }
	if err := Unmarshal("f.yaml", []byte("args: [a, b]\n"), &v); err != nil || len(v.Args) != 2 {
		t.Errorf("%v, %v", v, err)
	}
	for _, bad := range []string{"arg: x\n", "args: [", "args: !x "} {
		if err := Unmarshal("f.yaml", []byte(bad), &v); err == nil || !strings.HasPrefix(err.Error(), "f.yaml: ") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
