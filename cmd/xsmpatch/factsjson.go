package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"runtime"
	"strings"
	"sync"

	"github.com/xsmpatch/xsmpatch/analyze"
)

// chunk is how many elements of a list one goroutine writes at a time.
const chunk = 64

// indented is json.MarshalIndent(f, "", " "); the elements of the lists are written on all cores.
func indented(f *analyze.Facts) ([]byte, error) {
	var parts []func() ([]byte, error) // in the order of the text
	lit := func(s string) { parts = append(parts, func() ([]byte, error) { return []byte(s), nil }) }
	s, sep := reflect.ValueOf(f).Elem(), "{\n"
	for i := range s.NumField() {
		f := s.Field(i)
		name, opts, _ := strings.Cut(s.Type().Field(i).Tag.Get("json"), ",")
		if strings.Contains(opts, "omitempty") && (f.IsZero() || f.Kind() == reflect.Slice && f.Len() == 0) {
			continue
		}
		lit(sep + ` "` + name + `": `)
		sep = ",\n"
		if f.Kind() != reflect.Slice || f.Len() == 0 {
			parts = append(parts, func() ([]byte, error) { return json.MarshalIndent(f.Interface(), " ", " ") })
			continue
		}
		for from := 0; from < f.Len(); from += chunk {
			parts = append(parts, func() ([]byte, error) { return elements(f, from) })
		}
		lit("\n ]")
	}
	lit("\n}")
	return join(parts)
}

// elements writes a chunk of list f from element from on, the list's opening bracket included.
func elements(f reflect.Value, from int) ([]byte, error) {
	b, err := json.MarshalIndent(f.Slice(from, min(from+chunk, f.Len())).Interface(), " ", " ")
	if err != nil {
		return nil, err
	}
	b = bytes.TrimSuffix(b, []byte("\n ]"))
	if from > 0 {
		b[0] = ','
	}
	return b, nil
}

// join runs the parts on all cores and joins their text.
func join(parts []func() ([]byte, error)) ([]byte, error) {
	texts, errs := make([][]byte, len(parts)), make([]error, len(parts))
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, p := range parts {
		slots <- struct{}{}
		wg.Go(func() {
			texts[i], errs[i] = p()
			<-slots
		})
	}
	wg.Wait()
	return bytes.Join(texts, nil), errors.Join(errs...)
}
