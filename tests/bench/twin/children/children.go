// Package children makes what an InferenceService gets in the runtime benchmark. tests/bench/runtime_children.cc makes
// the same in C++: e2e/bench compares the objects one by one, so a change here is a change there.
package children

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"gyre/bench/twin/api"
)

const (
	managedBy     = "app.kubernetes.io/managed-by"
	serviceLabel  = "gyre.dev/service"
	revisionLabel = "gyre.dev/revision"
	agentPort     = 8080
)

// Ours selects every child.
var Ours = map[string]string{managedBy: "gyre"}

// Make returns the ControllerRevision, the Deployment, two Services and the ConfigMap with the routes, in the order of
// creation. Only the fields that we own are set.
func Make(service *api.InferenceService) ([]client.Object, error) {
	pod := renderPod(service)
	revision, err := controllerRevision(service, &pod)
	if err != nil {
		return nil, err
	}
	routes, err := routesMap(service)
	if err != nil {
		return nil, err
	}
	return []client.Object{revision, deployment(service, pod), serviceTo(service, DeploymentName(service)),
		serviceTo(service, service.Name), routes}, nil
}

// DeploymentName is the name of the revision's objects.
func DeploymentName(service *api.InferenceService) string {
	return service.Name + "-" + revisionOf(service)
}

func routesName(service *api.InferenceService) string { return service.Name + "-routes" }

func revisionOf(service *api.InferenceService) string {
	sum := sha256.Sum256([]byte(service.Spec.Model.Name + "@" + service.Spec.Model.Digest))
	return hex.EncodeToString(sum[:])[:8]
}

func selector(service *api.InferenceService) map[string]string {
	return map[string]string{serviceLabel: service.Name, revisionLabel: revisionOf(service)}
}

func meta(service *api.InferenceService, name string) metav1.ObjectMeta {
	labels := selector(service)
	labels[managedBy] = "gyre"
	return metav1.ObjectMeta{
		Name: name, Namespace: service.Namespace, Labels: labels,
		OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(service, api.GroupVersion.WithKind("InferenceService"))},
	}
}

func controllerRevision(service *api.InferenceService, pod *corev1.PodTemplateSpec) (*appsv1.ControllerRevision, error) {
	data, err := json.Marshal(map[string]any{
		"model": service.Spec.Model.Name, "digest": service.Spec.Model.Digest, "template": pod})
	if err != nil {
		return nil, fmt.Errorf("write the revision of %s: %w", service.Name, err)
	}
	return &appsv1.ControllerRevision{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "ControllerRevision"},
		ObjectMeta: meta(service, DeploymentName(service)),
		Revision:   1,
		Data:       runtime.RawExtension{Raw: data},
	}, nil
}

func deployment(service *api.InferenceService, pod corev1.PodTemplateSpec) *appsv1.Deployment {
	return &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: meta(service, DeploymentName(service)),
		Spec: appsv1.DeploymentSpec{
			Replicas:             ptr.To(service.Spec.Predictor.MinReplicas),
			RevisionHistoryLimit: ptr.To[int32](0),
			Selector:             &metav1.LabelSelector{MatchLabels: selector(service)},
			Template:             pod,
		},
	}
}

func serviceTo(service *api.InferenceService, name string) *corev1.Service {
	return &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: meta(service, name),
		Spec: corev1.ServiceSpec{
			ClusterIP: corev1.ClusterIPNone,
			Selector:  selector(service),
			Ports:     []corev1.ServicePort{{Name: "http", Port: 80, TargetPort: intstr.FromInt32(agentPort)}},
		},
	}
}

type target struct {
	Host     string `json:"host"`
	Revision string `json:"revision"`
}

type routes struct {
	Stable         target `json:"stable"`
	TimeoutSeconds int32  `json:"timeoutSeconds"`
	Weight         int32  `json:"weight"`
}

func routesMap(service *api.InferenceService) (*corev1.ConfigMap, error) {
	text, err := json.Marshal(routes{
		Stable:         target{Host: DeploymentName(service) + "." + service.Namespace + ".svc:80", Revision: revisionOf(service)},
		TimeoutSeconds: service.Spec.Predictor.TimeoutSeconds,
	})
	if err != nil {
		return nil, fmt.Errorf("write the routes of %s: %w", service.Name, err)
	}
	return &corev1.ConfigMap{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"},
		ObjectMeta: meta(service, routesName(service)),
		Data:       map[string]string{"routes.json": string(text)},
	}, nil
}
