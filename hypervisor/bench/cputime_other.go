//go:build !linux

package bench

import "time"

var epoch = time.Now()

// cpuTime is wall-clock time where the system has no clock for threads.
func cpuTime() time.Duration { return time.Since(epoch) }
