//go:build cross

package cpp

import "testing"

// TestCrossPredefined compares the other architectures' predefined macros with their compilers (Debian packages
// gcc-aarch64-linux-gnu and gcc-arm-linux-gnueabihf).
func TestCrossPredefined(t *testing.T) {
	for _, test := range []predefTest{
		{"aarch64", "gnu99", "aarch64-linux-gnu-gcc", "-O1 -fno-pie"},
		{"arm32", "gnu99", "arm-linux-gnueabihf-gcc", "-O3 -fno-pie -marm"},
		{"arm32", "gnu11", "arm-linux-gnueabihf-gcc", "-O2 -fno-pie -msoft-float"},
	} {
		t.Run(test.arch+" "+test.std+" "+test.flags, test.run)
	}
}
