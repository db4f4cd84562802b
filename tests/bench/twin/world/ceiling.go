package world

import (
	"context"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"gyre/bench/twin/api"
	"gyre/bench/twin/children"
)

// Ceiling makes the writes of a burst with a plain client: objects, children, Deployment statuses and statuses, with
// no watch and nothing to decide. No operator can be faster at this API server by more than noise.
func (w *World) Ceiling(ctx context.Context, count int) (Figures, error) {
	started := time.Now()
	err := each(count, w.connections, func(number int) error { return w.bareWrites(ctx, number) })
	return Figures{"seconds": time.Since(started).Seconds()}, err
}

func (w *World) bareWrites(ctx context.Context, number int) error {
	service := inferenceService(number)
	if err := w.client.Create(ctx, service); err != nil {
		return err
	}
	objects, err := children.Make(service)
	if err != nil {
		return err
	}
	for _, child := range objects {
		if err := w.client.Create(ctx, child); err != nil {
			return err
		}
	}
	if err := w.bareStatus(ctx, service, "Progressing", metav1.ConditionFalse); err != nil {
		return err
	}
	for _, child := range objects {
		if deployment, is := child.(*appsv1.Deployment); is {
			if err := patchStatus(ctx, w.client, client.ObjectKeyFromObject(deployment), deployment.Generation,
				*deployment.Spec.Replicas, "ReplicaSet has successfully progressed."); err != nil {
				return err
			}
		}
	}
	return w.bareStatus(ctx, service, "Ready", metav1.ConditionTrue)
}

func (w *World) bareStatus(ctx context.Context, service *api.InferenceService, phase string, ready metav1.ConditionStatus) error {
	before := service.DeepCopy()
	service.Status.ObservedGeneration = service.Generation
	service.Status.Phase = phase
	meta.SetStatusCondition(&service.Status.Conditions, metav1.Condition{
		Type: "Ready", Status: ready, ObservedGeneration: service.Generation, Reason: phase, Message: "Written by nobody's operator."})
	return w.client.Status().Patch(ctx, service, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{}))
}
