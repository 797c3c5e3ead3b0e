package config

import (
	"encoding"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

type field struct {
	name  string
	value reflect.Value
}

// fieldsOf lists the keys of a section, in the order of the struct.
func fieldsOf(v reflect.Value) []field {
	var out []field
	for i := range v.NumField() {
		if name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ","); name != "" {
			out = append(out, field{name, v.Field(i)})
		}
	}
	return out
}

func names(fields []field) []string {
	out := make([]string, 0, len(fields))
	for _, f := range fields {
		out = append(out, f.name)
	}
	return out
}

// isSecret tells whether a value may also be read from a file.
func isSecret(v reflect.Value) bool {
	switch v.Interface().(type) {
	case Secret, DSN:
		return true
	}
	return false
}

// secretFileField finds the secret that a key like password_file stands for.
func secretFileField(fields []field, name string) int {
	base, ok := strings.CutSuffix(name, "_file")
	if !ok {
		return -1
	}
	return slices.IndexFunc(fields, func(f field) bool { return f.name == base && isSecret(f.value) })
}

// textTarget is v as something that reads itself from text. Secrets and
// addresses only write themselves so.
func textTarget(v reflect.Value) (encoding.TextUnmarshaler, bool) {
	u, ok := v.Addr().Interface().(encoding.TextUnmarshaler)
	return u, ok
}

var durationType = reflect.TypeFor[time.Duration]()

// describe names the kind of value v holds, for people.
func describe(v reflect.Value) string {
	if v.Type() == durationType {
		return "a duration like 90s"
	}
	switch v.Kind() {
	case reflect.Int:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.Bool:
		return "true or false"
	}
	return "a text"
}

// setText reads one scalar.
func setText(v reflect.Value, text string) error {
	if u, ok := textTarget(v); ok {
		return u.UnmarshalText([]byte(text))
	}
	if v.Type() == durationType {
		d, err := parseDuration(text)
		if err != nil {
			return err
		}
		v.SetInt(int64(d))
		return nil
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("%q is not a whole number", text)
		}
		v.SetInt(int64(n))
	case reflect.Bool:
		if text != "true" && text != "false" {
			return fmt.Errorf("%q is not true or false", text)
		}
		v.SetBool(text == "true")
	case reflect.Float64:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || f != f || f > 1e9 || f < -1e9 {
			return fmt.Errorf("%q is not a number", text)
		}
		v.SetFloat(f)
	default:
		return fmt.Errorf("a %s cannot be set from text", v.Kind())
	}
	return nil
}

// setFlat reads a value as the environment and flags write it: lists with
// commas, tables as key=value with commas.
func setFlat(v reflect.Value, text string) error {
	_, scalar := textTarget(v)
	switch {
	case !scalar && v.Kind() == reflect.Slice:
		out := reflect.MakeSlice(v.Type(), 0, 4)
		for _, part := range splitList(text) {
			elem := reflect.New(v.Type().Elem()).Elem()
			if err := setText(elem, part); err != nil {
				return err
			}
			out = reflect.Append(out, elem)
		}
		v.Set(out)
		return nil
	case !scalar && v.Kind() == reflect.Map:
		out := reflect.MakeMap(v.Type())
		for _, part := range splitList(text) {
			key, value, ok := strings.Cut(part, "=")
			if !ok {
				return fmt.Errorf("%q is not key=value", part)
			}
			elem := reflect.New(v.Type().Elem()).Elem()
			if err := setText(elem, value); err != nil {
				return err
			}
			out.SetMapIndex(reflect.ValueOf(key), elem)
		}
		v.Set(out)
		return nil
	}
	return setText(v, text)
}

func splitList(text string) []string {
	var out []string
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// flat writes a value the way setFlat reads it, secrets masked.
func flat(v reflect.Value) string {
	switch x := v.Interface().(type) {
	case fmt.Stringer:
		return x.String()
	case encoding.TextMarshaler:
		b, err := x.MarshalText()
		return string(b) + errText(err)
	}
	switch v.Kind() {
	case reflect.Slice:
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = flat(v.Index(i))
		}
		return strings.Join(parts, ",")
	case reflect.Map:
		var parts []string
		for _, k := range v.MapKeys() {
			parts = append(parts, k.String()+"="+flat(v.MapIndex(k)))
		}
		slices.Sort(parts)
		return strings.Join(parts, ",")
	}
	return fmt.Sprint(v.Interface())
}

func errText(err error) string {
	if err != nil {
		return " (" + err.Error() + ")"
	}
	return ""
}

// elementDefault is what an entry of a list holds before it is read.
func elementDefault(t reflect.Type) (reflect.Value, bool) {
	switch t {
	case reflect.TypeFor[Trunk]():
		return reflect.ValueOf(defaultTrunk()), true
	case reflect.TypeFor[Agent]():
		return reflect.ValueOf(defaultAgent()), true
	case reflect.TypeFor[Queue]():
		return reflect.ValueOf(defaultQueue()), true
	}
	return reflect.Value{}, false
}

// leaf is one value that can be set and shown on its own.
type leaf struct {
	key   string
	value reflect.Value
}

// leaves lists all values, in the order of the structs.
func leaves(v reflect.Value, key string) []leaf {
	_, scalar := textTarget(v)
	switch {
	case scalar:
	case v.Kind() == reflect.Struct:
		var out []leaf
		for _, f := range fieldsOf(v) {
			out = append(out, leaves(f.value, join(key, f.name))...)
		}
		return out
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
		var out []leaf
		for i := range v.Len() {
			elem := v.Index(i)
			name := strconv.Itoa(i)
			if f := elem.FieldByName("Name"); f.IsValid() && nameRE.MatchString(f.String()) {
				name = f.String()
			}
			out = append(out, leaves(elem, join(key, name))...)
		}
		return out
	}
	return []leaf{{key, v}}
}

func joinPath(dir, path string) string {
	if path == "" || filepath.IsAbs(path) || dir == "" || dir == "." {
		return path
	}
	return filepath.Join(dir, path)
}
