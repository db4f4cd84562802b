package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// root is a kind that a table is written for.
type root struct {
	group, version string
	of             reflect.Type
}

const head = `// Generated from Kubernetes' Go types by operator/kube/protobuf/generate (make generate). Do not edit.

#include "operator/kube/protobuf/schema.h"

namespace gyre::kube::protobuf {
namespace {

using enum Type;
using enum Form;
using enum Presence;

// clang-format off
`

// writer collects messages, each after those that it refers to.
type writer struct {
	text strings.Builder
	done map[reflect.Type]bool
}

func tables(roots []root) (string, error) {
	w := writer{done: map[reflect.Type]bool{}}
	w.text.WriteString(head)
	for _, each := range roots {
		if err := w.message(each.of); err != nil {
			return "", err
		}
	}
	w.text.WriteString("\nconstexpr Root kRoots[] = {\n")
	for _, each := range roots {
		fmt.Fprintf(&w.text, "    {%q, %q, %q, &%s},\n", each.group, each.version, each.of.Name(), nameOf(each.of))
	}
	w.text.WriteString("};\n// clang-format on\n\n}  // namespace\n\nstd::span<const Root> roots() { return kRoots; }\n\n" +
		"}  // namespace gyre::kube::protobuf\n")
	return w.text.String(), nil
}

func (w *writer) message(of reflect.Type) error {
	if w.done[of] {
		return nil
	}
	w.done[of] = true
	fields, err := fieldsOf(of)
	if err != nil {
		return err
	}
	for _, each := range fields {
		if each.message != nil {
			if err := w.message(each.message); err != nil {
				return err
			}
		}
	}
	name := nameOf(of)
	if len(fields) == 0 {
		fmt.Fprintf(&w.text, "\nconstexpr Message %s = {};\n", name)
		return nil
	}
	fmt.Fprintf(&w.text, "\nconstexpr Field %sFields[] = {\n", name)
	for _, each := range fields {
		fmt.Fprintf(&w.text, "    %s,\n", each)
	}
	fmt.Fprintf(&w.text, "};\nconstexpr Message %s = {%sFields};\n", name, name)
	return nil
}

// nameOf makes kCoreV1PodSpec of k8s.io/api/core/v1.PodSpec.
func nameOf(of reflect.Type) string {
	path := strings.Split(of.PkgPath(), "/")
	name := "k"
	for _, part := range append(path[max(0, len(path)-2):], of.Name()) {
		name += strings.ToUpper(part[:1]) + part[1:]
	}
	return name
}

func fieldsOf(of reflect.Type) ([]field, error) {
	var out []field
	for i := range of.NumField() {
		each := of.Field(i)
		// What has no number, as TypeMeta, is not encoded in the message.
		if !each.IsExported() || each.Tag.Get("protobuf") == "" {
			continue
		}
		made, err := fieldOf(each)
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", of, each.Name, err)
		}
		out = append(out, made)
	}
	slices.SortFunc(out, func(a, b field) int { return a.number - b.number })
	return out, nil
}
