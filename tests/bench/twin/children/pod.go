package children

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"gyre/bench/twin/api"
)

func mount(volume, path string) corev1.VolumeMount {
	return corev1.VolumeMount{Name: volume, MountPath: path, ReadOnly: true}
}

func probe(path string, period, failures int32) *corev1.Probe {
	return &corev1.Probe{
		ProbeHandler:     corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: path, Port: intstr.FromInt32(agentPort)}},
		PeriodSeconds:    period,
		TimeoutSeconds:   3,
		FailureThreshold: failures,
	}
}

func environment(service *api.InferenceService) []corev1.EnvVar {
	return []corev1.EnvVar{
		{Name: "GYRE_NAMESPACE", Value: service.Namespace},
		{Name: "GYRE_SERVICE", Value: service.Name},
		{Name: "GYRE_REVISION", Value: revisionOf(service)},
		{Name: "GYRE_MODEL", Value: service.Spec.Model.Name},
		{Name: "GYRE_UPSTREAM", Value: "127.0.0.1:8000"},
		{Name: "GYRE_LISTEN", Value: "0.0.0.0:8080"},
		{Name: "GYRE_METRICS_LISTEN", Value: "0.0.0.0:9095"},
		{Name: "GYRE_COLLECTOR", Value: "https://gyre-collector.gyre-system.svc:9444"},
		{Name: "GYRE_CA", Value: "/gyre/ca/ca.crt"},
		{Name: "GYRE_TOKEN", Value: "/gyre/token/token"},
		{Name: "GYRE_ROUTES", Value: "/gyre/routes/routes.json"},
		{Name: "GYRE_BUCKETS", Value: "/gyre/buckets"},
	}
}

// Quantities are parsed once: what never changes need not cost anything in a reconcile.
var agentResources = corev1.ResourceRequirements{
	Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("20m"), corev1.ResourceMemory: resource.MustParse("32Mi")},
	Limits:   corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("256Mi")},
}

func agent(service *api.InferenceService) corev1.Container {
	return corev1.Container{
		Name:    "gyre-agent",
		Image:   "registry.example.com/gyre/agent:1.0.0",
		Command: []string{"/usr/local/bin/gyre-agent"},
		Env:     environment(service),
		Ports: []corev1.ContainerPort{
			{Name: "inference", ContainerPort: agentPort},
			{Name: "agent-metrics", ContainerPort: 9095},
		},
		ReadinessProbe: probe("/gyre/readyz", 2, 2),
		LivenessProbe:  probe("/gyre/healthz", 10, 6),
		VolumeMounts: []corev1.VolumeMount{
			mount("gyre-routes", "/gyre/routes"),
			mount("gyre-ca", "/gyre/ca"),
			mount("gyre-token", "/gyre/token"),
			{Name: "gyre-buckets", MountPath: "/gyre/buckets"},
		},
		Resources: agentResources,
		SecurityContext: &corev1.SecurityContext{
			AllowPrivilegeEscalation: ptr.To(false),
			ReadOnlyRootFilesystem:   ptr.To(true),
			RunAsNonRoot:             ptr.To(true),
			RunAsUser:                ptr.To[int64](65532),
			Capabilities:             &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
			SeccompProfile:           &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
		},
	}
}

func configMapVolume(name, configMap string) corev1.Volume {
	return corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
		LocalObjectReference: corev1.LocalObjectReference{Name: configMap}}}}
}

func volumes(service *api.InferenceService) []corev1.Volume {
	return []corev1.Volume{
		{Name: "gyre-buckets", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
		configMapVolume("gyre-routes", routesName(service)),
		configMapVolume("gyre-ca", "gyre-ca"),
		{Name: "gyre-token", VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{
			Sources: []corev1.VolumeProjection{{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{
				Audience: "gyre.dev", ExpirationSeconds: ptr.To[int64](3600), Path: "token"}}}}}},
	}
}

// renderPod puts the agent in the user's pod template. The template may be the cache's own: what it points to stays as
// it is.
func renderPod(service *api.InferenceService) corev1.PodTemplateSpec {
	pod := *service.Spec.Predictor.Template
	labels := map[string]string{}
	for name, value := range pod.Labels {
		labels[name] = value
	}
	labels[managedBy] = "gyre"
	labels[serviceLabel] = service.Name
	labels[revisionLabel] = revisionOf(service)
	pod.Labels = labels
	pod.Spec.Containers = append(pod.Spec.Containers[:len(pod.Spec.Containers):len(pod.Spec.Containers)], agent(service))
	pod.Spec.Volumes = append(pod.Spec.Volumes[:len(pod.Spec.Volumes):len(pod.Spec.Volumes)], volumes(service)...)
	pod.Spec.AutomountServiceAccountToken = ptr.To(false)
	pod.Spec.EnableServiceLinks = ptr.To(false)
	pod.Spec.TerminationGracePeriodSeconds = ptr.To[int64](80)
	return pod
}
