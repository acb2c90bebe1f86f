package scenario

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/xsmpatch/xsmpatch/hypervisor/abi"
	"github.com/xsmpatch/xsmpatch/hypervisor/hv"
)

// errNotSaved is a step that needs what an earlier one did not get.
var errNotSaved = errors.New("nothing was saved")

// call makes a step's hypercall. got is what the guest sees; err is a step that
// cannot be made.
func (r *runner) call(v *hv.VCPU, st *Step) (got, err error) {
	o, err := hv.FindOp(st.Do)
	if err != nil {
		return nil, err
	}
	arg := o.NewArg()
	if err := r.fill(reflect.ValueOf(arg).Elem(), st.Args); err != nil {
		return nil, err
	}
	got = r.h.Call(v, o.Nr, o.Cmd, arg)
	for name, path := range st.Save {
		f, err := field(reflect.ValueOf(arg).Elem(), path)
		if err != nil {
			return nil, err
		}
		n, ok := number(f)
		if !ok {
			return nil, fmt.Errorf("save %s: field %s is no number", name, path)
		}
		r.saved[name] = n
	}
	return got, nil
}

// field finds a struct's field by name, underscores and case aside; a list stands
// for its first element.
func field(v reflect.Value, name string) (reflect.Value, error) {
	want := strings.ToLower(strings.ReplaceAll(name, "_", ""))
	for i := range v.NumField() {
		if strings.ToLower(v.Type().Field(i).Name) == want && v.Field(i).CanSet() {
			return v.Field(i), nil
		}
	}
	return reflect.Value{}, fmt.Errorf("%s has no field %s", v.Type().Name(), name)
}

func number(f reflect.Value) (uint64, bool) {
	switch {
	case f.Kind() == reflect.Slice && f.Len() > 0:
		return number(f.Index(0))
	case f.CanUint():
		return f.Uint(), true
	case f.CanInt():
		return uint64(f.Int()), true
	}
	return 0, false
}

// fill sets an argument's fields from a step's.
func (r *runner) fill(v reflect.Value, args map[string]any) error {
	for name, val := range args {
		f, err := field(v, name)
		if err != nil {
			return err
		}
		if err := r.set(f, val); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// set converts one value.
func (r *runner) set(f reflect.Value, val any) error {
	switch x := val.(type) {
	case map[string]any:
		if f.Kind() != reflect.Struct {
			return fmt.Errorf("takes no fields")
		}
		return r.fill(f, x)
	case []any:
		if f.Kind() != reflect.Slice {
			return fmt.Errorf("takes no list")
		}
		f.Set(reflect.MakeSlice(f.Type(), len(x), len(x)))
		for i := range x {
			if err := r.set(f.Index(i), x[i]); err != nil {
				return err
			}
		}
		return nil
	case bool:
		if f.Kind() != reflect.Bool {
			return fmt.Errorf("is not yes or no")
		}
		f.SetBool(x)
		return nil
	case string:
		return r.setText(f, x)
	}
	return setNumber(f, val)
}

// setText takes a text, a saved value, or a domain's name.
func (r *runner) setText(f reflect.Value, s string) error {
	if name, ok := strings.CutPrefix(s, "$"); ok {
		n, ok := r.saved[name]
		if !ok {
			return fmt.Errorf("%w as %s", errNotSaved, name)
		}
		return setNumber(f, n)
	}
	switch {
	case f.Kind() == reflect.String:
		f.SetString(s)
		return nil
	case f.Type() == reflect.TypeFor[[]byte]():
		f.SetBytes([]byte(s))
		return nil
	case f.Type() != reflect.TypeFor[hv.DomID]():
		return fmt.Errorf("%q is no number", s)
	}
	special := map[string]uint64{"self": abi.DOMID_SELF, "io": abi.DOMID_IO, "xen": abi.DOMID_XEN, "none": abi.DOMID_INVALID}
	if n, ok := special[s]; ok {
		f.SetUint(n)
		return nil
	}
	id, ok := r.ids[s]
	if !ok {
		return fmt.Errorf("no domain is called %s, or it has not been made", s)
	}
	f.SetUint(uint64(id))
	return nil
}

func setNumber(f reflect.Value, val any) error {
	v := reflect.ValueOf(val)
	var n uint64
	switch {
	case v.IsValid() && v.CanUint():
		n = v.Uint()
	case v.IsValid() && v.CanInt():
		n = uint64(v.Int())
	default:
		return fmt.Errorf("%v is no number", val)
	}
	switch {
	case f.CanUint() && !f.OverflowUint(n):
		f.SetUint(n)
	case f.CanInt() && !f.OverflowInt(int64(n)):
		f.SetInt(int64(n))
	default:
		return fmt.Errorf("%v does not fit", val)
	}
	return nil
}

// args prints a step's arguments in a fixed order.
func args(m map[string]any) string {
	var out []string
	for k, v := range m {
		out = append(out, fmt.Sprintf("%s=%v", k, v))
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}
