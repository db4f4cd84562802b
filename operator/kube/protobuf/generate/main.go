// Command generate writes what is known of the built-in kinds that Gyre watches, and of Status, in which the API server
// refuses, from Kubernetes' own Go types:
//
//	generate tables FILE   how they are encoded as protocol buffers and as JSON, as the types' tags say (../tables.cc)
//	generate samples FILE  objects in both encodings, as Kubernetes' own code writes them, for tests
package main

import (
	"fmt"
	"os"
	"reflect"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

var roots = []root{
	{"", "v1", reflect.TypeFor[corev1.ConfigMap]()},
	{"", "v1", reflect.TypeFor[corev1.Pod]()},
	{"", "v1", reflect.TypeFor[corev1.Service]()},
	{"", "v1", reflect.TypeFor[metav1.Status]()},
	{"apps", "v1", reflect.TypeFor[appsv1.ControllerRevision]()},
	{"apps", "v1", reflect.TypeFor[appsv1.Deployment]()},
	{"batch", "v1", reflect.TypeFor[batchv1.Job]()},
}

var commands = map[string]func([]root) (string, error){"tables": tables, "samples": samples}

func main() {
	if len(os.Args) != 3 || commands[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "generate tables|samples FILE")
		os.Exit(2)
	}
	text, err := commands[os.Args[1]](roots)
	if err == nil {
		err = os.WriteFile(os.Args[2], []byte(text), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "cannot generate:", err)
		os.Exit(1)
	}
}
