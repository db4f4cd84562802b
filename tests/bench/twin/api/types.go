// Package api has the InferenceService of crds/manifests as Go types.
//
// +kubebuilder:object:generate=true
//
//go:generate go run sigs.k8s.io/controller-tools/cmd/controller-gen@v0.23.0 object paths=.
package api

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var GroupVersion = schema.GroupVersion{Group: "gyre.dev", Version: "v1alpha1"}

// AddToScheme registers the kind.
func AddToScheme(scheme *runtime.Scheme) error {
	scheme.AddKnownTypes(GroupVersion, &InferenceService{}, &InferenceServiceList{})
	metav1.AddToGroupVersion(scheme, GroupVersion)
	return nil
}

type ModelSelector struct {
	Name    string `json:"name"`
	Version *int32 `json:"version,omitempty"`
	Digest  string `json:"digest,omitempty"`
}

type Predictor struct {
	Runtime        string                       `json:"runtime,omitempty"`
	Template       *corev1.PodTemplateSpec      `json:"template,omitempty"`
	MinReplicas    int32                        `json:"minReplicas"`
	TimeoutSeconds int32                        `json:"timeoutSeconds,omitempty"`
	Resources      *corev1.ResourceRequirements `json:"resources,omitempty"`
}

type CustomProtocol struct {
	Path       string `json:"path"`
	Features   string `json:"features"`
	Prediction string `json:"prediction"`
}

type Pause struct {
	Duration string `json:"duration,omitempty"`
}

type AnalysisStep struct{}

type RolloutStep struct {
	SetWeight *int32        `json:"setWeight,omitempty"`
	Pause     *Pause        `json:"pause,omitempty"`
	Analysis  *AnalysisStep `json:"analysis,omitempty"`
}

type AgentProvider struct {
	Metric string `json:"metric"`
}

type MetricProvider struct {
	Agent *AgentProvider `json:"agent,omitempty"`
}

type AnalysisMetric struct {
	Name                  string         `json:"name"`
	Interval              string         `json:"interval,omitempty"`
	Count                 *int32         `json:"count,omitempty"`
	FailureLimit          *int32         `json:"failureLimit,omitempty"`
	InconclusiveLimit     *int32         `json:"inconclusiveLimit,omitempty"`
	ConsecutiveErrorLimit *int32         `json:"consecutiveErrorLimit,omitempty"`
	Max                   *float64       `json:"max,omitempty"`
	CompareTo             string         `json:"compareTo,omitempty"`
	MaxRelativeIncrease   *float64       `json:"maxRelativeIncrease,omitempty"`
	Alpha                 *float64       `json:"alpha,omitempty"`
	MinSamples            *int32         `json:"minSamples,omitempty"`
	Provider              MetricProvider `json:"provider"`
}

type Analysis struct {
	Metrics []AnalysisMetric `json:"metrics"`
}

type Rollout struct {
	Strategy                string        `json:"strategy,omitempty"`
	Steps                   []RolloutStep `json:"steps,omitempty"`
	Analysis                *Analysis     `json:"analysis,omitempty"`
	ProgressDeadlineSeconds *int64        `json:"progressDeadlineSeconds,omitempty"`
	RevisionHistoryLimit    *int32        `json:"revisionHistoryLimit,omitempty"`
}

type RolloutCommand struct {
	ID     string `json:"id"`
	Action string `json:"action"`
}

type InferenceServiceSpec struct {
	Model          ModelSelector   `json:"model"`
	Predictor      Predictor       `json:"predictor"`
	Protocol       string          `json:"protocol,omitempty"`
	Custom         *CustomProtocol `json:"custom,omitempty"`
	Rollout        *Rollout        `json:"rollout,omitempty"`
	Suspend        bool            `json:"suspend,omitempty"`
	RolloutCommand *RolloutCommand `json:"rolloutCommand,omitempty"`
}

// InferenceServiceStatus has what this operator writes.
type InferenceServiceStatus struct {
	ObservedGeneration int64              `json:"observedGeneration,omitempty"`
	Phase              string             `json:"phase,omitempty"`
	Conditions         []metav1.Condition `json:"conditions,omitempty"`
}

// +kubebuilder:object:root=true
type InferenceService struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              InferenceServiceSpec   `json:"spec"`
	Status            InferenceServiceStatus `json:"status,omitzero"`
}

// +kubebuilder:object:root=true
type InferenceServiceList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []InferenceService `json:"items"`
}
