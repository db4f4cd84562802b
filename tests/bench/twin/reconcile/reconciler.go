// Package reconcile is the operator of the runtime benchmark on controller-runtime.
package reconcile

import (
	"context"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"

	"gyre/bench/twin/api"
	"gyre/bench/twin/children"
)

const fieldManager = client.FieldOwner("gyre-inferenceservice")

// Reconciler makes an InferenceService's children, waits for the Deployment and says so in the status.
type Reconciler struct {
	client.Client
	Live client.Reader
}

// Register adds the controller and its watches.
func (r *Reconciler) Register(manager ctrl.Manager, workers int) error {
	return ctrl.NewControllerManagedBy(manager).
		For(&api.InferenceService{}).
		Owns(&appsv1.ControllerRevision{}).
		Owns(&appsv1.Deployment{}).
		Owns(&corev1.Service{}).
		Owns(&corev1.ConfigMap{}).
		WithOptions(controller.Options{MaxConcurrentReconciles: workers}).
		Complete(r)
}

func (r *Reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	var service api.InferenceService
	if err := r.Get(ctx, request.NamespacedName, &service); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	ready, err := r.isAvailable(ctx, &service)
	if err != nil {
		return ctrl.Result{}, err
	}
	wanted, err := children.Make(&service)
	if err != nil {
		return ctrl.Result{}, err
	}
	for _, child := range wanted {
		if err := r.apply(ctx, &service, child); err != nil {
			return ctrl.Result{}, fmt.Errorf("apply %T %s: %w", child, child.GetName(), err)
		}
	}
	return ctrl.Result{}, r.writeStatus(ctx, &service, ready)
}

func (r *Reconciler) isAvailable(ctx context.Context, service *api.InferenceService) (bool, error) {
	var deployment appsv1.Deployment
	key := client.ObjectKey{Namespace: service.Namespace, Name: children.DeploymentName(service)}
	if err := r.Get(ctx, key, &deployment); err != nil {
		return false, client.IgnoreNotFound(err)
	}
	return deployment.Status.AvailableReplicas == service.Spec.Predictor.MinReplicas, nil
}

func (r *Reconciler) writeStatus(ctx context.Context, service *api.InferenceService, ready bool) error {
	status := service.Status.DeepCopy()
	status.ObservedGeneration = service.Generation
	condition := metav1.Condition{Type: "Ready", ObservedGeneration: service.Generation}
	if ready {
		status.Phase = "Ready"
		condition.Status, condition.Reason, condition.Message = metav1.ConditionTrue, "Available", "Every replica is available."
	} else {
		status.Phase = "Progressing"
		condition.Status, condition.Reason, condition.Message = metav1.ConditionFalse, "Starting", "Waiting for replicas to become available."
	}
	meta.SetStatusCondition(&status.Conditions, condition)
	if equality.Semantic.DeepEqual(*status, service.Status) {
		return nil
	}
	// A shallow copy is enough: the patch is the difference of the two, and the old one may be the cache's own.
	changed := *service
	changed.Status = *status
	patch := client.MergeFromWithOptions(service, client.MergeFromWithOptimisticLock{})
	return r.Status().Patch(ctx, &changed, patch, fieldManager)
}
