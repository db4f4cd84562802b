package world

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"gyre/bench/twin/api"
	"gyre/bench/twin/children"
)

// Dump writes the end state that the operator answers for, one object a line, sorted, without what differs from run to
// run. Statuses of Deployments are ours, not the operator's.
func (w *World) Dump(ctx context.Context, file string) (Figures, error) {
	var lines []string
	for _, kind := range []schema.GroupVersionKind{
		api.GroupVersion.WithKind("InferenceService"),
		{Group: "apps", Version: "v1", Kind: "ControllerRevision"}, {Group: "apps", Version: "v1", Kind: "Deployment"},
		{Version: "v1", Kind: "Service"}, {Version: "v1", Kind: "ConfigMap"},
	} {
		var err error
		if lines, err = w.append(ctx, lines, kind); err != nil {
			return nil, fmt.Errorf("list %s: %w", kind.Kind, err)
		}
	}
	slices.Sort(lines)
	out, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	buffer := bufio.NewWriter(out)
	for _, line := range lines {
		fmt.Fprintln(buffer, line)
	}
	return Figures{"objects": float64(len(lines))}, buffer.Flush()
}

func (w *World) append(ctx context.Context, lines []string, kind schema.GroupVersionKind) ([]string, error) {
	options := []client.ListOption{client.Limit(500)}
	if kind.Group != api.GroupVersion.Group {
		options = append(options, client.MatchingLabels(children.Ours))
	}
	page := &unstructured.UnstructuredList{}
	for {
		page.SetGroupVersionKind(kind)
		if err := w.client.List(ctx, page, append(options, client.Continue(page.GetContinue()))...); err != nil {
			return nil, err
		}
		for i := range page.Items {
			item := &page.Items[i]
			text, err := json.Marshal(normal(item))
			if err != nil {
				return nil, err
			}
			lines = append(lines, fmt.Sprintf("%s %s/%s %s", kind.Kind, item.GetNamespace(), item.GetName(), text))
		}
		if page.GetContinue() == "" {
			return lines, nil
		}
	}
}

func normal(object *unstructured.Unstructured) any {
	for _, path := range [][]string{
		{"metadata", "uid"}, {"metadata", "resourceVersion"}, {"metadata", "creationTimestamp"}, {"metadata", "managedFields"},
		{"spec", "clusterIP"}, {"spec", "clusterIPs"},
	} {
		unstructured.RemoveNestedField(object.Object, path...)
	}
	if object.GetKind() == "Deployment" {
		unstructured.RemoveNestedField(object.Object, "status")
	}
	return masked("", object.Object)
}

// masked replaces what is different in every run, and drops what is empty: an empty object says what none says.
func masked(name string, value any) any {
	switch name {
	case "uid", "lastTransitionTime", "gyre.dev/applied-hash":
		return "set"
	}
	switch value := value.(type) {
	case map[string]any:
		for name, inner := range value {
			if kept := masked(name, inner); kept == nil {
				delete(value, name)
			} else {
				value[name] = kept
			}
		}
		if len(value) == 0 {
			return nil
		}
	case []any:
		for i := range value {
			value[i] = masked("", value[i])
		}
	}
	return value
}
