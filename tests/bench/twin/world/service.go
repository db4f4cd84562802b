package world

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"gyre/bench/twin/api"
)

// namespaces is how many the objects are spread over: team-0 and so on.
const namespaces = 10

func namespaceOf(number int) string { return fmt.Sprintf("team-%d", number%namespaces) }

func server(number int) corev1.Container {
	var settings []corev1.EnvVar
	for i := range 8 {
		settings = append(settings, corev1.EnvVar{Name: fmt.Sprintf("SETTING_%d", i), Value: fmt.Sprintf("value-%d-%d", number, i)})
	}
	probe := func(path string, period int32) *corev1.Probe {
		return &corev1.Probe{PeriodSeconds: period, ProbeHandler: corev1.ProbeHandler{
			HTTPGet: &corev1.HTTPGetAction{Path: path, Port: intstr.FromInt32(8000)}}}
	}
	return corev1.Container{
		Name:           "server",
		Image:          fmt.Sprintf("registry.example.com/team/server:1.%d", number),
		Args:           []string{"serve", "--port=8000", fmt.Sprintf("--shard=%d", number)},
		Env:            settings,
		Ports:          []corev1.ContainerPort{{Name: "http", ContainerPort: 8000}},
		ReadinessProbe: probe("/v2/health/ready", 2),
		LivenessProbe:  probe("/v2/health/live", 10),
		VolumeMounts:   []corev1.VolumeMount{{Name: "cache", MountPath: "/var/cache/server"}},
		Resources: corev1.ResourceRequirements{
			Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("100m"), corev1.ResourceMemory: resource.MustParse("256Mi")},
			Limits:   corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("1Gi")},
		},
		SecurityContext: &corev1.SecurityContext{
			AllowPrivilegeEscalation: ptr.To(false),
			ReadOnlyRootFilesystem:   ptr.To(true),
			Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
		},
	}
}

func rollout() *api.Rollout {
	return &api.Rollout{
		Steps: []api.RolloutStep{
			{SetWeight: ptr.To[int32](10)}, {Analysis: &api.AnalysisStep{}},
			{SetWeight: ptr.To[int32](50)}, {Analysis: &api.AnalysisStep{}},
			{SetWeight: ptr.To[int32](100)},
		},
		Analysis: &api.Analysis{Metrics: []api.AnalysisMetric{{
			Name: "errors", Interval: "10s", Count: ptr.To[int32](2), Max: ptr.To(0.02),
			Provider: api.MetricProvider{Agent: &api.AgentProvider{Metric: "error_rate"}},
		}}},
	}
}

// inferenceService is the spec object that users write: about what samples/digits has.
func inferenceService(number int) *api.InferenceService {
	return &api.InferenceService{
		TypeMeta: metav1.TypeMeta{APIVersion: api.GroupVersion.String(), Kind: "InferenceService"},
		ObjectMeta: metav1.ObjectMeta{
			Name: fmt.Sprintf("digits-%05d", number), Namespace: namespaceOf(number),
			Labels: map[string]string{"team": namespaceOf(number)},
		},
		Spec: api.InferenceServiceSpec{
			Model: api.ModelSelector{Name: "digits", Digest: fmt.Sprintf("sha256:%064x", number)},
			Predictor: api.Predictor{
				MinReplicas: 1, TimeoutSeconds: 60,
				Template: &corev1.PodTemplateSpec{
					ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{"prometheus.io/scrape": "true", "prometheus.io/port": "9095"}},
					Spec: corev1.PodSpec{
						Containers: []corev1.Container{server(number)},
						Volumes: []corev1.Volume{
							{Name: "cache", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}},
						SecurityContext: &corev1.PodSecurityContext{
							RunAsNonRoot: ptr.To(true), RunAsUser: ptr.To[int64](65532), FSGroup: ptr.To[int64](65532),
							SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
						},
					},
				},
			},
			Rollout: rollout(),
		},
	}
}
